"""What a program asks of the rows of a page: the parameters of the list page or, in
Flask-AppBuilder's way, one parameter `q` of Rison or JSON; both become what the search form would
have sent."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import prison
from prison.decoder import ParserException
from werkzeug.datastructures import MultiDict

from app.views.pages.sealed_search import ASKED, Pairs

LONGEST = 2_000
"""How many characters `q` may have."""
_BROKEN = (ParserException, ValueError, TypeError, IndexError, OverflowError, RecursionError)
"""What the reader of Rison raises at what is none."""
_NUMBERS = {"page": "page", "page_size": "size"}
_WORDS = {"order_column": "order", "order_direction": "way"}
_CHOSEN = ("columns", "select_columns")
_KNOWN = {*_NUMBERS, *_WORDS, *_CHOSEN, "filters"}
OPERATORS: dict[str, tuple[str, str]] = {
    "eq": ("q", ""),
    "rel_o_m": ("q", ""),
    "ct": ("q", "contains"),
    "sw": ("q", "starts"),
    "equals": ("q", "equals"),
    "since": ("from", ""),
    "until": ("to", ""),
    "empty": ("", "empty"),
}
"""An operator in a filter of `q` -> how the parameter of the search begins that holds its value,
and the operator of the search that it is, where it is not the first one."""


class Unreadable(Exception):
    """A parameter that means nothing; the message is its name."""


@dataclass(frozen=True)
class Wanted:
    """The search that is asked for, and the columns of it that are wanted; all, where none is
    named."""

    pairs: Pairs
    columns: tuple[str, ...] = ()


def wanted_of(args: MultiDict[str, str]) -> Wanted:
    """What an address asks for. Raises Unreadable."""
    plain = [(name, value) for name, value in args.items(multi=True) if name not in ("q", ASKED)]
    told = args.getlist("q")
    if len(told) > 1:
        raise Unreadable("q")
    return _of_q(_read(told[0]), plain) if told and told[0] else Wanted(plain)


def _read(text: str) -> Mapping[str, Any]:
    """What `q` holds: JSON where it begins like an object of JSON, else Rison."""
    try:
        if len(text) > LONGEST:
            raise ValueError(text[:9])
        found = json.loads(text) if text.lstrip().startswith("{") else prison.loads(text)
    except _BROKEN:
        raise Unreadable("q") from None
    if not isinstance(found, dict) or not found.keys() <= _KNOWN:
        raise Unreadable("q")
    return found


def _of_q(asked: Mapping[str, Any], plain: Pairs) -> Wanted:
    """The search that `q` asks for, beside the parameters of the list page."""
    pairs = [*plain, *_filters(asked.get("filters", []))]
    for name, parameter in (*_NUMBERS.items(), *_WORDS.items()):
        if name in asked:
            pairs.append((parameter, _word(asked[name], f"q.{name}")))
    columns: Any = next((asked[name] for name in _CHOSEN if name in asked), [])
    if not isinstance(columns, list):
        raise Unreadable("q.columns")
    return Wanted(pairs, tuple(_word(column, "q.columns") for column in columns))


def _filters(told: Any) -> Iterator[tuple[str, str]]:
    """The parameters of the search that filters ask for."""
    if not isinstance(told, list):
        raise Unreadable("q.filters")
    for condition in told:
        if not isinstance(condition, dict) or condition.keys() != {"col", "opr", "value"}:
            raise Unreadable("q.filters")
        column, operator = condition["col"], condition["opr"]
        if not isinstance(column, str) or not isinstance(operator, str):
            raise Unreadable("q.filters")
        if operator not in OPERATORS:
            raise Unreadable("q.filters.opr")
        yield from _condition(column, *OPERATORS[operator], condition["value"])


def _condition(column: str, begins: str, operator: str, value: Any) -> Iterator[tuple[str, str]]:
    """The parameters of one condition."""
    if operator:
        yield f"op_{column}", operator
    if begins:
        told = "ny"[value] if isinstance(value, bool) else value
        yield f"{begins}_{column}", _word(told, "q.filters.value")


def _word(value: Any, name: str) -> str:
    """A word or a whole number as an address has it."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise Unreadable(name)
    try:
        return str(value)
    except ValueError:  # more digits than Python writes out
        raise Unreadable(name) from None
