"""A second ledger key does not slip in: no key before an office is decided on, none that is
another, one at a time."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from app.database import engine_from, transaction
from app.ledger.chain import key_name
from app.ledger.keys import register_key
from app.stages.factors import begin_factor, factor_address
from app.story.theatre.cast import actor_named
from app.verbs import perform
from app.words import both
from migrations import triggers
from tests.commands import command
from tests.databases import FILLED_AT, SIGNING, Desk
from tests.supervised import Duban

ADMIN = {"DESK_ADMIN": "chief", "DESK_ADMIN_PASSWORD": "a river runs north"}
PRODUCTION = {"DESK_ENV": "production"}


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Iterator[Path]:
    """The data folder of an office on the desk's database, with one case on record."""
    data = tmp_path / "office"
    data.mkdir(mode=0o700)
    keys = (("ledger.key", desk.key), ("secret.key", b"s" * 64), ("signing.key", SIGNING))
    for name, key in keys:
        (data / name).write_bytes(key)
        (data / name).chmod(0o600)
    with transaction(desk.sessions) as session:
        register_key(session, FILLED_AT, desk.key)
        _register(session)
    yield data


def _register(session: object) -> None:
    form = {"kind": "help", "narrative": "路灯不亮，夜间出行不便，请修复。", "anonymous": True}
    perform(session, FILLED_AT, actor_named(session, "operator"), "register", **form)  # type: ignore[arg-type]


def whole(desk: Desk, data: Path) -> bool:
    done = command(data, "verify", DATABASE_URL=desk.url)
    return (done.returncode, done.stdout) == (0, f"{both('shell.record_whole')}\n")


def keys_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("*.key"))


@pytest.mark.parametrize("env", [{}, PRODUCTION])
def test_a_refused_init_leaves_no_key_and_the_record_verifies_afterwards(
    desk: Desk, office: Path, tmp_path: Path, env: dict[str, str]
) -> None:
    other = tmp_path / "other"
    for name in ("init", "run", "demo", "sweep", "upgrade", "verify", "check", "keys"):
        if env and name == "demo":
            continue
        done = command(other, name, DATABASE_URL=desk.url, **ADMIN, **env)
        assert done.returncode != 0 and "Traceback" not in done.stderr, (name, done.stderr)
        if name in ("init", "run", "sweep", "upgrade"):
            assert key_name(desk.key) in done.stderr and str(other / "ledger.key") in done.stderr, (
                name,
                done.stderr,
            )
            assert "`python -m app init`" not in done.stderr
        assert keys_in(other) == [], name
    assert whole(desk, office)


@pytest.mark.parametrize("env", [{}, PRODUCTION])
def test_a_key_that_came_from_elsewhere_is_refused_and_both_fingerprints_are_named(
    desk: Desk, office: Path, tmp_path: Path, env: dict[str, str]
) -> None:
    other, foreign = tmp_path / "other", b"f" * 32
    other.mkdir(mode=0o700)
    keys = {"ledger.key": foreign, "secret.key": b"s" * 64, "signing.key": SIGNING}
    for name, key in keys.items():
        (other / name).write_bytes(key)
        (other / name).chmod(0o600)
    wanted = {"init": 2, "run": 2, "sweep": 2, "upgrade": 2, "verify": 3}
    for name, code in wanted.items():
        done = command(other, name, DATABASE_URL=desk.url, **ADMIN, **env)
        assert done.returncode == code, (name, done.stderr)
        assert key_name(desk.key) in done.stderr and key_name(foreign) in done.stderr, (
            name,
            done.stderr,
        )
        assert "\n" not in done.stderr.strip()
    told = command(other, "check", DATABASE_URL=desk.url, **env)
    assert told.returncode == 1 and "key_differs" in told.stdout
    assert whole(desk, office)


@pytest.mark.parametrize("module", ["jobs.ticker", "jobs.worker"])
def test_every_process_refuses_a_record_that_was_sealed_with_another_key(
    desk: Desk, office: Path, tmp_path: Path, module: str
) -> None:
    from tests.commands import Running

    (tmp_path / "ledger.key").write_bytes(b"f" * 32)
    environment = {
        "DATABASE_URL": desk.url,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "DESK_DATA": str(tmp_path),
    }
    done = Running(module, [], environment).ended()
    assert done.returncode == 2
    assert key_name(desk.key) in done.stderr and key_name(b"f" * 32) in done.stderr


@pytest.mark.parametrize(
    "given", [{"DESK_ADMIN": "no name"}, {"DESK_ADMIN_PASSWORD": "short"}, {"DESK_ADMIN": ""}]
)
def test_an_init_that_is_refused_for_what_was_typed_leaves_neither_key_nor_database(
    tmp_path: Path, given: dict[str, str]
) -> None:
    done = command(tmp_path, "init", **{**ADMIN, **given}, **PRODUCTION)
    assert done.returncode == 2
    assert [path.name for path in tmp_path.iterdir()] == []


def test_init_is_offered_for_a_missing_key_only_where_no_office_is(
    desk: Desk, office: Path, tmp_path: Path
) -> None:
    told = command(tmp_path / "other", "run", DATABASE_URL=desk.url, **PRODUCTION).stderr
    assert "`python -m app init`" not in told and key_name(desk.key) in told
    told = command(tmp_path / "empty", "run", **PRODUCTION).stderr
    assert "`python -m app init` makes it" in told
    gone = "postgresql://nobody@127.0.0.1:1/none"
    assert (
        "`python -m app init`"
        not in command(tmp_path / "third", "run", DATABASE_URL=gone, **PRODUCTION).stderr
    )


