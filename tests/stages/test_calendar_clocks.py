"""Days and clocks: what stories do not tell of them. June 2025: the 9th is a Monday, no holidays
but the weekends."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from sqlalchemy import select

from app.database import reading
from app.models import SUBJECTS, Assignment, CalendarDay, DayCount, Event, Reminder, Supervision
from app.rules.festivals import holidays
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING
from app.stages.calendar import CLOCKS, longest_open, office_at
from app.stages.office import calendar_missing
from app.verbs import VERBS
from tests.databases import Desk, desk_at
from tests.office import Office, moment

MONDAY = "2025-06-09 09:00"


def change(
    office: Office, at: str, name: str, value: object, valid_from: str | None = None
) -> None:
    """An administrator changes a number, the centre head approves it."""
    since = {"valid_from": date.fromisoformat(valid_from)} if valid_from else {}
    office.do(at, "it_admin", "change_rule", name=name, value=value, reason="试行", **since)
    office.do(at, "centre_head", "approve_rule")


def load(office: Office, at: str, **days: str) -> None:
    """An administrator loads a notice of 2027 with days of it (`d0104="rest"`), the centre head
    approves it."""
    named = dict.fromkeys(holidays(2027).values(), "rest")
    named |= {date(2027, int(word[1:3]), int(word[3:])): kind for word, kind in days.items()}
    office.do(at, "it_admin", "load_calendar", days=named)
    office.do(at, "centre_head", "approve_calendar")


def counts(office: Office, **equal: object) -> list[DayCount]:
    """Rows of the summary of days, units and categories."""
    with reading(office.desk.sessions) as session:
        return list(session.scalars(select(DayCount).filter_by(**equal)))


def test_a_case_keeps_the_rule_in_force_when_it_was_allocated(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    change(office, "2025-06-09 10:00", "reply_to_reminder_workdays", 4)
    office.allocated("2025-06-09 11:00", "B", "HOUSING")
    office.sweep("2025-06-13")
    by = {letter: office.reminders(letter)[0].reply_by_at for letter in "AB"}
    assert by == {"A": moment("2025-06-18 00:00"), "B": moment("2025-06-20 00:00")}


def test_a_number_that_is_turned_down_is_not_in_force(desk: Desk) -> None:
    office = Office(desk)
    office.do(
        MONDAY, "it_admin", "change_rule", name="reply_to_reminder_workdays", value=4, reason="试行"
    )
    office.do("2025-06-09 09:10", "centre_head", "approve_rule", accept=False)
    assert office.told("rule.refused") == [{"rule": "reply_to_reminder_workdays"}]
    assert office.told("rule.changed") == []
    assert office.refused("2025-06-09 09:20", "centre_head", "approve_rule") == "nothing_proposed"
    office.allocated("2025-06-09 11:00", "A")
    office.sweep("2025-06-13")
    assert office.reminders("A")[0].reply_by_at == moment("2025-06-18 00:00")


def test_days_that_are_turned_down_stay_as_they_were(desk: Desk) -> None:
    office = Office(desk)
    office.do(MONDAY, "it_admin", "load_calendar", days={date(2025, 6, 12): "rest"})
    office.do("2025-06-09 09:10", "centre_head", "approve_calendar", accept=False)
    assert len(office.told("calendar.refused")) == 1 and office.told("calendar.loaded") == []
    assert (
        office.refused("2025-06-09 09:20", "centre_head", "approve_calendar") == "nothing_proposed"
    )
    with reading(desk.sessions) as session:
        assert session.get_one(CalendarDay, date(2025, 6, 12)).worked


def test_a_number_is_changed_by_two_persons_and_never_for_days_gone_by(desk: Desk) -> None:
    office = Office(desk)
    change_it = {"name": "visit_workdays", "value": 5, "reason": "试行"}
    assert office.refused(MONDAY, "centre_head", "change_rule", **change_it) == "no_right"
    assert office.refused(MONDAY, "it_admin", "approve_rule") == "no_right"
    gone = date(2025, 6, 8)
    assert (
        office.refused(MONDAY, "it_admin", "change_rule", valid_from=gone, **change_it)
        == "rule_in_the_past"
    )


def test_the_clock_runs_out_at_24_00_of_the_nth_working_day(desk: Desk) -> None:
    office = Office(desk)
    office.allocated("2025-06-09 23:59", "A")
    assert office.assignment("A").due_at == moment("2025-06-13 00:00")
    office.do("2025-06-12 23:59", "head@WATER", "reply", "A")
    assert office.assignment("A").late is False


def test_an_office_may_set_a_cut_off_at_18_00(desk: Desk) -> None:
    office = Office(desk)
    change(office, "2025-06-09 08:00", "day_ends", 18)
    office.allocated(MONDAY, "A")
    assert office.assignment("A").due_at == moment("2025-06-12 18:00")
    office.do("2025-06-12 18:00", "head@WATER", "reply", "A")
    assert office.assignment("A").late is True


def test_a_hearing_runs_to_24_00_where_the_office_has_a_cut_off_and_neither_moves_the_other(
    desk: Desk,
) -> None:
    office = Office(desk)
    change(office, "2025-06-09 08:00", "day_ends", 18)
    due = in_hearing(office, "2025-06-10", before="B", after="C")
    assert due == {"B": moment("2025-06-13 18:00"), "C": moment("2025-06-13 18:00")}
    assert office.items("A")[0].heard_at == moment("2025-06-14 00:00")


def test_a_hearing_that_a_calendar_lengthens_runs_to_24_00_still(desk: Desk) -> None:
    office = Office(desk)
    change(office, "2025-06-09 08:00", "day_ends", 18)
    in_hearing(office, "2025-06-10")
    office.do("2025-06-10 14:00", "it_admin", "load_calendar", days={date(2025, 6, 13): "rest"})
    office.do("2025-06-10 14:10", "centre_head", "approve_calendar")
    assert office.items("A")[0].heard_at == moment("2025-06-17 00:00")


def in_hearing(office: Office, day: str, **others: str) -> dict[str, datetime]:
    """A finding about A is confirmed on a day; other cases of 3 wd are allocated just before and
    after it. Gives when those are due."""
    office.allocated(MONDAY, "A", kind="help", complex=True)
    office.do("2025-06-09 10:00", "officer", "open_supervision", "A", ground="by_hand", workdays=3)
    office.do("2025-06-09 11:00", "head@WATER", "feed_back", "A")
    office.do(f"{day} 09:00", "officer", "draft_finding", "A", finding="inaction", persons=[])
    if "before" in others:
        office.allocated(f"{day} 09:30", others["before"], "HOUSING")
    office.do(f"{day} 10:00", "supervision_head", "confirm_finding", "A", finding="inaction")
    if "after" in others:
        office.allocated(f"{day} 10:30", others["after"], "HOUSING")
    return {letter: office.assignment(letter).due_at for letter in others.values()}


def test_every_deadline_stores_its_basis_and_the_days_it_counted(desk: Desk) -> None:
    office = Office(desk)
    office.allocated("2025-09-26 09:00", "A", kind="help")
    due = office.assignment("A").deadline("due")
    days = ("2025-09-28", "2025-09-29", "2025-09-30", "2025-10-09", "2025-10-10")
    assert due is not None
    assert (due.basis, due.counted) == ("official", tuple(map(date.fromisoformat, days)))
    office.allocated("2026-12-30 09:00", "B", kind="help")
    assert json.loads(office.assignment("B").due_clock)["basis"] == "provisional"


def test_a_calendar_that_arrives_lengthens_and_logs_what_was_told_and_what_is_new(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.allocated("2026-12-30 09:00", "A", kind="help")
    load(office, "2026-12-31 15:00", d0101="rest", d0104="rest")
    moved = [told["due"] for told in office.told("clock.moved", "A") if "due" in told]
    assert moved == [{"told": "2027-01-08T00:00:00+08:00", "new": "2027-01-09T00:00:00+08:00"}]
    assert office.assignment("A").deadline("due").basis == "official"  # type: ignore[union-attr]


def test_a_missing_next_year_is_a_warning_from_1_november_and_red_from_10_december(
    desk: Desk,
) -> None:
    office = Office(desk)
    days = ("2026-10-31", "2026-11-01", "2026-12-09", "2026-12-10", "2026-12-31")
    said = [calendar_missing(office.office(day)) for day in days]
    warning, red = ("warning", 2027), ("red", 2027)
    assert said == [None, warning, warning, red, red]
    office.allocated("2026-12-28 09:00", "A", kind="help")
    office.sweeps("2026-12-29", "2027-01-06")
    assert office.days("reminder.issued", "A") == ["2027-01-06"]
    office = Office(desk)
    office.do("2027-01-06 09:00", "it_admin", "load_calendar", days={date(2027, 1, 1): "rest"})
    office.do("2027-01-06 10:00", "centre_head", "approve_calendar")
    assert (
        calendar_missing(office.office("2026-12-31")) == red
    )  # a day of it is known, the year is not
    load(office, "2027-01-06 11:00")
    assert calendar_missing(office.office("2026-12-31")) is None


def test_the_alarm_stays_red_while_a_guessed_day_lies_before_the_longest_open_deadline(
    desk: Desk,
) -> None:
    office = Office(desk)
    assert calendar_missing(office.office("2027-01-01")) == ("red", 2027)
    office.allocated("2026-12-31 09:00", "A", kind="help")
    with reading(desk.sessions) as session:
        longest = longest_open(session)
    assert longest == date(2027, 1, 8)
    known = {date(2027, 1, n): "rest" if n < 4 else "work" for n in range(1, 8)}
    office.do("2027-01-02 09:00", "it_admin", "load_calendar", days=known)
    office.do("2027-01-02 10:00", "centre_head", "approve_calendar")
    assert calendar_missing(office.office("2027-01-03"), date(2027, 1, 7)) is None
    assert calendar_missing(office.office("2027-01-03"), date(2027, 1, 8)) == ("red", 2027)


def test_the_calendar_is_never_cached_for_the_life_of_a_process(desk: Desk) -> None:
    office = Office(desk)
    with desk_at(desk.url) as other, other.sessions() as session:
        before = office_at(session, moment("2026-12-30")).calendar.after(date(2026, 12, 31))
        session.rollback()
        load(office, "2026-12-31 15:00", d0101="rest", d0104="rest")
        session.info.pop("office", None)
        after = office_at(session, moment("2026-12-31 16:00")).calendar.after(date(2026, 12, 31))
        session.rollback()
    assert (before, after) == (date(2027, 1, 4), date(2027, 1, 5))


def test_the_handling_clock_starts_at_allocation_however_late_the_unit_signs(desk: Desk) -> None:
    office = Office(desk)
    for letter, unit in (("A", "WATER"), ("B", "HOUSING")):
        office.allocated(MONDAY, letter, unit)
    office.do("2025-06-09 09:30", "staff@WATER", "sign_for", "A")
    office.sweep("2025-06-11")
    due = {office.assignment(letter).due_at for letter in "AB"}
    assert due == {moment("2025-06-13 00:00")}
    assert [office.assignment(letter).signed_by for letter in "AB"] == ["unit", "bot"]


def test_no_clock_depends_on_when_a_row_was_last_modified() -> None:
    columns = {column.name for name in CLOCKS for column in SUBJECTS[name].__table__.columns}
    assert [
        name
        for name in columns
        if any(word in name for word in ("modif", "updat", "chang", "touch"))
    ] == []


def test_opening_dates_cannot_be_edited(desk: Desk) -> None:
    dates = {"received_at", "registered_at", "allocated_at", "own_at", "due_at"}
    named = {verb.name for verb in VERBS.values() for field in verb.fields if field.name in dates}
    assert named == {"register", "contact"}
    office = Office(desk)
    opened = office.allocated(MONDAY, "A")
    office.do("2025-06-10 09:00", "allocator", "reclassify", "A", kind="report")
    office.do(
        "2025-06-11 09:00",
        "operator",
        "contact",
        "A",
        kind="repeat",
        received_at=moment("2025-06-10 08:00"),
    )
    case = office.case("A")
    assert (case.received_at, case.registered_at) == (opened.received_at, opened.registered_at)


def test_an_emergency_has_one_due_moment_on_natural_time_and_is_looked_at_exactly_then(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.allocated("2025-06-13 22:10", "A", urgency="emergency")
    one = office.assignment("A")
    assert (one.response_at, one.due_at) == (moment("2025-06-14 00:10"), moment("2025-06-14 22:10"))
    assert office.facts("A").assignments[0].due_on == date(2025, 6, 14)
    office.sweep("2025-06-13 22:11")
    assert office.case("A").look_again_at == moment("2025-06-14 22:10")


def test_the_bot_looks_at_08_30_of_the_day_on_which_something_can_next_matter(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    office.sweep("2025-06-10")
    assert office.case("A").look_again_at == moment("2025-06-11 08:30")


def test_a_missed_first_response_is_shown_and_no_event(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A", urgency="emergency")
    before = office.events("A")
    office.sweep("2025-06-09 11:01")
    one = office.assignment("A")
    assert one.first_response_at is None and one.response_at == moment("2025-06-09 11:00")
    assert office.events("A") == before
    office.do("2025-06-09 11:02", "staff@WATER", "first_response", "A", words="抢修队已到场。")
    assert office.told("assignment.responded", "A") == [{"late": True}]


def test_an_event_keeps_the_moment_it_was_true_and_the_moment_it_was_found(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    office.sweep("2025-06-20")
    assert office.told("assignment.overdue", "A")[0]["true_at"] == "2025-06-13T00:00:00+08:00"
    assert office.told("assignment.auto_signed", "A")[0]["true_at"] == "2025-06-11T00:00:00+08:00"
    assert office.days("assignment.overdue", "A") == ["2025-06-20"]
    assert office.days("reminder.issued", "A") == ["2025-06-20"]


def test_a_late_calendar_covers_every_clock(desk: Desk) -> None:
    office = Office(desk)
    office.allocated("2026-12-29 09:00", "A", kind="help", complex=True)
    office.do("2026-12-29 10:00", "officer", "open_supervision", "A", ground="by_hand", workdays=3)
    office.do("2026-12-30 10:00", "head@WATER", "feed_back", "A")
    office.do(
        "2026-12-31 09:00",
        "officer",
        "draft_finding",
        "A",
        finding="inaction",
        persons=["WATER_head"],
    )
    office.do("2026-12-31 09:30", "supervision_head", "confirm_finding", "A", finding="inaction")
    office.allocated("2026-12-25 09:00", "B", "HOUSING")
    office.sweep("2026-12-31")
    office.allocated("2026-12-31 10:00", "C", "PARKS")
    office.do("2026-12-31 10:30", "officer", "open_supervision", "C", ground="by_hand", workdays=3)
    load(office, "2026-12-31 15:00", d0101="rest", d0104="rest")
    moved = {
        name for letter in "ABC" for told in office.told("clock.moved", letter) for name in told
    }
    assert {"sign", "return", "due", "reply_by", "heard"} <= moved
    assert office.items("C")[0].due_at == moment("2027-01-08 00:00")
    assert office.reminders("B")[0].reply_by_at == moment("2027-01-07 00:00")


def test_a_late_calendar_covers_the_day_to_send_by(desk: Desk) -> None:
    office = Office(desk)
    office.allocated("2026-12-28 09:00", "A", kind="help", complex=True)
    office.do("2026-12-28 10:00", "officer", "open_supervision", "A", ground="by_hand", workdays=3)
    office.do("2026-12-29 10:00", "head@WATER", "feed_back", "A")
    office.do("2026-12-29 11:00", "officer", "draft_finding", "A", finding="inaction", persons=[])
    office.do("2026-12-29 12:00", "supervision_head", "confirm_finding", "A", finding="inaction")
    office.do("2026-12-29 13:00", "head@WATER", "record_statement", "A")
    office.do("2026-12-30 09:00", "officer", "conclude", "A")
    office.sweep("2026-12-31")
    load(office, "2026-12-31 15:00", d0101="rest", d0104="rest")
    moved = {name for told in office.told("clock.moved", "A") for name in told}
    assert {"send_by", "ask"} <= moved


def test_the_centre_has_a_working_day_to_allocate(desk: Desk) -> None:
    office = Office(desk)
    office.do(MONDAY, "operator", "register", "A", kind="help")
    office.sweeps("2025-06-10", "2025-06-12")
    assert [
        (told["task"], told["true_at"][:10]) for told in office.told("centre.overdue", "A")
    ] == [("allocate", "2025-06-11")]
    assert office.days("centre.overdue", "A") == ["2025-06-11"]


def test_signing_by_the_bot_is_marked_late(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A")
    office.sweeps("2025-06-10", "2025-06-11")
    assert office.days("assignment.auto_signed", "A") == ["2025-06-11"]
    unit = office.unit("WATER").id
    assert [row.n for row in counts(office, word="assignment.auto_signed", unit_id=unit)] == [1]


@pytest.mark.parametrize("kind", ["extension", "explanation", "interim", "return"])
def test_the_centre_has_a_working_day_to_rule(desk: Desk, kind: str) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A", kind="complaint")
    file(office, "2025-06-10 09:00", kind)
    office.sweeps("2025-06-10", "2025-06-12")
    assert [told["task"] for told in office.told("centre.overdue", "A")] == [f"rule on {kind}"]
    assert office.days("centre.overdue", "A") == ["2025-06-12"]


def file(office: Office, at: str, kind: str) -> None:
    """The unit's head asks or promises."""
    verbs = {
        "return": "request_return",
        "extension": "request_extension",
        "interim": "reply_interim",
    }
    promised = {"promised_on": date(2025, 6, 25)} if kind in ("explanation", "interim") else {}
    office.do(at, "head@WATER", verbs.get(kind, "explain"), "A", **promised)


