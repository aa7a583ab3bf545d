"""Looking up who called: by a whole number, or by a name and the last four digits; on the record,
and so often an hour. [trust, The caller]"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from app.ledger import note_office
from app.models import Caller, Event, ToldAs
from app.roles import Actor
from app.rules import phones
from app.rules.callers import name_key
from app.rules.folding import visible
from app.rules.refusal import NotAllowed
from app.stages.acceptance.callers import area_code, spellings

LAST = 4
AN_HOUR = 120
"""So many look-ups one account has in an hour; the next ones are refused, and the log auditor is
told once."""
MOST = 20
"""So many callers one look-up shows."""


def look_up(
    session: Session, now: datetime, actor: Actor, number: str = "", name: str = ""
) -> Sequence[int]:
    """The ids of the callers of a whole number, or of a name whose number ends in the four digits
    that are given; what was asked stands in the event covered."""
    name, digits = name.strip(), phones.sought(number) or visible(number)
    if name and not is_last(digits):
        raise NotAllowed("look_up_four")
    if not name and not is_whole(number):
        raise NotAllowed("look_up_whole")
    often = select(func.count()).where(
        Event.kind == "caller.looked_up",
        Event.at > now - timedelta(hours=1),
        Event.actor == actor.word,
    )
    before = session.scalar(often) or 0
    if before >= AN_HOUR:
        raise NotAllowed("looked_up_too_often", most=AN_HOUR)
    found = session.scalars(
        select(Caller.id)
        .where(_meant(session, digits, name))
        .order_by(Caller.id.desc())
        .limit(MOST)
    ).all()
    by = "name" if name else "number"
    shown = f"*{digits}" if name else phones.mask(digits, area_code(session))
    note_office(
        session, now, actor, "caller.looked_up", {"by": by, "number": shown, "found": len(found)}
    )
    if before + 1 == AN_HOUR:
        told = {"user": actor.id, "most": AN_HOUR}
        note_office(session, now, actor, "caller.looked_up_often", told)
    return found


def is_whole(typed: str) -> bool:
    """Whether this is a whole number of a caller and nothing else: no part of one, no service."""
    digits = phones.sought(typed)
    whole = bool(digits) and phones.is_number(digits)
    return whole and phones.kind_of(digits) not in (phones.SHORT, phones.SERVICE)


def is_last(digits: str) -> bool:
    """Whether these are the last digits that go with a name."""
    return len(digits) == LAST and digits.isdecimal()


def _meant(session: Session, digits: str, name: str) -> ColumnElement[bool]:
    if not name:
        numbers = spellings(session, digits)
        told = select(ToldAs.caller_id).where(ToldAs.number.in_(numbers))
        return Caller.number.in_(numbers) | Caller.id.in_(told)
    named = name_key(name)
    told = select(ToldAs.caller_id).where(
        ToldAs.named == named,
        ToldAs.named != "",
        ToldAs.number.endswith(digits, autoescape=True),
    )
    own = (
        (Caller.named == named)
        & (Caller.named != "")
        & Caller.number.endswith(digits, autoescape=True)
    )
    return own | Caller.id.in_(told)
