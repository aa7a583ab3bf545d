"""A report as a file: paper, document, spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

from flask import Response, send_file

from app.models import Report
from app.papers.blocks import day
from app.papers.figures.paper import pdf
from app.papers.figures.sheet import xlsx
from app.rules.office import SETTINGS
from app.stages.calendar import settings_known
from app.views.actor import desk, reader
from app.views.pages.sheet import MEDIUM

FILES = {
    "pdf": "report_page.file.pdf",
    "docx": "report_page.file.docx",
    "xlsx": "report_page.file.xlsx",
}
"""The kinds of file, and what their links say."""


def report_file(kind: str, item: Report, figures: Mapping[str, Any]) -> bytes:
    """The bytes of a report: the same each time."""
    own = desk().settings.data / "fonts"
    head = head_of(item)
    if kind == "pdf":
        return pdf(figures, head, own)
    if kind == "xlsx":
        return xlsx(figures, head)
    # Read where it is needed only: the package is large, and few ask for it.
    from app.papers.figures.document import docx

    return docx(figures, head, own)


def sheet(content: bytes, name: str) -> Response:
    """A spreadsheet as a download."""
    return send_file(
        BytesIO(content), mimetype=MEDIUM, as_attachment=True, download_name=f"{name}.xlsx"
    )


def head_of(item: Report) -> dict[str, str]:
    """What stands at the head of a report: who issues it, what it is, its number and day."""
    title, mark, number = item.number.partition("〔")
    office = settings_known(reader()).get("office") or SETTINGS["office"]
    at = item.issued_at.isoformat()
    return {"office": office, "title": title, "number": f"{mark}{number}", "day": day(at)}
