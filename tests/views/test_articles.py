"""(1) Answers on file on the pages: found beside intake and in the direct answer, put in with one button,
known by their version; kept by their unit, approved by the centre head; what lapses and what is asked
without an answer are lists."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from app.database import transaction
from app.models import Article, ArticleUse, ArticleVersion, Case, Unit
from app.stages.articles.indexing import index
from tests.databases import Desk
from tests.office import Office, moment
from tests.views.panel import Panel, panel_over, refused

TITLE, TEXT = "新生儿医保怎么办理", "出生后90天内凭户口簿到医保窗口办理参保登记。"
ASKED = "孩子刚出生，新生儿医保怎么办理，需要哪些材料？"
OTHER = "水利局密条QZwaterZQ"


@pytest.fixture
def office(desk: Desk) -> Office:
    made = Office(desk)
    for unit, title in (("HEALTH", TITLE), ("WATER", OTHER)):
        made.unit(unit)
        said = {"title": title, "text": TEXT if unit == "HEALTH" else OTHER, "keywords": "医保"}
        row = made.do("2025-06-09 09:00", f"staff@{unit}", "add_article", **said)
        made.do("2025-06-09 09:10", "centre_head", "approve_article", row=row.id)
    made.do("2025-06-09 10:00", "operator", "register", "A", kind="consultation", narrative=ASKED)
    return made


@pytest.fixture
def panel(office: Office, tmp_path: Path) -> Iterator[Panel]:
    with panel_over(office.desk, tmp_path / "data", moment("2025-06-10 10:00")) as made:
        yield made


def _version(office: Office, title: str = TITLE) -> int:
    return office.row(ArticleVersion, title=title).id


def test_an_article_stands_beside_a_direct_answer_and_is_put_in_with_one_button(
    panel: Panel, office: Office
) -> None:
    operator, address = panel.of("operator"), f"/do/answer_directly/{office.id('A')}"
    page = operator.get(address).text
    assert TITLE in page and TEXT in page
    version = _version(office)
    again = operator.post(address, {"article": version, "answer": "您好，"})
    assert again.status_code == 200
    assert f"您好，\n{TEXT}" in again.text.replace("\r", "")
    assert re.search(rf'name="articles"[^>]*value="{version}"', again.text)
    assert office.case("A").state == "registered", "nothing is done yet"
    operator.post(address, {"answer": f"您好，{TEXT}", "articles": version})
    assert office.case("A").state in ("closed", "visiting")
    used = office.row(ArticleUse)
    assert (used.version_id, used.case_id) == (version, office.id("A"))


def test_others_are_looked_for_by_words_and_what_was_typed_stays(
    panel: Panel, office: Office
) -> None:
    address = f"/do/answer_directly/{office.id('A')}"
    asked = {"article": "0", "article_words": "密条", "answer": "已打好的字"}
    page = panel.of("operator").post(address, asked).text
    assert OTHER in page and "已打好的字" in page


def test_an_article_that_is_nobodys_changes_nothing(panel: Panel, office: Office) -> None:
    operator, address = panel.of("operator"), f"/do/answer_directly/{office.id('A')}"
    for wrong in ("999", "x", "-1", str(2**63), ""):
        answer = operator.post(address, {"article": wrong, "answer": "已打好的字"})
        assert answer.status_code == 200 and "已打好的字" in answer.text, wrong
    sent = {"answer": TEXT, "articles": "999"}
    assert refused(operator.post(address, sent)) == "field_wrong"


def test_articles_stand_beside_intake_and_lead_to_the_answer(panel: Panel, office: Office) -> None:
    operator = panel.of("operator")
    found = operator.post("/intake/answers", {"narrative": ASKED}).text
    assert TITLE in found and TEXT in found
    nothing = operator.post("/intake/answers", {"narrative": ""}).text
    assert TITLE not in nothing
    sent = {"kind": "consultation", "narrative": "公租房租金每月是几号扣，逾期怎么算？"}
    sent |= {"channel": "phone", "anonymous": "y", "article": str(_version(office))}
    answer = operator.post("/do/register", sent)
    case = office.row(Case)
    assert case.id != office.id("A")
    assert answer.location == f"/do/answer_directly/{case.id}?article={_version(office)}"
    assert TEXT in operator.get(answer.location).text


def test_five_hundred_articles_cost_intake_300_ms_and_three_statements(
    panel: Panel, office: Office
) -> None:
    _five_hundred(office)
    operator = panel.of("operator")
    operator.post("/intake/answers", {"narrative": ASKED})
    asked: list[str] = []
    event.listen(_engine(panel), "before_cursor_execute", lambda *told: asked.append(told[2]))
    begun = time.perf_counter()
    page = operator.post("/intake/answers", {"narrative": ASKED * 10}).text
    took = time.perf_counter() - begun
    assert TITLE in page
    about = [one for one in asked if "article" in one]
    assert len(about) == 1 and len(asked) <= 1 + 3, asked
    assert took <= 0.3, took


def _engine(panel: Panel) -> Any:
    return panel.app.extensions["desk"].sessions.kw["bind"]


def _five_hundred(office: Office) -> None:
    with transaction(office.desk.sessions) as session:
        unit = session.scalars(select(Unit).where(Unit.code == "WATER")).one()
        at = moment("2025-06-09 09:00")
        for n in range(500):
            said: dict[str, Any] = {
                "title": f"第{n}类事项怎么办理",
                "text": f"第{n}类事项请带证件到{n % 40}号窗口办理，" * 8,
                "keywords": "",
                "sources": "",
            }
            row = Article(unit_id=unit.id, version=1, made_at=at, **said)
            session.add(row)
            session.flush()
            more = {"drafted_at": at, "approved_at": at, "version": 1, "unit_id": unit.id}
            session.add(ArticleVersion(article_id=row.id, **more, **said))
            index(session, row)


def test_a_unit_reads_and_changes_its_own_articles_only(panel: Panel, office: Office) -> None:
    health = panel.of("staff@HEALTH")
    page = health.get("/articles/list/").text
    assert TITLE in page and OTHER not in page
    other = office.row(Article, title=OTHER).id
    assert health.get(f"/articles/show/{other}").status_code == 404
    assert health.get(f"/do/edit_article?id={other}").status_code == 404
    sent = {"id": other, "title": "改", "text": "改"}
    assert refused(panel.of("head@HEALTH").post("/do/edit_article", sent)) == "not_found"
    own = office.row(Article, title=TITLE).id
    form = health.get(f"/do/edit_article?id={own}").text
    assert TEXT in form and TITLE in form


def test_the_centre_reads_all_of_them(panel: Panel) -> None:
    for who in ("operator", "allocator", "centre_head", "officer"):
        page = panel.of(who).get("/articles/list/").text
        assert TITLE in page and OTHER in page, who


def test_drafts_wait_for_the_centre_head_in_a_list(panel: Panel, office: Office) -> None:
    draft = {"title": "草稿一", "text": "草稿内容"}
    panel.of("head@HEALTH").post("/do/add_article", draft)
    page = panel.of("centre_head").get("/articleversions/list/?work=article_drafts").text
    assert "草稿一" in page and TITLE not in page
    row = office.row(ArticleVersion, title="草稿一")
    panel.of("centre_head").post("/do/approve_article", {"row": row.id, "accept": "y"})
    assert office.row(Article, title="草稿一").version == 1


def test_what_is_expired_or_has_no_unit_is_a_row_of_a_list(panel: Panel, office: Office) -> None:
    with transaction(office.desk.sessions) as session:
        session.scalars(select(Unit).where(Unit.code == "WATER")).one().active = False
        session.scalars(select(Article).where(Article.title == TITLE)).one().valid_to = date(
            2025, 6, 9
        )
    unkept = panel.of("centre_head").get("/articles/list/?work=unkept_articles").text
    assert TITLE in unkept and OTHER in unkept
    own = panel.of("staff@HEALTH").get("/articles/list/?work=lapsed_articles").text
    assert TITLE in own
    assert TEXT not in panel.of("operator").post("/intake/answers", {"narrative": ASKED}).text


def test_most_asked_without_an_answer_is_a_list(panel: Panel, office: Office) -> None:
    page = panel.of("centre_head").get("/articles/unanswered").text
    assert "未分类" in page and ">1<" in page
