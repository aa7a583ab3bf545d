"""The centre's verbs in the model: acceptance, allocation, reminder by hand, visit, redo. [1, 2, 3, 6, 7]"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tests.walk.bot import Bot
from tests.walk.rows import (
    AWAITED,
    BODY,
    DAY,
    LIVE,
    OPEN_CASE,
    UNSENT,
    Ask,
    Assignment,
    Case,
    Due,
    Item,
    Person,
    Visit,
    after,
    before,
    end,
    is_workday,
)
from tests.walk.said import need

KIND_DAYS = {"consultation": 3, "help": 5, "suggestion": 7, "complaint": 7, "report": 10, "praise": 3}
URGENCIES = ("normal", "urgent", "emergency")
ROOM = ("officer", "supervision_head")


def _moment(due: Due) -> datetime:
    return due.at


class Centre(Bot):
    # Acceptance.

    def register(
        self, who: Person, kind: str = "help", urgency: str = "normal", anonymous: bool = False, complex: bool = False,
        confidential: bool = False, leader_on: date | None = None, by_leader: bool = False, caller: int | None = None,
    ) -> Case:  # fmt: skip
        need(leader_on is None or leader_on > self.today)
        case = Case(
            "registered", self.next(), end(after(self.today)), kind=kind, urgency=urgency, anonymous=anonymous,
            complex=complex, confidential=confidential, leader=by_leader, leader_date=leader_on,
            caller=len(self.cases) if caller is None else caller,
        )  # fmt: skip
        self.cases.append(case)
        self.say("case.registered")
        if kind == "suggestion":
            self._pool(case)
        return case

    def _pool(self, case: Case) -> None:
        if not case.pool:
            case.pool = "waiting"
            self.say("suggestion.marked")

    def contact(self, who: Person, case: Case, kind: str) -> None:
        lead = self.lead_of(case)
        need(kind == "invalid" or lead.state not in ("refused", "transferred", "withdrawn"))
        closed = lead.state == "closed"
        if kind == "repeat" and closed:
            need(lead.closed_on and self.today <= lead.closed_on + timedelta(days=90))
        caller = -1 - self.cases.index(case) if case.anonymous else case.caller
        today = {(at.date(), known) for at, known in lead.counted}
        counts = kind in ("repeat", "chase") and (kind == "repeat" or lead.state in OPEN_CASE)
        if counts and (self.today, caller) not in today:
            lead.counted.append((self.now, caller))
            self.say("case.repeated")
        else:
            self.say("case.contacted")
        if kind == "repeat" and closed:
            self._reopen(lead)
        if kind == "invalid" and not case.anonymous:
            self._invalid(case.caller)

    def _invalid(self, caller: int) -> None:
        """Three in thirty days flag the number, once."""
        since = self.now - timedelta(days=30)
        self.invalid.setdefault(caller, []).append(self.now)
        if sum(at >= since for at in self.invalid[caller]) >= 3 and caller not in self.flagged:
            self.flagged.add(caller)
            self.say("caller.flagged")

    def _reopen(self, case: Case) -> None:
        case.redo_failed, case.proposed_by = False, None
        self.say("case.reopened")
        if case.lead is None:
            case.state, case.own = "registered", end(after(self.today))
            self._not_visited(case.visits)
        else:
            case.state, case.disputed_by = "reviewing", "repeat"

    def refuse(self, who: Person, case: Case) -> None:
        need(case.state == "registered")
        if who.role == "operator":
            case.proposed_by = who.word
            self.say("case.refusal_proposed")
        else:
            self._not_accepted(case, "refused", "case.refused")

    def confirm_refusal(self, who: Person, case: Case, accept: bool) -> None:
        need(case.state == "registered" and case.proposed_by)
        if accept:
            self._not_accepted(case, "refused", "case.refused")
        else:
            case.proposed_by = None
            self.say("case.edited")

    def hand_on(self, who: Person, case: Case) -> None:
        need(case.state == "registered")
        self._not_accepted(case, "transferred", "case.handed_on")

    def _not_accepted(self, case: Case, state: str, word: str) -> None:
        case.state, case.own = state, None
        self.say(word)

    def screen_suggestion(self, who: Person, case: Case, keep: bool) -> None:
        need(case.pool == "waiting")
        case.pool = "screened"
        self.say("suggestion.screened")

    def reveal(self, who: Person, case: Case) -> None:
        need(not case.anonymous)
        if who.unit:
            mine = [one for one in case.assignments if one.unit == who.unit and one.state in (*LIVE, "accepted")]
            need(not case.confidential and mine)
        if who.role == "visitor":
            at = self.cases.index(case)
            need(any(v.caller == at and v.state == "pending" for one in self.cases for v in one.visits))
        self.say("caller.revealed")

    def split(self, who: Person, case: Case) -> None:
        need(case.state in OPEN_CASE)
        self.register(
            who, case.kind, case.urgency, case.anonymous, confidential=case.confidential, caller=case.caller
        )
        self.say("case.split")

    def merge(self, who: Person, case: Case, into: Case) -> None:
        need(case is not into and case.state in OPEN_CASE and into.state in OPEN_CASE)
        at = self.cases.index(into)
        for one in self.merged_with(case):
            one.into = at
            self.say("case.merged")
        self._end(case, "merged", "case.merged")
        case.into = at

    def withdraw(self, who: Person, case: Case) -> None:
        need(case.state in OPEN_CASE)
        heirs = self.merged_with(case)
        if heirs:
            self._take_over(case, heirs)
        self._end(case, "withdrawn", "case.withdrawn")

    def _take_over(self, lead: Case, heirs: list[Case]) -> None:
        """The oldest merged case takes over everything as it stands; the withdrawn caller is not visited."""
        heir, at = heirs[0], self.cases.index(lead)
        self._not_visited([visit for visit in lead.visits if visit.caller == at])
        both = {name: getattr(heir, name) for name in ("handlers", "examiners", "visitors")}
        assignments, visits = heir.assignments, heir.visits
        for name in BODY:
            setattr(heir, name, getattr(lead, name))
        heir.assignments, heir.visits = [*assignments, *lead.assignments], [*visits, *lead.visits]
        for name, people in both.items():
            setattr(heir, name, people | getattr(lead, name))
        heir.state, heir.into = lead.state, None
        self.say("case.took_over")
        for other in heirs[1:]:
            other.into = self.cases.index(heir)
            self.say("case.merged")
        lead.assignments, lead.visits, heir.counted = [], [], list(lead.counted)
        if heir.state == "visiting" and heir.anonymous:
            self._close(heir, "anonymous")

    def _end(self, case: Case, state: str, word: str) -> None:
        """Withdrawn or merged: assignments, candidates and unconfirmed items end with the case. [States]"""
        case.state, case.own = state, None
        self.say(word)
        for one in case.assignments:
            if one.state in LIVE:
                self.cancel(case, one)
        for item in case.items:
            if item.state == "candidate":
                self.end_item(case, item, "declined", "supervision.declined")
            elif item.state in ("opened", "reissued", "fed_back", "finding"):
                self.end_item(case, item, "cleared", "supervision.cleared")
        self._not_visited(case.visits)

    def _not_visited(self, visits: list[Visit]) -> None:
        for visit in visits:
            if visit.state == "pending":
                visit.state = "not_applicable"
                self.say("visit.not_applicable")

    def end_item(self, case: Case, item: Item, state: str, word: str) -> None:
        """An item ends; a case whose second redo failed closes with its `redo_failed` item. [7]"""
        item.state, item.ended_on = state, self.today
        self.say(word)
        if item.ground == "redo_failed" and not item.struck and case.redo_failed and case.state == "reviewing":
            self._close(case, "redo_exhausted")
        if state == "closed" and item.referral and item.referral.state in UNSENT:
            item.referral.state = "abandoned"
            self.say("referral.abandoned")

    def _close(self, case: Case, how: str) -> None:
        case.state, case.own, case.closed_on, case.closed_as = "closed", None, self.today, how
        self.say("case.closed")

    # Allocation.

    def answer_directly(self, who: Person, case: Case, sampled: bool = False) -> None:
        need(case.state == "registered" and case.kind in ("consultation", "praise", "help"))
        need(not case.complex and not case.leader)
        case.answered_by, case.own = who.word, None
        self.say("case.answered")
        if sampled and not case.anonymous:
            case.state, case.own = "visiting", end(after(self.today, 3))
        else:
            case.state, case.closed_on, case.closed_as = "closed", self.today, "answered"

    def handling_due(self, case: Case) -> Due:
        """The clock of section 0 for a case allocated now."""
        hours = {"emergency": Due(self.now + DAY, hours=True)}
        days = {"urgent": 1}.get(case.urgency, 15 if case.complex else KIND_DAYS[case.kind])
        own = hours.get(case.urgency) or Due(end(after(self.today, days)))
        if not case.leader:
            return own
        if case.leader_date and case.leader_date >= self.today:
            named = Due(end(case.leader_date))
            return min(own, named, key=lambda one: one.at) if own.hours else named
        five = Due(end(after(self.today, 5)))
        return five if case.urgency == "normal" else min(own, five, key=lambda one: one.at)

    def assist_due(self, lead: Due, allocated_on: date) -> Due:
        """The lead's less a working day, not before the first after allocation nor after the lead's."""
        at = end(max(before(lead.on), after(allocated_on)))
        return lead if at >= lead.at else Due(at)

    def allocate(self, who: Person, case: Case, unit: str, assists: tuple[str, ...] = ()) -> None:
        need(case.state == "registered")
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

    def _assign(self, who: Person, case: Case, unit: str, role: str, due: Due, redo: bool = False) -> Assignment:
        one = Assignment(
            "allocated", self.next(), unit=unit, role=role, round=case.round, by=who.word, allocated_at=self.now,
            due=due, leader=case.leader, redo=redo, answers_at_once=case.urgency == "emergency" and not redo,
        )  # fmt: skip
        case.assignments.append(one)
        self.say("assignment.allocated")
        return one

    def submit(self, who: Person, case: Case) -> None:
        need(case.state == "registered")
        case.state, case.own = "submitted", end(after(self.today, 3))
        self.say("case.submitted")

    def instruct(self, who: Person, case: Case, unit: str | None = None, due_on: date | None = None) -> None:
        need(due_on is None or due_on > self.today)
        need(case.state in OPEN_CASE and (unit or case.state != "registered"))
        need(not unit or case.state in ("registered", "submitted"))
        need(case.state in ("registered", "submitted") or case.lead)
        if case.state == "submitted" and not unit:
            case.state, case.own, case.closed_on, case.closed_as = "closed", None, self.today, "filed"
            self.say("case.filed")
            return
        case.leader, case.leader_date = True, due_on or case.leader_date
        self.say("case.instructed")
        if unit:
            self._transfer(who, case, unit)
        elif case.lead:
            self._instruct(case, case.lead, due_on)

    def _instruct(self, case: Case, lead: Assignment, due_on: date | None) -> None:
        """The earlier of the old due and the leader's date, not before the end of tomorrow; overdue, it stays. A
        redo round keeps its clock."""
        for one in (lead, *self.assists(case, lead)):
            one.leader = True
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
        """A due date moves, a lead's assists with it; one that has passed as well is not marked twice; lengthened
        after due, an open reminder is void. An assist that gets less time gets it to the end of tomorrow, but not
        beyond its lead."""
        if one.overdue_for is not None and due.at <= self.now:
            one.overdue_for = due.at
        lengthened, one.due = self.now >= one.due.at and due.at > one.due.at, due
        self.say("assignment.moved")
        if lengthened:
            self._void_open(one)
        for assist in self.assists(case, one) if one.role == "lead" else ():
            moved = self.assist_due(due, assist.allocated_at.date())
            if moved.at < assist.due.at:
                moved = min(max(moved, Due(end(self.today + DAY)), key=_moment), due, key=_moment)
            if moved.at > assist.due.at or self.now < moved.at < assist.due.at:
                self.move_due(case, assist, moved)

    def reclassify(self, who: Person, case: Case, kind: str | None = None, urgency: str | None = None) -> None:
        need(case.state in OPEN_CASE)
        need((kind and kind != case.kind) or (urgency and urgency != case.urgency))
        rises = bool(urgency) and URGENCIES.index(urgency or "") > URGENCIES.index(case.urgency)
        case.kind, case.urgency = kind or case.kind, urgency or case.urgency
        self.say("case.reclassified")
        if case.kind == "suggestion":
            self._pool(case)
        if rises and case.lead and case.urgency == "emergency" and not case.lead.redo:
            case.lead.answers_at_once = True
        if case.lead and case.lead.state in LIVE and not case.lead.leader:
            self._due_anew(case, case.lead, rises)

    def _due_anew(self, case: Case, lead: Assignment, rises: bool) -> None:
        """From the allocation day, never earlier than told unless urgency rises - then not before the end of tomorrow,
        and not where it is overdue already."""
        if rises and self.now >= lead.due.at:
            return
        granted = sum(ask.workdays for ask in lead.asks if ask.kind == "extension" and ask.state == "accepted")
        due = self._clock_from(case, lead)
        if granted and not rises:
            due = Due(end(after(due.on, granted)))
        if rises:
            due = max(due, Due(end(self.today + DAY)), key=lambda one: one.at)
        if due.at == lead.due.at or (due.at < lead.due.at) != rises:
            return
        self.move_due(case, lead, due)

    def _clock_from(self, case: Case, lead: Assignment) -> Due:
        now, self.now = self.now, lead.allocated_at
        if not lead.redo:
            due = self.handling_due(case)
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
        """An assignment ends: open reminders are void, what is pending is withdrawn, a lead's assists end too."""
        assists = self.assists(case, one) if one.role == "lead" else []
        one.state = state
        self.say(f"assignment.{state}")
        self._void_open(one)
        for ask in one.asks:
            if ask.state == "pending":
                ask.state = "withdrawn"
                self.say("request.withdrawn")
        for assist in assists:
            self.cancel(case, assist)

    def recall(self, who: Person, case: Case) -> None:
        need(case.state == "handling" and case.lead)
        unsigned = [ask for ask in case.lead.asks if ask.kind == "return" and ask.came_from == "allocated"]
        need(case.lead.state == "allocated" or (case.lead.state == "return_pending" and unsigned))
        need(case.lead and (who.word == case.lead.by or who.role == "centre_head"))
        self._unallocate(case, "cancelled")
        case.allocations -= 1

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
            self.move_due(case, one, Due(end(after(one.due.on, ask.workdays))))

    def rule_on_explanation(self, who: Person, case: Case, unit: str, accept: bool) -> None:
        self._rule_on_promise(who, case, unit, accept, "explanation")

    def rule_on_interim(self, who: Person, case: Case, unit: str, accept: bool) -> None:
        self._rule_on_promise(who, case, unit, accept, "interim")

    def _rule_on_promise(self, who: Person, case: Case, unit: str, accept: bool, kind: str) -> None:
        """Accepted, it satisfies a reminder by whose reply-by it was filed; not after its promised date."""
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

    # Examination, visit, redo.

    def examine(self, who: Person, case: Case, unit: str, passes: bool) -> None:
        one = self.held(case, unit)
        need(one.state == "replied" and one.standing)
        need(who.word not in self.handlers(case) | case.visitors)
        assists = self.assists(case, one) if one.role == "lead" else []
        need(not passes or not any(row.state in AWAITED for row in assists))
        case.examiners.add(who.word)
        if passes:
            self._passed(case, one)
            return
        reply = one.standing
        assert reply is not None
        reply.state, reply.refused_at, one.standing, one.state = "refused", self.now, None, "reply_refused"
        self.say("reply.refused")
        self.say("assignment.reply_refused")
        for row in one.reminders:
            if row.state == "satisfied" and row.by_reply is reply:
                row.state, row.by_reply = "open", None
                self.say("reminder.reopened")
        if one.role == "lead" and case.state == "examining":
            case.state, case.own = "handling", None
            self.say("case.sent_back")

    def _passed(self, case: Case, one: Assignment) -> None:
        assists = [row for row in self.assists(case, one) if row.state == "replied"] if one.role == "lead" else []
        if one.standing:
            one.standing.state = "passed"
        for row in (one, *assists):
            row.state = "accepted"
        self.say("reply.passed")
        self.say("assignment.accepted", 1 + len(assists))
        if one.role != "lead":
            return
        callers = [row for row in (case, *self.merged_with(case)) if not row.anonymous]
        if case.anonymous:
            self._close(case, "anonymous")
        else:
            case.state, case.own = "visiting", end(after(self.today, 3))
            self.say("case.examined")
        for caller in callers:
            self._plan(case, caller)

    def handlers(self, case: Case) -> set[str]:
        """Who answered directly, or approved the unit's reply."""
        return case.handlers | ({case.answered_by} if case.answered_by else set())

    def _plan(self, lead: Case, caller: Case) -> Visit:
        visit = Visit("pending", self.next(), caller=self.cases.index(caller), round=lead.round)
        lead.visits.append(visit)
        self.say("visit.planned")
        return visit

    def record_visit(self, who: Person, case: Case, reached: bool, good: bool = True) -> None:
        lead = self.lead_of(case)
        need(not case.anonymous and who.word not in self.handlers(lead) | lead.examiners)
        need(who.role == "centre_head" or lead.leader == (who.role in ROOM))
        visit = self._visit_of(lead, case)
        visit.days.append(self.today)
        lead.visitors.add(who.word)
        if reached:
            visit.state, visit.bad = "done", not good
            self.say("visit.recorded")
            if not good and lead.state in ("visiting", "closed"):
                self._dispute(lead)
            elif lead.state == "visiting" and case is lead:
                self._close(lead, "visited")
        elif len(visit.days) < 3 or len(set(visit.days)) < 2:
            self.say("visit.attempted")
        else:
            visit.state = "unreachable"
            self.say("visit.unreachable")
            if lead.state == "visiting" and case is lead:
                self._close(lead, "unreachable")

    def _visit_of(self, lead: Case, caller: Case) -> Visit:
        """The caller's pending visit of this round; who was merged in later is visited too, and so is the caller of a
        case that waits for its visit and has none (a sampled direct answer, an heir)."""
        rows = [row for row in self._visits(lead, caller) if row.round == lead.round]
        if rows and rows[-1].state == "pending":
            return rows[-1]
        joined = not rows and caller.state == "merged" and lead.state in ("visiting", "reviewing", "closed")
        need(joined or (lead.state == "visiting" and caller is lead))
        return self._plan(lead, caller)

    def _visits(self, lead: Case, caller: Case) -> list[Visit]:
        at = self.cases.index(caller)
        return sorted((row for row in lead.visits if row.caller == at), key=lambda row: row.n)

    def _dispute(self, lead: Case) -> None:
        lead.state, lead.own, lead.disputed_by = "reviewing", None, "visit"
        self.say("case.disputed")

    def amend_visit(self, who: Person, case: Case, reached: bool, good: bool = True) -> None:
        """A new version of a record; the case moves between closed and review until responsibility is reviewed."""
        lead = self.lead_of(case)
        need(who.word not in self.handlers(lead) | lead.examiners)
        rows = [row for row in self._visits(lead, case) if row.state in ("done", "unreachable")]
        need(rows)
        visit = rows[-1]
        visit.state, visit.bad = ("done", not good) if reached else ("unreachable", False)
        lead.visitors.add(who.word)
        self.say("visit.amended")
        if visit.round != lead.round:
            return
        how = "visited" if visit.state == "done" else "unreachable"
        if lead.state == "closed" and lead.closed_as in ("visited", "unreachable", "anonymous"):
            if visit.bad:
                self._dispute(lead)
            elif case is lead and how != lead.closed_as:
                lead.closed_as = how
                self.say("case.edited")
            return
        bad = any(row.bad and row.state == "done" for row in lead.visits if row.round == lead.round)
        if lead.state == "reviewing" and lead.disputed_by == "visit" and not lead.redo_failed and not bad:
            self._close(lead, how)

    def review_responsibility(self, who: Person, case: Case, responsible: bool) -> None:
        need(case.state == "reviewing" and who.word not in self.handlers(case) | case.visitors)
        need(not case.redo_failed or (not responsible and who.role == "centre_head"))
        if not responsible:
            self._close(case, "redo_exhausted" if case.redo_failed else "not_responsible")
        elif case.lead is None:
            self._close(case, "answer_refused")
            self._reopen(case)
        elif case.round < 3:
            due = Due(end(after(self.today, 2 if case.kind == "consultation" else 5)))
            case.round += 1
            self._not_visited(case.visits)
            case.lead = self._assign(who, case, case.lead.unit, "lead", due, redo=True)
            case.state, case.disputed_by = "handling", ""
            self.say("case.redo_ordered")
        else:
            case.redo_failed = True
            self.say("case.redo_failed")


