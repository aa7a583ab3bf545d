"""The index of pairs, for tests: what is in it, and how it is emptied."""

from __future__ import annotations

from sqlalchemy import text

from app.database import reading, transaction
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
