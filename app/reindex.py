"""The index of pairs of signs brought up to date: what it lacks is filled in, and pairs are counted
anew. By the bot every few hours, and by `python -m app reindex`; stopped in between, it goes on
where it was."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from app.database import Sessions, reading, retried, transaction
from app.models.pairs import count_anew, keep_counts
from app.stages.acceptance import fill_pairs
from app.stages.extra_index import fill_extras
from app.stages.extras import MODELS


def reindex(
    sessions: Sessions, now: datetime, tell: Callable[[int], None] = lambda filled: None
) -> int:
    """Fill the index, batch by batch, and count its pairs; how many cases were put into it. `tell`
    hears how many are by now."""
    filled = 0
    while some := retried(sessions, lambda session: fill_pairs(session, now)):
        filled += some
        tell(filled)
    count(sessions)
    return filled


def reindex_extras(sessions: Sessions, now: datetime) -> int:
    """Compare the index of the office's own fields with the rows, batch by batch, and put it right; how
    many rows of it were wrong."""
    wrong = 0
    for subject in MODELS:
        last = 0
        while True:
            looked_at = partial(fill_extras, day=now.date(), subject=subject, after=last)
            last, found = retried(sessions, looked_at)
            wrong += found
            if not last:
                break
    return wrong


def count(sessions: Sessions) -> None:
    """Count the pairs: read first, so that nobody who writes has to wait for it."""
    with reading(sessions) as session:
        counts = count_anew(session)
    with transaction(sessions) as session:
        keep_counts(session, counts)
