"""Processes that sweep and that act, run beside a test: one helper forks a child for each job, so
that a child starts at once and can die at any moment.

`python -m tests.hands` reads jobs as JSON lines: `{"do": "sweep", ...}` forks and answers with the
child's pid, `{"do": "wait", "pid": ...}` answers with how it ended.
"""

from __future__ import annotations

import itertools
import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from sqlalchemy import Engine, event, select
from sqlalchemy.orm import Session

from app.database import Sessions, engine_from, retried, sessions_from, transaction
from app.models import Assignment, Unit
from app.rules.refusal import NotAllowed
from app.story.theatre.cast import actor_named
from app.story.theatre.fillers import filled
from app.sweep import sweep
from app.verbs import perform
from tests.databases import KEY, SIGNING, Desk

CENTRE = ("operator", "allocator", "centre_head", "officer", "supervision_head", "examiner")


class Hands:
    """The helper, as a test holds it."""

    def __init__(self, desk: Desk) -> None:
        self.url = desk.url

    def __enter__(self) -> Self:
        self.helper = subprocess.Popen(
            [sys.executable, "-m", "tests.hands"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parent.parent,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self.helper.stdin is not None and self.helper.stdout is not None
        self.helper.stdin.close()
        self.helper.stdout.close()
        self.helper.wait(60)

    def _ask(self, **job: Any) -> int:
        assert self.helper.stdin is not None and self.helper.stdout is not None
        self.helper.stdin.write(json.dumps({"url": self.url, **job}) + "\n")
        self.helper.stdin.flush()
        return int(self.helper.stdout.readline())

    def sweep(self, at: datetime, n: int, dies_at: int | None = None) -> int:
        """Begin a sweep; the pid of its process. At that moment of its database it dies, as in a
        power cut."""
        return self._ask(do="sweep", at=at.isoformat(), n=n, dies_at=dies_at)

    def write(self, at: datetime, seed: int, n: int) -> int:
        """Begin n verbs of people, chosen by chance; the pid of their process."""
        return self._ask(do="write", at=at.isoformat(), seed=seed, n=n)

    def wait(self, pid: int) -> int:
        """How a process ended: 0, or minus the signal."""
        return self._ask(do="wait", pid=pid)


@contextmanager
def moments(engine: Engine, at_each: Callable[[int], None]) -> Iterator[None]:
    """Call `at_each` with 1, 2, 3... at every moment of a database: before and after a statement,
    before a commit."""
    count = itertools.count(1)

    def moment(*_: Any) -> None:
        at_each(next(count))

    names = ("before_cursor_execute", "after_cursor_execute", "commit")
    for name in names:
        event.listen(engine, name, moment)
    try:
        yield
    finally:
        for name in names:
            event.remove(engine, name, moment)


@contextmanager
def _own(url: str, dies_at: int | None) -> Iterator[Sessions]:
    engine = engine_from(url)

    def perhaps_die(moment: int) -> None:
        if moment == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)

    try:
        with moments(engine, perhaps_die):
            yield sessions_from(engine, KEY, signing=(SIGNING,))
    finally:
        engine.dispose()


def furnish(desk: Desk) -> None:
    """The accounts of everybody who acts, so that two who act at once don't both make them."""
    with transaction(desk.sessions) as session:
        for word in CENTRE:
            actor_named(session, word)
        for code in session.scalars(select(Unit.code)).all():
            actor_named(session, f"head@{code}")


def _do(sessions: Sessions, now: datetime, dice: random.Random, done: dict[str, int]) -> None:
    verb, who = dice.choice(
        [
            ("reply", "head"),
            ("reply", "head"),
            ("explain", "head"),
            ("request_extension", "head"),
            ("contact", "operator"),
            ("rule_on_extension", "allocator"),
            ("register", "operator"),
            ("void_reminder", "centre_head"),
            ("remind", "centre_head"),
            ("propose", "centre_head"),
            ("withdraw", "allocator"),
            ("open_supervision", "officer"),
            ("reassign", "centre_head"),
        ]
    )
    fields: dict[str, Any] = {}
    if verb == "contact":
        fields = {"kind": "repeat", "received_at": now}
    if verb.startswith("rule_on"):
        fields = {"accept": dice.random() < 0.5}
    if verb == "register":
        fields = {"kind": "help"}

    def work(session: Session) -> None:
        one = session.get_one(Assignment, dice.choice(session.scalars(select(Assignment.id)).all()))
        code = session.get_one(Unit, one.unit_id).code
        actor = actor_named(session, f"head@{code}" if who == "head" else who)
        given = filled(verb, f"案{dice.randrange(10**6)}", {"as": who, **fields}, now)
        made = perform(
            session, now, actor, verb, None if verb == "register" else one.case_id, **given
        )
        if verb == "register":
            allocator = actor_named(session, "allocator")
            perform(session, now, allocator, "allocate", case=made.id, unit=code)

    try:
        retried(sessions, work)
        done[verb] = done.get(verb, 0) + 1
    except NotAllowed:
        pass


def _run(job: dict[str, Any]) -> None:
    at = datetime.fromisoformat(job["at"])
    with _own(job["url"], job.get("dies_at")) as sessions:
        if job["do"] == "sweep":
            assert sweep(sessions, at, n=job["n"]).failures == 0
            return
        dice, done = random.Random(job["seed"]), dict[str, int]()
        for _ in range(job["n"]):
            _do(sessions, at, dice, done)
        assert done, "nothing that people tried was allowed"


def _fork(job: dict[str, Any]) -> int:
    pid = os.fork()
    if pid:
        return pid
    code = 1
    try:
        _run(job)
        code = 0
    except BaseException:
        import traceback

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Read jobs until there are no more."""
    for line in sys.stdin:
        job = json.loads(line)
        if job["do"] == "wait":
            _, status = os.waitpid(job["pid"], 0)
            answer = os.waitstatus_to_exitcode(status)
        else:
            answer = _fork(job)
        sys.stdout.write(f"{answer}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
