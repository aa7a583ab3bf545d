"""The pages of rosters: template, what a workbook would change, what came of it, and the slips."""

from __future__ import annotations

import html
import io
import json
import re

from sqlalchemy import select

from app.channels.sheets import sheets_of
from app.database import reading, transaction
from app.models import Person, Roster, Unit
from app.papers.roster import template_xlsx
from app.stages.roster import give, to_make
from jobs.slips import _made
from tests.stages.test_roster import WHOLE, WRONG, Rows
from tests.views.panel import Browser, Panel


def handed(browser: Browser, content: bytes, name: str = "名册.xlsx") -> str:
    """Hand a workbook over: the address of what it would change."""
    browser.get("/rosters/list/")
    answer = browser.client.post(
        "/rosters/upload",
        data={"csrf_token": browser.token, "file": (io.BytesIO(content), name)},
    )
    assert answer.status_code == 303, answer.text
    return str(answer.location)


def looked(browser: Browser, filled: dict[str, Rows]) -> tuple[str, str]:
    """(what a page says that a workbook would change, what it carries of the file)."""
    page = html.unescape(browser.get(handed(browser, template_xlsx(filled))).text)
    found = re.search(r'name="of" value="([^"]+)"', page)
    assert found is not None, page
    return page, found[1]


def test_the_template_has_each_sheet_with_its_columns_as_text(panel: Panel) -> None:
    answer = panel.of("it_admin").get("/rosters/template")
    book = sheets_of(answer.data)
    assert [*book][:5] == ["成员单位", "乡镇街道", "任职", "账号", "分类"]
    assert book["账号"][0] == ["账号*", "姓名*", "角色*", "所在单位", "手机", "在用"]
    assert panel.of("operator").get("/rosters/template").status_code == 403


def test_a_workbook_goes_in_by_two_and_its_slips_are_printed_once(own_panel: Panel) -> None:
    panel, it = own_panel, own_panel.of("it_admin")
    page, of = looked(it, {**WHOLE, "accounts": [*WHOLE["accounts"], WRONG["accounts"][0]]})
    assert "新增8项，变更1项" in page and "有误1处" in page and "账号表 A4 第4行“账号”" in page
    assert "138****1234" in page and "13800001234" not in page
    with reading(panel.desk.sessions) as session:
        assert session.scalar(select(Unit.id).where(Unit.code == "SHUIWU")) is None
    it.post("/rosters/look", {"of": of})
    with reading(panel.desk.sessions) as session:
        row = session.scalars(select(Roster)).one()
    assert "王芳" in it.get(f"/rosters/show/{row.id}").text
    head = panel.of("centre_head")
    assert f"/do/confirm_roster?row={row.id}" in html.unescape(
        head.get(f"/rosters/show/{row.id}").text
    )
    assert f"/rosters/show/{row.id}" in head.get(f"/do/confirm_roster?row={row.id}").text
    done = head.post("/do/confirm_roster", {"accept": "y", "row": str(row.id)})
    assert done.status_code == 302, done.text
    assert it.get(f"/rosters/slips/{row.id}").status_code == 403
    first = head.get(f"/rosters/slips/{row.id}").text
    assert "0个，共2个" in first and 'name="own"' not in first
    asked = head.post(f"/rosters/slips/{row.id}", {"make": "1"}).text
    own = re.search(r'name="own" value="([^"]+)"', asked)
    assert own is not None
    with transaction(panel.desk.sessions) as session:
        made = [_made(user) for user, _ in to_make(session, 10)]
        give(session, panel.now, made)
    printed = head.post(f"/rosters/slips/{row.id}", {"own": html.unescape(own[1])}).text
    assert all(one.words in printed for one in made)
    again = head.post(f"/rosters/slips/{row.id}", {"own": html.unescape(own[1])})
    assert again.status_code == 422 and made[0].words not in again.text
    with reading(panel.desk.sessions) as session:
        name = session.get_one(Person, made[0].user).username
    assert panel.browser().login(name, made[0].words).status_code == 302


def test_who_waits_for_a_slip_cannot_log_in(own_sqlite_panel: Panel) -> None:
    panel, it = own_sqlite_panel, own_sqlite_panel.of("it_admin")
    it.post("/rosters/look", {"of": looked(it, WHOLE)[1]})
    with reading(panel.desk.sessions) as session:
        row = session.scalars(select(Roster)).one()
    panel.of("centre_head").post("/do/confirm_roster", {"accept": "y", "row": str(row.id)})
    for password in ("", "x"):
        assert panel.browser().login("wang.fang", password).status_code != 302


def test_the_same_file_again_says_that_nothing_would_change(own_sqlite_panel: Panel) -> None:
    it = own_sqlite_panel.of("it_admin")
    plain = {"units": WHOLE["units"]}
    it.post("/rosters/look", {"of": looked(it, plain)[1]})
    page, of = looked(it, plain)
    assert "新增0项，变更0项" in page and "导入名册</button>" not in page
    assert it.post("/rosters/look", {"of": of}).status_code == 303
    with reading(own_sqlite_panel.desk.sessions) as session:
        assert len(session.scalars(select(Roster)).all()) == 1


def test_a_file_that_is_no_roster_is_refused_with_a_sentence(own_sqlite_panel: Panel) -> None:
    it = own_sqlite_panel.of("it_admin")
    assert handed(it, b"PK\x03\x04 no workbook").endswith("/rosters/list/")
    assert "flash danger" in it.get("/rosters/list/").text
    assert it.get("/rosters/look?of=typed").status_code == 404
    of = json.dumps({"account": 1})
    assert it.get("/rosters/look", query_string={"of": of}).status_code == 404
    assert own_sqlite_panel.of("centre_head").get("/rosters/look?of=x").status_code == 403
