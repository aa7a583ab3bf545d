"""The pages of a dossier that show the papers as they were issued: a list, then page by page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.papers.blocks import NONE, Block, grouped, heading, moment, page_of, paragraph, say, table

Facts = Mapping[str, Any]


def title_of(entry: Facts) -> str:
    """What a paper is called."""
    return say(_TITLES[entry["kind"].partition("_")[0]])


_TITLES = {
    "allocation": "papers.allocation.title",
    "redo": "papers.redo.title",
    "instruction": "papers.instruction.title",
    "reminder": "papers.reminder.title",
    "supervision": "papers.copies.supervision",
    "conclusion": "papers.conclusion.title",
}


def copies_pages(facts: Facts) -> list[Block]:
    """The list of papers with the page of each, then their pages; before the seal the list alone."""
    told: Sequence[Facts] = facts.get("copies") or facts.get("papers", ())
    rows = [
        [
            one["n"],
            f"{title_of(one)}\n{one['number']}",
            moment(one["at"]),
            grouped(one["sha256"]) if "sha256" in one else NONE,
            page_of(f"copy-{one['n']}"),
        ]
        for one in told
    ]
    head = (
        "papers.head.n",
        "papers.head.paper",
        "papers.head.issued",
        "SHA-256",
        "papers.head.page",
    )
    return [
        heading("papers.copies.title", label="copies"),
        paragraph(say("papers.copies.said")),
        table(head, rows, ("10mm", "1fr", "34mm", "42mm", "20mm"))
        if rows
        else paragraph(say("papers.copies.none")),
        *(block for at, one in enumerate(facts.get("copies", ())) for block in _pages(at, one)),
    ]


def _pages(at: int, one: Facts) -> list[Block]:
    """A page of the dossier for each page of a copy."""
    caption = say("papers.copies.caption", n=one["n"], title=title_of(one), number=one["number"])
    return [
        {
            "is": "copy",
            "at": at,
            "page": page,
            "caption": caption,
            "label": f"copy-{one['n']}" if page == 1 else "",
        }
        for page in range(1, one["pages"] + 1)
    ]
