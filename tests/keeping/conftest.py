"""An office with a file, papers and a sealed dossier, as it stands on a machine: its folder with its keys,
and a database on either side; and an empty place elsewhere."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from subprocess import CompletedProcess

import pytest

from app.files.store import write_whole
from tests.commands import command
from tests.databases import KEY, SIGNING, Desk
from tests.papers.samples import PDF
from tests.papers.test_dossier import attach
from tests.room import Room
from tests.servers import PostgresCluster

PASSPHRASE = "海内存知己 天涯若比邻 1"
CLOCK = "2025-07-01T10:00:00"
_numbers = itertools.count(1)


@dataclass
class Machine:
    """A machine with a data folder and the address of a database."""

    data: Path
    url: str

    def app(self, *arguments: str, **settings: str) -> CompletedProcess[str]:
        """`python -m app ARGUMENTS` there."""
        own = {"DATABASE_URL": self.url, "DESK_CLOCK": CLOCK, "DESK_PASSPHRASE": PASSPHRASE}
        return command(self.data, *arguments, **{**own, **settings})

    def done(self, *arguments: str, **settings: str) -> str:
        """What such a command said, that went well."""
        ended = self.app(*arguments, **settings)
        assert ended.returncode == 0, (ended.stdout, ended.stderr)
        assert "Traceback" not in ended.stderr
        return ended.stdout

    def refused(self, *arguments: str, **settings: str) -> str:
        """With which words such a command was refused."""
        ended = self.app(*arguments, **settings)
        assert ended.returncode == 2, (ended.returncode, ended.stdout, ended.stderr)
        assert "Traceback" not in ended.stderr
        return ended.stderr


@dataclass
class Kept(Machine):
    """One with an office on it."""

    desk: Desk
    room: Room


def lay_keys(data: Path) -> None:
    """The keys of the tests' record."""
    data.mkdir(mode=0o700, parents=True, exist_ok=True)
    keys = {"ledger.key": KEY, "signing.key": SIGNING, "secret.key": b"s" * 40}
    for name, key in keys.items():
        write_whole(data / name, key)


@pytest.fixture
def kept(desk: Desk, tmp_path: Path) -> Kept:
    """An office on either database."""
    data = tmp_path / "data"
    lay_keys(data)
    room = Room(desk)
    room.data = data
    room.to("sign_for")
    attach(room, "staff@WATER", "handling", PDF)
    room.to("send_referral")
    desk.engine.dispose()
    return Kept(data, desk.url, desk, room)


@pytest.fixture
def elsewhere(kept: Kept, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Machine]:
    """Another machine, with nothing on it, for a database of the same kind."""
    data = tmp_path / "elsewhere"
    if kept.desk.sqlite:
        yield Machine(data, f"sqlite:///{data / 'desk.db'}")
        return
    cluster: PostgresCluster = request.getfixturevalue("postgres")
    with cluster.fresh(f"elsewhere_{next(_numbers)}") as url:
        yield Machine(data, url)
