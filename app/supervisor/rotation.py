"""The log of the Redis that comes along does not grow for ever: it opens the file anew for each
line it writes."""

from __future__ import annotations

import contextlib
from pathlib import Path

MOST_BYTES = 2 * 1024 * 1024
"""How long the log may be before it is put aside."""
KEPT = 3
"""How many that were put aside are kept: `redis.log.1` is the youngest."""


def put_aside(log: Path) -> bool:
    """Put a log aside that is too long, and forget the oldest; whether that was done. A disk that
    cannot be written is another's finding."""
    with contextlib.suppress(OSError):
        if log.stat().st_size > MOST_BYTES:
            for n in range(KEPT, 0, -1):
                before = log if n == 1 else log.with_name(f"{log.name}.{n - 1}")
                if before.exists():
                    before.replace(log.with_name(f"{log.name}.{n}"))
            return True
    return False
