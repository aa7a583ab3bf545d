"""What stands below the demand of a case: what leaders wrote, what was answered, and the files by
their kind, those first that may be looked at on the page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import url_for

from app import words
from app.models import Case
from app.rules.files import DRAWN, KINDS
from app.rules.workdays import minute
from app.views.actor import actor, language
from app.views.case.tables import own_page, said


@dataclass(frozen=True)
class Told:
    """Words of somebody on a case: whose, when, what, what is told beside, and of which level a
    leader is."""

    title: str
    who: str
    at: str
    words: str
    beside: str = ""
    number: str = ""
    href: str = ""
    row: tuple[str, int] = ("", 0)
    level: str = ""


@dataclass(frozen=True)
class Attached:
    """A file: its name, when it came and how large it is; where it is opened and where looked at."""

    name: str
    at: str
    size: str
    href: str
    preview: str


def told_first(case: Case, rows: Mapping[str, Sequence[Any]]) -> list[Told]:
    """The newest instruction and the newest reply that stands, or else the centre's own answer."""
    tongue, told = language(), []
    for row in rows.get("instruction", ())[-1:]:
        until = words.word("case_page.by.until", tongue, due_on=row.due_clock)
        beside = until if row.due_clock else ""
        level = words.value("level", row.kind or "", tongue)
        told.append(replace(_told("instruction", row, row.more, case, beside), level=level))
    for row in _standing(rows.get("reply", ()))[-1:]:
        state = words.state("reply", row.state, tongue)
        told.append(_told("reply", row, row.unit or "", case, state))
    if case.answer and not told:
        title = words.column("hotline_case", "answer", tongue)
        told.append(Told(title, "", "", said(case.answer, case.id)))
    return told


def _told(table: str, row: Any, who: str, case: Case, beside: str) -> Told:
    """Words of a row, with where its own page is."""
    return Told(
        words.table(table, language()),
        who,
        minute(row.at),
        said(row.words, case.id),
        beside,
        row.number or "",
        own_page(table, row),
        (table, row.id),
    )


def _standing(replies: Sequence[Any]) -> list[Any]:
    return [row for row in replies if row.state in ("filed", "passed") and row.words]


def attached(case: Case, rows: Mapping[str, Sequence[Any]]) -> list[tuple[str, Sequence[Attached]]]:
    """The files of a case by their kind, in the order of the kinds, the newest of each first."""
    files = [*reversed(rows.get("stored_file", ()))]
    return [
        (
            words.value("file_kind", kind, language()),
            [_attached(row, case) for row in files if row.kind == kind],
        )
        for kind in KINDS
        if any(row.kind == kind for row in files)
    ]


def _attached(row: Any, case: Case) -> Attached:
    """A file of a case, with its addresses for who may open it."""
    may = "open_file" in actor().rights
    return Attached(
        said(row.number, case.id),
        minute(row.at),
        _size(int(row.words or 0)),
        url_for("Files.open", id=row.id) if may else "",
        url_for("Files.preview", id=row.id) if may and row.more in DRAWN else "",
    )


def _size(size: int) -> str:
    """How large a file is, as people say it."""
    return f"{size / 1024**2:.1f} MB" if size >= 1024**2 else f"{max(1, size // 1024)} KB"
