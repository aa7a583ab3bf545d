"""Why a rule of the bot catches an assignment now, or does not: the facts that it rests on, and the
first one that stands against it. Asked of what is on file; nothing is written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from app.rules.facts import (
    AssignmentFacts,
    CaseFacts,
    Effect,
    ReminderFacts,
    emergency,
    late,
    live,
    standing,
    stands,
)
from app.rules.office import Office
from app.rules.workdays import sweep_on
from app.rules.workflow import OPEN_ASSIGNMENT
from app.stages.deciding import decide_case
from app.stages.reminder import due_for_reminder
from app.stages.supervision import held_to, silent_from
from app.stages.supervision.grounds import (
    listable,
    reminder_of,
    repeated_since_due,
    second_redo_failed,
)
from app.sweep.ahead import rule_of


@dataclass(frozen=True)
class Fact:
    """A fact for or against a rule: its sentence, and what goes into it."""

    msgid: str
    facts: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reason:
    """What a rule comes to for an assignment: whether it catches it now, what stands against it
    first, and what it rests on or would have been changed by."""

    rule: str
    unit_id: int
    against: Fact | None
    rests_on: Fact
    otherwise: Fact

    @property
    def catches(self) -> bool:
        """Whether nothing stands against it."""
        return self.against is None


Against = Callable[[CaseFacts, AssignmentFacts, Office], Iterator[Fact]]


def reasons(case: CaseFacts, office: Office, issued: bool = False) -> list[Reason]:
    """Each rule for each assignment that a unit still holds. Whether it catches it is what the bot
    would decide now; the facts are changed as it would change them."""
    held = [one for one in case.assignments if live(one)]
    told = [(rule, one, _told(rule, case, one, office)) for one in held for rule in _AGAINST]
    caught = {
        (rule_of(effect.kind, effect.payload), _assignment_of(effect))
        for effect in decide_case(case, office, closed=issued).effects
    }
    return [
        replace(
            reason, against=None if (rule, one.id) in caught else reason.against or _later(issued)
        )
        for rule, one, reason in told
    ]


def _assignment_of(effect: Effect) -> int:
    """The assignment that a decision is about; 0 for none."""
    if effect.subject == "assignment":
        return int(effect.row.id)
    return int(effect.sets.get("assignment_id") or getattr(effect.row, "assignment_id", 0) or 0)


def _later(issued: bool) -> Fact:
    """Why a rule whose conditions hold does nothing now."""
    return Fact("case_page.why.list_out" if issued else "case_page.why.next_look")


def _told(rule: str, case: CaseFacts, one: AssignmentFacts, office: Office) -> Reason:
    facts = {"due": one.due_at, "on": one.due_on, "refusals": len(case.refusals(one))}
    facts["repeats"] = sum(contact.received_at >= one.due_at for contact in case.contacts)
    rests, otherwise = _SAID[rule]
    against = next(_AGAINST[rule](case, one, office), None)
    return Reason(rule, one.unit_id, against, Fact(rests, facts), Fact(otherwise, facts))


def _unanswered(one: AssignmentFacts) -> Iterator[Fact]:
    if one.state not in OPEN_ASSIGNMENT or one.replied_at is not None:
        yield Fact("case_page.why.replied", {"at": one.replied_at or one.due_at})


def _overdue(case: CaseFacts, one: AssignmentFacts, office: Office) -> Iterator[Fact]:
    yield from _unanswered(one)
    if not late(case, one, office):
        yield Fact("case_page.why.not_due", {"due": one.due_at})


def _explained(case: CaseFacts, one: AssignmentFacts, office: Office) -> Iterator[Fact]:
    for row in case.requests_of(one):
        if stands(row, office):
            yield Fact("case_page.why.promised", {"on": row.promised_on})


def _pending(case: CaseFacts, one: AssignmentFacts) -> Iterator[Fact]:
    for row in case.requests_of(one):
        if row.state == "pending":
            yield Fact("case_page.why.pending", {"request": row.kind, "at": row.filed_at})


def _remind(case: CaseFacts, one: AssignmentFacts, office: Office) -> Iterator[Fact]:
    yield from _overdue(case, one, office)
    yield from _explained(case, one, office)
    yield from _pending(case, one)
    if not due_for_reminder(case, one, office):
        yield _reminded(case.reminders_for_due(one))
    if not emergency(case, one):
        yield from _worked(office)


def _reminded(rows: list[ReminderFacts]) -> Fact:
    if not rows:
        return Fact("case_page.why.in_error")
    return Fact("case_page.why.reminded", {"number": rows[-1].number, "at": rows[-1].issued_at})


def _worked(office: Office) -> Iterator[Fact]:
    if not office.calendar.is_workday(office.now.date()):
        yield Fact("case_page.why.rest_day")


def _listing(case: CaseFacts, one: AssignmentFacts, office: Office) -> Iterator[Fact]:
    """What keeps anything from being listed at this moment."""
    yield from _worked(office)
    if office.now < sweep_on(office.now.date()):
        yield Fact("case_page.why.before_sweep")
    until = held_to(case, one, office)
    if until is not None and office.now < until:
        yield Fact("case_page.why.held", {"until": until})


def _listed_once(
    case: CaseFacts, one: AssignmentFacts, office: Office, ground: str
) -> Iterator[Fact]:
    if not listable(case, one, ground, office):
        row = case.supervision_of(one, ground)[-1]
        yield Fact("case_page.why.listed", {"at": row.listed_on or row.opened_at or office.now})


def _unheeded(case: CaseFacts, one: AssignmentFacts, office: Office) -> Iterator[Fact]:
    yield from _overdue(case, one, office)
    row = reminder_of(case, one)
    if row is None:
        yield Fact("case_page.why.not_reminded")
    elif row.state != "lapsed":
        yield Fact("case_page.why.not_lapsed", {"number": row.number, "until": row.reply_by_at})
    yield from _explained(case, one, office)


def _repeated(case: CaseFacts, one: AssignmentFacts, office: Office) -> Iterator[Fact]:
    yield from _unheeded(case, one, office)
    if not repeated_since_due(case, one):
        yield Fact("case_page.why.not_repeated", {"due": one.due_at})
    yield from _listed_once(case, one, office, "repeated")
    yield from _listing(case, one, office)


def _leader(case: CaseFacts, one: AssignmentFacts, office: Office) -> Iterator[Fact]:
    if not one.leader_assigned:
        yield Fact("case_page.why.no_leader")
    if len(case.refusals(one)) < 2:
        yield from _overdue(case, one, office)
        yield from _explained(case, one, office)
        yield from _pending(case, one)
    yield from _listed_once(case, one, office, "leader")
    yield from _listing(case, one, office)


def _redo_failed(case: CaseFacts, one: AssignmentFacts, office: Office) -> Iterator[Fact]:
    if not second_redo_failed(case, one, office):
        yield Fact("case_page.why.no_redo")
    yield from _listed_once(case, one, office, "redo_failed")
    yield from _listing(case, one, office)


def _stands(case: CaseFacts, one: AssignmentFacts, office: Office) -> Iterator[Fact]:
    others = (_repeated, _leader, _redo_failed)
    if standing(case, one) or any(not [*other(case, one, office)] for other in others):
        yield Fact("case_page.why.stands")


def _silent(case: CaseFacts, one: AssignmentFacts, office: Office) -> Iterator[Fact]:
    if not office.kept(case.allocated_at).silent_ground:
        yield Fact("case_page.why.switched_off")
    yield from _unheeded(case, one, office)
    since = silent_from(case, one, office)
    if since is not None and office.now < since:
        yield Fact("case_page.why.silent_from", {"since": since})
    yield from _stands(case, one, office)
    yield from _listed_once(case, one, office, "silent")
    yield from _listing(case, one, office)


def _warn(case: CaseFacts, one: AssignmentFacts, office: Office) -> Iterator[Fact]:
    yield from _unanswered(one)
    if emergency(case, one):
        yield Fact("case_page.why.emergency")
    if one.warned_for == one.due_at:
        yield Fact("case_page.why.warned", {"due": one.due_at})
    if office.now >= one.due_at:
        yield Fact("case_page.why.past_due", {"due": one.due_at})
    today = office.now.date()
    yield from _worked(office)
    if office.calendar.after(today) < one.due_on:
        yield Fact("case_page.why.warned_from", {"on": office.calendar.before(one.due_on)})


def _sign(case: CaseFacts, one: AssignmentFacts, office: Office) -> Iterator[Fact]:
    if one.state != "allocated" or one.sign_at is None:
        yield Fact("case_page.why.signed")
    elif office.now < one.sign_at:
        yield Fact("case_page.why.sign_until", {"until": one.sign_at})


_AGAINST: dict[str, Against] = {
    "sign": _sign,
    "warn": _warn,
    "remind": _remind,
    "repeated": _repeated,
    "silent": _silent,
    "leader": _leader,
    "redo_failed": _redo_failed,
}
"""rule -> what stands against it, in the order in which it is asked."""
_SAID = {
    "sign": ("case_page.rests.sign", "case_page.unless.sign"),
    "warn": ("case_page.rests.warn", "case_page.unless.warn"),
    "remind": ("case_page.rests.remind", "case_page.unless.remind"),
    "repeated": ("case_page.rests.repeated", "case_page.unless.repeated"),
    "silent": ("case_page.rests.silent", "case_page.unless.silent"),
    "leader": ("case_page.rests.leader", "case_page.unless.leader"),
    "redo_failed": ("case_page.rests.redo_failed", "case_page.unless.redo_failed"),
}
"""rule -> the sentences of what it rests on, and of what would have changed it."""
