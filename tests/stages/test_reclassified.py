"""Wrong kind, category, urgency or confidentiality found later: what stories do not tell of it.
From 2025-06-09 on."""

from __future__ import annotations

from datetime import date

import pytest

from app.models import Assignment, Case
from app.rules.workflow import LIVE
from tests.databases import Desk
from tests.office import Office, moment

MONDAY = "2025-06-09 09:00"


def county(due_on: date | None = None) -> dict[str, object]:
    """A county leader's words."""
    return {"level": "county", "name": "张县长", "text": "请速办并报结果", "due_on": due_on}


def due_on(office: Office, letter: str) -> date:
    deadline = office.assignment(letter).deadline("due")
    assert deadline is not None
    return deadline.on


def asked(office: Office, letter: str) -> list[tuple[str, str | None]]:
    """By when each unit's first response is asked."""
    rows = office.rows(Assignment, case_id=office.id(letter))
    return [(row.role, row.response_at and row.response_at.strftime("%m-%d %H:%M")) for row in rows]


def test_a_report_that_touches_life_is_at_least_urgent_also_when_it_is_found_to_be_one_later(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.do(MONDAY, "operator", "register", "A", kind="complaint", dangerous=True)
    assert office.case("A").urgency == "normal"
    office.do(MONDAY, "allocator", "reclassify", "A", kind="report")
    assert office.case("A").urgency == "urgent"
    office.allocated(MONDAY, "B", kind="report")
    office.do("2025-06-10 10:00", "allocator", "reclassify", "B", dangerous=True)
    assert (office.case("B").urgency, due_on(office, "B")) == ("urgent", date(2025, 6, 11))


def test_a_report_that_touches_life_stays_at_least_urgent_unless_it_does_not_touch_it(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.do(MONDAY, "operator", "register", "A", kind="report", dangerous=True)
    assert (
        office.refused(MONDAY, "allocator", "reclassify", "A", urgency="normal")
        == "report_at_least_urgent"
    )
    office.do(MONDAY, "allocator", "reclassify", "A", urgency="emergency")
    office.do(MONDAY, "allocator", "reclassify", "A", urgency="normal", dangerous=False)
    assert (office.case("A").urgency, office.case("A").dangerous) == ("normal", False)


def test_what_has_ended_is_asked_for_no_first_response_when_its_case_becomes_an_emergency(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    office.do("2025-06-09 10:00", "staff@WATER", "sign_for", "A")
    office.do("2025-06-09 11:00", "head@WATER", "reply", "A")
    office.do("2025-06-09 12:00", "examiner", "examine", "A", passes=True)
    before = office.rows(Assignment, case_id=office.id("A"))
    office.do("2025-06-10 10:00", "allocator", "reclassify", "A", urgency="emergency")
    assert office.case("A").urgency == "emergency"
    assert [row.state for row in before if row.state not in LIVE] == ["accepted"]
    assert asked(office, "A") == [("lead", None)]


def test_a_first_response_that_is_asked_later_is_sealed_by_the_event_that_asks_for_it(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A", kind="consultation")
    office.do("2025-06-09 10:00", "allocator", "reclassify", "A", urgency="emergency")
    assert asked(office, "A") == [("lead", "06-09 12:00")]
    assert office.told("record.sealed", case="A") == []


def test_a_report_split_from_a_matter_that_touches_life_is_at_least_urgent(desk: Desk) -> None:
    office = Office(desk)
    office.do(MONDAY, "operator", "register", "A", kind="complaint", dangerous=True)
    gas = {"kind": "report", "narrative": "另一处燃气泄漏，危及公共安全。"}
    office.do(MONDAY, "allocator", "split", "A", parts=[gas])
    part = office.rows(Case)[-1]
    assert (part.kind, part.urgency, part.dangerous) == ("report", "urgent", True)


@pytest.mark.parametrize(
    ("found", "due"),
    [
        ({"urgency": "urgent"}, date(2025, 6, 11)),
        ({"urgency": "emergency"}, date(2025, 6, 11)),
        ({"complex": True}, date(2025, 6, 27)),
    ],
)
def test_a_leaders_date_later_than_due_does_not_keep_it_from_being_recomputed(
    desk: Desk, found: dict[str, object], due: date
) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A", kind="complaint")
    office.do("2025-06-09 10:00", "leader", "instruct", "A", leader=county(date(2025, 6, 27)))
    assert due_on(office, "A") == date(2025, 6, 18)
    office.do("2025-06-10 10:00", "allocator", "reclassify", "A", **found)
    assert due_on(office, "A") == due


def test_a_leaders_date_that_is_the_due_date_stays(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A", kind="complaint", leader=county(date(2025, 6, 13)))
    office.allocated(MONDAY, "B", kind="complaint")
    office.do(MONDAY, "leader", "instruct", "B", leader=county(date(2025, 6, 13)))
    for letter in "AB":
        office.do("2025-06-10 10:00", "allocator", "reclassify", letter, urgency="urgent")
        office.do("2025-06-10 11:00", "allocator", "reclassify", letter, complex=True)
        assert due_on(office, letter) == date(2025, 6, 13)


def test_an_emergency_that_was_none_is_due_on_the_leaders_date_and_owes_no_first_response(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A", urgency="emergency", leader=county(date(2025, 6, 20)))
    assert office.assignment("A").due_at == moment("2025-06-10 09:00")
    office.do("2025-06-09 10:00", "allocator", "reclassify", "A", urgency="normal")
    assert due_on(office, "A") == date(2025, 6, 20)
    assert (
        office.refused("2025-06-09 10:30", "head@WATER", "first_response", "A")
        == "not_an_emergency"
    )


def test_the_first_response_is_asked_of_the_lead_and_its_assists_while_it_is_an_emergency(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A", assists=["GAS"])
    office.do("2025-06-09 10:10", "allocator", "reclassify", "A", urgency="emergency")
    assert asked(office, "A") == [("lead", "06-09 12:10"), ("assist", "06-09 12:10")]
    office.do("2025-06-09 10:20", "staff@GAS", "first_response", "A", words="已到现场处置。")
    office.do("2025-06-09 10:30", "allocator", "reclassify", "A", urgency="urgent")
    assert asked(office, "A") == [("lead", None), ("assist", "06-09 12:10")]


def test_a_case_keeps_the_hours_of_a_first_response_that_were_in_force_when_it_was_allocated(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    office.do(
        "2025-06-09 09:30", "it_admin", "change_rule", name="emergency_response_hours", value=1
    )
    office.do("2025-06-09 09:40", "centre_head", "approve_rule")
    office.do("2025-06-09 10:10", "allocator", "reclassify", "A", urgency="emergency")
    assert asked(office, "A") == [("lead", "06-09 12:10")]
