"""The checkpoints over the record, by themselves: every few minutes, and all at once where an office
had none."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from app.database import Sessions, retried
from app.ledger import take_checkpoint
from app.ledger.checkpoints import MOST_HEADS
from jobs.desk import desk


def take_checkpoints() -> dict[str, int]:
    """Cover what moved since the last checkpoint."""
    here = desk()
    return {"heads": checkpoint_all(here.sessions, here.now())}


def checkpoint_all(sessions: Sessions, now: datetime) -> int:
    """Take checkpoints, a transaction each, until nothing is uncovered that was there at the
    beginning; how many heads the newest ones cover."""

    def take(session: Session) -> int:
        taken = take_checkpoint(session, now)
        return 0 if taken is None else taken.heads

    covered = heads = retried(sessions, take)
    while heads == MOST_HEADS:
        heads = retried(sessions, take)
        covered += heads
    return covered
