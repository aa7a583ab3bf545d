"""The welcome once the panel answers: where it is, and who may come in."""

from __future__ import annotations

from collections.abc import Iterator

import config
from app.supervisor import panel
from app.words import both

Sample = tuple[list[str], int]
"""The accounts and the number of cases of a sample office."""


def lines(settings: config.Config, sample: Sample | None) -> Iterator[str]:
    """The lines for whoever started the desk; those of a sample office where it is one."""
    if sample:
        yield from _of_sample(settings, *sample)
    yield f"{panel.NAME}: {panel.address(settings)}"


def _of_sample(settings: config.Config, names: list[str], cases: int) -> Iterator[str]:
    password_file = settings.data / "demo-password"
    yield both("shell.sample_office", n=cases)
    yield f"{both('shell.accounts')}: {', '.join(names)}"
    if settings.demo_password:
        yield f"{both('shell.password')}: DESK_DEMO_PASSWORD"
    elif password_file.exists():
        yield f"{both('shell.password')}: {password_file.read_text('utf-8').strip()} ({password_file})"
