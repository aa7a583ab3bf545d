"""Who may try a password, and when: by the address they come from. [trust, Access: a lock is never
for ever]

Who only guesses locks an account for everybody but its own person at a desk of their own: from an
address where that account logged in before there is no lock, but a wait that grows with each wrong
try.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Access, Person
from app.rules.refusal import NotAllowed
from app.rules.workdays import beijing
from app.stages.people import locked, login_failed

KNOWN_FOR = timedelta(days=90)
"""How long an address is known after a login."""
COUNTED_FOR = timedelta(days=1)
"""How long a wrong try lengthens the wait."""
FREE_TRIES = 4
"""How many wrong ones come before the first wait: as many as before a lock elsewhere."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=30), timedelta(minutes=15)
TRIES = ("login", "login_failed", "code_failed")
_MOST = FREE_TRIES + 6
"""Wrong ones after which the wait is the longest."""


def came_from(session: Session, now: datetime, address: str, account: int | None = None) -> bool:
    """Whether this account, or anybody, logged in from an address lately."""
    query = select(Access.id).where(
        Access.kind == "login", Access.address == address, Access.at > now - KNOWN_FOR
    )
    if account is not None:
        query = query.where(Access.account_id == account)
    return session.scalar(query.limit(1)) is not None


def wait_of(session: Session, now: datetime, account: int, address: str) -> timedelta:
    """How long somebody at an address must wait before they may try the password or the code of an
    account again: half a minute after the fifth wrong one since the last login, twice as long after
    each more, a quarter of an hour at most."""
    query = (
        select(Access.kind, Access.at)
        .where(Access.kind.in_(TRIES), Access.account_id == account, Access.address == address)
        .order_by(Access.id.desc())
        .limit(_MOST)
    )
    wrong: list[datetime] = []
    for kind, at in session.execute(query):
        if kind == "login" or at <= now - COUNTED_FOR:
            break
        wrong.append(at)
    if len(wrong) <= FREE_TRIES:
        return timedelta()
    wait = min(FIRST_WAIT * 2 ** (len(wrong) - FREE_TRIES - 1), LONGEST_WAIT)
    left: timedelta = beijing(wrong[0]) + wait - now
    return max(left, timedelta())


def refuse_try(session: Session, now: datetime, row: Person, address: str) -> None:
    """Raises NotAllowed where the password or code of an account is not looked at: too_soon
    (seconds) where it logged in from this address before, account_locked where it did not and is
    locked."""
    if not came_from(session, now, address, row.id):
        if locked(row, now):
            raise NotAllowed("account_locked")
        return
    wait = wait_of(session, now, row.id, address)
    if wait:
        raise NotAllowed("too_soon", seconds=int(wait.total_seconds()) + 1)


def tried_wrongly(session: Session, now: datetime, id: int, address: str) -> bool:
    """Count a wrong password or code; whether it locks the account, which it does from an address
    that the account is not known at."""
    return not came_from(session, now, address, id) and login_failed(session, now, id)
