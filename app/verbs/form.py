"""What a verb is: its stage, its target, the function behind it, the fields of its form."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Boolean, Date, Integer

Run = Callable[..., Any]


@dataclass(frozen=True)
class Field:
    """One field of a verb's form: `kind` is text, int, id, bool, date, moment, choice, unit, units,
    case, leader, caller, names, parts, days, counts or any; `most` is how many characters its
    column takes, where that is not told by its name; `clears`: the form begins with what stands on
    file, and empty it takes that out."""

    name: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    most: int | None = None
    clears: bool = False


@dataclass(frozen=True)
class Verb:
    """One verb: the stage it belongs to, what it acts on, the function behind it and the fields of
    its form; `ended` are ended states that it is about too, where nothing in its `states` stands;
    `alone` where it may also be done without what it acts on."""

    name: str
    stage: str
    target: str
    run: Run
    fields: tuple[Field, ...] = ()
    kind: str = ""
    states: tuple[str, ...] = ()
    ended: tuple[str, ...] = ()
    alone: bool = False


def field(name: str, kind: str = "text", *choices: str, most: int | None = None) -> Field:
    """A field; its name ends in `!` where it is required."""
    return Field(name.rstrip("!"), kind, name.endswith("!"), choices, most)


def choice(name: str, choices: Sequence[str]) -> Field:
    """A field with a fixed list of words to choose from; its name ends in `!` where it is
    required."""
    return Field(name.rstrip("!"), "choice", name.endswith("!"), tuple(choices))


def of_column(column: Any) -> Field:
    """The field of a column, by its type: bool, int, date, or text no longer than the column."""
    kinds = ((Boolean, "bool"), (Integer, "int"), (Date, "date"))
    kind = next((kind for cls, kind in kinds if isinstance(column.type, cls)), "text")
    return Field(column.key, kind, most=getattr(column.type, "length", None))
