"""The notices of a case, each behind the check of its row."""

from __future__ import annotations

from typing import Any

from flask import abort
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name

from app.database import reading
from app.models import Assignment, InstructionNotice, Reminder, Supervision
from app.papers.fonts import own_fonts
from app.papers.word import docx
from app.rules.refusal import NotAllowed
from app.stages.papers import assignment_paper, held_of
from app.views import access_notes
from app.views.actor import actor, asked, desk, written
from app.views.papers.sending import sent, sent_issued

OF: dict[str, tuple[str, type[Any]]] = {
    "allocation": ("Assignments", Assignment),
    "redo": ("Assignments", Assignment),
    "instruction": ("Assignments", InstructionNotice),
    "reminder": ("Reminders", Reminder),
    "supervision": ("Supervision", Supervision),
}
"""kind -> the page on which its row stands, and the table of that row."""


class Papers(BaseView):
    """Notices with their numbers: allocation, redo, instruction, reminder, supervision."""

    route_base = "/papers"
    class_permission_name = "Assignments"
    base_permissions = ["can_list"]
    default_view = "of"

    @expose("/<kind>/<int:id>.pdf")
    @has_access
    @permission_name("list")
    def of(self, kind: str, id: int) -> Any:
        """One paper of a row that the person sees, on the record where it went to his unit; 404
        else."""
        kind, _ = self._opened(kind, id)
        return sent_issued(kind, id)

    @expose("/<kind>/<int:id>.docx")
    @has_access
    @permission_name("list")
    def twin(self, kind: str, id: int) -> Any:
        """The same for editing, as Word: for the office, not for units."""
        if actor().of_a_unit:
            abort(404)
        kind, _ = self._opened(kind, id)
        with reading(desk().sessions) as session:
            facts = held_of(session, kind, id).facts
        content = docx(kind, facts, own_fonts(desk().settings.data))
        return sent(content, "docx", str(facts.get("number") or f"{kind}-{id}"))

    def _opened(self, kind: str, id: int) -> tuple[str, dict[str, Any]]:
        """Open a notice: its kind, and what it says; 404 for who does not see its row."""
        page, model = OF.get(kind, ("", None))
        row = asked(model, id) if model is not None and page in actor().pages else None
        if row is None:
            abort(404)
        case = row.case_id
        kind = assignment_paper(row) if model is Assignment else kind
        try:
            return kind, written(
                lambda session: access_notes.paper_opened(session, case, paper=kind, notice=id)
            )
        except NotAllowed:
            abort(404)
