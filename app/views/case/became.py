"""What became of a case, for who reads of it in brief: its number, state, unit, due date, its words
and its result."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask import g
from sqlalchemy import select

from app import words
from app.models import Assignment, Case, Reply, Unit
from app.views.actor import actor, language, reader
from app.views.pages.base import DeskView
from app.views.pages.masking import know_callers, masked_text
from app.views.pages.shown import term


def know_became(cases: Iterable[int]) -> Mapping[int, Any]:
    """Case id -> what became of it, in one statement for all that this request has not asked for
    before. Unscoped: a leader reads the cases themselves only where they were submitted to him."""
    known: dict[int, Any] = g.setdefault("desk_became", {})
    asked = {*cases} - known.keys()
    if not asked:
        return known
    passed = select(Reply.public_answer).where(
        Reply.case_id == Case.id, Reply.unit_id == Case.lead_unit_id, Reply.state == "passed"
    )
    result = passed.order_by(Reply.id.desc()).limit(1).correlate(Case).scalar_subquery()
    query = (
        select(
            Case.id,
            Case.number,
            Case.state,
            Case.closed_as,
            Case.narrative,
            Case.demand,
            Case.answer,
            Unit.name.label("unit"),
            Assignment.due_at,
            result.label("result"),
        )
        .outerjoin(Unit, Unit.id == Case.lead_unit_id)
        .outerjoin(Assignment, Assignment.id == Case.lead_assignment_id)
        .where(Case.id.in_(asked))
        .execution_options(unscoped=True)
    )
    known |= {row.id: row for row in reader().execute(query)}
    return known


class InBrief(DeskView):
    """A page of rows about cases of which some are read in brief only: what is told of each stands
    in `extra`."""

    def cover(self, rows: Sequence[Any], always: bool = False) -> None:
        """Learn in one statement each what became of the cases, and which callers have to be
        covered."""
        know_became(row.case_id for row in rows)
        if always or not actor().reads_as_typed:
            know_callers(row.case_id for row in rows)

    def told(self, item: Any, name: str, always: bool = False) -> str:
        """One value; the case's number also where the case itself is not this person's to read."""
        if name == "case":
            return str(know_became([item.case_id])[item.case_id].number)
        return super().told(item, name, always)

    def named_else(self, item: Any) -> tuple[str, str]:
        """The number of a case that this person reads in brief only."""
        return str(know_became([item.case_id])[item.case_id].number), ""

    def beside(self, item: Any, name: str, always: bool) -> str:
        """State, unit, due date, words and result of the case."""
        became, tongue = know_became([item.case_id])[item.case_id], language()
        if name == "case_state":
            return words.state("case", became.state, tongue)
        if name == "case_unit":
            return became.unit or ""
        if name == "case_due":
            return term(became.due_at) if became.due_at else ""
        told = [became.narrative, became.demand] if name == "own_words" else _result(became, tongue)
        whole = "\n".join(filter(None, told))
        return masked_text(whole, item.case_id) if always or not actor().reads_as_typed else whole


def _result(became: Any, tongue: str) -> list[str]:
    """How it was closed, and what the public was answered."""
    closed = words.value("closed_as", became.closed_as, tongue) if became.closed_as else ""
    return [closed, became.result or became.answer or ""]
