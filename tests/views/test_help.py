"""The help sheets: one for every role, drawn without a tag that was typed, with pictures that are
there and small."""

from __future__ import annotations

import re

import pytest

from app.roles import ROLES
from app.views.help import PICTURES, SHEETS, drawn, sheets
from tests.views.panel import Panel
from tests.views.test_statements import WHO
from tests.words.catalogues import texts

MOST_BYTES = 1_500_000
LONGEST = 60


def test_every_role_has_a_sheet_of_a_page() -> None:
    assert sheets() == ROLES
    for role in ROLES:
        text = (SHEETS / f"{role}.md").read_text("utf-8")
        assert len(text.splitlines()) <= LONGEST, role


def test_what_a_sheet_names_is_written_so_on_the_pages() -> None:
    """Each button, list and field that stands bold in a sheet is a text of the catalogue, or one of
    its parts between facts. Watched fail with a list that was renamed."""
    said = [text for plural in texts("zh").values() for text in plural]
    joined = "\n".join(said)
    plain = [part for text in said for part in re.split(r"\{\w+\}", text) if part.strip()]
    unknown = []
    for role in ROLES:
        for named in re.findall(r"\*\*([^*]+)\*\*", (SHEETS / f"{role}.md").read_text("utf-8")):
            word = named.rstrip("…")
            begins, _, rest = word.partition("：")
            if word not in joined and not (f"{begins}：" in plain and rest in said):
                unknown.append((role, named))
    assert unknown == []


def test_every_picture_of_a_sheet_is_there_and_all_of_them_are_small() -> None:
    """`python -m tests.pictures` makes them anew."""
    texts = [(SHEETS / f"{role}.md").read_text("utf-8") for role in ROLES]
    named = {name for text in texts for name in re.findall(r"\(pictures/([^)]+)\)", text)}
    there = {one.name: one.stat().st_size for one in (SHEETS / PICTURES).iterdir()}
    assert named == set(there)
    assert sum(there.values()) <= MOST_BYTES


@pytest.mark.parametrize("role", ["operator", "unit_head", "committee"])
def test_help_begins_with_the_sheet_of_ones_own_role(sqlite_panel: Panel, role: str) -> None:
    browser = sqlite_panel.of(WHO[role].replace("WATER", "HOUSING"))
    page = browser.get("/help/").text
    assert f'src="/help/pictures/{role}.webp' in page
    picture = browser.get(f"/help/pictures/{role}.webp")
    assert (picture.status_code, picture.mimetype) == (200, "image/webp")
    assert browser.get("/help/nobody").status_code == 404
    assert browser.get("/help/pictures/..%2Foperator.md").status_code == 404


def test_what_is_no_sign_of_a_sheet_is_text(sqlite_panel: Panel) -> None:
    with sqlite_panel.app.test_request_context("/"):
        told = str(drawn("# A\n\n- <b>1</b>\n- **2**\n\n1. `k`\n\n![p](pictures/x.webp)\n<script>"))
    assert told == (
        "<h2>A</h2>\n<ul><li>&lt;b&gt;1&lt;/b&gt;</li><li><strong>2</strong></li></ul>\n"
        "<ol><li><kbd>k</kbd></li></ol>\n"
        '<figure><img src="/help/pictures/x.webp" alt="p" loading="lazy"></figure>\n'
        "<p>&lt;script&gt;</p>"
    )
