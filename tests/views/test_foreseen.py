"""A notice that is pasted is answered, before it is loaded, by the year and by what would move; so
is whoever approves it. [procedure 0]"""

from __future__ import annotations

import html
import re
from datetime import date
from typing import Any

import pytest

from app.rules.festivals import holidays
from tests.people import People, at, fingerprint
from tests.views.panel import Browser, Panel, refused

NOTICE = """关于2027年部分节假日安排的通知
一、元旦：1月1日（周五）至4日（周一）放假调休，共4天。1月9日（周六）上班。
"""
WHOLE = (
    "2027年\n"
    + "".join(f"{day.month}月{day.day}日 休息\n" for day in holidays(2027).values())
    + "1月4日 休息\n"
)
LACKS = "春节（2月6日）、清明节（4月5日）、劳动节（5月1日）、端午节（6月9日）、中秋节（9月15日）、国庆节（10月1日）"


@pytest.fixture
def people(empty: Panel) -> People:
    """On the last day of 2026, with a case allocated whose five working days reach into 2027."""
    people = People(empty.desk, "2026-12-30 09:00").hire("WATER")
    people.do("allocator", "allocate", people.case(kind="help"), unit="WATER")
    people.now = empty.now = at("2026-12-31 15:00")
    return people


def asked(answer: Any) -> dict[str, str]:
    """The hidden field that says what was asked."""
    assert answer.status_code == 200, answer.text[-1500:]
    found = re.search(r'name="asked" value="([^"]+)"', answer.text)
    return {"asked": found[1]} if found else {}


def months(page: str) -> dict[str, dict[int, tuple[set[str], str]]]:
    """month -> day -> what it is, and its sign."""
    found = {}
    for name, rest in re.findall(
        r'<table class="month"><caption>(.*?)</caption>(.*?)</table>', page, re.DOTALL
    ):
        days = re.findall(r'<span class="day ([a-z ]*)">(\d+)(?:<i>(.*?)</i>)?</span>', rest)
        found[name] = {int(number): (set(kinds.split()), sign) for kinds, number, sign in days}
    return found


def moves(page: str) -> list[list[str]]:
    """The cells of what would move."""
    rows = re.findall(
        r"<tr>(.*?)</tr>", page.split('id="moves"')[1].split("</section>")[0], re.DOTALL
    )[1:]
    return [
        [html.unescape(re.sub(r"<[^>]+>", "", cell)) for cell in row.split("</td>")[:-1]]
        for row in rows
    ]


def post(browser: Browser, verb: str, **fields: str) -> Any:
    """A form as it is sent."""
    return browser.post(f"/do/{verb}", fields)


def test_a_notice_is_answered_by_the_year_and_what_would_move_before_it_is_loaded(
    empty: Panel, people: People
) -> None:
    browser, before = empty.of("it_admin"), fingerprint(empty.desk)
    first = post(browser, "load_calendar", days=NOTICE, reason="国办通知")
    mark = asked(first)
    assert fingerprint(empty.desk) == before, "nothing is loaded yet"
    year = months(first.text)
    assert list(year) == [f"{n}月" for n in range(1, 13)]
    assert sum(map(len, year.values())) == 365
    assert year["1月"][1] == ({"rest", "new"}, "休") and year["1月"][2] == (
        {"rest", "week", "new"},
        "休",
    )
    assert year["1月"][9] == ({"work", "new"}, "班") and year["1月"][5] == ({"guessed"}, "")
    assert LACKS in first.text and "元旦（" not in first.text
    assert "将顺延的时限1个，涉及工单1件" in first.text
    ((number, unit, clock, old, new),) = moves(first.text)
    assert (unit, clock, old, new) == (
        "WATER单位",
        "办理期限",
        "2027-01-07 24时前",
        "2027-01-08 24时前",
    )
    assert re.fullmatch(r"\d{12}", number) and f">{number}</a>" not in first.text, (
        "IT reads no case"
    )
    assert NOTICE.strip() in html.unescape(first.text), "what was pasted is still there"
    changed = post(browser, "load_calendar", days=WHOLE, reason="国办通知", **mark)
    assert changed.status_code == 200 and "2027年各节假日齐全。" in changed.text, (
        "other days are asked about again"
    )
    assert fingerprint(empty.desk) == before
    done = post(browser, "load_calendar", days=NOTICE, reason="国办通知", **mark)
    assert done.status_code == 302 and fingerprint(empty.desk) != before


