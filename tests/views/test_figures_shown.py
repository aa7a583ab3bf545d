"""Every figure on the page, in the PDF, the document, the spreadsheet and on the wall is that of a plain
count; each leads to a list with as many rows; leaders and units are shown what is theirs to see."""

from __future__ import annotations

import dataclasses
import html
import json
import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from app.database import reading
from app.models import Report, Unit
from app.papers.figures.units import COLUMNS
from app.rules.evaluation import rate
from app.stages.reporting.measures import MEASURES
from app.sweep.figures import count_figures
from tests.figures_offices import HOSTILE, UNITS, plain_counts, played
from tests.office import Office, moment
from tests.views.panel import Panel

FIRST, LAST = date(2025, 6, 1), date(2025, 6, 30)
TOKEN = "a token of the wall"


@pytest.fixture(scope="module")
def office_file(sqlite_template: Any, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A drawn office with the report of June issued, played once."""
    from tests.databases import sqlite_copy

    file = tmp_path_factory.mktemp("shown") / "played.db"
    with sqlite_copy(sqlite_template, file) as desk:
        played(desk.sessions, 11, date(2025, 5, 20), 42, 60)
        office = Office(desk)
        office.do("2025-07-07 09:00", "centre_head", "issue_report", kind="monthly", first=FIRST)
        count_figures(desk.sessions, moment("2025-07-07 09:30"))
    return file


@pytest.fixture
def shown(office_file: Any, tmp_path: Any) -> Iterator[Panel]:
    from tests.databases import sqlite_copy
    from tests.views.panel import panel_over

    with (
        sqlite_copy(office_file, tmp_path / "shown.db") as desk,
        panel_over(desk, tmp_path / "data", moment("2025-07-07 10:00")) as panel,
    ):
        yield panel


def plain(panel: Panel, first: date = FIRST, last: date = LAST) -> dict[str, dict[int, Any]]:
    """What June comes to, in plain SQL, as it was known when the draft was made."""
    with reading(panel.desk.sessions) as session:
        return plain_counts(session, first, last, moment("2025-07-01 08:30"))


def units(panel: Panel) -> dict[str, int]:
    """name -> id of the units of the office."""
    with reading(panel.desk.sessions) as session:
        rows = session.query(Unit.name, Unit.id, Unit.code).all()
        return {row.name: row.id for row in rows if row.code in UNITS}


def table_rows(text: str) -> dict[str, list[str]]:
    """first cell -> the other cells, of every row of the tables of a page."""
    found: dict[str, list[str]] = {}
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", text, re.S):
        cells = [
            " ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
        ]
        if len(cells) == len(COLUMNS) + 1:
            found[cells[0]] = cells[1:]
    return found


def told(measure: str, pair: tuple[int, int]) -> str:
    """What a cell of the page says."""
    n, of = pair
    if not MEASURES[measure].share:
        return str(n)
    share = rate(n, of)
    if share is None:
        return "—"
    return f"{share.quantize(share.__class__('0.1'), 'ROUND_HALF_UP')}% {n}/{of}"


def test_the_table_of_units_on_the_page_is_that_of_a_plain_count(shown: Panel) -> None:
    counts = plain(shown)
    rows = table_rows(shown.of("leader").get("/reports/show/1").text)
    for name, id in units(shown).items():
        assert rows[name] == [told(one, counts[one].get(id, (0, 0))) for one in COLUMNS], name
    whole = {
        one: tuple(sum(column) for column in zip(*counts[one].values(), strict=True)) or (0, 0)
        for one in COLUMNS
    }
    assert rows["全市"] == [told(one, whole[one]) for one in COLUMNS]


def test_the_spreadsheet_has_the_same_numbers_as_numbers_and_no_formula(shown: Panel) -> None:
    counts, answer = plain(shown), shown.of("leader").get("/reports/1/report.xlsx")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.data))
    rows = {row[0]: row[1:] for row in book.get_sheet_by_name("承办单位").to_python()}
    for name, id in units(shown).items():
        cells = iter(rows[name])
        for one in COLUMNS:
            n, of = counts[one].get(id, (0, 0))
            cell = next(cells)
            if not MEASURES[one].share:
                assert cell == n, (name, one)
                continue
            share = rate(n, of)
            fraction = next(cells)
            if share is None:
                assert cell == "—"
            else:
                assert cell == pytest.approx(float(share) / 100) and fraction == f"{n}/{of}"
    with ZipFile(BytesIO(answer.data)) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "sheets/" in name]
        assert all("<f>" not in sheet for sheet in sheets)
        assert sum("charts/chart" in name for name in parts.namelist()) == 2


def test_the_paper_and_the_document_have_the_same_fractions_and_hostile_words_as_they_are(
    shown: Panel,
) -> None:
    counts, who = plain(shown), shown.of("leader")
    paper = PdfReader(BytesIO(who.get("/reports/1/report.pdf").data))
    said = (
        "".join(page.extract_text() for page in paper.pages).replace("\n", "").replace("\u200b", "")
    )
    with ZipFile(BytesIO(who.get("/reports/1/report.docx").data)) as parts:
        words = html.unescape(re.sub(r"<[^>]+>", "", parts.read("word/document.xml").decode()))
    for id in units(shown).values():
        for one in COLUMNS:
            n, of = counts[one].get(id, (0, 0))
            if MEASURES[one].share and of:
                assert f"{n}/{of}" in said and f"{n}/{of}" in words, one
    assert HOSTILE in words and HOSTILE in said


def test_a_report_has_the_same_bytes_whenever_it_is_made(shown: Panel) -> None:
    """A year later too, in another process' time."""
    who = shown.of("leader")
    made = {kind: who.get(f"/reports/1/report.{kind}").data for kind in ("pdf", "docx", "xlsx")}
    shown.now = moment("2026-07-07 10:00")
    again = shown.of("centre_head")
    for kind, data in made.items():
        assert again.get(f"/reports/1/report.{kind}").data == data, kind


def test_each_figure_on_the_page_leads_to_a_list_with_as_many_rows(shown: Panel) -> None:
    who = shown.of("leader")
    page = who.get("/reports/show/1").text
    cells = re.findall(r'<a href="(/reports/1/rows[^"]+)">(\d+)</a>', page)
    shares = re.findall(
        r'<a href="(/reports/1/rows[^"]+)">[\d.]+%</a>\s*<small class="soft">(\d+)/', page
    )
    assert len(cells) > 30 and len(shares) > 20
    for href, n in [*cells, *shares][::3]:
        text = who.get(html.unescape(href)).text
        assert f"共 {n} 条" in text, href
        assert "诉求人" not in text and "路面塌陷" not in text
    bars = re.findall(r'xlink:href="(/reports/1/rows[^"]+)"', page)
    assert bars and all(who.get(html.unescape(href)).status_code == 200 for href in bars[:5])


def test_a_unit_reaches_rows_of_its_own_only(shown: Panel) -> None:
    ids = units(shown)
    own = next(id for name, id in ids.items() if name.startswith("WATER"))
    other = next(id for name, id in ids.items() if name.startswith("PARKS"))
    who = shown.of("head@WATER")
    page = who.get("/reports/show/1").text
    assert f"unit={own}" in page and f"unit={other}" not in page
    for href, code in (
        (f"flag=allocated&unit={own}", 200),
        (f"flag=allocated&unit={other}", 404),
        ("flag=allocated", 404),
        (f"flag=nothing&unit={own}", 404),
        (f"flag=allocated&unit={own}&page=999999", 200),
    ):
        assert who.get(f"/reports/1/rows?{href}").status_code == code, href
    assert who.get("/reports/1/report.pdf").status_code == 404
    text = who.get("/figures/list/").text
    assert "按" in text and f"unit={other}" not in text
    assert who.get(f"/figures/rows?flag=allocated&unit={other}").status_code == 404


def test_live_figures_are_those_of_a_plain_count_and_lead_to_their_rows(shown: Panel) -> None:
    counts, who = plain(shown, date(2025, 6, 9), date(2025, 6, 20)), shown.of("leader")
    page = who.get("/figures/list/?first=2025-06-09&last=2025-06-20").text
    shown_ = [name for name, one in MEASURES.items() if one.source.of_days]
    rows = {}
    for row in re.findall(r"<tr[^>]*>(.*?)</tr>", page, re.S):
        cells = [
            " ".join(html.unescape(re.sub(r"<[^>]+>", " ", cell)).split())
            for cell in re.findall(r"<td[^>]*>(.*?)</td>", row, re.S)
        ]
        if cells:
            rows[cells[0]] = cells[1:]
    for name, id in units(shown).items():
        for measure, cell in zip(shown_, rows[name], strict=True):
            if measure != "signing":  # what may still be signed for is known later
                assert cell == told(measure, counts[measure].get(id, (0, 0))), (name, measure)
    links = re.findall(r'<a href="(/figures/rows[^"]+)">(\d+)</a>', page)
    assert len(links) > 10
    for href, n in links[::4]:
        assert f"共 {n} 条" in who.get(html.unescape(href)).text, href
    assert "数据截至2025-07-07 09:30" in page


@pytest.mark.parametrize(
    "asked",
    [
        "first=2025-06-31&last=2025-06-30",
        "first=2025-06-30&last=2025-06-01",
        "first=1999-01-01&last=2025-06-01",
        "first=2025-06-01&last=2025-06-30&first2=x",
        "unit=99999999999999999999&by=nothing",
        "channel=%27%3B--&by=day",
    ],
)
def test_days_that_cannot_be_read_get_a_sentence(shown: Panel, asked: str) -> None:
    answer = shown.of("leader").get(f"/figures/list/?{asked}")
    assert answer.status_code == 200
    assert ("日期无法识别" in answer.text) == ("first" in asked)


def test_two_spans_stand_beside_one_another(shown: Panel) -> None:
    asked = "first=2025-06-01&last=2025-06-30&first2=2025-05-20&last2=2025-05-31"
    page = shown.of("centre_head").get(f"/figures/list/?{asked}").text
    assert "对比" in page
    answer = shown.of("centre_head").get(f"/figures/figures.xlsx?{asked}")
    book = CalamineWorkbook.from_filelike(BytesIO(answer.data))
    assert book.get_sheet_by_index(0).to_python()[-1][0] == "合计"


def walled(panel: Panel) -> Any:
    """A client of a panel that has a wall."""
    app = panel.of("leader").client.application
    desk = app.extensions["desk"]
    settings = dataclasses.replace(desk.settings, wall_token=TOKEN)
    app.extensions["desk"] = dataclasses.replace(desk, settings=settings)
    app.extensions["desk_told"].pop("wall", None)
    return app.test_client()


def test_the_wall_is_behind_a_token_and_tells_what_a_plain_count_tells(shown: Panel) -> None:
    client = walled(shown)
    assert client.get("/wall").status_code == 403
    assert client.get("/wall?token=wrong").status_code == 403
    opened = client.get(f"/wall?token={TOKEN}")
    assert opened.status_code == 302 and opened.location == "/wall"
    assert TOKEN not in opened.headers["Set-Cookie"] and "HttpOnly" in opened.headers["Set-Cookie"]
    page = client.get("/wall").text
    counts = plain(shown, date(2025, 7, 1), date(2025, 7, 7))
    tiles = re.findall(r"<span>([^<]+)</span><b>([^<]+)</b><small>([^<]+)</small>", page)
    assert len(tiles) == 6
    n, of = (sum(column) for column in zip(*counts["timely"].values(), strict=True))
    assert {name: below for name, _, below in tiles}["按时办结率"] == f"本月 {n}/{of}"
    with reading(shown.desk.sessions) as session:
        from sqlalchemy import text

        late = session.scalar(
            text(
                "SELECT count(*) FROM assignment WHERE overdue_for = due_at AND state IN "
                "('allocated', 'signed', 'return_pending', 'reply_refused')"
            )
        )
    assert {name: value for name, value, _ in tiles}["超期未办结"] == str(late)
    assert 'http-equiv="refresh" content="60"' in page
    assert "诉求人" not in page and "路面塌陷" not in page and "滨河路" not in page
    assert "Set-Cookie" not in client.get("/wall").headers


def test_a_wall_without_a_token_is_not_there(shown: Panel) -> None:
    assert shown.of("leader").get("/wall").status_code == 404


def test_versions_show_what_changed(shown: Panel) -> None:
    office = Office(shown.desk)
    with reading(shown.desk.sessions) as session:
        code = next(iter(json.loads(session.get_one(Report, 1).figures)["units"]))
    office.do(
        "2025-07-08 09:00",
        "centre_head",
        "reissue_report",
        kind="monthly",
        first=FIRST,
        reason="更正",
        leaks={code: 1},
    )
    page = shown.of("leader").get("/reports/show/2").text
    assert "项数据随之变化" in page
