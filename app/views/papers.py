"""Papers as downloads: each the print of what was frozen, behind the check of its case."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, abort, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import words
from app.database import reading
from app.models import (
    Assignment,
    Dossier,
    Handover,
    InstructionNotice,
    Referral,
    Reminder,
    Supervision,
    SupervisionList,
)
from app.papers import pdf
from app.rules.refusal import NotAllowed
from app.rules.workdays import last_day, minute
from app.stages.calendar import days_known
from app.stages.delivery import Service, of_row
from app.stages.papers import assignment_paper, frozen
from app.views import access_notes
from app.views.actor import actor, asked, desk, language, most, now, reader, written
from app.views.pages.base import DeskView
from app.views.pages.columns import Links
from app.views.pages.delivered import told_by
from app.views.pages.values import Labelled

MEDIA = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "zip": "application/zip",
}
_OF: dict[str, tuple[str, type[Any]]] = {
    "allocation": ("Assignments", Assignment),
    "redo": ("Assignments", Assignment),
    "instruction": ("Assignments", InstructionNotice),
    "reminder": ("Reminders", Reminder),
    "supervision": ("Supervision", Supervision),
}
"""kind -> the page on which its row stands, and the table of that row."""


class Noticed(DeskView):
    """A page of rows of which each came to its unit with a paper: how that was served, and where it
    is opened."""

    subject = ""

    def values_of(self, item: Any) -> Labelled:
        """What is shown of the row, of the service of its papers, and how people were told of it."""
        reader().commit()
        with reading(desk().sessions) as session:
            found = sorted(
                of_row(session, days_known(session, now()), self.subject, item.id).items()
            )
        several = sum(key[0] == self.subject for key, _ in found) > 1
        return [
            *super().values_of(item),
            *(
                (
                    words.word(
                        "served.instruction" if key[0] == "instruction" else "served.paper",
                        language(),
                    ),
                    _worded(service, several, key[2]),
                )
                for key, service in found
            ),
            *told_by(self.subject, item.id),
        ]

    def links(self, item: Any) -> Links:
        """The paper."""
        if not item.number or "open_paper" not in actor().rights:
            return super().links(item)
        kind = assignment_paper(item) if self.subject == "assignment" else self.subject
        label = words.word("case_page.open_paper", language())
        return [
            *super().links(item),
            (url_for("Papers.of", kind=kind, id=item.id), label),
            *self._instructions(item),
        ]

    def _instructions(self, item: Any) -> Links:
        """The papers with which leaders' instructions came to the unit."""
        if self.subject != "assignment" or not item.leader_assigned:
            return []
        query = select(InstructionNotice.id, InstructionNotice.number).where(
            InstructionNotice.assignment_id == item.id
        )
        title = words.table("instruction_notice", language())
        return [
            (
                url_for("Papers.of", kind="instruction", id=row.id),
                words.aside(f"{title} {row.number}", "PDF", language()),
            )
            for row in reader().execute(query.order_by(InstructionNotice.id))
        ]


def _worded(service: Service, several: bool, n: int) -> str:
    """How a paper was served, in words: `n` says which of several notices."""
    at = service.served_at(now())
    if at is None:
        till = f"{last_day(service.stood_until)}"
        said = words.word("case_page.not_opened", language(), till=till)
    else:
        how = words.value("service", service.how, language())
        said = words.word("case_page.served", language(), at=minute(at), how=how)
    return words.word("case_page.notice", language(), n=n, said=said) if several else said


def sent(content: bytes, kind: str, name: str) -> Response:
    """A download: never shown in the page, never kept by the browser."""
    return send_file(
        BytesIO(content), mimetype=MEDIA[kind], as_attachment=True, download_name=f"{name}.{kind}"
    )


def list_facts(item: SupervisionList) -> dict[str, Any]:
    """The frozen facts of a day's list."""
    id = item.id
    return written(lambda session: frozen(session, "list", id))


def volumes(referral: Any) -> list[Dossier]:
    """The recorded volumes of a referral, the first first."""
    query = select(Dossier).where(Dossier.referral_id == referral.id).order_by(Dossier.version)
    return list(reader().scalars(query))


class Papers(BaseView):
    """Notices with their numbers: allocation, redo, reminder, supervision."""

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
        page, model = _OF.get(kind, ("", None))
        row = asked(model, id) if model is not None and page in actor().pages else None
        if row is None:
            abort(404)
        case = row.case_id
        kind = assignment_paper(row) if model is Assignment else kind
        try:
            facts = written(
                lambda session: access_notes.paper_opened(session, case, paper=kind, notice=id)
            )
        except NotAllowed:
            abort(404)
        return sent(pdf(kind, facts), "pdf", str(facts.get("number") or f"{kind}-{id}"))


class Letters(BaseView):
    """The letters 移送函 with which dossiers went to the committee."""

    route_base = "/papers/referral"
    class_permission_name = "Referrals"
    base_permissions = ["can_show"]
    default_view = "letter"

    @expose("/<int:id>.pdf")
    @has_access
    @permission_name("show")
    def letter(self, id: int) -> Any:
        """The letter of a referral that was sent and that the person sees, its opening on the
        record; 404 else."""
        row = asked(Referral, id)
        if row is None or "open_paper" not in actor().rights:
            abort(404)
        case = row.case_id

        def work(session: Session) -> dict[str, Any]:
            facts = frozen(session, "referral", id)
            access_notes.paper_opened(session, case, referral=id)
            return facts

        try:
            facts = written(work)
        except NotAllowed:
            abort(404)
        return sent(pdf("referral", facts), "pdf", str(facts["number"]))


class Slips(BaseView):
    """The slips 交接单 with which dossiers were carried to the committee's own network."""

    route_base = "/papers/handover"
    class_permission_name = "Referrals"
    base_permissions = ["can_show"]
    default_view = "slip"

    @expose("/<int:id>.pdf")
    @has_access
    @permission_name("show")
    def slip(self, id: int) -> Any:
        """The slip of a handover whose referral the person sees, its opening on the record; 404
        else."""
        row = reader().get(Handover, id) if 0 < id < most(Handover) else None
        item = asked(Referral, row.referral_id) if row is not None else None
        if item is None or "open_paper" not in actor().rights:
            abort(404)
        case, referral = item.case_id, item.id

        def work(session: Session) -> dict[str, Any]:
            facts = frozen(session, "handover", id)
            access_notes.paper_opened(session, case, referral=referral)
            return facts

        try:
            facts = written(work)
        except NotAllowed:
            abort(404)
        return sent(pdf("handover", facts), "pdf", f"{facts['dossier']}-{id}")


def slips(referral: Any) -> list[Handover]:
    """The handovers of a referral, the first first."""
    query = select(Handover).where(Handover.referral_id == referral.id).order_by(Handover.id)
    return list(reader().scalars(query))
