"""The intake: what stands beside a demand while it is typed - who calls, cases alike, categories,
places - each as its reader may read it, sent in the body, in few statements; and what is told once a
case is registered. [procedure 1; trust, The caller]"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from app.database import reading, transaction
from app.models import Case, Category, Event
from tests.databases import Desk
from tests.people import People
from tests.twice import at_once
from tests.views.panel import Browser, Panel, panel_over
from tests.views.test_accounts import _hire as hired
from tests.views.test_once import _key_in
from tests.views.test_statements import MOST, counted

NUMBER = "13800138002"
TOLD = "滨河新区三号楼前的路灯坏了半个月，晚上看不见路。"
LIKE = "滨河新区三号楼前面的路灯坏了，晚上看不见路"
CALLER = {"name": "张建国", "phone": NUMBER}
CLOSED = "西街公厕长期无人打扫，味道很大，影响附近居民。"


@pytest.fixture
def people(desk: Desk) -> People:
    made = People(desk).hire("WATER", "ROADS")
    with transaction(desk.sessions) as session:
        city = Category(name="市政设施")
        session.add(city)
        session.flush()
        session.add_all(
            Category(name=name, parent_id=city.id) for name in ("路灯维修", "路面破损", "公厕")
        )
    return made


@pytest.fixture
def case(people: People) -> int:
    return people.case(caller=CALLER, narrative=TOLD, place="滨河新区三号楼", category="路灯维修")


@pytest.fixture
def panel(people: People, case: int, tmp_path: Path) -> Iterator[Panel]:
    with panel_over(people.desk, tmp_path / "data", people.now) as made:
        yield made


def looked_up(panel: Panel) -> int:
    with reading(panel.desk.sessions) as session:
        return len(session.scalars(select(Event.id).where(Event.kind == "caller.looked_up")).all())


def asked(browser: Browser, phone: str, key: str) -> Any:
    return browser.post("/intake/caller", {"caller.phone": phone, "once": key})


def test_a_form_asks_in_the_order_of_speech_and_keeps_the_rest_behind_more(panel: Panel) -> None:
    page = panel.of("operator").get("/do/register").text
    front, _, more = page.partition('<details class="more" data-more>')
    spoken = ("caller.phone", "caller.name", "narrative", "place", "demand", "kind")
    switched = ("anonymous", "confidential", "dangerous")
    places = [front.index(f'name="{name}"') for name in (*spoken, *switched, "category")]
    assert places == sorted(places)
    for name in ("channel", "complained_unit", "leader.name", "received_at", "repeat_check"):
        assert f'name="{name}"' in more and f'name="{name}"' not in front, name
    assert len(re.findall(r'type="radio"[^>]* name="kind"', front)) == 6
    assert re.search(r'<input[^>]*autofocus[^>]*name="caller.phone"', front)


def test_the_unit_that_will_be_proposed_is_told_beside_the_category(
    panel: Panel, people: People
) -> None:
    with reading(panel.desk.sessions) as session:
        row = session.scalars(select(Category).where(Category.name == "路灯维修")).one()
        above = session.scalars(select(Category).where(Category.name == "市政设施")).one()
    people.do("it_admin", "edit_category", id=above.id, name="市政设施", default_unit="ROADS")
    browser = panel.of("operator")
    page = browser.post("/intake/unit", {"category": f"／{row.id}"}).text
    assert "ROADS单位" in page and "类别默认" in page
    assert "ROADS单位" in browser.post("/intake/unit", {"category": "路灯维修"}).text
    for nothing in ("", "没有的分类"):
        assert "ROADS" not in browser.post("/intake/unit", {"category": nothing}).text
    people.without_liaison("ROADS")
    page = browser.post("/intake/unit", {"category": f"／{row.id}"}).text
    assert "类别默认单位ROADS单位没有联络员，不予建议。" in page and "拟承办单位" not in page


def test_more_opens_by_itself_where_one_of_its_fields_says_something(panel: Panel) -> None:
    browser = panel.of("operator")
    wrong = {"narrative": LIKE, "kind": "help", "received_at": "2099-01-01T00:00"}
    for page in (
        browser.get("/do/register?channel=leader").text,
        browser.post("/do/register", wrong).text,
    ):
        assert '<details class="more" data-more open>' in page


def test_a_whole_number_shows_its_callers_covered_with_their_open_cases(
    panel: Panel, people: People, case: int
) -> None:
    closed = people.case(caller=CALLER, narrative=CLOSED)
    people.do("allocator", "withdraw", closed, reason="诉求人撤回")
    browser = panel.of("operator")
    key = _key_in(browser.get("/do/register").text)
    page = asked(browser, " 138-0013-8002", key).text
    assert "张** 138****8002" in html.unescape(re.sub(r"</?b>", "", page))
    assert f'href="/cases/{case}"' in page and f'href="/cases/{closed}"' not in page
    assert NUMBER not in page and "张建国" not in page
    assert "没有来电记录" in asked(browser, "13911112222", key).text


def test_one_look_up_stands_on_the_record_for_each_number_and_form(panel: Panel) -> None:
    """Seen failing with a plain look-up: one for each pause in the typing."""
    browser = panel.of("operator")
    key = _key_in(browser.get("/do/register").text)
    first = asked(browser, NUMBER, key).text
    assert looked_up(panel) == 1
    for spelling in (NUMBER, "138 0013 8002"):
        assert asked(browser, spelling, key).text == first
    assert looked_up(panel) == 1
    asked(browser, "13911112222", key)
    assert looked_up(panel) == 2
    asked(browser, NUMBER, _key_in(browser.get("/do/register").text))
    assert looked_up(panel) == 3


def test_a_look_up_that_is_asked_twice_at_once_is_one(panel: Panel) -> None:
    browser, twin = panel.enter("operator"), panel.enter("operator")
    key = _key_in(browser.get("/do/register").text)
    twin.get("/do/register")
    answers = at_once(lambda: asked(browser, NUMBER, key), lambda: asked(twin, NUMBER, key))
    assert {one.status_code for one in answers} == {200} and looked_up(panel) == 1
    assert all("138****8002" in one.text for one in answers)


@pytest.mark.parametrize("phone", ["", "1380013800", "张建国8002", "12345", "1380"])
def test_what_is_no_whole_number_is_not_looked_up(panel: Panel, phone: str) -> None:
    browser = panel.of("operator")
    page = asked(browser, phone, _key_in(browser.get("/do/register").text))
    assert page.status_code == 200 and "138****" not in page.text and looked_up(panel) == 0


def test_who_has_no_form_of_his_own_looks_nobody_up(panel: Panel) -> None:
    browser = panel.of("operator")
    other = _key_in(panel.of("centre_head").get("/do/register").text)
    for key in ("", "x.y.z", other):
        assert "138****" not in asked(browser, NUMBER, key).text
    assert looked_up(panel) == 0


def test_too_many_look_ups_are_refused_in_a_sentence_and_the_form_stays(
    panel: Panel, people: People
) -> None:
    for _ in range(120):
        people.plainly("operator", "look_up", number="13911112222")
    browser = panel.of("operator")
    page = asked(browser, NUMBER, _key_in(browser.get("/do/register").text))
    assert page.status_code == 200 and "120" in page.text and "138****" not in page.text


def test_without_the_right_nothing_of_callers_is_shown(panel: Panel) -> None:
    browser = hired(panel, "doorman", "register", "contact", "all")
    page = browser.get("/do/register")
    assert page.status_code == 200 and "没有查询来电人的权限" in page.text
    assert "138****" not in asked(browser, NUMBER, _key_in(page.text)).text
    assert looked_up(panel) == 0


def test_who_reads_nothing_as_typed_is_shown_words_and_places_covered(
    panel: Panel, people: People
) -> None:
    people.case(
        caller=CALLER, narrative="我是张建国，门前的井盖丢了很久，很危险。", place="张建国家门前"
    )
    browser = hired(panel, "porter", "register", "contact", "all")
    told = {"narrative": "门前的井盖丢了很久，很危险。", "place": "家门前"}
    shown = browser.post("/intake/alike", told).text
    assert "井盖丢了很久" in shown and "张建国" not in shown
    places = browser.post("/intake/places", {"place": "家门前"}).text
    assert "家门前" in places and "张建国" not in places
    assert "<option" not in browser.post("/intake/places", {"place": "张建国"}).text


def test_who_sees_no_cases_is_shown_none_and_no_place_of_one(panel: Panel) -> None:
    browser = hired(panel, "newcomer", "register", "contact")
    told = {"narrative": LIKE, "place": "滨河新区"}
    for address, fields in (
        ("/intake/alike", told),
        ("/intake/places", {"place": "滨河"}),
        ("/intake/cases", {"q": "路灯"}),
    ):
        page = browser.post(address, fields)
        assert page.status_code == 200
        assert "滨河新区三号楼" not in page.text and "/cases/" not in page.text, address


def test_words_show_cases_alike_with_three_ways_to_tell_of_them(panel: Panel, case: int) -> None:
    page = panel.of("operator").post("/intake/alike", {"narrative": LIKE}).text
    assert f'href="/cases/{case}"' in page and "内容相似" in page
    ways = re.findall(r'name="opens" value="(\w+)"\s+formaction="([^"]+)"', page)
    assert ways == [(kind, f"/do/contact/{case}") for kind in ("chase", "repeat", "supplement")]
    assert NUMBER not in page and "张建国" not in page


def test_a_place_shows_its_cases_too(panel: Panel, case: int) -> None:
    told = {"narrative": "新区三号楼路灯不亮", "place": "滨河新区"}
    page = panel.of("operator").post("/intake/alike", told).text
    assert f'href="/cases/{case}"' in page and "同一地点" in page
    other = panel.of("operator").post("/intake/alike", {**told, "place": "东山"}).text
    assert "同一地点" not in other


def test_three_categories_are_proposed_from_cases_alike_and_from_the_words(panel: Panel) -> None:
    page = panel.of("operator").post("/intake/alike", {"narrative": LIKE}).text
    offered = re.findall(r'data-choose="f-category" value="([^"]+)">([^<]+)<', page)
    assert offered[0][1] == "市政设施／路灯维修" and len(offered) <= 3
    named = panel.of("operator").post("/intake/alike", {"narrative": "广场公厕没有水"}).text
    assert "市政设施／公厕" in named


def test_a_case_alike_takes_what_was_typed_into_the_form_of_a_contact_on_it(
    panel: Panel, case: int
) -> None:
    typed = {
        "narrative": LIKE,
        "demand": "尽快修好",
        "caller.name": "张建国",
        "caller.phone": NUMBER,
        "channel": "wechat",
        "kind": "help",
        "place": "滨河新区",
        "opens": "chase",
    }
    page = panel.of("operator").post(f"/do/contact/{case}", typed)
    assert page.status_code == 200
    assert f"{LIKE}\n尽快修好</textarea>" in page.text.replace("\r\n", "\n")
    assert f'value="{NUMBER}"' in page.text and 'value="张建国"' in page.text
    assert re.search(r'name="kind"[^>]*value="chase"[^>]*checked', page.text)
    assert re.search(r'value="wechat" selected', page.text)
    with reading(panel.desk.sessions) as session:
        assert session.get_one(Case, case).repeats == 0, "nothing is done yet"


def test_a_contact_without_a_case_finds_its_case_by_number_or_words(
    panel: Panel, case: int
) -> None:
    with reading(panel.desk.sessions) as session:
        number = session.get_one(Case, case).number or ""
    browser = panel.of("operator")
    assert 'id="f-q"' in browser.get("/do/contact").text
    assert 'id="f-q"' not in browser.get(f"/do/contact/{case}").text
    for typed in (number, f" {number} ", "路灯", "三号楼 路灯坏了"):
        page = browser.post("/intake/cases", {"q": typed}).text
        assert f'formaction="/do/contact/{case}"' in page, typed
    for typed in ("", "公厕", "路灯 公厕", "202501010001"):
        assert "formaction" not in browser.post("/intake/cases", {"q": typed}).text, typed
    told = {"words": "何时修好", "kind": "invalid", "q": "路灯", "opens": "repeat"}
    page = browser.post(f"/do/contact/{case}", told).text
    assert "何时修好</textarea>" in page
    assert re.search(r'name="kind"[^>]*value="repeat"[^>]*checked', page)


def test_a_place_is_completed_from_earlier_places(panel: Panel, people: People) -> None:
    for n in range(12):
        people.case(place=f"滨河新区{n}号院")
    page = panel.of("operator").post("/intake/places", {"place": "滨河"}).text
    places = re.findall(r'<option value="([^"]+)">', page)
    assert len(places) == 8 and all("滨河" in place for place in places)
    assert "<option" not in panel.of("operator").post("/intake/places", {"place": "滨"}).text
    assert "<option" not in panel.of("operator").post("/intake/places", {"place": "东山"}).text


def test_nothing_that_was_typed_stands_in_an_address(panel: Panel) -> None:
    browser = panel.of("operator")
    for path in ("caller", "alike", "places", "cases"):
        assert browser.get(f"/intake/{path}?caller.phone={NUMBER}").status_code == 405


def test_the_page_and_each_fragment_ask_for_few_things_whatever_is_on_file(
    panel: Panel, people: People
) -> None:
    """Seen failing with the category above each one asked for one by one."""
    browser = panel.of("operator")
    with transaction(panel.desk.sessions) as session:
        for n in range(20):
            above = Category(name=f"第{n}大类")
            session.add(above)
            session.flush()
            session.add(Category(name=f"第{n}小类", parent_id=above.id))
    for n in range(40):
        told, place = f"{n}{TOLD}", f"滨河新区{n}号楼"
        people.case(caller=CALLER, narrative=told, place=place, category=f"第{n % 20}小类")
    key = _key_in(browser.get("/do/register").text)
    sent: list[tuple[str, dict[str, str]]] = [
        ("/intake/alike", {"narrative": LIKE, "place": "滨河新区"}),
        ("/intake/places", {"place": "滨河新区"}),
        ("/intake/cases", {"q": "路灯"}),
        ("/intake/caller", {"caller.phone": NUMBER, "once": key}),
    ]
    for address, fields in sent:
        with counted(panel) as told:
            assert browser.post(address, fields).status_code == 200
        assert len(told) <= MOST, (address, len(told), told)
    with counted(panel) as told:
        assert browser.post("/intake/caller", sent[-1][1]).status_code == 200
    assert len(told) <= MOST, "a look-up that stands on the record already"
    for page in ("/do/register", "/do/contact"):
        with counted(panel) as told:
            browser.get(page)
        assert len(told) <= MOST, (page, len(told))


def test_a_registration_is_answered_with_its_number_and_query_code(panel: Panel) -> None:
    browser = panel.of("operator")
    told = {"narrative": CLOSED, "kind": "help", "caller.name": "王五", "place": "西街"}
    answer = browser.post("/do/register", told)
    assert answer.status_code == 302 and answer.location.startswith("/intake/registered/")
    id = int(answer.location.rpartition("/")[2])
    with reading(panel.desk.sessions) as session:
        case = session.get_one(Case, id)
        number, code = case.number or "", case.query_code
    page = browser.get(answer.location).text
    assert "已登记" in page and number in page and code in page
    assert re.search(r'href="/do/register" autofocus', page) and f'href="/cases/{id}"' in page
    other = panel.of("centre_head").get(answer.location).text
    assert number in other and code not in other, "the code is told by who took the call"
    assert panel.of("visitor").get(answer.location).status_code == 403
    assert browser.get("/intake/registered/999999").status_code == 404


def test_a_switch_that_is_left_says_no(panel: Panel) -> None:
    browser = panel.of("operator")
    for switched in ((), ("confidential", "dangerous")):
        told = {"narrative": f"{CLOSED}{switched}", "kind": "help", "caller.name": "王五"}
        fields = {**told, **dict.fromkeys(switched, "y")}
        answer = browser.post("/do/register", fields)
        if answer.status_code == 200:
            found = re.search(r'name="asked" value="([^"]+)"', answer.text)
            answer = browser.post("/do/register", {**fields, "asked": found[1] if found else ""})
        assert answer.status_code == 302, answer.text[-2000:]
        with reading(panel.desk.sessions) as session:
            case = session.get_one(Case, int(answer.location.rpartition("/")[2]))
            assert (case.confidential, case.dangerous) == (bool(switched), bool(switched))


def test_the_history_of_a_caller_is_shown_from_a_case_by_one_look_up(
    panel: Panel, people: People, case: int
) -> None:
    other = people.case(caller=CALLER, narrative=CLOSED)
    browser = panel.of("operator")
    assert f'action="/find/caller/{case}"' in browser.get(f"/cases/{case}").text
    page = browser.post(f"/find/caller/{case}")
    assert page.status_code == 200 and f'href="/cases/{other}"' in page.text
    assert "138****8002" in page.text and NUMBER not in page.text and looked_up(panel) == 1
    assert "/find/caller/" not in panel.of("officer").get(f"/cases/{case}").text
    assert panel.of("officer").post(f"/find/caller/{case}").status_code == 403
    assert browser.post("/find/caller/999999").status_code == 404
    assert looked_up(panel) == 1


def test_a_caller_without_a_number_has_no_history(panel: Panel, people: People) -> None:
    nameless = people.case(caller={"name": "赵六", "phone": ""}, narrative=CLOSED)
    anonymous = people.case(anonymous=True, narrative=CLOSED)
    browser = panel.of("operator")
    assert "没有留下可查询的号码" in browser.post(f"/find/caller/{nameless}").text
    assert "/find/caller/" not in browser.get(f"/cases/{anonymous}").text
    assert looked_up(panel) == 0


def test_long_lists_of_units_categories_and_persons_are_pickers_with_their_initials(
    panel: Panel, people: People
) -> None:
    form = panel.of("operator").get("/do/register").text
    assert not re.search(r'<select[^>]*data-pick[^>]*name="category"', form), "four are few"
    with transaction(panel.desk.sessions) as session:
        session.add_all(Category(name=f"第{n}类") for n in "甲乙丙丁戊己")
    form = panel.of("operator").get("/do/register").text
    assert re.search(r'<select[^>]*data-pick[^>]*name="category"', form)
    assert re.search(r'data-py="ldwx [^"]*szss[^"]*">市政设施／路灯维修', form)
    assert not re.search(r'<select[^>]*data-pick[^>]*name="channel"', form)
