"""Files that come with a form: read as far as they may be, and kept."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import FileStorage

from app import files
from app.rules.files import MOST_BYTES
from app.views.actor import desk


def upload_of(storage: FileStorage) -> bytes:
    """The content of an upload, no more than one byte beyond what is allowed."""
    return storage.stream.read(MOST_BYTES + 1)


def keep(storage: FileStorage) -> dict[str, Any]:
    """Keep an upload in the store: what the verb `attach` asks of it."""
    settings = desk().settings
    scanner = files.Scanner(settings.scanner) if settings.scanner else None
    kept = files.keep(settings.data, storage.filename or "", upload_of(storage), scanner)
    return {
        "name": kept.name,
        "sha256": kept.sha256,
        "size": kept.size,
        "media_type": kept.media_type,
    }
