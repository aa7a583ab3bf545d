"""Files of a case: given out behind the check of their case, each reading on the record."""

from __future__ import annotations

import logging
from io import BytesIO
from typing import Any

from flask import abort, send_file
from flask_appbuilder import BaseView, expose
from sqlalchemy.orm import Session

from app import files
from app.models import Case
from app.models.file import File
from app.rules.files import MEDIA, kept_name
from app.rules.refusal import NotAllowed
from app.verbs import perform
from app.views import access_notes
from app.views.actor import actor, asked, desk, language, now, refuse_access, written
from app.views.pages.masking import masked_text
from app.words import said

log = logging.getLogger(__name__)


class Files(BaseView):
    """Downloads: always as an attachment, never shown in the page."""

    route_base = "/files"
    class_permission_name = "Verbs"
    base_permissions = ["can_open_file"]
    default_view = "open"

    @expose("/<int:id>", methods=["GET"])
    def open(self, id: int) -> Any:
        """A file of a case that the person sees; 404 else, and in a sentence where it is gone from
        the store."""
        if not self.appbuilder.sm.has_access("can_open_file", "Verbs"):
            return refuse_access()
        row = asked(File, id)
        if row is None or asked(Case, row.case_id) is None:
            abort(404)
        case_id, who, at = row.case_id, actor(), now()
        content, lost = _content(row.sha256)

        def work(session: Session) -> None:
            perform(session, at, who, "open_file", case=case_id, file=id)
            access_notes.noting("file_opened", case_id=case_id)(session)
            # Only now: who may not open it is not told, and what could not be read is not on the
            # record.
            if lost is not None:
                raise lost

        try:
            written(work)
        except NotAllowed as no:
            if no is not lost:
                abort(404)
            log.error("file %s: %s", id, no)
            return self.render_template(
                "desk/error.html", title="404", code=404, sentence=said(no, language())
            ), 404
        # What was kept before its name followed its content is given out so too.
        kept = kept_name(row.name, MEDIA[row.media_type])
        name = kept if who.reads_as_typed else masked_text(kept, case_id)
        return send_file(
            BytesIO(content), mimetype=row.media_type, as_attachment=True, download_name=name
        )


def _content(sha256: str) -> tuple[bytes, NotAllowed | None]:
    """What the store has, or the refusal where it is gone or altered."""
    try:
        return files.content_of(desk().settings.data, sha256), None
    except NotAllowed as lost:
        return b"", lost
