"""The papers that go beyond a unit: the day's list, the letter of a referral."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, Dossier, Referral, Supervision, SupervisionList, Unit
from app.rules.covering import without_caller
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING, last_day
from app.stages.covers import hidden_of
from app.stages.papers.facts import SPARED, Facts, born, row_of, words_of

_SPARED_ON_LISTS = (*SPARED, "case", "ground", "class")
"""The same for a row of a list, with the words by which it is sorted."""


def list_facts(session: Session, id: int) -> Facts:
    """The day's list, each row without the callers of its own case. Of however many rows, in the
    same statements."""
    row: SupervisionList = row_of(session, SupervisionList, id)
    words, rows, struck = words_of(session), json.loads(row.rows), json.loads(row.struck)
    items = _items(session, {each["supervision"] for each in (*rows, *struck)})
    hidden = hidden_of(session, {item.case_id for item in items.values()})

    def clean(listed: Facts) -> Facts:
        case_id = items[listed["supervision"]].case_id
        return dict(without_caller(listed, hidden[case_id], _SPARED_ON_LISTS))

    return {
        "issuer": words["office"],
        "to": words["room"],
        "number": row.number,
        "day": row.day.isoformat(),
        "at": row.issued_at.isoformat(),
        "witness": row.witness,
        "rows": [clean(each) for each in rows],
        "struck": [clean({**each, **_named(items[each["supervision"]])}) for each in struck],
    }


def _items(session: Session, ids: Collection[int]) -> dict[int, Any]:
    """The items of a list by their ids, each with its ground, its case and its unit."""
    query = select(Supervision.id, Supervision.case_id, Supervision.ground, Case.number, Unit.name)
    query = query.join(Case, Case.id == Supervision.case_id)
    query = query.join(Unit, Unit.id == Supervision.unit_id)
    return {item.id: item for item in session.execute(query.where(Supervision.id.in_(ids)))}


def _named(item: Any) -> Facts:
    """What a struck row says of its item."""
    return {"case": item.number, "unit": item.name, "ground": item.ground}


def referral_facts(session: Session, id: int) -> Facts:
    """The letter 移送函 of a referral that was sent, with the SHA-256 of the dossier that goes with
    it."""
    row: Referral = row_of(session, Referral, id)
    made = session.scalars(
        select(Dossier).where(Dossier.referral_id == id, Dossier.version == 1)
    ).first()
    if row.number is None or row.sent_at is None or made is None:
        raise NotAllowed("not_found")
    words = words_of(session)
    sealed = json.loads(row.sealed or "{}")
    _, sent = born(session, "referral", id, "referral.sent")
    return {
        "issuer": words["room"],
        "to": words["committee"],
        "number": row.number,
        "at": row.sent_at.isoformat(),
        "case_number": sealed["case_number"],
        "unit": sealed["unit_name"],
        "finding": sealed["finding"],
        "persons": [
            {"person": person["person"], "post": person["post"]} for person in sealed["persons"]
        ],
        "proposal": sealed["proposal"],
        "dossier": made.name,
        "sha256": made.sha256,
        "script_sha256": made.script_sha256,
        "fingerprint": made.signed_with,
        "witness": sent.get("witness", ""),
        "send_by": last_day(row.send_by_at.astimezone(BEIJING)).isoformat(),
    }
