"""When an assignment is listed for the supervision room: pure decisions of the bot, and what a row cites."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from app.models.columns import clock
from app.rules.facts import AssignmentFacts, CaseFacts, Effect, SupervisionFacts, standing
from app.rules.office import Office
from app.rules.workdays import sweep_on
from app.rules.workflow import OPEN_ASSIGNMENT, STANDING
from app.stages.supervision.grounds import (
    held_to,
    leaders_matter,
    listable,
    relisted_from,
    reminder_of,
    repeated_since_due,
    second_redo_failed,
    silent,
    unheeded,
)

RULES = {
    "repeated": "4 repeated",
    "silent": "4 silent",
    "leader": "4 leader",
    "redo_failed": "4 redo_failed",
    "by_hand": "4 by_hand",
}
"""ground -> the row of the procedure that a list row cites."""


def _listing_matters(case: CaseFacts, assignment: AssignmentFacts) -> bool:
    """Whether any ground could hold at all: without a lapsed reminder, a leader, a failed redo or
    an item none can."""
    if case.supervision or assignment.leader_assigned or case.redo_failed:
        return True
    row = reminder_of(case, assignment)
    return row is not None and row.state == "lapsed"


def decide_listing(
    case: CaseFacts, assignment: AssignmentFacts, office: Office, list_closed: bool = False
) -> list[Effect]:
    """Candidates for the supervision room, at working-day sweeps. `list_closed`: this day's list is
    out already, so what came after waits for the next one. Before 08:30 nothing is listed: the
    clock of an emergency may bring the bot earlier, and the list of one row would then be the
    day's."""
    if list_closed or not _listing_matters(case, assignment) or not _listed_now(office):
        return []
    effects = [_list_proposed(case, assignment, row, office) for row in _proposed(case, assignment)]
    if _held_now(case, assignment, office):
        return effects
    effects = effects or _missed_new_date(case, assignment, office)
    effects += [
        _list(case, assignment, ground, office)
        for ground in _grounds_that_hold(case, assignment, office)
    ]
    if not effects and not standing(case, assignment):
        effects += _silence(case, assignment, office)
    return effects


def _listed_now(office: Office) -> bool:
    """Whether candidates are listed at this moment."""
    today = office.now.date()
    return office.now >= sweep_on(today) and office.calendar.is_workday(today)


