"""The supervision room decides in its rows: in its lists, and in the day's numbered list. [procedure 4]"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from app.database import reading
from app.models import SupervisionList
from app.rules.office import REQUIREMENTS
from app.words import word
from app.words.terms import until
from tests.databases import Desk
from tests.office import moment
from tests.room import Room
from tests.views.panel import Browser, Panel, panel_over, refused
from tests.views.test_statements import MOST, counted
from tests.views.test_visit_queue import form_of

IN_A_ROW = {"HX-Request": "true"}


@pytest.fixture
def room(desk: Desk) -> Room:
    """A case that nobody answered was listed on the morning of Friday the 27th."""
    made = Room(desk)
    made.allocated("2025-06-09 09:10", "A", kind="help")
    made.sweeps("2025-06-10", "2025-06-27")
    return made


@pytest.fixture
def panel(room: Room, tmp_path: Path) -> Iterator[Panel]:
    with panel_over(room.desk, tmp_path / "data", moment("2025-06-27 10:00")) as made:
        yield made


def opened_page(browser: Browser, room: Room, verb: str, back: str) -> str:
    """The form that a row opens."""
    item = room.items("A")[-1]
    address = f"/do/{verb}/{item.case_id}?item={item.id}&back={back}"
    return browser.get(address, headers=IN_A_ROW).text


def opened(browser: Browser, room: Room, verb: str, back: str) -> tuple[str, dict[str, str]]:
    """Where the form that a row opens is sent to, and what goes along unseen."""
    action = f"/do/{verb}/{room.id('A')}?item={room.items('A')[-1].id}&back={back}"
    page = opened_page(browser, room, verb, back)
    assert "<html" not in page and "<header" not in page, "a row opens a form, no page"
    return action, {**form_of(page, html.escape(action)), "csrf_token": browser.token}


def listing(room: Room) -> int:
    """The id of the day's list."""
    with reading(room.desk.sessions) as session:
        return int(session.scalars(select(SupervisionList.id)).one())


def test_a_row_says_what_the_list_cites_and_offers_the_three_decisions(
    room: Room, panel: Panel
) -> None:
    page = panel.of("officer").get("/supervision/room").text
    item = room.items("A")[-1]
    assert item.state == "candidate"
    late = json.loads(item.facts)["workdays_late"]
    assert late > 0
    for words in ("催办后逾期不复", "WATER", "催办 神热线催〔2025〕1号", f"已逾期{late}个工作日"):
        assert words in page
    for verb in ("open_supervision", "decline", "defer"):
        assert f"/do/{verb}/{item.case_id}?item={item.id}&amp;back=room.candidates" in page


@pytest.mark.parametrize(
    ("verb", "typed", "state"),
    [
        ("open_supervision", {"requirement": "请三日内答复诉求人。"}, "opened"),
        ("decline", {"reason": "已电话督促，今日答复。"}, "declined"),
        ("defer", {"reason": "正在协调。", "workdays": "2"}, "candidate"),
    ],
)
def test_a_decision_in_a_row_leads_back_to_its_list(
    room: Room, panel: Panel, verb: str, typed: dict[str, str], state: str
) -> None:
    browser = panel.of("officer")
    action, sent = opened(browser, room, verb, "room.candidates")
    answers = [browser.post(action, {**sent, **typed}) for _ in range(2)]
    assert [answer.location for answer in answers] == ["/supervision/room?work=candidates"] * 2
    item = room.items("A")[-1]
    assert item.state == state and len(room.items("A")) == 1
    assert (item.deferred_on is not None) == (verb == "defer")


def test_the_numbered_list_leads_to_cases_and_is_decided_there(room: Room, panel: Panel) -> None:
    browser, id = panel.of("officer"), listing(room)
    page = browser.get(f"/supervisionlists/show/{id}").text
    item = room.items("A")[-1]
    assert f'href="/cases/{item.case_id}"' in page
    assert f"/do/decline/{item.case_id}?item={item.id}&amp;back=list.{id}" in page
    action, sent = opened(browser, room, "decline", f"list.{id}")
    answer = browser.post(action, {**sent, "reason": "已电话督促，今日答复。"})
    assert urlsplit(answer.location).path == f"/supervisionlists/show/{id}"
    page = browser.get(answer.location).text
    assert "不予立项" in page and "/do/decline/" not in page


def test_a_row_that_another_decided_meanwhile_is_refused(room: Room, panel: Panel) -> None:
    browser = panel.of("officer")
    action, sent = opened(browser, room, "decline", "room.candidates")
    room.do("2025-06-27 10:00", "officer#2", "open_supervision", "A", requirement="请答复")
    answer = browser.post(action, {**sent, "reason": "不必了"})
    assert answer.status_code == 422 and 'data-msgid="row_moved"' in answer.text
    assert room.items("A")[-1].state == "opened"


def test_a_block_of_the_office_is_put_behind_what_was_typed_and_nothing_is_done(
    room: Room, panel: Panel
) -> None:
    blocks = "请说明原因。\n请主要负责人牵头。"
    room.do("2025-06-09 08:00", "it_admin", "change_setting", name=REQUIREMENTS, value=blocks)
    browser = panel.of("officer")
    action, sent = opened(browser, room, "open_supervision", "room.candidates")
    typed = {
        **sent,
        "requirement": "请速办。",
        "sentence.requirement": "1",
        "insert": "requirement",
    }
    page = browser.post(action, typed, headers=IN_A_ROW).text
    assert "<html" not in page and "请速办。\n请主要负责人牵头。</textarea>" in page
    assert form_of(page, html.escape(action))["back"] == "room.candidates"
    assert "请速办。\n请主要负责人牵头。</textarea>" in browser.post(action, typed).text
    assert room.items("A")[-1].state == "candidate"


