"""CPU seconds from /proc, which repeat where wall time does not, and the cluster and desks that are
measured."""

from __future__ import annotations

import importlib.util
import os
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from tests import seed
from tests.databases import Desk, desk_at, lay_postgres
from tests.servers import PostgresCluster

SETTINGS = {
    "shared_buffers": "1GB",
    "work_mem": "32MB",
    "maintenance_work_mem": "512MB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "15min",
    "jit": "off",
    "timezone": "UTC",
    "log_min_messages": "fatal",
    "shared_preload_libraries": "pg_stat_statements",
    "pg_stat_statements.track_utility": "on",
}
"""As the peers' cluster is set up, so that figures can be compared."""
ROUNDS = 3


def bench_cluster() -> PostgresCluster:
    """A cluster of the bench's own, nothing switched off that a real one needs."""
    cluster = PostgresCluster()
    cluster.settings = dict(SETTINGS)
    return cluster


def peers(folder: Path) -> ModuleType | None:
    """The measuring code of the peers' bench, where it is there."""
    spec = importlib.util.spec_from_file_location("bench_lib", folder / "lib.py")
    if spec is None or spec.loader is None or not (folder / "lib.py").exists():
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    global meter
    meter = module.tree_cpu
    return module


def environment(cluster: PostgresCluster) -> None:
    """Tell psql and the peers' code where the cluster is."""
    os.environ |= {
        "PGHOST": "127.0.0.1",
        "PGPORT": str(cluster.port),
        "PGUSER": "postgres",
        "PGDATA_BENCH": str(cluster.folder / "data"),
        "PATH": f"{cluster.bin}:{os.environ['PATH']}",
    }


_HZ = os.sysconf("SC_CLK_TCK")


def _stat(pid: str) -> tuple[int, int]:
    """(parent, ticks used by a process and the children it has reaped)."""
    words = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return int(words[1]), sum(int(word) for word in words[11:15])


def tree_cpu(root: int) -> float:
    """CPU seconds of a process and all below it."""
    stats: dict[int, tuple[int, int]] = {}
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                stats[int(name)] = _stat(name)
            except (OSError, IndexError):
                continue
    total, todo = 0, [root]
    while todo:
        pid = todo.pop()
        total += stats.get(pid, (0, 0))[1]
        todo += [child for child, (parent, _) in stats.items() if parent == pid]
    return total / _HZ


meter: Callable[[int], float] = tree_cpu
"""What reads the CPU seconds: the peers' own code where it is there, so that both are read
alike."""


def meter_of(pid: int) -> float:
    """CPU seconds of a process and all below it, as they are read in this run."""
    return meter(pid)


def cost(cluster: PostgresCluster, work: Callable[[], Any]) -> tuple[float, float]:
    """(CPU seconds of this process and of the cluster, wall seconds) that a piece of work takes."""
    server, own, started = meter(cluster.pid), time.process_time(), time.perf_counter()
    work()
    wall, mine = time.perf_counter() - started, time.process_time() - own
    time.sleep(0.2)
    return mine + meter(cluster.pid) - server, wall


def served(cluster: PostgresCluster, pid: int, work: Callable[[], Any], times: int) -> float:
    """CPU ms of one of so many requests to a server of another process, and of the cluster."""
    work()
    before = meter(pid) + meter(cluster.pid)
    for _ in range(times):
        work()
    time.sleep(0.2)
    return (meter(pid) + meter(cluster.pid) - before) * 1e3 / times


def process_cost(cluster: PostgresCluster, command: list[str], **more: Any) -> float:
    """CPU seconds of a command, its start included, and of the cluster."""
    server = meter(cluster.pid)
    before = os.times()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **more)
    after = os.times()
    time.sleep(0.2)
    children = (
        after.children_user + after.children_system - before.children_user - before.children_system
    )
    return children + meter(cluster.pid) - server


@contextmanager
def desks(cluster: PostgresCluster, crowds: list[int]) -> Iterator[dict[int, Desk]]:
    """A desk for each size, with that many cases for which nothing is due."""
    lay_postgres(cluster, "laid")
    made: dict[int, Desk] = {}
    opened = []
    try:
        for n in crowds:
            context = desk_at(cluster.database(f"desk_{n}", "laid"))
            opened.append(context)
            made[n] = context.__enter__()
            seed.crowd(made[n], n)
        yield made
    finally:
        for context in opened:
            context.__exit__(None, None, None)


def due(desk: Desk, n: int) -> None:
    """n more cases that a sweep reminds of, and a planner that knows."""
    seed.overdue(desk, n)
    seed.analyse(desk)


median = statistics.median
