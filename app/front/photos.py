"""Photographs as they come from telephones, made anew: what a camera writes beside a picture - where
it was taken, when, by which device - is gone before anything is kept."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import IO

from app.files import preview
from app.files.kinds import kind_of
from app.files.scanner import Scanner, scanned
from app.front.behind import Photo
from app.rules.files import MEDIA, MOST_BYTES, kept_name
from app.rules.refusal import NotAllowed

MOST = 6
"""How many photographs come with one form."""
JPEG = "image/jpeg"
TOLD = ("file_infected", "file_unscanned")
"""The refusals of a file that a caller reads as they are."""
_MEDIA = {ending: media for media, ending in MEDIA.items()}


def made_anew(name: str, stream: IO[bytes], scanner: Scanner | None) -> Photo:
    """A photograph made anew. Raises NotAllowed: file_too_big, file_infected, file_unscanned, and
    photo_unreadable for what is no picture or cannot be read."""
    content = stream.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise NotAllowed("file_too_big", most=MOST_BYTES // 1024**2)
    try:
        return _drawn(name, content, scanner)
    except NotAllowed as no:
        if no.msgid in TOLD:
            raise
        raise NotAllowed("photo_unreadable", name=kept_name(name, "jpg")) from no


def _drawn(name: str, content: bytes, scanner: Scanner | None) -> Photo:
    media = _MEDIA[kind_of(content, name)] if content else ""
    if not media.startswith("image/"):
        raise NotAllowed("file_type")
    handle, path = tempfile.mkstemp(prefix="duban-photo-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        scanned(scanner, Path(path))
        return Photo(kept_name(name, "jpg"), JPEG, preview.drawn(Path(path), media, 1).picture)
    finally:
        os.unlink(path)
