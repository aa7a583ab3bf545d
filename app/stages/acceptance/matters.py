"""Which cases may be the same matter: found by their words and by their place, among those of the last days. They are
candidates, for whoever compares them; a person decides. [procedure 1]"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Case
from app.models.pairs import cases_with, counts_of, lacking, put_pairs
from app.rules.limits import Limits
from app.rules.similarity import pairs, place_pairs

RAREST, UNCOUNTED = 24, 64
"""By how many pairs of a text cases are looked for: its rarest, and what had not been counted when pairs last were."""
FILLED = 500
"""How many cases are put into the index at once."""


@dataclass(frozen=True)
class Look:
    """How far one look goes: how many cases it finds, and how many entries of the index it reads."""

    most: int
    read: int


BY_WORDS, BY_PLACE = Look(50, 4000), Look(30, 2000)


def since_when(now: datetime) -> datetime:
    """From when on a case may be the same matter as one that is registered now. The number of the procedure, not the
    office's own: to read that would fill its calendar, and who asks this only reads."""
    return now - timedelta(days=Limits().repeat_days)


def _telling(counts: Mapping[int, int], held: Collection[int], look: Look) -> list[int]:
    """The pairs to look for: those that few cases have tell most. Of those that were counted at least one, however
    many have it: what was never counted may stand in no case at all."""
    told, read = sorted(pair for pair in held if pair not in counts)[:UNCOUNTED], 0
    for n, pair in sorted((counts[pair], pair) for pair in held if pair in counts)[:RAREST]:
        if read and read + n > look.read:
            break
        told.append(pair)
        read += n
    return told


def same_matter(session: Session, now: datetime, words: str, place: str) -> tuple[list[int], list[int]]:
    """The ids of the cases whose words have most in common with these, and of those whose place has most in common
    with this one, the nearest first. Two statements, whatever is on file."""
    by_words, by_place = pairs(words), place_pairs(place)
    counts = counts_of(session, by_words | by_place)
    asked = {
        "words": (_telling(counts, by_words, BY_WORDS), BY_WORDS.most),
        "place": (_telling(counts, by_place, BY_PLACE), BY_PLACE.most),
    }
    found = cases_with(session, since_when(now), asked)
    return found.get("words", []), found.get("place", [])


def fill_pairs(session: Session, now: datetime) -> int:
    """Put some of the cases that may still be proposed and are not in the index into it; how many, 0 where all are.
    Cases that somebody is writing are left to the next time."""
    said = select(Case.id, Case.narrative, Case.demand, Case.place)
    postgres = session.get_bind().dialect.name == "postgresql"
    query = said.where(Case.registered_at >= since_when(now), lacking(postgres)).order_by(Case.id).limit(FILLED)
    rows = session.execute(query.with_for_update(skip_locked=True)).mappings().all()
    if rows:
        put_pairs(session, [dict(row) for row in rows])
    return len(rows)


def unindexed(session: Session, now: datetime) -> int:
    """How many of the cases that may still be proposed are not in the index."""
    postgres = session.get_bind().dialect.name == "postgresql"
    query = select(func.count()).select_from(Case).where(Case.registered_at >= since_when(now), lacking(postgres))
    return session.scalar(query, execution_options={"unscoped": True}) or 0
