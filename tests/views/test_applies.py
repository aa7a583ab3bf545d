"""Fields that do not apply, on forms: what was typed into one is kept on the page and reaches no verb; one
sheet of looks, made of the verb table, keeps it out of sight."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.models import Reply
from app.stages.applying import conditions
from app.stages.table import VERBS
from app.views.forms.applies import sheet, told
from tests.databases import Desk
from tests.people import People
from tests.views.panel import Panel, msgid, panel_over
from tests.views.test_unit_forms import HEAD, REPLY, rows


@pytest.fixture
def panel(desk: Desk, tmp_path: Path) -> Iterator[Panel]:
    people = People(desk, "2025-06-09 09:00").hire("WATER")
    people.do("allocator", "allocate", people.case(kind="consultation"), unit="WATER")
    with panel_over(desk, tmp_path / "data", people.now) as made:
        yield made


HIDDEN = {"why_unsolved": "等待配件", "why_not_contacted": "无人接听"}


def test_what_was_typed_into_a_hidden_field_stays_on_the_page_and_is_not_filed(
    panel: Panel,
) -> None:
    browser = panel.of(HEAD)
    answer = browser.post("/do/reply/1", {**REPLY, **HIDDEN, "public_answer": ""})
    assert msgid(answer) == "public_answer_missing"
    assert all(said in answer.text for said in HIDDEN.values()), "who flips back has it still"
    assert browser.post("/do/reply/1", {**REPLY, **HIDDEN}).status_code == 302
    (row,) = rows(panel, Reply)
    assert (row.why_unsolved, row.why_not_contacted) == ("", "")


def test_what_cannot_be_read_in_a_hidden_field_refuses_nothing(panel: Panel) -> None:
    typed = {**REPLY, "contacted": "n", "why_not_contacted": "空号", "contacted_at": "昨天"}
    assert panel.of(HEAD).post("/do/reply/1", typed).status_code == 302


def test_a_draft_that_the_head_changes_loses_what_applies_no_more(panel: Panel) -> None:
    unsolved = {**REPLY, "solved": "n", "why_unsolved": "等待配件"}
    assert panel.of("staff@WATER").post("/do/draft_reply/1", unsolved).status_code == 302
    typed = {**unsolved, "solved": "y", "draft": "1"}
    assert panel.of(HEAD).post("/do/reply/1", typed).status_code == 302
    (row,) = rows(panel, Reply)
    assert (row.solved, row.why_unsolved) == (True, "")


def test_every_field_that_does_not_always_apply_says_so_on_its_form(panel: Panel) -> None:
    page = panel.of(HEAD).get("/do/reply/1").text
    said = re.findall(r'data-when="([^"]+)"', page)
    fields = VERBS["reply"].fields
    assert sorted(said) == sorted(filter(None, (told(fields, one.name) for one in fields)))


def test_the_sheet_has_a_rule_for_each_condition_of_the_table_and_is_everybodys(
    panel: Panel,
) -> None:
    browser = panel.of(HEAD)
    found = re.search(r'href="(/looks/applies\.css\?v=[0-9a-f]+)"', browser.get("/").text)
    assert found is not None
    answer = panel.app.test_client().get(found[1])
    assert (answer.status_code, answer.mimetype, answer.text) == (200, "text/css", sheet())
    for verb in VERBS.values():
        for one in verb.fields:
            for when in conditions(verb.fields, one.name):
                assert f'[data-when~="{when.choice}={"|".join(when.answers)}"]' in sheet()


def test_no_other_sheet_says_what_hangs_on_what() -> None:
    for path in Path("app/static").glob("*.css"):
        assert "data-when" not in path.read_text("utf-8"), path
