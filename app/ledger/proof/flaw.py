"""The findings of a verification."""

from __future__ import annotations

from dataclasses import dataclass

from app.models import OFFICE_CHAIN


@dataclass(frozen=True)
class Flaw:
    """Something wrong in a chain: the case (0: the office), the number of the event, what it is,
    and the row (table, key) that it is about."""

    chain: int
    seq: int
    what: str
    row: tuple[str, str] | None = None
    sealed: bool = False
    """Whether a seal says so."""

    def __str__(self) -> str:
        where = "office" if self.chain == OFFICE_CHAIN else f"case {self.chain}"
        return f"{where}, event {self.seq}: {self.what}"
