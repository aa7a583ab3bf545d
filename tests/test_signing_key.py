"""The signing key as a file: one in an office, put back or refused, changed with the old one kept; and
the witnesses of papers, from the shell."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select, text

import config
from app.database import transaction
from app.ledger import take_checkpoint
from app.ledger.keys import register_key
from app.ledger.signing import name_of_key
from app.models import Checkpoint
from app.papers.verifying import script_sha256
from app.words import both
from migrations import triggers
from tests.commands import command
from tests.databases import FILLED_AT, SIGNING, Desk
from tests.ledger.rows import register

PRODUCTION = {"DESK_ENV": "production"}
ADMIN = {"DESK_ADMIN": "chief", "DESK_ADMIN_PASSWORD": "a river runs north"}


def laid(folder: Path, **keys: bytes) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    for name, key in keys.items():
        (folder / f"{name}.key").write_bytes(key)
        (folder / f"{name}.key").chmod(0o600)
    return folder


@pytest.fixture
def office(desk: Desk, tmp_path: Path) -> Path:
    """The data folder of an office with a case and a checkpoint."""
    with transaction(desk.sessions) as session:
        register_key(session, FILLED_AT, desk.key)
        register(session)
    with transaction(desk.sessions) as session:
        assert take_checkpoint(session, FILLED_AT) is not None
    return laid(tmp_path / "office", ledger=desk.key, secret=b"s" * 64, signing=SIGNING)


def test_the_shell_tells_the_key_its_days_and_the_script(desk: Desk, office: Path) -> None:
    told = command(office, "keys", DATABASE_URL=desk.url, **PRODUCTION).stdout
    line = next(line for line in told.splitlines() if line.startswith(name_of_key(SIGNING)))
    assert both("shell.key.in_use") in line and "2026-06-01 09:00" in line
    assert str(office / "signing.key") in line
    assert f"{script_sha256()}  verify_dossier.py" in told


@pytest.mark.parametrize("env", [{}, PRODUCTION])
def test_a_signing_key_that_came_from_elsewhere_is_refused_and_both_are_named(
    desk: Desk, office: Path, env: dict[str, str]
) -> None:
    (office / "signing.key").write_bytes(b"\x05" * 32)
    for name in ("run", "sweep", "upgrade", "verify"):
        done = command(office, name, DATABASE_URL=desk.url, **env)
        assert done.returncode in (2, 3) and "Traceback" not in done.stderr, (name, done.stderr)
        assert name_of_key(SIGNING) in done.stderr, name
        assert name_of_key(b"\x05" * 32) in done.stderr, name


def test_check_says_that_the_signing_key_is_another_or_gone(desk: Desk, office: Path) -> None:
    (office / "signing.key").write_bytes(b"\x05" * 32)
    assert "signing_key_differs" in command(office, "check", DATABASE_URL=desk.url).stdout
    (office / "signing.key").unlink()
    assert "signing_key_missing" in command(office, "check", DATABASE_URL=desk.url).stdout
    (office / "signing.key").write_bytes(SIGNING)
    assert "signing_key" not in command(office, "check", DATABASE_URL=desk.url).stdout


def test_production_makes_no_second_signing_key(desk: Desk, office: Path) -> None:
    (office / "signing.key").unlink()
    for name in ("run", "sweep"):
        done = command(office, name, DATABASE_URL=desk.url, **PRODUCTION)
        assert done.returncode == 2 and "signing.key" in done.stderr, name
    done = command(office, "upgrade", DATABASE_URL=desk.url, **PRODUCTION)
    assert done.returncode == 2 and name_of_key(SIGNING) in done.stderr
    assert not (office / "signing.key").exists()
    done = command(office, "verify", DATABASE_URL=desk.url, **PRODUCTION)
    assert done.returncode == 0, "public halves are on record: who looks needs no private one"


def test_an_upgrade_gives_an_office_of_before_its_signing_key_and_covers_its_chains(
    desk: Desk, tmp_path: Path
) -> None:
    with transaction(desk.sessions) as session:
        register_key(session, FILLED_AT, desk.key)
        register(session)
    data = laid(tmp_path / "office", ledger=desk.key, secret=b"s" * 64)
    done = command(data, "upgrade", DATABASE_URL=desk.url, **PRODUCTION)
    assert done.returncode == 0, done.stderr
    key = (data / "signing.key").read_bytes()
    assert (data / "signing.key").stat().st_mode & 0o777 == 0o600
    told = command(data, "keys", DATABASE_URL=desk.url, **PRODUCTION).stdout
    assert name_of_key(key) in told
    with desk.sessions() as session:
        (taken,) = session.scalars(select(Checkpoint)).all()
        assert taken.key == name_of_key(key) and taken.heads == 2
    assert command(data, "verify", DATABASE_URL=desk.url).returncode == 0


def test_a_changed_signing_key_signs_from_then_on_and_the_old_one_stays(
    desk: Desk, office: Path
) -> None:
    done = command(office, "keys", "rotate-signing", DATABASE_URL=desk.url, **PRODUCTION)
    assert done.returncode == 0, done.stderr
    fresh = (office / "signing.key").read_bytes()
    assert fresh != SIGNING and name_of_key(fresh) in done.stdout
    kept = office / f"signing-{name_of_key(SIGNING)[:16]}.key"
    assert kept.read_bytes() == SIGNING
    told = command(office, "keys", DATABASE_URL=desk.url, **PRODUCTION).stdout
    old = next(line for line in told.splitlines() if line.startswith(name_of_key(SIGNING)))
    assert both("shell.key.retired") in old and str(kept) in old
    settings = config.load({"DESK_DATA": str(office), "DATABASE_URL": desk.url})
    assert settings.signing_keys == (fresh, SIGNING)
    assert command(office, "verify", DATABASE_URL=desk.url).returncode == 0


def test_a_change_that_was_broken_off_is_finished_by_the_next(desk: Desk, office: Path) -> None:
    assert command(office, "keys", "rotate-signing", DATABASE_URL=desk.url).returncode == 0
    fresh = (office / "signing.key").read_bytes()
    (office / "signing.key").write_bytes(SIGNING)  # as it was before the last step
    assert command(office, "sweep", DATABASE_URL=desk.url).returncode == 2
    assert command(office, "keys", "rotate-signing", DATABASE_URL=desk.url).returncode == 0
    assert (office / "signing.key").read_bytes() == fresh


def test_a_witness_of_a_lost_checkpoint_ends_verify_with_1_and_its_line(
    desk: Desk, office: Path
) -> None:
    with desk.sessions() as session:
        (root,) = session.scalars(select(Checkpoint.root)).all()
    file = office / "witnesses.txt"
    file.write_text(f"# 纸面核验码\n{root[:16].upper()}\n", "utf-8")
    call = ("verify", "--witness", str(file))
    done = command(office, *call, DATABASE_URL=desk.url)
    assert (done.returncode, done.stderr) == (0, "")
    with desk.engine.begin() as connection:
        triggers.drop(connection)
        connection.execute(text("DELETE FROM checkpoint_head"))
        connection.execute(text("DELETE FROM checkpoint"))
    assert command(office, "verify", DATABASE_URL=desk.url).returncode == 0
    done = command(office, *call, DATABASE_URL=desk.url)
    assert done.returncode == 1 and root[:16] in done.stdout and "line 2" in done.stdout


@pytest.mark.parametrize("content", [None, "", "督办建议清单\n"])
def test_a_file_without_a_witness_ends_verify_with_3(
    desk: Desk, office: Path, content: str | None
) -> None:
    file = office / "witnesses.txt"
    if content is not None:
        file.write_text(content, "utf-8")
    done = command(office, "verify", "--witness", str(file), DATABASE_URL=desk.url)
    assert done.returncode == 3 and "Traceback" not in done.stderr and str(file) in done.stderr
