"""A spreadsheet that is written row by row into a file below the data, and read from there: every
cell a text, never a formula, a link or a number."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

import xlsxwriter

from app.views.actor import desk

MEDIUM = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_ROWS, LONGEST = 1_048_576, 32_767
"""How many rows a sheet has, and how many signs a cell."""
_AT_ONCE = 64 * 1024
_FORMED = datetime(2000, 1, 1)  # noqa: DTZ001 - a sheet tells no moment of its making
_UNSEEN = {n: None for n in range(32) if n not in (9, 10)}


class Sheet:
    """A sheet that is being written. A row behind the last that a sheet has stands in the next."""

    def __init__(self) -> None:
        folder = desk().settings.data / "run"
        folder.mkdir(mode=0o700, exist_ok=True)
        handle, name = tempfile.mkstemp(suffix=".xlsx", dir=folder)
        os.close(handle)
        self._path, self._rows = Path(name), 0
        self._book = xlsxwriter.Workbook(
            name,
            {
                "constant_memory": True,
                "tmpdir": str(folder),
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        self._book.set_properties({"created": _FORMED})
        self._bold = self._book.add_format({"bold": True})
        self._open()

    def _open(self) -> None:
        self._sheet, self._rows = self._book.add_worksheet(), 0
        self._sheet.freeze_panes(1, 0)
        self._sheet.set_column(0, 40, 18)

    def add(self, rows: Sequence[Sequence[str]]) -> None:
        """Add rows, the first of a sheet being its head."""
        for row in rows:
            if self._rows == MOST_ROWS:
                self._open()
            look = None if self._rows else self._bold
            for place, value in enumerate(row):
                self._sheet.write_string(
                    self._rows, place, value.translate(_UNSEEN)[:LONGEST], look
                )
            self._rows += 1

    def read(self) -> Iterator[bytes]:
        """End the sheet, and read the file piece by piece."""
        self._book.close()
        return _pieces(self._path)

    def forget(self) -> None:
        """Remove the file; a second time does nothing."""
        self._path.unlink(missing_ok=True)


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        while piece := file.read(_AT_ONCE):
            yield piece
