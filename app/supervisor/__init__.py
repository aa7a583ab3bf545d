"""Everything under one command: Redis, the panel, the sample office of an empty demo, the ticker, the workers.

Started in that order, kept alive, stopped in the reverse one, Redis last. Each child asks the kernel to be killed when
the supervisor ends, so that even its sudden death leaves no process behind; nothing is lost by that, for what is due
stands in the database.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from types import FrameType

from redis import Redis, RedisError

import config
from app.rules.workdays import BEIJING
from app.supervisor import panel, ready, valkey
from app.supervisor.child import Child, Say
from jobs import children
from jobs.children import Children
from jobs.servable import Refused

__all__ = ["Refused", "run"]

WORKERS = 2
LOOK_SECONDS = 0.2
"""How often the supervisor looks at its children."""
REDIS_SECONDS, WEB_SECONDS, SAMPLE_SECONDS = 20.0, 90.0, 900.0
"""How long Redis, the panel and the filling of a sample office are waited for."""
WEB_GRACE, TICKER_GRACE, WORKER_GRACE, REDIS_GRACE = 15.0, 5.0, 20.0, 10.0
"""Seconds to stop by oneself: open requests end, and the job at hand."""
HURRY_SECONDS = 1.0
"""A second signal that comes later than this ends what still stops by itself."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


def run(settings: config.Config, say: Say) -> int:
    """Run Duban until it is told to stop; its exit code. `say` takes lines for whoever started it. Raises Refused."""
    with ready.alone(settings):
        ready.port_is_free(settings)
        now = ready.clock_of(settings)
        since = datetime.now(BEIJING)
        empty = ready.prepare(settings, now)
        return Supervisor(settings, say, since).run(empty)


