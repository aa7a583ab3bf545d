"""The first page and the lists behind it: what presses most, in one line each, with one button that
opens the form of the row."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest

from app import words
from app.views.home import FIRST
from app.worklists import QUEUES
from tests.databases import Desk
from tests.people import People
from tests.views.panel import Panel, panel_over
from tests.views.test_statements import WHO, counted

_SECTION = re.compile(r'<section class="card list.*?</section>', re.DOTALL)
_BUTTON = re.compile(
    r'class="btn (?:btn-sm btn-outline-primary" href="|btn-primary" href="(?=/do/\w+/\d))([^"]+)"'
)
_WARNED = re.compile(r'class="flash warning".*?</div>', re.DOTALL)


@pytest.mark.parametrize("role", WHO)
def test_the_button_of_a_row_opens_a_form_that_its_person_may_send(panel: Panel, role: str) -> None:
    """In the played office, where everything has happened: each opens, says of no row that it cannot
    be done now (that it was drafted already it may say), and asks for no row that the list knows."""
    browser = panel.of(WHO[role].replace("WATER", "HOUSING"))
    addresses = set(_BUTTON.findall(browser.get("/").text))
    for address in re.findall(r'href="(/work/[a-z_]+)"', browser.get("/").text):
        addresses |= {*_BUTTON.findall(browser.get(address).text)}
    for address in map(unescape, addresses):
        form = browser.get(address)
        assert form.status_code == 200 and "<form" in form.text, address
        assert all("?draft=" in one for one in _WARNED.findall(form.text)), address
        assert '<select class="form-select" id="row"' not in form.text, address


def test_the_first_page_shows_three_rows_of_each_list_and_its_count(
    sqlite_panel: Panel,
) -> None:
    page = sqlite_panel.of("centre_head").get("/").text
    sections = _SECTION.findall(page)
    assert len(sections) > 5
    for section in sections:
        count = int(re.search(r"<b>(\d+)", section).group(1))  # type: ignore[union-attr]
        rows = section.count("<li>")
        assert count and rows in (0, min(count, FIRST)), section


def test_what_presses_most_stands_first(desk: Desk, tmp_path: Path) -> None:
    """A unit has a card for each case in this order, the centre the first three of its list."""
    people = People(desk).hire("WATER")
    cases = [people.case(narrative=f"第{n}条路的路灯坏了很久，晚上看不见。") for n in range(5)]
    for day, n in enumerate((3, 1, 4, 2, 0), 9):
        people.to(f"2025-06-{day:02} 09:00")
        people.do("allocator", "allocate", cases[n], unit="WATER")
    with panel_over(desk, tmp_path / "data", people.now) as panel:
        browser = panel.of("head@WATER")
        browser.get("/")
        with counted(panel) as told:
            page = browser.get("/").text
        assert _gists(page) == ["3", "1", "4", "2", "0"]
        assert len(told) <= 10
    for n in (2, 0, 4, 1, 3):
        people.do("head@WATER", "request_extension", cases[n], workdays=1, reason="配件缺货")
    with panel_over(desk, tmp_path / "data", people.now) as panel:
        page = panel.of("allocator").get("/").text
        section = next(one for one in _SECTION.findall(page) if "/work/rulings" in one)
        assert _gists(section) == ["2", "0", "4"]


def _gists(page: str) -> list[str]:
    """Which cases lead to their pages, in the order in which they stand."""
    return re.findall(r'class="gist" [^>]*>第(.)条路的路灯坏了很久', page)


@pytest.mark.parametrize("role", WHO)
def test_a_line_leads_to_a_page_that_its_person_opens(panel: Panel, role: str) -> None:
    """Seen failing: a leader's matter that they read in brief elsewhere led to no page."""
    browser = panel.of(WHO[role].replace("WATER", "HOUSING"))
    for address in map(unescape, re.findall(r'class="gist" href="([^"]+)"', browser.get("/").text)):
        assert browser.get(address).status_code == 200, address


