"""Allocation 分配: assignments."""

from __future__ import annotations

from app.models import Assignment
from app.views.base import DeskInterface
from app.views.papers import Noticed


class Assignments(Noticed):
    """Assignments: one unit's part of a case in one round."""

    datamodel = DeskInterface(Assignment)
    page, subject = "Assignments", "assignment"
    page_only = ("waived_reason", "response_at", "first_response_at", "signed_by", "ended_at")
