"""An office moves to the other database and back: row for row, and it goes on there as it would have
here."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, inspect, select, text

from app.database import reading
from app.ledger import verify
from app.models import Event, Notice
from app.story.messages.replay import messages, replay
from app.sweep import sweep
from tests.commands import ROOT
from tests.databases import KEY, Desk, desk_at, sqlite_url
from tests.keeping.conftest import Machine, lay_keys
from tests.ledger.conftest import office, postgres_rich, sqlite_rich  # noqa: F401
from tests.ledger.rich import LAST
from tests.office import Office
from tests.record import contents
from tests.servers import PostgresCluster
from tests.test_replay import REAL, needs_messages

_numbers = itertools.count(1)


def counts(desk: Desk) -> dict[str, int]:
    """table -> rows, of every table but the index of pairs, which each database has in its own way."""
    names = [n for n in inspect(desk.engine).get_table_names() if not n.startswith("case_pair")]
    with desk.engine.connect() as connection:
        return {
            name: connection.execute(text(f'SELECT count(*) FROM "{name}"')).scalar_one()
            for name in names
        }


def flaws(desk: Desk) -> list[str]:
    with reading(desk.sessions) as session:
        return [flaw.told("en") for flaw in verify(session, KEY)]


def written(desk: Desk, after: int) -> list[tuple[object, ...]]:
    """What a pass wrote: its events, chain by chain, with all that they say."""
    columns = (Event.chain, Event.seq, Event.at, Event.actor, Event.kind, Event.payload)
    with reading(desk.sessions) as session:
        query = select(*columns).where(Event.id > after).order_by(Event.chain, Event.seq)
        return [tuple(row) for row in session.execute(query)]


def last_event(desk: Desk) -> int:
    with reading(desk.sessions) as session:
        return session.scalar(select(func.max(Event.id))) or 0


@pytest.fixture
def target(office: Desk, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:  # noqa: F811
    """An empty database of the other kind."""
    yield from _other(office, tmp_path, request)


def _other(desk: Desk, place: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    if not desk.sqlite:
        yield sqlite_url(place / "moved.db")
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres")
    with cluster.fresh(f"moved_{next(_numbers)}") as url:
        yield url


def machine_of(desk: Desk, data: Path) -> Machine:
    lay_keys(data)
    desk.engine.dispose()
    return Machine(data, desk.url)


@pytest.mark.long
def test_an_office_moves_and_has_the_same_verify_counts_and_next_sweep_and_plays_on(
    office: Desk,  # noqa: F811
    target: str,
    tmp_path: Path,
) -> None:
    """From either database to the other: every recorded table has a row."""
    machine = machine_of(office, tmp_path / "data")
    before, was = contents(office, but=()), last_event(office)
    office.engine.dispose()
    assert "same on both sides" in machine.done("move", "--to", target)
    assert contents(office, but=()) == before
    with desk_at(target) as there:
        assert counts(there) == counts(office)
        assert flaws(there) == flaws(office) == []
        then = LAST + timedelta(days=9)
        for desk in (office, there):
            assert sweep(desk.sessions, then).failures == 0
        assert written(there, was) == written(office, was) != []
        _plays_on(there, then)
    assert "Traceback" not in machine.app("check", DATABASE_URL=target).stderr


def _plays_on(desk: Desk, then: datetime) -> None:
    """New rows get numbers that nobody has, the guards stand, the record stays whole."""
    office = Office(desk)  # noqa: F811
    case = office.allocated(f"{then:%Y-%m-%d} 10:00", "NEW", unit="WATER")
    office.do(f"{then:%Y-%m-%d} 11:00", "staff@WATER", "sign_for", "NEW")
    assert case.id == max(row for (row,) in _ids(desk))
    with pytest.raises(Exception, match="append-only"), desk.engine.begin() as connection:
        connection.execute(text("DELETE FROM event WHERE id = 1"))
    assert flaws(desk) == []


def _ids(desk: Desk) -> list[tuple[int]]:
    with desk.engine.connect() as connection:
        return [(row.id,) for row in connection.execute(text("SELECT id FROM hotline_case"))]


@pytest.mark.long
def test_a_move_killed_in_the_middle_leaves_the_old_one_and_is_refused_until_begun_anew(
    office: Desk,  # noqa: F811
    target: str,
    tmp_path: Path,
) -> None:
    machine = machine_of(office, tmp_path / "data")
    before = contents(office, but=())
    office.engine.dispose()
    _killed_after(machine, target, "event")
    assert contents(office, but=()) == before
    office.engine.dispose()
    for name in ("sweep", "upgrade", "init"):
        ended = machine.app(name, DATABASE_URL=target)
        assert ended.returncode == 2 and "broken off" in ended.stderr, (name, ended.stderr)
    assert "database_not_arrived" in machine.app("check", DATABASE_URL=target).stdout
    assert "--anew" in machine.refused("move", "--to", target)
    machine.done("move", "--to", target, "--anew")
    with desk_at(target) as there:
        assert counts(there) == counts(office) and flaws(there) == []


def _killed_after(machine: Machine, target: str, table: str) -> None:
    """Begin a move, and kill it when it has carried a table."""
    own = {"DESK_DATA": str(machine.data), "DATABASE_URL": machine.url}
    with subprocess.Popen(
        [sys.executable, "-u", "-m", "app", "move", "--to", target],
        cwd=ROOT,
        env={**os.environ, **own},
        stdout=subprocess.PIPE,
        text=True,
    ) as moving:
        assert moving.stdout is not None
        assert any(line.split()[-1] == table for line in moving.stdout)
        moving.send_signal(signal.SIGKILL)
        assert moving.wait(30) == -signal.SIGKILL


@pytest.mark.long
def test_a_move_is_refused_into_what_is_not_empty_and_into_itself(
    office: Desk,  # noqa: F811
    tmp_path: Path,
    request: pytest.FixtureRequest,
) -> None:
    """Nothing of either is touched."""
    machine = machine_of(office, tmp_path / "data")
    full: Desk = request.getfixturevalue("postgres_desk" if office.sqlite else "sqlite_desk")
    before = contents(full, but=())
    full.engine.dispose()
    assert "not empty" in machine.refused("move", "--to", full.url)
    assert "not empty" in machine.refused("move", "--to", full.url, "--anew")
    assert "is the old one" in machine.refused("move", "--to", office.url)
    assert "DATABASE_URL cannot be used" in machine.refused("move", "--to", "mysql://a/b")
    assert contents(full, but=()) == before


def test_nobody_else_may_be_connected_to_the_database_that_is_left(
    postgres_desk: Desk, tmp_path: Path
) -> None:
    machine = machine_of(postgres_desk, tmp_path / "data")
    with postgres_desk.engine.connect() as connection:
        connection.execute(text("SELECT 1"))
        told = machine.refused("move", "--to", sqlite_url(tmp_path / "moved.db"))
    assert "stop all services" in told


@pytest.mark.long
def test_an_owner_makes_the_tables_and_the_account_that_runs_does_what_the_program_does(
    sqlite_desk: Desk, postgres: PostgresCluster, tmp_path: Path
) -> None:
    machine = machine_of(sqlite_desk, tmp_path / "data")
    with postgres.fresh(f"moved_{next(_numbers)}") as url:
        with desk_at(url) as desk, desk.engine.begin() as connection:
            connection.execute(text("DROP ROLE IF EXISTS runs_only"))
            connection.execute(text("CREATE ROLE runs_only LOGIN"))
        try:
            runs = url.replace("postgres@", "runs_only@")
            machine.done("move", "--to", runs, "--owner", url)
            machine.done("sweep", DATABASE_URL=runs)
            with (
                desk_at(runs) as desk,
                pytest.raises(Exception, match="permission"),
                desk.engine.begin() as connection,
            ):
                connection.execute(text("DELETE FROM event"))
        finally:
            with desk_at(url) as desk, desk.engine.begin() as connection:
                connection.execute(text("DROP OWNED BY runs_only"))
                connection.execute(text("DROP ROLE runs_only"))


@pytest.mark.long
@pytest.mark.timeout(1800)
@needs_messages
def test_a_replayed_year_of_messages_moves_with_the_same_verify_counts_and_next_sweep(
    sqlite_desk: Desk, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """There and back again."""
    for _ in replay(sqlite_desk.sessions, messages(REAL, date(2018, 1, 1), date(2018, 12, 31))):
        pass
    machine, home = machine_of(sqlite_desk, tmp_path / "data"), sqlite_url(tmp_path / "home.db")
    with reading(sqlite_desk.sessions) as session:
        then = session.scalars(select(func.max(Event.at))).one() + timedelta(days=30)
        told = session.scalar(select(func.count()).select_from(Notice))
    was = last_event(sqlite_desk)
    sqlite_desk.engine.dispose()
    cluster: PostgresCluster = request.getfixturevalue("postgres")
    with cluster.fresh(f"moved_{next(_numbers)}") as url:
        machine.done("move", "--to", url)
        machine.done("move", "--to", home, DATABASE_URL=url)
        with desk_at(url) as there, desk_at(home) as back:
            assert counts(there) == counts(sqlite_desk) == counts(back)
            assert counts(there)["notice"] == told
            assert flaws(there) == flaws(sqlite_desk) == flaws(back) == []
            for desk in (sqlite_desk, there, back):
                assert sweep(desk.sessions, then).failures == 0
            assert written(there, was) == written(sqlite_desk, was) == written(back, was)
            for desk in (there, back):
                _plays_on(desk, then)
