"""The units' and the room's verbs in the model: handling, supervision, accountability. [Handling, 4, 8]"""

from __future__ import annotations

from datetime import date

from tests.walk.centre import Centre
from tests.walk.rows import (
    AWAITED,
    LIVE,
    STANDING,
    UNSENT,
    Ask,
    Assignment,
    Case,
    Item,
    Person,
    Referral,
    Reply,
    after,
    end,
)
from tests.walk.said import need

NOTICE = ("opened", "reissued")
SEND = ("sealed", "sent", "received", "closed")


class Room(Centre):
    # Handling.

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

    def _file(self, who: Person, one: Assignment, kind: str, until: date | None = None, workdays: int = 0) -> None:
        """Who promises on an unsigned assignment signs for it; the centre has a working day to rule."""
        came_from = one.state
        if kind in ("explanation", "interim") and one.state == "allocated":
            one.state = "signed"
            self.say("assignment.signed")
        own = end(after(self.today))
        one.asks.append(
            Ask("pending", self.next(), own, None, kind, self.now, who.word, until, workdays, came_from)
        )  # fmt: skip
        self.say("request.filed")

    def request_return(self, who: Person, case: Case) -> None:
        one = self.held(case, who.unit)
        need(one.state in ("allocated", "signed") and not one.redo and self.now < end(after(one.allocated_at.date())))
        mine = [row for row in case.assignments if row.unit == who.unit]
        need(not any(ask.kind == "return" for row in mine for ask in row.asks))
        self._file(who, one, "return")
        one.state = "return_pending"
        self.say("assignment.return_asked")

    def request_extension(self, who: Person, case: Case, workdays: int) -> None:
        one = self.held(case, who.unit)
        need(one.state in AWAITED and one.state != "return_pending" and self.now < one.due.at and 1 <= workdays <= 10)
        need(not any(ask.kind == "extension" for ask in one.asks))
        if one.role == "assist":
            leads = [row for row in case.assignments if row.role == "lead" and row.round == one.round]
            need(end(after(one.due.on, workdays)) <= max(leads, key=lambda row: row.n).due.at)
        self._file(who, one, "extension", workdays=workdays)

    def explain(self, who: Person, case: Case, until: date) -> None:
        self._promise(who, case, "explanation", until)

    def reply_interim(self, who: Person, case: Case, until: date) -> None:
        self._promise(who, case, "interim", until)

    def _promise(self, who: Person, case: Case, kind: str, until: date) -> None:
        """After today, at most ten working days after due; of each one pending or accepted, and two filed."""
        one = self.held(case, who.unit)
        need(one.state in AWAITED and one.state != "return_pending")
        need(self.today < until <= after(one.due.on, 10))
        filed = [ask for ask in one.asks if ask.kind == kind]
        need(len(filed) < 2 and not any(ask.state in ("pending", "accepted") for ask in filed))
        self._file(who, one, kind, until)

    def reply(self, who: Person, case: Case) -> None:
        one = self.held(case, who.unit)
        need(one.state in AWAITED and one.state != "return_pending")
        if one.role == "lead":
            need(not any(row.state in AWAITED for row in self.assists(case, one)))
        if one.state == "allocated":
            self.say("assignment.signed")
        one.standing = Reply("filed", self.next(), filed_at=self.now)
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

    # Supervision.

    def _item(self, case: Case, unit: str | None, *states: str) -> Item:
        """The item meant: the first in a state that the verb is about, else the first that stands, else the newest."""
        rows = [item for one in case.assignments if one.unit == unit for item in one.items]
        rows.sort(key=lambda item: item.n)
        need(rows)
        fitting = [item for item in rows if item.state in states] or [row for row in rows if row.state in STANDING]
        return fitting[0] if fitting else rows[-1]

    def _about(self, case: Case, item: Item) -> Assignment:
        return next(one for one in case.assignments if item in one.items)

    def propose(self, who: Person, case: Case, unit: str) -> None:
        one = self.held(case, unit)
        need(one.state in (*LIVE, "accepted"))
        need(not any(item.ground == "by_hand" and item.state == "candidate" for item in one.items))
        one.items.append(Item("candidate", self.next(), ground="by_hand"))
        self.say("supervision.proposed")

    def open_supervision(self, who: Person, case: Case, unit: str, workdays: int | None = None) -> None:
        need(workdays is None or 1 <= workdays <= 60)
        rows = [item for one in case.assignments if one.unit == unit for item in one.items]
        waiting = sorted((item for item in rows if item.state == "candidate"), key=lambda item: item.n)
        if waiting:
            item = waiting[0]
        else:
            one = self.held(case, unit)
            need(not any(row.state in STANDING for row in one.items) and one.state in (*LIVE, "accepted"))
            item = Item("", self.next(), ground="by_hand")
            one.items.append(item)
        item.state, item.opened_by, item.own = "opened", who.word, None
        item.due = end(after(self.today, workdays or 3))
        self.say("supervision.opened")

    def decline(self, who: Person, case: Case, unit: str) -> None:
        item = self._item(case, unit, "candidate")
        need(item.state == "candidate")
        self.end_item(case, item, "declined", "supervision.declined")

    def defer(self, who: Person, case: Case, unit: str, workdays: int) -> None:
        item = self._item(case, unit, "candidate")
        need(item.state == "candidate" and item.listed_on and not item.deferred and 1 <= workdays <= 5)
        item.deferred, item.own = True, end(after(self.today, workdays))
        self.say("supervision.deferred")

    def strike_row(self, who: Person, case: Case, unit: str) -> None:
        item = self._item(case, unit)
        need(item.listed_on and not item.struck)
        item.struck = True
        if item.state == "candidate":
            self.end_item(case, item, "declined", "supervision.struck")
        else:
            self.say("supervision.struck")

    def feed_back(self, who: Person, case: Case) -> None:
        item = self._item(case, who.unit, *NOTICE)
        need(item.state in NOTICE)
        item.state = "fed_back"
        self.say("supervision.fed_back")

    def clear(self, who: Person, case: Case, unit: str, new_date: date | None = None) -> None:
        item = self._item(case, unit, *NOTICE, "fed_back")
        need(item.state in (*NOTICE, "fed_back") and (new_date is None or new_date > self.today))
        need(new_date or self._about(case, item).standing)
        item.cleared_to = new_date
        self.end_item(case, item, "cleared", "supervision.cleared")

    def reissue(self, who: Person, case: Case, unit: str, workdays: int | None = None) -> None:
        item = self._item(case, unit, "fed_back")
        need(item.state == "fed_back" and item.reissues < 2 and (workdays is None or 1 <= workdays <= 60))
        item.state, item.reissues, item.due = "reissued", item.reissues + 1, end(after(self.today, workdays or 3))
        self.say("supervision.reissued")

    def draft_finding(self, who: Person, case: Case, unit: str, persons: tuple[str, ...] = ()) -> None:
        """After feedback on the last notice, or once that is overdue."""
        item = self._item(case, unit, "fed_back", *NOTICE)
        need(item.state == "fed_back" or (item.state in NOTICE and item.due and self.now >= item.due))
        item.back, item.state, item.found_by = item.state, "finding", who.word
        item.named, item.own = dict.fromkeys(persons, False), end(after(self.today, 2))
        self.say("supervision.found")

    def confirm_finding(self, who: Person, case: Case, unit: str, accept: bool = True) -> None:
        item = self._item(case, unit, "finding")
        need(item.state == "finding" and item.found_by != who.word)
        item.own = None
        if not accept:
            item.state = item.back
            self.say("supervision.sent_back")
            return
        item.state, item.confirmed_on, item.hear_until = "confirmed", self.today, end(after(self.today, 3))
        self.say("supervision.confirmed")

    def record_statement(self, who: Person, case: Case, unit: str | None = None, person: str = "") -> None:
        """The unit's by its head, who speaks for himself too where he is named; a person's by the officer. Once each.
        """
        item = self._item(case, who.unit or unit, "confirmed")
        need(item.state == "confirmed" and item.hear_until and self.now < item.hear_until)
        if who.unit:
            need(not item.unit_stated)
            item.unit_stated, person = True, f"{who.unit}_head"
        else:
            need(item.named.get(person) is False)
        if person in item.named:
            item.named[person] = True
        self.say("supervision.stated")
        if item.unit_stated and all(item.named.values()):
            item.state, item.own = "heard", end(after(self.today, 5))
            self.say("supervision.heard")

    def conclude(self, who: Person, case: Case, unit: str) -> None:
        item = self._item(case, unit, "heard", "confirmed")
        need(item.state == "heard" or (item.state == "confirmed" and item.hear_until and self.now >= item.hear_until))
        self.hearing_over(item)
        item.state, item.concluded_by, item.own = "concluded", who.word, None
        item.ask_until = end(after(self.today, 3))
        self.say("supervision.concluded")

    def ask_review(self, who: Person, case: Case) -> None:
        item = self._item(case, who.unit, "concluded")
        need(item.state == "concluded" and not item.review and item.ask_until and self.now < item.ask_until)
        item.review, item.own = "asked", end(after(self.today, 2))
        self.say("supervision.review_asked")

    def rule_on_review(self, who: Person, case: Case, unit: str, accept: bool) -> None:
        item = self._item(case, unit, "concluded")
        need(item.state == "concluded" and item.review == "asked")
        need(who.word not in (item.concluded_by, item.found_by))
        item.review, item.own = "ruled", None
        self.say("supervision.review_ruled")
        if accept:
            self.end_item(case, item, "closed", "supervision.closed")

    def close_supervision(self, who: Person, case: Case, unit: str) -> None:
        item = self._item(case, unit, "concluded")
        need(item.state == "concluded" and item.review != "asked")
        self.end_item(case, item, "closed", "supervision.closed")

    # Accountability.

    def _referral(self, case: Case, unit: str | None, *states: str) -> tuple[Item, Referral]:
        """The referral meant: the first in a state that the verb is about, in their order, else the newest."""
        rows = [item for one in case.assignments if one.unit == unit for item in one.items]
        found = sorted(((item, item.referral) for item in rows if item.referral), key=lambda pair: pair[1].n)
        need(found)
        return next((pair for state in states for pair in found if pair[1].state == state), found[-1])

    def complete_referral(self, who: Person, case: Case, unit: str) -> None:
        _, row = self._referral(case, unit, "drafted")
        need(row.state == "drafted")
        row.completed_by, row.own = who.word, end(after(self.today, 2))
        self.say("referral.completed")

    def review_referral(self, who: Person, case: Case, unit: str) -> None:
        _, row = self._referral(case, unit, "drafted")
        need(row.state == "drafted" and row.completed_by and row.completed_by != who.word)
        row.state, row.reviewed_by, row.opened_by = "reviewed", who.word, None
        row.own = end(after(self.today, 2))
        self.say("referral.reviewed")

    def open_paper(self, who: Person, case: Case, unit: str | None = None) -> None:
        """The room, the centre's heads and the leader read what is drafted, the committee what is sealed."""
        _, row = self._referral(case, who.unit or unit, "reviewed")
        need(who.role not in ("operator", "examiner", "visitor", "unit_staff", "unit_head"))
        need(who.role != "committee" or row.state in SEND)
        if who.role == "leader":
            row.opened_by = who.word
        self.say("paper.opened")

    def approve_referral(self, who: Person, case: Case, unit: str) -> None:
        item, row = self._referral(case, unit, "reviewed")
        need(row.state == "reviewed" and who.word not in (row.completed_by, row.reviewed_by))
        if who.role == "leader":
            need(row.opened_by == who.word)
        else:
            need(who.word not in (item.found_by, item.concluded_by, item.opened_by))
        row.state, row.own = "approved", row.send_by
        self.say("referral.approved")

    def send_back_referral(self, who: Person, case: Case, unit: str) -> None:
        _, row = self._referral(case, unit, "reviewed", "drafted")
        need(row.state == ("reviewed" if who.role == "leader" else "drafted") and row.completed_by)
        row.state, row.completed_by, row.reviewed_by, row.opened_by, row.own = "drafted", None, None, None, None
        self.say("referral.sent_back")

    def seal_referral(self, who: Person, case: Case, unit: str) -> None:
        _, row = self._referral(case, unit, "approved")
        need(row.state == "approved")
        row.state = "sealed"
        self.say("referral.sealed")

    def send_referral(self, who: Person, case: Case, unit: str) -> None:
        """Not while a review is open, nor before the time to ask for one is over."""
        item, row = self._referral(case, unit, "sealed")
        need(row.state == "sealed" and item.review != "asked")
        need(item.review or (item.ask_until and self.now >= item.ask_until))
        row.state, row.own = "sent", None
        self.say("referral.sent")
        self.end_item(case, item, "referred", "supervision.referred")

    def record_receipt(self, who: Person, case: Case, unit: str) -> None:
        """Of the dossier, and again of each supplement."""
        _, row = self._referral(case, unit, "sent", "received")
        need(row.state == "sent" or (row.state == "received" and not all(row.supplements)))
        if row.state == "received":
            row.supplements[row.supplements.index(False)] = True
        row.state = "received"
        self.say("referral.received")

    def record_outcome(self, who: Person, case: Case, unit: str, outcome: str, due_on: date | None = None) -> None:
        _, row = self._referral(case, unit, "received")
        need(row.state == "received" and (outcome != "supplement" or (due_on and due_on > self.today)))
        self.say("referral.outcome")
        if outcome == "supplement" and due_on:
            row.own = end(due_on)
        if outcome in ("forwarded", "no_jurisdiction", "result"):
            row.state = "closed"
            self.say("referral.closed")

    def supplement_referral(self, who: Person, case: Case, unit: str) -> None:
        _, row = self._referral(case, unit, "received", "sent")
        need(row.state in ("sent", "received"))
        row.supplements.append(False)
        row.own = None
        self.say("referral.supplemented")

    def abandon_referral(self, who: Person, case: Case, unit: str) -> None:
        item, row = self._referral(case, unit, *UNSENT)
        need(row.state in UNSENT)
        row.state, row.own = "abandoned", None
        self.say("referral.abandoned")
        if item.state == "concluded":
            self.end_item(case, item, "closed", "supervision.closed")
