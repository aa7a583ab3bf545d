"""What of an address cannot be read: a search, an order or a page that means nothing is left out,
and the page says so - it never shows everything as if that had been asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from app import words
from app.rules import reading
from app.views.actor import language
from app.views.pages.filters import day_of
from app.views.pages.operators import BETWEEN, EMPTY
from app.views.pages.own_filters import understood as means
from app.views.pages.paging import no_number, unknown

SEEN = ("seen",)
"""What an export may be asked to hold, where it is not all columns: those that the list shows."""
CHOSEN = ("choice", "bool")
"""The kinds of columns that are searched by choosing one of a few words."""
DATED = ("date", "moment", "clock")
_LARGEST, _LONGEST = 2**31, 200


def understood(view: Any, name: str, value: str) -> bool:
    """Whether what is asked of a column means something: one of its words, a number, a row's id,
    words that both databases can look for."""
    kind = view._kind(name)
    if name in view.own() and kind == "number":
        return means(view.own()[name], value)
    if kind in CHOSEN:
        return value in {word for word, _ in view.options(name)}
    if kind == "relation" and name != "case":
        return value.isascii() and value.isdigit() and len(value) < 10
    if kind != "number":
        return "\0" not in value and len(value) <= _LONGEST
    try:
        return -_LARGEST < reading.whole(value) < _LARGEST
    except ValueError:
        return False


def unread(
    view: Any, asked: MultiDict[str, str], labels: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """(what it is called, what was typed) of each parameter that cannot be read."""
    for name, label in labels.items():
        yield from _of_column(view, name, label, asked)
    yield from no_number(asked, "page", "size")
    if asked.get("order") and asked["order"] not in view.offered():
        yield words.word("parameter.order", language()), asked["order"]
    if asked.get("way", "desc") not in ("asc", "desc"):
        yield words.word("parameter.order", language()), asked["way"]
    if asked.get("work") and view.waiting() is None:
        yield words.word("parameter.work", language()), asked["work"]
    if asked.get("tab") and asked["tab"] not in view.tab_words():
        yield words.word("parameter.tab", language()), asked["tab"]
    if asked.get("view") and view.kept_view() is None:
        yield words.word("parameter.view", language()), asked["view"]
    if asked.get("columns") and asked["columns"] not in SEEN:
        yield words.word("parameter.columns", language()), asked["columns"]
    known = {
        *words.PARAMETERS,
        "way",
        *(f"{prefix}_{name}" for name in labels for prefix in ("q", "op", "from", "to")),
    }
    yield from unknown(asked, known)


def _of_column(
    view: Any, name: str, label: str, asked: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """What is typed for a column and means nothing under the operator that is chosen."""
    chosen = asked.get(f"op_{name}", "")
    if chosen and chosen not in view.operators(name):
        yield label, chosen
    operator = view.operator(name)
    for end in ("from", "to"):
        typed = asked.get(f"{end}_{name}", "").strip()
        if typed and not (operator == BETWEEN and _is_an_end(view, name, typed)):
            yield label, typed
    typed = asked.get(f"q_{name}", "").strip()
    if typed and (operator in (BETWEEN, EMPTY) or not understood(view, name, typed)):
        yield label, typed


def _is_an_end(view: Any, name: str, typed: str) -> bool:
    """Whether a span of a column's values may begin or end with what was typed."""
    if view._kind(name) in DATED:
        return day_of(typed) is not None
    return understood(view, name, typed)
