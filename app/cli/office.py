"""What an office hands over and takes along: the template of its roster."""

from __future__ import annotations

from argparse import Namespace

import config
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
