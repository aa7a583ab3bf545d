"""Further contacts on a case: what counts as a repeat, what reopens a closed case, what flags a
number."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, func, inspect, select
from sqlalchemy.orm import Session, make_transient_to_detached

from app.ledger import Entry, allot, move, move_many, note, note_office
from app.models import Caller, Case, Contact, ToldAs, Visit
from app.models.columns import clock
from app.roles import Actor
from app.rules import limits
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workflow import CLOSED_TO_CONTACTS, OPEN_CASE
from app.stages.acceptance.callers import find_caller, flagged, of_one_person, told_as, whose
from app.stages.acceptance.registration import received_when
from app.stages.calendar import office_at

CONTACT_KINDS = ("repeat", "chase", "supplement", "invalid")
COUNTED_CONTACTS = ("repeat", "chase")
LONE_CONTACTS = ("invalid",)
"""The contacts that may stand alone: what nobody can tell a case of. [procedure 1]"""


def lead_of(session: Session, case: Case) -> Case:
    """The case on which a case's contacts count: its lead where it was merged, else itself."""
    return (
        session.get_one(Case, case.merged_into_id)
        if case.state == "merged" and case.merged_into_id
        else case
    )


def contact(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case | None,
    kind: str,
    channel: str = "phone",
    words: str = "",
    caller_name: str = "",
    caller_phone: str = "",
    received_at: datetime | None = None,
    same_person: str = "",
    written: bool = False,
    extra: str = "",
) -> Contact:
    """A further contact on a case: `repeat` and `chase` count, in the caller's words; `supplement`
    does not; `invalid` is kept against the number and may stand alone. A repeat on a case closed at
    most 90 days ago reopens it."""
    office = office_at(session, now)
    _refuse_contact(kind, channel, words)
    row = Contact(
        case_id=case.id if case else None,
        kind=kind,
        channel=channel,
        received_at=received_when(office, "", received_at, "", written),
        entered_at=now,
        caller_id=case.caller_id if case else None,
        words=words,
        operator_id=actor.id,
        extra=extra,
    )
    typed = None
    if caller_name or caller_phone:
        caller, exact = find_caller(session, caller_name, caller_phone, same_person)
        row.caller_id = caller.id
        typed = None if exact else {"name": caller_name, "phone": caller_phone}
    if case is None:
        _stand_alone(session, now, actor, row, office, typed)
    else:
        _join(session, now, actor, case, row, office, typed)
    return row


def _refuse_contact(kind: str, channel: str, words: str) -> None:
    """NotAllowed where a contact is of no known kind or channel, or counts without its words."""
    if kind not in CONTACT_KINDS:
        raise NotAllowed("unknown_contact", kind=kind)
    if channel not in limits.CHANNELS:
        raise NotAllowed("unknown_channel", channel=channel)
    if kind in COUNTED_CONTACTS and not words.strip():
        raise NotAllowed("words_missing")


def _keep(session: Session, row: Contact, told: Mapping[str, str] | None) -> None:
    """Keep a contact, and what was typed of its caller where they stand on file otherwise."""
    session.add(row)
    session.flush()
    if told is not None:
        session.add(
            ToldAs(**told_as(row.caller_id or 0, row.id, None, told["name"], told["phone"]))
        )
        session.flush()


def _stand_alone(
    session: Session,
    now: datetime,
    actor: Actor,
    row: Contact,
    office: Office,
    told: Mapping[str, str] | None,
) -> None:
    """Keep a contact that belongs to no case."""
    if row.kind not in LONE_CONTACTS:
        raise NotAllowed("field_missing", field="case")
    _keep(session, row, told)
    payload = {"contact": row.id, "kind": row.kind, "caller": f"caller:{row.caller_id or 0}"}
    note_office(session, now, actor, "contact.recorded", payload)
    _flag(session, now, actor, None, row, office)


def _join(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    row: Contact,
    office: Office,
    told: Mapping[str, str] | None,
) -> None:
    """Put a contact on its case, or on the lead that its case was merged into."""
    kind, lead = row.kind, lead_of(session, case)
    if kind != "invalid" and lead.state in CLOSED_TO_CONTACTS:
        raise NotAllowed("case_ended", state=lead.state)
    reopens = kind == "repeat" and lead.state == "closed"
    if reopens:
        _reopenable(office, lead, row.received_at)
    if _counts(session, lead, row):
        row.counts_on_id = lead.id
    _record_contact(session, now, actor, lead, row, told)
    if reopens:
        reopen(session, now, actor, lead, office)
    if kind == "invalid":
        _flag(session, now, actor, case, row, office)


