"""Gunicorn's settings for the panel, alone (`gunicorn -c python:app.supervisor.serving`) or under
the supervisor.

Every name here that gunicorn knows is a setting.
"""

from __future__ import annotations

import contextlib
import gc
import os
import shutil
import sys
from pathlib import Path
from typing import Any

from config import PROJECT
from jobs.beats import Beats
from jobs.parent import dies_with


def _count_together() -> None:
    """Give the processes a folder in which they count for `/metrics`, empty at each start. What
    counts looks for it when it is first read, so this comes before the program; a desk that is not
    there is the program's to refuse."""
    data = Path(os.environ.get("DESK_DATA") or PROJECT / "var")
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ and data.is_dir():
        folder = data / "run" / "metrics"
        with contextlib.suppress(OSError):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700, parents=True)
            os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def _spool_beside_the_data() -> None:
    """Keep what is too long for the memory while it comes - an upload, with the words that were
    typed beside it - on the disk of the data folder, whose room is watched, unless somebody says
    otherwise: whatever fills /tmp would have it lost."""
    data = Path(os.environ.get("DESK_DATA") or PROJECT / "var")
    if not os.environ.get("TMPDIR") and data.is_dir():
        folder = data / "run" / "tmp"
        with contextlib.suppress(OSError):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            os.environ["TMPDIR"] = str(folder)


_count_together()
_spool_beside_the_data()
wsgi_app = "app.web:served()"
worker_class = "app.supervisor.lanes.Process"
workers = 2
# The program is read once, before its processes are forked, and they share what it takes of memory.
preload_app = True
timeout = 30
graceful_timeout = 10
loglevel = "warning"
umask = 0o077
# Nobody steers it but who started it.
control_socket_disable = True
# A worker says so often that it lives that a slow disk would end it.
worker_tmp_dir = "/dev/shm" if sys.platform == "linux" else None  # noqa: S108


def when_ready(server: Any) -> None:
    """Say from now on that gunicorn lives. What was read stays shared: a look for garbage in a
    process would write to all of it."""
    Beats().from_now_on()
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """A worker ends with gunicorn, however that ends; gunicorn's own look at it takes a second, and
    a running request longer. It takes the room for what it counts before the first request."""
    # What counts is read with the program, which looks for the folder made above.
    from app.measures import COUNTING

    dies_with(server.pid)
    COUNTING.take_room()
