"""A form says of every field at once what is wrong with it, beside the field; what may be changed
says what stands now; rights stand in groups; the calendar is a year."""

from __future__ import annotations

import re

from tests.views.panel import Panel, refused
from tests.views.test_statements import MOST, counted


def test_every_field_that_is_missing_or_wrong_is_marked_at_once(sqlite_panel: Panel) -> None:
    """Seen failing with the first of them only."""
    sent = {"received_at": "昨天", "caller.phone": "1" * 50, "place": "路" * 201, "kind": "nothing"}
    answer = sqlite_panel.of("operator").post("/do/register", sent)
    assert refused(answer)
    for id in ("f-kind", "f-narrative", "f-received_at", "f-place", "f-caller.phone"):
        assert f'<a href="#{id}">' in answer.text, id
        assert f'id="{id}-wrong"' in answer.text and f'aria-describedby="{id}-wrong"' in answer.text
    form = answer.text.partition("<main")[2].partition("</main>")[0]
    assert form.count("autofocus") == 1
    first = form.index("autofocus")
    assert 'name="caller.phone"' in form[first - 400 : first + 400]


def test_one_refusal_is_said_once_above_and_once_beside_its_field(sqlite_panel: Panel) -> None:
    sent = {"kind": "help", "narrative": "短"}
    answer = sqlite_panel.of("operator").post("/do/register", sent)
    assert refused(answer) == "narrative_too_short"
    assert 'id="f-narrative-wrong"' in answer.text and "<li><a href" not in answer.text


def test_what_may_be_changed_says_what_stands_now(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.of("it_admin")
    assert (
        len(re.findall(r"<option[^>]*>[^<]+（现为[^<]+）<", browser.get("/do/change_rule").text))
        > 9
    )
    assert "（现为" in browser.get("/do/change_setting").text


def test_rights_stand_in_groups_each_under_one_heading(sqlite_panel: Panel) -> None:
    page = sqlite_panel.of("it_admin").get("/do/add_role").text
    headings = re.findall(r"<legend>([^<]+)</legend>", page)
    assert len(headings) > 9 and len(headings) == len(set(headings))
    shown = sqlite_panel.of("it_admin").get("/roles/show/2").text
    assert '<dl class="facts rights">' in shown


def test_the_calendar_is_a_year_of_twelve_months_that_can_be_turned(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.of("centre_head")
    browser.get("/")
    with counted(sqlite_panel) as told:
        page = browser.get("/calendar/list/").text
    assert page.count('<table class="month">') == 12 and "<h2>2025年</h2>" in page
    assert "班" in page and "休" in page and len(told) <= MOST
    other = re.search(r'href="(/calendar/list/\?from_day=2024[^"]+)"', page)
    assert other is not None
    before = browser.get(other[1].replace("&amp;", "&")).text
    assert "<h2>2024年</h2>" in before and "无法识别" not in before
    rows = before.rpartition("<tbody>")[2]
    assert "2024-12-31" in rows and "2025-01-01" not in rows
