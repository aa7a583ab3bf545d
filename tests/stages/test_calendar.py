"""The table of days: where days come from, who changes them, and what that does to running
clocks."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import chinese_calendar
import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app import ledger
from app.database import sessions_from, transaction
from app.models import SUBJECTS, Assignment, CalendarDay, CalendarProposal, Case, Event, Setting
from app.models.columns import clock
from app.roles import BOT, Actor
from app.rules.festivals import NAMES, holidays
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING, Deadline
from app.stages.calendar import (
    CLOCKS,
    approve_rule,
    assist_deadline,
    change_rule,
    fill,
    office_at,
    recompute,
    set_days,
)
from app.stages.loading import approve_calendar, lacking, load_calendar
from app.stages.rights import person
from app.story.theatre.cast import account
from tests.databases import Desk, desk_at
from tests.ledger.rows import allocated, bear, register, unit

NOW = datetime(2026, 12, 28, 10, tzinfo=BEIJING)
"""A Monday; the 1st of January 2027 is the first day that is only guessed."""


def actor(session: Session, role: str) -> Actor:
    return person(account(session, role, role).id, role, [role])


def day(text: str) -> date:
    return date.fromisoformat(text)


def days(**named: bool) -> dict[date, bool]:
    """`d0104=False` is the 4th of January 2027, a rest day."""
    return {date(2027, int(word[1:3]), int(word[3:])): worked for word, worked in named.items()}


def row(session: Session, on: str) -> CalendarDay:
    return session.get_one(CalendarDay, day(on), populate_existing=True)


def last_day(session: Session) -> date:
    last = session.scalar(select(func.max(CalendarDay.day)))
    assert last is not None
    return last


def ordinals_are_right(session: Session) -> bool:
    counted = 0
    for one in session.execute(
        select(CalendarDay.worked, CalendarDay.ordinal).order_by(CalendarDay.day)
    ):
        counted += one.worked
        if one.ordinal != counted:
            return False
    return True


def forget_2027(session: Session, year: int = 2027) -> None:
    """As if the table had been filled before the year was in sight."""
    session.execute(CalendarDay.__table__.delete().where(CalendarDay.day >= date(year, 1, 1)))
    session.execute(
        update(Setting).where(Setting.name == "calendar.last").values(value=f"{year - 1}-12-31")
    )


def test_the_table_has_every_day_from_2004_to_the_end_of_next_year(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        whole = (date(2027, 12, 31) - date(2004, 1, 1)).days + 1
        assert session.scalar(select(func.count()).select_from(CalendarDay)) == whole
        assert ordinals_are_right(session)


def test_a_published_day_is_the_librarys_and_a_later_one_is_guessed(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        sources = dict(
            session.execute(
                select(CalendarDay.source, func.max(CalendarDay.day)).group_by("source")
            ).all()
        )
        assert sources == {"library": day("2026-12-31"), "provisional": day("2027-12-31")}
        for one in session.scalars(select(CalendarDay).where(CalendarDay.source == "library")):
            assert one.worked == chinese_calendar.is_workday(one.day)
        assert [row(session, on).worked for on in ("2027-10-03", "2027-10-04", "2027-01-04")] == [
            False,
            True,
            True,
        ]


@pytest.mark.parametrize(
    ("now", "last"),
    [
        (datetime(2026, 12, 31, 23, 59, tzinfo=BEIJING), "2027-12-31"),
        (datetime(2027, 1, 1, tzinfo=BEIJING), "2028-12-31"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "2028-12-31"),
        (datetime(2031, 5, 1, tzinfo=BEIJING), "2032-12-31"),
    ],
)
def test_asking_for_the_office_fills_the_table_to_the_end_of_next_year(
    desk: Desk, now: datetime, last: str
) -> None:
    with transaction(desk.sessions) as session:
        office = office_at(session, now)
        assert office.calendar.last == last_day(session) == day(last)
        assert ordinals_are_right(session)


def test_filling_again_changes_no_day_that_is_there(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        set_days(session, {day("2026-06-06"): True, day("2027-06-07"): False})
        read = select(CalendarDay.day, CalendarDay.worked, CalendarDay.source).order_by(
            CalendarDay.day
        )
        before = session.execute(read).all()
        fill(session, NOW)
        assert session.execute(read).all() == before
        fill(session, NOW + timedelta(days=365))
        assert session.execute(read).all()[: len(before)] == before


def test_the_offices_rows_win_over_the_library_and_over_a_guess(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        set_days(
            session, {day("2026-10-01"): True, day("2026-10-12"): False, day("2027-03-01"): False}
        )
        calendar = office_at(session, NOW).calendar
        asked = ("2026-10-01", "2026-10-12", "2027-03-01", "2027-03-02")
        assert [calendar.is_workday(day(on)) for on in asked] == [True, False, False, True]
        assert [row(session, on).source for on in asked] == [
            "office",
            "office",
            "office",
            "provisional",
        ]
        assert day("2027-03-01") not in calendar.provisional
        assert ordinals_are_right(session)


def test_the_running_numbers_are_right_from_the_first_day_of_the_table_on(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        set_days(session, {day("2004-01-01"): True, day("2004-01-02"): False})
        assert (row(session, "2004-01-01").ordinal, row(session, "2004-01-02").ordinal) == (1, 1)
        assert ordinals_are_right(session)


def test_the_running_numbers_count_what_the_calendar_counts(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        calendar = office_at(session, NOW).calendar
        for start, end in (
            ("2025-09-26", "2025-10-10"),
            ("2026-02-13", "2026-03-02"),
            ("2026-12-30", "2027-01-05"),
        ):
            counted = row(session, end).ordinal - row(session, start).ordinal
            assert counted == calendar.between(day(start), day(end))


def test_a_newer_library_replaces_guesses_and_running_clocks_are_lengthened(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        guessed = CalendarDay.day.between(date(2026, 10, 1), date(2026, 12, 31))
        session.execute(update(CalendarDay).where(guessed).values(source="provisional"))
        set_days(session, {day("2026-10-05"): True}, "provisional")
        one = deadline_in(session, "2026-09-30", 2)
        assert (one.due_at.date(), one.deadline("due").basis) == (day("2026-10-09"), "provisional")
        fill(session, datetime(2026, 10, 2, tzinfo=BEIJING))
        assert (row(session, "2026-10-05").worked, row(session, "2026-10-05").source) == (
            False,
            "library",
        )
        assert (one.due_at.date(), one.deadline("due").basis) == (day("2026-10-10"), "official")
        assert ordinals_are_right(session)
        moved = session.scalars(select(Event).where(Event.kind == "clock.moved")).one()
        assert moved.actor == "bot"


def test_days_are_proposed_by_one_person_and_approved_by_another(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        admin, head = actor(session, "it_admin"), actor(session, "centre_head")
        load_calendar(session, NOW, admin, days(d0104=False), "国办发明电")
        assert row(session, "2027-01-04").worked
        proposal = approve_calendar(session, NOW, head)
        assert not row(session, "2027-01-04").worked
        assert (proposal.proposed_by_id, proposal.approved_by_id) == (admin.id, head.id)
        assert (proposal.proposed_at, proposal.approved_at, proposal.reason) == (
            NOW,
            NOW,
            "国办发明电",
        )
        events = session.execute(
            select(Event.kind, Event.actor, Event.payload).where(Event.chain == 0)
        ).all()
        told = {"days": {"2027-01-04": False}, "proposal": proposal.id}
        assert [(kind, who, json.loads(payload)) for kind, who, payload in events] == [
            ("calendar.proposed", admin.word, told),
            ("calendar.loaded", head.word, told),
        ]


def test_nobody_approves_what_he_proposed(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        admin = actor(session, "it_admin")
        load_calendar(session, NOW, admin, days(d0104=False))
        with pytest.raises(NotAllowed, match="own_proposal"):
            approve_calendar(session, NOW, admin)
        assert row(session, "2027-01-04").worked


def test_there_must_be_something_to_approve(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        admin, head = actor(session, "it_admin"), actor(session, "centre_head")
        with pytest.raises(NotAllowed, match="nothing_proposed"):
            approve_calendar(session, NOW, head)
        load_calendar(session, NOW, admin, days(d0104=False))
        approve_calendar(session, NOW, head)
        with pytest.raises(NotAllowed, match="nothing_proposed"):
            approve_calendar(session, NOW, head)


def test_proposals_are_approved_in_the_order_in_which_they_were_made(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        admin, head = actor(session, "it_admin"), actor(session, "centre_head")
        load_calendar(session, NOW, admin, days(d0104=False))
        load_calendar(session, NOW, admin, days(d0104=True))
        approve_calendar(session, NOW, head)
        assert not row(session, "2027-01-04").worked
        approve_calendar(session, NOW, head)
        assert row(session, "2027-01-04").worked
        assert session.scalar(select(func.count()).select_from(CalendarProposal)) == 2


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ({}, "no_days"),
        ({day("2028-01-03"): True}, "day_outside_calendar"),
        ({day("2003-12-31"): True}, "day_outside"),
    ],
)
def test_days_outside_the_table_and_empty_proposals_are_refused(
    desk: Desk, named: dict[date, bool], why: str
) -> None:
    with transaction(desk.sessions) as session:
        with pytest.raises(NotAllowed, match=why):
            load_calendar(session, NOW, actor(session, "it_admin"), named)
        assert session.scalar(select(func.count()).select_from(CalendarProposal)) == 0


def loaded(session: Session, **named: bool) -> None:
    load_calendar(session, NOW, actor(session, "it_admin"), days(**named))
    approve_calendar(session, NOW, actor(session, "centre_head"))


def test_only_days_that_a_loaded_notice_names_are_the_offices(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        office_at(session, NOW)
        loaded(session, d0101=False, d0104=False, d0109=True)
        sources = (
            select(CalendarDay.day).where(CalendarDay.source == "office").order_by(CalendarDay.day)
        )
        assert list(session.scalars(sources)) == [
            day("2027-01-01"),
            day("2027-01-04"),
            day("2027-01-09"),
        ]
        calendar = office_at(session, NOW).calendar
        assert len(calendar.provisional) == 362
        assert (
            calendar.run(day("2026-12-31"), 1).basis == "provisional"
        )  # over the 2nd and 3rd, which nobody named
        assert calendar.run(day("2026-12-30"), 1).basis == "official"


@pytest.mark.parametrize("left_out", NAMES)
def test_a_year_is_known_when_each_public_holidays_own_date_is_a_loaded_rest_day(
    desk: Desk, left_out: str
) -> None:
    own = holidays(2027)
    with transaction(desk.sessions) as session:
        admin, head = actor(session, "it_admin"), actor(session, "centre_head")
        office_at(session, NOW + timedelta(days=30))  # fills 2028
        load_calendar(
            session, NOW, admin, {on: False for name, on in own.items() if name != left_out}
        )
        approve_calendar(session, NOW, head)
        assert [(one.holiday, one.day) for one in lacking(session, [2027])] == [
            (left_out, own[left_out])
        ]
        assert lacking(session, [2027], {own[left_out]: False}) == []
        assert {one.year for one in office_at(session, NOW).calendar.provisional} == {2027, 2028}
        load_calendar(session, NOW, admin, {own[left_out]: False})
        approve_calendar(session, NOW, head)
        assert lacking(session, [2027]) == []
        assert {one.year for one in office_at(session, NOW).calendar.provisional} == {2028}
        named = {row(session, one.isoformat()).source for one in own.values()}
        assert (named, row(session, "2027-10-04").source) == ({"office"}, "week")
        assert (
            row(session, "2027-10-04").worked and not row(session, "2027-10-03").worked
        )  # a Monday; a Sunday


def test_a_holiday_that_a_later_notice_has_worked_leaves_the_year_guessed_again(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        office_at(session, NOW)
        arrived(session)
        assert not office_at(session, NOW).calendar.provisional
        loaded(session, d1001=True)
        assert [one.holiday for one in lacking(session, [2027])] == ["national_day"]
        assert (
            row(session, "2027-03-01").source == "provisional"
            and row(session, "2027-01-01").source == "office"
        )


def test_a_year_of_the_published_calendar_stays_known_whatever_is_loaded_of_it(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        office_at(session, NOW)
        load_calendar(session, NOW, actor(session, "it_admin"), {day("2026-12-30"): False})
        approve_calendar(session, NOW, actor(session, "centre_head"))
        assert {row(session, f"2026-12-{n}").source for n in (29, 31)} == {"library"}
        assert lacking(session, [2026]) == []


def test_a_deadline_whose_days_became_known_is_official_though_it_stays(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        one = deadline_in(session, "2026-12-28", 5)
        loaded(session, d0101=False)
        assert one.deadline("due").basis == "provisional" and moves(session) == []
        arrived(session)
        due = one.deadline("due")
        assert (due.on, due.basis) == (day("2027-01-05"), "official")
        assert ledger.verify(session, desk.key) == []


def deadline_in(session: Session, start: str, n: int, **other: Any) -> Assignment:
    """An assignment whose clock of n working days began on a day."""
    at = datetime.fromisoformat(start).replace(tzinfo=BEIJING)
    due = office_at(session, at).calendar.run(day(start), n)
    return allocated(session, allocated_at=at, **clock("due", due), **other)


def notice(**named: bool) -> dict[date, bool]:
    """A notice that makes 2027 known: each public holiday's own date a rest day, and what else it
    names."""
    return dict.fromkeys(holidays(2027).values(), False) | days(**named)


def arrived(session: Session, **named: bool) -> None:
    load_calendar(session, NOW, actor(session, "it_admin"), notice(**named))
    approve_calendar(session, NOW, actor(session, "centre_head"))


def moves(session: Session) -> list[Event]:
    return list(
        session.scalars(select(Event).where(Event.kind == "clock.moved").order_by(Event.id))
    )


def test_a_calendar_that_arrives_makes_an_open_deadline_longer_and_both_values_are_logged(
    desk: Desk,
) -> None:
    with transaction(desk.sessions) as session:
        one = deadline_in(session, "2026-12-28", 5)
        assert one.deadline("due").on == day("2027-01-05")
        arrived(session, d0104=False, d0105=False)
        due = one.deadline("due")
        assert (due.on, due.basis, due.floor) == (day("2027-01-07"), "official", day("2027-01-05"))
        assert [one.isoformat() for one in due.counted][-2:] == ["2027-01-06", "2027-01-07"]
        event = moves(session)[0]
        assert (event.subject, event.subject_id, event.chain) == ("assignment", one.id, one.case_id)
        assert json.loads(event.payload) == {
            "due": {"new": "2027-01-08T00:00:00+08:00", "told": "2027-01-06T00:00:00+08:00"}
        }
        assert ledger.verify(session, desk.key) == []


def test_a_calendar_that_arrives_never_makes_a_deadline_shorter(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        one = deadline_in(session, "2026-12-28", 5)
        before = one.due_at
        arrived(session, d0102=True, d0103=True)
        assert office_at(session, NOW).calendar.run(day("2026-12-28"), 5).on == day("2027-01-03")
        session.refresh(one)
        assert one.due_at == before
        told = [json.loads(event.payload)["due"] for event in moves(session)]
        assert [said["told"] == said["new"] for said in told] == [
            True
        ]  # the days are known by now: official


def test_what_was_told_after_one_calendar_is_kept_through_the_next(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        one = deadline_in(session, "2026-12-28", 5)
        arrived(session, d0104=False)
        assert one.deadline("due").on == day("2027-01-06")
        arrived(session, d0104=True)
        assert one.deadline("due").on == day("2027-01-06")
        assert len(moves(session)) == 1


def test_an_ended_row_keeps_its_deadline(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        one = deadline_in(session, "2026-12-28", 5)
        ledger.move(session, NOW, BOT, one, "cancelled", "assignment.cancelled")
        before = one.due_at
        arrived(session, d0104=False)
        session.refresh(one)
        assert one.due_at == before


def test_every_clock_of_every_subject_is_worked_out_anew(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        of = {"unit": unit(session)}
        wait = office_at(session, NOW).calendar.run(day("2026-12-28"), 5)
        made: dict[str, Any] = {}
        for subject, (names, _) in CLOCKS.items():
            columns = {key: value for name in names for key, value in clock(name, wait).items()}
            made[subject] = bear(session, subject, of.get("case", 0), of, **columns)
            of[subject] = made[subject].id
        arrived(session, d0104=False)
        for subject, (names, _) in CLOCKS.items():
            ends = {name: made[subject].deadline(name).on for name in names}
            assert ends == dict.fromkeys(names, day("2027-01-06")), subject
        assert len(moves(session)) == len(CLOCKS)


def test_the_clocks_that_are_worked_out_anew_are_all_that_a_row_counts_in_working_days() -> None:
    for subject, model in SUBJECTS.items():
        columns = [column.name for column in model.__table__.columns]
        names = {name.removesuffix("_clock") for name in columns if name.endswith("_clock")}
        assert names == set(CLOCKS.get(subject, ((), ()))[0])


def test_an_assist_moves_with_its_lead_and_its_own_signing_clock_moves_too(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        lead = deadline_in(session, "2026-12-28", 5)
        calendar = office_at(session, NOW).calendar
        due = assist_deadline(calendar, lead.deadline("due"), lead.allocated_at.date())  # type: ignore[arg-type]
        assert due.on == day("2027-01-04")
        case = session.get_one(Case, lead.case_id)
        columns = {**clock("due", due), **clock("sign", calendar.run(day("2026-12-31"), 1))}
        assist = allocated(
            session, case, "housing", role="assist", allocated_at=lead.allocated_at, **columns
        )
        assert assist.deadline("sign").on == day("2027-01-04")
        arrived(session, d0104=False)
        assert [one.deadline("due").on for one in (lead, assist)] == [
            day("2027-01-06"),
            day("2027-01-05"),
        ]
        assert assist.deadline("sign").on == day("2027-01-05")


@pytest.mark.parametrize(
    ("lead_due", "allocated_on", "assist_due"),
    [
        ("2025-06-16", "2025-06-09", "2025-06-13"),  # the lead's less a working day
        (
            "2025-06-15",
            "2025-06-09",
            "2025-06-13",
        ),  # a leader's Sunday: the last working day before it
        (
            "2025-06-10",
            "2025-06-09",
            "2025-06-10",
        ),  # not before the first working day after allocation
        ("2025-06-15", "2025-06-13", "2025-06-15"),  # nor after the lead's
    ],
)
def test_an_assist_is_due_a_working_day_before_its_lead(
    desk: Desk, lead_due: str, allocated_on: str, assist_due: str
) -> None:
    with transaction(desk.sessions) as session:
        calendar = office_at(session, NOW).calendar
        due = assist_deadline(
            calendar, calendar.name(day(lead_due), day(allocated_on)), day(allocated_on)
        )
        assert due.on == day(assist_due)


def test_an_assist_of_an_emergency_is_due_with_its_lead(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        moment = datetime(2025, 6, 10, 9, tzinfo=BEIJING)
        lead = Deadline(moment, day("2025-06-09"), 24, "hours")
        due = assist_deadline(office_at(session, NOW).calendar, lead, day("2025-06-09"))
        assert (due.at, due.unit) == (moment, "hours")


@pytest.mark.parametrize(
    ("at", "marked"), [("2027-01-06T09:00", "2027-01-06"), ("2027-01-08T09:00", "2027-01-08")]
)
def test_an_overdue_mark_stands_for_a_new_due_date_that_has_passed_as_well(
    desk: Desk, at: str, marked: str
) -> None:
    with transaction(desk.sessions) as session:
        one = deadline_in(session, "2026-12-28", 5)
        ledger.note(session, NOW, BOT, one, "assignment.overdue", {"overdue_for": one.due_at})
        set_days(session, days(d0104=False, d0105=False))
        recompute(session, datetime.fromisoformat(at).replace(tzinfo=BEIJING), BOT)
        assert one.due_at.date() == day("2027-01-08")
        assert one.overdue_for is not None
        assert one.overdue_for.date() == day(marked)


def test_the_bot_looks_again_at_a_case_whose_clock_moved(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        one = deadline_in(session, "2026-12-28", 5)
        case = session.get_one(Case, one.case_id)
        case.look_again_at = None
        session.flush()
        arrived(session, d0104=False)
        assert case.look_again_at == datetime(2026, 12, 29, 8, 30, tzinfo=BEIJING)


def test_the_calendar_is_never_cached_for_the_life_of_a_process(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        assert office_at(session, NOW).calendar.is_workday(day("2027-01-04"))
    with desk_at(desk.url) as elsewhere, transaction(elsewhere.sessions) as session:
        arrived(session, d0104=False)
    with transaction(desk.sessions) as session:
        assert not office_at(session, NOW).calendar.is_workday(day("2027-01-04"))


def test_a_calendar_that_was_rolled_back_is_not_remembered(desk: Desk) -> None:
    def change_and_fail() -> None:
        with transaction(desk.sessions) as session:
            arrived(session, d0104=False)
            assert not office_at(session, NOW).calendar.is_workday(day("2027-01-04"))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        change_and_fail()
    with transaction(desk.sessions) as session:
        assert office_at(session, NOW).calendar.is_workday(day("2027-01-04"))


def test_an_unchanged_calendar_is_read_once_for_all_sessions_of_a_process(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        first = office_at(session, NOW).calendar
    with transaction(desk.sessions) as session:
        assert office_at(session, NOW).calendar is first
    other = sessions_from(desk.engine, desk.key)
    with transaction(other) as session:
        assert office_at(session, NOW).calendar is not first


def test_the_end_of_the_office_day_is_the_rule_in_force(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        admin, head = actor(session, "it_admin"), actor(session, "centre_head")
        change_rule(session, NOW, admin, "day_ends", 18, day("2027-01-01"))
        approve_rule(session, NOW, head)
        assert office_at(session, NOW).calendar.day_ends == 24
        assert office_at(session, datetime(2027, 1, 1, tzinfo=BEIJING)).calendar.day_ends == 18


def test_a_case_registered_under_a_missing_year_is_counted_on_a_guess(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        forget_2027(session)
        assert last_day(session) == day("2026-12-31")
        due = office_at(session, NOW).calendar.run(day("2026-12-31"), 1)
        assert (due.on, due.basis) == (day("2027-01-04"), "provisional")
        assert register(session).state == "registered"
