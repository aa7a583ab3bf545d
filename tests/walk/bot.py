"""What the bot does at a sweep, in the model of the procedure. [0, 3, 4, States]"""

from __future__ import annotations

from tests.walk.rows import (
    AWAITED,
    DAY,
    LIVE,
    PROMISES,
    STANDING,
    Ask,
    Assignment,
    Case,
    Item,
    Referral,
    Reminder,
    Row,
    after,
    end,
    is_workday,
)
from tests.walk.said import Said

CENTRE_TASKS = ("registered", "submitted", "examining", "visiting")
FOUND = ("finding", "confirmed", "heard", "concluded")
ROOM_TASKS = ("candidate", "finding", "heard", "concluded")


class Bot(Said):
    """The sweep at 08:30, looking at everything each time."""

    def sweep(self) -> None:
        for case in self.cases:
            for one in sorted(case.assignments, key=lambda row: row.n):
                self._look(case, one)
            self._own(case)
        listed = any(item.listed_on == self.today for case in self.cases for item in case.items)
        if listed and is_workday(self.today) and self.list_of != self.today:
            self.list_of = self.today
            self.say("list.issued")

    def _look(self, case: Case, one: Assignment) -> None:
        """The order inside one sweep of one assignment."""
        older = list(one.items)
        if one.state == "allocated" and self.now >= one.sign_by:
            one.state = "signed"
            self.say("assignment.auto_signed")
        self._warn(case, one)
        if self.overdue(case, one) and one.overdue_for != one.due.at:
            one.overdue_for = one.due.at
            self.say("assignment.overdue")
        self._lapse(one)
        if (is_workday(self.today) or self.emergency(case, one)) and self.remindable(case, one):
            self.issue(one)
        if is_workday(self.today):
            self._list(case, one)
        for item in older:
            self._look_at_item(item)

    # Reminder.

    def emergency(self, case: Case, one: Assignment) -> bool:
        return case.urgency == "emergency" and (one.round == 1 or one.due.hours)

    def stands(self, ask: Ask) -> bool:
        """An accepted promise stands to the end of its promised date."""
        return ask.state == "accepted" and ask.until is not None and self.now < end(ask.until)

    def overdue(self, case: Case, one: Assignment) -> bool:
        """Past due and no final reply that stands; an emergency's interim reply in time counts as
        its result."""
        if one.state not in AWAITED or self.now < one.due.at:
            return False
        in_time = [ask for ask in one.asks if ask.kind == "interim" and ask.filed_at < one.due.at]
        result = any(ask.state == "pending" or self.stands(ask) for ask in in_time)
        return not (self.emergency(case, one) and result)

    def qualified(self, one: Assignment) -> bool:
        return one.standing is not None or any(self.stands(ask) for ask in one.asks)

    def pending(self, one: Assignment) -> bool:
        return any(ask.state == "pending" for ask in one.asks)

    def _warn(self, case: Case, one: Assignment) -> None:
        """Once per due date, at the first working-day sweep on which the next working day is the
        due day or later."""
        near = is_workday(self.today) and after(self.today) >= one.due.on and self.now < one.due.at
        if (
            near
            and one.state in AWAITED
            and not self.emergency(case, one)
            and one.warned_for != one.due.at
        ):
            one.warned_for = one.due.at
            self.say("assignment.warned")

    def _missed(self, ask: Ask | None) -> bool:
        return (
            ask is not None
            and ask.state == "accepted"
            and ask.kind in PROMISES
            and not self.stands(ask)
        )

    def _lapse(self, one: Assignment) -> None:
        """The first sweep after reply-by lapses it; a promise filed by then and pending holds that.
        A second reminder satisfied by a promise that is missed is open again."""
        for row in [row for row in one.reminders if row.state != "void"]:
            waiting = one.state in AWAITED
            second = row in self.issued_for_due(one)[1:]
            if second and row.state == "satisfied" and self._missed(row.by_ask) and waiting:
                row.state, row.by_ask = "open", None
                self.say("reminder.reopened")
            held = any(
                ask.state == "pending" and ask.kind in PROMISES and ask.filed_at < row.reply_by
                for ask in one.asks
            )
            if row.state == "open" and self.now >= row.reply_by and not held:
                row.state = "lapsed"
                self.say("reminder.lapsed")

    def remindable(self, case: Case, one: Assignment, by_hand: bool = False) -> bool:
        """The conditions of section 3, the day aside."""
        if not self.overdue(case, one) or self.qualified(one) or self.pending(one):
            return False
        if not by_hand and any(row.in_error for row in one.reminders):
            return False
        issued = self.issued_for_due(one)
        if not issued:
            return True
        since = [
            ask for ask in one.asks if ask.filed_at >= issued[0].issued_at and self._missed(ask)
        ]
        return len(issued) == 1 and issued[0].state != "open" and bool(since)

    @staticmethod
    def issued_for_due(one: Assignment) -> list[Reminder]:
        """Its non-void reminders for the due date that it has now. [3]"""
        return [row for row in one.reminders if row.state != "void" and row.for_due == one.due.at]

    def issue(self, one: Assignment) -> None:
        reply_by = end(after(self.today, 2))
        one.reminders.append(
            Reminder("open", self.next(), issued_at=self.now, reply_by=reply_by, for_due=one.due.at)
        )
        self.say("reminder.issued")

    # Supervision.

    def _unheeded(self, case: Case, one: Assignment) -> bool:
        """The latest non-void reminder for the present due date lapsed, no qualifying reply,
        overdue now."""
        issued = self.issued_for_due(one)
        lapsed = bool(issued) and issued[-1].state == "lapsed"
        return lapsed and self.overdue(case, one) and not self.qualified(one)

    def _again(self, one: Assignment, ground: str) -> bool:
        """Each ground once; after a decline again from 24:00 of the 5th working day on."""
        rows = [item for item in one.items if item.ground == ground]
        if not rows:
            return True
        ended = rows[-1].ended_on
        return (
            rows[-1].state == "declined" and ended is not None and self.now >= end(after(ended, 5))
        )

    def _list(self, case: Case, one: Assignment) -> None:
        proposed = [
            item for item in one.items if item.ground == "by_hand" and item.state == "candidate"
        ]
        fresh = [item for item in proposed if item.listed_on is None]
        for item in fresh:
            item.listed_on, item.own = self.today, end(after(self.today, 2))
            self.say("supervision.listed")
        if any(item.cleared_to and self.now < end(item.cleared_to) for item in one.items):
            return
        fresh = fresh or self._new_date_missed(one)
        unheeded = self._unheeded(case, one)
        repeated = any(at >= one.due.at for at, _ in case.counted)
        silent_grounds = unheeded and not repeated
        unanswered = self.overdue(case, one) and not self.qualified(one) and not self.pending(one)
        leader = one.leader and one.state in LIVE and (unanswered or len(one.refusals) >= 2)
        failed = case.redo_failed and case.state == "reviewing" and case.lead is one
        for ground, holds in (
            ("repeated", unheeded and repeated),
            ("leader", leader),
            ("redo_failed", failed),
        ):
            if holds and self._again(one, ground):
                fresh.append(self._candidate(one, ground))
        if not fresh and not any(item.state in STANDING for item in one.items):
            self._silence(one, unheeded, silent_grounds)

    def _silence(self, one: Assignment, unheeded: bool, unrepeated: bool) -> None:
        """`silent` from 24:00 of the 5th working day past the later of reply-by and the last
        refusal; else watched."""
        if not unheeded:
            return
        reply_by = self.issued_for_due(one)[-1].reply_by
        refused = [reply.refused_at.date() for reply in one.refusals if reply.refused_at]
        past = max([(reply_by - DAY).date(), *refused])
        if self.now >= end(after(past, 5)):
            if self._again(one, "silent"):
                self._candidate(one, "silent")
        elif (
            unrepeated
            and not one.watched
            and not any(item.ground == "silent" for item in one.items)
        ):
            one.watched = True
            self.say("supervision.watched")

    def _new_date_missed(self, one: Assignment) -> list[Item]:
        """Cleared to a new date, and no final reply by then - or only refused ones: listed
        `by_hand`, unless something stands from an earlier day."""
        standing = [
            item.listed_on or item.opened_on for item in one.items if item.state in STANDING
        ]
        if any(began and began < self.today for began in standing):
            return []
        for item in one.items:
            day = item.cleared_to
            if day is None or self.now < end(day) or one.state not in AWAITED:
                continue
            stood = any(
                reply.filed_at < end(day)
                and (reply.refused_at is None or reply.refused_at >= end(day))
                for reply in one.replies
            )
            since = [
                row
                for row in one.items
                if row.ground == "by_hand" and row.listed_on and row.listed_on > day
            ]
            ended = since[-1].ended_on if since and since[-1].state == "declined" else None
            if not stood and (not since or (ended and self.now >= end(after(ended, 5)))):
                return [self._candidate(one, "by_hand")]
        return []

    def _candidate(self, one: Assignment, ground: str) -> Item:
        own = end(after(self.today, 2))
        item = Item("candidate", self.next(), own, ground=ground, listed_on=self.today)
        one.items.append(item)
        self.say("supervision.listed")
        return item

    def _look_at_item(self, item: Item) -> None:
        unanswered = (item.back if item.state in FOUND else item.state) in ("opened", "reissued")
        if unanswered and item.due and self.now >= item.due and item.overdue_for != item.due:
            item.overdue_for = item.due
            self.say("supervision.overdue")
        self.hearing_over(item)
        if (
            item.state == "concluded"
            and is_workday(self.today)
            and item.referral is None
            and item.confirmed_on
        ):
            send_by = end(after(item.confirmed_on, 15))
            item.referral = Referral("drafted", self.next(), send_by, send_by=send_by)
            self.say("referral.drafted")

    def hearing_over(self, item: Item) -> None:
        """At 24:00 of the third working day after the confirmation; the room then has five to
        conclude."""
        if item.state == "confirmed" and item.hear_until and self.now >= item.hear_until:
            item.state = "heard"
            item.own = end(after((item.hear_until - DAY).date(), 5))
            self.say("supervision.heard")

    # The centre's and the room's own overdue work.

    def _own(self, case: Case) -> None:
        self._to_screen(case)
        if case.state in CENTRE_TASKS:
            self._late(case, "centre.overdue")
        for one in case.assignments:
            for ask in one.asks:
                if ask.state == "pending":
                    self._late(ask, "centre.overdue")
            for reply in one.replies:
                if reply.state == "filed":
                    self._late(reply, "centre.overdue")
        for item in case.items:
            if item.state in ROOM_TASKS or (item.state == "closed" and item.review == "asked"):
                self._late(item, "room.overdue")
            row = item.referral
            to_send = row and (
                row.state in ("approved", "sealed")
                or (row.state == "drafted" and not row.completed_by)
            )
            held = item.review == "asked" and to_send
            ended = row is None or row.state in ("closed", "abandoned")
            if row and not ended and not held:
                self._late(row, "room.overdue")

    def _to_screen(self, case: Case) -> None:
        if (
            case.pool == "waiting"
            and case.pool_until
            and self.now >= case.pool_until
            and not case.pool_marked
        ):
            case.pool_marked = True
            self.say("centre.overdue")

    def _late(self, row: Row, word: str) -> None:
        if row.own is not None and self.now >= row.own and row.own_marked != row.own:
            row.own_marked = row.own
            self.say(word)
