"""A process says that it lives: to systemd, or to the supervisor, which listens as systemd does
(sd_notify)."""

from __future__ import annotations

import contextlib
import os
import socket
import threading
import time

EVERY = 5.0
"""Seconds between two beats."""
BEAT, READY = b"WATCHDOG=1", b"READY=1"


class Beats:
    """Sends beats to whoever started this process, at most one in `EVERY` seconds; to nobody where
    nobody listens."""

    def __init__(self) -> None:
        self._address = os.environ.get("NOTIFY_SOCKET", "").replace("@", "\0", 1)
        self._next = 0.0

    def say(self, word: bytes) -> None:
        """Send a word; who listens no more is told nothing."""
        if self._address and hasattr(socket, "AF_UNIX"):
            with (
                socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line,
                contextlib.suppress(OSError),
            ):
                line.setblocking(False)
                line.sendto(word, self._address)

    def beat(self) -> None:
        """Say that this process lives, if it did not say so just now."""
        if time.monotonic() >= self._next:
            self._next = time.monotonic() + EVERY
            self.say(BEAT)

    def from_now_on(self) -> None:
        """Beat from a thread of its own, for a process whose loop is not ours."""

        def go_on() -> None:
            while True:
                self.beat()
                time.sleep(EVERY)

        threading.Thread(target=go_on, name="beats", daemon=True).start()
