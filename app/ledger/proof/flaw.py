"""The findings of a verification."""

from __future__ import annotations

from dataclasses import dataclass

from app.models import OFFICE_CHAIN
from app.words import Message


@dataclass(frozen=True)
class Flaw:
    """Something wrong in a chain: the case (0: the office), the number of the event, what it is,
    and the row (table, key) that it is about."""

    chain: int
    seq: int
    what: Message
    row: tuple[str, str] | None = None
    sealed: bool = False
    """Whether a seal says so."""

    def told(self, language: str) -> str:
        """The finding in a language: where it is, and what."""
        place = "flaw.in_office" if self.chain == OFFICE_CHAIN else "flaw.in_case"
        facts = {"case": self.chain, "seq": self.seq, "what": self.what}
        return Message(place, facts).text(language)
