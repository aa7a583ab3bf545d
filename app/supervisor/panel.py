"""The panel as a child of the supervisor: how it is started, and where it is found."""

from __future__ import annotations

import sys

import config

NAME = "督办 Duban"
"""What the program is called, in both languages: it is said at each start, and loads no catalogue."""


def address(settings: config.Config) -> str:
    """Where the panel is found, for a browser on this machine."""
    return f"http://{_host(near(settings.bind))}:{settings.port}/"


def command(settings: config.Config) -> list[str]:
    """How the supervisor starts it."""
    return [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "python:app.supervisor.serving",
        "--bind",
        f"{_host(settings.bind)}:{settings.port}",
    ]


def near(bind: str) -> str:
    """An address at which what listens on `bind` can be reached from this machine."""
    return {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(bind, bind)  # noqa: S104  (what was named, not what is opened)


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address
