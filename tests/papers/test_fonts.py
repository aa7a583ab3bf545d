"""The fonts of papers: the office's own come first, on every paper; `check` says which are missing."""

from __future__ import annotations

from pathlib import Path

import pytest

import config
from app.papers import pdf
from app.papers.fonts import CALLED, WANTED, characters, lacking, own_fonts
from tests.commands import command
from tests.office import moment
from tests.papers.test_pages import notice
from tests.supervised import sqlite_data

INSTEAD = {
    "title": "Noto Serif SC",
    "body": "Noto Serif SC",
    "second": "Noto Serif SC",
    "heading": "Noto Sans SC",
}


def test_without_fonts_of_the_office_all_four_are_missing_and_what_is_printed_is_said() -> None:
    assert lacking(None) == INSTEAD
    assert WANTED.keys() == CALLED.keys() == INSTEAD.keys()


def test_the_offices_own_fonts_are_those_of_its_folder(tmp_path: Path) -> None:
    assert own_fonts(tmp_path) is None
    (tmp_path / "fonts").mkdir()
    assert own_fonts(tmp_path) == tmp_path / "fonts"
    assert lacking(tmp_path / "fonts") == INSTEAD


def test_check_says_which_fonts_are_missing_and_what_is_printed_instead(
    sqlite_template: Path, tmp_path: Path
) -> None:
    data = tmp_path / "data"
    with sqlite_data(sqlite_template, data):
        config.load({"DESK_DATA": str(data)})
    said = command(data, "check", DESK_CLOCK=moment("2026-06-12 10:00").isoformat()).stdout
    for name in ("小标宋", "仿宋", "楷体", "黑体"):
        assert name in said, said
    assert "以 Noto Serif SC 代替" in said and "Noto Sans SC is printed instead" in said


@pytest.mark.parametrize("ending", ["ttf", "otf", "ttc", "txt"])
@pytest.mark.parametrize("content", [b"", b"no font", b"ttcf" + b"\xff" * 40, b"\x00" * 400])
def test_a_file_that_is_no_font_stops_no_paper(tmp_path: Path, ending: str, content: bytes) -> None:
    """Seen failing: every paper of the office, with an error of the program."""
    (tmp_path / f"broken.{ending}").write_bytes(content)
    assert characters(tmp_path) == characters()
    assert pdf("supervision", notice(), tmp_path)
