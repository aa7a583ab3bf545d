"""Copies of the papers as they were issued: each page of them is a page of the dossier, and each
stands in the volume as a file of its own."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from app.papers.blocks import NONE, Block, grouped, heading, moment, page_of, paragraph, say, table
from app.papers.press import pdf

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Copy:
    """A paper as it was issued: its entry in the dossier's facts, its bytes, and how many pages it
    has."""

    entry: Facts
    content: bytes
    pages: int

    @property
    def name(self) -> str:
        """The name of its file in the volume."""
        return f"papers/{self.entry['n']:03d}-{self.entry['kind'].partition('_')[0]}.pdf"

    @property
    def told(self) -> dict[str, Any]:
        """What the dossier's pages tell of it."""
        sha256 = hashlib.sha256(self.content).hexdigest()
        return {**self.entry, "pages": self.pages, "sha256": sha256}


def issued_copy(entry: Facts, facts: Facts, own: Path | None) -> Copy:
    """The copy of one paper, pressed from the facts that were frozen when it was issued."""
    content = pdf(entry["kind"].partition("_")[0], facts, own)
    return Copy(entry, content, len(PdfReader(io.BytesIO(content)).pages))


def title_of(entry: Facts) -> str:
    """What a paper is called."""
    return say(_TITLES[entry["kind"].partition("_")[0]])


_TITLES = {
    "allocation": "papers.allocation.title",
    "redo": "papers.redo.title",
    "instruction": "papers.instruction.title",
    "reminder": "papers.reminder.title",
    "supervision": "papers.copies.supervision",
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
