"""Offices of earlier schemas, as their own program filled and left them, come to the newest one: whole,
with all they had, and play on.

`0007` is the office of version 0.1.0, `0029` that of 0.2.0 before there were ways out. Each was made by
the program of its day (`fill_sample`, 90 cases, ending on 15 June 2026 at 9 o'clock), on SQLite (`.db`,
the file) and on PostgreSQL (`.sql`, `pg_dump` as text), with a key of its own.
"""

from __future__ import annotations

import itertools
import lzma
import os
import signal
import subprocess
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from app.database import engine_from, reading, sessions_from, transaction
from app.files.store import write_whole
from app.ledger import verify
from app.models import Person
from app.stages.founding import actor_of
from app.story.theatre.fillers import filled
from app.sweep import sweep
from app.verbs import perform
from jobs.keeping.making import backups
from jobs.keeping.snapshot import file_of
from migrations import triggers
from tests.commands import ROOT, Running
from tests.databases import Desk
from tests.keeping.conftest import Machine
from tests.office import moment
from tests.record import contents
from tests.servers import PostgresCluster, find_postgres

HERE = Path(__file__).parent
SCHEMAS = {"0007": (b"7", 95), "0029": (b"9", 94)}
"""schema -> the last sign of its key, and its cases."""
CLOCK = "2026-06-15T09:30:00"
NEXT = moment("2026-06-23 08:30")
_numbers = itertools.count(1)


def key_of(schema: str) -> bytes:
    return (b"the key of the old office, no. " + SCHEMAS[schema][0]).ljust(32, b".")


@pytest.fixture(
    params=[
        "0007-sqlite",
        *(
            pytest.param(one, marks=pytest.mark.long)
            for one in ("0007-postgres", "0029-sqlite", "0029-postgres")
        ),
    ]
)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Machine, str]]:
    """A machine with an office of an earlier schema, and which."""
    schema, _, kind = request.param.partition("-")
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    write_whole(data / "ledger.key", key_of(schema))
    write_whole(data / "secret.key", b"s" * 40)
    if kind == "sqlite":
        content = lzma.decompress((HERE / f"{schema}.db.xz").read_bytes())
        write_whole(data / "desk.db", content)
        yield Machine(data, f"sqlite:///{data / 'desk.db'}"), schema
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres")
    with cluster.fresh(f"old_{next(_numbers)}") as url:
        subprocess.run(
            [find_postgres() / "psql", "-q", "-v", "ON_ERROR_STOP=1", "-d", plain(url)],
            input=lzma.decompress((HERE / f"{schema}.sql.xz").read_bytes()),
            stdout=subprocess.DEVNULL,
            check=True,
        )
        yield Machine(data, url), schema


def plain(url: str) -> str:
    return url.replace("+psycopg", "")


def desk_of(machine: Machine) -> Desk:
    """The desk of a machine, with its own keys."""
    engine = engine_from(machine.url)
    key, signing = (
        (machine.data / name).read_bytes() if (machine.data / name).exists() else b""
        for name in ("ledger.key", "signing.key")
    )
    made = sessions_from(engine, key, signing=(signing,) if signing else ())
    return Desk(engine, made, machine.url, key)


def counted(machine: Machine) -> Counter[str]:
    """How many rows of what no upgrade makes or takes away."""
    tables = ("hotline_case", "assignment", "reminder", "reply", "supervision", "visit", "referral")
    engine = engine_from(machine.url)
    try:
        with engine.connect() as connection:
            return Counter(
                {
                    name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
                    for name in (*tables, "caller", "ab_user", "contact")
                }
            )
    finally:
        engine.dispose()


def revision(machine: Machine) -> str:
    engine = engine_from(machine.url)
    try:
        with engine.connect() as connection:
            return str(
                connection.execute(text("SELECT version_num FROM alembic_version")).scalar_one()
            )
    finally:
        engine.dispose()


def test_an_office_of_an_earlier_schema_is_upgraded_verified_counted_and_played_on(
    old: tuple[Machine, str],
) -> None:
    machine, schema = old
    assert revision(machine) == schema
    before = counted(machine)
    assert before["hotline_case"] == SCHEMAS[schema][1]
    machine.done("upgrade", DESK_CLOCK=CLOCK)
    assert counted(machine) == before
    machine.done("verify", DESK_CLOCK=CLOCK)
    desk = desk_of(machine)
    try:
        with desk.engine.connect() as connection:
            assert triggers.present(connection) == triggers.expected(connection)
        _plays_on(desk)
    finally:
        desk.engine.dispose()


