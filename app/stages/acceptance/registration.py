"""A demand becomes a case: registered, corrected until it is allocated, split into its matters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from app.ledger import note
from app.models import Case, Category, Contact, ToldAs, Unit
from app.models.pairs import change_pairs
from app.roles import Actor
from app.rules import limits
from app.rules.extra import PREFIX, held
from app.rules.limits import KINDS, URGENCIES
from app.rules.office import Office
from app.rules.reading import letters
from app.rules.refusal import NotAllowed
from app.rules.workflow import OPEN_CASE
from app.stages.acceptance.corrected import corrected_caller, other_caller
from app.stages.acceptance.covering import cover_alike
from app.stages.acceptance.entering import Demand, Typed, enter, enter_split
from app.stages.acceptance.leaders import leader_terms, with_account
from app.stages.calendar import office_at


def received_when(
    office: Office,
    channel: str,
    received_at: datetime | None,
    paper_form: str,
    written: bool = False,
) -> datetime:
    """When the demand came in: it may precede the entry by up to three working days, with the paper
    form's number; what is on file as it came in writing, by more."""
    now = office.now
    received = received_at or now
    if received > now:
        raise NotAllowed("received_in_the_future")
    if written:
        return received
    late = office.calendar.between(received.date(), now.date())
    if received.date() < now.date() and late > office.limits.entry_workdays:
        raise NotAllowed("entered_too_late", workdays=office.limits.entry_workdays)
    if received.date() < now.date() and channel in ("phone", "walk_in") and not paper_form:
        raise NotAllowed("paper_form_missing")
    return received


def least_urgency(kind: str, dangerous: Any, urgency: str) -> str:
    """A report that touches life, property or public safety is at least urgent. [procedure 1]"""
    return "urgent" if kind == "report" and dangerous and urgency == "normal" else urgency


def _classified(session: Session, given: Mapping[str, Any]) -> None:
    if given["kind"] not in KINDS:
        raise NotAllowed("unknown_kind", kind=given["kind"])
    if given["channel"] not in limits.CHANNELS:
        raise NotAllowed("unknown_channel", channel=given["channel"])
    if given["urgency"] not in URGENCIES:
        raise NotAllowed("unknown_urgency", urgency=given["urgency"])
    if (
        given.get("complained_unit_id") is not None
        and session.get(Unit, given["complained_unit_id"]) is None
    ):
        raise NotAllowed("unknown_unit")


def register(
    session: Session,
    now: datetime,
    actor: Actor,
    kind: str,
    narrative: str,
    channel: str = "phone",
    urgency: str = "normal",
    caller_name: str = "",
    caller_phone: str = "",
    anonymous: bool = False,
    same_person: str = "",
    received_at: datetime | None = None,
    leader: Mapping[str, Any] | None = None,
    category_id: int | None = None,
    category: Select[int] | None = None,
    written: bool = False,
    **facts: Any,
) -> Case:
    """Register a demand as a case, with the contact that brought it. `facts` are other columns of
    the case; its category may be named by a query for the id, which is asked with the rest.
    `written`: what came is on file as a message.

    A report that touches life, property or public safety (`dangerous`) is at least urgent."""
    office = office_at(session, now)
    _long_enough(office, narrative)
    columns = {
        "kind": kind,
        "channel": channel,
        "urgency": least_urgency(kind, facts.get("dangerous"), urgency),
        "narrative": narrative,
        **facts,
    }
    _classified(session, columns)
    paper_form = facts.get("paper_form", "")
    columns["received_at"] = received_when(office, channel, received_at, paper_form, written)
    terms = with_account(session, leader_terms(leader, now.date())) if leader else None
    caller = _caller(Typed(caller_name, caller_phone, same_person), anonymous)
    if category_id is not None:
        category = select(Category.id).where(Category.id == category_id)
    demand = Demand({**columns, "anonymous": anonymous}, terms, caller, category)
    return enter(session, now, actor, office, demand)


def _long_enough(office: Office, narrative: str) -> None:
    """NotAllowed where a narrative says too little."""
    least = office.limits.narrative_characters
    if letters(narrative) < least:
        raise NotAllowed("narrative_too_short", characters=least)


def _caller(typed: Typed, anonymous: bool) -> Typed | None:
    """The caller as typed: named, or anonymous and then nothing of them."""
    named = typed.name or typed.phone
    if not anonymous and not named:
        raise NotAllowed("caller_missing")
    if anonymous and named:
        raise NotAllowed("anonymous_with_caller")
    return None if anonymous else typed


FACTS = (
    "channel",
    "wants_reply",
    "caller_id",
    "category_id",
    "place",
    "complained_unit_id",
    "complained_person",
    "narrative",
    "demand",
    "dangerous",
    "paper_form",
    "repeat_check",
)
"""What was registered of a case and may be corrected until it is allocated; kind, urgency and
confidentiality are reclassified instead. Columns marked `fact` belong to them."""


def edit_case(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    caller: Mapping[str, str] | None = None,
    same_person: str = "",
    **facts: Any,
) -> Case:
    """Correct what was registered, until the case is allocated: each correction is an event that
    names the fields. Operators correct their own entries. A report found to be dangerous becomes at
    least urgent, as at registration. Of the `caller` only what is given is corrected."""
    _may_correct(actor, case)
    changed = {name: value for name, value in facts.items() if getattr(case, name) != value}
    other = other_caller(session, case, caller or {})
    if not changed and not other:
        raise NotAllowed("nothing_changed")
    changed |= _raised_urgency(case, changed)
    _refuse_correction(session, now, case, changed)
    named = [*_named(case, changed), *(f"caller.{name}" for name in other)]
    payload = {"fields": sorted(named)}
    caller_before = case.caller_id
    if other:
        changed["caller_id"] = corrected_caller(session, case, other, same_person).id
    words = {name: getattr(case, name) for name in _SEARCHED}
    note(session, now, actor, case, "case.edited", changed, payload)
    _search_anew(session, words, changed)
    if case.caller_id != caller_before:
        _move_contacts(session, case, caller_before)
    return case


