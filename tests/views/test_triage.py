"""Allocating one case after another beside the list: what the panel says, what it proposes, and that
a person sends it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import select
from werkzeug.test import TestResponse

from app.database import reading, transaction
from app.models import Assignment, Case, Category, Event, Unit
from app.rules.refusal import NotAllowed
from app.rules.workdays import minute
from app.words.terms import until
from tests.databases import Desk
from tests.people import People
from tests.views.panel import Browser, Panel, panel_over
from tests.views.test_statements import MOST, counted

_HIDDEN = re.compile(r'<input type="hidden" name="(once|row|seen|asked)" value="([^"]*)">')
_PROPOSED = re.compile(r'<option value="([^"]*)" selected[^>]*>([^<]*)<')
LIST = "/work/to_allocate"


class Office:
    """A panel over a desk where a unit handled six cases of a category and another one."""

    def __init__(self, panel: Panel, people: People) -> None:
        self.panel, self.people = panel, people
        with transaction(panel.desk.sessions) as session:
            session.add(Category(name="路灯"))
        for unit in ("WATER",) * 6 + ("ROADS",):
            self.people.do("allocator", "allocate", self.case(), unit=unit)

    def case(self, **given: object) -> int:
        """A case of that category."""
        return self.people.case(category="路灯", **given)

    def default(self, unit: str, category: str = "路灯") -> None:
        """Let the office name the unit that is proposed first for a category."""
        verb, row = "add_category", {}
        with reading(self.panel.desk.sessions) as session:
            known = session.scalars(select(Category).where(Category.name == category)).first()
            if known is not None:
                verb, row = "edit_category", {"id": known.id}
        self.people.do("it_admin", verb, name=category, default_unit=unit, **row)

    def of(self, word: str) -> Browser:
        return self.panel.of(word)

    def given(self, case: int) -> Assignment:
        with reading(self.panel.desk.sessions) as session:
            return session.scalars(select(Assignment).where(Assignment.case_id == case)).one()

    def number(self, case: int) -> str:
        with reading(self.panel.desk.sessions) as session:
            return str(session.get_one(Case, case).number)

    def allocated(self) -> list[int]:
        with reading(self.panel.desk.sessions) as session:
            query = select(Event.subject_id).where(Event.kind == "case.allocated")
            return [*session.scalars(query.order_by(Event.id))][7:]  # type: ignore[list-item]


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Iterator[Office]:
    people = People(desk).hire("WATER", "ROADS")
    with panel_over(desk, tmp_path / "data", people.now) as panel:
        yield Office(panel, people)


def part(browser: Browser, case: int) -> TestResponse:
    """The panel alone, as a page asks for it."""
    return browser.get(f"{LIST}?case={case}", headers={"HX-Request": "true", "HX-Target": "panel"})


def sent(
    browser: Browser, case: int, page: str, /, by_script: bool = False, **typed: str
) -> TestResponse:
    """Send the panel's form as it was shown, with what was typed."""
    form = {name: unescape(value) for name, value in _HIDDEN.findall(page)}
    chosen = _PROPOSED.search(page)
    form |= {"unit": chosen[1] if chosen else "", "csrf_token": browser.token, **typed}
    headers = {"HX-Request": "true", "HX-Target": "panel"} if by_script else {}
    return browser.client.post(f"/triage/{case}", data=form, headers=headers, buffered=True)


def test_the_unit_that_handled_most_of_the_kind_is_proposed_with_what_it_has_in_hand(
    office: Office,
) -> None:
    page = part(office.of("allocator"), office.case()).text
    assert _PROPOSED.findall(page) == [("WATER", "WATER单位 · 同类86%由其办理 · 在办6 逾期0")]
    assert office.allocated() == [], "it is proposed, not sent"


def test_the_default_of_the_category_is_proposed_first_and_history_second_with_its_share(
    office: Office,
) -> None:
    office.default("ROADS")
    page = part(office.of("allocator"), office.case()).text
    assert _PROPOSED.findall(page) == [
        ("ROADS", "ROADS单位 · 类别默认 · 同类14%由其办理 · 在办1 逾期0")
    ]
    water = "WATER单位 · 同类86%由其办理 · 在办6 逾期0</option>"
    assert page.index("类别默认") < page.index(water)


def test_a_category_without_history_has_its_default_proposed(office: Office) -> None:
    office.default("WATER", "井盖")
    case = office.people.case(category="井盖")
    page = part(office.of("allocator"), case).text
    assert _PROPOSED.findall(page) == [("WATER", "WATER单位 · 类别默认 · 在办6 逾期0")]