def _held_now(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> bool:
    """Whether the new date that an item was cleared to is still to come."""
    until = held_to(case, assignment, office)
    return until is not None and office.now < until


def _proposed(case: CaseFacts, assignment: AssignmentFacts) -> list[SupervisionFacts]:
    """What the centre head proposed and no list has named yet."""
    return [
        row
        for row in case.supervision_of(assignment, "by_hand")
        if row.state == "candidate" and not row.listed_on
    ]


def _grounds_that_hold(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> list[str]:
    """The grounds, silence aside, on which an assignment is listed now."""
    holds = {
        "repeated": unheeded(case, assignment, office) and repeated_since_due(case, assignment),
        "leader": leaders_matter(case, assignment, office),
        "redo_failed": second_redo_failed(case, assignment, office),
    }
    return [
        ground for ground in holds if holds[ground] and listable(case, assignment, ground, office)
    ]


def _silence(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> list[Effect]:
    """`silent`, else the watch row: once per round, where no such repeat came, never after `silent`
    was listed."""
    if silent(case, assignment, office):
        return (
            [_list(case, assignment, "silent", office)]
            if listable(case, assignment, "silent", office)
            else []
        )
    if (
        assignment.watched
        or not unheeded(case, assignment, office)
        or repeated_since_due(case, assignment)
    ):
        return []
    if case.supervision_of(assignment, "silent"):
        return []
    row = reminder_of(case, assignment)
    payload = {"reminder": row.number if row else None, "due_on": assignment.due_on.isoformat()}
    return [
        Effect(
            "supervision.watched",
            "assignment",
            assignment,
            None,
            {"watched": True},
            payload,
            assignment.unit_id,
        )
    ]


def _workdays_late(assignment: AssignmentFacts, office: Office) -> int:
    """The working days from due to the final reply that stands, or to today; none where that was in
    time."""
    until = assignment.replied_at or office.now
    return max(0, office.calendar.between(assignment.due_on, until.date()))


def list_facts(
    case: CaseFacts, assignment: AssignmentFacts, ground: str, office: Office
) -> dict[str, Any]:
    """What a list row cites: the rule, the reminder, the working days late, the repeats, the
    leader's matter."""
    row = reminder_of(case, assignment)
    return {
        "rule": RULES[ground],
        "case": case.number,
        "unit": assignment.unit_id,
        "round": assignment.round,
        "role": assignment.role,
        "due_on": assignment.due_on.isoformat(),
        "due_at": assignment.due_at.isoformat(),
        "workdays_late": _workdays_late(assignment, office),
        "reminder": row.number if row else None,
        "repeats": case.repeats,
        "leader": assignment.leader_assigned,
        "refusals": len(case.refusals(assignment)),
        "repeats_since_due": [
            {"contact": contact.id, "at": contact.received_at.isoformat()}
            for contact in case.contacts
            if contact.received_at >= assignment.due_at
        ],
    }


def _list(case: CaseFacts, assignment: AssignmentFacts, ground: str, office: Office) -> Effect:
    facts = list_facts(case, assignment, ground, office)
    attempt = 1 + max((row.attempt for row in case.supervision_of(assignment, ground)), default=0)
    own = office.calendar.run(office.now.date(), office.kept(case.allocated_at).decide_workdays)
    columns = {
        "case_id": case.id,
        "assignment_id": assignment.id,
        "unit_id": assignment.unit_id,
        "round": assignment.round,
        "ground": ground,
        "attempt": attempt,
        "facts": json.dumps(facts, ensure_ascii=False),
        "listed_on": office.now.date(),
        **clock("own", own),
    }
    payload = {
        "ground": ground,
        "attempt": attempt,
        "rule": RULES[ground],
        "due_on": facts["due_on"],
    }
    return Effect(
        "supervision.listed", "supervision", None, "candidate", columns, payload, assignment.unit_id
    )


def _list_proposed(
    case: CaseFacts, assignment: AssignmentFacts, row: SupervisionFacts, office: Office
) -> Effect:
    """The centre head's proposal, a row of the next list."""
    own = office.calendar.run(office.now.date(), office.kept(case.allocated_at).decide_workdays)
    sets = {"listed_on": office.now.date(), **clock("own", own)}
    payload = {"ground": "by_hand", "attempt": row.attempt, "rule": RULES["by_hand"]}
    return Effect("supervision.listed", "supervision", row, None, sets, payload, assignment.unit_id)


def _missed_new_date(case: CaseFacts, assignment: AssignmentFacts, office: Office) -> list[Effect]:
    """Cleared to a new date, and no final reply by then: listed `by_hand` at the first working-day
    sweep after it at which nothing stands from an earlier day."""
    rows = case.supervision_of(assignment)
    if any(_stands_since_before(row, office.now.date()) for row in rows):
        return []
    missed = any(_missed(case, assignment, row, office) for row in rows)
    return [_list(case, assignment, "by_hand", office)] if missed else []


def _missed(
    case: CaseFacts, assignment: AssignmentFacts, cleared: SupervisionFacts, office: Office
) -> bool:
    """Whether an item was cleared to a date that has passed without a reply, and is not listed for
    that yet."""
    if cleared.state != "cleared" or cleared.cleared_to is None:
        return False
    until = office.calendar.end_of(cleared.cleared_to)
    if office.now < until or _listed_since(case, assignment, cleared, office):
        return False
    unanswered = assignment.state in OPEN_ASSIGNMENT and assignment.replied_at is None
    return unanswered and not _stood_at(case, assignment, until)


def _stands_since_before(row: SupervisionFacts, today: date) -> bool:
    """Whether a candidate or an item stands from an earlier day: listed, or opened by the room. A
    proposal that no list has named yet is a row of the next one."""
    began = row.listed_on or (row.opened_at.date() if row.opened_at else None)
    return row.state in STANDING and began is not None and began < today


def _stood_at(case: CaseFacts, assignment: AssignmentFacts, moment: datetime) -> bool:
    """Whether a final reply was there at a moment and not refused by then."""
    return any(
        row.assignment_id == assignment.id
        and row.filed_at < moment
        and not (
            row.state == "refused" and row.examined_at is not None and row.examined_at < moment
        )
        for row in case.replies
    )


def _listed_since(
    case: CaseFacts, assignment: AssignmentFacts, cleared: SupervisionFacts, office: Office
) -> bool:
    """Whether the missed new date of an item was listed already (and not declined five working days
    ago)."""
    rows = [
        row
        for row in case.supervision_of(assignment, "by_hand")
        if row.listed_on is not None
        and cleared.cleared_to is not None
        and row.listed_on > cleared.cleared_to
    ]
    again = relisted_from(rows[-1], case, office) if rows else None
    return bool(rows) and (again is None or office.now < again)