def _counts(session: Session, lead: Case, row: Contact) -> bool:
    """Whether a contact raises the repeat count of its lead."""
    counted = row.kind in COUNTED_CONTACTS and (lead.state in OPEN_CASE or row.kind == "repeat")
    return counted and not _counted_already(session, lead, row)


def _counted_already(session: Session, lead: Case, row: Contact) -> bool:
    """Several contacts by one caller on one day count once."""
    query = select(Contact.received_at).where(
        Contact.counts_on_id == lead.id, of_one_person(session, row)
    )
    return any(at.date() == row.received_at.date() for at in session.scalars(query))


def _record_contact(
    session: Session,
    now: datetime,
    actor: Actor,
    lead: Case,
    row: Contact,
    told: Mapping[str, str] | None,
) -> None:
    """Write a contact with its event, what was typed of its caller, and the case's count of
    repeats."""
    wanted = {"event": 1, "contact": 1, **({"told_as": 1} if told is not None else {})}
    ids = allot(session, wanted)
    row.id = ids["contact"][0]
    payload: dict[str, Any] = {
        "contact": row.id,
        "kind": row.kind,
        "case": row.case_id,
        "caller": f"caller:{row.caller_id or 0}",
        "received_at": row.received_at.isoformat(),
    }
    entry = Entry(
        lead.id, "case.contacted", "case", lead.id, payload=payload, event_id=ids["event"][0]
    )
    if row.counts_on_id is not None:
        entry.kind, entry.columns, entry.unit_id = (
            "case.repeated",
            {"repeats": lead.repeats + 1},
            lead.lead_unit_id,
        )
        payload["repeats"] = lead.repeats + 1
    entry.rows.append(
        (
            Contact,
            {column.key: getattr(row, column.key) for column in inspect(Contact).column_attrs},
        )
    )
    if told is not None:
        typed = told_as(row.caller_id or 0, row.id, None, told["name"], told["phone"])
        entry.rows.append((ToldAs, {"id": ids["told_as"][0], **typed}))
    move_many(session, now, actor, [entry])
    make_transient_to_detached(row)
    session.add(row)


def _reopenable(office: Office, case: Case, received: datetime) -> None:
    closed = case.closed_at or case.registered_at
    days = office.kept(case.allocated_at).repeat_days
    if received.date() > closed.date() + timedelta(days=days):
        raise NotAllowed("closed_too_long", days=days)


def reopen(session: Session, now: datetime, actor: Actor, case: Case, office: Office) -> None:
    """Closed, not solved: back to responsibility review; one that no unit handled is registered
    anew."""
    columns: dict[str, Any] = {
        "closed_at": None,
        "closed_as": None,
        "excluded_as": None,
        "redo_failed": False,
        "refusal_reason": None,
        "refusal_proposed_by_id": None,
    }
    if case.lead_assignment_id is None:
        end_visits(session, now, actor, case)
        own = office.calendar.run(now.date(), office.limits.allocate_workdays)
        columns |= {"mode": None, **clock("own", own)}
        move(session, now, actor, case, "registered", "case.reopened", columns)
    else:
        columns |= {"disputed_by": "repeat"}
        move(session, now, actor, case, "reviewing", "case.reopened", columns)


def _flag(
    session: Session, now: datetime, actor: Actor, case: Case | None, row: Contact, office: Office
) -> None:
    """Three invalid contacts of a number in thirty days flag it for the centre head."""
    if row.caller_id is None:
        return
    since = now - timedelta(days=office.limits.invalid_days)
    invalid = and_(Contact.kind == "invalid", Contact.received_at >= since)
    query = select(func.count()).where(whose(session, row), invalid)
    caller = session.get_one(Caller, row.caller_id)
    if (session.scalar(query) or 0) >= office.limits.invalid_contacts and not flagged(
        session, caller
    ):
        caller.flagged_at = now
        payload = {"caller": f"caller:{caller.id}"}
        if case is None:
            note_office(session, now, actor, "caller.flagged", payload)
        else:
            note(session, now, actor, case, "caller.flagged", None, payload)


def end_visits(session: Session, now: datetime, actor: Actor, case: Case) -> None:
    """A case is handled anew: callers who were still to be visited are visited about the new
    result."""
    end_pending(session, now, actor, Visit.case_id == case.id)


def end_pending(session: Session, now: datetime, actor: Actor, whose: ColumnElement[bool]) -> None:
    """End the pending visits of some callers: nobody is to be visited any more."""
    for visit in session.scalars(select(Visit).where(whose, Visit.state == "pending")).all():
        move(
            session, now, actor, visit, "not_applicable", "visit.not_applicable", {"ended_at": now}
        )
