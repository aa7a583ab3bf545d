"""Sweeps beside sweeps and beside people, and sweeps that are killed: nothing twice, nothing
lost."""

from __future__ import annotations

import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text

from app.database import transaction
from app.models import Assignment, Case, Event, Notice, Reminder, Series, SupervisionList
from app.models.reporting import DayCount
from app.rules.workdays import sweep_on
from app.stages.office import gate_key, issue_list
from app.story.theatre.cast import actor_named
from app.story.theatre.fillers import filled
from app.sweep import sweep
from app.verbs import perform
from tests import seed
from tests.commands import begun
from tests.databases import KEY, SIGNING, Desk
from tests.hands import Hands, furnish, moments
from tests.record import events, rows, whole

NOW = seed.NOW
TOMORROW = sweep_on(NOW.date() + timedelta(days=1))
ROOT = Path(__file__).parent.parent.parent
QUICK_AND_LONG = [2, pytest.param(20, marks=[pytest.mark.long, pytest.mark.timeout(900)])]


def state(desk: Desk) -> dict[str, list[Any]]:
    """All that a sweep leaves, but for ids: a sweep that was killed took some with it."""
    case = (
        Case.id,
        Case.state,
        Case.head_seq,
        Case.look_again_at,
        Case.own_overdue_for,
        Case.look_failures,
    )
    told = select(Event.chain, Event.seq, Notice.recipient).join(Event, Event.id == Notice.event_id)
    one = (
        Event.chain,
        Event.seq,
        Event.at,
        Event.actor,
        Event.kind,
        Event.from_state,
        Event.to_state,
    )
    work = (
        Assignment.id,
        Assignment.state,
        Assignment.overdue_for,
        Assignment.warned_for,
        Assignment.watched,
    )
    reminder = (
        Reminder.assignment_id,
        Reminder.attempt,
        Reminder.state,
        Reminder.number,
        Reminder.reply_by_at,
    )
    queries = {
        "case": select(*case).order_by(Case.id),
        "event": select(*one).where(Event.chain > 0),
        "assignment": select(*work),
        "reminder": select(*reminder),
        "notice": told.where(Event.chain > 0),
        "series": select(Series.name, Series.period, Series.last),
        "list": select(SupervisionList.number),
        "count": select(
            DayCount.day, DayCount.unit_id, DayCount.category_id, DayCount.word, DayCount.n
        ),
    }
    return {
        name: sorted(repr(tuple(row)) for row in rows(desk, query))
        for name, query in queries.items()
    }


@pytest.mark.parametrize("times", QUICK_AND_LONG)
def test_two_sweeps_at_once_do_what_one_does(desk: Desk, twin: Desk, times: int) -> None:
    for each in (desk, twin):
        seed.every_step(each, 100)
    sweep(twin.sessions, NOW)
    wanted = events(twin, NOW)
    with Hands(desk) as hands:
        for n in range(times):
            if n:
                with transaction(desk.sessions) as session:
                    seed.Seed(session).assigned(40)
            pids = [hands.sweep(NOW, 7) for _ in range(2)]
            assert [hands.wait(pid) for pid in pids] == [0, 0]
            if not n:
                assert events(desk, NOW) == wanted
    assert events(desk, NOW)["reminder.issued"] == wanted["reminder.issued"] + 40 * (times - 1)
    whole(desk)


@pytest.mark.parametrize(
    ("sweeps", "writers", "verbs"),
    [(2, 3, 4), pytest.param(3, 10, 60, marks=[pytest.mark.long, pytest.mark.timeout(900)])],
)
def test_sweeps_beside_people_who_act_do_nothing_twice(
    desk: Desk, sweeps: int, writers: int, verbs: int
) -> None:
    seed.every_step(desk, 200)
    furnish(desk)
    with Hands(desk) as hands:
        pids = [hands.write(NOW, number, verbs) for number in range(writers)]
        for _ in range(3):
            swept = [hands.sweep(NOW, 9) for _ in range(sweeps)]
            assert {hands.wait(pid) for pid in swept} == {0}
        assert {hands.wait(pid) for pid in pids} == {0}
    for day in range(3):
        sweep(desk.sessions, NOW + timedelta(days=day))
    once = Counter(
        (row.chain, row.kind, row.subject_id, str(row.at.date())) for row in rows(desk, _BOT)
    )
    assert max(once.values()) == 1
    whole(desk)


_ONCE = (
    "assignment.overdue",
    "assignment.warned",
    "reminder.issued",
    "supervision.listed",
    "referral.drafted",
)
_BOT = select(Event.chain, Event.kind, Event.subject_id, Event.at).where(Event.kind.in_(_ONCE))


def test_two_sweeps_from_the_command_line_need_no_redis(desk: Desk, tmp_path: Path) -> None:
    seed.overdue(desk, 300)
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    (data / "ledger.key").write_bytes(KEY)
    (data / "signing.key").write_bytes(SIGNING)
    running = [
        begun(data, "sweep", "--at", "2026-03-12 08:30", DATABASE_URL=desk.url) for _ in range(2)
    ]
    ends = [process.ended() for process in running]
    assert [end.returncode for end in ends] == [0, 0], ends
    done = [re.search(r"\d+", end.stdout) for end in ends]
    assert sum(int(found.group()) for found in done if found) == 300
    assert events(desk, NOW) == {"assignment.overdue": 300, "reminder.issued": 300}
    whole(desk)


