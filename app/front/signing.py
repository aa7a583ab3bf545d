"""How the desk signs what it asks of its front: the way, the moment and the body. A request is good
once, for two minutes."""

from __future__ import annotations

import threading
import time
from hashlib import sha256

from app.front.sealing import DeskKeys, DeskSeen

AT, SIGNATURE = "Duban-At", "Duban-Signature"
WINDOW_SECONDS = 120
"""How far the clocks of both machines may differ."""


def _said(path: str, at: str, body: bytes) -> bytes:
    return "\n".join(("duban-front", path, at, sha256(body).hexdigest())).encode()


def heads(keys: DeskKeys, path: str, body: bytes) -> dict[str, str]:
    """The heads of a signed request; its moment is in nanoseconds, so that no two are alike."""
    at = str(time.time_ns())
    return {AT: at, SIGNATURE: keys.sign(_said(path, at, body))}


class Gate:
    """Lets in what the desk signed, once each."""

    def __init__(self, desk: DeskSeen) -> None:
        self._desk = desk
        self._seen: dict[str, float] = {}
        self._lock = threading.Lock()

    def lets_in(self, path: str, at: str, signature: str, body: bytes) -> bool:
        """Whether a request is the desk's, of now, and was not let in before."""
        now = time.time()
        if not (at.isascii() and at.isdigit() and len(at) < 22):
            return False
        if abs(now - int(at) / 1e9) > WINDOW_SECONDS:
            return False
        if not self._desk.signed(_said(path, at, body), signature):
            return False
        with self._lock:
            self._seen = {one: until for one, until in self._seen.items() if until > now}
            fresh = at not in self._seen
            self._seen[at] = now + 2 * WINDOW_SECONDS
        return fresh