def test_how_cases_of_a_category_usually_go_is_told_and_what_it_lacks_is_that_of_the_one_above(
    office: Office,
) -> None:
    above = {"name": "市政", "default_mode": "transfer", "default_workdays": 7}
    office.people.do("it_admin", "add_category", **above)
    office.people.do("it_admin", "add_category", name="井盖", parent="市政", default_workdays=3)
    for category, days in (("井盖", 3), ("市政", 7)):
        case = office.people.case(category=category)
        page = unescape(office.of("allocator").get(f"{LIST}?case={case}").text)
        assert f"本分类通常：转办、{days}个工作日" in page
    plain = office.of("allocator").get(f"{LIST}?case={office.case()}").text
    assert "本分类通常" not in unescape(plain)
    for days in (0, 61):
        with pytest.raises(NotAllowed, match="field_wrong"):
            office.people.do("it_admin", "add_category", name="x", default_workdays=days)


def test_a_default_that_is_not_active_is_not_proposed_and_the_reason_is_told(
    office: Office,
) -> None:
    office.default("WATER")
    with transaction(office.panel.desk.sessions) as session:
        session.query(Unit).filter_by(code="WATER").update({"active": False})
    page = part(office.of("allocator"), office.case()).text
    assert [code for code, _ in _PROPOSED.findall(page)] == ["ROADS"]
    assert "类别默认单位WATER单位已停用，不予建议。" in page


def test_a_default_that_is_not_active_stands_in_the_form_of_its_category_by_its_name(
    office: Office,
) -> None:
    office.default("WATER")
    with transaction(office.panel.desk.sessions) as session:
        session.query(Unit).filter_by(code="WATER").update({"active": False})
        category = session.scalars(select(Category).where(Category.name == "路灯")).one().id
    page = office.of("it_admin").get(f"/do/edit_category?id={category}").text
    assert ("WATER", "WATER单位（已停用）") in _PROPOSED.findall(page)


def test_a_unit_without_a_liaison_is_not_proposed_and_the_reason_is_told(office: Office) -> None:
    office.people.without_liaison("WATER")
    page = part(office.of("allocator"), office.case()).text
    assert [code for code, _ in _PROPOSED.findall(page)] == ["ROADS"]
    assert "WATER单位没有联络员，不予建议。" in page
    office.people.without_liaison("ROADS")
    page = part(office.of("allocator"), office.case()).text
    assert _PROPOSED.findall(page) == [] and "ROADS单位没有联络员" in page


def test_a_default_that_is_complained_of_is_not_proposed_and_the_reason_is_told(
    office: Office,
) -> None:
    office.default("WATER")
    page = part(office.of("allocator"), office.case(complained_unit="WATER")).text
    assert [code for code, _ in _PROPOSED.findall(page)] == ["ROADS"]
    assert "类别默认单位WATER单位是被诉单位，不予建议。" in page


def test_a_unit_that_is_complained_of_is_not_proposed(office: Office) -> None:
    page = part(office.of("allocator"), office.case(complained_unit="WATER")).text
    assert [code for code, _ in _PROPOSED.findall(page)] == ["ROADS"]


def test_the_panel_asks_for_no_more_than_twelve_things(office: Office) -> None:
    cases = [office.case(place="滨河路3号") for _ in range(4)]
    browser = office.of("allocator")
    part(browser, cases[0])
    with counted(office.panel) as told:
        assert part(browser, cases[1]).status_code == 200
    assert len(told) <= MOST, "\n".join(one[:200] for one in told)


def test_the_deadline_that_is_shown_is_the_one_that_the_unit_gets(office: Office) -> None:
    case = office.case(kind="complaint")
    browser = office.of("allocator")
    page = part(browser, case).text
    sent(browser, case, page)
    assert f"办理期限将为{until(office.given(case).due_at, 'zh')}" in page
    assert minute(office.given(case).due_at)


def test_the_next_case_is_shown_and_what_was_done_is_named(office: Office) -> None:
    first, second = office.case(), office.case()
    browser = office.of("allocator")
    shown = part(browser, first).text
    answer = sent(browser, first, shown, by_script=True)
    assert f"{office.number(first)}已分派给WATER单位" in answer.text
    assert f'action="/triage/{second}"' in answer.text
    assert f'id="row-{first}" hx-swap-oob="delete"' in answer.text
    assert office.allocated() == [first]
    again = sent(browser, first, shown, by_script=True)
    assert f"{office.number(first)}已分派" in again.text and office.allocated() == [first]
    last = sent(browser, second, answer.text, by_script=True)
    assert "已全部处理" in last.text and office.allocated() == [first, second]


def test_without_script_the_page_of_the_next_case_comes(office: Office) -> None:
    first, second = office.case(), office.case()
    browser = office.of("allocator")
    page = browser.get(f"{LIST}?case={first}").text
    answer = sent(browser, first, page)
    assert (answer.status_code, answer.location) == (303, f"{LIST}?case={second}")
    assert f"{office.number(first)}已分派" in browser.get(answer.location).text


