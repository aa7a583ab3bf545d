"""The index of pairs, for tests: what is in it, and how it is emptied."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select, text

from app.database import reading, transaction
from app.models import Case
from app.models.pairs import put_pairs
from tests.databases import Desk


def indexed(desk: Desk) -> set[int]:
    """The ids of the cases in the index."""
    query = "SELECT id FROM case_pairs_docsize" if desk.sqlite else "SELECT case_id FROM case_pairs"
    with reading(desk.sessions) as session:
        return set(session.scalars(text(query)))


def forget_pairs(desk: Desk) -> None:
    """Empty the index, as a migration would."""
    sqlite = "INSERT INTO case_pairs (case_pairs) VALUES ('delete-all')"
    with transaction(desk.sessions) as session:
        session.execute(text(sqlite if desk.sqlite else "DELETE FROM case_pairs"))


def put_all(desk: Desk, words: Callable[[int], str]) -> None:
    """Put every case into the index, with words by its place among them; what the cases themselves
    say stays."""
    with reading(desk.sessions) as session:
        ids = list(session.scalars(select(Case.id).order_by(Case.id)))
    for first in range(0, len(ids), 5000):
        some = enumerate(ids[first : first + 5000], first)
        cases = [{"id": id, "narrative": words(n), "place": words(n)[:3]} for n, id in some]
        with transaction(desk.sessions) as session:
            put_pairs(session, cases)
