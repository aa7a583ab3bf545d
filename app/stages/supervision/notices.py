"""Items from opening to clearing: answered by the unit, cleared or issued again."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.ledger import Columns, allot, bear, lock_cases, move, paper
from app.models import Assignment, Supervision
from app.models.columns import clock
from app.roles import Actor
from app.rules.facts import CaseFacts, Effect, SupervisionFacts
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workdays import Deadline
from app.stages.calendar import limits_of_case, office_at
from app.stages.papers import Issue, issue, keep_notice, supervision_facts
from app.stages.supervision.candidates import attempt_of, refuse_unsupervisable
from app.stages.supervision.items import named_deadline, refuse_unless_candidate

FOUND = ("finding", "confirmed", "heard", "concluded")
"""The states of an item on which a finding was drafted, and that has not ended."""


def decide_feedback_overdue(case: CaseFacts, row: SupervisionFacts, office: Office) -> list[Effect]:
    """Overdue feedback is reported, on any day, again for each reissue; also where a finding came
    of it before the sweep."""
    unanswered = (row.finding_from if row.state in FOUND else row.state) in ("opened", "reissued")
    if not unanswered or row.due_at is None or row.overdue_for == row.due_at:
        return []
    if office.now < row.due_at:
        return []
    payload = {"ground": row.ground, "true_at": row.due_at.isoformat()}
    return [
        Effect(
            "supervision.overdue",
            "supervision",
            row,
            None,
            {"overdue_for": row.due_at},
            payload,
            row.unit_id,
        )
    ]


def _notice(office: Office, actor: Actor, due: Deadline, requirement: str) -> dict[str, Any]:
    return {
        "opened_at": office.now,
        "opened_by_id": actor.id,
        "requirement": requirement,
        **clock("due", due),
        **clock("own", None),
    }


def open_candidate(
    session: Session,
    now: datetime,
    actor: Actor,
    row: Supervision,
    requirement: str,
    workdays: int | None = None,
    due_on: date | None = None,
) -> Supervision:
    """Open an item 立项 from a candidate: the notice 督办单 goes to the unit, feedback within three
    working days or by a leader's date."""
    refuse_unless_candidate(row)
    office = office_at(session, now)
    due = named_deadline(
        office, workdays, due_on, limits_of_case(session, office, row).feedback_workdays
    )
    payload = {"ground": row.ground, **_told(due)}
    columns = _notice(office, actor, due, requirement) | {
        "number": paper(session, office, "supervision")
    }
    _issue(session, office, row.id, Issue(row.case_id, now, payload), columns)
    move(session, now, actor, row, "opened", "supervision.opened", columns, payload)
    return row


def open_by_hand(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    requirement: str,
    reason: str,
    workdays: int | None = None,
    due_on: date | None = None,
) -> Supervision:
    """The room opens an item by itself, with a reason; it is not listed."""
    if not reason.strip():
        raise NotAllowed("reason_missing")
    refuse_unsupervisable(session, assignment)
    office = office_at(session, now)
    due = named_deadline(
        office, workdays, due_on, limits_of_case(session, office, assignment).feedback_workdays
    )
    columns = {
        "case_id": assignment.case_id,
        "assignment_id": assignment.id,
        "unit_id": assignment.unit_id,
        "round": assignment.round,
        "ground": "by_hand",
        "attempt": attempt_of(session, assignment, "by_hand"),
        "reason": reason,
        **_notice(office, actor, due, requirement),
        "number": paper(session, office, "supervision"),
    }
    payload = {"ground": "by_hand", **_told(due)}
    lock_cases(session, {assignment.case_id})
    id = allot(session, {"supervision": 1})["supervision"][0]
    _issue(session, office, id, Issue(assignment.case_id, now, payload), columns)
    row: Supervision = bear(
        session, now, actor, "supervision", "opened", "supervision.opened", columns, payload, id
    )
    return row


def _issue(
    session: Session, office: Office, id: int, event: Issue, columns: dict[str, Any]
) -> None:
    """Freeze a notice before the event that issues it."""
    facts = supervision_facts(session, id, event, columns)
    issue(session, office.calendar, "supervision", id, facts, event.chain)


def _told(due: Deadline) -> dict[str, str]:
    """A notice's due date as its event says it: the day, and the moment at which it is over."""
    return {"due_on": due.on.isoformat(), "due_at": due.at.isoformat()}


def feed_back(
    session: Session,
    now: datetime,
    actor: Actor,
    supervision: Supervision,
    words: str,
    drafted_by: int | None = None,
) -> Supervision:
    """The unit head's feedback on a supervision notice."""
    if supervision.state not in ("opened", "reissued"):
        raise NotAllowed("no_notice_open", state=supervision.state)
    if not words.strip():
        raise NotAllowed("words_missing")
    late = supervision.due_at is not None and now >= supervision.due_at
    columns: Columns = {"feedback": words, "fed_back_at": now}
    payload = {"late": late, "self_approved": drafted_by in (None, actor.id)}
    move(session, now, actor, supervision, "fed_back", "supervision.fed_back", columns, payload)
    return supervision


def clear(
    session: Session,
    now: datetime,
    actor: Actor,
    supervision: Supervision,
    new_date: date | None = None,
) -> Supervision:
    """Clear an item 销号: needs a final reply that was not refused, or a new date after today."""
    if supervision.state not in ("opened", "reissued", "fed_back"):
        raise NotAllowed("not_to_clear", state=supervision.state)
    if new_date is not None and new_date <= now.date():
        raise NotAllowed("date_not_after_today")
    assignment = session.get_one(Assignment, supervision.assignment_id)
    if assignment.replied_at is None and new_date is None:
        raise NotAllowed("no_reply_to_clear")
    columns: dict[str, Any] = {"cleared_to": new_date, "ended_at": now}
    payload = {"new_date": new_date.isoformat() if new_date else None}
    move(session, now, actor, supervision, "cleared", "supervision.cleared", columns, payload)
    return supervision


def reissue(
    session: Session,
    now: datetime,
    actor: Actor,
    supervision: Supervision,
    requirement: str,
    workdays: int | None = None,
    due_on: date | None = None,
) -> Supervision:
    """Issue the notice again after feedback that is not enough, at most twice, with a new due date
    and a number of its own."""
    if supervision.state != "fed_back":
        raise NotAllowed("no_feedback", state=supervision.state)
    office = office_at(session, now)
    limits = limits_of_case(session, office, supervision)
    if supervision.reissues >= limits.reissues:
        raise NotAllowed("reissued_enough", most=limits.reissues)
    due = named_deadline(office, workdays, due_on, limits.feedback_workdays)
    keep_notice(session, supervision)
    number = paper(session, office, "supervision")
    columns = {
        "requirement": requirement,
        "reissues": supervision.reissues + 1,
        "notice_number": number,
        **clock("due", due),
    }
    payload = {**_told(due), "reissues": supervision.reissues + 1, "number": number}
    _issue(session, office, supervision.id, Issue(supervision.case_id, now, payload), columns)
    move(session, now, actor, supervision, "reissued", "supervision.reissued", columns, payload)
    return supervision
