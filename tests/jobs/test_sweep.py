"""One pass of the bot: idempotent, in batches, unharmed by a row that cannot be decided about."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from app.database import reading, transaction
from app.models import Assignment, Case, Run, SupervisionList
from app.models.facts import load
from app.rules.workdays import sweep_on
from app.stages.deciding import STEPS
from app.sweep import sweep
from tests import seed
from tests.databases import Desk
from tests.office import Office
from tests.record import contents, events, rows, whole

NOW = seed.NOW
TOMORROW = sweep_on(NOW.date() + timedelta(days=1))


def test_each_overdue_assignment_is_reminded_of_once_in_batches_of_any_size(desk: Desk) -> None:
    seed.overdue(desk, 130)
    done = sweep(desk.sessions, NOW, n=50)
    assert (done.cases, done.failures) == (130, 0)
    assert events(desk, NOW) == {"assignment.overdue": 130, "reminder.issued": 130}
    whole(desk)


def test_a_second_sweep_at_the_same_moment_writes_nothing_but_its_run(desk: Desk) -> None:
    seed.every_step(desk, 300)
    sweep(desk.sessions, NOW)
    before = contents(desk)
    done = sweep(desk.sessions, NOW)
    assert (done.cases, done.failures) == (0, 0)
    assert contents(desk) == before
    assert len(rows(desk, select(Run.id))) == 2
    whole(desk)


def test_a_sweep_that_looks_at_everything_again_at_the_same_moment_writes_no_event(
    desk: Desk,
) -> None:
    seed.every_step(desk, 300)
    sweep(desk.sessions, NOW)
    looks = rows(desk, select(Case.id, Case.look_again_at))
    before = contents(desk)
    with desk.engine.begin() as connection:
        connection.execute(update(Case.__table__).values(look_again_at=NOW))  # type: ignore[arg-type]
    assert sweep(desk.sessions, NOW).cases == 300
    after = contents(desk)
    # The list is out by now: what would wait for the next one is looked at on the next working day.
    assert {table for table in after if after[table] != before[table]} <= {"hotline_case"}
    late = dict(looks)
    assert all(
        late[id] is None or look <= late[id] or look == TOMORROW
        for id, look in rows(desk, select(Case.id, Case.look_again_at))
        if look
    )


def _break(session: Session, sqlite: bool, one: Assignment) -> None:
    """A due date that no calendar reaches, or that is no date at all."""
    if sqlite and one.id % 2:
        session.execute(
            text("UPDATE assignment SET due_at = 'no date' WHERE id = :id"), {"id": one.id}
        )
        return
    one.due_at = datetime(2400, 1, 1, tzinfo=NOW.tzinfo)


@pytest.mark.parametrize(("n", "size"), [(1000, 1000), (100, 30)])
def test_a_row_that_cannot_be_decided_about_is_pushed_an_hour_on_and_the_rest_is_done(
    desk: Desk, n: int, size: int
) -> None:
    seed.overdue(desk, n)
    with transaction(desk.sessions) as session:
        broken = session.scalars(
            select(Assignment).order_by(Assignment.id).offset(41).limit(2)
        ).all()
        ids = {one.case_id for one in broken}
        for one in broken:
            _break(session, desk.sqlite, one)
    done = sweep(desk.sessions, NOW, n=size)
    assert (done.cases, done.failures) == (n - 2, 2)
    assert events(desk, NOW) == {"assignment.overdue": n - 2, "reminder.issued": n - 2}
    pushed = rows(
        desk, select(Case.id, Case.look_failures, Case.look_error).where(Case.look_failures > 0)
    )
    assert {row.id for row in pushed} == ids
    assert all(row.look_failures == 1 and f"case {row.id}: " in row.look_error for row in pushed)
    looks = rows(desk, select(Case.id, Case.look_again_at).where(Case.id.in_(ids)))
    assert {row.look_again_at for row in looks} == {NOW + timedelta(hours=1)}
    assert rows(desk, select(Run.failures, Run.error))[0].failures == 2
    assert "case " in rows(desk, select(Run.error))[0].error
    whole(desk, ids)


def test_a_row_that_cannot_be_written_is_found_by_halving_and_pushed_on(desk: Desk) -> None:
    seed.overdue(desk, 100)
    with transaction(desk.sessions) as session:
        broken = session.scalars(select(Case).order_by(Case.id).offset(57).limit(1)).one()
        broken.head_seq -= 1  # its next event has the number of one that is there
    done = sweep(desk.sessions, NOW)
    assert (done.cases, done.failures) == (99, 1)
    assert events(desk, NOW) == {"assignment.overdue": 99, "reminder.issued": 99}
    pushed = rows(
        desk, select(Case.id, Case.look_again_at, Case.look_error).where(Case.look_failures > 0)
    )
    assert [(row.id, row.look_again_at) for row in pushed] == [
        (broken.id, NOW + timedelta(hours=1))
    ]
    with transaction(desk.sessions) as session:
        session.execute(
            update(Case).where(Case.id == broken.id).values(head_seq=broken.head_seq + 1)
        )
    sweep(desk.sessions, NOW + timedelta(hours=1))
    whole(desk)


def test_a_row_that_was_mended_is_done_at_its_next_look(desk: Desk) -> None:
    seed.overdue(desk, 3)
    with transaction(desk.sessions) as session:
        one = session.scalars(select(Assignment).order_by(Assignment.id).limit(1)).one()
        due, one.due_at = one.due_at, datetime(2400, 1, 1, tzinfo=NOW.tzinfo)
    sweep(desk.sessions, NOW)
    with transaction(desk.sessions) as session:
        session.execute(update(Assignment).where(Assignment.id == one.id).values(due_at=due))
    assert sweep(desk.sessions, NOW + timedelta(minutes=59)).cases == 0
    assert sweep(desk.sessions, NOW + timedelta(hours=1)).cases == 1
    assert events(desk)["reminder.issued"] == 3
    assert rows(desk, select(Case.id).where(Case.look_failures > 0)) == []
    assert rows(desk, select(Case.id).where(Case.look_error.is_not(None))) == []
    whole(desk)


@pytest.mark.parametrize("steps", [STEPS, ("marks", "list")])
def test_an_early_look_lists_nothing_and_leaves_the_days_list_to_half_past_eight(
    desk: Desk, steps: tuple[str, ...]
) -> None:
    seed.every_step(desk, 300)
    early = NOW - timedelta(hours=5)
    with transaction(desk.sessions) as session:
        session.execute(update(Case).values(look_again_at=early))
    sweep(desk.sessions, early, steps)
    assert rows(desk, select(SupervisionList.id)) == []
    assert "supervision.listed" not in events(desk, early)
    sweep(desk.sessions, NOW)
    assert events(desk, NOW)["supervision.listed"] > 0
    assert len(rows(desk, select(SupervisionList.id))) == 1
    whole(desk)


def test_the_list_that_is_issued_by_itself_misses_nothing_that_the_whole_pass_would_list(
    desk: Desk, twin: Desk
) -> None:
    for one, steps in ((desk, ("marks", "list")), (twin, STEPS)):
        seed.every_step(one, 300)
        sweep(one.sessions, NOW, steps)
        sweep(one.sessions, NOW)
    listed = [rows(one, select(SupervisionList.rows)) for one in (desk, twin)]
    assert listed[0] == listed[1] and listed[0]
    assert events(desk) == events(twin)


def test_after_an_outage_the_first_sweep_acts_with_its_own_date_once_for_each_assignment(
    desk: Desk,
) -> None:
    office = Office(desk)
    office.allocated("2026-03-02 09:00", "A", kind="consultation")
    back = "2026-03-20"
    office.sweep(back)
    office.sweep(back)
    office.sweep("2026-03-20 17:00")
    for word, true_at in (
        ("assignment.auto_signed", "2026-03-04T00:00:00+08:00"),
        ("assignment.overdue", "2026-03-06T00:00:00+08:00"),
    ):
        assert office.days(word, "A") == [back]
        assert [told["true_at"] for told in office.told(word, "A")] == [true_at]
    assert office.days("reminder.issued", "A") == [back]
    assert [told["reply_by"] for told in office.told("reminder.issued", "A")] == ["2026-03-24"]
    assert office.days("assignment.warned", "A") == []
    office.sweep("2026-04-01")
    assert [told["true_at"] for told in office.told("reminder.lapsed", "A")] == [
        "2026-03-25T00:00:00+08:00"
    ]
    assert office.days("reminder.lapsed", "A") == ["2026-04-01"]


MARKS = {
    "assignment.auto_signed",
    "assignment.warned",
    "assignment.overdue",
    "reminder.issued",
    "reminder.lapsed",
    "reminder.reopened",
    "supervision.overdue",
    "supervision.heard",
    "centre.overdue",
    "room.overdue",
}
LISTED = {"supervision.listed", "supervision.watched", "list.issued", "signing.registered"}
DRAFTED = {"referral.drafted"}


@pytest.mark.parametrize(
    ("steps", "words"), [(("marks",), MARKS), (("list",), LISTED), (("drafts",), DRAFTED)]
)
def test_a_pass_restricted_to_its_steps_does_only_these_and_a_whole_pass_makes_up_the_rest(
    desk: Desk, steps: tuple[str, ...], words: set[str]
) -> None:
    seed.every_step(desk, 100)
    sweep(desk.sessions, NOW, steps, "restricted", n=30)
    did = events(desk, NOW)
    assert did.keys() and did.keys() <= words
    sweep(desk.sessions, NOW, steps, "restricted", n=30)
    assert events(desk, NOW) == did
    sweep(desk.sessions, NOW)
    assert events(desk, NOW).keys() >= MARKS | DRAFTED | {"list.issued"}
    whole(desk)


def test_restricted_passes_one_after_another_do_what_a_whole_one_does(desk: Desk) -> None:
    seed.every_step(desk, 100)
    for step in STEPS:
        sweep(desk.sessions, NOW, (step,), step)
    by_steps = events(desk, NOW)
    before = contents(desk, ("run", "hotline_case"))
    sweep(desk.sessions, NOW)
    assert events(desk, NOW) == by_steps
    assert contents(desk, ("run", "hotline_case")) == before
    assert sweep(desk.sessions, NOW).cases == 0


@pytest.mark.parametrize("step", STEPS)
def test_a_whole_pass_makes_the_others_no_ops(desk: Desk, step: str) -> None:
    seed.every_step(desk, 100)
    sweep(desk.sessions, NOW)
    before = contents(desk)
    assert sweep(desk.sessions, NOW, (step,), step).cases == 0
    assert contents(desk) == before


def test_the_list_is_issued_once_a_day_frozen_and_numbered_without_a_gap(desk: Desk) -> None:
    for n in range(3):
        with transaction(desk.sessions) as session:
            seed.Seed(session).assigned(4, leader_assigned=True)
        day = sweep_on(date(2026, 3, 12) + timedelta(days=n * 4))
        sweep(desk.sessions, day)
        frozen = contents(desk, ("run",))["supervision_list"]
        sweep(desk.sessions, day + timedelta(hours=3))
        assert contents(desk)["supervision_list"] == frozen
    lists = rows(
        desk, select(SupervisionList.day, SupervisionList.number).order_by(SupervisionList.day)
    )
    assert [(str(row.day), row.number) for row in lists] == [
        ("2026-03-12", "神热线督建〔2026〕1号"),
        ("2026-03-16", "神热线督建〔2026〕2号"),
        ("2026-03-20", "神热线督建〔2026〕3号"),
    ]
    whole(desk)


def test_what_comes_after_the_days_list_waits_for_the_next_working_day(desk: Desk) -> None:
    """An emergency assigned by a leader falls due at noon on Friday: that day's list is out,
    Monday's has it."""
    office = Office(desk)
    with transaction(desk.sessions) as session:
        seed.Seed(session).assigned(1, leader_assigned=True)
    leader = {"level": "county", "name": "县长", "date": "2026-03-12", "text": "速办"}
    office.do(
        "2026-03-12 12:00",
        "operator",
        "register",
        "E",
        kind="report",
        urgency="emergency",
        leader=leader,
    )
    office.do("2026-03-12 12:00", "allocator", "allocate", "E", unit="WATER")
    office.do("2026-03-12 13:00", "head@WATER", "sign_for", "E")
    noon = datetime(2026, 3, 13, 12, tzinfo=NOW.tzinfo)
    with transaction(
        desk.sessions
    ) as session:  # what the clock of an emergency without a leader's date would be
        hours = (
            '{"basis":"official","days":[],"floor":null,"n":24,"start":"2026-03-12","unit":"hours"}'
        )
        due = {"due_at": noon, "due_clock": hours, "leader_assigned": True}
        session.execute(
            update(Assignment).where(Assignment.case_id == office.id("E")).values(**due)
        )
    office.sweep("2026-03-13 08:30")
    assert rows(desk, select(SupervisionList.day)) == [(date(2026, 3, 13),)]
    office.sweep("2026-03-13 12:01")
    assert office.days("assignment.overdue", "E") == ["2026-03-13"]
    assert office.days("supervision.listed", "E") == []
    office.sweeps("2026-03-14", "2026-03-24")
    assert office.days("supervision.listed", "E") == ["2026-03-16"]
    whole(desk)


