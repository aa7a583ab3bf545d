"""A text without the caller: name and number wherever and however they were written, other people's
numbers, identity numbers. Found on the folded text, covered in the typed one.

On a confidential case all of it is covered wholly; on another the numbers of third persons are
masked. [procedure 1: identity never reaches a unit; procedure 8: caller redacted]
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import chain
from typing import Any

from app.rules.covering.names import NAME, WORD, is_on_file, names, words
from app.rules.covering.numbers import (
    IDENTITY,
    LANDLINE,
    MOBILE,
    OWN,
    SHORT,
    STARRED,
    Found,
    numbers,
    own,
)
from app.rules.covering.ordinary import is_ordinary
from app.rules.covering.suspects import suspects
from app.rules.folding import fold, visible
from app.rules.phones import mask

__all__ = [
    "CALLER",
    "COVERS",
    "IDENTITY",
    "LANDLINE",
    "MOBILE",
    "NAME",
    "NOBODY",
    "OWN",
    "SHORT",
    "STARRED",
    "SUSPECT",
    "WORD",
    "Hidden",
    "Run",
    "covered",
    "guesses",
    "hidden",
    "is_on_file_with",
    "runs",
    "together",
    "uncovered",
    "without_caller",
]

CALLER = "〔诉求人〕"
COVERS = {
    NAME: CALLER,
    OWN: CALLER,
    MOBILE: "〔号码〕",
    LANDLINE: "〔号码〕",
    SHORT: "〔号码〕",
    STARRED: "〔号码〕",
    IDENTITY: "〔证件号〕",
    WORD: "〔略〕",
}
"""The words that stand where a run of each kind is covered wholly."""
_FIRST = (OWN, NAME, WORD, IDENTITY, MOBILE, LANDLINE, SHORT, STARRED, "suspect")
"""Of runs that overlap, which kind gives its name to the whole."""
_INTRODUCED = re.compile(r"(?:我叫|我是|名叫|姓名|叫做|本人|联系人|户主|业主)[是为:' ]{0,2}$")
_TITLED = re.compile(r"[ ]?(?:先生|女士|小姐|同志|大爷|大妈|阿姨|老师|师傅)")


@dataclass(frozen=True)
class Hidden:
    """The words that must not be read of a case: its callers' names and numbers, and whether it is
    confidential; words that somebody covered more, and those that were uncovered because they are
    ordinary ones."""

    names: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    wholly: bool = False
    more: tuple[str, ...] = ()
    less: tuple[str, ...] = ()


NOBODY = Hidden()
SUSPECT = "suspect"
"""The kind of what looks like a person and is not covered."""


@dataclass(frozen=True, order=True)
class Run:
    """A covered run of the typed text, `end` exclusive."""

    start: int
    end: int
    kind: str


def hidden(
    names: Iterable[str] = (),
    numbers: Iterable[str] = (),
    wholly: bool = False,
    more: Iterable[str] = (),
    less: Iterable[str] = (),
) -> Hidden:
    """The same however often and in whatever order names and numbers are given."""
    return Hidden(_words(names), _words(numbers), wholly, _words(more), _words(less))


def _words(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({word.strip() for word in given} - {""}))


def together(all: Iterable[Hidden]) -> Hidden:
    """The same of several cases at once."""
    parts = list(all)
    less = set(chain.from_iterable(part.less for part in parts))
    return hidden(
        chain.from_iterable(part.names for part in parts),
        chain.from_iterable(part.numbers for part in parts),
        any(part.wholly for part in parts),
        chain.from_iterable(part.more for part in parts),
        (word for word in less if all_agree(parts, word)),
    )


def all_agree(parts: Collection[Hidden], word: str) -> bool:
    """Whether a word was uncovered on each of several cases."""
    return all(word in part.less for part in parts)


def runs(text: str, of: Hidden = NOBODY) -> list[Run]:
    """The covered runs of a typed text, from left to right, none within another."""
    folded, less = fold(text), {visible(word) for word in of.less}
    found = [run for run in _found(folded.text, of) if not _taken_back(folded.text, run, of, less)]
    found += words(folded.text, of.more)
    return [
        Run(*folded.typed(start, end), kind) for start, end, kind in _joined(found) if start < end
    ]


def _found(text: str, of: Hidden) -> list[Found]:
    """The runs of a folded text that are the caller's or a third person's, some within others."""
    known = [each for number in of.numbers for each in own(number)]
    return [*numbers(text, known), *names(text, of.names, of.wholly)]


def uncovered(text: str, of: Hidden = NOBODY) -> list[Run]:
    """Runs that look like a person in a typed text and are not covered: for somebody to judge."""
    folded, hit = fold(text), runs(text, of)
    less = {visible(word) for word in of.less}
    found = []
    for start, end, _ in _joined((*each, SUSPECT) for each in suspects(folded.text)):
        first, last = folded.typed(start, end)
        clear = all(run.end <= first or last <= run.start for run in hit)
        if clear and visible(folded.text[start:end]) not in less:
            found.append(Run(first, last, SUSPECT))
    return found


def _taken_back(text: str, run: Found, of: Hidden, less: Collection[str]) -> bool:
    """Whether a run is a word that somebody took back, and may be."""
    return visible(text[run[0] : run[1]]) in less and _is_guess(text, run, of)


def _is_guess(text: str, run: Found, of: Hidden) -> bool:
    """Whether a run may be somebody else's, or nobody's: another number than those on file, a
    family name with a title, an ordinary word; never what the caller is on file with, an identity
    number, or what is plainly a person's name there."""
    start, end, kind = run
    if kind != NAME:
        return kind in (MOBILE, LANDLINE, SHORT)
    if _INTRODUCED.search(text[:start]) or _TITLED.match(text, end):
        return False
    return is_ordinary(text[start:end]) or not is_on_file(text[start:end], of.names)