def _named(case: Case, changed: Mapping[str, Any]) -> list[str]:
    """The names of the fields that a correction changes, those of the office's own each by itself."""
    plain = [name for name in changed if name != "extra"]
    if "extra" not in changed:
        return plain
    stood, stands = held(case.extra), held(changed["extra"])
    differ = [code for code in {*stood, *stands} if stood.get(code) != stands.get(code)]
    return [*plain, *(f"{PREFIX}{code}" for code in differ)]


_SEARCHED = ("id", "narrative", "demand", "place")
"""What of a case the index of pairs is made of."""


def _may_correct(actor: Actor, case: Case) -> None:
    """NotAllowed where a case is allocated, or its entry is somebody else's."""
    if case.state != "registered" or case.allocations:
        raise NotAllowed("not_registered", state=case.state)
    if case.operator_id != actor.id and not actor.is_a("allocator", "centre_head"):
        raise NotAllowed("not_his_entry")


def _raised_urgency(case: Case, changed: Mapping[str, Any]) -> dict[str, str]:
    """The urgency of a case that is found to be dangerous, where it rises."""
    urgency = least_urgency(case.kind, changed.get("dangerous"), case.urgency)
    return {} if urgency == case.urgency else {"urgency": urgency}


def _search_anew(session: Session, words: Mapping[str, Any], changed: Mapping[str, Any]) -> None:
    """The index follows what was corrected of the words of a case."""
    if words.keys() & changed.keys():
        change_pairs(session, {**words}, {**words, **changed})


def _refuse_correction(
    session: Session, now: datetime, case: Case, changed: Mapping[str, Any]
) -> None:
    """NotAllowed where a case could not have been registered as it is corrected."""
    _long_enough(office_at(session, now), changed.get("narrative", case.narrative))
    registered = {"kind": case.kind, "channel": case.channel, "urgency": case.urgency}
    _classified(session, {**registered, **changed})
    category_id = changed.get("category_id")
    if category_id is not None and session.get(Category, category_id) is None:
        raise NotAllowed("unknown_category")


def _move_contacts(session: Session, case: Case, caller_before: int | None) -> None:
    """The contacts of a corrected caller are the right one's."""
    theirs = Contact.case_id == case.id, Contact.caller_id == caller_before
    session.execute(update(Contact).where(*theirs).values(caller_id=case.caller_id))


def split(
    session: Session, now: datetime, actor: Actor, case: Case, parts: Sequence[Mapping[str, Any]]
) -> list[Case]:
    """One contact, several matters: each part (`kind`, `narrative`) becomes a case of the same
    caller."""
    office = office_at(session, now)
    if case.state not in OPEN_CASE:
        raise NotAllowed("case_ended", state=case.state)
    if not parts:
        raise NotAllowed("no_parts")
    told = session.scalars(select(ToldAs).where(ToldAs.case_id == case.id).limit(1)).first()
    demands = [_part(session, office, case, part, told) for part in parts]
    made = enter_split(session, now, actor, office, case, demands)
    cover_alike(session, now, actor, case, made)
    return made


def registered_anew(
    session: Session, now: datetime, actor: Actor, case: Case, terms: Mapping[str, Any]
) -> Case:
    """What was said in a case that has ended, registered as a matter that a leader assigns (`terms`):
    of the same caller, and kept from whom it is kept there."""
    office = office_at(session, now)
    told = session.scalars(select(ToldAs).where(ToldAs.case_id == case.id).limit(1)).first()
    demand = _part(session, office, case, {"narrative": case.narrative, "kind": "help"}, told)
    demand.columns |= {"channel": "leader", "received_at": now, "demand": case.demand}
    demand.columns |= {"place": case.place}
    demand.terms = dict(terms)
    made = enter_split(session, now, actor, office, case, [demand])
    cover_alike(session, now, actor, case, made)
    return made[0]


def _part(
    session: Session, office: Office, case: Case, part: Mapping[str, Any], told: ToldAs | None
) -> Demand:
    """A part of a case, as a demand of its own; its caller is typed as on the case (`told`), and kept
    from whom they are kept from there: a part of a report that is none itself is confidential."""
    _long_enough(office, str(part.get("narrative", "")))
    kind = part.get("kind", case.kind)
    columns = {
        "kind": kind,
        "channel": case.channel,
        "urgency": least_urgency(kind, case.dangerous, case.urgency),
        "dangerous": case.dangerous,
        "narrative": part["narrative"],
        "received_at": case.received_at,
        "caller_id": case.caller_id,
        "anonymous": case.anonymous,
        "confidential": case.confidential or (_unnamed_report(case) and kind != "report"),
        "complained_unit_id": case.complained_unit_id,
        "complained_person": case.complained_person,
        "agreed_named": case.agreed_named,
        "split_from_id": case.id,
        "category_id": case.category_id,
    }
    _classified(session, columns)
    typed = Typed(told.name, told.phone) if told is not None else None
    return Demand(columns, caller=typed, told=told is not None)


def _unnamed_report(case: Case) -> bool:
    """Whether a case is a report whose caller did not agree to be named, of nobody in person."""
    return case.kind == "report" and not case.agreed_named and not case.complained_person
