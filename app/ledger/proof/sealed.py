"""The seals that events carry, gathered row by row."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.ledger.seals import FOUNDED, GONE, read_line

Key = tuple[str, str]
"""(table, key of the row)."""


@dataclass(frozen=True, slots=True)
class At:
    """The event that sealed something."""

    id: int
    chain: int
    seq: int
    kind: str
    key: str = ""


def event_at(event: Any, chain: int) -> At:
    """An event of a chain, as far as a finding names it."""
    return At(event.id, chain, event.seq, event.kind, event.key_name or "")


def _later(known: At | None, other: At | None) -> At | None:
    """The later of two events, the known one where they are the same."""
    newer = other is not None and (known is None or other.id > known.id)
    return other if newer else known


@dataclass(slots=True)
class Sealed:
    """The seals of a row: the event that founded it, or after which it is gone; each column's last
    seal."""

    founded: At | None = None
    gone: At | None = None
    cells: dict[str, tuple[At, str]] = field(default_factory=dict)

    def take(self, at: At, said: str) -> None:
        """Add one event's line about the row; lines may come in any order of events."""
        mark, cells = read_line(said)
        if mark == FOUNDED and (self.founded is None or at.id >= self.founded.id):
            self.founded = at
            self.cells = {name: cell for name, cell in self.cells.items() if cell[0].id > at.id}
        elif mark == GONE:
            self.gone = _later(self.gone, at)
        if self.founded is None or at.id >= self.founded.id:
            self._take_cells(at, cells)

    def _take_cells(self, at: At, cells: Mapping[str, str]) -> None:
        """Keep each column's seal where no later event has sealed it."""
        for name, digest in cells.items():
            before = self.cells.get(name)
            if before is None or at.id >= before[0].id:
                self.cells[name] = (at, digest)

    def add(self, other: Sealed) -> None:
        """Add the seals of the same row in other chains."""
        self.founded = _later(self.founded, other.founded)
        self.gone = _later(self.gone, other.gone)
        for name, cell in other.cells.items():
            if name not in self.cells or cell[0].id > self.cells[name][0].id:
                self.cells[name] = cell
        if self.founded is not None:
            first = self.founded.id
            self.cells = {name: cell for name, cell in self.cells.items() if cell[0].id >= first}

    @property
    def is_gone(self) -> bool:
        """Whether the last that is known of the row is that it went."""
        return self.gone is not None and (self.founded is None or self.gone.id > self.founded.id)

    @property
    def last(self) -> At | None:
        """The newest event that said anything of the row."""
        said = [cell[0] for cell in self.cells.values()] + [
            at for at in (self.founded, self.gone) if at is not None
        ]
        return max(said, key=lambda at: at.id, default=None)


def seals_in(event: Any) -> Iterable[tuple[str, str]]:
    """The lines of an event's seals; none where they are not what the ledger writes. Events of
    before keys had names have none, and their MAC covers none."""
    try:
        told = json.loads(event.seals) if event.seals and event.key_name else {}
        return [(str(name), str(line)) for name, line in told.items()]
    except (AttributeError, TypeError, ValueError):
        return ()


def gather(event: Any, wanted: set[Key], found: dict[Key, Sealed]) -> None:
    """Add what an event says of wanted rows."""
    for name, said in seals_in(event):
        table, _, row = name.partition(":")
        if (table, row) in wanted:
            found.setdefault((table, row), Sealed()).take(event_at(event, event.chain), said)