def guesses(text: str, of: Hidden = NOBODY) -> list[str]:
    """The covered words of a typed text that may be taken back, each once."""
    folded, hit = fold(text), []
    for run in sorted(_found(folded.text, of)):
        if run[0] < run[1] and _is_guess(folded.text, run, of):
            first, last = folded.typed(run[0], run[1])
            hit.append(text[first:last])
    return list(dict.fromkeys(hit))


def is_on_file_with(word: str, of: Hidden) -> bool:
    """Whether a word is what the caller is on file with, an identity number or a masked one: it is
    never shown again."""
    text = fold(word).text
    whole = [run for run in _found(text, of) if visible(text[run[0] : run[1]]) == visible(text)]
    return bool(whole) and not any(_is_guess(text, run, of) for run in whole)


def _joined(found: Iterable[Found]) -> list[Found]:
    """Runs that overlap as one."""
    made: list[Found] = []
    for start, end, kind in sorted(found):
        if made and start < made[-1][1]:
            first, last, known = made.pop()
            kind = min(kind, known, key=_FIRST.index)
            start, end = first, max(last, end)
        made.append((start, end, kind))
    return made


def covered(text: str, of: Hidden = NOBODY) -> str:
    """A text as those read it who may not know the caller."""
    parts, over = [], 0
    for run in runs(text, of):
        parts += [text[over : run.start], _instead(text[run.start : run.end], run.kind, of.wholly)]
        over = run.end
    return "".join([*parts, text[over:]])


def _instead(typed: str, kind: str, wholly: bool) -> str:
    if wholly or kind in (NAME, OWN, WORD):
        return COVERS[kind]
    return typed if kind == STARRED else _masked(typed, kind)


def _masked(typed: str, kind: str) -> str:
    if kind != IDENTITY:
        return mask(typed)
    digits = re.sub(r"[^0-9x]", "", visible(typed))
    return digits[:4] + "*" * (len(digits) - 4)


def without_caller(value: Any, of: Hidden, spared: Collection[str] = ()) -> Any:
    """The same for every text within lists and dicts; what stands under a `spared` key stays."""
    if isinstance(value, str):
        return covered(value, of)
    if isinstance(value, dict):
        return {
            name: part if name in spared else without_caller(part, of, spared)
            for name, part in value.items()
        }
    if isinstance(value, list | tuple):
        return [without_caller(part, of, spared) for part in value]
    return value
