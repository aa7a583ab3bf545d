"""The password of a slip between the form that made it and the page that shows it: sealed, and for
some minutes only.

A form that is sent twice gets the same answer, so the password has to be kept for as long as a
second sending may take; whoever reads the database has nothing of it."""

from __future__ import annotations

from typing import Any

from cryptography.exceptions import InvalidTag

from app.models import AccountChange, Person
from app.stages.secrets_sealed import opened, sealed
from app.views.actor import desk, reader

PURPOSE = "duban slips"
SLIPS = "slips"
"""Under what they are kept of a verb's result."""


def slips_of(done: Any) -> dict[str, Any]:
    """What is kept of the slips that a verb made: account -> the password, sealed; nothing where it
    made none."""
    rows = (done.made, *done.slips) if isinstance(done, AccountChange) else (done,)
    made = {
        row.id: sealed(_key(), PURPOSE, row.slip.encode(), f"slip|{row.id}")
        for row in rows
        if isinstance(row, Person) and row.slip is not None
    }
    return {SLIPS: made} if made else {}


def slips_shown(told: dict[str, Any]) -> list[tuple[Person, str]]:
    """The accounts of the slips and their passwords in words; none where there are none, or another
    key is used by now."""
    shown = []
    for id, kept in told.get(SLIPS, {}).items():
        try:
            words = opened(_key(), PURPOSE, kept, f"slip|{id}")
        except InvalidTag:
            return []
        shown.append((reader().get_one(Person, int(id), populate_existing=True), words.decode()))
    return shown


def _key() -> bytes:
    """The key that signs the sessions: it is kept outside the database."""
    return desk().settings.secret_key.encode()
