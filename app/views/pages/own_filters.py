"""How rows are searched for by the fields of the office's own: by the index of their values, from the
newest row on. Whatever is not in that order is looked for among the newest, and the page says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from flask_appbuilder.models.sqla.filters import FilterEqual
from sqlalchemy import inspect, select, true

from app.models import Case, ExtraValue
from app.rules import phones
from app.rules.extra import PREFIX, Extra, cells, held, number, place_of
from app.rules.folding import anchored, seek
from app.scope import held_back
from app.views.actor import reader, seen
from app.views.pages.filters import day_of
from app.views.pages.operators import BETWEEN, TEXTS
from app.views.pages.searching import (
    LISTED,
    LOOKED_AT,
    Contains,
    among,
    apart,
    most,
    newest_only,
    searches_whole,
)

Made = tuple[Any, Any]
"""A filter, and the value that it takes."""


def _rows(code: str) -> Any:
    return select(ExtraValue.row_id).where(ExtraValue.field == code)


def _newest(rows: Any) -> list[int]:
    """The newest of these rows, as many as are looked at; the page says where there are more."""
    limit = LOOKED_AT if searches_whole() else LISTED
    found = reader().scalars(rows.order_by(ExtraValue.row_id.desc()).limit(limit + 1)).all()
    if len(found) > limit:
        newest_only()
    return list(found[:limit])


class Is(FilterEqual):
    """Rows with a value; `in_turn` whether they are wanted from the newest on, as the index has
    them."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition; `value` is the code of the field, its cell, and whether in turn."""
        code, cell, in_turn = value
        rows, key = _rows(code).where(ExtraValue.value == cell), inspect(self.model).primary_key[0]
        if searches_whole() or (in_turn and not _looked_up(self.model)):
            return query.filter(key.in_(rows))
        apart()
        return query.filter(among(self.model, _newest(rows)))


def _looked_up(model: type[Any]) -> bool:
    """Whether it is looked up row by row whether the person may see them: then no more rows than those
    that are asked for are looked at."""
    who = seen()
    return who is not None and held_back(model, who)


def by_index_alone(filters: Any) -> Callable[[int], Any] | None:
    """What counts the rows that are asked for, no further than to a number, from the index alone: where
    a value is all that is asked."""
    if filters is None or len(filters.filters) != 1 or not isinstance(filters.filters[0], Is):
        return None
    code, cell, in_turn = filters.values[0]
    if not in_turn:
        return None
    rows = _rows(code).where(ExtraValue.value == cell)
    return lambda limit: rows.limit(limit).subquery()


class Span(FilterEqual):
    """Rows with a value between two, or up to one, or from one on: among the newest that have any."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition; `value` is the code of the field and the two ends, empty where there is
        none."""
        code, first, last = value
        rows = select(ExtraValue.row_id, ExtraValue.value).where(ExtraValue.field == code)
        if not searches_whole():
            rows = rows.order_by(ExtraValue.row_id.desc()).limit(LISTED)
            if reader().scalar(
                _rows(code).order_by(ExtraValue.row_id.desc()).offset(LISTED).limit(1)
            ):
                newest_only()
        found = rows.subquery().c
        ends = [found.value >= first if first else true(), found.value <= last if last else true()]
        ids = reader().scalars(select(found.row_id).where(*ends)).all()
        apart()
        return query.filter(among(self.model, ids))


class InField(Contains):
    """Words in a field, as those read them who ask: among the newest rows that have any."""

    def _found(self, query: Any, value: str) -> list[int]:
        sought = phones.sought(value)
        pattern = seek(sought or value, apart=bool(sought))
        if not pattern:
            return []
        rows = self._candidates(query, value)
        return list(islice(self._holding(rows, anchored(pattern, self.anchor)), most()))

    def _candidates(self, query: Any, value: str) -> Sequence[Any]:
        code, key = self.column_name.removeprefix(PREFIX), inspect(self.model).primary_key[0]
        ids = _newest(_rows(code))
        about = Case.id if self.model is Case else getattr(self.model, "case_id", key)
        rows = query.order_by(None).filter(self._among(ids))
        found = rows.with_entities(key, self.model.extra, about.label("about"))
        return [*_told(found.order_by(key.desc()).all(), code)] if ids else []


def _told(rows: Sequence[Any], code: str) -> Iterator[tuple[int, str, int | None]]:
    """(key, text, case) of rows, the text being what stands in one field."""
    for key, extra, about in rows:
        said = held(extra).get(code, "")
        yield key, said["name"] if isinstance(said, Mapping) else str(said), about


TEXTS_IN: Mapping[tuple[str, bool], type[Contains]] = {
    known: type(f"{one.__name__}InField", (InField, one), {}) for known, one in TEXTS.items()
}
"""(operator, whether the callers are covered to who asks) -> the filter."""


def understood(one: Extra, value: str) -> bool:
    """Whether what is asked of a field means something."""
    if one.kind == "number":
        try:
            number(value)
        except ValueError:
            return False
        return True
    if one.kind in ("choice", "choices"):
        return value in one.choices
    return "\0" not in value and len(value) <= 200


def filters_of(
    one: Extra, operator: str, told: Mapping[str, str], in_turn: bool, covers: bool
) -> Iterator[Made]:
    """The filters of what is asked of a field; `told` what is typed for q, from and to."""
    if operator == BETWEEN:
        ends = [_end(one, told.get(end, "")) for end in ("from", "to")]
        if any(ends):
            yield Span, (one.code, *ends)
        return
    value = told.get("q", "")
    if not value or not understood(one, value):
        return
    if one.kind in ("text", "long", "file"):
        yield TEXTS_IN[operator, covers], value
    else:
        meant: Any = value == "y" if one.kind == "bool" else value
        if one.kind == "number":
            meant = number(value)
        cell = cells(one, [meant] if one.kind == "choices" else meant)[0]
        yield Is, (one.code, cell, in_turn)


def _end(one: Extra, typed: str) -> str:
    """The place of an end of a span; empty where nothing, or nothing that can be read, was typed."""
    if one.kind == "date":
        day = day_of(typed)
        return day.isoformat() if day else ""
    try:
        return place_of(number(typed)) if typed else ""
    except ValueError:
        return ""