def test_an_empty_list_says_what_would_be_in_it(sqlite_desk: Desk, tmp_path: Path) -> None:
    people = People(sqlite_desk).hire("WATER")
    with panel_over(sqlite_desk, tmp_path / "data", people.now) as panel:
        for address in ("/", "/work/to_allocate"):
            assert "等待分派到承办单位的工单列在这里" in panel.of("allocator").get(address).text
    assert all(words.known(f"work_list.empty.{key}") for key in QUEUES)


def test_a_list_of_requests_says_what_is_asked(sqlite_desk: Desk, tmp_path: Path) -> None:
    people = People(sqlite_desk).hire("WATER")
    case = people.case()
    people.do("allocator", "allocate", case, unit="WATER")
    people.do("head@WATER", "request_return", case, reason="不属本单位职责，请改派")
    with panel_over(sqlite_desk, tmp_path / "data", people.now) as panel:
        page = panel.of("allocator").get("/work/rulings").text
    assert "不属本单位职责" in page


def _row_of(page: str, case: int, says: str) -> str:
    """The row of a case that says something, in a list or among the entries of the first page."""
    parts = [part for part in re.split(r"<(?:tr|li)\b", page) if f'href="/cases/{case}"' in part]
    return next(part for part in parts if says in part)


def test_a_proposal_to_lift_confidentiality_is_a_row_with_demand_ground_who_and_its_verb(
    sqlite_desk: Desk, tmp_path: Path
) -> None:
    people = People(sqlite_desk).hire("WATER")
    case = people.case(confidential=True, narrative="第三条路的路灯坏了很久，没有人修。")
    people.do("allocator", "reclassify", case, confidential=False, reason="诉求人同意公开身份")
    with panel_over(sqlite_desk, tmp_path / "data", people.now) as panel:
        for address in ("/work/liftings", "/"):
            row = _row_of(panel.of("centre_head").get(address).text, case, "confirm_lifting")
            assert "第三条路的路灯坏了很久" in row and "保密" in row, address
            assert "理由：诉求人同意公开身份" in row and "提出人：allocator" in row, address
            assert f"/do/confirm_lifting/{case}" in row and "2025-" in row, address


def test_who_proposed_something_is_told_that_somebody_else_confirms_it(
    sqlite_desk: Desk, tmp_path: Path
) -> None:
    people = People(sqlite_desk).hire("WATER")
    case = people.case(confidential=True)
    people.do("centre_head", "reclassify", case, confidential=False, reason="诉求人同意公开身份")
    with panel_over(sqlite_desk, tmp_path / "data", people.now) as panel:
        own = _row_of(panel.of("centre_head").get("/work/liftings").text, case, "理由")
        other = _row_of(panel.of("centre_head#2").get("/work/liftings").text, case, "理由")
    assert "须由另一人确认" in own and "/do/confirm_lifting" not in own
    assert "提出人：centre_head" in other and f"/do/confirm_lifting/{case}" in other


def test_a_refusal_that_waits_says_its_reason_and_what_the_caller_was_told(
    sqlite_desk: Desk, tmp_path: Path
) -> None:
    people = People(sqlite_desk).hire("WATER")
    case = people.case()
    told = "您反映的事项法院已经受理，请按诉讼程序解决。"
    people.do("operator", "refuse", case, reason="court", words=told)
    with panel_over(sqlite_desk, tmp_path / "data", people.now) as panel:
        row = _row_of(panel.of("allocator").get("/").text, case, "confirm_refusal")
    assert told in row and "提出人：operator" in row and "court" not in row


def test_what_is_asked_stands_shortly_in_its_row(sqlite_desk: Desk, tmp_path: Path) -> None:
    people = People(sqlite_desk).hire("WATER")
    case = people.case()
    people.do("allocator", "allocate", case, unit="WATER")
    words = "等待厂家配件，" * 30 + "完毕"
    people.do("head@WATER", "request_extension", case, workdays=2, reason=words)
    with panel_over(sqlite_desk, tmp_path / "data", people.now) as panel:
        row = _row_of(panel.of("allocator").get("/work/rulings").text, case, "rule_on_extension")
    assert "等待厂家配件" in row and "…" in row and "完毕" not in row
    assert "工作日数：2" in row
