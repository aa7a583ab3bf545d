"""The supervision room in the model: supervision and accountability. [4, 8]"""

from __future__ import annotations

from datetime import date

from tests.walk.handling import Handling
from tests.walk.rows import (
    LIVE,
    STANDING,
    UNSENT,
    Assignment,
    Case,
    Item,
    Person,
    Referral,
    after,
    end,
)
from tests.walk.said import need

NOTICE = ("opened", "reissued")
SEND = ("sealed", "sent", "received", "closed")


class Room(Handling):
    meant: Item | None = None
    """The item that the last verb was about."""

    # Supervision.

    def _item(self, case: Case, unit: str | None, *states: str, ended: str = "") -> Item:
        """The item meant: the first in a state that the verb is about, else the newest that ended
        in one, else the first that stands, else the newest."""
        rows = [item for one in case.assignments if one.unit == unit for item in one.items]
        rows.sort(key=lambda item: item.n)
        need(rows)
        fitting = [item for item in rows if item.state in states]
        fitting = fitting or [row for row in reversed(rows) if row.state == ended]
        fitting = fitting or [row for row in rows if row.state in STANDING]
        self.meant = fitting[0] if fitting else rows[-1]
        return self.meant

    def _about(self, case: Case, item: Item) -> Assignment:
        return next(one for one in case.assignments if item in one.items)

    def propose(self, who: Person, case: Case, unit: str) -> None:
        one = self.held(case, unit)
        need(one.state in (*LIVE, "accepted") and case.state not in ("withdrawn", "merged"))
        need(not any(item.ground == "by_hand" and item.state == "candidate" for item in one.items))
        one.items.append(Item("candidate", self.next(), ground="by_hand"))
        self.say("supervision.proposed")

    def open_supervision(
        self, who: Person, case: Case, unit: str, workdays: int | None = None
    ) -> None:
        need(workdays is None or 1 <= workdays <= 60)
        rows = [item for one in case.assignments if one.unit == unit for item in one.items]
        waiting = sorted(
            (item for item in rows if item.state == "candidate"), key=lambda item: item.n
        )
        if waiting:
            self.meant = item = waiting[0]
        else:
            one = self.held(case, unit)
            need(
                not any(row.state in STANDING for row in one.items)
                and one.state in (*LIVE, "accepted")
            )
            need(case.state not in ("withdrawn", "merged"))
            item = Item("", self.next(), ground="by_hand")
            one.items.append(item)
        item.state, item.own, item.opened_on = "opened", None, self.today
        item.drafters.add(who.word)
        item.due = end(after(self.today, workdays or 3))
        self.say("supervision.opened")

    def decline(self, who: Person, case: Case, unit: str) -> None:
        item = self._item(case, unit, "candidate")
        need(item.state == "candidate")
        self.end_item(case, item, "declined", "supervision.declined")

    def defer(self, who: Person, case: Case, unit: str, workdays: int) -> None:
        item = self._item(case, unit, "candidate")
        need(
            item.state == "candidate"
            and item.listed_on
            and not item.deferred
            and 1 <= workdays <= 5
        )
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
        need(
            item.state == "fed_back"
            and item.reissues < 2
            and (workdays is None or 1 <= workdays <= 60)
        )
        item.state, item.reissues, item.due = (
            "reissued",
            item.reissues + 1,
            end(after(self.today, workdays or 3)),
        )
        item.drafters.add(who.word)
        self.say("supervision.reissued")

    def draft_finding(
        self, who: Person, case: Case, unit: str, persons: tuple[str, ...] = ()
    ) -> None:
        """After feedback on the last notice, or once that is overdue."""
        item = self._item(case, unit, "fed_back", *NOTICE)
        need(
            item.state == "fed_back" or (item.state in NOTICE and item.due and self.now >= item.due)
        )
        item.back, item.state, item.found_by = item.state, "finding", who.word
        item.drafters.add(who.word)
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
        item.state, item.confirmed_on, item.hear_until = (
            "confirmed",
            self.today,
            end(after(self.today, 3)),
        )
        self.say("supervision.confirmed")

    def record_statement(
        self, who: Person, case: Case, unit: str | None = None, person: str = ""
    ) -> None:
        """The unit's by its head, who speaks for himself too where he is named; a person's by the
        officer. Once each.
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
        need(
            item.state == "heard"
            or (item.state == "confirmed" and item.hear_until and self.now >= item.hear_until)
        )
        self.hearing_over(item)
        item.state, item.concluded_by, item.own = "concluded", who.word, None
        item.drafters.add(who.word)
        item.ask_until = end(after(self.today, 3))
        self.say("supervision.concluded")

    def ask_review(self, who: Person, case: Case) -> None:
        item = self._item(case, who.unit, "concluded", ended="closed")
        need(
            item.state in ("concluded", "closed")
            and not item.review
            and item.ask_until
            and self.now < item.ask_until
        )
        item.review, item.own = "asked", end(after(self.today, 2))
        self.say("supervision.review_asked")

    def rule_on_review(self, who: Person, case: Case, unit: str, accept: bool) -> None:
        item = self._item(case, unit, "concluded", ended="closed")
        need(item.state in ("concluded", "closed") and item.review == "asked")
        need(who.word not in (item.concluded_by, item.found_by))
        item.review, item.own = "ruled", None
        self.say("supervision.review_ruled")
        if accept and item.state == "concluded":
            self.end_item(case, item, "closed", "supervision.closed")

    def close_supervision(self, who: Person, case: Case, unit: str) -> None:
        item = self._item(case, unit, "concluded")
        need(item.state == "concluded" and item.review != "asked")
        self.end_item(case, item, "closed", "supervision.closed")

    # Accountability.

    def _referral(self, case: Case, unit: str | None, *states: str) -> tuple[Item, Referral]:
        """The referral meant: the first in a state that the verb is about, in their order, else the
        newest."""
        rows = [item for one in case.assignments if one.unit == unit for item in one.items]
        found = sorted(
            ((item, item.referral) for item in rows if item.referral), key=lambda pair: pair[1].n
        )
        need(found)
        pair = next(
            (pair for state in states for pair in found if pair[1].state == state), found[-1]
        )
        self.meant = pair[0]
        return pair

    def complete_referral(self, who: Person, case: Case, unit: str) -> None:
        _, row = self._referral(case, unit, "drafted")
        need(row.state == "drafted")
        row.completed_by, row.own = who.word, end(after(self.today, 2))
        row.completers.add(who.word)
        self.say("referral.completed")

    def review_referral(self, who: Person, case: Case, unit: str) -> None:
        _, row = self._referral(case, unit, "drafted")
        need(row.state == "drafted" and row.completed_by and who.word not in row.completers)
        row.state, row.readers = "reviewed", set()
        row.reviewers.add(who.word)
        row.own = end(after(self.today, 2))
        self.say("referral.reviewed")

    def open_paper(self, who: Person, case: Case, unit: str | None = None) -> None:
        """The room and the leader read what is drafted, the committee what is sealed."""
        _, row = self._referral(case, who.unit or unit, "reviewed")
        need(who.role in ("officer", "supervision_head", "leader", "committee"))
        need(who.role != "committee" or row.state in SEND)
        if who.role == "leader":
            row.readers.add(who.word)
        self.say("paper.opened")

    def approve_referral(self, who: Person, case: Case, unit: str) -> None:
        item, row = self._referral(case, unit, "reviewed")
        need(row.state == "reviewed" and who.word not in row.completers | row.reviewers)
        if who.role == "leader":
            need(who.word in row.readers)
        else:
            need(who.word not in item.drafters)
        row.state, row.own = "approved", row.send_by
        self.say("referral.approved")

    def send_back_referral(self, who: Person, case: Case, unit: str) -> None:
        _, row = self._referral(case, unit, "reviewed", "drafted")
        need(row.state == ("reviewed" if who.role == "leader" else "drafted") and row.completed_by)
        row.state, row.completed_by, row.readers, row.own = "drafted", None, set(), row.send_by
        self.say("referral.sent_back")

    def seal_referral(self, who: Person, case: Case, unit: str) -> None:
        _, row = self._referral(case, unit, "approved")
        need(row.state == "approved")
        row.state = "sealed"
        self.say("referral.sealed")
        self.say("referral.made")

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

    def record_outcome(
        self, who: Person, case: Case, unit: str, outcome: str, due_on: date | None = None
    ) -> None:
        _, row = self._referral(case, unit, "received")
        need(
            row.state == "received"
            and (outcome != "supplement" or (due_on and due_on > self.today))
        )
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
        self.say("referral.made")

    def abandon_referral(self, who: Person, case: Case, unit: str) -> None:
        item, row = self._referral(case, unit, *UNSENT)
        need(row.state in UNSENT)
        row.state, row.own = "abandoned", None
        self.say("referral.abandoned")
        if item.state == "concluded":
            self.end_item(case, item, "closed", "supervision.closed")
