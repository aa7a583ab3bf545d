"""The second half of a login: the code that a device of the person's own makes."""

from __future__ import annotations

import time
from urllib.parse import parse_qs, urlsplit

import segno
from flask import current_app, session
from sqlalchemy.orm import Session

from app.models import Person
from app.stages import factors
from app.views import access_notes
from app.views.actor import (
    now,
    written,
)
from app.views.login import door
from app.views.login.sessions import HALFWAY_SECONDS
from app.views.login.trying import let_try, wrong_try


def halfway() -> Person | None:
    """The account whose password was right a moment ago, where nothing ended its sessions since."""
    if int(time.time()) - session.get("since", 0) > HALFWAY_SECONDS:
        return None
    user: Person | None = current_app.extensions["appbuilder"].sm.load_user(session.get("half", 0))
    return user if user is not None and user.session_version == session.get("sv") else None


def code_is_right(user: Person, typed: str) -> bool:
    """Whether the code lets the account in; then its login is kept. Raises NotAllowed (too_soon)
    for who tries too often."""
    id, at, note = user.id, now(), access_notes.noting("login", user.id)
    if not let_try(user):
        return False

    def tell(writing: Session) -> bool:
        right = factors.tell_code(writing, at, id, typed)
        if right:
            note(writing)
        return right

    right: bool = written(tell)
    if right:
        door.opened()
    else:
        wrong_try(id, "code_failed")
    return right


def picture(address: str | None) -> str | None:
    """The address as a picture that an authenticator app reads: SVG without a script or a
    request."""
    return (
        segno.make(address, error="m").svg_inline(scale=5, border=3, omitsize=False)
        if address
        else None
    )


def key_of(address: str | None) -> str:
    """The secret of the address in groups of four, for who types it into his app."""
    key = parse_qs(urlsplit(address or "").query).get("secret", [""])[0]
    return " ".join(key[at : at + 4] for at in range(0, len(key), 4))
