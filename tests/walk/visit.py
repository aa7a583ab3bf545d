"""Examination, visit and redo in the model. [6, 7]"""

from __future__ import annotations

from tests.walk.allocation import Allocation
from tests.walk.rows import (
    AWAITED,
    Assignment,
    Case,
    Due,
    Person,
    Visit,
    after,
    end,
)
from tests.walk.said import need

ROOM = ("officer", "supervision_head")


class Visiting(Allocation):
    def examine(self, who: Person, case: Case, unit: str, passes: bool) -> None:
        one = self.held(case, unit)
        need(one.state == "replied" and one.standing)
        need(who.word not in case.handlers | case.visitors)
        assists = self.assists(case, one) if one.role == "lead" else []
        need(not passes or not any(row.state in AWAITED for row in assists))
        case.examiners.add(who.word)
        if passes:
            self._passed(case, one)
            return
        reply = one.standing
        assert reply is not None
        reply.state, reply.refused_at, one.standing, one.state = (
            "refused",
            self.now,
            None,
            "reply_refused",
        )
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
        assists = (
            [row for row in self.assists(case, one) if row.state == "replied"]
            if one.role == "lead"
            else []
        )
        for row in (one, *assists):
            row.state = "accepted"
            if row.standing:
                row.standing.state = "passed"
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

    def _plan(self, lead: Case, caller: Case) -> Visit:
        visit = Visit("pending", self.next(), caller=self.cases.index(caller), round=lead.round)
        lead.visits.append(visit)
        self.say("visit.planned")
        return visit

    def record_visit(self, who: Person, case: Case, reached: bool, good: bool = True) -> None:
        lead = self.lead_of(case)
        need(not case.anonymous and who.word not in lead.handlers | lead.examiners)
        need(who.role == "centre_head" or lead.leader == (who.role in ROOM))
        visit = self._visit_of(lead, case)
        visit.days.append(self.today)
        lead.visitors.add(who.word)
        if reached:
            visit.state, visit.bad, visit.ended_at = "done", not good, self.now
            self.say("visit.recorded")
            if not good and lead.state in ("visiting", "closed"):
                self._dispute(lead)
            elif lead.state == "visiting" and case is lead:
                self._close(lead, "visited")
        elif len(visit.days) < 3 or len(set(visit.days)) < 2:
            self.say("visit.attempted")
        else:
            visit.state, visit.ended_at = "unreachable", self.now
            self.say("visit.unreachable")
            if lead.state == "visiting" and case is lead:
                self._close(lead, "unreachable")

    def _visit_of(self, lead: Case, caller: Case) -> Visit:
        """The caller's pending visit of this round; who was merged in later is visited too, and so
        is the caller of a case that waits for its visit and has none (a sampled direct answer, an
        heir)."""
        rows = [row for row in self._visits(lead, caller) if row.round == lead.round]
        if rows and rows[-1].state == "pending":
            return rows[-1]
        joined = (
            not rows
            and caller.state == "merged"
            and lead.state in ("visiting", "reviewing", "closed")
        )
        need(joined or (lead.state == "visiting" and caller is lead))
        return self._plan(lead, caller)

    def _visits(self, lead: Case, caller: Case) -> list[Visit]:
        at = self.cases.index(caller)
        return sorted((row for row in lead.visits if row.caller == at), key=lambda row: row.n)

    def _dispute(self, lead: Case) -> None:
        lead.state, lead.own, lead.disputed_by = "reviewing", None, "visit"
        self.say("case.disputed")

    def amend_visit(self, who: Person, case: Case, reached: bool, good: bool = True) -> None:
        """A new version of a record; the case moves between closed and review until responsibility
        is reviewed."""
        lead = self.lead_of(case)
        need(who.word not in lead.handlers | lead.examiners)
        rows = [row for row in self._visits(lead, case) if row.state in ("done", "unreachable")]
        need(rows)
        visit = rows[-1]
        need(
            reached
            or visit.state == "unreachable"
            or (len(visit.days) >= 3 and len(set(visit.days)) >= 2)
        )
        visit.state, visit.bad = ("done", not good) if reached else ("unreachable", False)
        lead.visitors.add(who.word)
        self.say("visit.amended")
        if visit.round != lead.round or self._reviewed(lead, visit):
            return
        how = "visited" if visit.state == "done" else "unreachable"
        if lead.state == "visiting" and visit.bad:
            self._dispute(lead)
            return
        if lead.state == "closed" and lead.closed_as in ("visited", "unreachable", "anonymous"):
            if visit.bad:
                self._dispute(lead)
            elif case is lead and how != lead.closed_as:
                lead.closed_as = how
                self.say("case.edited")
            return
        rows = [
            row for row in lead.visits if row.round == lead.round and not self._reviewed(lead, row)
        ]
        bad = any(row.bad and row.state == "done" for row in rows)
        if (
            lead.state == "reviewing"
            and lead.disputed_by == "visit"
            and not lead.redo_failed
            and not bad
        ):
            self._close(lead, how)

    @staticmethod
    def _reviewed(lead: Case, visit: Visit) -> bool:
        """Whether responsibility for the round was reviewed when this visit had ended."""
        since = visit.ended_at
        return since is not None and any(
            at >= since for round, at in lead.reviews if round == lead.round
        )

    def review_responsibility(self, who: Person, case: Case, responsible: bool) -> None:
        need(case.state == "reviewing" and who.word not in case.handlers | case.visitors)
        need(not case.redo_failed or (not responsible and who.role == "centre_head"))
        case.examiners.add(who.word)
        case.reviews.append((case.round, self.now))
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
