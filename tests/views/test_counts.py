"""The lists of work on the first page: each count is the number of rows that its link leads to, and a
unit's cards are the cases of its lists. [peers: counts that equal the list]"""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from app import words
from app.database import transaction
from app.models import Assignment
from app.stages.rights import RIGHTS
from app.verbs.rows import waiting
from app.views import unit_home
from app.worklists import QUEUES
from tests.people import People, at
from tests.views.canaries import NOW, cases_of
from tests.views.panel import Browser, Panel

WHO = {role: role for role in RIGHTS} | {"unit_staff": "staff@HOUSING", "unit_head": "head@HOUSING"}
_CARD = re.compile(r'<h2><a href="([^"]+)">([^<]+) <b>(\d+)</b></a></h2>')
_EMPTY = re.compile(r'<dt><a href="([^"]+)">([^<]+)</a></dt>')
_CHIP = re.compile(r'<a href="([^"]+)">([^<]+) <b>(\d+)</b></a>')
_NUMBER = re.compile(r'<span class="soft small">([^<]+)</span></div>\n<a class="gist"')
ROWS = (
    ('<ol class="unit-cards', "</ol>", '<li class="card unit-card"'),
    ('<div class="room">', '<div class="pages">', '<section class="card supervised"'),
    ('<div class="queue">', "</main>", "<li data-row"),
    ("<tbody", "</tbody>", "<tr"),
)
"""What begins the rows of a list, what ends them, and what each of them begins with, on the pages of
units, of the supervision room and of visits, and on the others."""


def cards(browser: Browser) -> Iterator[tuple[str, str, int]]:
    """Title, address and count of each list of a person's first page; a unit's has the lists with
    rows alone."""
    page = browser.get("/").text
    chips = page.partition('<nav class="chips"')[2].partition("</nav>")[0]
    for href, title, n in (*_CARD.findall(page), *_CHIP.findall(chips)):
        yield title, href.replace("&amp;", "&"), int(n)
    for href, title in _EMPTY.findall(page):
        yield title, href.replace("&amp;", "&"), 0


def lists_of(role: str) -> dict[str, str]:
    """The title of each list that a role has, and where it is."""
    return {
        words.word(one.title, "zh"): f"/{one.page.lower()}/list/?work={key}"
        if one.page
        else f"/work/{key}"
        for key, one in QUEUES.items()
        if role in one.roles
    }


def part_of_rows(page: str) -> tuple[str, str]:
    """The part of a list's page that has its rows, and what each begins with."""
    begins, ends, row = next(one for one in ROWS if one[0] in page)
    return page.partition(begins)[2].partition(ends)[0], row


def rows(browser: Browser, address: str) -> int:
    """How many rows a list has."""
    shown, row = part_of_rows(browser.get(address, follow_redirects=True).text)
    return shown.count(row) - shown.count("colspan")


def count(browser: Browser, wanted: str) -> int:
    """The count of the list with a title: that of its rows where the first page leaves it out, as a
    unit's does with one that is empty."""
    told = {title: n for title, _, n in cards(browser)}
    return told[wanted] if wanted in told else rows(browser, lists_of("unit_head")[wanted])


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
    """Also of the lists that the first page of a unit leaves out: they have no rows. Seen failing
    with the counts asked for without the scope (a leader counted what was submitted to another),
    with lists of work that led to the whole register (rules, calendars, referrals), and with a
    unit's empty lists left out whatever they had."""
    browser, has = mixed.of(WHO[role]), lists_of(role)
    told = list(cards(browser))
    titles = [title for title, _, _ in told]
    assert bool(told) is (role != "it_admin") and len(titles) == len({*titles})
    left_out = [(title, href, 0) for title, href in has.items() if title not in titles]
    assert {*titles} <= {*has} and (not left_out or role.startswith("unit_"))
    assert [
        (title, n, found)
        for title, href, n in (*told, *left_out)
        if n != (found := rows(browser, href))
    ] == []
    waits = re.findall(r'id="work-n">(\d*)<', browser.get("/").text)
    assert waits == [str(sum(n for *_, n in told) or "")]


@pytest.mark.parametrize("word", ["staff@HOUSING", "head@HOUSING"])
def test_the_cards_of_a_unit_are_the_cases_of_its_lists_each_once(mixed: Panel, word: str) -> None:
    """And the title counts them. Seen failing with the cards cut after the first, and with a list
    that no card was made of."""
    browser = mixed.of(word)
    page = browser.get("/").text
    listed = [
        number
        for _, href, n in cards(browser)
        if n and href.startswith("/work/")
        for number in _NUMBER.findall(browser.get(href).text)
    ]
    shown = _NUMBER.findall(page)
    assert sorted(shown) == sorted({*listed}) and len(listed) > len(shown) > 1
    assert f"<title>待办 {len(shown)} 件" in page and rows(browser, "/") == len(shown)


def test_the_title_of_a_units_first_page_says_that_there_are_more_than_its_cards(
    mixed: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen failing: it counted the cards, however many cases waited."""
    monkeypatch.setattr(unit_home, "MOST", 2)
    page = mixed.of("head@HOUSING").get("/").text
    assert page.count('<li class="card unit-card"') == 2 and "<title>待办 2+ 件" in page


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
