"""Accountability 问责: referrals, their frozen papers and sealed dossiers."""

from __future__ import annotations

import json
import logging
from typing import Any

from flask import abort, send_file, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name

from app import words
from app.models import Referral
from app.papers import pdf
from app.papers.fonts import own_fonts
from app.papers.kept import whole_zip, zip_of
from app.rules.refusal import NotAllowed
from app.rules.workdays import minute
from app.rules.workflow import UNSENT
from app.verbs import possible
from app.verbs.offers import offer
from app.views import access_notes
from app.views.actor import actor, desk, language, written
from app.views.pages.base import DeskView
from app.views.pages.columns import Links
from app.views.pages.row_query import DeskInterface
from app.views.papers import sent, slips, volumes
from app.words import said

log = logging.getLogger(__name__)

LETTER, RECEIPT = "referrals.letter", "referrals.receipt"


class Referrals(DeskView):
    """Referrals. A leader opens the paper before he approves; the committee reads what was sent."""

    datamodel = DeskInterface(Referral)
    page = "Referrals"
    list_columns = ("number", "unit", "state", "drafted_at")
    filters = ("state", "unit", "drafted_at", "outcome", "case")
    clock, running, empty = "send_by_at", UNSENT, "list.empty_referrals"
    page_only = (
        "report",
        "proposal",
        "outcome_words",
        "abandon_reason",
        "supplement_due_at",
        "ended_at",
    )

    def links(self, item: Any) -> Links:
        """The verbs of the referral that its state allows, and its dossier."""
        tongue = language()
        verbs = [verb.name for verb in possible(actor()) if verb.target in ("referral", "paper")]
        if item.case_id is None:
            return []
        found = [
            (
                url_for(f"Verbs.{verb}", case=item.case_id, unit=item.unit.code),
                words.title(verb, tongue),
            )
            for verb in verbs
            if offer(verb, {"referral": [item]}).open
        ]
        if item.sent_at is not None and "open_paper" in actor().rights:
            found += [
                (url_for("Letters.letter", id=item.id), words.word(LETTER, tongue)),
                (url_for("Letters.receipt", id=item.id), words.word(RECEIPT, tongue)),
            ]
        if volumes(item):
            found.append(
                (
                    url_for("Referrals.dossier", pk=item.id),
                    words.word("referrals.dossier", tongue),
                )
            )
        return [*found, *_slips(item)]

    @expose("/<pk>/paper.pdf")
    @has_access
    @permission_name("show")
    def paper(self, pk: str) -> Any:
        """The paper as it stands: opening it is on the record, and only then a leader approves."""
        item = self.found(pk)
        if "open_paper" not in actor().rights:
            abort(404)
        case, id = item.case_id, item.id
        try:
            contents = written(
                lambda session: access_notes.paper_opened(session, case, referral=id)
            )
        except NotAllowed:
            abort(404)
        return sent(
            pdf("dossier", json.loads(contents), own_fonts(desk().settings.data)),
            "pdf",
            f"referral-{item.id}",
        )

    @expose("/<pk>/dossier.zip")
    @has_access
    @permission_name("show")
    def dossier(self, pk: str) -> Any:
        """The newest sealed volume, if it is what the record says: 404 and a sentence where its
        file is lost."""
        item = self.found(pk)
        found, data = volumes(item), desk().settings.data
        if not found or "open_paper" not in actor().rights:
            abort(404)
        name, sha256 = found[-1].name, found[-1].sha256
        if not whole_zip(data, name, sha256):
            log.error("dossier %s is not what the record says", name)
            lost = NotAllowed("file_lost", sha256=sha256)
            return self.render_template(
                "desk/error.html", title="404", code=404, sentence=said(lost, language())
            ), 404
        case, id = item.case_id, item.id
        try:
            written(lambda session: access_notes.paper_opened(session, case, referral=id))
        except NotAllowed:
            abort(404)
        return send_file(
            zip_of(data, name),
            mimetype="application/zip",
            as_attachment=True,
            download_name=f"{name}.zip",
        )


def _slips(item: Any) -> Links:
    """The slips with which its volumes were carried to the committee."""
    if item.sent_at is None or "open_paper" not in actor().rights:
        return []
    return [
        (
            url_for("Slips.slip", id=row.id),
            words.word("referrals.slip", language(), at=minute(row.at)),
        )
        for row in slips(item)
    ]
