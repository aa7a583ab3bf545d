"""Files of a case: taken in with a form, given out behind the check of their case, each reading on the record."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from flask import abort, send_file
from flask_appbuilder import BaseView, expose
from werkzeug.datastructures import FileStorage

from app import files
from app.models import Case
from app.models.file import File
from app.rules.files import MOST_BYTES
from app.rules.refusal import NotAllowed
from app.verbs import perform
from app.views.actor import actor, asked, desk, now, refuse_access, written
from app.views.masking import masked_text


def upload_of(storage: FileStorage) -> bytes:
    """The content of an upload, no more than one byte beyond what is allowed."""
    return storage.stream.read(MOST_BYTES + 1)


def keep(storage: FileStorage) -> dict[str, Any]:
    """Keep an upload in the store: what the verb `attach` asks of it."""
    kept = files.keep(desk().settings.data, storage.filename or "", upload_of(storage))
    return {"name": kept.name, "sha256": kept.sha256, "size": kept.size, "media_type": kept.media_type}


class Files(BaseView):
    """Downloads: always as an attachment, never shown in the page."""

    route_base = "/files"
    class_permission_name = "Verbs"
    base_permissions = ["can_open_file"]
    default_view = "open"

    @expose("/<int:id>", methods=["GET"])
    def open(self, id: int) -> Any:
        """A file of a case that the person sees; 404 else."""
        if not self.appbuilder.sm.has_access("can_open_file", "Verbs"):
            return refuse_access()
        row = asked(File, id)
        if row is None or asked(Case, row.case_id) is None:
            abort(404)
        case_id, who, at = row.case_id, actor(), now()
        try:
            written(lambda session: perform(session, at, who, "open_file", case=case_id, file=id))
        except NotAllowed:
            abort(404)
        content = files.content_of(desk().settings.data, row.sha256)
        name = row.name if who.reads_as_typed else masked_text(row.name, case_id)
        return send_file(BytesIO(content), mimetype=row.media_type, as_attachment=True, download_name=name)
