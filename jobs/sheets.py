"""Sheets that were handed over are taken in, a few rows in each transaction: who is stopped goes on where
he was. No rule, no decision."""

from __future__ import annotations

import json

from app.channels.sheets import rows_of
from app.database import reading, retried
from app.files.store import content_of
from app.models import Sheet
from app.rules.refusal import NotAllowed
from app.stages.inbox.sheets import checked, stopped, take_in, waiting_sheets
from app.words.kinds import kinds_called
from jobs.clocks import refuse_wrong_clock
from jobs.desk import Desk, desk

AT_ONCE = 100
"""So many rows are taken in in one transaction."""
Told = dict[str, int]


def take_in_sheets() -> Told:
    """Take in every sheet that waits."""
    here = desk()
    with reading(here.sessions) as session:
        waiting = waiting_sheets(session)
    if waiting:
        refuse_wrong_clock(here.sessions)
    for sheet in waiting:
        take_in_sheet(here, sheet)
    return {"sheets": len(waiting)}


def take_in_sheet(here: Desk, sheet: Sheet) -> None:
    """Take in one sheet to its end; one that cannot be read says why."""
    try:
        content = content_of(here.settings.data, sheet.sha256)
        columns = json.loads(sheet.columns)
        rows = checked(rows_of(content, sheet.media_type), columns, sheet.at, kinds_called())
    except NotAllowed as no:
        why = no.msgid
        retried(here.sessions, lambda session: stopped(session, here.now(), sheet.id, why))
        return
    while retried(
        here.sessions, lambda session: take_in(session, here.now(), sheet.id, rows, AT_ONCE)
    ):
        pass
