"""Assist units that are the same for all rows of a batch: what is said of them before anything is
done with them."""

from __future__ import annotations

from app import words
from app.rules.refusal import NotAllowed
from app.stages.allocation import fit
from app.stages.calendar import office_known
from app.verbs.typed import unit_of
from app.views.actor import language, now, reader
from app.views.many.rows import Typed

ASSISTS, SAID = "assists", "said"
"""The field that names them, and the hidden one that says which of them the page has told of."""


def assists_typed(typed: Typed) -> list[str]:
    """The codes of the units that are to assist with every row, each once."""
    return [*dict.fromkeys(code for code in typed.getlist(ASSISTS) if code)]


def mark_of(typed: Typed) -> str:
    """How a page marks the units that it has told of."""
    return ",".join(sorted(assists_typed(typed)))


def are_said(typed: Typed) -> bool:
    """Whether the page has said what is done with these units, so that it may be done."""
    return typed.get(SAID, "") == mark_of(typed)


def insist_on_assists(typed: Typed) -> None:
    """NotAllowed where they are too many, or one of them takes no case: then it is of each row, and
    none is tried."""
    codes = assists_typed(typed)
    if not codes:
        return
    most = office_known(reader(), now()).limits.assists
    if len(codes) > most:
        raise NotAllowed("too_many_assists", most=most)
    for code in codes:
        fit(reader(), now(), unit_of(reader(), code))


def said_of(typed: Typed, n: int) -> str:
    """What is said before `n` cases are allocated with assist units; nothing where there are none."""
    codes = assists_typed(typed)
    if not codes or not n:
        return ""
    tongue = language()
    names = words.listed((unit_of(reader(), code).name for code in codes), tongue)
    return words.word("work_list.many.with_assists", tongue, n=n, units=names)


def named_twice(unit: str, typed: Typed) -> str:
    """Why a row cannot be done: its lead is among those that assist; nothing where it is not."""
    twice = bool(unit) and unit in assists_typed(typed)
    return words.word("work_list.many.lead_assists", language()) if twice else ""
