"""The job that tells people outside the panel: it takes notices, sends what is due by every way at once, and
writes down what became of it.

Each way has a thread of its own, so that one that hangs keeps no other waiting; nothing is sent within a
transaction. A sudden death leaves claims that end by themselves: what was sent and not yet written down, one
message a way, is sent again under the same key.
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TypeVar

from sqlalchemy.orm import Session

from app.channels import Channel, Sent, Told
from app.channels.line import Network
from app.channels.reachable import Allowed
from app.channels.setup import built
from app.database import Sessions, reading, retried, transaction
from app.logs import logger
from app.models import Run
from app.rules.refusal import NotAllowed
from app.rules.telling import JOB_SECONDS
from app.stages.outbox import (
    Claimed,
    Result,
    SetUp,
    anything,
    claim,
    due_ways,
    let_go,
    note_ended,
    record,
    set_up,
    take,
    unnoted,
)
from jobs.clocks import refuse_wrong_clock
from jobs.desk import desk
from jobs.timetable import OUTBOX

log = logger("duban.outbox")
AT_ONCE = 20
"""So many messages of a way are claimed at once."""
MOST_WAYS = 32
"""So many ways are served at once."""
LOOKS_EVERY = 0.5
"""Seconds between two looks for what came meanwhile, while something is still being sent."""
Make = Callable[[SetUp, str], Channel]
"""Makes the channel of a way out, and of a robot that a unit has of its own by its address. Raises
NotAllowed."""
Counts = dict[str, int]
Found = TypeVar("Found")


def channels(network: Network, production: bool) -> Make:
    """How ways out are made here."""

    def make(way: SetUp, robot: str) -> Channel:
        own = {**way.secrets, "url": robot} if robot else way.secrets
        return built(way.kind, way.settings, own, network, production)

    return make


@dataclass
class Post:
    """One pass of the outbox over one database. `clock` is the desk's time, which may be another than
    this machine's."""

    sessions: Sessions
    clock: Callable[[], datetime]
    make: Make
    seconds: float = JOB_SECONDS
    sender: str = field(default_factory=lambda: secrets.token_hex(6))
    counts: Counts = field(default_factory=lambda: dict.fromkeys(("notices", "sent", "ended"), 0))
    _running: dict[str, Future[None]] = field(default_factory=dict)
    _failed: list[Future[None]] = field(default_factory=list)
    _threads: ThreadPoolExecutor = field(
        default_factory=lambda: ThreadPoolExecutor(MOST_WAYS, thread_name_prefix="way")
    )

    def run(self) -> Counts:
        """Take and send until nothing is due, or the time is over; what hangs by then is waited for as
        long as one message may take."""
        until = time.monotonic() + self.seconds
        while True:
            self._take()
            begun = self._begin(until) if time.monotonic() < until else False
            self._note()
            if not self._alive() and not begun:
                break
            self._wait()
        self._note()
        self._threads.shutdown(wait=False)
        for failed in self._failed:
            failed.result()
        return self.counts

    def _take(self) -> None:
        while self._read(lambda session: anything(session, self.clock())):
            n = retried(self.sessions, lambda session: take(session, self.clock()))
            self.counts["notices"] += n
            if not n:  # somebody else took them
                return

    def _note(self) -> None:
        while self._read(unnoted):
            n = retried(self.sessions, lambda session: note_ended(session, self.clock()))
            self.counts["ended"] += n
            if not n:
                return

    def _read(self, look: Callable[[Session], Found]) -> Found:
        """What is found by reading, which keeps no writer waiting."""
        with reading(self.sessions) as session:
            return look(session)

    def _begin(self, until: float) -> bool:
        """Begin a thread for each way that has something to send and none; whether there was one."""
        due = self._read(lambda session: due_ways(session, self.clock()))
        new = [name for name in due if name not in self._running]
        for name in new:
            self._running[name] = self._threads.submit(self._by, name, until)
        return bool(new)

    def _alive(self) -> bool:
        over = {name: one for name, one in self._running.items() if one.done()}
        self._running = {name: one for name, one in self._running.items() if name not in over}
        for name, one in over.items():
            if one.exception() is not None:
                # It says so once all others are served; what it held ends with its lease.
                log.error("a way out could not be served", way=name, exc_info=one.exception())
                self._failed.append(one)
        return bool(self._running)

    def _wait(self) -> None:
        wait(self._running.values(), LOOKS_EVERY, FIRST_COMPLETED)

    def _by(self, name: str, until: float) -> None:
        """Send by one way until nothing is due there, it takes no more, or the time is over."""
        try:
            self._send_all(name, until)
        finally:
            retried(self.sessions, lambda session: let_go(session, name, self.sender))

    def _send_all(self, name: str, until: float) -> None:
        way = self._read(lambda session: set_up(session, name))
        if way is None:
            return
        while time.monotonic() < until:
            claimed = retried(
                self.sessions,
                lambda session: claim(session, self.clock(), name, self.sender, AT_ONCE),
            )
            if not claimed or not all(self._send_one(way, one, until) for one in claimed):
                return

    def _send_one(self, way: SetUp, one: Claimed, until: float) -> bool:
        """Send a message and write down what became of it; whether the way takes another."""
        if time.monotonic() >= until:
            return False
        result = self._sent(way, one)
        self.counts["sent"] += 1
        work = partial(
            record,
            now=self.clock(),
            name=way.name,
            sender=self.sender,
            id=one.id,
            result=result,
        )
        return retried(self.sessions, work)

    def _sent(self, way: SetUp, one: Claimed) -> Result:
        try:
            channel = self.make(way, one.robot)
        except NotAllowed:
            return Result("away", "set_up_wrong")
        told = Told(one.kind, one.fields, one.to, one.subject, one.text, one.key)
        return _result(channel.send(told))


def _result(sent: Sent) -> Result:
    return Result(sent.outcome, sent.code, sent.reference, sent.theirs, sent.again_in)


def send_waiting() -> Counts:
    """Tell whoever waits to be told. The row of its run stands only where there was something."""
    here = desk()
    refuse_wrong_clock(here.sessions)
    began, started = time.monotonic(), here.now()
    allowed = Allowed.read(here.settings.allowed_hosts)
    post = Post(here.sessions, here.now, channels(Network(allowed), here.settings.production))
    counts = post.run()
    if any(counts.values()):
        seconds = round(time.monotonic() - began, 3)
        log.info("outbox", **counts, seconds=seconds)
        with transaction(here.sessions) as session:
            session.add(
                Run(
                    name=OUTBOX.name,
                    looked_at=started,
                    started_at=started,
                    finished_at=here.now(),
                    cases=counts["sent"],
                    failures=0,
                )
            )
    return counts
