"""Fills a desk with what arrives and what goes out: messages at the inbox, deliveries of reminders.

Each registered case has a message that waits, each submitted one a message in somebody's hand, each
closed one a message that ended and a delivery that arrived; of the open ones some deliveries are
calls to make and some are dead.
"""

from __future__ import annotations

from app.models import Delivery, Message
from tests.bench.filler import LATE, Filler


def fill_reach(filler: Filler) -> None:
    """The messages and deliveries of all cases that were made."""
    _messages(filler)
    _deliveries(filler)


def _messages(filler: Filler) -> None:
    common = {
        "id": f"{filler.last(Message)} + f.i",
        "source": "'web'",
        "key": "'m' || f.id",
        "receipt": "'R' || (10000000000 + f.id)",
        "raw_sha256": f"'{'0' * 64}'",
        "words": "'来件反映' || f.i",
        "read_at": "f.at",
        "facts": "'{}'",
        "wants_reply": filler.bool("1 = 1"),
    }
    waits = {"own_at": filler.moment(LATE), "own_overdue_for": filler.moment(LATE)}
    hands = [filler.people[name] for name in ("operator", "allocator", "centre_head")]
    taken = {"taken_by_id": filler.one_of(hands, "f.i"), "taken_at": "f.at"}
    filler.put(Message, ("registered", "reviewing"), **common, **waits)
    filler.put(Message, ("submitted", "examining", "refused"), **common, **waits, **taken)
    ended = {"ended_as": "'case'", "ended_at": "f.at", "case_id": "f.id"}
    filler.put(Message, ("closed",), **common, **ended)


def _deliveries(filler: Filler) -> None:
    common = {
        "id": f"{filler.last(Delivery)} + f.i",
        "kind": "'reminder.issued'",
        "receiver": "'unit:' || f.unit_id",
        "unit_id": "f.unit_id",
        "number": "'R' || f.i",
        "fields": "'{}'",
        "rank": "1",
    }
    filler.put(
        Delivery,
        ("allocated", "signed"),
        **common,
        key="'c' || f.id",
        way="'call'",
        medium="'call'",
        stands="'waiting'",
    )
    filler.put(
        Delivery,
        ("registered", "submitted"),
        **common,
        key="'d' || f.id",
        way="'sms'",
        medium="'sms'",
        stands="'dead'",
        ended_at="f.at",
        noted_at="f.at",
    )
    filler.put(
        Delivery,
        ("closed",),
        **common,
        key="'s' || f.id",
        way="'sms'",
        medium="'sms'",
        stands="'taken'",
        ended_at="f.at",
        noted_at="f.at",
    )