def test_the_rooms_head_words_the_standard_requirements_and_no_other_setting(
    room: Room, panel: Panel
) -> None:
    browser = panel.of("supervision_head")
    place = f"/do/change_setting?name={REQUIREMENTS}&amp;back=room.candidates"
    assert place in browser.get("/supervision/room").text
    page = browser.get(html.unescape(place)).text
    assert "附现场照片和办理凭据。" in page and 'value="series.list"' not in page
    sent = {**form_of(page, ""), "name": REQUIREMENTS, "value": "请三日内报告。"}
    answer = browser.post("/do/change_setting", sent)
    assert answer.location == "/supervision/room?work=candidates", answer.text
    assert "请三日内报告。" in opened_page(browser, room, "open_supervision", "room.candidates")
    other = {"name": "office", "value": "督查中心"}
    assert refused(browser.post("/do/change_setting", other)) == "no_right"


def test_only_the_room_decides_in_rows_and_the_menu_leads_it_there(
    room: Room, panel: Panel
) -> None:
    assert 'href="/supervision/room"' in panel.of("supervision_head").get("/").text
    head = panel.of("centre_head")
    assert head.get("/supervision/room").status_code == 403
    assert 'href="/supervision/list/"' in head.get("/").text
    page = head.get(f"/supervisionlists/show/{listing(room)}").text
    assert "/do/decline/" not in page and "/do/open_supervision/" not in page


def test_the_room_asks_for_as_much_at_twenty_five_rows_as_at_one(room: Room, panel: Panel) -> None:
    browser, asked = panel.of("officer"), []
    browser.get("/supervision/room")
    for many in (1, 30):
        fill(room, many)
        with counted(panel) as told:
            page = browser.get("/supervision/room").text
        asked.append(len(told))
        assert page.count('class="card supervised"') == min(many, 25)
    # Of what no list has named yet no clock runs: where all that is shown is such, no calendar is asked for.
    assert asked[1] <= asked[0] <= MOST, asked


def fill(room: Room, many: int) -> None:
    """So many candidates wait in all, each proposed by hand on a case of its own."""
    for n in range(1, many):
        room.allocated("2025-06-26 09:10", f"P{n}", kind="help")
        room.do("2025-06-26 10:00", "centre_head", "propose", f"P{n}", reason="多次协调未果。")


def test_a_finding_to_confirm_is_a_row_with_its_words_and_who_drafted_it(
    room: Room, panel: Panel
) -> None:
    room.do("2025-06-27 09:10", "officer", "open_supervision", "A", requirement="请报告")
    room.do("2025-06-27 09:20", "head@WATER", "feed_back", "A", words="已在办理")
    fed = panel.of("officer").get("/supervision/room?work=items").text
    assert "反馈内容：已在办理" in fed
    finding = {"finding": "perfunctory", "words": "反馈与现场不符"}
    room.do("2025-06-27 09:30", "supervision_head", "draft_finding", "A", **finding)
    own = panel.of("supervision_head").get("/supervision/room?work=findings").text
    other = panel.of("supervision_head#2").get("/supervision/room?work=findings").text
    assert "认定说明：反馈与现场不符" in own and "提出人：supervision_head" in other
    assert "须由另一人确认" in own and "/do/confirm_finding/" not in own
    assert (
        "/do/confirm_finding/" in other
        and "/do/confirm_finding/" in panel.of("supervision_head#2").get("/").text
    )


def test_an_item_whose_unit_is_not_awaited_shows_no_clock_of_the_unit(
    room: Room, panel: Panel
) -> None:
    room.do("2025-06-27 09:10", "officer", "open_supervision", "A", requirement="请报告")
    awaited = panel.of("officer").get("/supervision/room?work=items").text
    due = room.items("A")[-1].due_at
    assert due is not None and until(due, "zh") in awaited
    room.do("2025-06-27 09:20", "head@WATER", "feed_back", "A", words="已在办理")
    for address in ("/supervision/room?work=items", "/"):
        assert until(due, "zh") not in panel.of("officer").get(address).text, address


def test_an_empty_list_of_the_room_says_what_would_be_in_it(room: Room, panel: Panel) -> None:
    page = panel.of("supervision_head").get("/supervision/room?work=reviews").text
    assert word("work_list.empty.reviews", "zh") in page


def test_a_review_is_ruled_on_where_one_was_asked_for(desk: Desk, tmp_path: Path) -> None:
    """Seen failing: it was offered first on every item that was concluded."""
    office = Room(desk)
    office.to("conclude")
    with panel_over(desk, tmp_path / "data", moment("2025-06-10 15:30")) as panel:
        head = panel.of("supervision_head")
        assert "/do/rule_on_review/" not in head.get("/supervision/room?work=items").text
        office.do("2025-06-10 16:00", "head@WATER", "ask_review", "A", words="请予复核")
        page = head.get("/supervision/room?work=reviews").text
        assert "/do/rule_on_review/" in page and "复核申请：请予复核" in page