def test_who_approves_it_sees_it_when_the_form_is_opened_and_is_not_asked_again(
    empty: Panel, people: People
) -> None:
    days = {date(2027, 1, 1): "rest", date(2027, 1, 4): "rest"}
    people.plainly("it_admin", "load_calendar", days=days, reason="国办通知")
    browser = empty.of("centre_head")
    opened = browser.get("/do/approve_calendar")
    assert (
        LACKS in opened.text
        and "将顺延的时限1个" in opened.text
        and "批准后，年历和时限如下" in opened.text
    )
    ((number, *told),) = moves(opened.text)
    assert f">{number}</a>" in opened.text and told[-2:] == [
        "2027-01-07 24时前",
        "2027-01-08 24时前",
    ]
    assert refused(post(browser, "approve_calendar", **asked(opened))) == "field_missing"
    assert post(browser, "approve_calendar", accept="y", **asked(opened)).status_code == 302
    case = re.search(r'href="/cases/(\d+)"', opened.text)
    assert case and "2027-01-08 24时前" in browser.get(f"/cases/{case[1]}").text


def test_a_proposal_that_was_not_shown_is_shown_before_it_is_approved_and_none_that_is_turned_down(
    empty: Panel, people: People
) -> None:
    for day in (date(2027, 1, 4), date(2027, 1, 5)):
        people.plainly("it_admin", "load_calendar", days={day: "rest"}, reason="国办通知")
    browser = empty.of("centre_head")
    opened = browser.get("/do/approve_calendar")
    assert 'class="months"' not in opened.text, "which of them is meant is not said yet"
    rows = re.findall(
        r'<option value="(\d+)"', opened.text.split('name="row"')[1].split("</select>")[0]
    )
    shown = post(browser, "approve_calendar", accept="y", row=rows[0])
    assert months(shown.text)["1月"][4] == ({"rest", "new"}, "休") and asked(shown)
    other = post(browser, "approve_calendar", accept="y", row=rows[1], **asked(shown))
    assert months(other.text)["1月"][5] == ({"rest", "new"}, "休")
    assert (
        post(browser, "approve_calendar", accept="y", row=rows[1], **asked(other)).status_code
        == 302
    )
    assert post(browser, "approve_calendar", accept="n", row=rows[0]).status_code == 302


def test_it_is_told_in_english_too(empty: Panel, people: People) -> None:
    browser = empty.of("it_admin")
    browser.get("/lang/en")
    page = post(browser, "load_calendar", days=NOTICE, reason="notice")
    assert (
        "1 clocks run longer, of 1 cases" in page.text and "National Day (2027-10-01)" in page.text
    )
    assert list(months(page.text))[0] == "January" and months(page.text)["January"][9][1] == "on"
    shown = page.text.split('class="card year"')[1].split("</section>")[0]
    assert re.findall("[\u4e00-\u9fff]+", shown) == []


@pytest.mark.parametrize(
    ("days", "why"),
    [("", "field_missing"), ("2031-01-01 休", "day_outside_calendar"), ("元旦放假", "")],
)
def test_what_cannot_be_loaded_is_refused_and_not_asked_about(
    empty: Panel, people: People, days: str, why: str
) -> None:
    answer = post(empty.of("it_admin"), "load_calendar", days=days, reason="国办通知")
    told = refused(answer)
    assert told == why or not why
    assert 'class="months"' not in answer.text
