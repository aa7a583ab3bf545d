"""Papers as downloads: each the file that was made of what was frozen."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import Response, abort, send_file
from sqlalchemy import select

from app.models import Dossier, SupervisionList
from app.papers.issued import issued
from app.rules.refusal import NotAllowed
from app.stages.papers import frozen
from app.views.actor import desk, now, reader, written

MEDIA = {
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "zip": "application/zip",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}


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
    return sent(made.path.read_bytes(), "pdf", made.number or f"{kind}-{id}")


def list_facts(item: SupervisionList) -> dict[str, Any]:
    """The frozen facts of a day's list."""
    id = item.id
    return written(lambda session: frozen(session, "list", id))


def volumes(referral: Any) -> list[Dossier]:
    """The recorded volumes of a referral, the first first."""
    query = select(Dossier).where(Dossier.referral_id == referral.id).order_by(Dossier.version)
    return list(reader().scalars(query))
