"""Which page of a list an address asks for, and what is said where there is none such: never an
empty list that looks as if nothing were on file."""

from __future__ import annotations

from collections.abc import Collection, Iterator

from werkzeug.datastructures import MultiDict

from app import words
from app.views.actor import language

_LONGEST = 9


def number_typed(text: str | None) -> int | None:
    """A number that was typed into an address: none where nothing was typed, or what means no
    number."""
    return (
        int(text) if text and text.isascii() and text.isdigit() and len(text) < _LONGEST else None
    )


def beyond(page: int) -> str:
    """The sentence about a page (0: the first) that is not there."""
    return words.word("list.no_page", language(), n=page + 1)


def another_size(asked: int | None, size: int) -> list[str]:
    """The sentence about a size that is not the one asked for, where it is not."""
    return (
        [words.word("list.no_size", language(), n=asked, size=size)]
        if asked not in (None, size)
        else []
    )


def no_number(asked: MultiDict[str, str], *names: str) -> Iterator[tuple[str, str]]:
    """(what it is called, what was typed) of each of these parameters that means no number."""
    for name in names:
        typed = asked.get(name)
        if typed and number_typed(typed) is None:
            yield words.word(f"parameter.{name}", language()), typed


def unknown(asked: MultiDict[str, str], known: Collection[str]) -> Iterator[tuple[str, str]]:
    """(name, what was typed) of each parameter that a page does not know, and of what was asked a
    second time."""
    for name, typed in asked.lists():
        yield from ((name, value) for value in typed[name in known :] if value)


def left_out(
    asked: MultiDict[str, str], *numbers: str, lists: Collection[str] | None = None
) -> list[str]:
    """The sentences about what a page that knows these numbers only leaves out; `lists` are those of
    which `work` names one, where it does."""
    known = numbers if lists is None else (*numbers, "work")
    found = [*no_number(asked, *numbers), *unknown(asked, known)]
    if lists is not None and (work := asked.get("work")) and work not in lists:
        found.append((words.word("parameter.work", language()), work))
    return [words.unread(label, typed, language()) for label, typed in found]
