"""Accountability 问责: referrals, their frozen papers and sealed dossiers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from flask import abort, send_file, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name

from app.models import Referral
from app.papers import pdf
from app.rules import words
from app.rules.refusal import NotAllowed
from app.verbs import perform, possible
from app.verbs.offers import offer
from app.views.actor import actor, desk, language, now, written
from app.views.asking import Links
from app.views.base import DeskInterface, DeskView
from app.views.papers import sent, zips


class Referrals(DeskView):
    """Referrals. A leader opens the paper before he approves; the committee reads what was sent."""

    datamodel = DeskInterface(Referral)
    page = "Referrals"
    page_only = ("report", "proposal", "outcome_words", "abandon_reason", "supplement_due_at", "ended_at")

    def links(self, item: Any) -> Links:
        """The verbs of the referral that its state allows, and its dossier."""
        tongue = language()
        verbs = [one.name for one in possible(actor()) if one.target in ("referral", "paper")]
        if item.case_id is None:
            return []
        found = [
            (url_for(f"Verbs.{verb}", case=item.case_id, unit=item.unit.code), words.title(verb, tongue))
            for verb in verbs if offer(verb, {"referral": [item]}).open
        ]  # fmt: skip
        if self.dossiers(item):
            found.append((url_for("Referrals.dossier", pk=item.id), "下载卷宗" if tongue == "zh" else "dossier (zip)"))
        return found

    def dossiers(self, item: Any) -> list[Path]:
        """The volumes of a referral that stand on the disk, the first first."""
        return zips(desk().settings.data, item)

    @expose("/<pk>/paper.pdf")
    @has_access
    @permission_name("show")
    def paper(self, pk: str) -> Any:
        """The paper as it stands: opening it is on the record, and only then a leader approves."""
        item = self.found(pk)
        if "open_paper" not in actor().rights:
            abort(404)
        who, at, case, id = actor(), now(), item.case_id, item.id
        try:
            contents = written(lambda session: perform(session, at, who, "open_paper", case=case, referral=id))
        except NotAllowed:
            abort(404)
        return sent(pdf("dossier", json.loads(contents)), "pdf", f"referral-{item.id}")

    @expose("/<pk>/dossier.zip")
    @has_access
    @permission_name("show")
    def dossier(self, pk: str) -> Any:
        """The newest sealed volume."""
        item = self.found(pk)
        volumes = self.dossiers(item)
        if not volumes or "open_paper" not in actor().rights:
            abort(404)
        who, at, case, id = actor(), now(), item.case_id, item.id
        try:
            written(lambda session: perform(session, at, who, "open_paper", case=case, referral=id))
        except NotAllowed:
            abort(404)
        return send_file(volumes[-1], mimetype="application/zip", as_attachment=True, download_name=volumes[-1].name)
