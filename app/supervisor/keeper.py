"""The supervisor: Redis, the panel, the sample office of an empty demo, the ticker, the workers, who
tells people outside the panel, in that order.

They are kept alive, and stopped in the reverse order, Redis last. One that ends is started again,
and so is one that is deaf: every ten seconds Redis and the panel are asked and beats are looked
for, and three silences are enough. Each child asks the kernel to be killed when the supervisor
ends, so that even its sudden death leaves no process behind; nothing is lost by that, for what is
due stands in the database. No more of the program is read here than that takes.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

import config
from app.rules.workdays import BEIJING
from app.supervisor import panel, welcome
from app.supervisor.beat_socket import Ear
from app.supervisor.child import Child, Say
from app.supervisor.probes import ANSWER_SECONDS, panel_answers, redis_answers
from app.supervisor.rotation import put_aside
from app.supervisor.signals import Signals
from app.supervisor.welcome import Sample
from app.words import both
from jobs import children
from jobs.beats import READY, Beats
from jobs.children import Children
from jobs.timetable import OUTBOX_QUEUE as OUTBOX

LOOK_SECONDS = 0.2
"""How often the supervisor looks whether its children run."""
ASK_SECONDS, SILENCES = 10.0, 3
"""How often it asks whether they hear, and how often in a row one may be silent."""
FIRST_WORD_SECONDS = 90.0
"""How long a child that was started may take to its first beat or answer."""
REDIS_SECONDS, WEB_SECONDS, SAMPLE_SECONDS = 20.0, 90.0, 900.0
"""How long Redis, the panel and the filling of a sample office are waited for."""
WEB_GRACE, TICKER_GRACE, WORKER_GRACE, FRONT_GRACE, REDIS_GRACE = 15.0, 5.0, 20.0, 5.0, 10.0
"""Seconds to stop by oneself: open requests end, and the job at hand."""


class Orders(NamedTuple):
    """The orders of whoever made ready: the lock of the one supervisor, whether nobody has an
    account, the real moment at which a clock that was set began to run, how Redis is started and on
    which socket (None: another one is used), and the accounts and the number of cases of a sample
    office."""

    lock: int
    empty: bool
    since: str
    redis: list[str] | None
    socket: str | None
    sample: Sample | None


class Supervisor:
    """The children of one desk."""

    def __init__(self, settings: config.Config, say: Say, orders: Orders) -> None:
        self.settings, self._say, self.orders = settings, say, orders
        self.began = datetime.now(BEIJING)
        self.redis_url = f"unix://{orders.socket}" if orders.socket else str(settings.redis_url)
        self.ear, self.beats = Ear(), Beats()
        self.environment = {
            **os.environ,
            "DESK_DATA": str(settings.data),
            "REDIS_URL": self.redis_url,
            # Fewer pools of memory for threads that hardly use any.
            "NOTIFY_SOCKET": self.ear.address,
            "MALLOC_ARENA_MAX": os.environ.get("MALLOC_ARENA_MAX", "2"),
        }
        if settings.clock:
            since = settings.clock_since or datetime.fromisoformat(orders.since)
            self.environment["DESK_CLOCK_SINCE"] = since.isoformat()
        self._unfinished = children.run_folder(settings.data) / "sample-office-unfinished"
        self.children: list[Child] = []
        self.signals = Signals()
        self.stopping = False
        self._welcomed = False
        self._asked = time.monotonic()

    def say(self, line: str) -> None:
        """A line for whoever started us, who may be gone with the terminal."""
        with contextlib.suppress(OSError):
            self._say(line)

    def run(self) -> int:
        """Start everything, keep it alive until a signal comes, stop it. 4: Redis did not start."""
        with self.signals.noted():
            try:
                code = self._start(self.orders.empty)
                while not self.signals and not code:
                    self._watch()
                    time.sleep(LOOK_SECONDS)
            finally:
                self._stop()
        return code

    def _start(self, empty: bool) -> int:
        if self.orders.redis is not None:
            self._spawn("redis", self.orders.redis, REDIS_GRACE)
            if not self._until(self._redis_answers, REDIS_SECONDS):
                if not self.signals:
                    log = children.run_folder(self.settings.data) / "redis.log"
                    self.say(both("shell.redis.not_started", log=log))
                return 4
        elif not self._redis_answers():
            self.say(both("shell.redis.silent"))
        self._spawn("web", panel.command(self.settings), WEB_GRACE)
        if empty:
            self._furnish()
        elif self._unfinished.exists():
            self.say(both("shell.sample.unfinished", data=self.settings.data))
        self._spawn("ticker", [sys.executable, "-m", "jobs.ticker"], TICKER_GRACE)
        for n in range(1, self.settings.workers + 1):
            name = f"worker-{n}"
            # Who tells people outside the panel works beside the first, and shares its memory.
            beside = [OUTBOX] if n == 1 else []
            self._spawn(name, [sys.executable, "-m", "jobs.worker", name, *beside], WORKER_GRACE)
        if self.settings.front not in ("here", "off"):
            self._spawn("front", [sys.executable, "-m", "jobs.front_link"], FRONT_GRACE)
        self._announce()
        return 0

    def _spawn(self, name: str, command: list[str], grace: float) -> None:
        if self.signals:
            return
        child = Child(name, command, self.environment, grace)
        child.start()
        self.children.append(child)
        self._write()

    def _until(self, holds: Callable[[], bool], seconds: float) -> bool:
        """Watch the children until something holds; False where it takes too long, or a signal
        comes."""
        until = time.monotonic() + seconds
        while not self.signals and time.monotonic() < until:
            self._watch()
            if holds():
                return True
            time.sleep(LOOK_SECONDS)
        return False

    def _watch(self) -> None:
        self.beats.beat()
        self.ear.listen()
        changed = (
            self._replace_the_deaf() if time.monotonic() - self._asked >= ASK_SECONDS else False
        )
        for child in self.children:
            if child.ended():
                self.say(
                    both(
                        "shell.child.ended",
                        name=child.name,
                        exit=child.last_exit,
                        pause=f"{child.pause:g}",
                    )
                )
                changed = True
            if child.due() and child.name == "redis":
                Path(str(self.orders.socket)).parent.mkdir(mode=0o700, exist_ok=True)
            changed |= child.restart_if_due()
        if changed:
            self._write()

    def _replace_the_deaf(self) -> bool:
        """Ask every child whether it hears; one that was silent three times in a row is killed, to
        be started again. Whether there was one. While Redis is silent nobody who waits for it is
        blamed."""
        redis = redis_answers(self.redis_url, loading=True)
        deaf = []
        for child in self.children:
            if not child.running:
                continue
            heard = self._hears(child, redis)
            child.silences = 0 if heard else child.silences + 1
            if child.silences >= SILENCES:
                deaf.append(child)
        for child in deaf:
            self.say(both("shell.child.deaf", name=child.name))
            child.replace()
        self._asked = time.monotonic()
        put_aside(children.run_folder(self.settings.data) / "redis.log")
        return bool(deaf)

    def _hears(self, child: Child, redis: bool) -> bool:
        if child.name == "redis":
            return redis
        beat = child.process is not None and self.ear.heard(child.process.pid, self._asked)
        if child.name == "web":
            beat = beat and panel_answers(self.settings, "/healthz", ANSWER_SECONDS)
        elif not redis:
            return True
        child.spoke |= beat
        return beat or (not child.spoke and child.age() < FIRST_WORD_SECONDS)

    def _write(self) -> None:
        """Say what runs; a disk that is full is no reason to stop."""
        children_state = Children(
            os.getpid(),
            self.began.isoformat(timespec="seconds"),
            panel.address(self.settings),
            self.redis_url,
            self.environment.get("DESK_CLOCK_SINCE"),
            tuple(child.state(self.stopping) for child in self.children),
        )
        try:
            children.write(self.settings.data, children_state)
        except OSError as error:
            self.say(both("shell.data_unwritable", why=error.strerror))

    def _redis_answers(self) -> bool:
        return redis_answers(self.redis_url)

    def _web_answers(self) -> bool:
        return panel_answers(self.settings, "/login/", 5)

    def _furnish(self) -> None:
        """An office without an account: a demo gets the sample office, production says how to make
        the first one."""
        if self.settings.production:
            self.say(both("shell.no_account"))
            return
        if not self._until(self._web_answers, WEB_SECONDS):
            return
        self.say(both("shell.sample.filling"))
        self._unfinished.touch(mode=0o600)
        filling = Child("demo", [sys.executable, "-m", "app", "demo"], self.environment, 5.0)
        filling.start()
        try:
            if self._until(filling.ended, SAMPLE_SECONDS) and filling.last_exit == 0:
                self._unfinished.unlink()
                self._welcomed = True  # it said so itself who may come in
                return
            if not self.signals:
                self.say(both("shell.sample.failed", exit=filling.last_exit))
        finally:
            filling.ask_to_stop()
            filling.wait_or_kill(filling.grace)

    def _announce(self) -> None:
        """Say where the panel is once it answers, and who may come in where the office is a
        sample."""
        self.beats.say(READY)
        if not self._until(self._web_answers, WEB_SECONDS):
            if not self.signals:
                self.say(both("shell.panel_silent"))
            return
        for line in welcome.lines(self.settings, None if self._welcomed else self.orders.sample):
            self.say(line)

    def _stop(self) -> None:
        """Stop the children in the reverse order, workers together, Redis last."""
        self.stopping = True
        for group in ("worker", ("ticker", "front"), "web", "redis"):
            self._stop_together([child for child in self.children if child.name.startswith(group)])
        self._write()

    def _stop_together(self, group: list[Child]) -> None:
        for child in group:
            child.ask_to_stop()
        running = [child for child in group if child.running]
        self._wait_for(running, max((child.grace for child in group), default=0.0))
        for child in running:
            willing = child.wait_or_kill(0.0)
            stopped = both("shell.child.stopped", name=child.name)
            self.say(stopped if willing else both("shell.child.killed", name=child.name))

    def _wait_for(self, group: list[Child], seconds: float) -> None:
        """Wait until children ended by themselves, no longer than that and while nobody hurries."""
        until = time.monotonic() + seconds
        while any(child.alive() for child in group):
            if time.monotonic() >= until or self.signals.hurried:
                return
            time.sleep(0.05)


def main(arguments: list[str]) -> int:
    """Keep a desk alive as who made it ready ordered; the exit code."""
    orders = Orders(*json.loads(arguments[0]))
    os.set_inheritable(orders.lock, False)
    settings = config.load(os.environ)
    return Supervisor(settings, lambda line: print(line, flush=True), orders).run()  # noqa: T201


if __name__ == "__main__":
    os.umask(0o077)
    sys.exit(main(sys.argv[1:]))
