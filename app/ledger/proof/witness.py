"""Witnesses: the digits that papers bear, typed or read off a photograph, looked for among the
checkpoints. One that is not found was printed from a checkpoint that is gone, or signed anew."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger.checkpoints import DIGITS
from app.ledger.proof.flaw import Flaw
from app.models import OFFICE_CHAIN, Checkpoint
from app.words import Message

_READ_AS = str.maketrans({"o": "0", "l": "1", "i": "1", "|": "1", "!": "1"})
"""Signs that the eye and a machine take for digits -> the digits."""
_DIGITS = rf"[0-9a-f]{{{DIGITS}}}"
_WHOLE = re.compile(rf"(?<![0-9a-z]){_DIGITS}(?![0-9a-z])")
_GROUPED = re.compile(r"(?<![0-9a-z])[0-9a-f]{4}(?:[\s·-]{1,3}[0-9a-f]{4}){3}(?![0-9a-z])")
_MISTYPED = re.compile(r"(?=.*[a-f])[0-9a-f]{10,24}")
_BLANK = re.compile(r"[\s·-]")


class NoWitness(ValueError):
    """A file holds nothing that could be a witness."""


def witnesses_in(lines: Iterable[str]) -> Iterator[tuple[int, str]]:
    """(line, what stands there) for each witness of a file: sixteen digits, in one piece or in
    groups of four, among whatever else was photographed, in any case and width, with o for 0 and l
    or i for 1. Of a line of nothing but digits that are a few too few or too many, these as they
    stand. Lines that begin with `#` are notes."""
    for n, line in enumerate(lines, 1):
        plain = unicodedata.normalize("NFKC", line).casefold().strip()
        if plain and not plain.startswith("#"):
            yield from ((n, found) for found in _read(plain.translate(_READ_AS)))


def _read(line: str) -> Iterator[str]:
    found = [*_WHOLE.findall(line), *_GROUPED.findall(line)]
    squeezed = _BLANK.sub("", line)
    if not found and (re.fullmatch(_DIGITS, squeezed) or _MISTYPED.fullmatch(squeezed)):
        found = [squeezed]
    yield from (_BLANK.sub("", one) for one in found)


def witness_flaws(session: Session, lines: Iterable[str]) -> list[Flaw]:
    """The witnesses of a file that no checkpoint has, and the lines that cannot be read as one.
    Raises NoWitness where the file holds none."""
    found = list(witnesses_in(lines))
    if not found:
        raise NoWitness
    query = select(Checkpoint.root).execution_options(yield_per=5000)
    roots = {root[:DIGITS] for root in session.scalars(query)}
    return [_lost(n, digits) for n, digits in found if digits not in roots]


def _lost(n: int, digits: str) -> Flaw:
    lost = len(digits) == DIGITS
    msgid = "flaw.witness.lost" if lost else "flaw.witness.unreadable"
    return Flaw(OFFICE_CHAIN, 0, Message(msgid, {"line": n, "digits": digits}), ("witness", digits))
