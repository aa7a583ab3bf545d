"""`python -m jobs.front_link`: the desk's line to its front on another machine. One request is always
held open there: questions of callers come back as its answer, and their answers go with the next;
beside it what waits is fetched, made a message and acknowledged.

The front never calls the desk: only the desk opens connections. A front that is away is tried again,
longer and longer apart.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from types import FrameType
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy.exc import DBAPIError

import config
from app.channels.http import Answer, Request, ask
from app.channels.line import Limits, Network
from app.channels.reachable import Allowed
from app.database import reading
from app.front.behind import Parcel
from app.front.sealing import DeskKeys, NotOurs
from app.front.signing import heads
from app.front.spool import MOST_OF_ONE, is_name
from app.logs import write_lines
from app.rules.office import NOTICE, SETTINGS
from app.rules.refusal import NotAllowed
from app.stages.calendar import settings_known
from jobs import front_desk
from jobs.beats import READY, Beats
from jobs.desk import Desk, desk
from jobs.front_keys import keys_of
from jobs.reach_health import heard
from jobs.servable import Refused

log = logging.getLogger("duban.front")
HELD, GRACE = 25.0, 10.0
"""Seconds that a request is held at the front, and how much later it is taken for lost."""
PAUSES = (1.0, 2.0, 5.0, 15.0, 30.0)
"""Seconds to the next try, one after another."""
AGAIN = 60.0
"""Seconds until what could not be made a message is tried again."""
MOST_WRONG, WRONG_SECONDS = 500, 3600.0
"""So many questions in an hour may find nothing; the front itself stops long before."""
CERTIFICATE = "front.crt"
"""A certificate in DESK_DATA that the front's own has to be, or to be signed by, where no public
authority vouches for it."""


class FrontAway(Exception):
    """The front did not answer, or not as a front does; the message is our word for why."""


class Link:
    """The line of one desk to one front."""

    def __init__(self, of: Desk, address: str, keys: DeskKeys) -> None:
        self._desk, self._address, self._keys = of, address, keys
        parts = urlsplit(address)
        # Whoever set the address in the environment opens it, wherever it is.
        allowed = Allowed.read([parts.netloc])
        pinned = of.settings.data / CERTIFICATE
        trusted = str(pinned) if pinned.exists() else None
        held = Limits(read=HELD + GRACE, whole=HELD + GRACE)
        parcels = Limits(read=30.0, whole=300.0, most=MOST_OF_ONE)
        self._held = Network(allowed, held, trusted)
        self._parcels = Network(allowed, parcels, trusted)
        self._newest = ""
        self._wrong: deque[float] = deque()

    def hold(self, answers: Mapping[str, Any], seconds: float = HELD) -> dict[str, Any]:
        """Hold a request: the questions by their ids, and whether something new waits
        (`came`). Raises FrontAway, DBAPIError."""
        with reading(self._desk.sessions) as session:
            words = settings_known(session)
        office = words.get("office") or SETTINGS["office"]
        notice = (words.get(NOTICE) or SETTINGS[NOTICE]).replace("{office}", office)
        told = {"answers": answers, "newest": self._newest, "seconds": seconds}
        found = self._json(self._held, "/desk/hold", {**told, "office": office, "notice": notice})
        newest = str(found.get("newest") or "")
        came, self._newest = newest > self._newest, newest
        questions = found.get("questions")
        return {"questions": questions if isinstance(questions, dict) else {}, "came": came}

    def was_heard(self) -> None:
        """Note that the front answered; a disk that takes no file keeps no line closed."""
        with suppress(OSError):
            heard(self._desk.settings.data)

    def answers(self, questions: Mapping[str, Any]) -> dict[str, Any]:
        """The answers to questions, by their ids; none to what the database cannot tell now, and
        none at all after too many that found nothing: whoever has taken the front finds no code by
        trying either."""
        found: dict[str, Any] = {}
        for id, question in questions.items():
            if not isinstance(question, dict) or self._tried_too_often():
                continue
            try:
                asked = {str(name): str(words) for name, words in question.items()}
                found[id] = front_desk.answer(self._desk.sessions, self._desk.now(), asked)
            except DBAPIError as error:
                log.warning("a question is left open: %s", type(error).__name__)
                continue
            if not found[id].get("found"):
                self._wrong.append(time.monotonic())
        return found

    def _tried_too_often(self) -> bool:
        while self._wrong and time.monotonic() - self._wrong[0] > WRONG_SECONDS:
            self._wrong.popleft()
        if len(self._wrong) < MOST_WRONG:
            return False
        log.warning("too many questions found nothing; they are left open for a while")
        return True

    def fetch(self) -> int:
        """Fetch what waits, the oldest first: how many became messages or ratings. What cannot be
        made one stays there. Raises FrontAway."""
        after, done = "", 0
        while True:
            answer = self._asked(self._parcels, "/desk/pull", {"after": after})
            if answer.status == 204:
                return done
            head, _, sealed = answer.body.partition(b"\n")
            name = head.decode(errors="replace")
            if not (is_name(name) and name > after):
                raise FrontAway("answer_unreadable")
            after = name
            if taken(self._desk, self._keys, name, sealed):
                self._json(self._held, "/desk/acknowledge", {"names": [name]})
                done += 1

    def _json(self, network: Network, path: str, told: Mapping[str, Any]) -> dict[str, Any]:
        found = self._asked(network, path, told).told()
        if not isinstance(found, dict):
            raise FrontAway("answer_unreadable")
        return found

    def _asked(self, network: Network, path: str, told: Mapping[str, Any]) -> Answer:
        body = json.dumps(told).encode()
        signed = {"Content-Type": "application/json", **heads(self._keys, path, body)}
        answer = ask(network, Request(f"{self._address}{path}", body, signed))
        verdict = answer.verdict()
        if verdict is not None:
            raise FrontAway(f"{verdict.code} {verdict.theirs}".strip())
        return answer


def taken(of: Desk, keys: DeskKeys, name: str, sealed: bytes) -> bool:
    """Whether the desk has a parcel now: made a message, a rating put on record or refused for
    good. What is none of this desk's, or cannot be kept now, is told in the log by its name."""
    try:
        parcel = Parcel.unpacked(keys.opened(sealed))
        front_desk.keep(of.settings, of.sessions, of.now(), parcel)
    except (NotOurs, ValueError, NotAllowed, DBAPIError, OSError) as error:
        log.warning("%s stays at the front: %s", name, type(error).__name__)
        return False
    return True


