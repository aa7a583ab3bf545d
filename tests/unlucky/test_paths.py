"""A data folder may be called as its office likes: with blanks, in Chinese, however long."""

from __future__ import annotations

from pathlib import Path

import pytest
from redis import Redis

import config
from app.database import transaction
from app.story.theatre.cast import actor_named
from app.supervisor import valkey
from jobs import children
from tests.supervised import Duban, sqlite_data, waited

NAMES = {
    "a blank": "data of the office",
    "Chinese": "神木市督办数据",
    "long": "d" * 120,
    "all of it": "督办 数据 " + "长" * 40 + " it's 100% #1",
}


@pytest.mark.parametrize(
    "what", ["a blank", *(pytest.param(one, marks=pytest.mark.long) for one in [*NAMES][1:])]
)
def test_workers_work_in_a_folder_whatever_it_is_called(
    sqlite_template: Path, tmp_path: Path, what: str
) -> None:
    """Seen failing with a blank: redis-py takes it for the end of a field, and both workers ended
    for good."""
    data = tmp_path / NAMES[what]
    with sqlite_data(sqlite_template, data) as desk:
        with transaction(desk.sessions) as session:
            actor_named(session, "operator")
        with Duban(data, DESK_WORKERS="2") as duban:
            waited(lambda: "worker-2" in duban.states(), 60, "the last worker")
            told = children.read(data)
            assert told is not None
            socket = Path(told.redis_url.removeprefix("unix://"))
            with Redis(unix_socket_path=str(socket)) as redis:
                known = "rq:worker:*"  # Two that make passes, and who tells people.
                waited(lambda: len(redis.keys(known)) == 3, 60, f"all workers\n{duban.said}")
                assert socket.parent.stat().st_mode & 0o077 == 0
            assert all(one.restarts == 0 for one in told.children)
            assert duban.stop() == 0, duban.said
        if socket.parent != data / "run":
            socket.parent.rmdir()


def test_the_place_of_the_socket_is_plain_and_short(tmp_path: Path) -> None:
    assert valkey.socket_path(Path("/var/lib/duban")) == Path("/var/lib/duban/run/redis.sock")
    for name in NAMES.values():
        far = valkey.socket_path(tmp_path / name)
        assert str(far).isascii() and " " not in str(far) and len(str(far)) < 107
        far.parent.rmdir()


def test_a_socket_of_redis_with_a_blank_in_its_path_is_refused_with_a_sentence(
    tmp_path: Path,
) -> None:
    for url in ("unix:///var/run/my redis/s", "unix:///var/run/my%20redis/s"):
        with pytest.raises(config.ConfigError, match="blank"):
            config.load({"DESK_DATA": str(tmp_path), "REDIS_URL": url})
