"""What we hand over on paper: frozen facts become PDF pages, sheets and dossiers - the same facts,
the same bytes."""

from app.papers.lists import LIST_HEAD, STRUCK_HEAD, list_rows, struck_rows
from app.papers.press import pdf, png
from app.papers.sheets import list_xlsx

__all__ = [
    "LIST_HEAD",
    "STRUCK_HEAD",
    "list_pdf",
    "list_rows",
    "list_xlsx",
    "pdf",
    "png",
    "struck_rows",
]


def list_pdf(facts: dict[str, object]) -> bytes:
    """The day's supervision list as PDF pages."""
    return pdf("list", facts)
