"""The export of a generated page: all rows that are found, as CSV or as a spreadsheet; all columns, or
those that the list shows."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from functools import partial
from typing import Any
from unicodedata import normalize

from flask import Response, redirect, stream_with_context
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name

from app import words
from app.rules.covering import NOBODY, Hidden, covered
from app.rules.reading import seen as is_seen
from app.rules.workdays import minute
from app.views import access_notes
from app.views.actor import actor, language, now
from app.views.pages.export_places import take_place
from app.views.pages.lines import forget_lines
from app.views.pages.masking import case_of, forget_callers, know_callers
from app.views.pages.searching import search_whole
from app.views.pages.sheet import MEDIUM, Sheet
from app.views.pages.shown import NOTHING
from app.views.pages.viewed import Viewed

Cell = Callable[[Any], str]
"""What makes the cell of a row in one column."""
_FORMULA = ("=", "+", "-", "@")
OF_A_LINE = ("list.matter", "list.number", "list.kind", "list.category", "list.place")
"""What an export says of a case where the list has its line."""
OF_A_CLOCK = ("list.until_when", "list.left")


def safe_cell(value: str) -> str:
    """A cell that no spreadsheet takes for a formula: whatever its width, behind blanks and what
    cannot be seen too."""
    first = next(filter(is_seen, value), "")
    formula = normalize("NFKC", first)[:1] in _FORMULA or value[:1] in ("\t", "\r")
    return f"'{value}" if formula else value


class Export(Viewed):
    """The export of a page. The names below are the page's own."""

    tells_its_own: Any

    @expose("/export.csv")
    @has_access
    @permission_name("export")
    def export(self) -> Any:
        """All rows that are found, as CSV, without anybody's identity, marked with who took it."""
        return self._answered(self._as_csv)

    @expose("/export.xlsx")
    @has_access
    @permission_name("export")
    def export_sheet(self) -> Any:
        """The same as a spreadsheet, every cell a text."""
        return self._answered(self._as_sheet)

    def _answered(self, made: Callable[[], Response]) -> Any:
        """An export, put on record, that takes the place of its person until it was read."""
        if self.unread():  # said where a person reads it: a file would pass for what was asked
            return redirect(self.address("list"))
        place = take_place()
        try:
            search_whole()
            if self.as_seen():
                self.datamodel.needs(self.relations_of(self.exported()))
            access_notes.note("export_begun", page=self.page, filters=self.narrowed())
            answer = made()
        except BaseException:
            place.leave()
            raise
        answer.call_on_close(place.leave)
        return answer

    def _as_csv(self) -> Response:
        lines = self._lines(self._head())
        return self._file(stream_with_context(lines), "csv", "text/csv; charset=utf-8")

    def _lines(self, head: Sequence[str]) -> Iterator[str]:
        with closing(self._pieces(head)) as pieces:
            for place, piece in enumerate(pieces):
                yield _csv(piece) if place else "\ufeff" + _csv(piece)

    def _as_sheet(self) -> Response:
        sheet = Sheet()
        try:
            for piece in self._pieces(self._head()):
                sheet.add(piece)
            answer = self._file(sheet.read(), "xlsx", MEDIUM)
        except BaseException:
            sheet.forget()
            raise
        answer.call_on_close(sheet.forget)
        return answer

    def _file(self, contents: Any, ending: str, medium: str) -> Response:
        name = f"{self.page.lower()}.{ending}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(contents, mimetype=medium, headers=headers)

    def as_seen(self) -> bool:
        """Whether the columns of the list are wanted, not all of them."""
        return bool(self.asked().get("columns"))

    def exported(self) -> list[str]:
        """The columns of the page that the export holds."""
        return self.columns_here() if self.as_seen() else self.export_columns

    def _head(self) -> list[str]:
        """What the columns are called, and at the end who took it and when."""
        labels = [self.label(name) for name in self.exported()]
        line = OF_A_LINE if self.as_seen() and self.has_lines() else ()
        clock = OF_A_CLOCK if self.as_seen() and self.has_clock() else ()
        of_line, of_clock = (
            [words.word(msgid, language()) for msgid in msgids] for msgids in (line, clock)
        )
        return [*of_line, *labels, *of_clock, f"{actor().name} {minute(now())}"]

    def _pieces(self, head: Sequence[str]) -> Generator[Sequence[Sequence[str]], None, None]:
        """The cells of all rows, piece by piece, their head first."""
        # The session is asked for here, not before: that of the view is taken away when the answer
        # begins, and would keep a connection that nobody gives back.
        sent = 0
        try:
            yield [[safe_cell(cell) for cell in head]]
            for piece in self.datamodel.pieces(self.asked_filters(), *self.order()):
                forget_callers()
                forget_lines()
                if self.as_seen():
                    self.know(piece, always=True)
                else:
                    self.cover(piece, always=True)
                yield [*self._rows(piece)]
                sent += len(piece)
        finally:
            # However it ends: of what began and was broken off, this many rows went out.
            access_notes.note("exported", page=self.page, filters=self.narrowed(), rows=sent)

    def _rows(self, items: Sequence[Any]) -> Iterator[Sequence[str]]:
        """The cells of a piece of an export."""
        columns = self.exported()
        if self.tells_its_own():
            cells: list[Cell] = [partial(self._told_cell, name) for name in columns]
        else:
            hidden = know_callers(map(case_of, items)) if self.free else {}
            cells = [self._cell_of(name, hidden) for name in columns]
        if not self.as_seen():
            yield from ([cell(item) for cell in cells] for item in items)
            return
        for item in items:
            yield [*self._of_line(item), *(cell(item) for cell in cells), *self._of_clock(item)]

    def _of_line(self, item: Any) -> Iterator[str]:
        """What stands in the line of a row, cell by cell."""
        if not self.has_lines():
            return
        line = self.line(item)
        told = (
            (line.gist, line.number, line.kind, line.category, line.place)
            if line
            else (*self.named_else(item), *[""] * (len(OF_A_LINE) - 2))
        )
        yield from (safe_cell(value) or NOTHING for value in told)

    def _of_clock(self, item: Any) -> Iterator[str]:
        """When the clock of a row ends, and how much is left of it."""
        if self.has_clock():
            badge = self.badge(item)
            yield from (badge.until, badge.words) if badge else (NOTHING, NOTHING)

    def _cell_of(self, name: str, hidden: Mapping[int, Hidden]) -> Cell:
        """How the cells of a column are made. Of a column that nobody's words stand in each value is
        worked out once."""
        if (
            name in self.extra
            or name in self.own()
            or (name in self.not_for_units and actor().of_a_unit)
        ):
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
