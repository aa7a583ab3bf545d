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


def slip_of(done: Any) -> dict[str, Any]:
    """What is kept of the slip that a verb made: the account and the password, sealed; nothing
    where it made none."""
    row = done.made if isinstance(done, AccountChange) else done
    if not isinstance(row, Person) or row.slip is None:
        return {}
    return {"account": row.id, "slip": sealed(_key(), PURPOSE, row.slip.encode(), f"slip|{row.id}")}


def slip_shown(told: dict[str, Any]) -> tuple[Person, str] | None:
    """The account of a slip and its password in words; None where there is none, or another key is
    used by now."""
    if "slip" not in told:
        return None
    try:
        words = opened(_key(), PURPOSE, told["slip"], f"slip|{told['account']}")
    except InvalidTag:
        return None
    return reader().get_one(Person, told["account"], populate_existing=True), words.decode()


def _key() -> bytes:
    """The key that signs the sessions: it is kept outside the database."""
    return desk().settings.secret_key.encode()