def _plays_on(desk: Desk) -> None:
    """The bot looks at the cases of before, its people do what they do, the record stays whole."""
    assert sweep(desk.sessions, NEXT).failures == 0
    case = _do(desk, "09:00", "operator", "register", kind="help").id
    _do(desk, "09:10", "allocator", "allocate", case, unit="water")
    _do(desk, "10:00", "water_staff", "sign_for", case)
    _do(desk, "11:00", "water_head", "reply", case)
    assert sweep(desk.sessions, NEXT + timedelta(days=7)).failures == 0
    with reading(desk.sessions) as session:
        assert verify(session, desk.key) == []


def _do(desk: Desk, at: str, who: str, verb: str, case: int = 0, **fields: Any) -> Any:
    """A verb of somebody of the office that was there."""
    now = moment(f"{NEXT:%Y-%m-%d} {at}")
    given = filled(verb, "NEW", {"as": who, **fields}, now)
    given |= {"case": case, "unit": fields["unit"]} if "unit" in fields else {}
    given |= {"case": case} if case else {}
    with transaction(desk.sessions) as session:
        person = session.scalars(select(Person).where(Person.username == who)).one()
        return perform(session, now, actor_of(person), verb, **given)


@pytest.mark.long
def test_an_upgrade_backs_up_first_and_the_way_back_leads_to_the_office_of_before(
    old: tuple[Machine, str], tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    """Its backup, put into an empty place by the new program, is row for row what it was."""
    machine, schema = old
    before, folder = _contents(machine), tmp_path / "backups"
    machine.done("keys", "seal")
    said = machine.done("upgrade", DESK_CLOCK=CLOCK, DESK_BACKUP=str(folder))
    assert "way back" in said
    (made,) = backups(folder)
    assert made.manifest.revision == schema
    place = Machine(tmp_path / "back", f"sqlite:///{tmp_path / 'back' / 'desk.db'}")
    if not machine.url.startswith("sqlite"):
        cluster: PostgresCluster = request.getfixturevalue("postgres")
        place.url = cluster.database(f"back_{next(_numbers)}")
    assert "earlier version" in place.done("restore", str(made.folder))
    assert revision(place) == schema and _contents(place) == before
    assert (place.data / "ledger.key").read_bytes() == key_of(schema)
    place.done("upgrade", DESK_CLOCK=CLOCK)
    place.done("verify", DESK_CLOCK=CLOCK)


def _contents(machine: Machine) -> dict[str, str]:
    desk = desk_of(machine)
    try:
        return contents(desk, but=())
    finally:
        desk.engine.dispose()


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_an_upgrade_killed_at_any_migration_is_whole_before_or_after(
    old: tuple[Machine, str],
) -> None:
    machine, schema = old
    before = _contents(machine)
    steps = sorted(path.name[:4] for path in (ROOT / "migrations" / "versions").glob("0*.py"))
    own = {"DESK_DATA": str(machine.data), "DATABASE_URL": machine.url, "DESK_CLOCK": CLOCK}
    for step in [one for one in steps if one > schema]:
        done = Running("tests.upgrade.killed", [step], {**os.environ, **own}).ended()
        assert done.returncode == -signal.SIGKILL, (step, done.stderr)
        assert revision(machine) == schema and _contents(machine) == before, step
    machine.done("upgrade", DESK_CLOCK=CLOCK)
    machine.done("verify", DESK_CLOCK=CLOCK)
    assert counted(machine)["hotline_case"] == SCHEMAS[schema][1]


def test_an_upgrade_that_could_not_be_backed_up_changes_nothing(
    old: tuple[Machine, str], tmp_path: Path
) -> None:
    """Its keys were not sealed yet: it says so, and the office is as it was."""
    machine, schema = old
    told = machine.refused("upgrade", "--backup", str(tmp_path / "b"), DESK_CLOCK=CLOCK)
    assert "keys seal" in told
    assert revision(machine) == schema
    assert not (tmp_path / "b").exists() or not backups(tmp_path / "b")
    assert machine.url.startswith("postgresql") or file_of(machine.url).exists()
