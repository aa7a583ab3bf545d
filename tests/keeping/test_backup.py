"""A backup, and the way back: what was accepted is there, what is not right is refused in words."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import inspect, text

from app.database import engine_from
from app.rules.workdays import BEIJING
from jobs.keeping.making import back_up, backups, thin_out
from jobs.keeping.rule import kept as keeps
from tests.commands import ROOT
from tests.databases import KEY, SIGNING, Desk, desk_at
from tests.keeping.conftest import CLOCK, PASSPHRASE, Kept, Machine
from tests.record import contents


def backed_up(kept: Kept, folder: Path) -> Path:
    """A backup of an office, made by its command: its folder."""
    kept.done("keys", "seal")
    kept.done("backup", str(folder))
    return backups(folder)[-1].folder


def is_empty(machine: Machine) -> bool:
    """Whether nothing stands on a machine."""
    if machine.url.startswith("sqlite"):
        return not machine.data.exists()
    engine = engine_from(machine.url)
    try:
        return not machine.data.exists() and not inspect(engine).get_table_names()
    finally:
        engine.dispose()


def test_a_machine_is_deleted_and_restored_elsewhere_verified_with_its_files_whole(
    kept: Kept, elsewhere: Machine, tmp_path: Path
) -> None:
    """Row for row and file for file, with its keys; and it goes on."""
    backed_up(kept, tmp_path / "backups")
    before = contents(kept.desk)
    files = {
        path.relative_to(kept.data): path.read_bytes()
        for folder in ("files", "papers", "dossiers")
        for path in (kept.data / folder).rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }
    assert len(files) > 5
    kept.desk.engine.dispose()
    shutil.rmtree(kept.data)
    said = elsewhere.done("restore", str(tmp_path / "backups"))
    assert "the record is whole" in said and "python -m app run" in said
    with desk_at(elsewhere.url) as desk:
        assert contents(desk, but=()) == contents(kept.desk, but=())
        assert contents(desk) == before
    assert {path: (elsewhere.data / path).read_bytes() for path in files} == files
    assert (elsewhere.data / "ledger.key").read_bytes() == KEY
    assert (elsewhere.data / "signing.key").read_bytes() == SIGNING
    assert all(
        path.stat().st_mode & 0o077 == 0 for path in (elsewhere.data, *elsewhere.data.rglob("*"))
    )
    elsewhere.done("sweep")
    elsewhere.done("verify", "--files")


def _wrong_passphrase(backup: Path, place: Machine) -> dict[str, str]:
    return {"DESK_PASSPHRASE": PASSPHRASE + "?"}


def _no_passphrase(backup: Path, place: Machine) -> dict[str, str]:
    return {"DESK_PASSPHRASE": ""}


def _cut(backup: Path, place: Machine) -> None:
    file = next(path for path in (backup / "data").rglob("*.zip"))
    file.write_bytes(file.read_bytes()[:-1])


def _gone(backup: Path, place: Machine) -> None:
    next(path for path in (backup / "data" / "files").rglob("*") if path.is_file()).unlink()


def _altered(of: str) -> Callable[[Path, Machine], None]:
    def alter(backup: Path, place: Machine) -> None:
        (file,) = [path for path in backup.glob(of) if path.is_file()][:1]
        content = bytearray(file.read_bytes())
        content[len(content) // 2] ^= 1
        file.write_bytes(bytes(content))

    return alter


def _of_later(backup: Path, place: Machine) -> None:
    """As a later program would write it, with the right sum."""
    from jobs.keeping.manifest import Manifest, manifest_of

    told = manifest_of(backup)
    Manifest(**{**told.__dict__, "revision": "9999", "program": "9.0.0"}).write(backup)


def _other_kind(backup: Path, place: Machine) -> dict[str, str]:
    other = "sqlite" not in place.url
    return {
        "DATABASE_URL": f"sqlite:///{place.data}/x.db"
        if other
        else "postgresql://nobody@127.0.0.1:1/x"
    }


@pytest.mark.parametrize(
    ("spoil", "told"),
    [
        (_wrong_passphrase, "passphrase is another one"),
        (_no_passphrase, "passphrase is needed"),
        (_cut, "was cut"),
        (_gone, "is gone"),
        (_altered("desk.d*"), "was altered"),
        (_altered("data/files/*/*"), "was altered"),
        (_altered("manifest.json"), "was altered"),
        (_altered("manifest.sha256"), "was altered"),
        (_altered("sealed-keys"), "was altered"),
        (_of_later, "later program (9.0.0"),
        (_other_kind, "restore into the same kind"),
    ],
    ids=lambda one: one.__name__ if callable(one) else "",
)
def test_what_is_not_right_is_refused_in_words_and_nothing_is_touched(
    sqlite_backup: Path,
    spoil: Callable[[Path, Machine], dict[str, str] | None],
    told: str,
    tmp_path: Path,
) -> None:
    """Another passphrase, a cut file, a changed byte, an older program."""
    copy, data = tmp_path / "copy", tmp_path / "place"
    shutil.copytree(sqlite_backup, copy)
    place = Machine(data, f"sqlite:///{data / 'desk.db'}")
    said = place.refused("restore", str(copy), **(spoil(copy, place) or {}))
    assert told in said, said
    assert is_empty(place)


@pytest.fixture(scope="module")
def sqlite_backup(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A backup of an office on SQLite, which tests copy."""
    from app.files import keep
    from tests.databases import sqlite_copy
    from tests.keeping.conftest import lay_keys
    from tests.papers.samples import PDF

    place = tmp_path_factory.mktemp("backup")
    data = place / "data"
    lay_keys(data)
    keep(data, "a.pdf", PDF)
    (data / "dossiers").mkdir()
    (data / "dossiers" / "a.zip").write_bytes(b"a zip")
    with sqlite_copy(sqlite_template, place / "desk.db") as desk:
        machine = Machine(data, desk.url)
        machine.done("keys", "seal")
        machine.done("backup", str(place / "backups"))
    return backups(place / "backups")[-1].folder