class Supervisor:
    """The children of one desk. `since` is the real moment at which a clock that was set began to run."""

    def __init__(self, settings: config.Config, say: Say, since: datetime) -> None:
        self.settings, self._say = settings, say
        self.began = datetime.now(BEIJING)
        self.socket = None if settings.redis_url else valkey.socket_path(settings.data)
        self.redis_url = valkey.url(self.socket) if self.socket else str(settings.redis_url)
        self.environment = {**os.environ, "DESK_DATA": str(settings.data), "REDIS_URL": self.redis_url}
        if settings.clock:
            self.environment["DESK_CLOCK_SINCE"] = (settings.clock_since or since).isoformat()
        self._unfinished = children.run_folder(settings.data) / "sample-office-unfinished"
        self.children: list[Child] = []
        self.signals: list[float] = []
        self.stopping = False
        self._welcomed = False

    def say(self, line: str) -> None:
        """A line for whoever started us; he may be gone, with his terminal."""
        with contextlib.suppress(OSError):
            self._say(line)

    def run(self, empty: bool) -> int:
        """Start everything, keep it alive until a signal comes, stop it. 4: Redis did not start."""
        with self._hearing():
            try:
                code = self._start(empty)
                while not self.signals and not code:
                    self._watch()
                    time.sleep(LOOK_SECONDS)
            finally:
                self._stop()
        return code

    @property
    def _hurried(self) -> bool:
        """Whether somebody asked a second time, not just twice at once."""
        return len(self.signals) > 1 and self.signals[-1] - self.signals[0] > HURRY_SECONDS

    @contextlib.contextmanager
    def _hearing(self) -> Iterator[None]:
        """Take note of signals instead of dying of them; as it was before, afterwards."""

        def hear(number: int, frame: FrameType | None) -> None:
            self.signals.append(time.monotonic())

        before = {one: signal.signal(one, hear) for one in SIGNALS}
        try:
            yield
        finally:
            for one, handler in before.items():
                signal.signal(one, handler)

    def _start(self, empty: bool) -> int:
        if self.socket is not None:
            self._spawn("redis", valkey.command(self.settings.data, self.socket), REDIS_GRACE)
            if not self._until(self._redis_answers, REDIS_SECONDS):
                if not self.signals:
                    log = valkey.log_file(self.settings.data)
                    self.say(f"Redis did not start: see {log}, or set REDIS_URL to one that runs.")
                return 4
        elif not self._redis_answers():
            self.say("The Redis of REDIS_URL does not answer: the bot waits for it, the panel does not need it.")
        self._spawn("web", panel.command(self.settings), WEB_GRACE)
        if empty:
            self._furnish()
        elif self._unfinished.exists():
            self.say(f"The sample office was not finished: stop Duban, remove {self.settings.data} and start again.")
        self._spawn("ticker", [sys.executable, "-m", "jobs.ticker"], TICKER_GRACE)
        for n in range(1, WORKERS + 1):
            name = f"worker-{n}"
            self._spawn(name, [sys.executable, "-m", "jobs.worker", name], WORKER_GRACE)
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
        """Watch the children until something holds; False where it takes too long, or a signal comes."""
        until = time.monotonic() + seconds
        while not self.signals and time.monotonic() < until:
            self._watch()
            if holds():
                return True
            time.sleep(LOOK_SECONDS)
        return False

    def _watch(self) -> None:
        changed = False
        for child in self.children:
            if child.ended():
                self.say(f"{child.name} ended ({child.last_exit}); it is started again in {child.pause:g} s")
                changed = True
            changed |= child.restart_if_due()
        if changed:
            self._write()

    def _write(self) -> None:
        children.write(
            self.settings.data,
            Children(
                os.getpid(), self.began.isoformat(timespec="seconds"), panel.address(self.settings), self.redis_url,
                self.environment.get("DESK_CLOCK_SINCE"),
                tuple(child.state(self.stopping) for child in self.children),
            ),
        )  # fmt: skip

    def _redis_answers(self) -> bool:
        client = Redis.from_url(self.redis_url, socket_connect_timeout=1, socket_timeout=2)
        try:
            return bool(client.ping())
        except RedisError:
            return False
        finally:
            client.close()

    def _web_answers(self) -> bool:
        host = panel.near(self.settings.bind)
        connection = http.client.HTTPConnection(host, self.settings.port, timeout=5)
        try:
            connection.request("GET", "/login/")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _furnish(self) -> None:
        """An office without an account: a demo gets the sample office, production says how to make the first one."""
        if self.settings.production:
            self.say("Nobody has an account yet: run `python -m app init` to make the first one.")
            return
        if not self._until(self._web_answers, WEB_SECONDS):
            return
        self.say("The office is empty: filling it with the sample office.")
        self._unfinished.touch(mode=0o600)
        filling = Child("demo", [sys.executable, "-m", "app", "demo"], self.environment, 5.0)
        filling.start()
        try:
            if self._until(filling.ended, SAMPLE_SECONDS) and filling.last_exit == 0:
                self._unfinished.unlink()
                self._welcomed = True  # it said so itself who may come in
                return
            if not self.signals:
                self.say(f"The sample office could not be filled ({filling.last_exit}): see the lines above.")
        finally:
            filling.ask_to_stop()
            filling.wait_or_kill(filling.grace)

    def _announce(self) -> None:
        """Say where the panel is once it answers, and who may come in where the office is a sample."""
        if not self._until(self._web_answers, WEB_SECONDS):
            if not self.signals:
                self.say("The panel does not answer: see the lines above. The bot works.")
            return
        for line in self._welcome():
            self.say(line)

    def _welcome(self) -> Iterator[str]:
        sample = ready.sample_office(self.settings)
        if sample and not self._welcomed:
            names, cases = sample
            kept = self.settings.data / "demo-password"
            yield f"样例办公室 sample office: {cases} 件 cases"
            yield f"账号 accounts: {', '.join(names)}"
            if self.settings.demo_password:
                yield "密码 password: DESK_DEMO_PASSWORD"
            elif kept.exists():
                yield f"密码 password: {kept.read_text('utf-8').strip()} ({kept})"
        yield f"督办 Duban: {panel.address(self.settings)}"

    def _stop(self) -> None:
        """Stop the children in the reverse order, workers together, Redis last."""
        self.stopping = True
        for group in (("worker",), ("ticker",), ("web",), ("redis",)):
            self._stop_together([child for child in self.children if child.name.startswith(group)])
        self._write()

    def _stop_together(self, group: list[Child]) -> None:
        for child in group:
            child.ask_to_stop()
        running = [child for child in group if child.running]
        until = time.monotonic() + max((child.grace for child in group), default=0.0)
        while any(child.alive() for child in running) and time.monotonic() < until and not self._hurried:
            time.sleep(0.05)
        for child in running:
            willing = child.wait_or_kill(0.0)
            self.say(f"{child.name} stopped" if willing else f"{child.name} did not stop by itself and was killed")
