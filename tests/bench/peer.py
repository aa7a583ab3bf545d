"""P2: the scan of django-helpdesk 2.6.1, what an office would install instead."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from tests.servers import PostgresCluster

HOW = (
    "django-helpdesk is not set up; with a folder of your choice as BENCH_HOME:\n"
    "      python3 -m venv $BENCH_HOME/venv-dh\n"
    "      $BENCH_HOME/venv-dh/bin/pip install django-helpdesk==2.6.1 'psycopg[binary]' gunicorn\n"
    "      BENCH_HOME=$BENCH_HOME make bench"
)


def python(folder: Path) -> Path | None:
    """The interpreter that has django-helpdesk, where it is there."""
    home = Path(os.environ.get("BENCH_HOME") or folder.parent)
    found = home / "venv-dh" / "bin" / "python"
    return found if found.exists() and (folder / "dh").exists() else None


def scan(cluster: PostgresCluster, folder: Path, interpreter: Path, n: int, d: int) -> float:
    """CPU ms per due case of its scan: d due of n open ones, mail switched on; the better of two runs."""
    cluster.database("helpdesk")
    environment = {**os.environ, "PYTHONWARNINGS": "ignore"}

    def run(*arguments: str) -> str:
        command = [str(interpreter), *arguments]
        done = subprocess.run(
            command, cwd=folder / "dh", env=environment, check=True, capture_output=True, text=True
        )
        return done.stdout

    subprocess.run(["psql", "-q", "-d", "helpdesk", "-c", "create extension pg_stat_statements"], check=True)
    run("manage.py", "migrate", "-v0")
    run("users.py")
    lines = run("scan_bench.py", "--n", str(n), "--dabs", str(d)).strip().splitlines()
    names = lines[0].split(",")
    # Only the first run has anything to do: the second scans what it escalated already.
    return float(dict(zip(names, lines[1].split(","), strict=True))["cpu_ms_per_D"])
