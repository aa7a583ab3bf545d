"""Who called: a caller is a name with a number, numbers compared in one form however they were
typed. The same number with another name is another caller, until a person says that it is the same
one. [procedure 1]"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session

from app.models import Caller, Contact, Setting, ToldAs
from app.models.caller import compared
from app.rules.callers import ANOTHER, name_key
from app.rules.office import AREA_CODE, SETTINGS, Office
from app.rules.phones import forms, needs_area, why_not
from app.rules.refusal import NotAllowed


def callable_(phone: str) -> None:
    """Raises NotAllowed where what was typed as a number is none, and says why."""
    no = why_not(phone) if phone else None
    if no is not None:
        raise NotAllowed("phone_wrong", why=no.why, sign=no.sign)


def area_code(session: Session) -> str:
    """The office's own area code: of the office that is at hand, else as it stands on file."""
    office: Office | None = session.info.get("office")
    if office is not None:
        return office.word(AREA_CODE)
    on_file = session.scalar(select(Setting.value).where(Setting.name == AREA_CODE))
    return on_file or SETTINGS[AREA_CODE]


def spellings(session: Session, phone: str) -> tuple[str, ...]:
    """How a number may stand on file; none for what has no digits. Only a number that an area code
    may be left out of asks for the office's own."""
    return forms(phone, area_code(session) if needs_area(phone) else "")


def of_number(session: Session, phone: str) -> Select[int]:
    """The ids of all callers of a number: for the daily repeat count, the flag and the repeat check
    one number is one."""
    return select(Caller.id).where(Caller.number.in_(spellings(session, phone)))


def caller_known(session: Session, name: str, phone: str, person: str = "") -> Select[int]:
    """The caller whom a name and a number mean: who has both, or was told under that name before.
    `person` is what an operator answered: who of this number it is (by id or name), or that it is
    another one."""
    callable_(phone)
    numbers, named = spellings(session, phone), name_key(name)
    known = select(Caller.id).where(Caller.number.in_(numbers), Caller.number != "")
    if person and person != ANOTHER:
        meant = Caller.id == int(person) if _is_id(person) else Caller.named == name_key(person)
        return known.where(meant).order_by(Caller.id).limit(1)
    own: ColumnElement[bool] = Caller.named == named
    if named and not person:
        told = select(ToldAs.caller_id).where(ToldAs.number.in_(numbers), ToldAs.named == named)
        return known.where(or_(own, Caller.id.in_(told))).order_by(own.desc(), Caller.id).limit(1)
    return known.where(own).order_by(Caller.id).limit(1)


def _is_id(person: str) -> bool:
    return person.isascii() and person.isdigit() and len(person) < 19


def exactly(known: Select[int], name: str, phone: str) -> Select[int]:
    """The same caller, where they stand on file just as they were typed now."""
    return select(Caller.id).where(
        Caller.id == known.scalar_subquery(), Caller.name == name, Caller.phone == phone
    )


def is_answered(person: str, found: int | None) -> None:
    """Raises NotAllowed where the answer names nobody of this number."""
    if person and person != ANOTHER and found is None:
        raise NotAllowed("unknown_person")


def told_as(
    caller_id: int, contact_id: int, case_id: int | None, name: str, phone: str
) -> dict[str, Any]:
    """The row of what was typed of a known caller."""
    return {
        "caller_id": caller_id,
        "contact_id": contact_id,
        "case_id": case_id,
        **compared(name, phone),
    }


def find_caller(session: Session, name: str, phone: str, person: str = "") -> tuple[Caller, bool]:
    """The caller whom a name and a number mean, else a new one; and whether they stand on file just
    so."""
    known = caller_known(session, name, phone, person)
    found = (
        session.scalars(select(Caller).where(Caller.id == known.scalar_subquery())).first()
        if phone
        else None
    )
    is_answered(person, found.id if found is not None else None)
    if found is None:
        found = Caller(name=name, phone=phone)
        session.add(found)
        session.flush()
    return found, (found.name, found.phone) == (name, phone)


def of_one_person(session: Session, row: Contact) -> ColumnElement[bool]:
    """The contacts of a contact's caller, among those of one matter: all of one number are one;
    where no number was given the name tells who it is, and an anonymous one is known by the
    case."""
    if row.caller_id is None:
        return and_(Contact.caller_id.is_(None), Contact.case_id == row.case_id)
    caller = session.get_one(Caller, row.caller_id)
    same = [Contact.caller_id == caller.id]
    if caller.number:
        same.append(Contact.caller_id.in_(of_number(session, caller.phone)))
    if caller.named:
        named = select(Caller.id).where(Caller.named == caller.named)
        named = named.where(Caller.number == "") if caller.number else named
        same.append(Contact.caller_id.in_(named))
    return or_(*same)


def whose(session: Session, row: Contact) -> ColumnElement[bool]:
    """The contacts of a contact's number, whatever the names; without a number, those of its
    caller."""
    caller = session.get_one(Caller, row.caller_id)
    if not caller.number:
        return Contact.caller_id == caller.id
    return Contact.caller_id.in_(of_number(session, caller.phone))


def flagged(session: Session, caller: Caller) -> bool:
    """Whether a caller's number was flagged, under whatever name."""
    if not caller.number:
        return caller.flagged_at is not None
    numbers = spellings(session, caller.phone)
    query = select(Caller.id).where(Caller.number.in_(numbers), Caller.flagged_at.is_not(None))
    return session.scalar(query.limit(1)) is not None


def typed_of(caller: Caller, told: ToldAs | None) -> Mapping[str, str]:
    """A caller as typed at a case."""
    return (
        {"name": told.name, "phone": told.phone}
        if told
        else {"name": caller.name, "phone": caller.phone}
    )
