"""The first passwords of a roster's accounts: made by a worker, printed once by who confirmed the accounts, and
kept nowhere in between but sealed to the page that prints them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography.exceptions import InvalidTag
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from app.ledger import lock_office, note_office
from app.models import Person, Roster, Slip
from app.roles import BOT, Actor
from app.rules.refusal import NotAllowed
from app.stages.people import SLIP_HOLDS
from app.stages.secrets_sealed import opened_with, sealed_to

PURPOSE = "duban roster slips"


@dataclass(frozen=True)
class Made:
    """The password of a slip and its hash, for an account."""

    user: int
    words: str
    hashed: str


def make_slips(session: Session, now: datetime, actor: Actor, id: int, public: str) -> Roster:
    """Have the passwords of a roster's accounts made, sealed to a key whose other half the page holds
    that prints them. Asked again, those that were not printed are made anew. Only who confirmed the
    accounts does it."""
    lock_office(session)
    row = session.get(Roster, id, with_for_update=True) if 0 < id < 2**62 else None
    if row is None:
        raise NotAllowed("not_found")
    if row.approved_at is None or row.approved_by_id != actor.id:
        raise NotAllowed("slips_of_another")
    if session.scalar(select(func.count()).where(Slip.roster_id == id)) == 0:
        raise NotAllowed("nothing_changed")
    try:
        sealed_to(public, PURPOSE, b"", "")
    except ValueError:
        raise NotAllowed("field_wrong", field="public") from None
    row.slips_key = public
    for slip in session.scalars(select(Slip).where(Slip.roster_id == id)):
        slip.sealed = ""
    session.flush()
    note_office(session, now, actor, "roster.slips_asked", {"roster": id})
    return row


def to_make(session: Session, most: int) -> list[tuple[int, str]]:
    """(account, user name) of those whose password is to be made next."""
    query = (
        select(Person.id, Person.username)
        .join(Slip, Slip.person_id == Person.id)
        .join(Roster, Roster.id == Slip.roster_id)
        .where(Slip.sealed == "", Roster.slips_key.is_not(None))
    )
    return [
        (row.id, row.username) for row in session.execute(query.order_by(Person.id).limit(most))
    ]


def give(session: Session, now: datetime, made: Sequence[Made]) -> int:
    """Let accounts in with the passwords that were made, where they still wait; how many."""
    lock_office(session)
    words = {one.user: one for one in made}
    query = select(Slip, Person, Roster.slips_key).join(Person, Person.id == Slip.person_id)
    query = query.join(Roster, Roster.id == Slip.roster_id)
    query = query.where(Slip.person_id.in_(words), Slip.sealed == "", Roster.slips_key.is_not(None))
    rows = session.execute(query).all()
    for slip, person, public in rows:
        one = words[person.id]
        slip.sealed = sealed_to(public or "", PURPOSE, one.words.encode(), f"slip|{person.id}")
        person.password, person.slip_until = one.hashed, now + SLIP_HOLDS
        person.session_version += 1
    session.flush()
    if rows:
        users = sorted(person.id for _, person, _ in rows)
        note_office(session, now, BOT, "roster.slips_made", {"users": users})
    return len(rows)


def progress(session: Session, id: int) -> tuple[int, int]:
    """(how many passwords are made, how many are wanted) of a roster, printed ones left out."""
    made = select(func.count()).where(Slip.roster_id == id, Slip.sealed != "")
    wanted = select(func.count()).where(Slip.roster_id == id)
    return session.scalar(made) or 0, session.scalar(wanted) or 0


def print_slips(
    session: Session, now: datetime, actor: Actor, id: int, own: str
) -> Mapping[int, str]:
    """Open the passwords of a roster by the half of the key that the page held, once: they are gone
    then. account -> password. Raises NotAllowed where the key is another one."""
    row = session.get(Roster, id, with_for_update=True) if 0 < id < 2**62 else None
    if row is None or row.approved_by_id != actor.id:
        raise NotAllowed("not_found")
    slips = session.scalars(select(Slip).where(Slip.roster_id == id, Slip.sealed != "")).all()
    try:
        told = {
            slip.person_id: opened_with(
                own, PURPOSE, slip.sealed, f"slip|{slip.person_id}"
            ).decode()
            for slip in slips
        }
    except (InvalidTag, ValueError):
        raise NotAllowed("slips_key_gone") from None
    if not told:
        raise NotAllowed("nothing_changed")
    session.execute(delete(Slip).where(Slip.person_id.in_(told)))
    note_office(session, now, actor, "roster.slips_printed", {"roster": id, "users": sorted(told)})
    return told
