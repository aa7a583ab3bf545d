"""A sweep asks the database a fixed number of things for a thousand cases, whatever else is on
file."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, text

from app.database import reading
from app.models import Event
from app.sweep import sweep
from tests import seed
from tests.databases import Desk
from tests.statements import Counted, counted

REMINDERS, ALL_STEPS = 14, 26
EVERY = {
    "assignment.auto_signed",
    "assignment.warned",
    "assignment.overdue",
    "reminder.reopened",
    "reminder.lapsed",
    "reminder.issued",
    "supervision.watched",
    "supervision.listed",
    "supervision.overdue",
    "supervision.heard",
    "referral.drafted",
    "centre.overdue",
    "room.overdue",
}
BIG = "hotline_case|assignment|event"


def _sweep(desk: Desk, traced: bool = False) -> tuple[Counted, Counter[str]]:
    """One sweep, counted, and the events that it wrote."""
    with desk.engine.connect():
        pass  # what a new connection asks for itself is not the sweep's
    with counted(desk, traced) as found:
        done = sweep(desk.sessions, seed.NOW)
    assert (done.cases, done.failures) == (1000, 0)
    with reading(desk.sessions) as session:
        return found, Counter(session.scalars(select(Event.kind).where(Event.at == seed.NOW)))


def _cost(
    desk: Desk, make: Callable[[Desk, int], None], crowd: int = 0
) -> tuple[int, Counter[str]]:
    """How many statements a batch of a thousand cases takes, on which both sides agree."""
    if crowd:
        seed.crowd(desk, crowd)
    make(desk, 1000)
    seed.analyse(desk)
    traced = not desk.sqlite or not crowd
    found, events = _sweep(desk, traced)
    assert not traced or found.client == found.server
    assert len(found.batches) == 1
    return len(found.batches[0]), events


@pytest.mark.long
def test_a_batch_of_a_thousand_reminders_takes_at_most_fourteen_statements(desk: Desk) -> None:
    cost, events = _cost(desk, seed.overdue)
    assert events == {"assignment.overdue": 1000, "reminder.issued": 1000}
    assert cost <= REMINDERS


def test_a_batch_with_all_nine_steps_takes_at_most_twenty_six_statements(desk: Desk) -> None:
    cost, events = _cost(desk, seed.every_step)
    assert events.keys() >= EVERY
    assert cost <= ALL_STEPS


@pytest.mark.parametrize(
    "crowd", [10_000, pytest.param(200_000, marks=[pytest.mark.long, pytest.mark.timeout(600)])]
)
@pytest.mark.parametrize(
    ("make", "most"), [(seed.overdue, REMINDERS), (seed.every_step, ALL_STEPS)]
)
def test_what_else_is_on_file_costs_no_statement(
    desk: Desk, make: Callable[[Desk, int], None], most: int, crowd: int
) -> None:
    cost, _ = _cost(desk, make, crowd)
    assert cost <= most


def test_a_pass_with_nothing_due_costs_the_same_whatever_is_on_file(desk: Desk) -> None:
    costs = set()
    for n in (0, 10_000):
        if n:
            seed.crowd(desk, n)
        sweep(desk.sessions, seed.NOW)
        with counted(desk) as found:
            sweep(desk.sessions, seed.NOW)
        assert found.client == found.server
        costs.add(found.client)
    assert len(costs) == 1


def _plans(desk: Desk, batch: list[tuple[str, Any]], full: bool = False) -> dict[str, str]:
    """statement -> how the database means to run it; `full`: as if no table were small enough to be
    read through."""
    explain = "EXPLAIN QUERY PLAN " if desk.sqlite else "EXPLAIN "
    plans = {}
    with desk.engine.connect() as connection:
        if full and not desk.sqlite:
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
        for statement, given in batch:
            if statement.startswith(("SELECT", "INSERT", "UPDATE", "\nSELECT")):
                rows = connection.exec_driver_sql(explain + statement, given).all()
                plans[statement] = "\n".join(str(row[-1]) for row in rows)
        connection.rollback()
    return plans


def _plan(plans: dict[str, str], words: str) -> str:
    return next(plan for statement, plan in plans.items() if words in statement)


@pytest.mark.timeout(300)
@pytest.mark.parametrize("crowd", [30_000, pytest.param(200_000, marks=pytest.mark.long)])
def test_the_claim_goes_through_the_index_of_due_cases_and_nothing_reads_a_whole_table(
    desk: Desk, crowd: int
) -> None:
    seed.crowd(desk, crowd)
    seed.every_step(desk, 1000)
    seed.analyse(desk)
    found, _ = _sweep(desk)
    plans = _plans(desk, found.batches[0])
    assert "ix_case_look" in _plan(plans, "LIMIT")
    facts = _plan(_plans(desk, found.batches[0], full=True), "AS facts")
    for table in ("assignment", "reminder", "request", "reply", "supervision", "referral"):
        # Of an empty table PostgreSQL may take any of its indexes that begin with the case.
        by_case = rf"Index Scan using \w+ on {table} \w+ .*\n\s+Index Cond: \(case_id = k\.id\)"
        assert re.search(rf"ix_{table}_case_id" if desk.sqlite else by_case, facts), table
    assert "ix_contact_counts_on" in facts
    scanned = rf"Seq Scan on ({BIG})\b" if not desk.sqlite else rf"SCAN ({BIG}|k|c|e|t)\b(?! USING)"
    for statement, plan in plans.items():
        assert not re.search(scanned, plan), f"{statement}\n{plan}"


def test_the_index_of_due_cases_holds_no_others(desk: Desk) -> None:
    seed.crowd(desk, 1000)
    with desk.engine.connect() as connection:
        if desk.sqlite:
            words = connection.execute(
                text("SELECT sql FROM sqlite_master WHERE name = 'ix_case_look'")
            ).scalar_one()
        else:
            words = connection.execute(
                text("SELECT pg_get_indexdef('ix_case_look'::regclass)")
            ).scalar_one()
    assert "look_again_at IS NOT NULL" in words
