"""A process that makes the dossiers that wait, and may be killed half way or run out of disk:
`python -m tests.papers.maker URL DATA [STEP]`. STEP is the name of a function before which it ends
as a power cut would, or `full:BYTES`, the most that a file may have."""

from __future__ import annotations

import os
import resource
import signal
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from app.database import engine_from, sessions_from
from app.papers import dossier
from app.rules.workdays import BEIJING
from tests.databases import KEY, SIGNING

NOW = datetime(2025, 6, 12, 10, 5, tzinfo=BEIJING)


def _cut(*_: Any, **__: Any) -> NoReturn:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("unreachable")


def _after(function: Callable[..., Any], n: int) -> Callable[..., Any]:
    """The function, which ends the process at its n-th call."""
    left = [n]

    def counted(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        return function(*given, **named) if left[0] else _cut()

    return counted


def main(url: str, data: str, step: str = "") -> int:
    """Make what waits; prints what was made."""
    name, _, n = step.partition(":")
    if name == "full":
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(n), int(n)))
    elif name:
        target: Any = os if name in ("rename", "replace") else dossier
        setattr(target, name, _after(getattr(target, name), int(n or 1)))
    engine = engine_from(url)
    try:
        for path in dossier.make_waiting(
            sessions_from(engine, KEY, signing=(SIGNING,)), Path(data), NOW
        ):
            sys.stdout.write(f"{path.name}\n")
    except OSError as full:
        sys.stdout.write(f"error {full.errno}\n")
        return 3
    finally:
        engine.dispose()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
