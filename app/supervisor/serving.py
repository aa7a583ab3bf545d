"""Gunicorn's settings for the panel, alone (`gunicorn -c python:app.supervisor.serving`) or under the supervisor.

Every name here that gunicorn knows is a setting.
"""

from __future__ import annotations

import sys
from typing import Any

from jobs.parent import dies_with

wsgi_app = "app.web:from_environment()"
worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
graceful_timeout = 10
loglevel = "warning"
umask = 0o077
# Nobody steers it but who started it.
control_socket_disable = True
# A worker says so often that it lives that a slow disk would end it.
worker_tmp_dir = "/dev/shm" if sys.platform == "linux" else None  # noqa: S108


def post_fork(server: Any, worker: Any) -> None:
    """A worker ends with gunicorn, however that ends; gunicorn's own look at it takes a second, and a running request
    longer."""
    dies_with(server.pid)
