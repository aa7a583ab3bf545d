"""The office as a whole: the centre's own overdue work, when the bot looks again, the day's list,
dissolved units."""

from __future__ import annotations

from app.stages.office.alarm import calendar_missing
from app.stages.office.lists import gate_key, issue_list
from app.stages.office.looks import next_look
from app.stages.office.overdue import decide_own_overdue
from app.stages.office.succession import succeed_unit

__all__ = [
    "calendar_missing",
    "decide_own_overdue",
    "gate_key",
    "issue_list",
    "next_look",
    "succeed_unit",
]
