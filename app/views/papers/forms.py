"""The papers that are forms, and the letters with their receipts, each behind the check of its row."""

from __future__ import annotations

from typing import Any

from flask import abort, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name

from app import words
from app.models import Assignment, Referral, Responsibility, Submission, Supervision, VisitRecord
from app.papers.issued import drafted
from app.rules.refusal import NotAllowed
from app.stages.delivery import keep_service
from app.stages.papers import assignment_paper
from app.views import access_notes
from app.views.actor import actor, asked, desk, language, now, written
from app.views.pages.columns import Links
from app.views.papers.notices import OF
from app.views.papers.sending import sent, sent_issued

_FORMS: dict[str, tuple[str, type[Any]]] = {
    "submission": ("Cases", Submission),
    "visit": ("VisitRecords", VisitRecord),
    "responsibility": ("Responsibility", Responsibility),
    "conclusion": ("Supervision", Supervision),
}
"""The same of papers that are forms."""
OF_THE_OFFICE = ("submission", "visit", "responsibility")
"""The papers that stay with the office: units read what they tell on the pages of their cases."""


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
        page, model = OF.get(kind, ("", None))
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