def test_init_registers_the_key_and_the_office_tells_it(tmp_path: Path) -> None:
    assert command(tmp_path, "init", **ADMIN, **PRODUCTION).returncode == 0
    name = key_name((tmp_path / "ledger.key").read_bytes())
    told = command(tmp_path, "keys", **PRODUCTION)
    assert told.returncode == 0 and told.stdout.startswith(f"{name}  使用中 in use")
    with closing(sqlite3.connect(tmp_path / "desk.db")) as connection:
        query = "SELECT payload FROM event WHERE kind = 'key.registered'"
        assert connection.execute(query).fetchall() == [(f'{{"key":"{name}"}}',)]


def test_a_rotated_key_seals_from_then_on_and_what_was_before_verifies_with_the_old_one(
    desk: Desk, office: Path
) -> None:
    with transaction(desk.sessions) as session:
        admin = actor_named(session, "it_admin").id or 0
        begin_factor(session, admin)
        address = factor_address(session, admin, "督办")
    done = command(office, "keys", "rotate", DATABASE_URL=desk.url, **PRODUCTION)
    assert done.returncode == 0, done.stderr
    fresh = (office / "ledger.key").read_bytes()
    assert (
        fresh != desk.key and key_name(fresh) in done.stdout and key_name(desk.key) in done.stdout
    )
    assert {path.stat().st_mode & 0o777 for path in office.glob("*.key")} == {0o600}
    assert whole(desk, office)
    desk.sessions.kw["info"].update(ledger_key=fresh, retired_keys=(desk.key,))
    with transaction(desk.sessions) as session:
        _register(session)
        assert factor_address(session, admin, "督办") == address  # sealed with the key before
    assert whole(desk, office)
    (office / f"ledger-{key_name(desk.key)}.key").rename(office / "elsewhere")
    told = command(office, "verify", DATABASE_URL=desk.url)
    assert told.returncode == 1 and f"another key ({key_name(desk.key)})" in told.stdout


def test_a_rotation_that_was_broken_off_is_finished_by_the_next(desk: Desk, office: Path) -> None:
    old = (office / "ledger.key").read_bytes()
    assert command(office, "keys", "rotate", DATABASE_URL=desk.url).returncode == 0
    fresh = (office / "ledger.key").read_bytes()
    (office / "ledger.key").write_bytes(old)  # as it was before the last step
    assert command(office, "sweep", DATABASE_URL=desk.url).returncode == 2
    assert command(office, "keys", "rotate", DATABASE_URL=desk.url).returncode == 0
    assert (office / "ledger.key").read_bytes() == fresh and whole(desk, office)


def test_no_key_is_rotated_under_a_desk_that_runs(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert command(data, "init", **ADMIN).returncode == 0
    with Duban(data):
        from tests.supervised import waited

        waited(lambda: (data / "run" / "children.json").exists(), 60, "the supervisor")
        done = command(data, "keys", "rotate")
    assert done.returncode == 2 and "stop it" in done.stderr
    assert keys_in(data) == ["ledger.key", "secret.key", "signing.key"]


def test_verify_ends_with_3_and_one_sentence_where_it_could_not_look(
    desk: Desk, office: Path, tmp_path: Path
) -> None:
    with desk.engine.begin() as connection:
        triggers.drop(connection)
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    (tmp_path / "none").mkdir()
    (tmp_path / "none" / "ledger.key").write_bytes(b"f" * 32)
    (tmp_path / "none" / "secret.key").write_bytes(b"s" * 64)
    (tmp_path / "junk.db").write_bytes(b"no database at all" * 100)
    cases = {
        "newer": (office, {"DATABASE_URL": desk.url}),
        "cannot be used": (office, {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}),
        "cannot be used (file": (office, {"DATABASE_URL": f"sqlite:///{tmp_path / 'junk.db'}"}),
        "there is no desk": (tmp_path / "nowhere", {}),
        "DATABASE_URL": (office, {"DATABASE_URL": "mysql://x"}),
    }
    for words, (data, settings) in cases.items():
        done = command(data, "verify", **settings)
        assert done.returncode == 3 and done.stdout == "", (words, done.stdout)
        assert words in done.stderr and "Traceback" not in done.stderr, (words, done.stderr)
        assert "\n" not in done.stderr.strip()
    assert not (tmp_path / "nowhere").exists()


@pytest.mark.parametrize("name", ["run", "upgrade", "sweep", "init", "check"])
def test_a_database_that_is_newer_than_the_program_is_said_so(
    desk: Desk, office: Path, name: str
) -> None:
    with desk.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    done = command(office, name, DATABASE_URL=desk.url, **ADMIN)
    assert done.returncode == (1 if name == "check" else 2), done.stderr
    assert "newer than this program" in done.stdout + done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize("name", ["run", "upgrade", "sweep", "init"])
def test_a_database_that_does_not_answer_is_said_so(office: Path, name: str) -> None:
    done = command(office, name, DATABASE_URL="postgresql://nobody@127.0.0.1:1/none", **ADMIN)
    assert (
        done.returncode == 2
        and "The database cannot be used" in done.stderr
        and "Traceback" not in done.stderr
    )


def test_to_verify_makes_no_database(tmp_path: Path) -> None:
    for name in ("ledger.key", "secret.key"):
        (tmp_path / name).write_bytes(b"f" * 32)
    done = command(tmp_path, "verify")
    assert done.returncode == 3 and not (tmp_path / "desk.db").exists(), done.stderr
    engine_from(f"sqlite:///{tmp_path / 'desk.db'}").dispose()
