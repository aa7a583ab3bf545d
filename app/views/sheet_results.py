"""What became of each row of a sheet, in the sheet's own columns: the number of the case, where it
stands, the public answer, and until when an answer is due."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Select, func, select

from app import words
from app.models import Assignment, Case, Message, Sheet
from app.models.handling import Reply
from app.rules.workdays import minute
from app.rules.workflow import OPEN_ASSIGNMENT
from app.stages.inbox.sheets import key_of
from app.views.actor import language, reader
from app.views.inbox_words import ADDED
from app.views.pages.export import safe_cell

AT_ONCE = 400
"""So many rows are looked up in one statement."""


def results_of(sheet: Sheet, rows: Sequence[Sequence[str]]) -> Iterator[list[list[str]]]:
    """The rows of a sheet, piece by piece, the heading first, each with what became of it."""
    place = [cell.strip() for cell in rows[0]].index(json.loads(sheet.columns)["number"])
    added = [words.word(msgid, language()) for msgid in ADDED]
    yield [[safe_cell(cell) for cell in (*rows[0], *added)]]
    for start in range(1, len(rows), AT_ONCE):
        piece = rows[start : start + AT_ONCE]
        keys = {row[place].strip(): key_of(sheet.sender, row[place].strip()) for row in piece}
        found = {row.key: row for row in reader().execute(_of(keys.values()))}
        yield [
            [safe_cell(cell) for cell in (*row, *_told(found.get(keys[row[place].strip()])))]
            for row in piece
        ]


def _of(keys: Any) -> Select[Any]:
    """What is told of the messages of some keys."""
    answered = (
        select(Reply.public_answer)
        .where(
            Reply.case_id == Case.id,
            Reply.unit_id == Case.lead_unit_id,
            Reply.state == "passed",
        )
        .order_by(Reply.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    due = (
        select(func.max(Assignment.due_at))
        .where(Assignment.case_id == Case.id, Assignment.state.in_(OPEN_ASSIGNMENT))
        .scalar_subquery()
    )
    columns = (
        Message.key,
        Message.ended_as,
        Message.taken_at,
        Message.own_at,
        Message.answer.label("told"),
        Case.number,
        Case.state,
        Case.answer.label("direct"),
        answered.label("answered"),
        due.label("due"),
    )
    query = select(*columns).outerjoin(Case, Case.id == Message.case_id)
    return query.where(Message.source == "sheet", Message.key.in_([*keys]))


def _told(row: Any) -> tuple[str, str, str, str]:
    """Number, state, public answer and due of a row; one that is no message says so."""
    tongue = language()
    if row is None:
        return "", words.word("inbox.sheet.not_taken", tongue), "", ""
    if row.number is None:
        stands = row.ended_as or ("taken" if row.taken_at else "new")
        due = row.own_at if row.ended_as is None else None
        return "", words.state("message", stands, tongue), row.told or "", _minute(due)
    answer = row.direct or row.answered or ""
    return row.number, words.state("case", row.state, tongue), answer, _minute(row.due)


def _minute(at: Any) -> str:
    return minute(at) if at is not None else ""
