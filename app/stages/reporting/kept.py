"""Which rows a report counted: kept with it, sealed with it, and read again a year later.

Kept by columns, as JSON, packed: ids as differences, unit, category, township and channel as they
were when it was counted, and a number whose bits are the flags of the source.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger.chain import canonical
from app.models import ReportCount, ReportRows
from app.stages.reporting.cells import Cell, Found
from app.stages.reporting.sources import SOURCES


class Kept(NamedTuple):
    """One row that was counted: as it was told apart then."""

    id: int
    unit: int
    category: int
    township: int
    channel: str
    flags: int


def packed(source: str, cells: Iterable[Cell]) -> str:
    """The rows of cells that were counted with their ids."""
    flags = SOURCES[source].flags
    rows = sorted(_rows(flags, cells))
    before = [0, *(row.id for row in rows)]
    told = {
        "counts": flags,
        "ids": [row.id - last for row, last in zip(rows, before, strict=False)],
        **{name: [getattr(row, name) for row in rows] for name in Kept._fields[1:]},
    }
    return base64.b85encode(zlib.compress(canonical(told).encode(), 9)).decode()


def _rows(flags: Sequence[str], cells: Iterable[Cell]) -> Iterator[Kept]:
    for cell in cells:
        mask = sum(1 << flags.index(flag) for flag in cell.flags)
        for id in cell.ids:
            yield Kept(id, cell.unit, cell.category, cell.township, cell.channel, mask)


def unpacked(kept: str) -> tuple[Sequence[str], list[Kept]]:
    """The flags of a source as they were then, and its rows."""
    told = json.loads(zlib.decompress(base64.b85decode(kept)))
    ids, last = [], 0
    for step in told["ids"]:
        last += step
        ids.append(last)
    columns = [ids, *(told[name] for name in Kept._fields[1:])]
    return told["counts"], [Kept(*row) for row in zip(*columns, strict=True)]


def keep(session: Session, now: datetime, found: Mapping[str, str]) -> int:
    """Put on file which rows were counted, packed by source; the number of the counting."""
    count = ReportCount(counted_at=now)
    session.add(count)
    session.flush()
    session.add_all(
        [
            ReportRows(count_id=count.id, source=source, kept=rows)
            for source, rows in sorted(found.items())
        ]
    )
    session.flush()
    return count.id


def packed_all(found: Found) -> dict[str, str]:
    """All that was counted, packed by source."""
    return {source: packed(source, cells) for source, cells in found.items()}


def rows_behind(
    session: Session, count_id: int, source: str, flag: str, **of: int | str
) -> list[Kept]:
    """The rows that a figure counted: a flag of a source, of one unit, category, township or channel
    where that is named; none for a counting that had no such source."""
    query = select(ReportRows.kept).where(
        ReportRows.count_id == count_id, ReportRows.source == source
    )
    kept = session.scalar(query)
    if kept is None:
        return []
    flags, rows = unpacked(kept)
    if flag not in flags:
        return []
    bit = 1 << list(flags).index(flag)
    return [
        row
        for row in rows
        if row.flags & bit and all(getattr(row, name) == value for name, value in of.items())
    ]
