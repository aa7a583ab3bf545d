"""The lists of work on the first page: each count is the number of rows that its link leads to.
[peers: counts that equal the list]"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from app.database import transaction
from app.models import Assignment
from app.stages.rights import RIGHTS
from app.verbs.rows import waiting
from tests.people import People, at
from tests.views.canaries import NOW, cases_of
from tests.views.panel import Browser, Panel

WHO = {role: role for role in RIGHTS} | {"unit_staff": "staff@HOUSING", "unit_head": "head@HOUSING"}
_CARD = re.compile(r'<h2><a href="([^"]+)">([^<]+) <b>(\d+)</b></a></h2>')
_NOTHING = re.compile(r'<p class="nothing soft">(.*?)</p>', re.DOTALL)


def cards(browser: Browser) -> Iterator[tuple[str, str, int]]:
    """Title, address and count of each list of a person's first page."""
    page = browser.get("/").text
    for href, title, n in _CARD.findall(page):
        yield title, href.replace("&amp;", "&"), int(n)
    for nothing in _NOTHING.findall(page):
        for href, title in re.findall(r'<a href="([^"]+)">([^<]+)</a>', nothing):
            yield title, href.replace("&amp;", "&"), 0


def rows(browser: Browser, address: str) -> int:
    """How many rows a list has."""
    shown = browser.get(address).text.split("<tbody>")[1].split("</tbody>")[0]
    return shown.count("<tr>") - shown.count("colspan")


def count(browser: Browser, wanted: str) -> int:
    """The count of the list with a title."""
    return next(n for title, _, n in cards(browser) if title == wanted)


@pytest.fixture
def mixed(sqlite_panel: Panel) -> Panel:
    """The played office, and in it what a list must not take for work: what was decided, ended, or
    is another's."""
    people = People(sqlite_panel.desk, f"{NOW:%Y-%m-%d %H:%M}")
    housing = cases_of(sqlite_panel.desk, "HOUSING")
    people.do("committee", "record_outcome", housing[0], outcome="result")
    for value in (3, 4):
        people.plainly("it_admin", "change_rule", name="sign_workdays", value=value)
    for verb in ("approve_rule", "approve_calendar"):
        with transaction(sqlite_panel.desk.sessions) as session:
            oldest = waiting(session, verb)[0].id
        people.plainly("centre_head", verb, row=oldest, accept=True)
    people.plainly(
        "it_admin", "load_calendar", days={at("2027-01-05 09:00").date(): "rest"}, reason="通知"
    )
    case = people.case()
    people.do("allocator", "submit", case, to_leader=people.person("leader#2").username)
    case = people.case()
    people.do("allocator", "allocate", case, unit="WATER", assists=["HOUSING"])
    people.do("head@HOUSING", "sign_for", case)
    people.do("head@HOUSING", "reply", case)
    return sqlite_panel


@pytest.mark.parametrize("role", WHO)
def test_each_count_is_the_number_of_rows_behind_it(mixed: Panel, role: str) -> None:
    """Seen failing with the counts asked for without the scope (a leader counted what was submitted
    to another), and with lists of work that led to the whole register (rules, calendars,
    referrals)."""
    browser = mixed.of(WHO[role])
    told = list(cards(browser))
    assert bool(told) is (role != "it_admin")
    assert [
        (title, n, rows(browser, href)) for title, href, n in told if n != rows(browser, href)
    ] == []


def test_an_examiner_opens_and_examines_an_assists_reply_while_its_lead_still_works(
    mixed: Panel,
) -> None:
    """Seen failing with the cases to examine told by their own state."""
    browser = mixed.of("examiner")
    with transaction(mixed.desk.sessions) as session:
        case = session.query(Assignment.case_id).filter_by(state="replied", role="assist").scalar()
    assert f'href="/cases/{case}"' in browser.get("/work/to_examine").text
    assert browser.get(f"/cases/{case}").status_code == 200
    assert (
        browser.post(f"/do/examine/{case}", {"unit": "HOUSING", "passes": "y"}).status_code == 302
    )


def test_what_is_not_overdue_any_more_leaves_the_list(empty: Panel) -> None:
    """An extension that was granted after the old date gives time again. Seen failing with the old
    date's mark taken for the new one's."""
    people = People(empty.desk).hire("WATER")
    case = people.case(kind="consultation")
    people.do("allocator", "allocate", case, unit="WATER")
    people.do("head@WATER", "sign_for", case)
    people.to("2025-06-12 16:00")
    people.do("head@WATER", "request_extension", case, workdays=5)
    people.sweep("2025-06-13")
    empty.now = people.now
    assert (
        count(empty.of("allocator"), "逾期交办件"),
        count(empty.of("head@WATER"), "本单位逾期"),
    ) == (1, 1)
    people.to("2025-06-13 09:00")
    people.do("allocator", "rule_on_extension", case, accept=True)
    assert (
        count(empty.of("allocator"), "逾期交办件"),
        count(empty.of("head@WATER"), "本单位逾期"),
    ) == (0, 0)


def test_a_list_of_work_is_narrowed_and_named_only_for_who_has_it(mixed: Panel) -> None:
    """`work` in an address is no way to another's list, and no error."""
    head = mixed.of("centre_head").get("/rules/list/?work=rules").text
    assert "<h1>待批准规则</h1>" in head
    assert 'name="work" value="rules"' in head
    for odd in ("x", "to_approve", "rules%00", "mine"):
        assert "<h1>时限规则</h1>" in mixed.of("it_admin").get(f"/rules/list/?work={odd}").text
