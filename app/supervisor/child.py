"""One process that is kept alive: started in a session of its own, restarted with a growing pause,
stopped in time."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from app.rules.workdays import BEIJING
from jobs.children import ChildState
from jobs.parent import dying_with_me

Say = Callable[[str], None]
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a child is started again: doubled with each failure in a row."""
STEADY = 60.0
"""A child that ran so many seconds is no longer counted as failing."""


class Child:
    """A process with its command. `grace` is how many seconds it may take to stop by itself."""

    def __init__(
        self, name: str, command: Sequence[str], environment: Mapping[str, str], grace: float
    ) -> None:
        self.name, self.command, self.environment, self.grace = (
            name,
            list(command),
            dict(environment),
            grace,
        )
        self.process: subprocess.Popen[bytes] | None = None
        self.restarts, self.failures = 0, 0
        self.last_exit: int | None = None
        self.started_at: datetime | None = None
        self.silences = 0
        self.spoke = False
        self._began = 0.0
        self._next = 0.0

    def start(self) -> None:
        """Start it, from the main thread: the kernel ends it with the thread that started it. In a
        session of its own, so that Ctrl-C reaches the supervisor only, who stops all in their
        order. OSError where it cannot be run."""
        self.process = subprocess.Popen(  # noqa: S603  (our own command, no shell)
            self.command,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=dying_with_me(),
        )
        self._began = time.monotonic()
        self.silences, self.spoke = 0, False
        self.started_at = datetime.now(BEIJING)

    @property
    def running(self) -> bool:
        """Whether it runs, as far as was looked."""
        return self.process is not None

    def alive(self) -> bool:
        """Whether it runs, looked at now."""
        return self.process is not None and self.process.poll() is None

    def ended(self) -> bool:
        """Look whether it ended by itself since it was looked at last; then it waits to be started
        again."""
        if self.process is None or self.process.poll() is None:
            return False
        self.last_exit = self.process.returncode
        self._sweep_up()
        self.process = None
        self.failures = 0 if time.monotonic() - self._began > STEADY else self.failures + 1
        self._next = time.monotonic() + self.pause
        return True

    @property
    def pause(self) -> float:
        """Seconds until it is started again."""
        return float(min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** max(0, self.failures - 1)))

    def age(self) -> float:
        """Seconds since it was started last."""
        return time.monotonic() - self._began

    def replace(self) -> None:
        """Kill it with all its kind, to be started again as one that ended."""
        self._sweep_up()
        if self.process is not None:
            self.process.wait()

    def due(self) -> bool:
        """Whether it ended and its pause is over."""
        return self.process is None and time.monotonic() >= self._next

    def restart_if_due(self) -> bool:
        """Start it again once its pause is over."""
        if not self.due():
            return False
        self.restarts += 1
        self.start()
        return True

    def ask_to_stop(self) -> None:
        """Ask it to end by itself."""
        if self.process is not None:
            self.process.terminate()

    def wait_or_kill(self, seconds: float) -> bool:
        """Wait until it ended, at most so long; then kill it with all its kind. Whether it ended by
        itself."""
        if self.process is None:
            return True
        try:
            self.process.wait(max(0.0, seconds))
            willing = True
        except subprocess.TimeoutExpired:
            willing = False
        self._sweep_up()
        self.last_exit = self.process.wait()
        self.process = None
        return willing

    def _sweep_up(self) -> None:
        """Kill what is left of its session's first group, itself included."""
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):  # nothing is left
                os.killpg(self.process.pid, signal.SIGKILL)

    def state(self, stopping: bool) -> ChildState:
        """Its state, as the bot page tells it."""
        word = "running" if self.process else "stopped" if stopping else "waiting"
        return ChildState(
            self.name,
            self.process.pid if self.process else None,
            word,
            self.started_at.isoformat(timespec="seconds") if self.started_at else None,
            self.restarts,
            self.last_exit,
        )
