"""A caller who was entered wrongly is put right, until the case is allocated."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.models import Caller, Case, Contact, ToldAs
from app.models.caller import compared
from app.rules.refusal import NotAllowed
from app.stages.acceptance.callers import (
    callable_,
    caller_known,
    is_answered,
    told_as,
    typed_of,
)


def _told(session: Session, case: Case) -> ToldAs | None:
    """What was typed of a case's caller, where it is not what stands on file."""
    return session.scalars(select(ToldAs).where(ToldAs.case_id == case.id).limit(1)).first()


def other_caller(session: Session, case: Case, given: Mapping[str, str]) -> dict[str, str]:
    """What is given of a case's caller that is another than what stands on file."""
    if case.caller_id is None:
        if any(given.values()):
            raise NotAllowed("no_caller")
        return {}
    stands = typed_of(session.get_one(Caller, case.caller_id), _told(session, case))
    other = {name: value for name, value in given.items() if stands[name] != value}
    if other and not any({**stands, **other}.values()):
        raise NotAllowed("caller_missing")
    callable_(other.get("phone", ""))
    return other


def corrected_caller(
    session: Session, case: Case, other: Mapping[str, str], person: str = ""
) -> Caller:
    """Whom a case has when its caller is put right. Other cases of the number keep the caller
    that they have. A wrong number that no other case has is not kept: else whoever it belongs to
    would be taken for the caller."""
    held, told = session.get_one(Caller, case.caller_id), _told(session, case)
    typed = {**typed_of(held, told), **other}
    known = caller_known(session, typed["name"], typed["phone"], person)
    by_id = select(Caller).where(Caller.id == known.scalar_subquery())
    found = session.scalars(by_id).first() if typed["phone"] else None
    is_answered(person, found.id if found is not None else None)
    alone = not _known_elsewhere(session, case, held)
    if alone and found in (None, held):
        held.name, held.phone, found = typed["name"], typed["phone"], held
    elif alone:
        held.name = held.phone = ""
    if found is None:
        session.add(found := Caller(**typed))
    session.flush()
    _tell(session, case, found, told, typed)
    return found


def _tell(
    session: Session, case: Case, caller: Caller, told: ToldAs | None, typed: Mapping[str, str]
) -> None:
    """Keep what was typed of the caller where they stand on file otherwise, else nothing."""
    if typed_of(caller, None) == typed:
        if told is not None:
            session.delete(told)
    elif told is None:
        first = select(Contact.id).where(Contact.case_id == case.id, Contact.kind == "demand")
        contact = session.scalars(first.order_by(Contact.id).limit(1)).one()
        session.add(ToldAs(**told_as(caller.id, contact, case.id, typed["name"], typed["phone"])))
    else:
        told.caller_id = caller.id
        for column, value in compared(typed["name"], typed["phone"]).items():
            setattr(told, column, value)
    session.flush()


def _known_elsewhere(session: Session, case: Case, caller: Caller) -> bool:
    """Whether a caller has another case, or called about one, or about none."""
    others = select(Case.id).where(Case.caller_id == caller.id, Case.id != case.id).limit(1)
    elsewhere = or_(Contact.case_id != case.id, Contact.case_id.is_(None))
    called = select(Contact.id).where(Contact.caller_id == caller.id, elsewhere).limit(1)
    return session.scalar(others) is not None or session.scalar(called) is not None
