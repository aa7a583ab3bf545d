"""Acceptance in the model: contacts, refusals, merging, withdrawing; what ends with a case. [1,
States]"""

from __future__ import annotations

from datetime import date, timedelta

from tests.walk.bot import Bot
from tests.walk.rows import (
    BODY,
    LIVE,
    OPEN_CASE,
    UNSENT,
    Case,
    Item,
    Person,
    Visit,
    after,
    end,
)
from tests.walk.said import need


class Acceptance(Bot):
    def register(
        self,
        who: Person,
        kind: str = "help",
        urgency: str = "normal",
        anonymous: bool = False,
        complex: bool = False,
        confidential: bool = False,
        leader_on: date | None = None,
        by_leader: bool = False,
        caller: int | None = None,
    ) -> Case:
        need(leader_on is None or leader_on > self.today)
        case = Case(
            "registered",
            self.next(),
            end(after(self.today)),
            kind=kind,
            urgency=urgency,
            anonymous=anonymous,
            complex=complex,
            confidential=confidential,
            leader=by_leader,
            leader_date=leader_on,
            caller=len(self.cases) if caller is None else caller,
        )
        self.cases.append(case)
        self.say("case.registered")
        if kind == "suggestion":
            self._pool(case)
        return case

    def _pool(self, case: Case) -> None:
        if not case.pool:
            case.pool, case.pool_until = "waiting", end(after(self.today, 5))
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
            need(not case.proposed_by)
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
            mine = [
                one
                for one in case.assignments
                if one.unit == who.unit and one.state in (*LIVE, "accepted")
            ]
            need(not case.confidential and case.kind != "report" and mine)
        if who.role == "visitor":
            at, lead = self.cases.index(case), self.lead_of(case)
            waits = any(v.caller == at and v.state == "pending" for v in lead.visits)
            need(not lead.leader and (lead.state == "visiting" or waits))
        self.say("caller.revealed")

    def split(self, who: Person, case: Case) -> None:
        need(case.state in OPEN_CASE)
        self.register(
            who,
            case.kind,
            case.urgency,
            case.anonymous,
            confidential=case.confidential,
            caller=case.caller,
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
        """The oldest merged case takes over everything as it stands; the withdrawn caller is not
        visited."""
        heir, at = heirs[0], self.cases.index(lead)
        how = self._visited_as(lead, heir)
        self._not_visited([visit for visit in lead.visits if visit.caller == at])
        both = {name: getattr(heir, name) for name in ("handlers", "examiners", "visitors")}
        assignments, visits, lead.reviews = (
            heir.assignments,
            heir.visits,
            [*heir.reviews, *lead.reviews],
        )
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
        lead.assignments, lead.visits, lead.reviews, heir.counted = [], [], [], list(lead.counted)
        if heir.state == "visiting" and how:
            self._close(heir, how)

    def _visited_as(self, lead: Case, heir: Case) -> str | None:
        """How an heir's visit about its lead ended before it took over."""
        at = self.cases.index(heir)
        states = [
            visit.state for visit in lead.visits if visit.caller == at and visit.round == lead.round
        ]
        ended = {"done": "visited", "unreachable": "unreachable"}.get(states[-1] if states else "")
        return "anonymous" if heir.anonymous else ended

    def _end(self, case: Case, state: str, word: str) -> None:
        """Withdrawn or merged: assignments, candidates and unconfirmed items end with the case.
        [States]"""
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
        struck_out = item.struck and state == "declined"
        if (
            item.ground == "redo_failed"
            and not struck_out
            and case.redo_failed
            and case.state == "reviewing"
        ):
            self._close(case, "redo_exhausted")
        if state == "closed" and item.referral and item.referral.state in UNSENT:
            item.referral.state = "abandoned"
            self.say("referral.abandoned")

    def _close(self, case: Case, how: str) -> None:
        case.state, case.own, case.closed_on, case.closed_as = "closed", None, self.today, how
        self.say("case.closed")
