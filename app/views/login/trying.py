"""Who may try a password or a code, and what a wrong one counts for."""

from __future__ import annotations

from flask_login import current_user
from sqlalchemy.orm import Session

from app.models import Person
from app.rules.refusal import NotAllowed
from app.stages import logins
from app.views import access_notes
from app.views.actor import (
    now,
    written,
)
from app.views.login import door


def let_try(user: Person) -> bool:
    """Whether the password or code of an account is looked at: not while it is locked. Raises
    NotAllowed (too_soon)."""
    try:
        door.may_try(user)
    except NotAllowed as no:
        if no.msgid == "too_soon":
            door.turned_away(user.id)
            raise
        return False
    return True


def own_password() -> None:
    """Raises NotAllowed where the person of this request may not try his own password now."""
    door.knock()
    door.may_try(current_user)


def wrong_try(id: int, kind: str = "login_failed") -> None:
    """Count a wrong password of an account, wherever it was typed, or a wrong code."""
    at, where, failed, locks = (
        now(),
        access_notes.address(),
        access_notes.noting(kind, id),
        access_notes.noting("locked", id),
    )

    def count(writing: Session) -> None:
        failed(writing)
        if logins.tried_wrongly(writing, at, id, where):
            locks(writing)

    written(count)
