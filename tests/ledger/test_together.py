"""Several at once on one case: every chain stays whole, one wins and the other is told."""

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import ledger
from app.database import retried, transaction
from app.models import Assignment, Case, Event, Visit
from app.roles import BOT
from app.rules.refusal import Gone
from tests.databases import Desk
from tests.ledger.rows import ALLOCATOR, NOW, allocated, bear, register

WRITERS = 4
EACH = 10


def seqs(session: Session, chain: int) -> list[int]:
    return list(session.scalars(select(Event.seq).where(Event.chain == chain).order_by(Event.id)))


def test_writers_on_one_case_make_one_chain_in_the_order_of_their_events(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        case_id = register(session).id

    def write(_: int) -> None:
        def work(session: Session) -> None:
            ledger.note(session, NOW, BOT, session.get_one(Case, case_id), "case.edited")

        for _ in range(EACH):
            retried(desk.sessions, work)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    with desk.sessions() as session:
        assert seqs(session, case_id) == list(range(1, WRITERS * EACH + 2))
        assert ledger.verify(session, desk.key) == []


def test_writers_on_several_cases_and_the_office_do_not_disturb_each_other(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        ids = [register(session).id for _ in range(3)]

    def write(n: int) -> None:
        def work(session: Session) -> None:
            entries = [
                ledger.Entry(one, "case.edited", "case", one)
                for one in (ids if n % 2 else reversed(ids))
            ]
            ledger.move_many(session, NOW, BOT, [*entries, ledger.Entry(0, "rule.changed")])

        for _ in range(EACH):
            retried(desk.sessions, work)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(write, range(WRITERS)))
    with desk.sessions() as session:
        assert [len(seqs(session, chain)) for chain in (0, *ids)] == [
            WRITERS * EACH,
            *[WRITERS * EACH + 1] * 3,
        ]
        assert ledger.verify(session, desk.key) == []


def test_of_two_who_move_one_row_one_wins_and_the_other_is_told(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        one = allocated(session)
        case_id, assignment_id = one.case_id, one.id
    read = threading.Barrier(2)
    results: list[str] = []

    def race(to: str, word: str) -> None:
        with desk.sessions() as looking:
            row: Any = looking.get_one(Assignment, assignment_id)
            looking.expunge(row)
        read.wait()
        try:
            with transaction(desk.sessions) as session:
                ledger.move(session, NOW, ALLOCATOR, row, to, word)
            results.append(to)
        except Gone:
            results.append("gone")

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(race, ["signed", "cancelled"], ["assignment.signed", "assignment.cancelled"]))
    assert len(results) == 2
    assert results.count("gone") == 1
    with desk.sessions() as session:
        assert session.get_one(Assignment, assignment_id).state in results
        assert seqs(session, case_id) == [1, 2, 3, 4]
        assert ledger.verify(session, desk.key) == []


def test_two_who_move_a_row_to_the_state_it_is_in_both_succeed(desk: Desk) -> None:
    """The second waits for the case: its event must be the newer one, or the guard would refuse its
    state."""
    with transaction(desk.sessions) as session:
        visit = bear(session, "visit", register(session).id)
        ledger.move(session, NOW, BOT, visit, "done", "visit.recorded")
        visit_id = visit.id

    def amend(_: int) -> None:
        def work(session: Session) -> None:
            ledger.move(
                session, NOW, BOT, session.get_one(Visit, visit_id), "done", "visit.amended"
            )

        for _ in range(EACH):
            retried(desk.sessions, work)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(amend, range(WRITERS)))
    with desk.sessions() as session:
        row = session.get_one(Visit, visit_id)
        assert seqs(session, row.case_id) == list(range(1, WRITERS * EACH + 4))
        assert row.state_event_id == max(
            session.scalars(select(Event.id).where(Event.subject == "visit"))
        )
        assert ledger.verify(session, desk.key) == []


def test_a_writer_that_fails_leaves_the_chain_to_the_next(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        case_id = register(session).id
    with pytest.raises(RuntimeError), transaction(desk.sessions) as session:
        ledger.note(session, NOW, BOT, session.get_one(Case, case_id), "case.edited")
        raise RuntimeError
    with transaction(desk.sessions) as session:
        ledger.note(session, NOW, BOT, session.get_one(Case, case_id), "case.edited")
        assert seqs(session, case_id) == [1, 2]
        assert ledger.verify(session, desk.key) == []
