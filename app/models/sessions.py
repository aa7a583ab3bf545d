"""What statements need to know of their session, and what they tell it."""

from __future__ import annotations

from sqlalchemy.orm import Session

UNSCOPED = {"unscoped": True}
"""Every unit's rows, for a statement that is nobody's page: its execution options."""


def is_postgres(session: Session) -> bool:
    """Whether the session talks to PostgreSQL (else it is SQLite)."""
    return session.get_bind().dialect.name == "postgresql"
