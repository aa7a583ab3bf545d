"""The papers that a form would issue, to look at before it is sent: what the form does is done, read and
taken back in one transaction, so a preview says what the paper would say, under the mark 草稿 and without a
number. Nothing of it stays."""

from __future__ import annotations

import io
import json
from typing import Any

from flask import Response, request, send_file
from pypdf import PdfReader, PdfWriter
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.models import Case, Paper
from app.papers.issued import drafted
from app.rules.refusal import NotAllowed
from app.stages.papers import FROZEN
from app.verbs import Verb, perform
from app.views.actor import actor, desk, now, reader
from app.views.forms.form import values_of
from app.views.forms.on_file import as_meant
from app.views.forms.performing import as_asked, target_of
from app.views.forms.row_choice import row_sent
from app.views.forms.shortcuts import spelled
from app.views.forms.who_called import as_answered

PREVIEW = "preview"
"""The button of a form that asks for its papers, not for what it does."""
PROPOSES = "propose_field"
"""The verb whose form previews another form."""
ISSUES = (
    "allocate",
    "submit",
    "instruct",
    "remind",
    "open_supervision",
    "reissue",
    "conclude",
    "record_visit",
    "amend_visit",
    "review_responsibility",
    "send_referral",
)
"""The verbs that issue papers."""
Seen = list[tuple[str, dict[str, Any]]]
"""(kind, what it says) of papers."""


def previews(verb: Verb) -> bool:
    """Whether a form offers to look at its papers first."""
    return verb.name in (*ISSUES, PROPOSES)


def preview_of(verb: Verb, case: Case | None) -> Response:
    """The papers that a form would issue as what was typed stands, as one PDF. Raises NotAllowed where
    the form would be refused, or issues nothing so (no_paper_of_it)."""
    typed: MultiDict[str, str] = spelled(verb, request.form)
    values = as_meant(verb, case, values_of(reader(), verb, typed))
    target = {**target_of(verb, typed, values), **row_sent(verb, case, typed)}
    values = as_asked(as_answered(values, typed), None)
    given = {**target, **values, **({"case": case.id} if case is not None else {})}
    reader().commit()
    papers = _would_issue(verb, given)
    if not papers:
        raise NotAllowed("no_paper_of_it")
    content = _joined([drafted(desk().settings.data, kind, facts) for kind, facts in papers])
    return send_file(content, mimetype="application/pdf", download_name=f"{verb.name}-draft.pdf")


def _would_issue(verb: Verb, given: dict[str, Any]) -> Seen:
    """What a verb freezes, in a transaction that is taken back."""
    with desk().sessions() as session:
        session.begin()
        try:
            perform(session, now(), actor(), verb.name, **given)
            return _frozen(session)
        finally:
            session.rollback()


def _frozen(session: Session) -> Seen:
    query = select(Paper.kind, Paper.facts).where(Paper.id.in_(session.info.get(FROZEN, ())))
    rows = session.execute(query.order_by(Paper.id))
    return [(row.kind, json.loads(row.facts)) for row in rows]


def _joined(drafts: list[bytes]) -> io.BytesIO:
    """Several PDFs as one."""
    made, writer = io.BytesIO(), PdfWriter()
    for draft in drafts:
        writer.append(PdfReader(io.BytesIO(draft)))
    writer.write(made)
    made.seek(0)
    return made
