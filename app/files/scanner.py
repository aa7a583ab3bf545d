"""The office's own scanner for malicious files, where it has one: a command that is given the path
of a file."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import tempfile
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from app.rules.refusal import NotAllowed

SECONDS = 30.0
"""How long a scanner may take for one file."""
CLEAN, FOUND = 0, 1
"""The exit codes of a scanner, as ClamAV has them; any other means that it could not look."""
MOST_SAID = 80
_READ = 4096


@dataclass(frozen=True)
class Scanner:
    """A scanner: its command (words as a shell would split them; the path comes last), and its
    patience in seconds."""

    command: str
    seconds: float = SECONDS

    @property
    def words(self) -> list[str]:
        """The command, word by word. Raises ValueError where a quote is not closed, or nothing is
        there."""
        found = shlex.split(self.command)
        if not found:
            raise ValueError("no command")
        return found

    def missing(self) -> str | None:
        """The program that cannot be run, or None."""
        try:
            program = self.words[0]
        except ValueError:
            return self.command
        return None if shutil.which(program) else program


def scanned(scanner: Scanner | None, path: Path) -> None:
    """Have a file scanned. Raises NotAllowed (file_infected) with what the scanner says it found,
    and (file_unscanned) where it cannot be run, does not end in time or ends with another code than
    0 or 1."""
    if scanner is None:
        return
    with tempfile.TemporaryFile() as said:
        code = _run(scanner, path, said.fileno())
        said.seek(0)
        told = said.read(_READ).decode(errors="replace")
    if code == FOUND:
        raise NotAllowed("file_infected", found=_named(told, path))
    if code != CLEAN:
        raise NotAllowed("file_unscanned")


def _run(scanner: Scanner, path: Path, output: int) -> int | None:
    """The exit code, None where there is none. Whatever the command started ends with it."""
    try:
        process = subprocess.Popen(
            [*scanner.words, str(path)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError):
        return None
    try:
        return process.wait(scanner.seconds)
    except subprocess.TimeoutExpired:
        return None
    finally:
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _named(told: str, path: Path) -> str:
    """The finding of a scanner, from its first line, without the path and what is not seen."""
    line = next((line for line in told.splitlines() if line.strip()), "")
    line = (
        line.replace(str(path), "").replace(path.name, "").strip().removesuffix("FOUND").strip(" :")
    )
    seen = "".join(
        sign
        for sign in line
        if not unicodedata.category(sign).startswith(("C", "Z")) or sign == " "
    )
    return seen[:MOST_SAID] or "?"
