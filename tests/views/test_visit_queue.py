"""The visit queue: who is due, the one in hand with the number shown on the record, and an attempt that
brings the next. [procedure 6]"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.database import reading, transaction
from app.models import Caller, Case, Reveal, Visit
from app.roles import BOT
from app.stages.visit import plan
from tests.databases import Desk
from tests.office import moment
from tests.room import Room
from tests.views.panel import Browser, Panel, panel_over, refused
from tests.views.test_plans import _plans as plans_of
from tests.views.test_statements import MOST, counted

_HIDDEN = re.compile(r'<input[^>]*type="hidden"[^>]*name="([^"]+)"[^>]*value="([^"]*)"')
WELL = {"truth": "proven", "solved": "solved", "satisfied": "satisfied"}


@pytest.fixture
def room(desk: Desk) -> Room:
    return Room(desk)


@pytest.fixture
def panel(room: Room, tmp_path: Path) -> Iterator[Panel]:
    with panel_over(room.desk, tmp_path / "data", moment("2025-06-17 10:00")) as made:
        yield made


def waits(room: Room, *letters: str, examiner: str = "examiner") -> None:
    """Cases whose callers wait for their visit."""
    for letter in letters:
        caller = {"name": f"赵{letter}三", "phone": f"1380912345{ord(letter) % 10}"}
        room.allocated("2025-06-16 09:10", letter, kind="help", caller=caller)
        room.do("2025-06-16 14:00", "head@WATER", "reply", letter)
        room.do("2025-06-16 15:00", examiner, "examine", letter, passes=True)


def form_of(page: str, action: str) -> dict[str, str]:
    """The hidden fields of the form on a page that is sent to an address."""
    begins = page[: page.index(f'action="{action}"')].rindex("<form")
    form = page[begins : page.index("</form>", begins)]
    return {name: html.unescape(value) for name, value in _HIDDEN.findall(form)}


def in_hand(browser: Browser) -> str:
    """The page of the queue with the first in hand."""
    answer = browser.get("/visits/queue")
    return (browser.get(answer.location) if answer.status_code == 302 else answer).text


def attempt(browser: Browser, case: int, page: str, **typed: str) -> str:
    """The page that comes when an attempt is recorded from a page of the queue."""
    action = f"/do/record_visit/{case}"
    sent = {**form_of(page, action), "method": "phone", **typed}
    answer = browser.post(action, sent)
    assert (answer.status_code, answer.location) == (302, "/visits/queue"), answer.text
    return in_hand(browser)


def test_an_attempt_that_reached_nobody_is_recorded_and_brings_the_next(
    room: Room, panel: Panel
) -> None:
    waits(room, "A", "B")
    browser = panel.of("visitor")
    first = in_hand(browser)
    assert "赵**" in first and f"/do/record_visit/{room.id('A')}" in first
    page = attempt(browser, room.id("A"), first, reached="n")
    assert f"/do/record_visit/{room.id('B')}" in page
    assert "今日已访未接通（1）" in page and "1/3" in page
    assert [row.reached for row in room.records("A")] == [False]


def test_the_queue_says_when_one_more_attempt_counts_and_three_on_two_days_end_it(
    room: Room, panel: Panel
) -> None:
    waits(room, "A")
    browser, id = panel.of("visitor"), room.id("A")
    place = f"/visits/queue/{room.visit('A').id}"
    for _ in range(2):
        attempt(browser, id, browser.get(place).text, reached="n")
    assert "第3次须另日进行：06月18日起可再访" in browser.get(place).text
    panel.now = moment("2025-06-18 09:00")
    page = browser.get(place).text
    assert "起可再访" not in page and "2/3" in page
    page = attempt(browser, id, page, reached="n")
    assert room.visit("A").state == "unreachable" and "没有待回访的诉求人" in page
    assert browser.get(place).location == "/visits/queue"


def test_the_number_is_covered_until_it_is_shown_once_on_the_record(
    room: Room, panel: Panel
) -> None:
    waits(room, "A", "B")
    browser, id = panel.of("visitor"), room.id("A")
    with reading(room.desk.sessions) as session:
        phones = set(session.scalars(select(Caller.phone)))
    covered = in_hand(browser)
    assert not [phone for phone in phones if phone in covered]
    sent = form_of(covered, f"/do/reveal/{id}")
    assert sent["purpose"] == "visit"
    shown = [browser.post(f"/do/reveal/{id}", sent) for _ in range(2)]
    assert [answer.status_code for answer in shown] == [200, 200]
    assert all('href="tel:13809123455"' in answer.text for answer in shown)
    with reading(room.desk.sessions) as session:
        assert session.scalar(select(func.count()).select_from(Reveal)) == 1
    page = attempt(browser, id, shown[0].text, reached="n")
    assert not [phone for phone in phones if phone in page]
    again = browser.get(f"/visits/queue/{room.visit('A').id}").text
    assert not [phone for phone in phones if phone in again]


def test_one_button_answers_true_solved_and_satisfied(room: Room, panel: Panel) -> None:
    waits(room, "A")
    browser = panel.of("visitor")
    attempt(browser, room.id("A"), in_hand(browser), heard="well", words="都好了")
    visit, record = room.visit("A"), room.records("A")[-1]
    assert (visit.state, visit.truth, visit.solved, visit.satisfied) == ("done", *WELL.values())
    assert record.words == "都好了" and room.case("A").state == "closed"


def test_what_is_asked_no_more_is_not_put_down(room: Room, panel: Panel) -> None:
    """Why, and where, were answered before another answer made them pointless."""
    waits(room, "A")
    browser = panel.of("visitor")
    typed = {**WELL, "reached": "y", "why": "attitude", "place": "惠民路3号", "met": "本人"}
    attempt(browser, room.id("A"), in_hand(browser), **typed)
    record = room.records("A")[-1]
    assert (record.why, record.place, record.met) == (None, "", "")


def test_an_attempt_that_is_refused_comes_back_with_what_was_typed_and_leads_back(
    room: Room, panel: Panel
) -> None:
    waits(room, "A")
    browser, action = panel.of("visitor"), f"/do/record_visit/{room.id('A')}"
    sent = {**form_of(in_hand(browser), action), "method": "phone", "reached": "y"}
    answer = browser.post(action, {**sent, "words": "还没有解决", "truth": "proven"})
    assert refused(answer) == "outcome_missing" and "还没有解决" in answer.text
    again = form_of(answer.text, "")
    assert again["back"] == "visits"
    assert browser.post(action, {**again, "method": "phone", "reached": "y", **WELL}).location == (
        "/visits/queue"
    )


def test_who_examined_is_told_that_another_visits(room: Room, panel: Panel) -> None:
    waits(room, "A", examiner="centre_head")
    browser = panel.of("centre_head")
    page = browser.get(f"/visits/queue/{room.visit('A').id}").text
    assert "您审核过此件，须由他人回访" in page and 'id="attempt"' not in page
    assert browser.get("/visits/queue").status_code == 200, "nobody is in hand"
    assert "赵**" in panel.of("visitor").get(f"/visits/queue/{room.visit('A').id}").text


def test_a_leaders_matter_is_in_the_rooms_queue_and_in_no_visitors(
    room: Room, panel: Panel
) -> None:
    leader = {"level": "county", "name": "李县长", "text": "请办理"}
    room.allocated("2025-06-16 09:10", "A", kind="help", leader=leader)
    room.do("2025-06-16 14:00", "head@WATER", "reply", "A")
    room.do("2025-06-16 15:00", "examiner", "examine", "A", passes=True)
    place = f"/visits/queue/{room.visit('A').id}"
    assert panel.of("visitor").get(place).status_code == 404
    assert "请办理" in panel.of("officer").get(place).text


def test_the_menu_and_the_first_page_lead_a_visitor_to_the_queue(room: Room, panel: Panel) -> None:
    waits(room, "A")
    home = panel.of("visitor").get("/").text
    assert 'href="/visits/queue"' in home and 'href="/visits/queue?work=to_visit"' in home
    assert 'href="/visits/list/"' in panel.of("examiner").get("/").text


def test_the_queue_asks_for_as_much_at_a_hundred_rows_as_at_twenty_five(
    room: Room, panel: Panel
) -> None:
    """More than a hundred are said to be more. Seen failing with the callers read one by one."""
    waits(room, "A", "B")
    browser, asked = panel.of("visitor"), []
    browser.get("/")
    for many in (25, 110):
        fill(room, many)
        place = f"/visits/queue/{room.visit('A').id}"
        with counted(panel) as told:
            page = browser.get(place).text
        asked.append(len(told))
        assert page.count("尚未回访") == min(many, 100)
    assert "待回访（100+）" in page
    assert asked[0] == asked[1] <= MOST, asked


def test_the_queue_is_read_by_the_index_of_what_waits(sqlite_panel: Panel) -> None:
    plans = [plan for plan in plans_of(sqlite_panel, "visitor", "/visits/queue") if "visit" in plan]
    assert plans, "the queue was asked for"
    assert [plan for plan in plans if re.search(r"SCAN visit\b(?! USING)", plan)] == []


def fill(room: Room, many: int) -> None:
    """So many visits wait in all: more of one caller's."""
    with transaction(room.desk.sessions) as session:
        there = session.scalar(select(func.count()).select_from(Visit)) or 0
        case = session.get_one(Case, room.id("B"))
        for _ in range(many - there):
            plan(session, moment("2025-06-16 16:00"), BOT, case)
