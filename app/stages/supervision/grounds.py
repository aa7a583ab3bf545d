"""When an assignment is listed for the supervision room, and on what ground: pure decisions of the
bot, and what a row cites."""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from app.models.columns import clock
from app.rules.facts import (
    AssignmentFacts,
    CaseFacts,
    Effect,
    ReminderFacts,
    SupervisionFacts,
    live,
    overdue,
    pending,
    qualifying,
    standing,
)
from app.rules.office import Office
from app.rules.workdays import last_day, sweep_on
from app.rules.workflow import OPEN_ASSIGNMENT, STANDING

RULES = {
    "repeated": "4 repeated",
    "silent": "4 silent",
    "leader": "4 leader",
    "redo_failed": "4 redo_failed",
    "by_hand": "4 by_hand",
}
"""ground -> the row of the procedure that a list row cites."""


def _reminder(case: CaseFacts, one: AssignmentFacts) -> ReminderFacts | None:
    """ "The reminder": the latest non-void one of the round that was issued for the present due
    date."""
    rows = case.reminders_for_due(one)
    return rows[-1] if rows else None


def _unheeded(case: CaseFacts, one: AssignmentFacts, office: Office) -> bool:
    """The reminder lapsed, no qualifying reply, and the assignment is overdue now."""
    row = _reminder(case, one)
    lapsed = row is not None and row.state == "lapsed"
    return lapsed and overdue(case, one, office) and not qualifying(case, one, office)


def _repeated_since_due(case: CaseFacts, one: AssignmentFacts) -> bool:
    return any(contact.received_at >= one.due_at for contact in case.contacts)


def silent_from(case: CaseFacts, one: AssignmentFacts, office: Office) -> datetime | None:
    """The moment from which silence counts: 24:00 of the fifth working day past the later of the
    reminder's reply-by and the last refusal of a reply; None without a lapsed reminder."""
    row = _reminder(case, one)
    if row is None or row.state != "lapsed":
        return None
    refused = [reply.examined_at.date() for reply in case.refusals(one) if reply.examined_at]
    past = max([last_day(row.reply_by_at), *refused])
    return office.calendar.end_of(
        office.calendar.after(past, office.kept(case.allocated_at).silent_workdays)
    )


def _silent(case: CaseFacts, one: AssignmentFacts, office: Office) -> bool:
    if not office.kept(case.allocated_at).silent_ground or not _unheeded(case, one, office):
        return False
    since = silent_from(case, one, office)
    return since is not None and office.now >= since


def _leader(case: CaseFacts, one: AssignmentFacts, office: Office) -> bool:
    """Leader-assigned: overdue with nothing said or pending, or its reply refused twice."""
    if not one.leader_assigned or not live(one):
        return False
    unanswered = (
        overdue(case, one, office) and not qualifying(case, one, office) and not pending(case, one)
    )
    return unanswered or len(case.refusals(one)) >= 2


def _redo_failed(case: CaseFacts, one: AssignmentFacts, office: Office) -> bool:
    return case.redo_failed and case.state == "reviewing" and case.lead_assignment_id == one.id


def relisted_from(row: SupervisionFacts, case: CaseFacts, office: Office) -> datetime | None:
    """The moment from which a declined ground may be listed again: 24:00 of the fifth working day
    after it."""
    if row.state != "declined" or row.ended_at is None:
        return None
    n = office.kept(case.allocated_at).declined_workdays
    return office.calendar.end_of(office.calendar.after(row.ended_at.date(), n))


def _listable(case: CaseFacts, one: AssignmentFacts, ground: str, office: Office) -> bool:
    """Per assignment and round each ground is listed once, and again five working days after a
    decline."""
    rows = case.supervision_of(one, ground)
    if not rows:
        return True
    again = relisted_from(rows[-1], case, office)
    return again is not None and office.now >= again


def held_to(case: CaseFacts, one: AssignmentFacts, office: Office) -> datetime | None:
    """The end of the latest new date that an item was cleared to: it holds watch and lists."""
    ends = [
        office.calendar.end_of(row.cleared_to) for row in case.supervision_of(one) if row.cleared_to
    ]
    return max(ends, default=None)


def _listing_matters(case: CaseFacts, one: AssignmentFacts) -> bool:
    """Whether any ground could hold at all: without a lapsed reminder, a leader, a failed redo or
    an item none can."""
    if case.supervision or one.leader_assigned or case.redo_failed:
        return True
    row = _reminder(case, one)
    return row is not None and row.state == "lapsed"


def decide_listing(
    case: CaseFacts, one: AssignmentFacts, office: Office, list_closed: bool = False
) -> list[Effect]:
    """Candidates for the supervision room, at working-day sweeps. `list_closed`: this day's list is
    out already, so what came after waits for the next one. Before 08:30 nothing is listed: the
    clock of an emergency may bring the bot earlier, and the list of one row would then be the
    day's."""
    today = office.now.date()
    if list_closed or not _listing_matters(case, one):
        return []
    if office.now < sweep_on(today) or not office.calendar.is_workday(today):
        return []
    proposed = [
        row
        for row in case.supervision_of(one, "by_hand")
        if row.state == "candidate" and not row.listed_on
    ]
    effects = [_list_proposed(case, one, row, office) for row in proposed]
    until = held_to(case, one, office)
    if until is not None and office.now < until:
        return effects
    effects = effects or _missed_new_date(case, one, office)
    grounds = {
        "repeated": _unheeded(case, one, office) and _repeated_since_due(case, one),
        "leader": _leader(case, one, office),
        "redo_failed": _redo_failed(case, one, office),
    }
    for ground, holds in grounds.items():
        if holds and _listable(case, one, ground, office):
            effects.append(_list(case, one, ground, office))
    if not effects and not standing(case, one):
        effects += _silence(case, one, office)
    return effects


