"""How often the front listens: posts of one address, wrong look-ups of one number and address, wrong
ones in all.

Only what is sent counts, never what is read: a whole town may stand behind one mobile address. What
is counted is named by keyed digests, so that no number stands in a counter's name. [reach, In]
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from datetime import datetime
from ipaddress import IPv6Address, ip_address
from typing import Any

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute

from app.front.keys import Keys

Ask = Callable[..., Any]
"""Asks a moving window: `hit`, `test` or `get_window_stats`, a limit, and what is counted."""
POSTS = (RateLimitItemPerMinute(60), RateLimitItemPerHour(600))
"""Posts from one address."""
WRONG = RateLimitItemPerMinute(5, 15)
"""Wrong look-ups of one number, as it was typed, from one address: 5 in 15 minutes lock it there."""
WRONG_IN_ALL = RateLimitItemPerHour(100)
"""Wrong look-ups of everybody; beyond them each look-up needs a sum and waits."""
SUM_WAITS, SUM_LASTS = 3, 600
"""Seconds: before a sum may be answered, and how long it stands."""
_ONCE = RateLimitItemPerHour(1)
_NETWORK_BITS = 64
"""Of an IPv6 address: what a person behind it cannot change by themselves."""


class TooMany(Exception):
    """Too often; `seconds` until it may be tried again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


def network(address: str) -> str:
    """An address as it is counted: of IPv6 the network only."""
    try:
        at = ip_address(address)
    except ValueError:
        return address
    if isinstance(at, IPv6Address):
        return str(IPv6Address(int(at) >> _NETWORK_BITS << _NETWORK_BITS))
    return str(at)


class Limits:
    """The counters of a front."""

    def __init__(self, ask: Ask, keys: Keys) -> None:
        self._ask, self._keys = ask, keys

    def post(self, address: str) -> None:
        """Count a post. Raises TooMany where it is one too many of its address."""
        who = self._keys.hidden("address", network(address))
        for limit in POSTS:
            if not self._ask("hit", limit, "front", who):
                raise TooMany(self._seconds(limit, "front", who))

    def may_look(self, *what: str) -> None:
        """Raises TooMany where what is looked up - a number as typed, with the address - is
        locked."""
        locked = self._lock(what)
        if not self._ask("test", WRONG, *locked):
            raise TooMany(self._seconds(WRONG, *locked))

    def wrong(self, *what: str) -> None:
        """Count a wrong look-up."""
        self._ask("hit", WRONG, *self._lock(what))
        self._ask("hit", WRONG_IN_ALL, "front", "wrong")

    def needs_sum(self) -> bool:
        """Whether so many were wrong that each look-up needs a sum."""
        return not self._ask("test", WRONG_IN_ALL, "front", "wrong")

    def new_sum(self, now: datetime) -> tuple[int, int, str]:
        """Two numbers to be added, and what has to come back with the answer."""
        first, second = 10 + secrets.randbelow(80), 1 + secrets.randbelow(9)
        words = f"{first}-{second}-{secrets.token_hex(8)}"
        return first, second, self._keys.stamped("sum", words, now)

    def sum_is_right(self, token: str, answer: str, now: datetime) -> bool:
        """Whether a sum of ours was waited for and is right; each counts once."""
        parts = token.split("-")
        if len(parts) != 5 or not self._keys.is_ours(token, now, "sum"):
            return False
        waited = now.timestamp() - int(parts[3])
        right = answer.strip() == str(int(parts[0]) + int(parts[1]))
        timely = SUM_WAITS <= waited <= SUM_LASTS
        return right and timely and bool(self._ask("hit", _ONCE, "front", "sum", parts[2]))

    def _lock(self, what: tuple[str, ...]) -> tuple[str, str, str]:
        return "front", "look", self._keys.hidden("look", "\n".join(what))

    def _seconds(self, limit: RateLimitItem, *who: str) -> int:
        frees = self._ask("get_window_stats", limit, *who).reset_time
        return max(1, int(frees - time.time()) + 1)
