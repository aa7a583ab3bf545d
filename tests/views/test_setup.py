"""The set-up page: what an office needs before its first case, and where what is missing is done."""

from __future__ import annotations

import os
import re

from sqlalchemy import select

from app.database import transaction
from app.models import Unit
from app.stages.naming import name_office
from tests.views.panel import Panel

WHOLE = {
    "office": "某市12345热线中心",
    "short": "某",
    "room": "某市政府督查室",
    "committee": "某市监察委员会",
    "area_code": "0913",
}


def steps(panel: Panel) -> dict[str, tuple[str, str, str]]:
    """step -> (badge, what is said, where it leads)."""
    page = panel.of("it_admin").get("/setup/").text
    rows = re.findall(
        r'text-bg-\w+">([^<]+)</span></td><td>([^<]+)</td><td>([^<]*)</td>\s*<td>(?:<a[^>]*href="([^"]+)")?',
        page,
    )
    return {label: (badge, said, href) for badge, label, said, href in rows}


def test_each_step_says_whether_it_is_done_and_leads_to_its_form(own_sqlite_panel: Panel) -> None:
    panel = own_sqlite_panel
    before = steps(panel)
    assert len(before) == 10
    names = before["机构名称、文号简称、区号"]
    assert names[0] == "未完成" and "监察机关名称" in names[1] and names[2] == "/settings/list/"
    assert before["成员单位、乡镇街道"][2] == before["分类"][2] == "/rosters/list/"
    assert before["备份"][0] == "未完成" and before["公文字体"][0] == "可选"
    with transaction(panel.desk.sessions) as session:
        name_office(session, panel.now, WHOLE)
        session.add(Unit(code="BARE", name="没有联络员的单位"))
    (panel.settings.data / "backed-up").touch()
    at = panel.now.timestamp()
    os.utime(panel.settings.data / "backed-up", (at, at))
    after = steps(panel)
    assert after["机构名称、文号简称、区号"][0] == after["备份"][0] == "已完成"
    assert "没有联络员的单位" in after["各单位联络员"][1]
    with transaction(panel.desk.sessions) as session:
        session.scalars(select(Unit).where(Unit.code == "BARE")).one().active = False
    assert "没有联络员的单位" not in steps(panel)["各单位联络员"][1]


def test_only_it_sets_the_office_up(sqlite_panel: Panel) -> None:
    assert sqlite_panel.of("centre_head").get("/setup/").status_code == 403
