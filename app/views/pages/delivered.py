"""How people were told of a row outside the panel, in words: by which way, when, and who was reached."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flask import g
from sqlalchemy import func, literal, select, union_all

from app import words
from app.models import Delivery, GatewayState
from app.models.reach import OPEN_DELIVERY, told_of
from app.models.waiting import among
from app.rules.workdays import minute
from app.views.actor import language, reader
from app.worklists import COUNTED_TO

STANDS = {
    "waiting": "reach.stands.waiting",
    "sending": "reach.stands.sending",
    "unknown": "reach.stands.unknown",
    "taken": "reach.stands.taken",
    "dead": "reach.stands.dead",
    "called": "reach.stands.called",
    "dropped": "reach.stands.dropped",
}
"""Where a message stands -> what is said of it."""


def delivered(row: Delivery) -> str:
    """How one message stands: 短信 08:31 已达网关."""
    way = words.value("medium", row.medium, language())
    facts = {"way": way, "at": minute(row.at), "who": row.reached or ""}
    return words.word(STANDS[row.stands], language(), **facts)


def told_by(subject: str, id: int) -> list[tuple[str, str]]:
    """The line of a row's page that says how people were told of it; none where nobody was."""
    found: Any = reader().execute(told_of(subject, [id]))
    said = dict.fromkeys(delivered(row) for _, row in found)
    label = words.word("reach.told", language())
    return [(label, words.clauses(said, language()))] if said else []


WAITS, DEAD = "waits", "dead"
_COUNTED = {WAITS: OPEN_DELIVERY, DEAD: ("dead",)}


def counted_by_way(ways: Iterable[str]) -> dict[tuple[str, str], int]:
    """How many messages wait (`waits`) and how many could not be delivered (`dead`) by each way,
    each counted to a thousand, in one statement."""
    parts = [_part(way, key) for way in ways for key in _COUNTED]
    return {(row.way, row.key): row.n for row in reader().execute(union_all(*parts))}


def _part(way: str, key: str) -> Any:
    rows = select(Delivery.id).where(Delivery.way == way, among(Delivery.stands, _COUNTED[key]))
    counted = rows.limit(COUNTED_TO + 1).subquery()
    named = literal(way).label("way"), literal(key).label("key")
    return select(*named, func.count().label("n")).select_from(counted)


def how_it_works(way: str) -> str:
    """Whether a way out in force works, or since when it rests and why; one statement a request."""
    states: dict[str, GatewayState] | None = g.get("desk_gateway_states")
    if states is None:
        states = {row.name: row for row in reader().scalars(select(GatewayState))}
        g.desk_gateway_states = states
    row = states.get(way)
    if row is None or row.paused_since is None:
        return words.word("reach.works", language())
    why = words.word(f"sent.{row.why}", language()) if row.why else ""
    return words.word("reach.paused", language(), since=minute(row.paused_since), why=why)
