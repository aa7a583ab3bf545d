"""What waits for whom: every list of work, whose rows it holds and which of them, and how many
there are.

A list is shown by the first page with its count, by a page of its own, or by the generated page of
its table, narrowed to it. All three take the rows from here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, literal, select, union_all
from sqlalchemy.orm import Session

from app.roles import Actor
from app.scope import Seen, seen_by, within
from app.worklists.conditions import Where
from app.worklists.queue import Queue
from app.worklists.table import QUEUES

__all__ = ["COUNTED_TO", "QUEUES", "Queue", "Where", "count_told", "counted", "queues_of"]


def queues_of(who: Actor) -> dict[str, Queue]:
    """The lists that a person has."""
    return {key: queue for key, queue in QUEUES.items() if who.is_a(*queue.roles)}


COUNTED_TO = 999
"""So many rows of a list are counted; of more there are "999+"."""


def count_told(n: int) -> str:
    """How a count is shown that went no further than this."""
    return f"{COUNTED_TO}+" if n > COUNTED_TO else str(n)


def counted(session: Session, who: Actor, at: datetime) -> dict[str, int]:
    """How much waits in each list, counted to a thousand, in one statement. The scope does not
    reach into a union, so each part holds it."""
    own, seen = queues_of(who), seen_by(who)
    if not own:
        return {}
    query = union_all(
        *(_count(key, queue, who, seen, at) for key, queue in own.items())
    ).execution_options(unscoped=True)
    return {row.key: row.n for row in session.execute(query)}


def _count(key: str, queue: Queue, who: Actor, seen: Seen, at: datetime) -> Select[Any]:
    held = () if queue.brief else within(queue.model, seen)
    rows = select(literal(1)).select_from(queue.model).where(*queue.where(who, at), *held)
    # A limited count that is part of a union has to be a table of its own.
    some = rows.limit(COUNTED_TO + 1).subquery()
    return select(
        literal(key).label("key"),
        select(func.count()).select_from(some).scalar_subquery().label("n"),
    )
