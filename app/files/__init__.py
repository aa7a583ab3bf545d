"""Files as they come in: known by their content, looked into for what would do something by itself,
asked of the office's scanner, kept whole."""

from __future__ import annotations

from app.files.kinds import kind_of
from app.files.preview import Drawn, drawn
from app.files.scanner import Scanner, scanned
from app.files.store import (
    Kept,
    content_of,
    digest,
    keep,
    path_of,
    sync_folder,
    whole,
    write_whole,
)

__all__ = [
    "Drawn",
    "Kept",
    "Scanner",
    "content_of",
    "digest",
    "drawn",
    "keep",
    "kind_of",
    "path_of",
    "scanned",
    "sync_folder",
    "whole",
    "write_whole",
]