@pytest.mark.long
def test_postgresql_refuses_a_changed_byte_and_a_full_office_too(
    kept: Kept, elsewhere: Machine, tmp_path: Path
) -> None:
    """On either database: a changed byte of its copy, then an office that is there already."""
    backup = backed_up(kept, tmp_path / "backups")
    spoilt = tmp_path / "spoilt"
    shutil.copytree(backup, spoilt)
    _altered("desk.d*")(spoilt, elsewhere)
    assert "was altered" in elsewhere.refused("restore", str(spoilt))
    assert is_empty(elsewhere)
    before = contents(kept.desk, but=())
    assert "not empty" in kept.refused("restore", str(backup))
    full = Machine(tmp_path / "new", kept.url)
    assert "not empty" in full.refused("restore", str(backup))
    assert not full.data.exists() and contents(kept.desk, but=()) == before


def test_no_backup_holds_a_key_in_the_clear_nor_is_made_before_the_keys_are_sealed(
    kept: Kept, tmp_path: Path
) -> None:
    folder = tmp_path / "backups"
    assert "keys seal" in kept.refused("backup", str(folder)) and not folder.exists()
    backup = backed_up(kept, folder)
    held = b"".join(path.read_bytes() for path in backup.rglob("*") if path.is_file())
    for key in (KEY, SIGNING, b"s" * 40, PASSPHRASE.encode()):
        assert key not in held
    (kept.data / "ledger-0123456789abcdef.key").write_bytes(bytes(32))
    assert "ledger-0123456789abcdef.key" in kept.refused("backup", str(folder))


def test_a_short_passphrase_seals_nothing(kept: Kept) -> None:
    assert "12 characters" in kept.refused("keys", "seal", DESK_PASSPHRASE="elevenletters"[:11])
    assert not (kept.data / "sealed-keys").exists()


