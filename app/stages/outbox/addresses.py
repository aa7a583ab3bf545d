"""Where people are reached: numbers and addresses of units, posts and accounts, sealed; and by which ways
a unit is told of which kind of notice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import lock_office, note_office
from app.models import Address, Choice, Person, Unit, UnitPost
from app.models.reach import CALL
from app.roles import Actor
from app.rules.office import AREA_CODE
from app.rules.phones import MOBILE, is_number, kind_of, mask
from app.rules.refusal import NotAllowed
from app.stages.calendar import settings_known
from app.stages.named import id_of
from app.stages.outbox.gateways import in_force, unsealed
from app.stages.secrets_sealed import sealed

ADDRESSES = ("mobile", "landline", "mail", "robot")
PURPOSE = "duban address"
_MAIL = re.compile(r"[^\s@<>,;\"]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z]{2,24}")


@dataclass(frozen=True)
class Owner:
    """Whose an address is: `user:5`, `post:3` or `unit:7`."""

    word: str


def _owner(
    session: Session, actor: Actor, unit: Unit | None, post: int | None, user: str | None
) -> Owner:
    """Whose address is set: exactly one of them. A unit's head sets those of the own unit only."""
    named = [one for one in (unit, post, user) if one is not None]
    if len(named) != 1:
        raise NotAllowed("owner_missing")
    if user is not None:
        person = session.scalars(select(Person).where(Person.username == user)).first()
        found, of = (person.id, person.unit_id) if person else (None, None)
        word = "user"
    elif post is not None:
        row = session.get(UnitPost, post) if id_of(post) and post < 2**31 else None
        found, of = (row.id, row.unit_id) if row else (None, None)
        word = "post"
    else:
        assert unit is not None  # noqa: S101
        found, of, word = unit.id, unit.id, "unit"
    if found is None or (not actor.is_a("it_admin") and of != actor.unit_id):
        raise NotAllowed("not_found")
    return Owner(f"{word}:{found}")


def _checked(session: Session, kind: str, value: str) -> str:
    """A number or an address that can be one of its kind. Raises NotAllowed."""
    said, area = value.strip(), settings_known(session).get(AREA_CODE, "")
    if said and not can_be(kind, said, area):
        raise NotAllowed("address_wrong", kind=kind)
    return said


def can_be(kind: str, said: str, area: str) -> bool:
    """Whether a number or an address can be one of its kind, in an office of this area code."""
    fits = {
        "mobile": lambda: is_number(said) and kind_of(said, area) == MOBILE,
        "landline": lambda: is_number(said) and kind_of(said, area) != MOBILE,
        "mail": lambda: bool(_MAIL.fullmatch(said)),
        "robot": lambda: said.startswith("https://") and len(said) <= 400,
    }
    return fits[kind]()


def set_address(
    session: Session,
    now: datetime,
    actor: Actor,
    kind: str,
    value: str = "",
    unit: Unit | None = None,
    post: int | None = None,
    username: str | None = None,
) -> Address:
    """Set a number or an address of a unit, of who holds a post, or of an account; empty takes it
    out. It stands sealed, and no event holds it."""
    owner = _owner(session, actor, unit, post, username)
    said = _checked(session, kind, value)
    lock_office(session)
    row = session.scalars(select(Address).filter_by(owner=owner.word, kind=kind)).first()
    if row is None:
        row = Address(owner=owner.word, kind=kind, changed_at=now)
    key: bytes = session.info["ledger_key"]
    context = f"address|{owner.word}|{kind}"
    row.sealed = sealed(key, PURPOSE, said.encode(), context) if said else ""
    row.changed_at, row.changed_by_id = now, actor.id
    session.add(row)
    session.flush()
    told = {"address": row.id, "owner": owner.word, "kind": kind, "set": bool(said)}
    note_office(session, now, actor, "address.changed", told)
    return row


def choose_ways(
    session: Session,
    now: datetime,
    actor: Actor,
    notice: str,
    ways: str = "",
    unit: Unit | None = None,
) -> Choice:
    """Choose by which ways a unit - without one, everybody who chose nothing - is told of a kind of
    notice: names of ways out and `call`, blanks between; none: in the panel only."""
    lock_office(session)
    named = list(dict.fromkeys(re.split(r"[\s,，、;；]+", ways.strip()))) if ways.strip() else []
    known = {*in_force(session), CALL}
    unknown = [name for name in named if name not in known]
    if unknown:
        raise NotAllowed("unknown_way", name=unknown[0][:40])
    id = unit.id if unit is not None else 0
    row = session.scalars(select(Choice).filter_by(unit_id=id, kind=notice)).first()
    row = row or Choice(unit_id=id, kind=notice)
    row.ways, row.changed_at, row.changed_by_id = " ".join(named), now, actor.id
    session.add(row)
    session.flush()
    told = {"choice": row.id, "unit": id or None, "kind": notice, "ways": named}
    note_office(session, now, actor, "way.chosen", told)
    return row


def addresses_of(session: Session, owners: Iterable[str]) -> dict[tuple[str, str], Address]:
    """(owner, kind) -> the address that is set, of these owners."""
    query = select(Address).where(Address.owner.in_(sorted(set(owners))), Address.sealed != "")
    return {(row.owner, row.kind): row for row in session.scalars(query)}


def opened_address(session: Session, row: Address) -> str:
    """A number or an address as it was typed."""
    return unsealed(session, PURPOSE, row.sealed, f"address|{row.owner}|{row.kind}")


def masked(session: Session, row: Address) -> str:
    """As a list shows it: set or not, and of a number its ends."""
    if not row.sealed:
        return ""
    if row.kind in ("mobile", "landline"):
        return mask(opened_address(session, row))
    if row.kind == "mail":
        name, _, host = opened_address(session, row).partition("@")
        return f"{name[:1]}***@{host}"
    return "***"


def fallbacks(session: Session, receiver: str) -> Sequence[str]:
    """Whose addresses reach a receiver, the nearest first: an account by its own, then by those of its
    posts; a post by its own, then by its account's."""
    word, _, number = receiver.partition(":")
    id = int(number)
    if word == "user":
        posts = select(UnitPost.id).where(UnitPost.user_id == id, UnitPost.to_on.is_(None))
        return [
            receiver,
            *(f"post:{post}" for post in session.scalars(posts.order_by(UnitPost.id))),
        ]
    if word == "post":
        account = session.scalar(select(UnitPost.user_id).where(UnitPost.id == id))
        return [receiver, *([f"user:{account}"] if account else [])]
    return [receiver]


def address_for(session: Session, receiver: str, kinds: Sequence[str]) -> str:
    """The number or address that reaches a receiver, the first of these kinds that is set; empty where
    none is."""
    owners = fallbacks(session, receiver)
    known = addresses_of(session, owners)
    for kind in kinds:
        for owner in owners:
            if (owner, kind) in known:
                return opened_address(session, known[owner, kind])
    return ""
