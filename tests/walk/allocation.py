"""Allocation in the model: clocks, instructions, due dates that move, rulings; a reminder by hand.
[0, 2, 3]"""

from __future__ import annotations

from datetime import date, datetime

from tests.walk.acceptance import Acceptance
from tests.walk.rows import (
    AWAITED,
    DAY,
    LIVE,
    OPEN_CASE,
    Ask,
    Assignment,
    Case,
    Due,
    Person,
    after,
    before,
    end,
    is_workday,
)
from tests.walk.said import need

KIND_DAYS = {
    "consultation": 3,
    "help": 5,
    "suggestion": 7,
    "complaint": 7,
    "report": 10,
    "praise": 3,
}
URGENCIES = ("normal", "urgent", "emergency")


def _moment(due: Due) -> datetime:
    return due.at


class Allocation(Acceptance):
    def answer_directly(self, who: Person, case: Case, sampled: bool = False) -> None:
        need(
            case.state == "registered"
            and case.kind in ("consultation", "praise", "help")
            and not case.proposed_by
        )
        need(
            not case.complex and not case.leader and who.word not in case.examiners | case.visitors
        )
        case.handlers.add(who.word)
        case.own = None
        self.say("case.answered")
        if sampled and not case.anonymous:
            case.state, case.own = "visiting", end(after(self.today, 3))
        else:
            case.state, case.closed_on, case.closed_as = "closed", self.today, "answered"

    def handling_due(self, case: Case, leaders: bool = True) -> Due:
        """The clock of section 0 for a case allocated now."""
        hours = {"emergency": Due(self.now + DAY, hours=True)}
        days = {"urgent": 1}.get(case.urgency, 15 if case.complex else KIND_DAYS[case.kind])
        own = hours.get(case.urgency) or Due(end(after(self.today, days)))
        if not case.leader or not leaders:
            return own
        if case.leader_date and case.leader_date >= self.today:
            named = Due(end(case.leader_date))
            return min(own, named, key=lambda one: one.at) if own.hours else named
        five = Due(end(after(self.today, 5)))
        return five if case.urgency == "normal" else min(own, five, key=lambda one: one.at)

    def assist_due(self, lead: Due, allocated_on: date) -> Due:
        """The lead's less a working day, not before the first after allocation nor after the
        lead's."""
        at = end(max(before(lead.on), after(allocated_on)))
        return lead if at >= lead.at else Due(at)

    def allocate(self, who: Person, case: Case, unit: str, assists: tuple[str, ...] = ()) -> None:
        need(case.state == "registered" and not case.proposed_by)
        self._transfer(who, case, unit, assists)

    def _transfer(self, who: Person, case: Case, unit: str, assists: tuple[str, ...] = ()) -> None:
        need(unit not in assists)
        need(case.allocations < 2 or who.role in ("centre_head", "leader"))
        due = self.handling_due(case)
        case.lead = self._assign(who, case, unit, "lead", due)
        for one in assists:
            self._assign(who, case, one, "assist", self.assist_due(due, self.today))
        case.state, case.own, case.proposed_by = "handling", None, None
        case.allocations += 1
        self.say("case.allocated")

    def _assign(
        self, who: Person, case: Case, unit: str, role: str, due: Due, redo: bool = False
    ) -> Assignment:
        one = Assignment(
            "allocated",
            self.next(),
            unit=unit,
            role=role,
            round=case.round,
            by=who.word,
            allocated_at=self.now,
            due=due,
            leader=case.leader,
            leader_first=case.leader,
            redo=redo,
            answers_at_once=case.urgency == "emergency" and not redo,
        )
        case.assignments.append(one)
        self.say("assignment.allocated")
        return one

    def submit(self, who: Person, case: Case) -> None:
        need(case.state == "registered" and not case.proposed_by)
        case.state, case.own = "submitted", end(after(self.today, 3))
        self.say("case.submitted")

    def instruct(
        self, who: Person, case: Case, unit: str | None = None, due_on: date | None = None
    ) -> None:
        need(due_on is None or due_on > self.today)
        need(case.state in OPEN_CASE and (unit or case.state != "registered"))
        need(not unit or case.state in ("registered", "submitted"))
        need(case.state in ("registered", "submitted") or case.lead)
        if case.state == "submitted" and not unit:
            case.state, case.own, case.closed_on, case.closed_as = (
                "closed",
                None,
                self.today,
                "filed",
            )
            self.say("case.filed")
            return
        stands = case.leader_date if case.leader_date and case.leader_date >= self.today else None
        case.leader, case.leader_date = (
            True,
            min(filter(None, (stands, due_on)), default=case.leader_date),
        )
        self.say("case.instructed")
        if unit:
            self._transfer(who, case, unit)
        elif case.lead:
            self._instruct(case, case.lead, due_on)

    def _instruct(self, case: Case, lead: Assignment, due_on: date | None) -> None:
        """The earlier of the old due and the leader's date, not before the end of tomorrow;
        overdue, it stays. A redo round keeps its clock, and what has ended stays as it ended."""
        for one in (lead, *self.assists(case, lead)):
            one.leader = one.leader or one.state in LIVE
        if lead.state in AWAITED and self.now < lead.due.at and not lead.redo:
            asked = end(due_on) if due_on else end(after(self.today, 5))
            at = max(min(lead.due.at, asked), end(self.today + DAY))
            at = min(at, lead.due.at) if lead.due.hours else at
            if at != lead.due.at:
                self.move_due(case, lead, Due(at))

    def assists(self, case: Case, lead: Assignment) -> list[Assignment]:
        """The assists of a lead's round that a unit still holds."""
        same = [one for one in case.assignments if one.role == "assist" and one.round == lead.round]
        return [one for one in same if one.state in LIVE]

    def move_due(self, case: Case, one: Assignment, due: Due) -> None:
        """A due date moves, a lead's assists with it; one that has passed as well is not marked
        twice; lengthened after due, an open reminder is void. An assist's due that would have
        passed is the end of tomorrow, but not beyond its lead."""
        if one.overdue_for is not None and due.at <= self.now:
            one.overdue_for = due.at
        lengthened, one.due = self.now >= one.due.at and due.at > one.due.at, due
        self.say("assignment.moved")
        if lengthened:
            self._void_open(one)
        for assist in self.assists(case, one) if one.role == "lead" else ():
            moved = self.assist_due(due, assist.allocated_at.date())
            if moved.at <= self.now < assist.due.at:
                moved = min(Due(end(self.today + DAY)), due, key=_moment)
            if moved.at > assist.due.at or self.now < moved.at < assist.due.at:
                self.move_due(case, assist, moved)

    def reclassify(
        self, who: Person, case: Case, kind: str | None = None, urgency: str | None = None
    ) -> None:
        need(case.state in OPEN_CASE)
        need((kind and kind != case.kind) or (urgency and urgency != case.urgency))
        rises = bool(urgency) and URGENCIES.index(urgency or "") > URGENCIES.index(case.urgency)
        case.kind, case.urgency = kind or case.kind, urgency or case.urgency
        self.say("case.reclassified")
        if case.kind == "suggestion":
            self._pool(case)
        lead = case.lead
        if lead and not lead.redo:
            for one in (lead, *self.assists(case, lead)):
                one.answers_at_once = case.urgency == "emergency" or one.responded
        if lead and lead.state in LIVE and not self._on_leaders_date(case, lead):
            self._due_anew(case, lead, rises)

    def _on_leaders_date(self, case: Case, lead: Assignment) -> bool:
        """The date that a leader named stays, where it is what the due date is."""
        named = case.leader_date and lead.leader and not lead.redo and not lead.due.hours
        return bool(
            named
            and case.leader_date
            and lead.allocated_at.date() <= case.leader_date <= lead.due.on
        )

    def _due_anew(self, case: Case, lead: Assignment, rises: bool) -> None:
        """From the allocation day, never earlier than told unless urgency rises - then not before
        the end of tomorrow, and not where it is overdue already."""
        if rises and self.now >= lead.due.at:
            return
        due = self._clock_from(case, lead)
        if rises and due.at < lead.due.at:
            due = max(due, Due(end(self.today + DAY)), key=lambda one: one.at)
        if due.at > lead.due.at or (rises and due.at < lead.due.at):
            self.move_due(case, lead, due)

    def _clock_from(self, case: Case, lead: Assignment) -> Due:
        now, self.now = self.now, lead.allocated_at
        if not lead.redo:
            late = lead.leader and case.leader_date and not lead.leader_first
            due = self.handling_due(case, not late)
            if late and case.leader_date:
                due = min(due, Due(end(case.leader_date)), key=_moment)
        else:
            due = Due(end(after(self.today, 2 if case.kind == "consultation" else 5)))
        self.now = now
        return due

    def _void_open(self, one: Assignment) -> None:
        for row in one.reminders:
            if row.state == "open":
                row.state = "void"
                self.say("reminder.voided")

    def cancel(self, case: Case, one: Assignment, state: str = "cancelled") -> None:
        """An assignment ends: open reminders are void, what is pending is withdrawn, a lead's
        assists end too."""
        assists = self.assists(case, one) if one.role == "lead" else []
        one.state = state
        self.say(f"assignment.{state}")
        self._void_open(one)
        for ask in one.asks:
            if ask.state == "pending":
                ask.state = "withdrawn"
                self.say("request.withdrawn")
        if one.standing and one.standing.state == "filed":
            one.standing.state = "withdrawn"
            self.say("reply.withdrawn")
        for assist in assists:
            self.cancel(case, assist)

    def recall(self, who: Person, case: Case) -> None:
        need(case.state == "handling" and case.lead)
        unsigned = [
            ask for ask in case.lead.asks if ask.kind == "return" and ask.came_from == "allocated"
        ]
        need(case.lead.state == "allocated" or (case.lead.state == "return_pending" and unsigned))
        need(case.lead and (who.word == case.lead.by or who.role == "centre_head"))
        case.allocations -= 0 if case.lead and case.lead.redo else 1
        self._unallocate(case, "cancelled")

    def reassign(self, who: Person, case: Case) -> None:
        need(case.state == "handling")
        self._unallocate(case, "cancelled")

    def _unallocate(self, case: Case, state: str) -> None:
        if case.lead:
            self.cancel(case, case.lead, state)
        case.lead, case.state, case.own = None, "registered", end(after(self.today))
        self.say("case.unallocated")

    def _asked(self, who: Person, one: Assignment, kind: str) -> Ask:
        rows = [ask for ask in one.asks if ask.kind == kind and ask.state == "pending"]
        need(rows and rows[0].by != who.word)
        return rows[0]

    def rule_on_return(self, who: Person, case: Case, unit: str, accept: bool) -> None:
        one = self.held(case, unit)
        ask = self._asked(who, one, "return")
        ask.state = "accepted" if accept else "refused"
        self.say(f"request.{ask.state}")
        if not accept:
            one.state = ask.came_from
            self.say("assignment.return_refused")
        elif one.role == "lead":
            self._unallocate(case, "returned")
        else:
            self.cancel(case, one, "returned")

    def rule_on_extension(self, who: Person, case: Case, unit: str, accept: bool) -> None:
        one = self.held(case, unit)
        ask = self._asked(who, one, "extension")
        ask.state = "accepted" if accept else "refused"
        self.say(f"request.{ask.state}")
        if accept:
            due = Due(end(after(one.due.on, ask.workdays)))
            if one.role == "assist" and case.lead:
                due = min(due, case.lead.due, key=_moment)
            self.move_due(case, one, due)

    def rule_on_explanation(self, who: Person, case: Case, unit: str, accept: bool) -> None:
        self._rule_on_promise(who, case, unit, accept, "explanation")

    def rule_on_interim(self, who: Person, case: Case, unit: str, accept: bool) -> None:
        self._rule_on_promise(who, case, unit, accept, "interim")

    def _rule_on_promise(self, who: Person, case: Case, unit: str, accept: bool, kind: str) -> None:
        """Accepted, it satisfies a reminder by whose reply-by it was filed; not after its promised
        date."""
        one = self.held(case, unit)
        ask = self._asked(who, one, kind)
        need(not accept or (ask.until and self.now < end(ask.until)))
        ask.state = "accepted" if accept else "refused"
        self.say(f"request.{ask.state}")
        for row in one.reminders if accept else ():
            if row.state == "open" and ask.filed_at < row.reply_by:
                row.state, row.by_ask = "satisfied", ask
                self.say("reminder.satisfied")

    def waive_assist(self, who: Person, case: Case, unit: str) -> None:
        one = self.held(case, unit)
        need(one.role == "assist" and one.state in AWAITED)
        self.cancel(case, one)

    # Reminder by hand.

    def remind(self, who: Person, case: Case, unit: str) -> None:
        one = self.held(case, unit)
        need(is_workday(self.today) and self.remindable(case, one, by_hand=True))
        self.issue(one)

    def void_reminder(self, who: Person, case: Case, unit: str) -> None:
        one = self.held(case, unit)
        need(one.reminders and one.reminders[-1].state == "open")
        one.reminders[-1].state, one.reminders[-1].in_error = "void", True
        self.say("reminder.voided")
