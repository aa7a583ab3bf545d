"""What stands above the lists of the first page: the figures are those of a report, the charts carry
no script and lead to their rows, and nobody is shown what is not theirs."""

from __future__ import annotations

import re

import pytest

from app.database import reading
from app.stages.reporting.glance import SPAN, WEEKS, standing
from app.views.figures.charts import PAPER, Bar, lying, upright
from tests.views.panel import Panel
from tests.views.test_statements import MOST, WHO, counted

_TILE = re.compile(r'class="card tile[^"]*"')
HAVE = {
    "centre_head": (4, 1),
    "leader": (4, 1),
    "supervision_head": (7, 1),
    "officer": (3, 0),
    "unit_head": (4, 1),
    "it_admin": (5, 0),
    "unit_staff": (0, 0),
    "allocator": (0, 0),
}
"""role -> how many figures, and at least how many charts."""


@pytest.mark.parametrize("role", HAVE)
def test_each_role_has_its_own_figures_in_few_statements(sqlite_panel: Panel, role: str) -> None:
    """Also where nothing of them is kept."""
    tiles, charts = HAVE[role]
    browser = sqlite_panel.of(WHO[role].replace("WATER", "HOUSING"))
    browser.get("/notices/")
    with counted(sqlite_panel) as told:
        page = browser.get("/").text
    assert len(told) <= MOST, "\n".join(one[:120] for one in told)
    assert len(_TILE.findall(page)) == tiles
    assert page.count('class="card chart"') >= charts
    with counted(sqlite_panel) as again:
        browser.get("/")
    assert len(again) <= len(told)


def test_the_figures_are_those_of_a_report(sqlite_panel: Panel) -> None:
    """A unit's figures are part of the county's."""
    with reading(sqlite_panel.desk.sessions) as session:
        county = standing(session, sqlite_panel.now)
        units = [standing(session, sqlite_panel.now, unit) for unit in (1, 2, 3)]
    assert county.now.came > 0 and len(county.weeks) == WEEKS
    assert (county.until - county.since).days == SPAN - 1
    assert sum(n for *_, n in county.late) <= county.now.late
    assert all(one.now.due <= county.now.due for one in units)


def test_the_auditor_sees_who_looked_at_callers_today(sqlite_panel: Panel) -> None:
    assert "今天没有人查看来电人" in sqlite_panel.of("log_auditor").get("/").text
    assert "今天没有人查看来电人" not in sqlite_panel.of("operator").get("/").text


def test_a_chart_has_no_script_and_its_bars_lead_to_their_rows() -> None:
    """Seen failing with what pygal brings along."""
    bars = [Bar(3, "水利局3件", "/a?b=1&c=2"), Bar(0, "住建局0件", "/b")]
    for draw in (upright, lying):
        picture = str(draw(["水利局", "<住建局>"], [("逾期", bars)]))
        assert "<script" not in picture and "http://" not in picture.replace(
            "http://www.w3.org/", ""
        )
        assert 'href="/a?b=1&amp;c=2"' in picture and 'href="/b"' not in picture
        assert 'aria-label="水利局3件"' in picture and "&lt;住建局&gt;" in picture
    assert "var(--" not in str(upright(["一"], [("逾期", [Bar(1, "一")])], PAPER))
