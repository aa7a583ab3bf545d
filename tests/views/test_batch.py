"""One verb over many rows of a list of work: it is said first what is done to how many, each row is
done by itself and once, and one that cannot be done holds up no other."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from html import unescape
from pathlib import Path

import pytest
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from app.database import reading
from app.models import Assignment, Case, Event, Request, Suggestion
from tests.databases import Desk
from tests.people import People
from tests.views.panel import Browser, Panel, panel_over

_HIDDEN = re.compile(r'<input type="hidden" name="([^"]+)" value="([^"]*)">')
_CHECKED = re.compile(r'name="rows" value="(\d+)" checked')
_OWN_UNIT = re.compile(r'<select[^>]* name="(unit-\d+)".*?</select>', re.DOTALL)
_SELECTED = re.compile(r'value="([^"]*)" selected')
_REFUSED = re.compile(r'<tr data-msgid="([a-z_.]+)">.*?<div class="soft small">(\d+)', re.DOTALL)


class Office:
    """A panel over a desk with people, before anything has happened."""

    def __init__(self, panel: Panel, people: People) -> None:
        self.panel, self.people = panel, people

    def of(self, word: str) -> Browser:
        return self.panel.of(word)

    def events(self, kind: str) -> list[int]:
        """The rows that events of a kind are about."""
        with reading(self.panel.desk.sessions) as session:
            query = select(Event.subject_id).where(Event.kind == kind).order_by(Event.id)
            return [*session.scalars(query)]

    def numbers(self) -> list[str]:
        """The paper numbers of all assignments, in their order."""
        with reading(self.panel.desk.sessions) as session:
            return [*session.scalars(select(Assignment.number).order_by(Assignment.id))]  # type: ignore[list-item]


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Iterator[Office]:
    people = People(desk).hire("WATER", "ROADS")
    with panel_over(desk, tmp_path / "data", people.now) as panel:
        yield Office(panel, people)


def asked(browser: Browser, key: str, rows: Sequence[int] = ()) -> TestResponse:
    """The page that says what would be done: to these rows, or to the whole page of the list."""
    chosen = "&".join(f"rows={row}" for row in rows) or "all=1&size=200"
    return browser.get(f"/work/{key}/many?{chosen}")


def form_in(page: str) -> MultiDict[str, str]:
    """The form of that page, as a browser would send it."""
    form: MultiDict[str, str] = MultiDict()
    for name, value in _HIDDEN.findall(page[page.index('<form class="verb card"') :]):
        form.add(name, unescape(value))
    for row in _CHECKED.findall(page):
        form.add("rows", row)
    for found in _OWN_UNIT.finditer(page):
        chosen = _SELECTED.search(found[0])
        form[found[1]] = chosen[1] if chosen else ""
    return form


def send(browser: Browser, key: str, form: MultiDict[str, str], **more: str) -> TestResponse:
    """Send it, with what a person typed."""
    sent = MultiDict([("csrf_token", browser.token), *form.items(multi=True)])
    for name, value in more.items():
        sent[name] = value
    return browser.client.post(f"/work/{key}/many", data=sent, buffered=True)


def refused(answer: TestResponse) -> dict[str, str]:
    """number -> message id of what was not done."""
    return {number: msgid for msgid, number in _REFUSED.findall(answer.text)}


def counted(numbers: Sequence[str]) -> list[int]:
    """The running numbers of papers."""
    return [int(re.search(r"(\d+)号", number)[1]) for number in numbers]  # type: ignore[index]


@pytest.mark.long
def test_a_hundred_and_twenty_cases_are_allocated_in_one_sending_with_one_event_each(
    office: Office,
) -> None:
    cases = [
        office.people.case(narrative=f"第{n}条路的路灯坏了很久，晚上看不见。") for n in range(120)
    ]
    browser = office.of("allocator")
    page = asked(browser, "to_allocate")
    assert page.status_code == 200 and "120件" in page.text
    began = time.monotonic()
    answer = send(browser, "to_allocate", form_in(page.text), unit="WATER")
    assert answer.status_code == 200 and refused(answer) == {}
    assert time.monotonic() - began < 60
    assert office.events("case.allocated") == cases
    assert counted(office.numbers()) == [*range(1, 121)]


def test_each_row_may_have_a_unit_of_its_own(office: Office) -> None:
    cases = [office.people.case() for _ in range(3)]
    browser = office.of("allocator")
    form = form_in(asked(browser, "to_allocate").text)
    units = {f"unit-{id}": unit for id, unit in zip(cases, ("WATER", "ROADS", ""), strict=True)}
    answer = send(browser, "to_allocate", form, **units)
    assert [*refused(answer).values()] == ["field_missing"]
    with reading(office.panel.desk.sessions) as session:
        told = {row.case_id: row.unit.code for row in session.scalars(select(Assignment))}
    assert told == {cases[0]: "WATER", cases[1]: "ROADS"}


def test_twelve_are_signed_for_and_one_that_a_colleague_signed_meanwhile_is_named(
    office: Office,
) -> None:
    cases = [office.people.case() for _ in range(12)]
    for case in cases:
        office.people.do("allocator", "allocate", case, unit="WATER")
    browser = office.of("staff@WATER")
    form = form_in(asked(browser, "to_sign").text)
    office.people.do("head@WATER", "sign_for", cases[4])
    answer = send(browser, "to_sign", form)
    with reading(office.panel.desk.sessions) as session:
        number = session.get_one(Case, cases[4]).number
    assert refused(answer) == {number: "row_moved"}
    assert "WATER_head" in answer.text, "who signed is named"
    assert len(office.events("assignment.signed")) == len({*office.events("assignment.signed")})
    assert len(office.events("assignment.signed")) == 12


def test_thirty_requests_of_two_kinds_are_ruled_on_each_by_its_own_verb(office: Office) -> None:
    for n in range(30):
        case = office.people.case()
        office.people.do("allocator", "allocate", case, unit="WATER")
        verb = "request_extension" if n % 2 else "request_return"
        office.people.do("head@WATER", verb, case)
    browser = office.of("allocator")
    page = asked(browser, "rulings")
    missing = send(browser, "rulings", form_in(page.text))
    assert missing.status_code == 422, "what is the same for all is asked for once"
    answer = send(browser, "rulings", form_in(missing.text), accept="n", words="理由不充分")
    assert answer.status_code == 200 and refused(answer) == {}
    assert len(office.events("assignment.return_refused")) == 15
    with reading(office.panel.desk.sessions) as session:
        states = [*session.execute(select(Request.kind, Request.state))]
        words = {*session.scalars(select(Request.ruling_words))}
    assert sorted({tuple(row) for row in states}) == [
        ("extension", "refused"),
        ("return", "refused"),
    ]
    assert words == {"理由不充分"}


def test_suggestions_are_screened_together(office: Office) -> None:
    for _ in range(3):
        office.people.case(suggestion=True)
    browser = office.of("centre_head")
    form = form_in(asked(browser, "suggestions").text)
    answer = send(browser, "suggestions", form, keep="y", words="可以采纳")
    assert refused(answer) == {}
    with reading(office.panel.desk.sessions) as session:
        assert [*session.scalars(select(Suggestion.kept))] == [True] * 3


def test_what_was_killed_in_the_seventh_row_and_is_sent_again_does_each_once(
    office: Office,
) -> None:
    cases = [office.people.case() for _ in range(12)]
    browser, begun = office.of("allocator"), list[Session]()
    form = form_in(asked(browser, "to_allocate").text)
    sessions = office.panel.app.extensions["desk"].sessions

    def kill(session: Session) -> None:
        begun.append(session)
        if len(begun) == 7:
            raise RuntimeError("killed")

    event.listen(sessions, "before_commit", kill)
    try:
        killed = send(browser, "to_allocate", form, unit="WATER")
    finally:
        event.remove(sessions, "before_commit", kill)
    assert killed.status_code == 500
    assert office.events("case.allocated") == cases[:6]
    for _ in range(2):
        answer = send(browser, "to_allocate", form, unit="WATER")
        assert answer.status_code == 200 and refused(answer) == {}
        assert answer.text.count('class="gist"') == 12
        assert office.events("case.allocated") == cases
    assert counted(office.numbers()) == [*range(1, 13)]


def test_what_was_done_with_one_unit_is_not_done_again_with_another(office: Office) -> None:
    case = office.people.case()
    browser = office.of("allocator")
    form = form_in(asked(browser, "to_allocate").text)
    send(browser, "to_allocate", form, unit="WATER")
    answer = send(browser, "to_allocate", form, unit="ROADS")
    assert [*refused(answer).values()] == ["sent_otherwise"]
    assert office.events("case.allocated") == [case]


def test_a_row_whose_form_asks_something_is_left_to_be_done_alone(office: Office) -> None:
    """A confidential case: what the unit will read of it is shown first."""
    plain, secret = office.people.case(), office.people.case(confidential=True)
    browser = office.of("allocator")
    page = asked(browser, "to_allocate")
    form = form_in(page.text)
    assert form.getlist("rows") == [str(plain)]
    assert "请单独办理" in page.text and f"/do/allocate/{secret}" in page.text
    form.add("rows", str(secret))
    form[f"seen-{secret}"] = "1"
    answer = send(browser, "to_allocate", form, unit="WATER")
    assert [*refused(answer).values()] == ["work_list.many.asks"]
    assert office.events("case.allocated") == [plain]


def test_a_row_that_was_edited_after_it_was_shown_is_refused(office: Office) -> None:
    cases = [office.people.case() for _ in range(2)]
    browser = office.of("allocator")
    form = form_in(asked(browser, "to_allocate").text)
    office.people.plainly("operator", "edit_case", cases[0], place="滨河路9号")
    answer = send(browser, "to_allocate", form, unit="WATER")
    assert [*refused(answer).values()] == ["row_moved"]
    assert office.events("case.allocated") == cases[1:]


def test_rows_of_others_and_lists_of_others_are_not_there(office: Office) -> None:
    case = office.people.case()
    office.people.do("allocator", "allocate", case, unit="WATER")
    with reading(office.panel.desk.sessions) as session:
        row = session.scalars(select(Assignment.id)).one()
    stranger = office.of("staff@ROADS")
    page = asked(stranger, "to_sign", [row])
    assert "没有选中" in page.text and "路灯" not in page.text
    assert asked(stranger, "to_allocate").status_code == 404
    assert asked(office.of("allocator"), "overdue").status_code == 404


@pytest.mark.parametrize("wrong", ["", "x.y.z"])
def test_a_form_without_its_key_does_nothing(office: Office, wrong: str) -> None:
    office.people.case()
    browser = office.of("allocator")
    form = form_in(asked(browser, "to_allocate").text)
    answer = send(browser, "to_allocate", form, unit="WATER", once=wrong)
    assert answer.status_code == 422 and office.events("case.allocated") == []


def roles(office: Office) -> list[tuple[int, str, str]]:
    """(case, unit, role) of all assignments."""
    with reading(office.panel.desk.sessions) as session:
        rows = session.scalars(select(Assignment).order_by(Assignment.id)).all()
        return [(row.case_id, row.unit.code, row.role) for row in rows]


def test_units_that_assist_with_all_rows_are_said_before_anything_is_allocated(
    office: Office,
) -> None:
    cases = [office.people.case() for _ in range(2)]
    browser = office.of("allocator")
    form = form_in(asked(browser, "to_allocate").text)
    said = send(browser, "to_allocate", form, unit="WATER", assists="ROADS")
    assert "将分派2件，每件均由ROADS单位协办" in said.text and "协办至" in said.text
    assert office.events("case.allocated") == [], "it is said first"
    again = form_in(said.text)
    assert {again[f"unit-{case}"] for case in cases} == {"WATER"}, "what was chosen stands"
    answer = send(browser, "to_allocate", again, assists="ROADS")
    assert refused(answer) == {} and office.events("case.allocated") == cases
    assert roles(office) == [
        (case, unit, role)
        for case in cases
        for unit, role in (("WATER", "lead"), ("ROADS", "assist"))
    ]
    send(browser, "to_allocate", again, assists="ROADS")
    assert office.events("case.allocated") == cases, "sent again, nothing is done again"


def test_a_row_whose_lead_is_among_the_assisting_units_is_left_out_with_the_reason(
    office: Office,
) -> None:
    one, other = office.people.case(), office.people.case()
    browser = office.of("allocator")
    form = form_in(asked(browser, "to_allocate").text)
    form[f"unit-{one}"], form[f"unit-{other}"] = "WATER", "ROADS"
    said = send(browser, "to_allocate", form, assists="ROADS")
    assert form_in(said.text).getlist("rows") == [str(one)]
    assert "主办单位又被选为协办单位" in said.text
    send(browser, "to_allocate", form_in(said.text), assists="ROADS")
    assert office.events("case.allocated") == [one]


def test_other_units_than_those_that_were_said_are_said_again(office: Office) -> None:
    office.people.case()
    browser = office.of("allocator")
    form = form_in(asked(browser, "to_allocate").text)
    form[f"unit-{form['rows']}"] = "WATER"
    said = form_in(send(browser, "to_allocate", form, assists="ROADS").text)
    without = send(browser, "to_allocate", said)
    assert office.events("case.allocated") == [] and "协办至" not in without.text
    send(browser, "to_allocate", form_in(without.text))
    assert [role for *_, role in roles(office)] == ["lead"]


def test_more_assisting_units_than_may_be_or_one_without_a_liaison_are_refused_for_all(
    office: Office,
) -> None:
    office.people.case()
    for n in range(6):
        name = f"单位{n}"
        office.people.do("it_admin", "add_unit", code=f"U{n}", name=name)
    browser = office.of("allocator")
    form = form_in(asked(browser, "to_allocate").text)
    form.setlist("assists", [f"U{n}" for n in range(6)])
    many = send(browser, "to_allocate", form, unit="WATER")
    assert many.status_code == 422 and "协办单位最多5个" in many.text
    form.setlist("assists", ["U1"])
    unfit = send(browser, "to_allocate", form, unit="WATER")
    assert unfit.status_code == 422 and "没有联络员" in unfit.text
    assert form_in(unfit.text).getlist("rows"), "nothing that was chosen is lost"
    form.setlist("assists", ["NOBODY"])
    assert send(browser, "to_allocate", form, unit="WATER").status_code == 422
    assert office.events("case.allocated") == []
