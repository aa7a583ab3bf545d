"""The export of a generated page: all rows that are found, as CSV for a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any
from unicodedata import normalize

from flask import Response, redirect, stream_with_context
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name

from app.rules.covering import NOBODY, Hidden, covered
from app.rules.reading import seen as is_seen
from app.rules.workdays import minute
from app.views import access_notes
from app.views.actor import actor, now
from app.views.pages.conditions import Asking
from app.views.pages.export_places import take_place
from app.views.pages.masking import case_of, forget_callers, know_callers
from app.views.pages.searching import search_whole
from app.views.pages.shown import NOTHING

Cell = Callable[[Any], str]
"""What makes the cell of a row in one column."""
_FORMULA = ("=", "+", "-", "@")


def safe_cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: whatever its width, behind blanks and what
    cannot be seen too."""
    first = next(filter(is_seen, value), "")
    formula = normalize("NFKC", first)[:1] in _FORMULA or value[:1] in ("\t", "\r")
    return f"'{value}" if formula else value


class Export(Asking):
    """The export of a page. The names below are the page's own."""

    export_columns: list[str]
    extra: tuple[str, ...]
    tells_its_own: Any
    told: Any
    cover: Any

    @expose("/export.csv")
    @has_access
    @permission_name("export")
    def export(self) -> Any:
        """All rows that are found, as CSV for a spreadsheet, without anybody's identity, marked
        with who took it."""
        if self.unread():  # said where a person reads it: a file would pass for what was asked
            return redirect(self.address("list"))
        place = take_place()
        try:
            answer = self._exported()
        except BaseException:
            place.leave()
            raise
        answer.call_on_close(place.leave)
        return answer

    def _exported(self) -> Response:
        """The export, put on record and about to be read."""
        head = [self.label(name) for name in self.export_columns]
        mark = f"{actor().name} {minute(now())}"
        search_whole()
        access_notes.note("export_begun", page=self.page, filters=self.narrowed())
        lines = self._lines(head, mark)
        name = f"{self.page.lower()}.csv"
        return Response(
            stream_with_context(lines),
            mimetype="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _lines(self, head: Any, mark: str) -> Iterator[str]:
        # The session is asked for here, not before: that of the view is taken away when the answer
        # begins, and would keep a connection that nobody gives back.
        sent = 0
        try:
            yield "\ufeff" + _csv([[safe_cell(cell) for cell in (*head, mark)]])
            for piece in self.datamodel.pieces(self.asked_filters(), *self.order()):
                forget_callers()
                self.cover(piece, always=True)
                yield _csv(self._rows(piece))
                sent += len(piece)
        finally:
            # However it ends: of what began and was broken off, this many rows went out.
            access_notes.note("exported", page=self.page, filters=self.narrowed(), rows=sent)

    def _rows(self, items: Sequence[Any]) -> Iterator[Sequence[str]]:
        """The cells of a piece of an export."""
        if self.tells_its_own():
            cells: list[Cell] = [partial(self._told_cell, name) for name in self.export_columns]
        else:
            hidden = know_callers(map(case_of, items)) if self.free else {}
            cells = [self._cell_of(name, hidden) for name in self.export_columns]
        for item in items:
            yield [cell(item) for cell in cells]

    def _cell_of(self, name: str, hidden: Mapping[int, Hidden]) -> Cell:
        """How the cells of a column are made. Of a column that nobody's words stand in each value is
        worked out once."""
        if name in self.extra or (name in self.not_for_units and actor().of_a_unit):
            return partial(self._told_cell, name)
        if name in self.free:
            return partial(_covered_cell, name, hidden)
        return _once(name, partial(self._told_cell, name))

    def _told_cell(self, name: str, item: Any) -> str:
        return safe_cell(self.told(item, name, always=True))


def _once(name: str, make: Cell) -> Cell:
    """The cells of a column, each value of which is worked out once."""
    known: dict[Any, str] = {}

    def cell(item: Any) -> str:
        value = getattr(item, name)
        key = str(value) if isinstance(value, (list, tuple)) else value
        made = known.get(key)
        if made is None:
            made = known[key] = make(item)
        return made

    return cell


def _covered_cell(name: str, hidden: Mapping[int, Hidden], item: Any) -> str:
    """Free words about a case, without its callers."""
    value = getattr(item, name)
    return safe_cell(covered(value, hidden.get(case_of(item) or 0, NOBODY))) if value else NOTHING


def _csv(rows: Any) -> str:
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    return lines.getvalue()
