"""Pictures of what stands in the store, to be looked at: made anew by a process of its own that may
take little time and memory, never the file as it came."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from threading import BoundedSemaphore

from app.rules.files import DRAWN, DRAWN_PAGES
from app.rules.refusal import NotAllowed

SECONDS = 15.0
"""How long a page may take, from its start to its last byte."""
AT_ONCE = 2
"""How many pages one process of the panel has made at the same time."""
_SCRIPT = Path(__file__).with_name("drawing.py")
_BUSY = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Drawn:
    """A page as a JPEG: which it is, and how many may be looked at."""

    picture: bytes
    page: int
    pages: int


def drawn(path: Path, media_type: str, page: int, seconds: float = SECONDS) -> Drawn:
    """A page of a file, from 1 on; beyond the last one the last. Raises NotAllowed (file_not_drawn)
    for what is no picture and no document, what is broken, and what takes too long or too much."""
    if media_type not in DRAWN:
        raise NotAllowed("file_not_drawn")
    kind = "pdf" if media_type == "application/pdf" else "picture"
    asked = min(max(1, page), DRAWN_PAGES)
    command = [sys.executable, "-I", str(_SCRIPT), str(path), kind, str(asked), str(DRAWN_PAGES)]
    if not _BUSY.acquire(timeout=seconds):
        raise NotAllowed("file_not_drawn")
    try:
        made = subprocess.run(  # noqa: S603
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=seconds, check=True
        ).stdout
    except (OSError, subprocess.SubprocessError):
        raise NotAllowed("file_not_drawn") from None
    finally:
        _BUSY.release()
    pages, _, picture = made.partition(b"\n")
    if not pages.isdigit() or not picture:
        raise NotAllowed("file_not_drawn")
    return Drawn(picture, min(asked, int(pages)), int(pages))
