"""Rosters 名册: units, posts, accounts and categories of an office from one workbook."""

from __future__ import annotations

from app.stages.roster.checking import Change, changes_from
from app.stages.roster.handing import counted, looked_through
from app.stages.roster.slips import Made, give, progress, to_make

__all__ = [
    "Change",
    "Made",
    "changes_from",
    "counted",
    "give",
    "looked_through",
    "progress",
    "to_make",
]
