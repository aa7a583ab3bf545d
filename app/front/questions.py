"""Questions that a front holds until its desk fetches them, in memory only: the desk keeps one request
open, gets the questions of callers as its answer, and brings the answers with its next one."""

from __future__ import annotations

import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from app.front.behind import Answer, Silent

ANSWER_SECONDS = 3.0
"""How long a caller waits for the desk."""
HELD_SECONDS = 25.0
"""How long a request of the desk is held open, at most."""
GONE_SECONDS = 40.0
"""The desk is away where it was not heard for so long."""
MOST_WAITING = 16
"""So many callers may wait at once; others are told to come back."""


@dataclass
class _Asked:
    question: Mapping[str, str]
    answered: threading.Event = field(default_factory=threading.Event)
    answer: Answer | None = None
    fetched: bool = False


class Questions:
    """The questions of one front."""

    def __init__(self) -> None:
        self._open: dict[str, _Asked] = {}
        self._changed = threading.Condition()
        self._heard = -GONE_SECONDS

    def ask(self, question: Mapping[str, str], seconds: float = ANSWER_SECONDS) -> Answer:
        """Wait for the desk's answer. Raises Silent where it is away or does not say in time."""
        id, asked = secrets.token_hex(8), _Asked(question)
        with self._changed:
            away = time.monotonic() - self._heard > GONE_SECONDS
            if away or len(self._open) >= MOST_WAITING:
                raise Silent
            self._open[id] = asked
            self._changed.notify_all()
        asked.answered.wait(seconds)
        with self._changed:
            del self._open[id]
        if asked.answer is None:
            raise Silent
        return asked.answer

    def held(
        self, answers: Mapping[str, Answer], seconds: float, came: Callable[[], bool]
    ) -> dict[str, Mapping[str, str]]:
        """Take the desk's answers and hold its request until there is a question, or something came
        for it; the questions by their ids, each told once."""
        with self._changed:
            self._heard = time.monotonic()
            for id, answer in answers.items():
                if id in self._open:
                    self._open[id].answer = answer
                    self._open[id].answered.set()
            self._changed.wait_for(
                lambda: self._asked() or came(), max(0.0, min(seconds, HELD_SECONDS))
            )
            self._heard = time.monotonic()
            found = {id: asked.question for id, asked in self._open.items() if not asked.fetched}
            for id in found:
                self._open[id].fetched = True
            return found

    def look_again(self) -> None:
        """Something came for the desk: the request that is held looks."""
        with self._changed:
            self._changed.notify_all()

    def _asked(self) -> bool:
        return any(not asked.fetched for asked in self._open.values())
