"""What is told of the house is so: the picture of its rooms, its measures, its version."""

from __future__ import annotations

import re
import runpy
from pathlib import Path

from app import VERSION

ROOT = Path(__file__).parent.parent


def test_the_picture_of_the_rooms_is_that_of_the_code() -> None:
    drawn = runpy.run_path(str(ROOT / ".ci" / "rooms.py"))
    assert (ROOT / "docs" / "pictures" / "rooms.svg").read_text("utf-8") == drawn["picture"](), (
        "run `make rooms`"
    )


def test_the_newest_part_of_the_changelog_is_this_version() -> None:
    parts = re.findall(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert parts[0] == VERSION


def test_each_measure_of_the_house_is_kept_and_stands_on_its_page() -> None:
    measured = runpy.run_path(str(ROOT / ".ci" / "measure.py"))
    found = measured["measures"]()
    over = [measure for measure in found if not measure.kept]
    assert over == []
    told = (ROOT / "docs" / "measure.md").read_text("utf-8")
    assert told == measured["page"](found), "run `make measure`"
