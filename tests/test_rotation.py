"""The log of the Redis that comes along is put aside when it is long, and goes on in a new file."""

from __future__ import annotations

from pathlib import Path

from app.supervisor.rotation import KEPT, MOST_BYTES, put_aside
from app.supervisor.valkey import command
from tests.servers import ValkeyServer


def test_a_long_log_is_put_aside_and_the_oldest_is_forgotten(tmp_path: Path) -> None:
    log = tmp_path / "redis.log"
    assert not put_aside(log), "there is none"
    for n in range(KEPT + 3):
        log.write_text(str(n) * (MOST_BYTES + 1), "ascii")
        assert put_aside(log) and not log.exists()
        log.write_text("new", "ascii")
        assert not put_aside(log), "short enough"
    kept = {one.name: one.read_text("ascii")[0] for one in tmp_path.iterdir()}
    newest = KEPT + 2
    assert kept == {"redis.log": "n"} | {
        f"redis.log.{n}": str(newest + 1 - n) for n in range(1, KEPT + 1)
    }


class Logging(ValkeyServer):
    """A Valkey that writes its log to a file, as the one of the product does."""

    def command(self) -> list[str]:
        """Its own words for the log, as the product gives them."""
        told = command(self.folder, self.socket)
        at = told.index("--logfile")
        return [
            *super().command(),
            "--loglevel",
            "notice",
            told[at],
            str(self.folder / "redis.log"),
        ]


def test_redis_goes_on_in_a_new_file() -> None:
    """Seen failing where the file is kept open."""
    server = Logging()
    (server.folder / "redis").mkdir(exist_ok=True)
    with server:
        log = server.folder / "redis.log"
        with log.open("a", encoding="ascii") as long:
            long.write("x" * (MOST_BYTES + 1))
        assert put_aside(log) and not log.exists()
        with server.client() as client:
            client.bgrewriteaof()
            client.config_set("save", "")
            client.execute_command("SAVE")
        assert log.exists() and log.stat().st_size < 10_000
