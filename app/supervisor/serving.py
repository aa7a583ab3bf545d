"""Gunicorn's settings for the panel, alone (`gunicorn -c python:app.supervisor.serving`) or under the supervisor.

Every name here that gunicorn knows is a setting.
"""

from __future__ import annotations

import gc
import sys
from typing import Any

from jobs.beats import Beats
from jobs.parent import dies_with

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
    """Say from now on that gunicorn lives. What was read stays shared: a look for garbage in a process would write to
    all of it."""
    Beats().from_now_on()
    gc.collect()
    gc.freeze()


def post_fork(server: Any, worker: Any) -> None:
    """A worker ends with gunicorn, however that ends; gunicorn's own look at it takes a second, and a running request
    longer."""
    dies_with(server.pid)
