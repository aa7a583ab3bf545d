"""`make bench`: prints each promise about speed, what was measured, and whether it holds."""

from __future__ import annotations

import math
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import config
from app.sweep import sweep
from tests import seed
from tests.bench import memory, panels, peer
from tests.bench.measure import (
    ROUNDS,
    bench_cluster,
    cost,
    desks,
    due,
    environment,
    median,
    peers,
    process_cost,
    served,
)
from tests.databases import KEY, SIGNING, Desk, lay_sqlite, sqlite_copy
from tests.record import contents
from tests.servers import PostgresCluster
from tests.statements import counted

SIZES = [10_000, 100_000, 1_000_000]
DUE, MANY = 1_000, 10_000
FAILED: list[str] = []


def say(name: str, words: str, holds: bool | None = None) -> None:
    """One line of the result."""
    mark = {True: "ok  ", False: "FAIL", None: "    "}[holds]
    if holds is False:
        FAILED.append(name)
    print(f"{mark} {name:4} {words}", flush=True)


def _swept(desk: Desk, n: int) -> Callable[[], Any]:
    def work() -> None:
        done = sweep(desk.sessions, seed.NOW)
        assert (done.cases, done.failures) == (n, 0), done

    return work


def _psql(folder: Path, database: str, file: str, *values: str) -> list[str]:
    given = [word for value in values for word in ("-v", value)]
    return [
        "psql",
        "-X",
        "-q",
        "-v",
        "ON_ERROR_STOP=1",
        "-d",
        database,
        *given,
        "-f",
        str(folder / "raw" / file),
    ]


def _raw(cluster: PostgresCluster, folder: Path) -> float:
    """CPU ms per due case of one statement that does the least that a scan can do."""
    for file, values in (
        ("schema.sql", ()),
        ("fill.sql", (f"n={SIZES[1]}", f"open={SIZES[1]}", f"d={MANY}")),
        ("index.sql", ()),
    ):
        subprocess.run(_psql(folder, "raw", file, *values), check=True, capture_output=True)
    subprocess.run(["psql", "-q", "-d", "raw", "-c", "checkpoint"], check=True)
    return process_cost(cluster, _psql(folder, "raw", "scan.sql")) * 1e3 / MANY


def p1(cluster: PostgresCluster, desk: Desk, folder: Path) -> float:
    """Our CPU per due case, and the raw limit's, in turns."""
    cluster.database("raw")
    ours, raw = [], []
    for _ in range(ROUNDS):
        due(desk, MANY)
        ours.append(cost(cluster, _swept(desk, MANY))[0] * 1e3 / MANY)
        raw.append(_raw(cluster, folder))
    ratio = median(ours) / median(raw)
    say(
        "P1",
        f"sweep {median(ours):.3f} ms CPU per due case, one raw statement {median(raw):.3f}: "
        f"{ratio:.1f} times (at most 8); ours {_three(ours)}, raw {_three(raw)}",
        ratio <= 8,
    )
    return median(ours)


def _three(values: list[float]) -> str:
    return "/".join(f"{value:.3f}" for value in values)


def p2(cluster: PostgresCluster, desk: Desk, folder: Path, ours: float) -> None:
    """The peer's CPU per due case, from its command as cron starts it, against ours in the worker,
    which runs on."""
    interpreter = peer.python(folder)
    if interpreter is None:
        say("P2", peer.HOW)
        return
    theirs = peer.scan(cluster, folder, interpreter, SIZES[0], DUE)
    ratio = theirs / ours
    say(
        "P2",
        f"django-helpdesk {theirs:.2f} ms CPU per due case, ours {ours:.3f}: {ratio:.0f} times (at least 15)",
        ratio >= 15,
    )
    own = _as_a_process(cluster, desk)
    say(
        "",
        f"ours as a process of its own, its start included: {own:.3f} ms with {DUE:,} due, "
        f"{theirs / own:.1f} times less",
    )


def _as_a_process(cluster: PostgresCluster, desk: Desk) -> float:
    """CPU ms per due case of `python -m app sweep`."""
    found = []
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as data:
        (Path(data) / "ledger.key").write_bytes(KEY)
        (Path(data) / "signing.key").write_bytes(SIGNING)
        settings = {**os.environ, "DATABASE_URL": desk.url, "DESK_DATA": data, "REDIS_URL": ""}
        command = [sys.executable, "-m", "app", "sweep", "--at", seed.NOW.isoformat()]
        for _ in range(ROUNDS):
            due(desk, DUE)
            found.append(
                process_cost(cluster, command, env=settings, cwd=config.PROJECT) * 1e3 / DUE
            )
    return median(found)


def p3(cluster: PostgresCluster, made: dict[int, Desk]) -> None:
    """How the cost of 1,000 due cases grows with what else is on file."""
    found: dict[int, list[float]] = {n: [] for n in made}
    for _ in range(ROUNDS):
        for n, desk in made.items():
            due(desk, DUE)
            found[n].append(cost(cluster, _swept(desk, DUE))[0] * 1e3 / DUE)
    first, last = min(found), max(found)
    slope = math.log10(median(found[last]) / median(found[first])) / math.log10(last / first)
    told = ", ".join(f"{n:,}: {median(values):.3f} ms" for n, values in found.items())
    say(
        "P3",
        f"{DUE:,} due of {told} CPU per due case: slope {slope:.3f} (at most 0.15)",
        slope <= 0.15,
    )