def test_a_pass_that_stops_says_so_by_its_run(desk: Desk) -> None:
    seed.overdue(desk, 5)
    done = sweep(desk.sessions, NOW, name="supervision_list")
    (run,) = rows(
        desk, select(Run.name, Run.looked_at, Run.cases, Run.failures, Run.error, Run.finished_at)
    )
    assert tuple(run)[:-1] == ("supervision_list", NOW, done.cases, 0, None)
    assert NOW < run.finished_at < NOW + timedelta(minutes=1), "and how long it took"


def test_a_case_is_looked_at_again_only_when_something_can_matter(desk: Desk) -> None:
    office = Office(desk)
    office.allocated("2026-03-02 09:00", "A", kind="complaint")
    looks = []
    moment = sweep_on(date(2026, 3, 2))
    for _ in range(40):
        moment += timedelta(days=1)
        if sweep(desk.sessions, moment).cases:
            looks.append(moment.date().isoformat()[5:])
    # After allocation, sign for, warn, overdue and reminder, lapse, silence, and the room's two
    # days to decide.
    assert looks == ["03-03", "03-04", "03-10", "03-12", "03-17", "03-24", "03-27"]


def test_facts_are_read_case_by_case_in_the_order_of_ids(desk: Desk) -> None:
    seed.every_step(desk, 50)
    with reading(desk.sessions) as session:
        found = load(session, session.scalars(select(Case.id)).all())
    assert [case.id for case in found] == sorted(case.id for case in found)
    assert len(found) == 50
    for case in found:
        assert all(
            row.assignment_id == one.id
            for one in case.assignments
            for row in case.reminders_of(one)
        )
