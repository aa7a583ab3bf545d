"""One kind of row that hangs on a case, as a statement in the columns that all kinds share."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Integer, Text, cast, literal, null, select, type_coerce

from app.models import Case, Unit
from app.models.columns import Moment

_EMPTY: dict[str, Any] = {
    "state": "",
    "kind": "",
    "number": "",
    "round": 0,
    "at": None,
    "due_at": None,
    "due_clock": None,
    "own_at": None,
    "own_clock": None,
    "words": "",
    "more": "",
    "told": "",
    "mark": "",
    "paper": "",
}
"""column -> what a kind of row holds that does not fill it."""
_BEFORE_UNIT = ("state", "kind", "number")
"""The columns that stand before the unit; the others stand behind it."""
_TYPES: dict[str, Any] = {"at": Moment, "due_at": Moment, "own_at": Moment, "round": Integer}
"""The columns that are no text."""


def part(model: type[Any], case: Case, *, unit: bool = True, **columns: Any) -> Any:
    """The rows of a table that hang on a case; `unit` where each is of a unit, which is joined."""
    cells = {name: _not_null(name, value) for name, value in {**_EMPTY, **columns}.items()}
    held, called = (model.unit_id, Unit.name) if unit else (null(), cast(null(), Text))
    query = select(
        literal(model.__tablename__).label("subject"),
        model.id.label("id"),
        *(_text(cells.pop(name)).label(name) for name in _BEFORE_UNIT),
        cast(held, Integer).label("unit_id"),
        called.label("unit"),
        *(_typed(value, _type(name)).label(name) for name, value in cells.items()),
    ).where(model.case_id == case.id)
    return query.join(Unit, Unit.id == model.unit_id) if unit else query


def _type(name: str) -> Any:
    return _TYPES.get(name, Text)


def _not_null(name: str, value: Any) -> Any:
    """A value, or a NULL of the column's own type."""
    return cast(null(), _type(name)) if value is None else value


def _typed(value: Any, type_: Any) -> Any:
    """A cell of a union; a moment is only told to be one, since SQLite would make a number of a
    moment that is cast."""
    return type_coerce(value, Moment) if type_ is Moment else cast(value, type_)


def _text(value: Any) -> Any:
    return literal(value) if isinstance(value, str) else cast(value, Text)
