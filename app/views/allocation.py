"""Allocation 分配: assignments, and leaders' instructions with what became of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from app.models import Assignment, Instruction
from app.rules.workflow import OPEN_ASSIGNMENT, OPEN_CASE
from app.views.case.became import InBrief, know_became
from app.views.pages.row_query import DeskInterface
from app.views.papers import Noticed


class Assignments(Noticed):
    """Assignments: one unit's part of a case in one round."""

    datamodel = DeskInterface(Assignment)
    page, subject = "Assignments", "assignment"
    list_columns = ("number", "unit", "state", "allocated_at")
    filters = ("state", "unit", "allocated_at", "due_at", "late")
    clock, running, empty = "due_at", OPEN_ASSIGNMENT, "list.empty_assignments"
    page_only = ("waived_reason", "response_at", "first_response_at", "signed_by", "ended_at")


class Instructions(InBrief):
    """Leaders' instructions and what became of them: a leader's own, and those that no account was
    named for."""

    datamodel = DeskInterface(Instruction)
    page = "Instructions"
    page_only = ("level", "document", "scan", "entered_at")
    list_columns = ("leader", "words", "due_on", "case_unit", "case_state")
    filters = ("leader", "instructed_on", "due_on", "level", "case")
    empty = "list.empty_instructions"
    extra = ("case_state", "case_unit", "case_due", "case_result")

    def has_clock(self) -> bool:
        """The clock is that of the case."""
        return True

    def ends(self, item: Any) -> datetime | None:
        """Until when the case is to be handled, while it is."""
        became = know_became([item.case_id])[item.case_id]
        return became.due_at if became.state in OPEN_CASE else None