def p5(desk: Desk, base: str) -> None:
    """Statements of a batch of a thousand, at the client and at the server."""
    for make, most, what in (
        (seed.overdue, 12, "reminders"),
        (seed.every_step, 24, "cases with all nine steps"),
    ):
        make(desk, DUE)
        with desk.engine.connect():
            pass
        with counted(desk) as found:
            sweep(desk.sessions, seed.NOW)
        batch = len(found.batches[0])
        holds = batch <= most and found.client == found.server and len(found.batches) == 1
        say(
            "P5",
            f"{base}: {batch} statements for a batch of {DUE:,} {what} (at most {most}); the whole sweep "
            f"{found.client} at the client, {found.server} at the server",
            holds,
        )


def p6(desk: Desk, base: str) -> None:
    """What a second sweep at the same moment writes."""
    before = contents(desk)
    sweep(desk.sessions, seed.NOW)
    changed = [table for table, sum_ in contents(desk).items() if before[table] != sum_]
    say("P6", f"{base}: a second sweep changed {changed or 'no table but run'}", not changed)


def many(cluster: PostgresCluster, desk: Desk, base: str) -> None:
    """10,000 due of a million, in seconds."""
    due(desk, MANY)
    cpu, wall = cost(cluster, _swept(desk, MANY))
    say(
        "",
        f"{base}: {MANY:,} due of {SIZES[-1]:,} took {wall:.1f} s (at most 10), {cpu:.1f} s CPU",
        wall <= 10,
    )


def _sqlite(cluster: PostgresCluster, folder: Path) -> None:
    template = lay_sqlite(folder / "laid.db")
    with sqlite_copy(template, folder / "small.db") as desk:
        p5(desk, "SQLite")
        p6(desk, "SQLite")
    with sqlite_copy(template, folder / "large.db") as desk:
        seed.crowd(desk, SIZES[-1])
        many(cluster, desk, "SQLite")


def _panels(cluster: PostgresCluster, folder: Path, files: Path) -> None:
    """The promises about pages: over offices of three sizes, beside the peers where they are set
    up."""
    interpreter = peer.python(folder)
    with panels.filled(cluster, SIZES, files / "panels") as made:
        small, large, largest = (made[n] for n in SIZES)
        first = panels.lists(say, cluster, made)
        panels.pages(say, largest, SIZES[-1])
        ours = panels.intake(say, cluster, small, folder)
        if interpreter is None:
            say("P9", f"left out, and P12 with it: {peer.HOW}")
        else:
            _beside_helpdesk(cluster, folder, interpreter, ours, first)
        panels.export(say, cluster, large, SIZES[1])
        panels.beside_a_report(say, large)
        panels.report(say, cluster, largest)


def _beside_helpdesk(
    cluster: PostgresCluster, folder: Path, interpreter: Path, ours: float, first: float
) -> None:
    """P9 and P12: the peer's form beside ours, and its list of a hundred thousand beside ours of a
    million."""
    with peer.helpdesk(cluster, folder, interpreter) as desk:
        entered = served(cluster, desk.pid, desk.enter, 20)
        listed = served(cluster, desk.pid, lambda: desk.get(peer.first_page()), 3)
    times = entered / ours
    say(
        "P9",
        f"django-helpdesk's intake {entered:.1f} ms CPU, ours {ours:.1f}: {times:.1f} times (at least 2)",
        entered / ours >= 2,
    )
    say(
        "P12",
        f"its list at {SIZES[1]:,} {listed:.0f} ms CPU, our list page at {SIZES[-1]:,} {first:.1f}: "
        f"{listed / first:.0f} times (at least 35)",
        listed / first >= 35,
    )


def _memory() -> None:
    found = memory.of_all()
    for name, megabytes in sorted(found.items(), key=lambda one: -one[1]):
        print(f"     {megabytes:7.0f} MB  {name}", flush=True)
    total = sum(found.values())
    say(
        "P18",
        f"{total:.0f} MB in all processes after a thousand requests (at most 520, with who tells people)",
        total <= 520,
    )


def main() -> int:
    """Measure everything; 1 when a promise does not hold."""
    folder = Path(os.environ.get("DESK_BENCH") or config.PROJECT.parent / "shared" / "bench")
    started = time.monotonic()
    with bench_cluster() as cluster, tempfile.TemporaryDirectory(prefix="duban-bench-") as files:
        environment(cluster)
        lib = peers(folder)
        with desks(cluster, [0, *SIZES]) as made:
            small = made.pop(0)
            p5(small, "PostgreSQL")
            p6(small, "PostgreSQL")
            if lib is None:
                say(
                    "P1",
                    f"no raw limit: set DESK_BENCH to the folder of the peers' bench ({folder} has no lib.py)",
                )
            else:
                p2(cluster, made[SIZES[0]], folder, p1(cluster, made[SIZES[1]], folder))
            p3(cluster, made)
            many(cluster, made[SIZES[-1]], "PostgreSQL")
            _panels(cluster, folder, Path(files))
        _sqlite(cluster, Path(files))
        _memory()
    say(
        "",
        f"load {os.getloadavg()[0]:.1f}, {(time.monotonic() - started) / 60:.0f} minutes; "
        f"{'failed: ' + ', '.join(FAILED) if FAILED else 'all promises hold'}",
    )
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
