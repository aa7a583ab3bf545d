"""A connection to an address that was checked, for so long and no longer: whoever answers a byte at a
time is cut off when the time of the whole send is over."""

from __future__ import annotations

import os
import socket
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType

from app.channels.reachable import Allowed, Pinned


@dataclass(frozen=True)
class Limits:
    """How long a send may take, in seconds, and how much of an answer is read, in bytes."""

    connect: float = 2.0
    read: float = 5.0
    whole: float = 15.0
    most: int = 64 * 1024
    resolve: float = 3.0


@dataclass(frozen=True)
class Network:
    """What is asked under which limits. `authorities`: a file of certificates to trust instead of
    the public ones."""

    allowed: Allowed = field(default_factory=Allowed)
    limits: Limits = field(default_factory=Limits)
    authorities: str | None = None


class Line:
    """The one connection of a send. Within `with`; `established` says whether anything could be
    said over it, `late` whether it was cut off.

    A watch cuts it from outside, below TLS, because the time-outs of sockets begin anew with each
    byte.
    """

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self.established = False
        self.late = False
        self._ends = time.monotonic() + limits.whole
        self._below: socket.socket | None = None
        self._lock = threading.Lock()
        self._watch = threading.Timer(limits.whole, self._cut)
        self._watch.daemon = True

    def __enter__(self) -> Line:
        self._watch.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._watch.cancel()
        with self._lock:
            if self._below:
                self._below.close()
                self._below = None

    def left(self) -> float:
        """The seconds that are left, at least a few milliseconds."""
        return max(self._ends - time.monotonic(), 0.005)

    def connect(self, pinned: Pinned) -> socket.socket:
        """Connect to the first number that answers. Raises OSError."""
        last: OSError = ConnectionError()
        for number in pinned.numbers:
            try:
                found = socket.create_connection(
                    (str(number), pinned.address.port), min(self.limits.connect, self.left())
                )
            except OSError as error:
                last = error
                continue
            found.settimeout(self.limits.read)
            self._hold(found)
            return found
        raise last

    def _hold(self, connection: socket.socket) -> None:
        """Keep a hold of the connection that stays when TLS takes it over."""
        with self._lock:
            self._below = socket.socket(fileno=os.dup(connection.fileno()))
            late = self.late
        if late:
            self._cut()

    def _cut(self) -> None:
        with self._lock:
            self.late = True
            if self._below:
                with suppress(OSError):
                    self._below.shutdown(socket.SHUT_RDWR)
