"""What is kept on the disk is compared with the record: when it is given out, by `verify --files`,
each night."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

import jobs.files
from app.database import reading
from app.files import path_of
from app.ledger import verify
from app.models import Dossier, Event, File, PaperPrint
from app.rules.workdays import BEIJING
from jobs.files import NIGHT, NIGHTS, compare_a_share, lost_files, still_lost
from tests.commands import command
from tests.databases import KEY, SIGNING, Desk
from tests.office import moment
from tests.papers.samples import PDF
from tests.papers.test_dossier import attach
from tests.room import Room
from tests.views.panel import panel_over


@pytest.fixture
def room(desk: Desk, tmp_path: Path) -> Iterator[Room]:
    """A desk with a file of a unit and a sealed dossier, sent to the committee."""
    made = Room(desk)
    made.data = tmp_path / "data"
    made.to("sign_for")
    attach(made, "staff@WATER", "handling", PDF)
    made.to("send_referral")
    yield made


def zip_path(room: Room) -> Path:
    (row,) = room.rows(Dossier)
    return Path(f"{room.data}/dossiers/{row.name}.zip")


def told(room: Room) -> list[str]:
    with reading(room.desk.sessions) as session:
        return [lost.what.text("en") for lost in lost_files(session, Path(str(room.data)))]


def test_what_stands_as_it_was_kept_is_whole(room: Room) -> None:
    assert room.rows(File) and room.rows(Dossier)
    assert told(room) == []


def test_a_dossiers_zip_that_was_replaced_is_not_handed_over(room: Room, desk: Desk) -> None:
    path, id = zip_path(room), room.referral.id
    whole = path.read_bytes()
    with panel_over(desk, Path(str(room.data)), moment("2025-06-20 10:00")) as panel:
        for who in ("committee", "officer"):
            assert panel.of(who).get(f"/referrals/{id}/dossier.zip").data == whole
        for content in (whole + b"\0", b""):
            path.write_bytes(content)
            for who in ("committee", "officer"):
                given = panel.of(who).get(f"/referrals/{id}/dossier.zip")
                assert given.status_code == 404 and "从备份恢复" in given.text
            assert told(room) == [f"{path.name} is not what the record says"]
        path.unlink()
        assert panel.of("committee").get(f"/referrals/{id}/dossier.zip").status_code == 404
    assert told(room) == [f"{path.name} is not there"]


def test_a_dossiers_folder_that_is_not_its_zip_is_named(room: Room) -> None:
    folder = zip_path(room).with_suffix("")
    report = folder / "dossier.pdf"
    whole = report.read_bytes()
    report.write_bytes(whole[:-1] + b"!")
    assert told(room) == [f"{folder.name}/dossier.pdf of its folder is not what was sealed"]
    report.write_bytes(whole)
    (folder / "more.txt").write_text("put in")
    assert told(room) == [f"{folder.name}/more.txt of its folder was not sealed"]
    (folder / "more.txt").unlink()
    report.unlink()
    assert told(room) == [f"{folder.name}/dossier.pdf of its folder is not there"]


def test_verify_with_files_names_every_stored_file_that_is_gone_or_altered(
    room: Room, desk: Desk
) -> None:
    data = Path(str(room.data))
    (data / "ledger.key").write_bytes(KEY)
    (data / "signing.key").write_bytes(SIGNING)
    (data / "secret.key").write_bytes(b"s" * 64)
    stored = path_of(data, room.rows(File)[0].sha256)
    assert command(data, "verify", "--files", DATABASE_URL=desk.url).returncode == 0
    stored.chmod(0o600)
    stored.write_bytes(b"another")
    done = command(data, "verify", "--files", DATABASE_URL=desk.url)
    assert done.returncode == 1
    assert (
        done.stdout == f"工单{room.id('A')}的文件1：{stored.name}与台账不符"
        f" case {room.id('A')}, file 1: {stored.name} is not what the record says\n"
    )
    assert command(data, "verify", DATABASE_URL=desk.url).returncode == 0
    assert command(data, "verify", "--files", "--case", "99", DATABASE_URL=desk.url).returncode == 0


def nights(
    room: Room, monkeypatch: pytest.MonkeyPatch, first: datetime, hours: int
) -> list[dict[str, int]]:
    """What the wake-ups of so many hours told, one each hour."""
    ticks = iter(first + timedelta(hours=n) for n in range(hours))
    here = SimpleNamespace(
        settings=SimpleNamespace(data=Path(str(room.data))),
        sessions=room.desk.sessions,
        now=lambda: next(ticks),
    )
    monkeypatch.setattr(jobs.files, "desk", lambda: here)
    return [compare_a_share() for _ in range(hours)]


def test_a_week_of_nights_compares_everything_once_and_puts_what_is_lost_on_record(
    room: Room, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = datetime(2025, 6, 20, tzinfo=BEIJING)
    week = nights(room, monkeypatch, first, 24 * NIGHTS)
    kept = len(room.rows(File)) + len(room.rows(Dossier)) + len(room.rows(PaperPrint))
    assert kept == 5
    assert sum(one["files"] for one in week) == kept and all(one["lost"] == 0 for one in week)
    assert {n % 24 for n, one in enumerate(week) if one["files"]} <= set(NIGHT)
    path = path_of(Path(str(room.data)), room.rows(File)[0].sha256)
    content = path.read_bytes()
    path.unlink()
    zipped = zip_path(room)
    zipped.write_bytes(b"")
    for _ in range(2):
        week = nights(room, monkeypatch, first + timedelta(days=7), 24 * NIGHTS)
        assert sum(one["lost"] for one in week) == 2
        payloads = sorted(row.payload for row in room.rows(Event, kind="file.lost"))
        assert payloads == ['{"dossier":1}', '{"file":1}']
    with reading(desk.sessions) as session:
        assert {lost.kind for lost in still_lost(session, Path(str(room.data)))} == {
            "file",
            "dossier",
        }
        path.write_bytes(content)
        assert {lost.kind for lost in still_lost(session, Path(str(room.data)))} == {"dossier"}
        assert verify(session, KEY) == []
