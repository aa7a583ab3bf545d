"""The slips 交接单 with which dossiers were carried to the committee's own network."""

from __future__ import annotations

from typing import Any

from flask import abort
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import select

from app.models import Handover, Referral
from app.rules.refusal import NotAllowed
from app.stages.papers import frozen
from app.views import access_notes
from app.views.actor import actor, asked, most, reader, written
from app.views.papers.sending import sent_issued


class Slips(BaseView):
    """The slips of handovers."""

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

        def opened(session: Any) -> None:
            frozen(session, "handover", id)
            access_notes.paper_opened(session, case, referral=referral)

        try:
            written(opened)
        except NotAllowed:
            abort(404)
        return sent_issued("handover", id)


def slips(referral: Any) -> list[Handover]:
    """The handovers of a referral, the first first."""
    query = select(Handover).where(Handover.referral_id == referral.id).order_by(Handover.id)
    return list(reader().scalars(query))
