"""Copies of the papers as they were issued: each stands in the volume as a file of its own, and its
pages are pages of the dossier."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pypdf import PdfReader

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


def issued_copy(entry: Facts, path: Path) -> Copy:
    """The copy of one paper, from the print of it that is kept."""
    content = path.read_bytes()
    return Copy(entry, content, len(PdfReader(io.BytesIO(content)).pages))