@pytest.mark.long
def test_what_of_the_office_was_not_whole_is_copied_as_it_is_and_said(
    kept: Kept, elsewhere: Machine, tmp_path: Path
) -> None:
    """One file that is lost keeps no night from its backup, and no older backup goes then."""
    backed_up(kept, tmp_path / "backups")
    (file,) = [path for path in (kept.data / "files").rglob("*") if path.is_file()]
    file.unlink()
    later = "2025-07-02T10:00:00"
    made = kept.app("backup", str(tmp_path / "backups"), "--thin", DESK_CLOCK=later)
    assert made.returncode == 1 and file.name in made.stdout
    assert len(backups(tmp_path / "backups")) == 2
    again = elsewhere.app("restore", str(tmp_path / "backups"))
    assert again.returncode == 1 and file.name in again.stdout


@pytest.mark.long
def test_what_the_backup_before_has_is_linked_unless_it_was_altered_there(
    kept: Kept, tmp_path: Path
) -> None:
    first, folder = backed_up(kept, tmp_path / "backups"), str(tmp_path / "backups")
    (one,) = [path for path in (first / "data" / "files").rglob("*") if path.is_file()]
    kept.done("backup", folder, DESK_CLOCK="2025-07-02T10:00:00")
    second = backups(tmp_path / "backups")[-1].folder
    other = second / one.relative_to(first)
    assert other.stat().st_ino == one.stat().st_ino
    one.chmod(0o600)
    one.write_bytes(b"rust")
    kept.done("backup", folder, DESK_CLOCK="2025-07-03T10:00:00")
    third = backups(tmp_path / "backups")[-1].folder
    assert third != second
    assert (third / one.relative_to(first)).read_bytes() != b"rust"


@pytest.mark.long
def test_a_restore_that_was_broken_off_starts_nothing_and_is_begun_anew(
    kept: Kept, elsewhere: Machine, tmp_path: Path
) -> None:
    """Killed while the files are laid: no command works on the folder, another restore does."""
    backed_up(kept, tmp_path / "backups")
    elsewhere.data.mkdir()
    (elsewhere.data / "restoring").write_text("")
    (elsewhere.data / "files").mkdir()
    (elsewhere.data / "files" / "half").write_text("half")
    for name in ("init", "check", "sweep", "upgrade"):
        ended = elsewhere.app(name)
        assert ended.returncode == 2 and "restore was broken off" in ended.stderr, ended.stderr
    elsewhere.done("restore", str(tmp_path / "backups"))
    assert not (elsewhere.data / "files" / "half").exists()
    assert not (elsewhere.data / "restoring").exists()


def test_the_newest_of_seven_days_four_weeks_and_twelve_months_are_kept() -> None:
    days = [datetime(2024, 1, 1, 2, tzinfo=BEIJING).fromordinal(n) for n in range(739000, 739730)]
    stay = sorted(keeps(days))
    assert stay[-7:] == days[-7:]
    assert len(stay) <= 7 + 4 + 12
    assert {(at.year, at.month) for at in stay} == {(at.year, at.month) for at in days[-335:]}
    assert len({at.isocalendar()[:2] for at in stay[-10:]}) >= 4
    assert keeps(stay) == set(stay)
    assert keeps([]) == set()


def test_old_backups_go_by_the_rule_and_nothing_else_does(
    sqlite_desk: Desk, tmp_path: Path
) -> None:
    import config
    from tests.keeping.conftest import lay_keys

    data, folder = tmp_path / "data", tmp_path / "backups"
    lay_keys(data)
    Machine(data, sqlite_desk.url).done("keys", "seal")
    settings = config.load({"DESK_DATA": str(data), "DATABASE_URL": sqlite_desk.url})
    (folder / "duban-of-somebody").mkdir(parents=True)
    for day in range(1, 10):
        made = back_up(settings, folder, datetime(2026, 6, day, 2, tzinfo=BEIJING))
    # The first is the newest of its month no more, nor the newest of its week.
    assert thin_out(folder, made) == ["duban-20260601-020000", "duban-20260602-020000"]
    assert len(backups(folder)) == 7 and (folder / "duban-of-somebody").exists()
    # A clock that was set back takes nobody's newest backup away.
    made = back_up(settings, folder, datetime(2026, 6, 1, 2, tzinfo=BEIJING))
    assert thin_out(folder, made) == [] and made.folder.exists()


