"""Papers as downloads: each the print of what was frozen, behind the check of its case."""

from __future__ import annotations

import json
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Response, abort, send_file
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import select

from app.models import Assignment, Dossier, Reminder, Supervision, SupervisionList
from app.papers import pdf
from app.rules.refusal import NotAllowed
from app.stages.papers import frozen
from app.views.actor import actor, asked, reader, written

MEDIA = {
    "pdf": "application/pdf", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
}  # fmt: skip
_OF: dict[str, tuple[str, type[Any]]] = {
    "allocation": ("Assignments", Assignment), "redo": ("Assignments", Assignment), "reminder": ("Reminders", Reminder),
    "supervision": ("Supervision", Supervision),
}  # fmt: skip
"""kind -> the page on which its row stands, and the table of that row."""


def sent(content: bytes, kind: str, name: str) -> Response:
    """A download: never shown in the page, never kept by the browser."""
    return send_file(BytesIO(content), mimetype=MEDIA[kind], as_attachment=True, download_name=f"{name}.{kind}")


def list_facts(item: SupervisionList) -> dict[str, Any]:
    """The frozen facts of a day's list."""
    id = item.id
    return written(lambda session: frozen(session, "list", id))


def zips(data: Path, referral: Any) -> list[Path]:
    """The recorded volumes of a referral that stand on the disk."""
    query = select(Dossier.name).where(Dossier.referral_id == referral.id).order_by(Dossier.version)
    found = [data / "dossiers" / f"{name}.zip" for name in reader().scalars(query)]
    return [path for path in found if path.exists()]


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
        """One paper of a row that the person sees; 404 else."""
        page, model = _OF.get(kind, ("", None))
        if model is None or page not in actor().pages or asked(model, id) is None:
            abort(404)
        try:
            facts = written(lambda session: frozen(session, kind, id))
        except NotAllowed:
            abort(404)
        return sent(pdf(kind, facts), "pdf", str(facts.get("number") or f"{kind}-{id}"))


def figures(text: str) -> Any:
    """Frozen figures as they were written."""
    return json.loads(text)