@pytest.mark.parametrize(
    "times", [4, pytest.param(50, marks=[pytest.mark.long, pytest.mark.timeout(900)])]
)
def test_a_sweep_that_was_killed_is_made_up_by_the_next(desk: Desk, twin: Desk, times: int) -> None:
    for each in (desk, twin):
        seed.every_step(each, 250)
    passed = 0

    def count(moment: int) -> None:
        nonlocal passed
        passed = moment

    with moments(twin.engine, count):
        sweep(twin.sessions, NOW, n=5)
    cuts = sorted(random.Random(5).sample(range(1, passed), times))
    with Hands(desk) as hands:
        for before, cut in pairwise([0, *cuts]):  # all of them together do less than one whole pass
            assert hands.wait(hands.sweep(NOW, 5, dies_at=cut - before)) == -9
    assert 0 < events(desk, NOW)["assignment.overdue"] < events(twin, NOW)["assignment.overdue"]
    assert sweep(desk.sessions, NOW, n=5).cases > 0
    left, wanted = state(desk), state(twin)
    assert {name for name in wanted if left[name] != wanted[name]} == set()
    whole(desk)


# What follows needs two connections that wait for each other, so it runs on PostgreSQL.


@contextmanager
def _beside(work: Callable[[], Any]) -> Iterator[threading.Thread]:
    """Work in a thread; it must be done by the end."""
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield thread
    finally:
        thread.join(60)
    assert not thread.is_alive() and not failed, failed


def _waits(desk: Desk, kind: str) -> None:
    """Until somebody waits for a lock of this kind."""
    query = text(
        "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database OR l.database IS NULL "
        "WHERE d.datname = current_database() AND NOT granted AND locktype = :kind"
    )
    for _ in range(500):
        with desk.engine.connect() as connection:
            if connection.execute(query, {"kind": kind}).scalar_one():
                return
        time.sleep(0.02)
    raise AssertionError(f"nobody waits for a {kind}")


def test_a_row_that_changed_before_the_sweep_got_it_is_decided_on_its_new_facts(
    postgres_desk: Desk,
) -> None:
    desk = postgres_desk
    seed.overdue(desk, 20)
    furnish(desk)
    with transaction(desk.sessions) as session:
        one = session.scalars(select(Assignment).order_by(Assignment.id).offset(7).limit(1)).one()
        unit = session.execute(
            text("SELECT code FROM unit WHERE id = :id"), {"id": one.unit_id}
        ).scalar_one()
        perform(
            session,
            NOW,
            actor_named(session, f"head@{unit}"),
            "reply",
            case=one.case_id,
            **filled("reply", "A", {"as": f"head@{unit}"}, NOW),
        )
        session.flush()
        with _beside(lambda: sweep(desk.sessions, NOW, n=4)):
            _waits(desk, "transactionid")
            assert events(desk, NOW)["reminder.issued"] == 19
            session.commit()
    assert events(desk, NOW)["reminder.issued"] == 19
    assert events(desk, NOW)["assignment.overdue"] == 19
    whole(desk)


def test_a_list_that_is_being_issued_is_waited_for_and_what_comes_after_waits_a_day(
    postgres_desk: Desk,
) -> None:
    desk = postgres_desk
    with transaction(desk.sessions) as session:
        seed.Seed(session).assigned(3, leader_assigned=True)
    sweep(desk.sessions, NOW, steps=("marks",))
    with transaction(desk.sessions) as session:
        seed.Seed(session).assigned(1).items(["candidate"], listed_on=NOW.date(), ground="by_hand")
    with transaction(desk.sessions) as session:
        issued = issue_list(session, NOW)
        assert issued is not None and len(json.loads(issued.rows)) == 1
        with _beside(lambda: sweep(desk.sessions, NOW)):
            _waits(desk, "advisory")
            session.commit()
    assert events(desk, NOW)["supervision.listed"] == 0
    sweep(desk.sessions, TOMORROW)
    assert events(desk, TOMORROW)["supervision.listed"] == 3
    lists = rows(
        desk, select(SupervisionList.day, SupervisionList.rows).order_by(SupervisionList.day)
    )
    assert [(row.day, len(json.loads(row.rows))) for row in lists] == [
        (NOW.date(), 1),
        (TOMORROW.date(), 3),
    ]
    whole(desk)


def test_rows_that_are_being_added_are_waited_for_before_the_list_is_issued(
    postgres_desk: Desk,
) -> None:
    """A sweep stops before it commits its rows; whoever issues the list waits for it and finds
    them."""
    desk = postgres_desk
    with transaction(desk.sessions) as session:
        seed.Seed(session).assigned(3, leader_assigned=True)
    listing, go_on = threading.Event(), threading.Event()

    def stop(connection: Any) -> None:
        if connection.info.get("listed"):
            listing.set()
            go_on.wait(30)

    def notice(connection: Any, cursor: Any, statement: str, *rest: Any) -> None:
        listed = connection.info.get("listed", False)
        connection.info["listed"] = listed or "INSERT INTO supervision " in statement

    event.listen(desk.engine, "before_cursor_execute", notice)
    event.listen(desk.engine, "commit", stop)

    def issue() -> None:
        with transaction(desk.sessions) as session:
            assert issue_list(session, NOW) is not None

    with _beside(lambda: sweep(desk.sessions, NOW, steps=("marks", "list", "drafts"))):
        assert listing.wait(30)
        with _beside(issue):
            _waits(desk, "advisory")
            go_on.set()
    event.remove(desk.engine, "before_cursor_execute", notice)
    event.remove(desk.engine, "commit", stop)
    lists = rows(desk, select(SupervisionList.day, SupervisionList.rows))
    assert [(row.day, len(json.loads(row.rows))) for row in lists] == [(NOW.date(), 3)]
    whole(desk)


def test_each_day_has_a_gate_of_its_own() -> None:
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(800)]
    assert len({gate_key(day) for day in days}) == 800
