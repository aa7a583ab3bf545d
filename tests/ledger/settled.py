"""What events of each kind settle: the columns that they seal, as `table.column`; `table` alone for
a row that they found, `-table` for one that went."""

from __future__ import annotations

import json

from sqlalchemy import Connection, text

from app.ledger.seals import FOUNDED, GONE, read_line

Settled = dict[str, set[str]]
"""event kind -> what it settles."""


def settled(connection: Connection) -> Settled:
    """What the events that are on record settle, kind by kind."""
    found: Settled = {}
    for kind, seals in connection.execute(text("SELECT kind, seals FROM event")):
        mine = found.setdefault(kind, set())
        for row, said in json.loads(seals or "{}").items():
            table = row.partition(":")[0]
            mark, cells = read_line(said)
            mine |= {f"{table}.{column}" for column in cells} if mark != FOUNDED else {table}
            mine |= {f"-{table}"} if mark == GONE else set()
    return found