class Fetching:
    """A thread that fetches when it is woken, and from time to time what could not be kept
    before."""

    def __init__(self, link: Link, stopped: threading.Event) -> None:
        self._link, self._stopped, self._woken = link, stopped, threading.Event()
        self.thread = threading.Thread(target=self._run, name="fetching", daemon=True)

    def wake(self) -> None:
        """Something waits."""
        self._woken.set()

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._woken.clear()
            try:
                self._link.fetch()
            except FrontAway as away:
                log.warning("nothing fetched: %s", away)
            self._woken.wait(AGAIN)


def run(link: Link, stopped: threading.Event, seconds: float = HELD) -> None:
    """Hold requests, so many seconds each at most, until stopped."""
    fetching = Fetching(link, stopped)
    fetching.thread.start()
    failures, answers = 0, dict[str, Any]()
    while not stopped.is_set():
        try:
            found = link.hold(answers, seconds)
        except (FrontAway, DBAPIError) as away:
            pause = PAUSES[min(failures, len(PAUSES) - 1)]
            log.warning("the front is away (%s); again in %g s", away, pause)
            failures, answers = failures + 1, {}
            stopped.wait(pause)
            continue
        failures = 0
        link.was_heard()
        if found["came"]:
            fetching.wake()
        answers = link.answers(found["questions"])
    fetching.wake()


def main() -> int:
    """Keep the line until SIGTERM or SIGINT; 2 where the settings cannot be used."""
    write_lines("front")
    try:
        of = desk()
        if of.settings.front in ("here", "off"):
            raise config.ConfigError("DESK_FRONT: " + of.settings.front)
        link = Link(of, of.settings.front, keys_of(of.settings.data))
    except (config.ConfigError, Refused, ValueError) as wrong:
        log.error("%s", wrong)
        return 2
    stopped, beats = threading.Event(), Beats()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()
        # A request may be held for half a minute, and nothing is lost with it.
        sys.exit(0)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    beats.say(READY)
    beats.from_now_on()
    run(link, stopped)
    return 0


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main())
