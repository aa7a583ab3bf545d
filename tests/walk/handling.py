"""Handling in the model: what a unit signs for, asks, promises and replies. [Handling, 2, 3]"""

from __future__ import annotations

from datetime import date

from tests.walk.rows import (
    AWAITED,
    Ask,
    Assignment,
    Case,
    Person,
    Reply,
    after,
    end,
)
from tests.walk.said import need
from tests.walk.visit import Visiting


class Handling(Visiting):
    def sign_for(self, who: Person, case: Case) -> None:
        one = self.held(case, who.unit)
        need(one.state == "allocated")
        one.state = "signed"
        self.say("assignment.signed")

    def first_response(self, who: Person, case: Case) -> None:
        one = self.held(case, who.unit)
        need(one.answers_at_once and not one.responded)
        need(one.state in AWAITED and one.state != "return_pending")
        one.responded = True
        self.say("assignment.responded")

    def _file(
        self, who: Person, one: Assignment, kind: str, until: date | None = None, workdays: int = 0
    ) -> None:
        """Who promises on an unsigned assignment signs for it; the centre has a working day to
        rule."""
        came_from = one.state
        if kind in ("explanation", "interim") and one.state == "allocated":
            one.state = "signed"
            self.say("assignment.signed")
        own = end(after(self.today))
        one.asks.append(
            Ask(
                "pending",
                self.next(),
                own,
                None,
                kind,
                self.now,
                who.word,
                until,
                workdays,
                came_from,
            )
        )
        self.say("request.filed")

    def request_return(self, who: Person, case: Case) -> None:
        one = self.held(case, who.unit)
        need(
            one.state in ("allocated", "signed")
            and not one.redo
            and self.now < end(after(one.allocated_at.date()))
        )
        mine = [row for row in case.assignments if row.unit == who.unit]
        need(not any(ask.kind == "return" for row in mine for ask in row.asks))
        self._file(who, one, "return")
        one.state = "return_pending"
        self.say("assignment.return_asked")

    def request_extension(self, who: Person, case: Case, workdays: int) -> None:
        one = self.held(case, who.unit)
        need(
            one.state in AWAITED
            and one.state != "return_pending"
            and self.now < one.due.at
            and 1 <= workdays <= 10
        )
        need(not any(ask.kind == "extension" for ask in one.asks))
        if one.role == "assist":
            need(case.lead and end(after(one.due.on, workdays)) <= case.lead.due.at)
        self._file(who, one, "extension", workdays=workdays)

    def explain(self, who: Person, case: Case, until: date) -> None:
        self._promise(who, case, "explanation", until)

    def reply_interim(self, who: Person, case: Case, until: date) -> None:
        self._promise(who, case, "interim", until)

    def _promise(self, who: Person, case: Case, kind: str, until: date) -> None:
        """After today, at most ten working days after due; of each one pending or accepted, and two
        filed."""
        one = self.held(case, who.unit)
        need(one.state in AWAITED and one.state != "return_pending")
        need(self.today < until <= after(one.due.on, 10))
        filed = [ask for ask in one.asks if ask.kind == kind]
        need(len(filed) < 2 and not any(ask.state in ("pending", "accepted") for ask in filed))
        self._file(who, one, kind, until)

    def reply(self, who: Person, case: Case) -> None:
        one = self.held(case, who.unit)
        need(one.state in AWAITED and one.state != "return_pending")
        need(who.word not in case.examiners | case.visitors)
        if one.role == "lead":
            need(not any(row.state in AWAITED for row in self.assists(case, one)))
        if one.state == "allocated":
            self.say("assignment.signed")
        own = end(after(self.today)) if one.role == "assist" else None
        one.standing = Reply("filed", self.next(), own, filed_at=self.now)
        one.replies.append(one.standing)
        one.state = "replied"
        case.handlers.add(who.word)
        self.say("reply.filed")
        self.say("assignment.replied")
        for row in one.reminders:
            if row.state == "open":
                row.state, row.by_reply = "satisfied", one.standing
                self.say("reminder.satisfied")
        for ask in one.asks:
            if ask.state == "pending":
                ask.state = "withdrawn"
                self.say("request.withdrawn")
        if one.role == "lead":
            case.state, case.own = "examining", end(after(self.today))
            self.say("case.replied")