def test_an_interim_reply_within_24_hours_answers_an_emergency(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A", urgency="emergency")
    office.do("2025-06-10 08:00", "head@WATER", "reply_interim", "A", promised_on=date(2025, 6, 12))
    office.do("2025-06-10 08:20", "allocator", "rule_on_interim", "A", accept=True)
    office.sweeps("2025-06-10", "2025-06-12")
    assert office.days("assignment.overdue", "A") == []
    office.sweep("2025-06-13 00:01")
    assert office.days("assignment.overdue", "A") == ["2025-06-13"]


def test_feedback_has_three_working_days_and_a_named_date_wins(desk: Desk) -> None:
    office = Office(desk)
    for letter, unit in (("A", "WATER"), ("B", "HOUSING")):
        office.allocated(MONDAY, letter, unit, kind="help", complex=True)
    office.do("2025-06-10 10:00", "officer", "open_supervision", "A", ground="by_hand")
    office.do(
        "2025-06-10 10:00",
        "officer",
        "open_supervision",
        "B",
        ground="by_hand",
        due_on=date(2025, 6, 15),
    )
    assert office.row(Supervision, case_id=office.id("A")).due_at == moment("2025-06-14 00:00")
    assert office.row(Supervision, case_id=office.id("B")).due_at == moment("2025-06-16 00:00")


def test_the_examiner_has_a_working_day_and_the_visitor_three(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A", kind="help")
    office.do("2025-06-10 09:00", "head@WATER", "reply", "A")
    office.sweep("2025-06-12")
    office.do("2025-06-12 10:00", "examiner", "examine", "A", passes=True)
    office.sweeps("2025-06-13", "2025-06-18")
    told = [
        (day, one["task"])
        for day, one in zip(
            office.days("centre.overdue", "A"), office.told("centre.overdue", "A"), strict=True
        )
    ]
    assert told == [("2025-06-12", "examine"), ("2025-06-18", "visit")]


def test_a_submission_without_an_instruction_alerts_the_allocator_after_three_working_days(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.do(MONDAY, "operator", "register", "A", kind="help")
    office.do("2025-06-09 10:00", "allocator", "submit", "A")
    office.sweeps("2025-06-10", "2025-06-13")
    assert [told["task"] for told in office.told("centre.overdue", "A")] == ["instruction"]
    assert office.days("centre.overdue", "A") == ["2025-06-13"]
    assert "allocator" in [
        row.recipient for row in office.notices("A") if row.at == moment("2025-06-13")
    ]


def test_named_dates_stand_on_a_rest_day(desk: Desk) -> None:
    office = Office(desk)
    leader = {"level": "county", "name": "县长", "text": "请速办", "due_on": date(2025, 6, 14)}
    office.allocated(MONDAY, "A", leader=leader)
    office.allocated(MONDAY, "B", "HOUSING")
    office.do("2025-06-12 09:00", "head@HOUSING", "explain", "B", promised_on=date(2025, 6, 15))
    assert office.assignment("A").deadline("due").on == date(2025, 6, 14)  # type: ignore[union-attr]
    assert office.requests("B")[0].promised_on == date(2025, 6, 15)


def test_moments_are_beijings_whatever_zone_they_come_in(desk: Desk) -> None:
    office = Office(desk)
    late = datetime.fromisoformat("2025-06-09T16:30:00+00:00")
    office.do(late, "operator", "register", "A", kind="consultation")
    office.do(late, "allocator", "allocate", "A", unit="WATER")
    assert office.rows(Assignment)[0].due_at == datetime(2025, 6, 14, tzinfo=BEIJING)


def own(office: Office, letter: str) -> list[tuple[str, str]]:
    """What the room was late with, each with the day on which the bot found it."""
    told = office.told("room.overdue", letter)
    return [
        (day, one["task"])
        for day, one in zip(office.days("room.overdue", letter), told, strict=True)
    ]


def test_the_room_has_2_2_5_2_2_working_days_and_what_is_past_due_is_marked(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A", kind="help", complex=True)
    office.do("2025-06-09 10:00", "centre_head", "propose", "A")
    office.sweeps("2025-06-10", "2025-06-13")
    office.do("2025-06-13 09:00", "officer", "open_supervision", "A", ground="by_hand", workdays=3)
    office.do("2025-06-13 10:00", "head@WATER", "feed_back", "A")
    office.do("2025-06-13 11:00", "officer", "draft_finding", "A", finding="inaction", persons=[])
    office.sweeps("2025-06-14", "2025-06-18")
    office.do("2025-06-18 09:00", "supervision_head", "confirm_finding", "A", finding="inaction")
    office.do("2025-06-18 10:00", "head@WATER", "record_statement", "A")
    office.sweeps("2025-06-19", "2025-06-26")
    office.do("2025-06-26 09:00", "officer", "conclude", "A")
    office.do("2025-06-26 10:00", "head@WATER", "ask_review", "A")
    office.sweeps("2025-06-27", "2025-07-01")
    office.do("2025-07-01 09:00", "supervision_head", "rule_on_review", "A", accept=False)
    office.do("2025-07-01 10:00", "officer", "complete_referral", "A")
    office.sweeps("2025-07-02", "2025-07-04")
    office.do("2025-07-04 09:00", "supervision_head", "review_referral", "A")
    office.sweeps("2025-07-05", "2025-07-09")
    assert own(office, "A") == [
        ("2025-06-13", "decide"),
        ("2025-06-18", "confirm"),
        ("2025-06-26", "conclude"),
        ("2025-07-01", "rule on the review"),
        ("2025-07-04", "referral.drafted"),
        ("2025-07-09", "referral.reviewed"),
    ]


def test_a_candidate_is_deferred_once_by_at_most_five_working_days(desk: Desk) -> None:
    office = Office(desk)
    office.allocated(MONDAY, "A", kind="help", complex=True)
    office.do("2025-06-09 10:00", "centre_head", "propose", "A")
    office.sweep("2025-06-10")
    with pytest.raises(NotAllowed):
        office.do("2025-06-11 09:00", "officer", "defer", "A", workdays=6)
    office.do("2025-06-11 09:00", "officer", "defer", "A", workdays=5)
    with pytest.raises(NotAllowed):
        office.do("2025-06-11 10:00", "officer", "defer", "A", workdays=1)
    office.sweeps("2025-06-12", "2025-06-19")
    assert own(office, "A") == [("2025-06-19", "decide")]


def test_an_assist_due_with_its_lead_keeps_the_days_that_were_counted(desk: Desk) -> None:
    office = Office(desk)
    office.allocated("2025-06-09 09:00", "A", urgency="urgent", assists=["GAS"])
    lead, assist = (row.deadline("due") for row in office.rows(Assignment))
    assert lead is not None and assist is not None
    assert lead.counted == assist.counted == (date(2025, 6, 10),)


def test_a_leaders_date_is_past_when_the_offices_day_has_ended(desk: Desk) -> None:
    office = Office(desk)
    office.do("2025-06-09 08:00", "it_admin", "change_rule", name="day_ends", value=18)
    office.do("2025-06-09 08:10", "centre_head", "approve_rule")
    leader = {"level": "county", "name": "张县长", "text": "请速办", "due_on": date(2025, 6, 10)}
    office.do("2025-06-09 09:00", "operator", "register", "A", kind="help", leader=leader)
    office.do("2025-06-10 19:00", "allocator", "allocate", "A", unit="WATER")
    assert office.assignment("A").due_at == moment("2025-06-17 18:00")


def test_an_assist_that_has_passed_stays_as_it_was_told_when_its_lead_is_shortened(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.allocated("2025-09-25 09:10", "A", kind="help", assists=["GAS"])
    office.sweeps("2025-09-26", "2025-10-03")
    _, assist = office.rows(Assignment)
    assert assist.due_at == moment("2025-10-01 00:00") == assist.overdue_for
    leader = {"level": "county", "name": "张县长", "text": "请速办", "due_on": date(2025, 10, 7)}
    office.do("2025-10-04 10:00", "leader", "instruct", "A", leader=leader)
    office.sweeps("2025-10-05", "2025-10-07")
    lead, assist = office.rows(Assignment)
    assert (lead.due_at, assist.due_at) == (moment("2025-10-08 00:00"), moment("2025-10-01 00:00"))
    assert len(office.rows(Event, kind="assignment.overdue", subject_id=assist.id)) == 1


def test_a_late_calendar_lengthens_the_reply_by_of_a_reminder_that_may_open_again(
    desk: Desk,
) -> None:
    office = Office(desk)
    for letter in "AB":
        office.allocated("2026-12-24 09:10", letter, kind="consultation")
    office.sweeps("2026-12-25", "2026-12-30")
    for letter in "AB":
        office.do("2026-12-31 10:00", "head@WATER", "reply", letter)
    office.do("2026-12-31 14:00", "examiner", "examine", "B", passes=False)
    days = {date(2027, 1, 1): "rest", date(2027, 1, 4): "rest"}
    office.do("2026-12-31 15:00", "it_admin", "load_calendar", days=days)
    office.do("2026-12-31 15:10", "centre_head", "approve_calendar")
    office.do("2026-12-31 16:00", "examiner", "examine", "A", passes=False)
    assert {row.reply_by_at for row in office.rows(Reminder)} == {moment("2027-01-06 00:00")}


def test_a_case_keeps_the_working_days_of_a_leaders_matter_that_were_in_force_when_it_was_allocated(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.allocated("2025-06-09 09:00", "A", kind="report")
    office.do("2025-06-10 09:00", "it_admin", "change_rule", name="leader_workdays", value=2)
    office.do("2025-06-10 09:10", "centre_head", "approve_rule")
    leader = {"level": "county", "name": "张县长", "text": "请速办"}
    office.do("2025-06-10 10:00", "leader", "instruct", "A", leader=leader)
    assert office.assignment("A").due_at == moment("2025-06-18 00:00")
