"""The rows of a list: about a case its line - one sentence of the demand, with number, kind and
category - and its place, then the few columns of the page, then the badge of the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask import g

from app.models import Case
from app.views.actor import actor
from app.views.pages.badge import Badge, badge_of
from app.views.pages.lines import Line, line_of, lines_of
from app.views.pages.masking import case_of
from app.views.pages.shown import NOTHING
from app.views.pages.values import Values

SHORT = ("choice", "bool", "number", "date")
"""The kinds of columns whose values stand on one line."""


class Listed(Values):
    """A page whose rows are listed. `lined`: each hangs on a case, and says its line. `clock`: the
    column that is the end of its clock, which runs while the row is in a state of `running`."""

    list_columns: Sequence[str]
    lined: bool | None = None
    clock: str = ""
    running: tuple[str, ...] = ()

    def has_lines(self) -> bool:
        """Whether the rows are about cases, each with its line."""
        model = self.datamodel.obj
        hangs = model is Case or hasattr(model, "case_id")
        return hangs if self.lined is None else self.lined

    def change_of(self, item: Any) -> tuple[str, str] | None:
        """(address, label) of the form that changes a row, where the list leads there; None where it
        does not."""
        return None

    def has_clock(self) -> bool:
        """Whether the rows have a clock."""
        return bool(self.clock)

    def know(self, rows: Sequence[Any], always: bool = False) -> None:
        """Learn in one statement each what the lines and the callers of these rows are, for the rows
        that are read `as_listed`; `always` covered."""
        self.cover(rows, always)
        if self.has_lines():
            known = self._lines_of(rows, always)
            g.setdefault("desk_lines_of", {})[self.page] = known

    def _lines_of(self, rows: Sequence[Any], always: bool) -> Mapping[int, Line]:
        if self.datamodel.obj is Case:
            return {row.id: line_of(row, always) for row in rows}
        return lines_of(map(case_of, rows), always)

    def line(self, item: Any) -> Line | None:
        """The line of the case of a row; None where this person does not see the case."""
        known: Mapping[int, Line] = g.get("desk_lines_of", {}).get(self.page, {})
        return known.get(case_of(item) or 0)

    def ends(self, item: Any) -> datetime | None:
        """When the clock of a row ends; None where none runs."""
        runs = not self.running or item.state in self.running
        found: datetime | None = getattr(item, self.clock) if runs else None
        return found

    def badge(self, item: Any) -> Badge | None:
        """The badge of a row's clock."""
        return badge_of(self.ends(item)) if self.has_clock() else None

    def named(self, columns: Sequence[str]) -> list[str]:
        """The columns of a list that stand beside the line: it says case and place itself."""
        said = {"case", *(("number", "place") if self.datamodel.obj is Case else ())}
        return [name for name in columns if not (self.has_lines() and name in said)]

    def is_short(self, name: str) -> bool:
        """Whether the values of a column are never broken: words of a few signs, numbers, days."""
        return name not in self.extra and self._kind(name) in SHORT

    def relations_of(self, columns: Sequence[str]) -> list[str]:
        """The relations that a list with these columns reads of its rows."""
        named = self.named(columns)
        if self.datamodel.obj is Case and self.has_lines():
            named = [*named, *(name for name in ("category",) if name not in named)]
        return [name for name in named if name in self.relations]

    def listed(self, item: Any, columns: Sequence[str]) -> dict[str, Any]:
        """What the list shows of a row: its line, its values, worded, its badge, and where its page
        is."""
        line = self.line(item) if self.has_lines() else None
        opens = line.href if line is not None and "Cases" in actor().pages else ""
        return {
            "id": getattr(item, self.key),
            "line": line,
            "else": ("", "") if line or not self.has_lines() else self.named_else(item),
            "values": {name: self.told(item, name) for name in columns},
            "badge": self.badge(item),
            "href": self.href(item),
            "case": opens,
            "change": self.change_of(item),
        }

    def named_else(self, item: Any) -> tuple[str, str]:
        """What stands for the line of a case that this person does not see, and below it."""
        return NOTHING, ""
