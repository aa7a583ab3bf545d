"""Programs of Duban in processes of their own, begun from one that has read Duban already.

A fresh interpreter takes some two seconds to read the program and its libraries; a hundred commands
would take minutes of nothing else. Here a process that did so (the standard library's fork server)
is copied for each command, and the copy runs a module as `python -m` does, with the arguments and
the environment of the call. How `python -m app` itself begins is shown by `tests/test_cli.py` and
by every test that starts the whole desk.
"""

from __future__ import annotations

import multiprocessing
import os
import runpy
import sys
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from subprocess import CompletedProcess

ROOT = Path(__file__).parent.parent
PATIENCE = 240
"""Seconds after which a command is held to be stuck."""

FORKS = multiprocessing.get_context("forkserver")
FORKS.set_forkserver_preload(["app.cli", "app.cli.rehearsal"])


def _begin(
    module: str, arguments: Sequence[str], environment: Mapping[str, str], told: Sequence[str]
) -> None:
    """In the new process: its own environment, files for what it says, then the program."""
    os.chdir(ROOT)
    os.environ.clear()
    os.environ.update(environment)
    for number, path in zip((1, 2), told, strict=True):
        os.dup2(os.open(path, os.O_WRONLY), number)
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)


class Running:
    """A module that runs: `python -m MODULE ARGUMENTS` in an environment of its own."""

    def __init__(
        self, module: str, arguments: Sequence[str], environment: Mapping[str, str]
    ) -> None:
        self.line = [module, *arguments]
        self._folder = tempfile.TemporaryDirectory()
        self._told = [Path(self._folder.name) / name for name in ("stdout", "stderr")]
        for path in self._told:
            path.touch()
        told = [str(path) for path in self._told]
        self._process = FORKS.Process(
            target=_begin, args=(module, list(arguments), dict(environment), told)
        )
        self._process.start()

    def ended(self) -> CompletedProcess[str]:
        """Wait for its end: its code, negative where a signal ended it, and what it said."""
        self._process.join(PATIENCE)
        code = self._process.exitcode
        if code is None:
            self._process.kill()
            self._process.join()
        self._process.close()
        said, complained = (path.read_text("utf-8") for path in self._told)
        self._folder.cleanup()
        assert code is not None, f"{self.line} is stuck: {complained}"
        return CompletedProcess(self.line, code, said, complained)


def begun(data: Path, *arguments: str, **settings: str) -> Running:
    """`python -m app ARGUMENTS` on a data folder, begun.

    The environment is that of the tests, on SQLite, without Redis and without a password for the
    sample, but for `settings`.
    """
    own = {"DATABASE_URL": "", "REDIS_URL": "", "DESK_DEMO_PASSWORD": "", "DESK_DATA": str(data)}
    return Running("app", arguments, {**os.environ, **own, **settings})


def command(data: Path, *arguments: str, **settings: str) -> CompletedProcess[str]:
    """What `python -m app ARGUMENTS` on a data folder gave."""
    return begun(data, *arguments, **settings).ended()
