"""The cases of a batch: decided about, written down, pushed on where that fails."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from datetime import timedelta
from functools import partial

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Sessions, retried
from app.faults import fault
from app.ledger import Tip, look_at
from app.ledger.chain import Head
from app.models import Case
from app.models.facts import survey
from app.rules.facts import CaseFacts
from app.rules.office import Office
from app.stages.deciding import Decided, decide_case
from app.stages.office import next_look
from app.sweep.claims import Job, claim_named
from app.sweep.writing import write

PUSHED = timedelta(hours=1)
log = logging.getLogger("duban.sweep")

_HEALED = {"look_failures": 0, "look_error": None}
"""The columns that a case loses once it could be looked at again."""


def _decided(case: CaseFacts, job: Job, closed: bool) -> tuple[Decided, Tip]:
    """The decisions about a case, and its head with the moment at which it is looked at again."""
    head = Head(case.id, case.head_seq, case.head_hash, case.head_at)
    tip = Tip(head, case.category_id, case.look_again_at)
    decided = decide_case(case, job.office, job.steps, closed)
    if job.whole:
        tip.look_again_at = next_look(case, job.office, closed)
        tip.columns = dict(_HEALED)
    return decided, tip


def _decide(
    session: Session, job: Job, ids: Sequence[int]
) -> tuple[list[tuple[Decided, Tip]], dict[int, str]]:
    """Decide about locked cases, by what is on file after they were locked; and why it failed for
    some of them. Rows are added to the day's list only if it is not out yet."""
    found = survey(session, ids, job.office.now.date())
    errors = {id: _worded(id, error) for id, error in found.unreadable.items()}
    decided = []
    for case in found.cases:
        try:
            decided.append(_decided(case, job, found.list_issued))
        except Exception as error:
            log.exception("case %s could not be decided about", case.id)
            errors[case.id] = _worded(case.id, error)
    return decided, errors


def _worded(id: int, error: Exception) -> str:
    return f"case {id}: {type(error).__name__}: {error}"[:500]


def _push(session: Session, office: Office, errors: Mapping[int, str]) -> None:
    """Push cases that raised an hour on, count it and keep why."""
    if not errors:
        return
    query = select(Case.id, Case.head_seq, Case.look_failures).where(Case.id.in_(errors))
    for row in session.execute(query).all():
        failed = {"look_failures": row.look_failures + 1, "look_error": errors[row.id]}
        look_at(session, {row.id: row.head_seq}, office.now + PUSHED, **failed)


def take(session: Session, job: Job, ids: Sequence[int]) -> dict[int, str]:
    """Decide about locked cases and write it down; those that could not be decided about are pushed
    on."""
    session.info["office"] = job.office
    decided, errors = _decide(session, job, ids)
    write(session, job.office, decided)
    _push(session, job.office, errors)
    return errors


def take_named(session: Session, job: Job, ids: Sequence[int]) -> dict[int, str]:
    """The same for some cases, those of them that are still due."""
    return take(session, job, claim_named(session, job, ids))


def halved(sessions: Sessions, job: Job, ids: Sequence[int], why: Exception) -> dict[int, str]:
    """A batch that could not be written is halved, until the case that stops it is alone and is
    pushed on."""
    if fault(why):  # no case is to blame
        raise why
    if len(ids) == 1:
        errors = {ids[0]: _worded(ids[0], why)}
        retried(sessions, lambda session: _push(session, job.office, errors))
        return errors
    errors = {}
    for half in (ids[: len(ids) // 2], ids[len(ids) // 2 :]):
        try:
            errors |= retried(sessions, partial(take_named, job=job, ids=half))
        except Exception as error:
            log.exception("%s cases could not be written", len(half))
            errors |= halved(sessions, job, half, error)
    return errors
