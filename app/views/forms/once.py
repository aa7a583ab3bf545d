"""A form is done once, however often it is sent: the key that it carries, and the answer that was
given to it first.

The key is made when the form is shown, for this account and this form, and signed: nothing is
stored until the verb is done. Then it is kept with its answer, in the verb's own transaction, so
that what was done and that it was done stand or fall together. Whatever comes with the same key
later - a second click, a page sent again, a line that broke while the first answer was on its way -
is answered from there. A refusal uses no key up.
"""

from __future__ import annotations

import hmac
import json
import secrets
import time
from collections.abc import Callable, Iterable, Mapping
from copy import copy
from dataclasses import dataclass
from datetime import timedelta
from hashlib import sha256
from typing import Any, TypeVar

from flask import request
from flask import session as cookie
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError, PendingRollbackError
from sqlalchemy.orm import Session

from app.models import Case, SentForm
from app.rules.limits import FORM_DAYS
from app.rules.refusal import NotAllowed
from app.rules.workdays import minute
from app.views.actor import actor, desk, now, reader

Found = TypeVar("Found")
ONCE = "once"
"""The hidden field with a form's key."""
NOT_CONTENT = (ONCE, "csrf_token", "asked", "stood")
"""Fields that say how a form was shown, not what was typed into it."""
SHOWN_AGAIN = timedelta(minutes=30)
"""How long what was shown, not done, is shown again to who sends its form again."""
_TOLD = "desk_sent"


@dataclass(frozen=True)
class First:
    """What was done when a form was sent first: its row, and whether the same was sent now."""

    row: SentForm
    same: bool

    @property
    def told(self) -> Any:
        """What the verb gave, as far as it is kept."""
        return json.loads(self.row.answer)


class Sending:
    """A form as it was sent: its key and a digest of what it holds."""

    def __init__(self, verb: str, case: int | None) -> None:
        self.verb, self.case = verb, case
        typed = request.form.get(ONCE, "")
        self.key = typed if _is_mine(typed, verb, case) else ""

    def insist(self) -> None:
        """Raises NotAllowed where the form has no key, or one of another form or account, or one
        that is too old."""
        if not self.key:
            raise NotAllowed("form_too_old")

    def content(self) -> str:
        """A digest of what was typed and of the files that came with it, made with a key: it tells
        nobody anything."""
        typed = sorted(
            (name, "\n".join(value.splitlines()))
            for name, value in request.form.items(multi=True)
            if value and name not in NOT_CONTENT
        )
        files = [
            (field, file.filename or "", _digest(file))
            for field, file in request.files.items(multi=True)
        ]
        told = json.dumps([typed, sorted(file for file in files if file[1])])
        return _signed(self.key, told, size=64)

    def done(self, session: Session, told: Any) -> None:
        """Keep the answer, in the transaction of the verb."""
        session.add(
            SentForm(
                key=self.key,
                account_id=actor().id or 0,
                verb=self.verb,
                case_id=self.case,
                content=self.content(),
                answer=json.dumps(told),
                at=now(),
            )
        )

    def beside(self, verb: str, said: str) -> Sending:
        """What this form asks on the way, with a verb of its own: once as well, however often its
        page asks. Without a key where the form has none."""
        asked = copy(self)
        asked.verb, asked.case = verb, None
        asked.key = _signed(self.key, verb, said, size=64) if self.key else ""
        return asked

    def before(self) -> First | None:
        """What was done when the form was sent before, if it was."""
        if not self.key:
            return None
        found = _again(lambda: reader().get(SentForm, self.key, populate_existing=True))
        return (
            First(found, hmac.compare_digest(found.content, self.content()))
            if found is not None
            else None
        )

    def otherwise(self, first: First) -> NotAllowed:
        """The refusal of a form that was done before with another content: it says what was
        done."""
        told = first.told
        id = told["case"] if isinstance(told, dict) and "case" in told else first.row.case_id
        query = select(Case.number).where(Case.id == (id or 0)).execution_options(unscoped=True)
        number = reader().scalar(query)
        at = minute(first.row.at)
        return NotAllowed(
            "sent_otherwise", at=at, verb=self.verb, number=f" {number}" if number else ""
        )


class RowSending(Sending):
    """A row among many that one form is about. Its key is made of the form's: however often that is
    sent, each row is done once."""

    def __init__(self, form: Sending, verb: str, case: int, row: int, typed: Mapping[str, str]):
        super().__init__(verb, case)
        self.typed = typed
        self.key = _signed("row", form.key, verb, row, size=64) if form.key else ""

    def content(self) -> str:
        """A digest of what was typed for the row."""
        return _signed(self.key, json.dumps(sorted(self.typed.items())), size=64)


def done_before(sendings: Iterable[RowSending]) -> dict[str, First]:
    """Key -> what was done of the rows of a form that was sent before, in one statement."""
    known = {one.key: one for one in sendings if one.key}
    query = select(SentForm).where(SentForm.key.in_(known))
    found = _again(lambda: reader().scalars(query).all()) if known else ()
    return {
        row.key: First(row, hmac.compare_digest(row.content, known[row.key].content()))
        for row in found
    }


def key_for(verb: str, case: int | None) -> str:
    """A new key of a form that is shown."""
    made, nonce = f"{int(now().timestamp()):x}", secrets.token_hex(16)
    return f"{made}.{nonce}.{_bound(made, nonce, verb, case)}"


def remember(key: str) -> None:
    """Let the next page tell the browser that the form with this key was done: what it kept of it
    can go."""
    cookie[_TOLD] = key


def told_once() -> str:
    """The key of the form that was done last; empty where the browser has been told."""
    return str(cookie.pop(_TOLD, "")) if _TOLD in cookie else ""


def _is_mine(key: str, verb: str, case: int | None) -> bool:
    """Whether a key was made for this form and this account, not longer ago than answers are
    kept."""
    made, _, rest = key.partition(".")
    nonce, _, mark = rest.partition(".")
    if not (key.isascii() and hmac.compare_digest(mark, _bound(made, nonce, verb, case))):
        return False
    return now().timestamp() - int(made, 16) < FORM_DAYS * 24 * 3600


def _bound(made: str, nonce: str, verb: str, case: int | None) -> str:
    return _signed("form", actor().id, verb, case, made, nonce, size=32)


def _signed(*told: Any, size: int) -> str:
    key = desk().settings.secret_key.encode()
    return hmac.new(key, json.dumps(told).encode(), "sha256").hexdigest()[:size]


def _digest(storage: Any) -> str:
    """The SHA-256 of a file that came with a form; it is read from its beginning again
    afterwards."""
    found = sha256()
    storage.stream.seek(0)
    while piece := storage.stream.read(1 << 16):
        found.update(piece)
    storage.stream.seek(0)
    return found.hexdigest()


def _again(work: Callable[[], Found], tries: int = 3) -> Found:
    """Read, again where the connection was lost: whether something was done is asked when a line
    has just broken."""
    for attempt in range(1, tries + 1):
        try:
            return work()
        except (DBAPIError, PendingRollbackError):
            reader().rollback()
            if attempt == tries:
                raise
            time.sleep(0.1 * attempt)
    raise AssertionError("unreachable")
