"""Which state may follow which, and what ends what: the procedure's section "States" as tables.

Only the ledger applies these tables. `None` stands for "not there yet".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

MAY_BECOME: dict[str, dict[str | None, tuple[str, ...]]] = {
    "case": {
        None: ("registered",),
        "registered": (
            "closed",
            "visiting",
            "submitted",
            "handling",
            "refused",
            "transferred",
            "merged",
            "withdrawn",
        ),
        "submitted": ("handling", "closed", "merged", "withdrawn"),
        "handling": ("examining", "registered", "merged", "withdrawn"),
        "examining": ("handling", "visiting", "closed", "merged", "withdrawn"),
        "visiting": ("closed", "reviewing", "merged", "withdrawn"),
        "reviewing": ("handling", "closed", "merged", "withdrawn"),
        "closed": ("reviewing", "registered"),
        "merged": ("registered", "submitted", "handling", "examining", "visiting", "reviewing"),
        "refused": (),
        "transferred": (),
        "withdrawn": (),
    },
    "assignment": {
        None: ("allocated",),
        "allocated": ("signed", "return_pending", "cancelled"),
        "signed": ("replied", "return_pending", "cancelled"),
        "return_pending": ("returned", "allocated", "signed", "cancelled"),
        "replied": ("accepted", "reply_refused", "cancelled"),
        "reply_refused": ("replied", "cancelled"),
        "accepted": (),
        "returned": (),
        "cancelled": (),
    },
    "request": {
        None: ("pending",),
        "pending": ("accepted", "refused", "withdrawn"),
        "accepted": (),
        "refused": (),
        "withdrawn": (),
    },
    "reply": {
        None: ("filed",),
        "filed": ("passed", "refused", "withdrawn"),
        "passed": (),
        "refused": (),
        "withdrawn": (),
    },
    "reminder": {
        None: ("open",),
        "open": ("satisfied", "lapsed", "void"),
        "satisfied": ("open",),
        "lapsed": (),
        "void": (),
    },
    "supervision": {
        None: ("candidate", "opened"),
        "candidate": ("declined", "opened"),
        "opened": ("fed_back", "cleared", "finding"),
        "reissued": ("fed_back", "cleared", "finding"),
        "fed_back": ("cleared", "reissued", "finding"),
        "finding": ("confirmed", "opened", "reissued", "fed_back", "cleared"),
        "confirmed": ("heard",),
        "heard": ("concluded",),
        "concluded": ("referred", "closed"),
        "declined": (),
        "cleared": (),
        "referred": (),
        "closed": (),
    },
    "visit": {
        None: ("pending",),
        "pending": ("done", "unreachable", "not_applicable"),
        "done": ("done", "unreachable"),
        "unreachable": ("done", "unreachable"),
        "not_applicable": (),
    },
    "referral": {
        None: ("drafted",),
        "drafted": ("reviewed", "drafted", "abandoned"),
        "reviewed": ("approved", "drafted", "abandoned"),
        "approved": ("sealed", "abandoned"),
        "sealed": ("sent", "abandoned"),
        "sent": ("received",),
        "received": ("received", "closed"),
        "closed": (),
        "abandoned": (),
    },
}
"""subject -> state -> the states it may become, written out in full."""

LIVE = ("allocated", "signed", "return_pending", "replied", "reply_refused")
"""The states of an assignment that a unit still holds."""
OPEN_ASSIGNMENT = ("allocated", "signed", "return_pending", "reply_refused")
"""The states of an assignment that waits for a final reply."""
UNALLOCATED = ("registered",)
"""The states of a case that no unit has yet."""
OPEN_CASE = ("registered", "submitted", "handling", "examining", "visiting", "reviewing")
"""The states of a case that somebody still works on."""
CLOSED_TO_CONTACTS = ("refused", "transferred", "withdrawn")
"""The states of a case that takes no contact any more."""
STANDING = (
    "candidate",
    "opened",
    "reissued",
    "fed_back",
    "finding",
    "confirmed",
    "heard",
    "concluded",
)
"""The states of a supervision item that has not ended."""
UNCONFIRMED = ("opened", "reissued", "fed_back", "finding")
PROMISES = ("explanation", "interim")
"""The requests that are promises. [procedure 3]"""
UNSENT = ("drafted", "reviewed", "approved", "sealed")

CLOCKS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "case": (("own", "screen"), OPEN_CASE),
    "assignment": (("sign", "return", "due"), LIVE),
    "request": (("own",), ("pending",)),
    "reply": (("own",), ("filed",)),
    "reminder": (("reply_by",), ("open",)),
    "supervision": (("own", "due", "heard", "ask"), STANDING),
    "referral": (("own", "send_by"), UNSENT),
}
"""subject -> its clocks, and the states in which they run."""
STANDS = {("assignment", "assist"): ("due",), ("supervision", "closed"): ("due", "heard")}
"""Clocks that are not worked out by themselves: an assist's due follows its lead's, what was closed
has been heard."""

Row = Any
Condition = Callable[[Row, Row, datetime], bool]


def _always(ended: Row, by: Row, now: datetime) -> bool:
    return True


def is_lead(ended: Row, by: Row, now: datetime) -> bool:
    """An assist ends with its lead, never the other way round."""
    return bool(by.role == "lead" and ended.role == "assist" and ended.round == by.round)


def is_no_return(ended: Row, by: Row, now: datetime) -> bool:
    """A final reply withdraws pending promises and extensions, not a return. [procedure 3]"""
    return bool(ended.kind != "return")


def answered_by_that_reply(ended: Row, by: Row, now: datetime) -> bool:
    """The reply that is refused is the one that satisfied the reminder. [procedure 3]"""
    return bool(
        ended.satisfied_by_reply_id is not None and ended.satisfied_by_reply_id == by.reply_id
    )


def promised_in_time(ended: Row, by: Row, now: datetime) -> bool:
    """A promise filed by reply-by satisfies a reminder when it is accepted, even if that comes
    later. [procedure 3]"""
    return bool(by.kind in PROMISES and ended.round == by.round and by.filed_at < ended.reply_by_at)


def redo_exhausted(ended: Row, by: Row, now: datetime) -> bool:
    """A case whose second redo failed closes when its `redo_failed` item ends - not with a
    candidate that is struck: that is declined as an error, and decides nothing. [procedure 7]"""
    struck_out = by.state == "declined" and by.struck_at is not None
    return bool(by.ground == "redo_failed" and ended.redo_failed and not struck_out)


def _nothing(ended: Row, by: Row, now: datetime) -> dict[str, Any]:
    return {}


def _by_reply(ended: Row, by: Row, now: datetime) -> dict[str, Any]:
    return {
        "satisfied_by_reply_id": by.reply_id,
        "answered_late": now >= ended.reply_by_at,
        "ended_at": now,
    }


def _by_promise(ended: Row, by: Row, now: datetime) -> dict[str, Any]:
    return {"satisfied_by_request_id": by.id, "answered_late": False, "ended_at": now}


def _reopened(ended: Row, by: Row, now: datetime) -> dict[str, Any]:
    return {"satisfied_by_reply_id": None, "answered_late": False, "ended_at": None}


def _ended(ended: Row, by: Row, now: datetime) -> dict[str, Any]:
    return {"ended_at": now}


def _examined(ended: Row, by: Row, now: datetime) -> dict[str, Any]:
    return {"examined_at": now}


def _exhausted(ended: Row, by: Row, now: datetime) -> dict[str, Any]:
    return {"closed_at": now, "closed_as": "redo_exhausted"}


@dataclass(frozen=True)
class End:
    """What follows from a move: rows of `subject` in one of `states` become `to`, with the event
    `event`."""

    subject: str
    states: tuple[str, ...]
    to: str
    event: str
    when: Condition = _always
    sets: Callable[[Row, Row, datetime], dict[str, Any]] = _nothing
    by_bot: bool = False


_VOID = End("reminder", ("open",), "void", "reminder.voided", sets=_ended)
_WITHDRAWN = End("request", ("pending",), "withdrawn", "request.withdrawn", sets=_ended)
_ASSISTS = End("assignment", LIVE, "cancelled", "assignment.cancelled", is_lead, _ended)
_CASE_ENDS = [
    End("assignment", LIVE, "cancelled", "assignment.cancelled", sets=_ended),
    End(
        "supervision", ("candidate",), "declined", "supervision.declined", sets=_ended, by_bot=True
    ),
    End("supervision", UNCONFIRMED, "cleared", "supervision.cleared", sets=_ended, by_bot=True),
    End("visit", ("pending",), "not_applicable", "visit.not_applicable", sets=_ended),
]
_REDO_EXHAUSTED = End("case", ("reviewing",), "closed", "case.closed", redo_exhausted, _exhausted)

ENDS: Mapping[tuple[str, str], list[End]] = {
    ("assignment", "replied"): [
        End("reminder", ("open",), "satisfied", "reminder.satisfied", sets=_by_reply),
        End(
            "request",
            ("pending",),
            "withdrawn",
            "request.withdrawn",
            is_no_return,
            _ended,
        ),
    ],
    ("assignment", "reply_refused"): [
        End(
            "reminder",
            ("satisfied",),
            "open",
            "reminder.reopened",
            answered_by_that_reply,
            _reopened,
        )
    ],
    ("assignment", "accepted"): [
        # An assist's reply passes with its lead's, into which it went.
        End("reply", ("filed",), "passed", "reply.passed", sets=_examined),
        End("assignment", ("replied",), "accepted", "assignment.accepted", is_lead, _ended),
    ],
    ("assignment", "returned"): [_VOID, _WITHDRAWN, _ASSISTS],
    ("assignment", "cancelled"): [
        _VOID,
        _WITHDRAWN,
        End("reply", ("filed",), "withdrawn", "reply.withdrawn"),
        _ASSISTS,
    ],
    ("request", "accepted"): [
        End("reminder", ("open",), "satisfied", "reminder.satisfied", promised_in_time, _by_promise)
    ],
    ("case", "withdrawn"): _CASE_ENDS,
    ("case", "merged"): _CASE_ENDS,
    ("supervision", "declined"): [_REDO_EXHAUSTED],
    ("supervision", "cleared"): [_REDO_EXHAUSTED],
    ("supervision", "referred"): [_REDO_EXHAUSTED],
    ("supervision", "closed"): [
        _REDO_EXHAUSTED,
        End("referral", UNSENT, "abandoned", "referral.abandoned", sets=_ended),
    ],
    ("referral", "sent"): [
        End("supervision", ("concluded",), "referred", "supervision.referred", sets=_ended)
    ],
    ("referral", "abandoned"): [
        End("supervision", ("concluded",), "closed", "supervision.closed", sets=_ended)
    ],
}
"""(subject, state it came to) -> what ends with it, in the same transaction, one event each."""
