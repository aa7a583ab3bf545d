"""Papers as downloads: each the print of what was frozen, behind the check of its case."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, abort, send_file, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import select

from app import words
from app.database import reading
from app.models import (
    Assignment,
    Dossier,
    InstructionNotice,
    Referral,
    Reminder,
    Responsibility,
    Submission,
    Supervision,
    SupervisionList,
    VisitRecord,
)
from app.papers.fonts import own_fonts
from app.papers.issued import drafted, issued
from app.papers.word import docx
from app.rules.refusal import NotAllowed
from app.rules.workdays import last_day, minute
from app.stages.calendar import days_known
from app.stages.delivery import Service, keep_service, of_row
from app.stages.papers import assignment_paper, frozen
from app.views import access_notes
from app.views.actor import actor, asked, desk, language, now, reader, written
from app.views.pages.base import DeskView
from app.views.pages.columns import Links
from app.views.pages.delivered import told_by
from app.views.pages.values import Labelled

MEDIA = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
_OF: dict[str, tuple[str, type[Any]]] = {
    "allocation": ("Assignments", Assignment),
    "redo": ("Assignments", Assignment),
    "instruction": ("Assignments", InstructionNotice),
    "reminder": ("Reminders", Reminder),
    "supervision": ("Supervision", Supervision),
}
"""kind -> the page on which its row stands, and the table of that row."""
_FORMS: dict[str, tuple[str, type[Any]]] = {
    "submission": ("Cases", Submission),
    "visit": ("VisitRecords", VisitRecord),
    "responsibility": ("Responsibility", Responsibility),
    "conclusion": ("Supervision", Supervision),
}
"""The same of papers that are forms."""
OF_THE_OFFICE = ("submission", "visit", "responsibility")
"""The papers that stay with the office: units read what they tell on the pages of their cases."""


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
            *self._for_the_office(kind, item),
            *self._instructions(item),
        ]

    def _for_the_office(self, kind: str, item: Any) -> Links:
        """What the office has of a paper beside it: the twin for editing, and the proof of service."""
        if actor().of_a_unit:
            return []
        ways = (("Papers.twin", "papers.page.twin"), ("Forms.service", "papers.page.service"))
        return [
            (url_for(way, kind=kind, id=item.id), words.word(msgid, language()))
            for way, msgid in ways
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


def sent_issued(kind: str, id: int) -> Response:
    """The PDF of a paper that was issued, made now where it was not yet; 404 where there is none."""
    reader().commit()
    try:
        made = issued(desk().sessions, desk().settings.data, now(), kind, id)
    except NotAllowed:
        abort(404)
    return send_file(
        made.path,
        mimetype=MEDIA["pdf"],
        as_attachment=True,
        download_name=f"{made.number or f'{kind}-{id}'}.pdf",
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
        kind, facts = self._opened(kind, id)
        content = docx(kind, facts, own_fonts(desk().settings.data))
        return sent(content, "docx", str(facts.get("number") or f"{kind}-{id}"))

    def _opened(self, kind: str, id: int) -> tuple[str, dict[str, Any]]:
        """Open a notice: its kind, and what it says; 404 for who does not see its row."""
        page, model = _OF.get(kind, ("", None))
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


class Forms(BaseView):
    """The papers of rows that no notice is about: submissions, visits, reviews of responsibility,
    conclusions, proofs of service."""

    route_base = "/papers/form"
    class_permission_name = "Cases"
    base_permissions = ["can_show"]
    default_view = "of"

    @expose("/<kind>/<int:id>.pdf")
    @has_access
    @permission_name("show")
    def of(self, kind: str, id: int) -> Any:
        """One paper of a row that the person sees, in the access log; 404 else."""
        page, model = _FORMS.get(kind, ("", None))
        row = asked(model, id) if model is not None and page in actor().pages else None
        if row is None or "open_paper" not in actor().rights or _keeps_from_units(kind):
            abort(404)
        case = row.case_id
        access_notes.note("paper_opened", case_id=case, filters={"paper": kind})
        return sent_issued(kind, id)

    @expose("/service/<kind>/<int:id>.pdf")
    @has_access
    @permission_name("show")
    def service(self, kind: str, id: int) -> Any:
        """The proof of service of a notice that the person sees: a draft until it is served."""
        page, model = _OF.get(kind, ("", None))
        row = asked(model, id) if model is not None and page in actor().pages else None
        if row is None or actor().of_a_unit or "open_paper" not in actor().rights:
            abort(404)
        kind = assignment_paper(row) if model is Assignment else kind
        case, at = row.case_id, now()
        access_notes.note("paper_opened", case_id=case, filters={"paper": "service"})
        try:
            proof = written(lambda session: keep_service(session, at, kind, id))
        except NotAllowed:
            abort(404)
        if proof.facts["served_at"] is None:
            content = drafted(desk().settings.data, "service", proof.facts)
            return sent(content, "pdf", f"service-{kind}-{id}")
        return sent_issued("service", proof.paper_id)


def form_link(kind: str, id: int) -> Links:
    """The link to a paper that is a form, for who may open it."""
    if "open_paper" not in actor().rights or _keeps_from_units(kind):
        return []
    return [(url_for("Forms.of", kind=kind, id=id), words.word("case_page.open_paper", language()))]


def _keeps_from_units(kind: str) -> bool:
    return kind in OF_THE_OFFICE and actor().of_a_unit


class Letters(BaseView):
    """The letters 移送函 with which dossiers went to the committee, each with its blank receipt."""

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
        return self._sent(id, "referral")

    @expose("/<int:id>/receipt.pdf")
    @has_access
    @permission_name("show")
    def receipt(self, id: int) -> Any:
        """The receipt 接收回执 to be filled in, of a letter that the person may open; 404 else."""
        return self._sent(id, "receipt")

    def _sent(self, id: int, kind: str) -> Any:
        row = asked(Referral, id)
        if row is None or row.sent_at is None or "open_paper" not in actor().rights:
            abort(404)
        case = row.case_id
        try:
            written(lambda session: access_notes.paper_opened(session, case, referral=id))
        except NotAllowed:
            abort(404)
        return sent_issued(kind, id)
