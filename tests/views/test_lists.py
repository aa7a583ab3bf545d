"""Lists: a row is a line of the demand, few columns and a badge; tabs are views, what is set is a
chip, what is exported is what is seen. [desk, Lists]"""

from __future__ import annotations

import csv
import html
import io
import re
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from xml.etree import ElementTree

import pytest
from sqlalchemy import select, text

from app.database import reading
from app.models import Case, KeptView
from app.story.theatre.pages import read_page
from app.views.pages.declared import FIRST
from tests.databases import Desk
from tests.people import People
from tests.views.canaries import CALLER
from tests.views.panel import Browser, Panel, panel_over
from tests.views.test_sought import search
from tests.views.test_statements import WHO, _pages, counted

_CHIP = re.compile(r'<a class="chip" href="([^"]*)"[^>]*>([^<]*)<')


def chips(page: str) -> dict[str, str]:
    """What is set -> the address of the list without it."""
    return {said: html.unescape(href) for href, said in _CHIP.findall(page)}


def listed(browser: Browser, address: str) -> list[list[str]]:
    """The cells of the rows of a list."""
    page = browser.get(address)
    assert page.status_code == 200, address
    return [row.cells for row in read_page(page.text.partition("<tbody>")[2]).rows]


def sheet(data: bytes) -> list[list[str]]:
    """The cells of a spreadsheet, each of which has to be a text."""
    with zipfile.ZipFile(io.BytesIO(data)) as book:
        names = [name for name in book.namelist() if name.startswith("xl/worksheets/sheet")]
        (found,) = [ElementTree.fromstring(book.read(name)) for name in names]  # noqa: S314
    of = {"s": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    assert found.findall(".//s:f", of) == [], "no formula"
    rows = []
    for row in found.findall(".//s:row", of):
        assert {cell.get("t") for cell in row.findall("s:c", of)} == {"inlineStr"}
        rows.append(["".join(cell.itertext()) for cell in row.findall("s:c", of)])
    return rows


@pytest.mark.parametrize("word", ["centre_head", "head@HOUSING"])
def test_a_row_about_a_case_is_a_line_that_leads_to_it(sqlite_panel: Panel, word: str) -> None:
    """On every page whose rows hang on a case."""
    browser = sqlite_panel.of(word)
    for page in ("cases", "contacts", "assignments", "replies", "reminders", "visits"):
        text_ = browser.get(f"/{page}/list/").text
        first = text_.partition("<tbody>")[2].partition("</tr>")[0]
        assert re.search(r'<td class="about"><a class="gist" href="/cases/\d+">[^<]{4,}</a>', first)
        assert re.search(r"\d{12} · ", first), page


def test_a_list_about_requests_says_what_is_asked_and_until_when(sqlite_panel: Panel) -> None:
    page = sqlite_panel.of("allocator").get("/requests/list/").text
    assert "申请事项" in page and "申请期限" in page
    rows = listed(sqlite_panel.of("allocator"), "/requests/list/?q_kind=extension")
    assert rows and all("延期" in row[2] and "个工作日" in row[3] for row in rows)


def test_the_badge_of_a_clock_stands_in_its_row_while_it_runs(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.of("allocator")
    open_ = listed(browser, "/assignments/list/?q_state=signed")
    ended = listed(browser, "/assignments/list/?q_state=accepted")
    assert open_ and ended
    assert all("工作日" in row[-2] or "时" in row[-2] for row in open_)
    assert {row[-2] for row in ended} == {""}


@pytest.mark.long
def test_no_more_than_five_filters_stand_over_a_list(sqlite_panel: Panel) -> None:
    for word in WHO.values():
        browser = sqlite_panel.of(word.replace("WATER", "HOUSING"))
        for address in _pages(sqlite_panel, word):
            form = browser.get(address).text.partition('<form class="search filters"')[2]
            row = form.partition("</form>")[0].partition("<details")[0]
            assert row.count('<div class="one">') <= FIRST, address
            assert "<details open" not in form.partition("</form>")[0], address


def test_a_chip_says_what_is_set_and_takes_it_out(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.of("allocator")
    page = browser.get(
        "/cases/list/?q_kind=complaint&from_registered_at=2025-06-01&op_closed_at=empty"
    )
    found = chips(page.text)
    assert {"类型：投诉", "登记时间：2025-06-01起"} < {*found} and len(found) == 3
    without = browser.get(found["类型：投诉"]).text
    assert {*chips(without)} == {*found} - {"类型：投诉"}
    assert chips(browser.get("/cases/list/").text) == {}


def test_what_was_typed_stands_in_the_words_of_a_chip_and_in_no_address(
    sqlite_panel: Panel,
) -> None:
    browser = sqlite_panel.of("allocator")
    page = search(browser, "/cases/list/", q_narrative=CALLER, q_kind="complaint")
    found = chips(page.text)
    assert any(CALLER in said for said in found)
    assert not any(CALLER in href for href in found.values())


def test_the_tabs_narrow_to_what_is_due_and_to_what_was_told_again(
    desk: Desk, tmp_path: Path
) -> None:
    """What is due today is due until its midnight, to the unit and to the centre alike."""
    people = People(desk).hire("WATER")
    due, other = (people.case(kind="consultation", place=f"{n}号") for n in range(2))
    people.do("allocator", "allocate", due, unit="WATER")
    with reading(desk.sessions) as session:
        ends = session.scalar(text("SELECT due_at FROM assignment"))
    with panel_over(desk, tmp_path / "data", people.now) as panel:
        for days, tab in ((0, "today"), (1, "tomorrow")):
            last = str(ends)[:10]
            panel.now = panel.now.fromisoformat(f"{last}T09:00:00+08:00")
            panel.now -= timedelta(days=days + (1 if str(ends)[11:16] == "00:00" else 0))
            for word in ("allocator", "head@WATER"):
                for page in ("cases", "assignments"):
                    rows = listed(panel.of(word), f"/{page}/list/?tab={tab}")
                    assert len([row for row in rows if "0号" in row]) == 1, (word, page, tab)
        assert "没有记录" in panel.of("allocator").get("/cases/list/?tab=repeated").text
        assert "标签页" in panel.of("allocator").get("/cases/list/?tab=x").text
    assert other


def kept(panel: Panel) -> list[KeptView]:
    with reading(panel.desk.sessions) as session:
        return [*session.scalars(select(KeptView).order_by(KeptView.id))]


def keep(browser: Browser, name: str, **more: object) -> str:
    """Keep a view of the list of cases; what the page says."""
    browser.get("/cases/list/")
    fields = {"of": "Cases", "name": name, "shown": ["urgency", "lead_unit"], **more}
    answer = browser.post("/views/keep", fields)
    assert answer.status_code == 303, answer.text
    return browser.get(answer.location).text


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Iterator[Panel]:
    """A small office, whose views nobody else keeps."""
    people = People(desk).hire("WATER", "ROADS")
    for n in range(3):
        case = people.case(kind="help" if n else "consultation", place=f"滨河路{n}号")
        people.do("allocator", "allocate", case, unit="WATER")
    with panel_over(desk, tmp_path / "data", people.now) as made:
        yield made


def test_a_view_is_kept_for_oneself_and_is_a_tab_with_its_filters_and_columns(
    office: Panel,
) -> None:
    browser = office.of("allocator")
    page = keep(browser, "咨询件", q_kind="consultation")
    assert "已保存视图“咨询件”" in page and "类型：咨询" in chips(page)
    heads = re.findall(r'<th scope="col">(?:<a[^>]*>)?([^<]+)', page)
    assert heads == ["事项", "地点", "紧急程度", "主办单位", "时限"]
    keep(browser, "咨询件", q_kind="help")
    (one,) = kept(office)
    assert one.asked == '[["q_kind", "help"]]', "one of the same name is written over"
    assert "咨询件" not in office.of("centre_head").get("/cases/list/").text
    other = office.of("centre_head")
    other.get("/cases/list/")
    other.post(f"/views/{one.id}/drop", {"of": "Cases"})
    assert len(kept(office)) == 1, "another's stays"
    assert "视图" in other.get(f"/cases/list/?view={one.id}").text.partition("无法识别")[0]
    browser.post(f"/views/{one.id}/drop", {"of": "Cases"})
    assert kept(office) == []


SHARED = (
    ("allocator", "allocator", "allocator", "centre_head"),
    ("head@WATER", "unit", "staff@WATER", "head@ROADS"),
    ("head@WATER", "unit_head", "head@ROADS", "staff@WATER"),
    ("head@WATER", "centre_head", "head@WATER", "centre_head"),
)
"""Who shares, with whom, who reads it then, and who does not."""


def test_a_view_is_shared_with_ones_own_role_or_unit_alone(office: Panel) -> None:
    for n, (of, with_, reads, not_) in enumerate(SHARED):
        name = f"共用的{n}"
        keep(office.of(of), name, **{"with": with_, "q_kind": "help"})
        assert name in office.of(reads).get("/cases/list/").text
        assert name not in office.of(not_).get("/cases/list/").text


TYPED = (
    ({"q_narrative": "13909121234"}, "手工输入的查询内容"),
    ({"q_place": "滨河路"}, "手工输入的查询内容"),
    ({"q_number": "202506090001"}, "手工输入的查询内容"),
    ({"from_repeats": "1"}, "手工输入的查询内容"),
    ({"asked": "x"}, "手工输入的查询内容"),
    ({"caller": "1"}, "手工输入的查询内容"),
    ({"name": "张三13909121234"}, "不得有电话号码"),
    ({"name": ""}, "视图名称须为"),
    ({"name": "长" * 21}, "视图名称须为"),
)


def test_a_view_holds_nothing_that_was_typed(office: Panel) -> None:
    """It may be a caller's number or name."""
    for fields, said in TYPED:
        told = {"name": "有内容", **fields}
        assert said in keep(office.of("allocator"), **told), fields
    assert kept(office) == []


def test_a_page_that_is_not_ones_own_has_no_view(office: Panel) -> None:
    browser = office.of("operator")
    browser.get("/cases/list/")
    for page in ("Users", "Nothing", ""):
        assert browser.post("/views/keep", {"of": page, "name": "x"}).status_code == 404


def _seen(cells: list[str]) -> list[str]:
    """A row of the list of assignments, cell by cell as its export says it."""
    about, place, *others, badge, _ = cells
    line = re.fullmatch(r"(.*?)\s*(\d{12}) · (\S+)(?: · (\S+))?(?:\s.*)?", about)
    assert line, about
    return [line[1], line[2], line[3], line[4] or "—", place, *others, badge or "—"]


@pytest.mark.parametrize("word", ["allocator", "head@HOUSING"])
def test_a_sheet_and_a_csv_hold_exactly_the_rows_that_are_seen(
    sqlite_panel: Panel, word: str
) -> None:
    """With the columns and in the order of the list; seen by who reads callers covered they are the
    same to the letter."""
    browser = sqlite_panel.of(word)
    asked = "q_state=signed&order=allocated_at&way=asc"
    rows = [_seen(row) for row in listed(browser, f"/assignments/list/?{asked}&size=100")]
    found = browser.get(f"/assignments/export.xlsx?{asked}&columns=seen")
    assert found.status_code == 200 and found.mimetype.endswith("sheet")
    head, *cells = sheet(found.data)
    told = browser.get(f"/assignments/export.csv?{asked}&columns=seen").text.lstrip("\ufeff")
    assert [*csv.reader(io.StringIO(told))][1:] == cells
    assert head[:5] == ["事项", "工单编号", "类型", "分类", "地点"]
    assert [[*row[:-2], row[-1]] for row in cells] == rows


def test_a_sheet_holds_no_formula_and_a_number_stays_a_text(office: Panel) -> None:
    """What looks like a formula, or like a telephone number that a spreadsheet would round."""
    with office.desk.engine.begin() as connection:
        connection.execute(text("UPDATE hotline_case SET place = '=HYPERLINK(1)' WHERE id = 1"))
        connection.execute(text("UPDATE hotline_case SET place = '0912876543' WHERE id = 2"))
    browser = office.of("centre_head")
    cells = {cell for row in sheet(browser.get("/cases/export.xlsx").data) for cell in row}
    assert "'=HYPERLINK(1)" in cells and "=HYPERLINK(1)" not in cells
    assert not list((office.settings.data / "run").glob("*.xlsx")), "it is removed"


@pytest.mark.parametrize("word", ["allocator", "head@HOUSING"])
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_no_export_of_what_is_seen_tells_a_caller(
    sqlite_panel: Panel, word: str, ending: str
) -> None:
    answer = sqlite_panel.of(word).get(f"/cases/export.{ending}?columns=seen")
    told = "".join(map("".join, sheet(answer.data))) if ending == "xlsx" else answer.text
    assert CALLER not in told and "13909121234" not in told


def test_a_case_page_turns_within_the_list_that_one_came_from(office: Panel) -> None:
    browser = office.of("allocator")
    browser.get("/cases/list/?q_kind=help")
    with reading(office.desk.sessions) as session:
        last, first = session.scalars(select(Case.id).where(Case.kind == "help").order_by(Case.id))
        other = session.scalars(select(Case.id).where(Case.kind != "help")).one()
    page = browser.get(f"/cases/{first}").text
    assert f'rel="next" data-key="]" href="/cases/{last}"' in page and 'rel="prev"' not in page
    page = browser.get(f"/cases/{last}").text
    assert f'rel="prev" data-key="[" href="/cases/{first}"' in page and 'rel="next"' not in page
    assert 'href="/cases/list/?q_kind=help"' in page
    assert 'class="turn"' not in browser.get(f"/cases/{other}").text


def test_an_empty_list_says_what_would_be_in_it(office: Panel) -> None:
    browser = office.of("centre_head")
    assert "逾期后发出的催办在此列出" in browser.get("/reminders/list/").text
    narrowed = browser.get("/reminders/list/?q_state=open").text
    assert "没有记录" in narrowed and "在此列出" not in narrowed


def test_no_list_sorts_the_table(office: Panel) -> None:
    """Neither as it is opened, nor by any link of its head, nor by the tab of what was told
    again."""
    browser = office.of("centre_head")
    for page in ("cases", "assignments", "requests", "replies", "reminders", "visits"):
        text_ = browser.get(f"/{page}/list/").text
        links = re.findall(r'<th scope="col"><a href="([^"]+)"', text_)
        addresses = [f"/{page}/list/", *map(html.unescape, links)]
        addresses += ["/cases/list/?tab=repeated"] if page == "cases" else []
        for address in addresses:
            with counted(office) as told:
                browser.get(address)
            for statement in told:
                if "ORDER BY" in statement and f"FROM {_TABLES[page]}" in statement:
                    assert not _sorts(office, statement), f"{address}: {statement}"


_TABLES = {
    "cases": "hotline_case",
    "assignments": "assignment",
    "requests": "request",
    "replies": "reply",
    "reminders": "reminder",
    "visits": "visit",
}


def _sorts(panel: Panel, statement: str) -> bool:
    """Whether SQLite sorts the rows of a statement."""
    if panel.desk.engine.dialect.name != "sqlite":
        return False
    given = tuple(1 for _ in range(statement.count("?")))
    with panel.desk.engine.connect() as connection:
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given).all()
    return any("TEMP B-TREE FOR ORDER BY" in str(row) for row in plan)
