"""Who changed a row that a form was opened on: told to the second of two who correct it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app import words
from app.models import Case, Event
from app.rules.workdays import minute
from app.verbs import VERBS, Verb
from app.views.actor import language
from app.views.case.timeline import names_of

LOOKED_AT = 20
"""So many of the newest events are looked through for the one about a row."""
_CORRECTING_CASES = ("edit_case", "reclassify")
_SOMEBODY = "form.somebody_else"


def who_changed(session: Session, verb: Verb, row: Any) -> str:
    """The name of who changed a row last, with the moment; somebody else, where the record does not
    say."""
    found = _newest(session, verb, row)
    name = names_of({found.actor}).get(found.actor, "") if found is not None else ""
    if found is None or not name:
        return words.word(_SOMEBODY, language())
    return words.aside(name, minute(found.at), language())


def _newest(session: Session, verb: Verb, row: Any) -> Any:
    """The newest event that such a verb recorded about a row: in the chain of its case, or in the
    office's, where the event names the row."""
    chain = row.id if isinstance(row, Case) else getattr(row, "case_id", None)
    verbs = _CORRECTING_CASES if isinstance(row, Case) else (verb.name,)
    kinds = {str(event) for name in verbs for event in VERBS[name].events}
    query = select(Event.actor, Event.at, Event.payload).where(Event.kind.in_(kinds))
    if chain is not None:
        query = query.where(Event.chain == chain).order_by(Event.seq.desc()).limit(1)
    else:
        query = query.order_by(Event.at.desc(), Event.id.desc()).limit(LOOKED_AT)
    events = session.execute(query.execution_options(unscoped=True)).all()
    return next(
        (event for event in events if chain is not None or _names(event.payload, row.id)), None
    )


def _names(payload: str, id: int) -> bool:
    return id in json.loads(payload or "{}").values()
