"""What waits for whom: every list of work, whose rows it holds and which of them, and how many
there are.

A list is shown by the first page with its count, by a page of its own, or by the generated page of
its table, narrowed to it. All three take the rows from here.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    Integer,
    Select,
    String,
    cast,
    func,
    inspect,
    literal,
    null,
    select,
    union_all,
)
from sqlalchemy.orm import Session

from app.models import Case, Draft, Message
from app.roles import Actor
from app.scope import Seen, seen_by, within
from app.worklists.conditions import Where
from app.worklists.queue import ASKS, Queue
from app.worklists.table import QUEUES

__all__ = [
    "COUNTED_TO",
    "QUEUES",
    "TOLD",
    "Queue",
    "Where",
    "about",
    "asked_by_row",
    "count_parts",
    "count_told",
    "counted",
    "pressing",
    "queues_of",
    "told_of_row",
]


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
    parts = count_parts(who, at)
    if not parts:
        return {}
    query = union_all(*parts).execution_options(unscoped=True)
    return {row.key: row.n for row in session.execute(query)}


def count_parts(who: Actor, at: datetime) -> list[Select[Any]]:
    """The same as parts of a union: `key` and `n` of each list."""
    seen = seen_by(who)
    return [_count(key, queue, who, seen, at) for key, queue in queues_of(who).items()]


def pressing(session: Session, who: Actor, at: datetime, most: int) -> dict[str, list[Any]]:
    """The rows that press most in each list of rows about cases, so many of each, in one statement:
    `row`, `at`, `case` and what `TOLD` names of each."""
    seen = seen_by(who)
    parts = [
        _few(key, queue, who, seen, at, most)
        for key, queue in queues_of(who).items()
        if about(queue.model) is not None
    ]
    found: dict[str, list[Any]] = {}
    if parts:
        query = union_all(*parts).execution_options(unscoped=True)
        for row in session.execute(query):
            found.setdefault(row.key, []).append(row)
    for rows in found.values():
        rows.sort(key=lambda row: (row.at is not None, row.at, row.row))
    return found


def about(model: Any) -> Any:
    """The column that names the case of a row; None where rows are about none. A visit is of a
    caller: of a case that was merged into another one, its own."""
    if model is Case:
        return model.id
    if model is Message:
        return None  # Of a case it is only once it waits no more.
    return getattr(model, "caller_case_id", getattr(model, "case_id", None))


def _few(key: str, queue: Queue, who: Actor, seen: Seen, at: datetime, most: int) -> Select[Any]:
    model, when = queue.model, getattr(queue.model, queue.when)
    held = () if queue.brief else within(model, seen)
    columns = [
        literal(key).label("key"),
        model.id.label("row"),
        when.label("at"),
        about(model).label("case"),
        *(told_of_row(model, name) for name in TOLD),
        *asked_by_row(queue),
    ]
    few = select(*columns).where(*queue.where(who, at), *held).order_by(when, model.id).limit(most)
    return select(*few.subquery().c)


TOLD = ("unit_id", "state", "kind", "state_event_id")
"""What is told of a row of any list, besides its own key, its moment and its case."""


def told_of_row(model: Any, name: str) -> Any:
    """A column of a row, or nothing of its type where the table has none; what a draft is of is its
    kind."""
    if model is Draft and name == "kind":
        return Draft.verb.label(name)
    if name in inspect(model).columns:
        return getattr(model, name).label(name)
    return cast(null(), Integer if name.endswith("_id") else String).label(name)


def asked_by_row(queue: Queue) -> list[Any]:
    """The columns that say what a row asks, as text and in their order; nothing for those that a
    list has fewer of, so that lists can be read together."""
    names = (*queue.asks, *[""] * (ASKS - len(queue.asks)))
    told = (getattr(queue.model, name) if name else null() for name in names)
    return [cast(one, String).label(f"asks_{n}") for n, one in enumerate(told)]


def _count(key: str, queue: Queue, who: Actor, seen: Seen, at: datetime) -> Select[Any]:
    held = () if queue.brief else within(queue.model, seen)
    rows = select(literal(1)).select_from(queue.model).where(*queue.where(who, at), *held)
    # A limited count that is part of a union has to be a table of its own.
    some = rows.limit(COUNTED_TO + 1).subquery()
    return select(
        literal(key).label("key"),
        select(func.count()).select_from(some).scalar_subquery().label("n"),
    )