@pytest.mark.long
def test_each_night_a_backup_is_made_once_where_a_folder_is_set(kept: Kept, tmp_path: Path) -> None:
    """By the job that the timetable names, between one and five."""
    kept.done("keys", "seal")
    folder = tmp_path / "nightly"

    def night(clock: str, **settings: str) -> dict[str, int]:
        own = {"DESK_DATA": str(kept.data), "DATABASE_URL": kept.url, "DESK_CLOCK": clock}
        code = "import json; from jobs.backups import *; print(json.dumps(back_up_nightly()))"
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", **own, **settings},
            capture_output=True,
            text=True,
            check=True,
        )
        told: dict[str, int] = json.loads(done.stdout)
        return told

    assert night("2025-07-02T02:30:00")["made"] == 0
    assert night("2025-07-02T12:30:00", DESK_BACKUP=str(folder))["made"] == 0
    assert night("2025-07-02T02:30:00", DESK_BACKUP=str(folder)) == {
        "made": 1,
        "flaws": 0,
        "removed": 0,
    }
    assert night("2025-07-02T03:30:00", DESK_BACKUP=str(folder))["made"] == 0
    assert len(backups(folder)) == 1
    assert not list(folder.glob(".making*"))


@pytest.mark.long
def test_check_is_red_without_a_backup_of_late_and_without_the_keys_as_they_are(
    kept: Kept, tmp_path: Path
) -> None:
    folder = str(tmp_path / "backups")

    def codes(clock: str = CLOCK) -> set[str]:
        said = kept.app("check", DESK_BACKUP=folder, DESK_CLOCK=clock).stdout
        return {line.split("] ")[1] for line in said.splitlines() if line.startswith("[red]")}

    ours = {"keys_unsealed", "backup_missing", "backup_old"}
    assert codes() & ours == {"keys_unsealed", "backup_missing"}
    kept.done("keys", "seal")
    kept.done("backup", DESK_BACKUP=folder)
    assert not codes() & ours
    assert codes("2025-07-03T10:30:00") & ours == {"backup_old"}
    (kept.data / "ledger-0123456789abcdef.key").write_bytes(bytes(32))
    assert codes() & ours == {"keys_unsealed"}


def test_a_backup_into_the_folder_that_it_copies_is_refused(kept: Kept) -> None:
    kept.done("keys", "seal")
    assert "in DESK_DATA itself" in kept.refused("backup", str(kept.data / "b"))
    assert "DESK_BACKUP" in kept.refused("check", DESK_BACKUP=str(kept.data / "b"))


@pytest.mark.long
def test_a_disk_without_room_leaves_nothing_half_made(kept: Kept, tmp_path: Path) -> None:
    """The largest file that may be written is made small for the command alone."""
    kept.done("keys", "seal")
    line = f"ulimit -f 100; exec {sys.executable} -m app backup {tmp_path / 'backups'}"
    own = {"DESK_DATA": str(kept.data), "DATABASE_URL": kept.url, "DESK_CLOCK": CLOCK}
    done = subprocess.run(
        ["sh", "-c", line],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **own},
        capture_output=True,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGXFSZ, signal.SIG_IGN),
        check=False,
    )
    assert done.returncode == 2 and "Traceback" not in done.stderr, done.stderr
    assert not backups(tmp_path / "backups")
    assert not list((tmp_path / "backups").glob(".making*"))


def test_pg_dump_that_is_missing_is_said(postgres_desk: Desk, tmp_path: Path) -> None:
    """Nothing is on PATH, and no folder of Debian is there: the program is asked by its name."""
    from jobs.keeping.snapshot import program
    from jobs.servable import Refused

    with pytest.raises(Refused, match="postgresql-client"):
        program("pg_dump_of_nobody")
    with postgres_desk.engine.connect() as connection:
        assert connection.execute(text("SELECT 1")).scalar_one() == 1
