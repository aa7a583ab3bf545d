"""Does this machine's clock go with the database's: a process whose clock is wrong must not mark
anything as late."""

from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.database import Sessions, reading
from app.models.sessions import is_postgres
from app.words import both

CLOCK_TELLS, CLOCK_STOPS = 5.0, 60.0
"""From how many seconds on a difference is told, and from how many on the bot makes no pass."""


class ClockWrong(RuntimeError):
    """This machine's clock is too far from the database's: no pass is made."""


def refuse_wrong_clock(sessions: Sessions, real: datetime | None = None) -> None:
    """Raises ClockWrong where what is late would be marked by a clock that is wrong."""
    with reading(sessions) as session:
        seconds = ahead_of_database(session, real)
    if abs(seconds) >= CLOCK_STOPS:
        raise ClockWrong(both("shell.clock_wrong", seconds=f"{seconds:+.0f}"))


def ahead_of_database(session: Session, real: datetime | None = None) -> float:
    """By how many seconds this machine's clock (`real`, else the moment of asking) is ahead of the
    database's; negative where it is behind. A database that is a file of this machine has no other
    clock: 0."""
    if not is_postgres(session):
        return 0.0
    theirs: datetime = session.execute(text("SELECT clock_timestamp()")).scalar_one()
    return ((real or datetime.now(UTC)) - theirs).total_seconds()
