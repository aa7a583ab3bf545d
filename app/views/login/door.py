"""How often somebody may try to come in: by the address he comes from, and in all, before a
password is looked at.

To look at one costs a tenth of a second of the machine on purpose, so nobody may have it looked at
as often as he likes. Counted in Redis, so that all processes count together; while it is away each
counts for itself.
"""

from __future__ import annotations

import time
from typing import Any

from flask import current_app
from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage, RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis import RedisError

import config
from app.front.limits import network
from app.models import Person
from app.rules.refusal import NotAllowed
from app.stages import logins
from app.views import access_notes
from app.views.actor import now, reader
from jobs.desk import NoRedis, redis_of

FROM_A_STRANGER = (RateLimitItemPerMinute(10), RateLimitItemPerHour(60))
"""Tries from an address where nobody has logged in lately."""
FROM_A_KNOWN = (RateLimitItemPerMinute(30), RateLimitItemPerHour(300))
"""Tries from one where somebody has: a whole unit may stand behind it."""
FROM_STRANGERS = (RateLimitItemPerMinute(120),)
"""Tries from all strangers together."""
_TOLD = RateLimitItemPerMinute(1)
"""How often the access log is told of one address that is turned away."""
REDIS_SECONDS, WITHOUT_REDIS = 1.0, 30.0
"""How long Redis may take to answer, and how long it is not asked again after it did not."""


class Door:
    """The counters of one process, in Redis where there is one that answers."""

    def __init__(self, settings: config.Config) -> None:
        self._settings = settings
        self._own = MovingWindowRateLimiter(MemoryStorage())
        self._shared: MovingWindowRateLimiter | None = None
        self._not_before = 0.0

    def passes(self, limits: tuple[RateLimitItem, ...], *who: str) -> None:
        """Count a try. Raises NotAllowed (too_soon) where it is one too many."""
        for limit in limits:
            if not self.ask("hit", limit, *who):
                frees = self.ask("get_window_stats", limit, *who).reset_time
                raise NotAllowed("too_soon", seconds=max(1, int(frees - time.time()) + 1))

    def forget(self, limits: tuple[RateLimitItem, ...], *who: str) -> None:
        """Count from nothing again: somebody came in."""
        for limit in limits:
            self.ask("clear", limit, *who)

    def ask(self, what: str, *about: Any) -> Any:
        """Ask a moving window (`hit`, `test`, `get_window_stats`, `clear`) about a limit and what it
        counts."""
        shared = self._redis()
        if shared is not None:
            try:
                return getattr(shared, what)(*about)
            except RedisError:
                self._shared, self._not_before = None, time.monotonic() + WITHOUT_REDIS
        return getattr(self._own, what)(*about)

    def _redis(self) -> MovingWindowRateLimiter | None:
        if self._shared is None and time.monotonic() >= self._not_before:
            self._not_before = time.monotonic() + WITHOUT_REDIS
            try:
                pool = redis_of(self._settings, REDIS_SECONDS).connection_pool
                self._shared = MovingWindowRateLimiter(
                    RedisStorage("redis://", connection_pool=pool)
                )
            except (NoRedis, RedisError):
                return None
        return self._shared


def door() -> Door:
    """The door of this application."""
    found: Door = current_app.extensions["desk_door"]
    return found


def _where() -> str:
    """The address of the request, as it is counted."""
    return network(access_notes.address())


def knock() -> None:
    """Count that somebody wants a password looked at. Raises NotAllowed (too_soon) where his
    address, or all strangers together, do so too often; the access log is told of it once a minute
    and address."""
    where, known = _where(), logins.came_from(reader(), now(), access_notes.address())
    try:
        door().passes(FROM_A_KNOWN if known else FROM_A_STRANGER, "from", where)
        if not known:
            door().passes(FROM_STRANGERS, "strangers")
    except NotAllowed:
        turned_away(0)
        raise


def turned_away(id: int) -> None:
    """Tell the access log, once a minute and address, that somebody tries too often."""
    try:
        door().passes((_TOLD,), "told", _where(), str(id))
    except NotAllowed:
        return
    access_notes.note("limited", id)


def opened() -> None:
    """Somebody came in: what was tried from his address before is forgotten."""
    door().forget(FROM_A_STRANGER + FROM_A_KNOWN, "from", _where())


def may_try(row: Person) -> None:
    """Raises NotAllowed (too_soon, account_locked) where the password or code of an account is not
    looked at now."""
    logins.refuse_try(reader(), now(), row, access_notes.address())
