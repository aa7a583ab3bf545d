"""Rows for tests of the record: one case with one row of every subject, each made through the
ledger."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from app import ledger
from app.models import SUBJECTS, Assignment, Case, Unit
from app.models.columns import clock
from app.roles import BOT
from app.rules.workdays import BEIJING, Deadline, hours
from app.stages.rights import person

NOW = datetime(2026, 3, 2, 10, tzinfo=BEIJING)
ALLOCATOR = person(7, "allocator", ["allocator"])
WORDS = {
    "case": "case.registered",
    "assignment": "assignment.allocated",
    "request": "request.filed",
    "reply": "reply.filed",
    "reminder": "reminder.issued",
    "supervision": "supervision.listed",
    "visit": "visit.planned",
    "referral": "referral.drafted",
}
"""subject -> the word of its birth."""
FIRST = {
    "case": "registered",
    "assignment": "allocated",
    "request": "pending",
    "reply": "filed",
    "reminder": "open",
    "supervision": "candidate",
    "visit": "pending",
    "referral": "drafted",
}
"""subject -> its first state."""


def until(days: int) -> Deadline:
    """A clock that runs out so many days after `NOW`."""
    return hours(NOW, 24 * days)


def unit(session: Session, code: str = "water") -> int:
    """A member unit; its id."""
    made = Unit(code=code, name=code)
    session.add(made)
    session.flush()
    return made.id


def columns(
    session: Session, subject: str, case: int = 0, of: dict[str, int] | None = None
) -> dict[str, Any]:
    """What a row of a subject needs besides its state; `of` names the ids of what it belongs to."""
    of = of or {}
    unit_id = of.get("unit", 0)
    theirs: dict[str, dict[str, Any]] = {
        "case": {
            "query_code": "123456",
            "channel": "phone",
            "received_at": NOW,
            "registered_at": NOW,
            "kind": "help",
            "narrative": "the water has been off",
            "number": None,
        },
        "assignment": {
            "round": 1,
            "role": "lead",
            "allocated_at": NOW,
            "number": None,
            **clock("due", until(5)),
        },
        "request": {"round": 1, "kind": "explanation", "filed_at": NOW},
        "reply": {"round": 1, "filed_at": NOW},
        "reminder": {
            "round": 1,
            "attempt": 1,
            "number": f"reminder {case}",
            "for_due_at": NOW,
            "issued_at": NOW,
            **clock("reply_by", until(2)),
        },
        "supervision": {"round": 1, "ground": "silent", "attempt": 1, "number": f"item {case}"},
        "visit": {"caller_case_id": case, "round": 1, "planned_at": NOW},
        "referral": {
            "drafted_at": NOW,
            "snapshot": "{}",
            "number": f"letter {case}",
            **clock("send_by", until(15)),
        },
    }
    keys: dict[str, Any] = {} if subject == "case" else {"case_id": case}
    if subject in ("assignment", "request", "reply", "reminder", "supervision", "referral"):
        keys["unit_id"] = unit_id
    if subject in ("request", "reply", "reminder", "supervision", "referral"):
        keys["assignment_id"] = of["assignment"]
    if subject == "referral":
        keys["supervision_id"] = of["supervision"]
    return keys | theirs[subject]


def bear(
    session: Session, subject: str, case: int = 0, of: dict[str, int] | None = None, **other: Any
) -> Any:
    """A new row of a subject, in its first state, with its event."""
    wanted = columns(session, subject, case, of) | other
    return ledger.bear(session, NOW, BOT, subject, FIRST[subject], WORDS[subject], wanted)


def register(session: Session, **other: Any) -> Case:
    """A new case."""
    made: Case = bear(session, "case", **other)
    return made


def allocated(
    session: Session, case: Case | None = None, code: str = "water", **other: Any
) -> Assignment:
    """A case that a unit has, in handling."""
    case = case or register(session)
    of = {"unit": unit(session, code)}
    made: Assignment = bear(session, "assignment", case.id, of, **other)
    if case.state == "registered":
        ledger.move(session, NOW, ALLOCATOR, case, "handling", "case.allocated")
    return made


def whole_case(session: Session, code: str = "water", n: str | None = None) -> dict[str, int]:
    """One case with one row of every subject: subject -> id, and the unit's. `n` numbers the case
    and its part."""
    ids = {"unit": unit(session, code), "case": register(session, number=n and f"case {n}").id}
    for subject in SUBJECTS:
        if subject != "case":
            numbered = {"number": n and f"part {n}"} if subject == "assignment" else {}
            ids[subject] = bear(session, subject, ids["case"], ids, **numbered).id
    return ids


def later(**after: float) -> datetime:
    return NOW + timedelta(**after)
