"""Service of papers: first opened by an account of the unit, else the end of the next working day
it stood there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from app.database import reading, transaction
from app.models import Event, Reminder
from app.stages.calendar import office_at
from app.stages.delivery import Service, of_cases, of_row
from tests.databases import Desk
from tests.office import Office, moment
from tests.room import Room
from tests.statements import counted

BAD: dict[str, Any] = {"truth": "proven", "solved": "unsolved", "satisfied": "dissatisfied"}


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


@pytest.fixture
def room(desk: Desk) -> Room:
    return Room(desk)


def services(office: Office, at: str, *cases: str) -> dict[tuple[str, int, int], Service]:
    with reading(office.desk.sessions) as session:
        return of_cases(
            session, office_at(session, moment(at)).calendar, [office.id(case) for case in cases]
        )


def served(office: Office, at: str, subject: str, id: int, n: int = 1) -> str | None:
    """When the n-th paper of a row was served, as known at a moment."""
    with reading(office.desk.sessions) as session:
        found = of_row(session, office_at(session, moment(at)).calendar, subject, id)[
            subject, id, n
        ]
    done = found.served_at(moment(at))
    return (
        None
        if done is None
        else f"{done:%Y-%m-%d %H:%M}" + ("" if found.how == "stood" else f" {found.how}")
    )


def reminded(office: Office) -> Reminder:
    """A case due on Thursday 12 June 2025, of which its unit was reminded on Friday the 13th."""
    office.allocated("2025-06-09 09:00", "A")
    office.sweeps("2025-06-10", "2025-06-13")
    return office.row(Reminder)


def test_a_paper_is_served_when_first_opened_by_an_account_of_the_unit(office: Office) -> None:
    row = reminded(office)
    assert served(office, "2025-06-13 09:00", "reminder", row.id) is None
    office.do("2025-06-13 10:00", "staff@WATER", "open_paper", "A", paper="reminder")
    office.do("2025-06-13 11:00", "head@WATER", "open_paper", "A", paper="reminder")
    assert served(office, "2025-06-13 12:00", "reminder", row.id) == "2025-06-13 10:00 opened"
    assert office.told("paper.opened", "A") == [{"n": 1, "paper": "reminder"}], (
        "the first opening only"
    )


def test_else_at_the_end_of_the_next_working_day_it_stood_in_the_panel(office: Office) -> None:
    """Issued on a Friday: the end of Monday. Opened on Tuesday it was served before."""
    row = reminded(office)
    assert served(office, "2025-06-16 23:59", "reminder", row.id) is None
    assert served(office, "2025-06-17 00:00", "reminder", row.id) == "2025-06-17 00:00"
    office.do("2025-06-17 09:00", "head@WATER", "open_paper", "A", paper="reminder")
    assert served(office, "2025-06-17 10:00", "reminder", row.id) == "2025-06-17 00:00"
    assert office.days("paper.opened", "A") == ["2025-06-17"], (
        "and the opening is on the record all the same"
    )


@pytest.mark.parametrize(
    ("verb", "who"),
    [
        ("sign_for", "staff@WATER"),
        ("reply", "head@WATER"),
        ("explain", "head@WATER"),
        ("request_return", "head@WATER"),
    ],
)
def test_a_paper_is_served_when_its_unit_signs_for_or_answers_what_it_is_about(
    office: Office, verb: str, who: str
) -> None:
    """Signed for and answered on Monday, opened on Tuesday: it was served on Monday."""
    office.allocated("2025-06-09 09:00", "A", kind="help")
    one = office.assignment("A")
    assert served(office, "2025-06-09 10:00", "assignment", one.id) is None
    office.do(
        "2025-06-09 10:00",
        who,
        verb,
        "A",
        **({"promised_on": "2025-06-20"} if verb == "explain" else {}),
    )
    office.do("2025-06-10 09:00", "head@WATER", "open_paper", "A", paper="allocation")
    assert served(office, "2025-06-11 09:00", "assignment", one.id) == "2025-06-09 10:00 signed"


def test_what_was_opened_before_it_was_signed_for_was_served_by_the_opening(office: Office) -> None:
    office.allocated("2025-06-09 09:00", "A")
    office.do("2025-06-09 09:30", "staff@WATER", "open_paper", "A", paper="allocation")
    office.do("2025-06-09 10:00", "staff@WATER", "sign_for", "A")
    one = office.assignment("A")
    assert served(office, "2025-06-09 11:00", "assignment", one.id) == "2025-06-09 09:30 opened"


def test_what_the_bot_signs_for_was_served_by_having_stood_there(office: Office) -> None:
    office.allocated("2025-06-09 09:00", "A", kind="help")
    office.sweeps("2025-06-10", "2025-06-11")
    one = office.assignment("A")
    assert served(office, "2025-06-12 09:00", "assignment", one.id) == "2025-06-11 00:00"


@pytest.mark.parametrize(
    ("verb", "fields"),
    [
        ("reply", {}),
        ("explain", {"promised_on": "2025-06-17"}),
        ("reply_interim", {"promised_on": "2025-06-17"}),
    ],
)
def test_a_reminder_is_served_when_its_unit_answers_it(
    office: Office, verb: str, fields: dict[str, str]
) -> None:
    """Signed for before it was issued, which serves the allocation alone."""
    office.allocated("2025-06-09 09:00", "A")
    office.do("2025-06-09 10:00", "staff@WATER", "sign_for", "A")
    office.sweeps("2025-06-10", "2025-06-13")
    row = office.row(Reminder)
    assert served(office, "2025-06-13 09:00", "reminder", row.id) is None
    office.do("2025-06-13 10:00", "head@WATER", verb, "A", **fields)
    assert served(office, "2025-06-13 11:00", "reminder", row.id) == "2025-06-13 10:00 signed"
    by = services(office, "2025-06-14", "A")["reminder", row.id, 1].acted_by
    assert by == office.row(Event, kind="request.filed" if fields else "assignment.replied").actor


def test_each_notice_of_an_item_is_served_by_the_feedback_on_it(room: Room) -> None:
    room.to("feed_back")
    room.do("2025-06-09 16:00", "officer", "reissue", "A")
    item = room.item
    assert served(room, "2025-06-09 17:00", "supervision", item.id) == "2025-06-09 15:00 signed"
    assert served(room, "2025-06-09 17:00", "supervision", item.id, 2) is None
    room.do("2025-06-10 09:00", "head@WATER", "feed_back", "A")
    assert served(room, "2025-06-11 09:00", "supervision", item.id, 2) == "2025-06-10 09:00 signed"


def test_a_make_up_day_is_the_next_working_day_and_a_holiday_is_not(office: Office) -> None:
    """Saturday 2025-09-27 is a rest day, Sunday the 28th is worked; after 30 September comes 9
    October."""
    office.allocated("2025-09-26 09:00", "A")
    office.allocated("2025-09-30 09:00", "B")
    found = [office.assignment(case).id for case in "AB"]
    assert [served(office, "2025-10-10 09:00", "assignment", id) for id in found] == [
        "2025-09-29 00:00",
        "2025-10-10 00:00",
    ]


@pytest.mark.parametrize("who", ["allocator", "centre_head", "officer"])
def test_what_others_open_serves_nothing(office: Office, who: str) -> None:
    row = reminded(office)
    office.do("2025-06-13 10:00", who, "open_paper", "A", paper="reminder")
    assert served(office, "2025-06-13 12:00", "reminder", row.id) is None
    assert office.events("A").count("paper.opened") == 0


def test_another_unit_opens_none(office: Office) -> None:
    row = reminded(office)
    for more in ({}, {"notice": row.id}):
        assert office.refused(
            "2025-06-13 10:00", "head@HOUSING", "open_paper", "A", paper="reminder", **more
        ) == ("not_found")


@pytest.mark.parametrize("who", ["operator", "visitor", "leader", "committee"])
def test_who_has_no_page_of_notices_opens_none(office: Office, who: str) -> None:
    reminded(office)
    assert (
        office.refused("2025-06-13 10:00", who, "open_paper", "A", paper="allocation")
        == "not_found"
    )


def test_a_paper_of_another_case_is_not_this_ones(office: Office) -> None:
    row = reminded(office)
    office.allocated("2025-06-13 09:00", "B")
    no = office.refused(
        "2025-06-13 10:00", "head@WATER", "open_paper", "B", paper="reminder", notice=row.id
    )
    assert no == "not_found"


def test_each_notice_of_an_item_is_served_for_itself(room: Room) -> None:
    room.to("open_supervision")
    room.do("2025-06-09 11:00", "staff@WATER", "open_paper", "A", paper="supervision")
    room.to("feed_back")
    room.do("2025-06-09 16:00", "officer", "reissue", "A")
    assert (
        served(room, "2025-06-09 17:00", "supervision", room.item.id) == "2025-06-09 11:00 opened"
    )
    assert served(room, "2025-06-09 17:00", "supervision", room.item.id, 2) is None
    room.do("2025-06-10 09:00", "head@WATER", "open_paper", "A", paper="supervision")
    assert (
        served(room, "2025-06-10 10:00", "supervision", room.item.id, 2)
        == "2025-06-10 09:00 opened"
    )
    assert room.told("paper.opened", "A") == [{"n": n, "paper": "supervision"} for n in (1, 2)]


def test_a_candidate_has_no_notice_to_open(room: Room) -> None:
    room.allocated("2025-06-09 09:00", "A")
    room.do("2025-06-09 10:00", "centre_head", "propose", "A")
    assert (
        room.refused("2025-06-09 11:00", "head@WATER", "open_paper", "A", paper="supervision")
        == "not_found"
    )


def test_a_redo_comes_with_a_paper_of_its_own(office: Office) -> None:
    office.allocated("2025-06-09 09:00", "A", kind="help")
    office.do("2025-06-09 10:00", "head@WATER", "reply", "A")
    office.do("2025-06-09 11:00", "examiner", "examine", "A", passes=True)
    office.do("2025-06-09 14:00", "visitor", "record_visit", "A", **BAD)
    assert (
        office.refused("2025-06-09 14:30", "head@WATER", "open_paper", "A", paper="redo")
        == "not_found"
    )
    office.do("2025-06-09 15:00", "examiner", "review_responsibility", "A", unit_responsible=True)
    facts = office.do("2025-06-09 16:00", "head@WATER", "open_paper", "A", paper="redo")
    assert facts["number"] == "神热线重〔2025〕1号"
    first = office.do("2025-06-09 17:00", "head@WATER", "open_paper", "A", paper="allocation")
    assert first["number"] == "神热线交〔2025〕1号"


def test_the_service_of_an_heirs_papers_is_found_in_the_chain_they_were_issued_in(
    office: Office,
) -> None:
    office.do("2025-06-09 09:00", "operator", "register", "B", kind="consultation")
    office.allocated("2025-06-09 09:00", "A")
    office.do("2025-06-09 09:30", "allocator", "merge", "B", into="A")
    office.do("2025-06-09 10:00", "staff@WATER", "open_paper", "A", paper="allocation")
    office.do("2025-06-09 11:00", "allocator", "withdraw", "A")
    one = office.assignment("B")
    assert served(office, "2025-06-09 12:00", "assignment", one.id) == "2025-06-09 10:00 opened"
    assert served(office, "2025-06-11 12:00", "assignment", one.id) == "2025-06-09 10:00 opened"


def test_opening_a_paper_answers_nothing_and_moves_no_state(office: Office) -> None:
    reminded(office)
    before = office.assignment("A").state, office.row(Reminder).state
    office.do("2025-06-13 10:00", "head@WATER", "open_paper", "A", paper="reminder")
    assert (office.assignment("A").state, office.row(Reminder).state) == before
    event = office.row(Event, kind="paper.opened")
    assert (event.subject, event.from_state, event.to_state) == ("reminder", None, None)


@pytest.fixture
def many(office: Office) -> Iterator[Office]:
    for n in range(12):
        office.allocated("2025-06-09 09:00", f"C{n}", assists=["HOUSING", "ROADS"])
        office.do("2025-06-09 10:00", "staff@HOUSING", "open_paper", f"C{n}", paper="allocation")
    yield office


def test_the_service_of_many_papers_is_one_statement(many: Office) -> None:
    with reading(many.desk.sessions) as session:
        calendar = office_at(session, moment("2025-06-09 12:00")).calendar
    with counted(many.desk, traced=False) as seen, transaction(many.desk.sessions) as session:
        found = of_cases(session, calendar, [many.id(f"C{n}") for n in range(12)])
    asked = [words for one in seen.transactions for words, _ in one if words.startswith("SELECT")]
    assert len(found) == 36 and sum(one.opened for one in found.values()) == 12
    assert len(asked) == 1
