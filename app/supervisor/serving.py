"""How gunicorn serves the panel, alone (`gunicorn -c python:app.supervisor.serving ...`) or under the supervisor."""

from __future__ import annotations

import sys
from typing import Any

import config
from jobs.parent import dies_with

wsgi_app = "app.web:from_environment()"
worker_class = "gthread"
workers = 2
threads = 4
timeout = 60
graceful_timeout = 10
# Nobody steers it but who started it.
control_socket_disable = True
# A worker says so often that it lives that a slow disk would end it.
worker_tmp_dir = "/dev/shm" if sys.platform == "linux" else None  # noqa: S108


def post_fork(server: Any, worker: Any) -> None:
    """A worker ends with gunicorn, however that ends; gunicorn's own look at it takes a second and a running request
    longer."""
    dies_with(server.pid)


def address(settings: config.Config) -> str:
    """Where the panel is found, for a browser on this machine."""
    return f"http://{_host(near(settings.bind))}:{settings.port}/"


def command(settings: config.Config) -> list[str]:
    """How the supervisor starts it."""
    return [
        sys.executable, "-m", "gunicorn", "-c", f"python:{__name__}", "--bind",
        f"{_host(settings.bind)}:{settings.port}", "--log-level", "warning",
    ]  # fmt: skip


def near(bind: str) -> str:
    """An address at which what listens on `bind` can be reached from this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104  (what was named, not what is opened)


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address
