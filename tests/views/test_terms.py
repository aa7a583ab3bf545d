"""The ends of clocks as people say them: a stored end is the moment after, what is shown and asked
for is the last day. [section 0, "a deadline is an exclusive end"]"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from app.database import transaction
from app.models import Assignment, Event, Person
from app.rules.workdays import BEIJING, last_day
from app.rules.workflow import LIVE
from app.words.terms import until
from tests.views.panel import Panel


@pytest.mark.parametrize(
    ("end", "on_page", "on_paper", "in_english"),
    [
        ("2025-10-20T00:00:00", "2025-10-19 24时前", "2025年10月19日24时前", "2025-10-19 24:00"),
        ("2026-01-01T00:00:00", "2025-12-31 24时前", "2025年12月31日24时前", "2025-12-31 24:00"),
        ("2025-10-09T18:00:00", "2025-10-09 18时前", "2025年10月9日18时前", "2025-10-09 18:00"),
        ("2025-10-09T09:05:30", "2025-10-09 09:05前", "2025年10月9日9时5分前", "2025-10-09 09:05"),
        ("2025-10-09T00:30:00", "2025-10-09 00:30前", "2025年10月9日0时30分前", "2025-10-09 00:30"),
        ("2025-10-10T00:00:40", "2025-10-09 24时前", "2025年10月9日24时前", "2025-10-09 24:00"),
    ],
)
def test_the_end_of_a_clock_is_said_as_the_last_day(
    end: str, on_page: str, on_paper: str, in_english: str
) -> None:
    at = datetime.fromisoformat(end).replace(tzinfo=BEIJING)
    assert (until(at, "zh"), until(at, "zh", paper=True), until(at, "en")) == (
        on_page,
        on_paper,
        in_english,
    )
    assert until(at.astimezone(UTC), "zh") == on_page


def _dues(panel: Panel, states: tuple[str, ...] = ()) -> dict[str, int]:
    """last day -> how many assignments are due with it, of those in some states."""
    query = select(Assignment.due_at)
    if states:
        query = query.where(Assignment.state.in_(states))
    with transaction(panel.desk.sessions) as session:
        found = session.scalars(query).all()
    days = [str(last_day(at)) for at in found if (at.hour, at.minute) == (0, 0)]
    assert days
    return {day: days.count(day) for day in days}


def test_a_list_shows_the_last_day_of_a_clock_and_never_the_midnight_after_it(
    sqlite_panel: Panel,
) -> None:
    browser = sqlite_panel.of("allocator")
    told = browser.get("/assignments/list/?size=100").text
    for day in _dues(sqlite_panel, LIVE):
        assert f'title="{day} 24时前"' in told, day
    assert "00:00<" not in told
    with transaction(sqlite_panel.desk.sessions) as session:
        id, at = session.execute(
            select(Assignment.id, Assignment.due_at).order_by(Assignment.id)
        ).all()[0]
    shown = browser.get(f"/assignments/show/{id}").text
    assert f"{last_day(at)} 24时前" in shown and "00:00<" not in shown


def test_from_a_day_to_the_same_day_finds_what_is_due_with_it(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.of("allocator")
    for day, many in _dues(sqlite_panel).items():
        after = str(datetime.fromisoformat(day) + timedelta(days=1))[:10]
        for asked, expected in ((day, many), (after, 0)):
            told = browser.get(
                f"/assignments/export.csv?from_due_at={asked}&to_due_at={asked}"
            ).text
            assert told.count(f",{day} 24时前,") == expected, (day, asked, told)


def test_the_log_says_who_did_it_by_name(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.of("log_auditor")
    with transaction(sqlite_panel.desk.sessions) as session:
        query = (
            select(Event.actor, Event.id)
            .where(Event.actor.like("user:%"))
            .order_by(Event.id.desc())
        )
        word, id = session.execute(query).all()[0]
        number = int(word.removeprefix("user:"))
        person = session.get_one(Person, number)
        name, account = person.first_name, person.username
    for address in ("/events/list/", f"/events/show/{id}", "/events/export.csv"):
        assert f"{name}（账号{account}）" in browser.get(address).text, address


def test_the_log_is_searched_by_the_name_of_an_account(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.of("log_auditor")
    page = browser.get("/events/list/?q_actor=allocator").text
    told = set(re.findall(r"（账号([^）]+)）", page.partition("<tbody>")[2]))
    assert told == {"allocator"}
    assert browser.get("/events/list/?q_actor=nobody-of-that-name").status_code == 200