def test_the_second_who_sends_is_told_who_was_first_and_what_stands(office: Office) -> None:
    case = office.case()
    head, allocator = office.of("centre_head"), office.of("allocator")
    page, other = part(head, case).text, part(allocator, case).text
    sent(head, case, page, unit="ROADS")
    answer = sent(allocator, case, other, by_script=True)
    assert "centre_head" in answer.text and "办理中" in answer.text
    assert "panel-form" not in answer.text, "it is not sent once more"
    assert office.given(case).unit_id and office.allocated() == [case]


def test_a_case_that_was_edited_meanwhile_is_shown_again_before_it_is_sent(office: Office) -> None:
    case = office.case()
    browser = office.of("allocator")
    page = part(browser, case).text
    office.people.plainly("operator", "edit_case", case, place="滨河路9号")
    answer = sent(browser, case, page, by_script=True)
    assert "滨河路9号" in answer.text and office.allocated() == []
    sent(browser, case, answer.text, by_script=True)
    assert office.allocated() == [case]


def test_a_refusal_leads_to_what_has_to_be_done_first(office: Office) -> None:
    case = office.case()
    browser = office.of("allocator")
    page = part(browser, case).text
    office.people.plainly("operator", "refuse", case, reason="court", words="请向法院提出。")
    answer = sent(browser, case, page, by_script=True)
    refusal = answer.text.partition('role="alert"')[2].partition("</div>")[0]
    assert f'href="/do/confirm_refusal/{case}"' in refusal and office.allocated() == []


def test_what_has_to_be_answered_first_is_asked_in_the_panel(office: Office) -> None:
    case = office.case(confidential=True)
    browser = office.of("allocator")
    asks = sent(browser, case, part(browser, case).text, by_script=True)
    assert 'id="reads"' in asks.text and office.allocated() == []
    sent(browser, case, asks.text, by_script=True)
    assert office.allocated() == [case]


def test_a_form_without_a_unit_says_so_beside_its_field(office: Office) -> None:
    case = office.case()
    browser = office.of("allocator")
    page = part(browser, case).text
    answer = sent(browser, case, page, unit="")
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert office.allocated() == []


def test_cases_that_may_be_the_same_matter_are_shown_with_the_way_to_merge(office: Office) -> None:
    words = "滨河路三号楼前的路灯坏了好几天，晚上看不见路，老人摔倒。"
    first = office.case(narrative=words, caller={"name": "王某", "phone": "13900000011"})
    second = office.case(narrative=words, caller={"name": "赵某", "phone": "13900000022"})
    page = part(office.of("allocator"), second).text
    assert f"/do/merge/{second}?into={office.number(first)}" in page
    assert "13900000011" not in page and "13900000022" not in page


def test_who_has_no_right_to_allocate_has_no_panel(office: Office) -> None:
    case = office.case()
    assert part(office.of("staff@WATER"), case).status_code == 404
    assert part(office.of("examiner"), case).status_code == 404
    token = office.of("staff@WATER")
    token.get("/")
    answer = token.client.post(f"/triage/{case}", data={"csrf_token": token.token, "unit": "WATER"})
    assert answer.status_code in (302, 403) and office.allocated() == []


def counts(page: str) -> tuple[str, str, str]:
    """How many are left, on this page of the list, and how much waits, as a page says it."""
    found = [
        re.search(rf'id="{id}"[^>]*>([^<]*)<', page) for id in ("left", "all-of-page", "work-n")
    ]
    assert all(found), page[-2000:]
    left, here, waits = (re.sub(r"\D", "", one[1]) for one in found if one is not None)
    return left, here, waits


def test_after_each_sending_every_count_of_the_page_is_right(office: Office) -> None:
    cases = [office.case() for _ in range(3)]
    browser = office.of("allocator")
    left, here, waits = counts(browser.get(LIST).text)
    assert (left, here) == ("3", "3")
    for n, case in enumerate(cases, 1):
        answer = sent(browser, case, part(browser, case).text, by_script=True)
        assert counts(answer.text)[:2] == (str(3 - n),) * 2
        assert int(counts(answer.text)[2] or 0) == int(waits) - n
    browser.get(LIST)


def test_the_row_that_moves_up_into_a_page_comes_with_the_counts(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What 本页全部 would take is what the page shows."""
    monkeypatch.setattr("app.views.waiting.SIZES", (2, 4))
    first, _, third = (office.case() for _ in range(3))
    browser = office.of("allocator")
    answer = sent(browser, first, part(browser, first).text, by_script=True, page="0", size="2")
    assert counts(answer.text)[:2] == ("2", "2")
    moved = re.findall(r'<tbody hx-swap-oob="beforeend:#rows">\s*<tr id="row-(\d+)">', answer.text)
    assert moved == [str(third)]
    assert f'name="rows" value="{third}"' in answer.text
