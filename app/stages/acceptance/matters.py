"""Which cases may be the same matter: found by their words and by their place, among those of the
last days. They are candidates, for whoever compares them; a person decides. [procedure 1]"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.models import Case
from app.models.pairs import (
    ALL_OF,
    MOST_OF,
    NEWEST_WITH,
    Look,
    cases_with,
    counts_of,
    lacking,
    put_pairs,
)
from app.models.sessions import UNSCOPED, is_postgres
from app.rules.limits import Limits
from app.rules.similarity import pairs, place_pairs

RAREST, UNCOUNTED = 24, 64
"""By how many pairs of a text cases are looked for: its rarest, and what had not been counted when
pairs last were."""
FILLED = 500
"""How many cases are put into the index at once."""


COMMON = 10_000
"""A pair that more cases have tells of none of them: then the newest that have it are looked at."""
TWINS, OF_TWINS = 10, 8
"""How many cases that hold all that is asked are found; and of how many pairs, the rarest and those
never counted."""


@dataclass(frozen=True)
class Reach:
    """How far the look by words or by place goes: how many cases it finds, and how many entries of
    the index it reads."""

    most: int
    read: int


BY_WORDS, BY_PLACE = Reach(50, 10_000), Reach(30, 3_000)


def since_when(now: datetime) -> datetime:
    """From when on a case may be the same matter as one that is registered now. The number of the
    procedure, not the office's own: to read that would fill its calendar, and who asks this only
    reads."""
    return now - timedelta(days=Limits().repeat_days)


def _looks(
    name: str, counts: Mapping[int, int], held: Collection[int], reach: Reach
) -> dict[str, Look]:
    """How to look for cases by the pairs of a text. Those that few cases have tell most: they are
    taken as long as there is reach. Where many texts are much the same, no few pairs tell them
    apart; a twin holds all of them."""
    new = sorted(pair for pair in held if pair not in counts)
    rare = sorted((counts[pair], pair) for pair in held if pair in counts)[:RAREST]
    telling = [*new[:UNCOUNTED], *_within(reach, rare)]
    looks = {name: Look(MOST_OF, telling, reach.most)}
    if telling:
        twin = [*new[:OF_TWINS], *(pair for _, pair in rare[:OF_TWINS])]
        looks[f"{name}_twins"] = Look(ALL_OF, twin, TWINS)
    if rare and rare[0][0] > COMMON:
        looks[f"{name}_newest"] = Look(NEWEST_WITH, [rare[0][1]], reach.most)
    return looks


def _within(reach: Reach, rare: Iterable[tuple[int, int]]) -> Iterator[int]:
    """Of pairs, the rarest first, those that few enough cases have and that there is reach for."""
    read = 0
    for n, pair in rare:
        if n > COMMON or (read and read + n > reach.read):
            return
        yield pair
        read += n


def same_matter(
    session: Session, now: datetime, words: str, place: str
) -> tuple[list[int], list[int]]:
    """The ids of the cases whose words have most in common with these, and of those whose place has
    most in common with this one, the nearest first. Two statements, whatever is on file."""
    by_words, by_place = pairs(words), place_pairs(place)
    counts = counts_of(session, by_words | by_place)
    looks = {
        **_looks("words", counts, by_words, BY_WORDS),
        **_looks("place", counts, by_place, BY_PLACE),
    }
    found = cases_with(session, since_when(now), looks)
    return _joined(found, "words"), _joined(found, "place")


def _joined(found: Mapping[str, list[int]], name: str) -> list[int]:
    """What the looks by one thing found, each case once."""
    return list(
        dict.fromkeys(
            id for look in ("", "_twins", "_newest") for id in found.get(f"{name}{look}", ())
        )
    )


def fill_pairs(session: Session, now: datetime) -> int:
    """Put some of the cases that are not in the index into it, the newest first: those may still be
    proposed, and all are searched by it. How many, 0 where all are; cases that somebody is writing
    are left to the next time."""
    said = select(Case.id, Case.narrative, Case.demand, Case.place)
    postgres = is_postgres(session)
    query = said.where(lacking(postgres)).order_by(Case.id.desc()).limit(FILLED)
    rows = session.execute(query.with_for_update(skip_locked=True)).mappings().all()
    if rows:
        put_pairs(session, [dict(row) for row in rows])
    return len(rows)


def unindexed(session: Session, now: datetime) -> int:
    """How many of the cases that may still be proposed are not in the index."""
    postgres = is_postgres(session)
    query = (
        select(func.count())
        .select_from(Case)
        .where(Case.registered_at >= since_when(now), lacking(postgres))
    )
    return session.scalar(query, execution_options=UNSCOPED) or 0
