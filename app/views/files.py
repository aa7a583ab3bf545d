"""Files of a case: given out behind the check of their case, and looked at as pictures that the
server makes anew, each reading on the record."""

from __future__ import annotations

import logging
from base64 import b64encode
from collections.abc import Callable
from io import BytesIO
from typing import Any

from flask import abort, request, send_file, url_for
from flask_appbuilder import BaseView, expose
from sqlalchemy.orm import Session

from app import files
from app.models import Case
from app.models.file import File
from app.rules.files import DRAWN_PAGES, MEDIA, kept_name
from app.rules.refusal import NotAllowed
from app.verbs import perform
from app.views import access_notes
from app.views.actor import actor, asked, desk, language, now, refuse_access, written
from app.views.pages.masking import masked_text
from app.words import said

log = logging.getLogger(__name__)
FRAGMENT = "HX-Request"
"""The header of a request for a part of a page."""


class Files(BaseView):
    """Downloads, always as an attachment; and pictures of them, each made when it is asked for."""

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
        row, content, no = self._on_record(id, _content)
        if no is not None:
            return self._gone(id, no)
        # What was kept before its name followed its content is given out so too.
        return send_file(
            BytesIO(content),
            mimetype=row.media_type,
            as_attachment=True,
            download_name=_name(row),
        )

    @expose("/<int:id>/preview", methods=["GET"])
    def preview(self, id: int) -> Any:
        """A page of a file as a picture: in a page of its own, or as the part of a page that asked
        for it. What cannot be looked at says so."""
        if not self.appbuilder.sm.has_access("can_open_file", "Verbs"):
            return refuse_access()
        row, drawn, no = self._on_record(id, _drawn)
        if no is not None and no.msgid != "file_not_drawn":
            return self._gone(id, no)
        fragment = FRAGMENT in request.headers
        return self.render_template(
            "desk/_preview.html" if fragment else "desk/preview.html",
            title=_name(row),
            drawn=drawn,
            picture=b64encode(drawn.picture).decode() if drawn else "",
            sentence=said(no, language()) if no else "",
            most=DRAWN_PAGES,
            here=url_for("Files.preview", id=id),
            whole=url_for("Files.open", id=id),
            case=url_for("Cases.page_of_case", id=row.case_id),
            fragment=fragment,
        )

    def _on_record(self, id: int, read: Callable[[File], Any]) -> tuple[File, Any, Any]:
        """What is read of a file, put on the record of its case; and why it could not be, which is
        not. 404 for what the person does not see."""
        row = asked(File, id)
        if row is None or asked(Case, row.case_id) is None:
            abort(404)
        case_id, who, at = row.case_id, actor(), now()
        found, lost = _tried(read, row)

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
        return row, found, lost

    def _gone(self, id: int, no: NotAllowed) -> Any:
        log.error("file %s: %s", id, no)
        return self.render_template(
            "desk/error.html", title="404", code=404, sentence=said(no, language())
        ), 404


def _name(row: File) -> str:
    """The name of a file, as this person may read it."""
    kept = kept_name(row.name, MEDIA[row.media_type])
    return kept if actor().reads_as_typed else masked_text(kept, row.case_id)


def _tried(read: Callable[[File], Any], row: File) -> tuple[Any, NotAllowed | None]:
    """What is read of a file, or the refusal where it is gone, altered or cannot be looked at."""
    try:
        return read(row), None
    except NotAllowed as lost:
        return None, lost


def _content(row: File) -> bytes:
    return files.content_of(desk().settings.data, row.sha256)


def _drawn(row: File) -> files.Drawn:
    path = files.whole(desk().settings.data, row.sha256)
    page = request.args.get("page", "1")
    return files.drawn(path, row.media_type, int(page[:4]) if page[:4].isdecimal() else 1)
