"""What an office hands over and takes along: the template of its roster, its configuration."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

import config
from app.cli import configuration
from app.papers.roster import template_xlsx
from app.words import Message, both
from jobs.servable import Refused


def template(settings: config.Config, given: Namespace) -> int:
    """Write the workbook in which units, posts, accounts and categories are handed over."""
    if given.file.exists():
        raise Refused(Message("shell.template.there", {"file": given.file}))
    given.file.write_bytes(template_xlsx())
    print(both("shell.template.written", file=given.file))
    return 0


def add_to(
    add: Callable[[str, Callable[[config.Config, Namespace], int], str], ArgumentParser],
) -> None:
    """Add these commands to the others."""
    blank = add("template", template, "shell.help.template")
    blank.add_argument(
        "file", type=Path, nargs="?", default=Path("roster.xlsx"), help="shell.help.template.file"
    )
    carried = add("config", configuration.take_over, "shell.help.config")
    carried.add_argument("action", choices=("export", "import"))
    carried.add_argument("file", nargs="?", type=Path, help="shell.help.config.file")
    carried.add_argument("--by", default="", help="shell.help.config.by")
    carried.add_argument("--look", action="store_true", help="shell.help.config.look")