def _silence(case: CaseFacts, one: AssignmentFacts, office: Office) -> list[Effect]:
    """`silent`, else the watch row: once per round, where no such repeat came, never after `silent`
    was listed."""
    if _silent(case, one, office):
        return (
            [_list(case, one, "silent", office)] if _listable(case, one, "silent", office) else []
        )
    if one.watched or not _unheeded(case, one, office) or _repeated_since_due(case, one):
        return []
    if case.supervision_of(one, "silent"):
        return []
    row = _reminder(case, one)
    payload = {"reminder": row.number if row else None, "due_on": one.due_on.isoformat()}
    return [
        Effect(
            "supervision.watched", "assignment", one, None, {"watched": True}, payload, one.unit_id
        )
    ]


def _workdays_late(one: AssignmentFacts, office: Office) -> int:
    """The working days from due to the final reply that stands, or to today; none where that was in
    time."""
    until = one.replied_at or office.now
    return max(0, office.calendar.between(one.due_on, until.date()))


def list_facts(
    case: CaseFacts, one: AssignmentFacts, ground: str, office: Office
) -> dict[str, Any]:
    """What a list row cites: the rule, the reminder, the working days late, the repeats, the
    leader's matter."""
    row = _reminder(case, one)
    return {
        "rule": RULES[ground],
        "case": case.number,
        "unit": one.unit_id,
        "round": one.round,
        "role": one.role,
        "due_on": one.due_on.isoformat(),
        "due_at": one.due_at.isoformat(),
        "workdays_late": _workdays_late(one, office),
        "reminder": row.number if row else None,
        "repeats": case.repeats,
        "leader": one.leader_assigned,
        "refusals": len(case.refusals(one)),
        "repeats_since_due": [
            {"contact": contact.id, "at": contact.received_at.isoformat()}
            for contact in case.contacts
            if contact.received_at >= one.due_at
        ],
    }


def _list(case: CaseFacts, one: AssignmentFacts, ground: str, office: Office) -> Effect:
    facts = list_facts(case, one, ground, office)
    attempt = 1 + max((row.attempt for row in case.supervision_of(one, ground)), default=0)
    own = office.calendar.run(office.now.date(), office.kept(case.allocated_at).decide_workdays)
    columns = {
        "case_id": case.id,
        "assignment_id": one.id,
        "unit_id": one.unit_id,
        "round": one.round,
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
        "supervision.listed", "supervision", None, "candidate", columns, payload, one.unit_id
    )


def _list_proposed(
    case: CaseFacts, one: AssignmentFacts, row: SupervisionFacts, office: Office
) -> Effect:
    """The centre head's proposal, a row of the next list."""
    own = office.calendar.run(office.now.date(), office.kept(case.allocated_at).decide_workdays)
    sets = {"listed_on": office.now.date(), **clock("own", own)}
    payload = {"ground": "by_hand", "attempt": row.attempt, "rule": RULES["by_hand"]}
    return Effect("supervision.listed", "supervision", row, None, sets, payload, one.unit_id)


def _missed_new_date(case: CaseFacts, one: AssignmentFacts, office: Office) -> list[Effect]:
    """Cleared to a new date, and no final reply by then: listed `by_hand` at the first working-day
    sweep after it at which nothing stands from an earlier day."""
    effects: list[Effect] = []
    if any(_stands_since_before(row, office.now.date()) for row in case.supervision_of(one)):
        return effects
    for row in case.supervision_of(one):
        if (
            row.state != "cleared"
            or row.cleared_to is None
            or _listed_since(case, one, row, office)
        ):
            continue
        until = office.calendar.end_of(row.cleared_to)
        unanswered = (
            one.state in OPEN_ASSIGNMENT
            and one.replied_at is None
            and not _stood_at(case, one, until)
        )
        if unanswered and office.now >= until:
            effects.append(_list(case, one, "by_hand", office))
            break
    return effects


def _stands_since_before(row: SupervisionFacts, today: date) -> bool:
    """Whether a candidate or an item stands from an earlier day: listed, or opened by the room. A
    proposal that no list has named yet is a row of the next one."""
    began = row.listed_on or (row.opened_at.date() if row.opened_at else None)
    return row.state in STANDING and began is not None and began < today


def _stood_at(case: CaseFacts, one: AssignmentFacts, moment: datetime) -> bool:
    """Whether a final reply was there at a moment and not refused by then."""
    return any(
        row.assignment_id == one.id
        and row.filed_at < moment
        and not (
            row.state == "refused" and row.examined_at is not None and row.examined_at < moment
        )
        for row in case.replies
    )


def _listed_since(
    case: CaseFacts, one: AssignmentFacts, cleared: SupervisionFacts, office: Office
) -> bool:
    """Whether the missed new date of an item was listed already (and not declined five working days
    ago)."""
    rows = [
        row
        for row in case.supervision_of(one, "by_hand")
        if row.listed_on is not None
        and cleared.cleared_to is not None
        and row.listed_on > cleared.cleared_to
    ]
    again = relisted_from(rows[-1], case, office) if rows else None
    return bool(rows) and (again is None or office.now < again)
