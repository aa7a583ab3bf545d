"""The page of a report: every frozen figure, with its arithmetic."""

from __future__ import annotations

import html
import json
import re
from typing import Any

import pytest
from sqlalchemy import select

from app.database import reading
from app.models import Checkpoint, Report
from app.papers.blocks import fours
from app.papers.figures.paper import pdf
from tests.papers.boxes import text_of
from tests.views.panel import Panel


@pytest.fixture
def report(panel: Panel) -> tuple[int, dict[str, Any]]:
    """The newest report of the played office."""
    with reading(panel.desk.sessions) as session:
        row = session.scalars(select(Report).order_by(Report.id.desc()).limit(1)).one()
        return row.id, json.loads(row.figures)


def told(panel: Panel, who: str, id: int) -> str:
    answer = panel.of(who).get(f"/reports/show/{id}")
    assert answer.status_code == 200
    return html.unescape(re.sub(r"<[^>]+>", " ", answer.text))


def test_numerator_denominator_and_exclusions_are_shown(
    panel: Panel, report: tuple[int, dict[str, Any]]
) -> None:
    page = told(panel, "centre_head", report[0])
    units = report[1]["evaluation"]["units"]
    assert units
    for code, unit in units.items():
        assert report[1]["units"][code]["name"] in page
        for item in unit["items"].values():
            rate = "—" if item["rate"] is None else f"{item['rate']}%，{item['points']}"
            assert f"{item['numerator']}/{item['denominator']} = {rate}" in page
        assert unit["deducted"] in page and (unit["total"] or "—") in page


def test_volumes_topics_overdue_and_suggestions_are_on_the_page(
    panel: Panel, report: tuple[int, dict[str, Any]]
) -> None:
    id, figures = report
    page = told(panel, "leader", id)
    for title in (
        "请领导关注",
        "诉求类型",
        "办理方式",
        "各分类情况",
        "各渠道情况",
        "热点诉求",
        "督办与问责",
        "期末逾期清单",
        "合理化建议",
        "指标说明",
    ):
        assert title in page
    named = [
        *(one["name"] for one in figures["volumes"]["cases"]["by_category"].values()),
        *(one["name"] for one in figures["hot_topics"]),
        *(one["case"] for one in figures["overdue"].values()),
        *figures["suggestions"]["digest"],
    ]
    assert named and all((one or "未分类") in page for one in named)
    codes = [code for code in figures["units"] if re.search(rf"\b{code}\b", page)]
    assert codes == []


def test_a_unit_is_told_of_its_own_overdue_cases_only(
    panel: Panel, report: tuple[int, dict[str, Any]]
) -> None:
    id, figures = report
    late = {(one["unit"], one["case"]) for one in figures["overdue"].values()}
    assert late
    for code in {unit for unit, _ in late}:
        page = told(panel, f"head@{code}", id)
        own = {case for unit, case in late if unit == code}
        assert all(case in page for case in own)
        assert not any(case in page for unit, case in late if unit != code and case not in own)


def test_a_ranking_names_its_tier_by_what_was_closed(
    panel: Panel, report: tuple[int, dict[str, Any]]
) -> None:
    page = told(panel, "centre_head", report[0])
    sizes = {"1": "≥50", "2": "10–49", "3": "5–9"}
    for tier in report[1]["evaluation"]["ranking"]:
        assert f"考核得分排名（办结 {sizes[tier]} 件）" in page
    ranked = [one for places in report[1]["evaluation"]["ranking"].values() for one in places]
    assert all(one["name"] in page for one in ranked)


def test_the_language_changes_on_the_page_that_is_open(
    panel: Panel, report: tuple[int, dict[str, Any]]
) -> None:
    browser, here = panel.of("centre_head"), f"/reports/show/{report[0]}"
    host = "http://localhost"
    assert browser.get("/lang/en", headers={"Referer": f"{host}{here}"}).location == here
    assert (
        browser.get("/lang/zh", headers={"Referer": f"{host}/cases/list/?page=2"}).location
        == "/cases/list/?page=2"
    )
    for other in ("", "http://elsewhere/cases/list/", f"{host}//elsewhere", f"{host}/\\elsewhere"):
        assert browser.get("/lang/zh", headers={"Referer": other}).location in ("/", "/elsewhere")


def test_the_numbers_and_the_words_in_force_stand_beside_their_changes(panel: Panel) -> None:
    for who, page, said in (
        ("centre_head", "rules", "急件时限（工作日）"),
        ("it_admin", "settings", "热线中心名称"),
    ):
        text = panel.of(who).get(f"/{page}/list/").text
        assert 'id="in-force"' in text and said in text and "规程默认" in text


def test_a_report_bears_the_digits_of_the_checkpoint_before_it(
    panel: Panel, report: tuple[int, dict[str, Any]]
) -> None:
    id, figures = report
    with reading(panel.desk.sessions) as session:
        row = session.get_one(Report, id)
        query = select(Checkpoint.root).where(Checkpoint.at <= row.issued_at)
        newest = session.scalars(query.order_by(Checkpoint.id.desc()).limit(1)).one()
    assert figures["witness"] == newest[:16]
    assert fours(newest[:16]) in told(panel, "centre_head", id)
    page = pdf(figures, {"title": "", "number": "", "day": "", "office": ""}, None)
    assert fours(newest[:16]) in text_of(page)
