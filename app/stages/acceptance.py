"""(1) acceptance. "Staff accept demands by phone, mayor's mailbox, WeChat, e-mail, record them accurately, classify
and register them, screen out reasonable suggestions and report them regularly."
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session

from app.ledger import bear, case_number, move, note, note_office
from app.models import (
    Assignment,
    Caller,
    Case,
    Category,
    Contact,
    Draft,
    Instruction,
    Referral,
    Reminder,
    Reply,
    Request,
    Responsibility,
    Reveal,
    Submission,
    Suggestion,
    Supervision,
    Unit,
    Visit,
    VisitRecord,
)
from app.models.columns import clock
from app.roles import Actor
from app.rules.limits import CHANNELS, KINDS, URGENCIES
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workflow import LIVE, OPEN_CASE
from app.stages.calendar import office_at

CONTACT_KINDS = ("repeat", "chase", "supplement", "invalid")
COUNTED_CONTACTS = ("repeat", "chase")
LONE_CONTACTS = ("invalid",)
"""The contacts that may stand alone: what nobody can tell a case of. [procedure 1]"""
REFUSALS = (
    "court", "arbitration", "discipline", "reconsideration", "disclosure", "petition", "territory", "secret",
    "no_new_fact",
)  # fmt: skip
LINES = ("110", "119", "120", "122")
MOVES_ALONG = (
    Assignment, Instruction, Submission, Reply, Request, Draft, Reminder, Supervision, VisitRecord, Responsibility,
    Referral,
)  # fmt: skip
"""What belongs to a case, beside its visits, and goes to the heir when its lead is withdrawn."""


def _received(office: Office, channel: str, received_at: datetime | None, paper_form: str) -> datetime:
    """When the demand came in: it may precede the entry by up to three working days, with the paper form's number."""
    now = office.now
    received = received_at or now
    if received > now:
        raise NotAllowed("received_in_the_future")
    late = office.calendar.between(received.date(), now.date())
    if received.date() < now.date() and late > office.limits.entry_workdays:
        raise NotAllowed("entered_too_late", workdays=office.limits.entry_workdays)
    if received.date() < now.date() and channel in ("phone", "walk_in") and not paper_form:
        raise NotAllowed("paper_form_missing")
    return received


def find_caller(session: Session, name: str, phone: str) -> Caller:
    """The caller with this number, or a new one."""
    found = session.scalars(select(Caller).where(Caller.phone == phone).limit(1)).first() if phone else None
    if found is None:
        found = Caller(name=name, phone=phone)
        session.add(found)
        session.flush()
    return found


def leader_terms(leader: Mapping[str, Any], today: date) -> dict[str, Any]:
    """A leader's words, checked: level, name, text, and a date that lies after today where one is given."""
    if leader.get("level") not in ("city", "county"):
        raise NotAllowed("leader_level")
    if not leader.get("name") or not leader.get("text"):
        raise NotAllowed("leader_words")
    due_on = leader.get("due_on")
    if due_on is not None and due_on <= today:
        raise NotAllowed("leader_date_not_after_today", due_on=due_on.isoformat())
    return {
        "leader": leader["name"], "level": leader["level"], "words": leader["text"], "due_on": due_on,
        "instructed_on": leader.get("date") or today, "document": leader.get("document", ""),
        "scan": leader.get("scan", ""),
    }  # fmt: skip


def instruct_on_file(
    session: Session, now: datetime, actor: Actor, case: Case, terms: Mapping[str, Any]
) -> Instruction:
    """Put a leader's instruction on the case's file."""
    row = Instruction(case_id=case.id, entered_at=now, entered_by_id=actor.id, **terms)
    session.add(row)
    session.flush()
    return row


def _classified(session: Session, given: Mapping[str, Any]) -> None:
    if given["kind"] not in KINDS:
        raise NotAllowed("unknown_kind", kind=given["kind"])
    if given["channel"] not in CHANNELS:
        raise NotAllowed("unknown_channel", channel=given["channel"])
    if given["urgency"] not in URGENCIES:
        raise NotAllowed("unknown_urgency", urgency=given["urgency"])
    if given.get("category_id") is not None and session.get(Category, given["category_id"]) is None:
        raise NotAllowed("unknown_category")
    if given.get("complained_unit_id") is not None and session.get(Unit, given["complained_unit_id"]) is None:
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
    received_at: datetime | None = None,
    leader: Mapping[str, Any] | None = None,
    **facts: Any,
) -> Case:
    """Register a demand as a case, with the contact that brought it. `facts` are other columns of the case.

    A report that touches life, property or public safety (`dangerous`) is at least urgent."""
    office = office_at(session, now)
    if len(narrative.strip()) < office.limits.narrative_characters:
        raise NotAllowed("narrative_too_short", characters=office.limits.narrative_characters)
    if kind == "report" and facts.get("dangerous") and urgency == "normal":
        urgency = "urgent"
    columns = {"kind": kind, "channel": channel, "urgency": urgency, "narrative": narrative, **facts}
    _classified(session, columns)
    columns["received_at"] = _received(office, channel, received_at, facts.get("paper_form", ""))
    terms = leader_terms(leader, now.date()) if leader else None
    if not anonymous:
        if not (caller_name or caller_phone):
            raise NotAllowed("caller_missing")
        columns["caller_id"] = find_caller(session, caller_name, caller_phone).id
    return _enter(session, now, actor, office, {**columns, "anonymous": anonymous}, terms)


def _enter(
    session: Session,
    now: datetime,
    actor: Actor,
    office: Office,
    columns: dict[str, Any],
    terms: Mapping[str, Any] | None,
) -> Case:
    own = office.calendar.run(now.date(), office.limits.allocate_workdays)
    columns |= {
        "registered_at": now, "operator_id": actor.id, "query_code": f"{secrets.randbelow(10**6):06d}",
        "suggestion": bool(columns.get("suggestion")) or columns["kind"] == "suggestion",
        "leader_assigned": terms is not None, "leader_due_on": terms["due_on"] if terms else None,
        **clock("own", own),
    }  # fmt: skip
    payload = {
        "kind": columns["kind"], "channel": columns["channel"], "urgency": columns["urgency"],
        "received_at": columns["received_at"].isoformat(), "caller": f"caller:{columns.get('caller_id') or 0}",
        "allocate_by": own.on.isoformat(),
    }  # fmt: skip
    case: Case = bear(session, now, actor, "case", "registered", "case.registered", columns, payload)
    session.add(
        Contact(
            case_id=case.id, kind="demand", channel=case.channel, received_at=case.received_at, entered_at=now,
            caller_id=case.caller_id, words="", operator_id=actor.id,
        )
    )  # fmt: skip
    if terms:
        instruct_on_file(session, now, actor, case, terms)
    if case.suggestion:
        _pool(session, now, actor, case)
    case.number = case_number(session, now.date())
    session.flush()
    return case


FACTS = (
    "channel", "wants_reply", "category_id", "place", "complained_unit_id", "complained_person", "narrative", "demand",
    "dangerous", "paper_form", "repeat_check",
)  # fmt: skip
"""What was registered of a case and may be corrected until it is allocated; kind, urgency and confidentiality are
reclassified instead. Columns marked `fact` belong to them."""


def edit_case(session: Session, now: datetime, actor: Actor, case: Case, **facts: Any) -> Case:
    """Correct what was registered, until the case is allocated: each correction is an event that names the fields.
    An operator corrects his own entry. A report found to be dangerous becomes at least urgent, as at registration."""
    if case.state != "registered" or case.allocations:
        raise NotAllowed("not_registered", state=case.state)
    if case.operator_id != actor.id and not actor.is_a("allocator", "centre_head"):
        raise NotAllowed("not_his_entry")
    changed = {name: value for name, value in facts.items() if getattr(case, name) != value}
    if not changed:
        raise NotAllowed("nothing_changed")
    if case.kind == "report" and changed.get("dangerous") and case.urgency == "normal":
        changed["urgency"] = "urgent"
    office = office_at(session, now)
    if len(changed.get("narrative", case.narrative).strip()) < office.limits.narrative_characters:
        raise NotAllowed("narrative_too_short", characters=office.limits.narrative_characters)
    _classified(session, {"kind": case.kind, "channel": case.channel, "urgency": case.urgency, **changed})
    note(session, now, actor, case, "case.edited", changed, {"fields": sorted(changed)})
    return case


def _pool(session: Session, now: datetime, actor: Actor, case: Case) -> None:
    """Put a case in the pool of suggestions, once."""
    if session.scalar(select(Suggestion.id).where(Suggestion.case_id == case.id)) is None:
        session.add(Suggestion(case_id=case.id, marked_at=now, words=""))
        note(session, now, actor, case, "suggestion.marked")


def mark_suggestion(session: Session, now: datetime, actor: Actor, case: Case) -> None:
    """Mark a case as a suggestion that may be reasonable, for the centre head's weekly screening."""
    case.suggestion = True
    _pool(session, now, actor, case)


def lead_of(session: Session, case: Case) -> Case:
    """The case on which a case's contacts count: its lead where it was merged, else itself."""
    return session.get_one(Case, case.merged_into_id) if case.state == "merged" and case.merged_into_id else case


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
) -> Contact:
    """A further contact on a case: `repeat` and `chase` count, `supplement` does not, `invalid` is kept against the
    number and may stand alone. A repeat on a case closed at most 90 days ago reopens it."""
    office = office_at(session, now)
    if kind not in CONTACT_KINDS:
        raise NotAllowed("unknown_contact", kind=kind)
    if channel not in CHANNELS:
        raise NotAllowed("unknown_channel", channel=channel)
    received = _received(office, "", received_at, "")
    other = caller_name or caller_phone
    known = case.caller_id if case else None
    row = Contact(
        case_id=case.id if case else None, kind=kind, channel=channel, received_at=received, entered_at=now,
        caller_id=find_caller(session, caller_name, caller_phone).id if other else known, words=words,
        operator_id=actor.id,
    )  # fmt: skip
    if case is None:
        _stand_alone(session, now, actor, row, office)
    else:
        _join(session, now, actor, case, row, office)
    return row


def _stand_alone(session: Session, now: datetime, actor: Actor, row: Contact, office: Office) -> None:
    """Keep a contact that belongs to no case."""
    if row.kind not in LONE_CONTACTS:
        raise NotAllowed("field_missing", field="case")
    session.add(row)
    session.flush()
    payload = {"contact": row.id, "kind": row.kind, "caller": f"caller:{row.caller_id or 0}"}
    note_office(session, now, actor, "contact.recorded", payload)
    _flag(session, now, actor, None, row, office)


def _join(session: Session, now: datetime, actor: Actor, case: Case, row: Contact, office: Office) -> None:
    """Put a contact on its case, or on the lead that its case was merged into."""
    kind, received, lead = row.kind, row.received_at, lead_of(session, case)
    if kind != "invalid" and lead.state in ("refused", "transferred", "withdrawn"):
        raise NotAllowed("case_ended", state=lead.state)
    if kind == "repeat" and lead.state == "closed":
        _reopenable(office, lead, received)
    counts = kind in COUNTED_CONTACTS and (lead.state in OPEN_CASE or kind == "repeat")
    if counts and not _counted_already(session, lead, row):
        row.counts_on_id = lead.id
    session.add(row)
    session.flush()
    _record_contact(session, now, actor, lead, row)
    if kind == "repeat" and lead.state == "closed":
        reopen(session, now, actor, lead, office)
    if kind == "invalid":
        _flag(session, now, actor, case, row, office)


def _counted_already(session: Session, lead: Case, row: Contact) -> bool:
    """Several contacts by one caller on one day count once."""
    query = select(Contact.received_at).where(Contact.counts_on_id == lead.id, _of_one_caller(session, row))
    return any(at.date() == row.received_at.date() for at in session.scalars(query))


def _of_one_caller(session: Session, row: Contact) -> ColumnElement[bool]:
    """The contacts of a contact's caller, among those of one matter: where no number was given the name tells who it
    is, and an anonymous one is known by the case."""
    if row.caller_id is None:
        return and_(Contact.caller_id.is_(None), Contact.case_id == row.case_id)
    caller = session.get_one(Caller, row.caller_id)
    named = exists().where(Caller.id == Contact.caller_id, Caller.name == caller.name, Caller.name != "")
    if caller.phone:
        named = named.where(Caller.phone == "")
    return or_(Contact.caller_id == caller.id, named)


def _record_contact(session: Session, now: datetime, actor: Actor, lead: Case, row: Contact) -> None:
    payload = {
        "contact": row.id, "kind": row.kind, "case": row.case_id, "caller": f"caller:{row.caller_id or 0}",
        "received_at": row.received_at.isoformat(),
    }  # fmt: skip
    if row.counts_on_id is None:
        note(session, now, actor, lead, "case.contacted", None, payload)
    else:
        repeats = lead.repeats + 1
        columns = {"repeats": repeats}
        note(session, now, actor, lead, "case.repeated", columns, {**payload, "repeats": repeats}, lead.lead_unit_id)


def _reopenable(office: Office, case: Case, received: datetime) -> None:
    closed = case.closed_at or case.registered_at
    if received.date() > closed.date() + timedelta(days=office.limits.repeat_days):
        raise NotAllowed("closed_too_long", days=office.limits.repeat_days)


def reopen(session: Session, now: datetime, actor: Actor, case: Case, office: Office) -> None:
    """Closed, not solved: back to responsibility review; one that no unit handled is registered anew."""
    columns: dict[str, Any] = {
        "closed_at": None, "closed_as": None, "excluded_as": None, "redo_failed": False, "refusal_reason": None,
        "refusal_proposed_by_id": None,
    }  # fmt: skip
    if case.lead_assignment_id is None:
        end_visits(session, now, actor, case)
        own = office.calendar.run(now.date(), office.limits.allocate_workdays)
        columns |= {"mode": None, **clock("own", own)}
        move(session, now, actor, case, "registered", "case.reopened", columns)
    else:
        columns |= {"disputed_by": "repeat"}
        move(session, now, actor, case, "reviewing", "case.reopened", columns)


def _flag(session: Session, now: datetime, actor: Actor, case: Case | None, row: Contact, office: Office) -> None:
    """Three invalid contacts of a number in thirty days flag it for the centre head."""
    if row.caller_id is None:
        return
    since = now - timedelta(days=office.limits.invalid_days)
    query = select(func.count()).where(
        Contact.caller_id == row.caller_id, Contact.kind == "invalid", Contact.received_at >= since
    )
    caller = session.get_one(Caller, row.caller_id)
    if (session.scalar(query) or 0) >= office.limits.invalid_contacts and caller.flagged_at is None:
        caller.flagged_at = now
        payload = {"caller": f"caller:{caller.id}"}
        if case is None:
            note_office(session, now, actor, "caller.flagged", payload)
        else:
            note(session, now, actor, case, "caller.flagged", None, payload)


def merge(session: Session, now: datetime, actor: Actor, case: Case, into: Case) -> Case:
    """Merge a case into a lead: different callers, same matter. Its own merged cases come along."""
    if case.id == into.id:
        raise NotAllowed("merge_into_itself")
    if case.state not in OPEN_CASE:
        raise NotAllowed("case_ended", state=case.state)
    if into.state not in OPEN_CASE:
        raise NotAllowed("lead_ended", state=into.state)
    for one in merged_with(session, case):
        note(session, now, actor, one, "case.merged", {"merged_into_id": into.id}, {"into": into.id})
    columns = {"merged_into_id": into.id, **clock("own", None)}
    move(session, now, actor, case, "merged", "case.merged", columns, {"into": into.id})
    return into


def merged_with(session: Session, lead: Case) -> Sequence[Case]:
    """The cases merged into a lead, the oldest registration first."""
    query = select(Case).where(Case.merged_into_id == lead.id, Case.state == "merged")
    return session.scalars(query.order_by(Case.registered_at, Case.id)).all()


def split(session: Session, now: datetime, actor: Actor, case: Case, parts: Sequence[Mapping[str, Any]]) -> list[Case]:
    """One contact, several matters: each part (`kind`, `narrative`) becomes a case of the same caller."""
    office = office_at(session, now)
    if case.state not in OPEN_CASE:
        raise NotAllowed("case_ended", state=case.state)
    if not parts:
        raise NotAllowed("no_parts")
    made = []
    for part in parts:
        if len(str(part.get("narrative", "")).strip()) < office.limits.narrative_characters:
            raise NotAllowed("narrative_too_short", characters=office.limits.narrative_characters)
        columns = {
            "kind": part.get("kind", case.kind), "channel": case.channel, "urgency": case.urgency,
            "narrative": part["narrative"], "received_at": case.received_at, "caller_id": case.caller_id,
            "anonymous": case.anonymous, "confidential": case.confidential, "split_from_id": case.id,
            "category_id": case.category_id,
        }  # fmt: skip
        _classified(session, columns)
        made.append(_enter(session, now, actor, office, columns, None))
    note(session, now, actor, case, "case.split", None, {"into": [one.id for one in made]})
    return made


def refuse(
    session: Session, now: datetime, actor: Actor, case: Case, reason: str, words: str, re_explained: bool = False
) -> Case:
    """Not accepted: a reason code and the words told to the caller. An operator's is a proposal."""
    if case.state != "registered":
        raise NotAllowed("not_registered", state=case.state)
    if reason not in REFUSALS:
        raise NotAllowed("unknown_reason", reason=reason)
    if not words.strip():
        raise NotAllowed("words_missing")
    if reason == "no_new_fact" and not re_explained:
        raise NotAllowed("explain_once_more")
    columns: dict[str, Any] = {"refusal_reason": reason, "told_caller": words}
    if actor.is_a("allocator", "centre_head"):
        _refused(session, now, actor, case, columns)
    else:
        columns["refusal_proposed_by_id"] = actor.id
        note(session, now, actor, case, "case.refusal_proposed", columns, {"reason": reason})
    return case


def _refused(session: Session, now: datetime, actor: Actor, case: Case, columns: Mapping[str, Any]) -> None:
    ends = {**columns, **clock("own", None), "closed_at": now, "closed_as": "refused"}
    move(session, now, actor, case, "refused", "case.refused", ends, {"reason": ends.get("refusal_reason", "")})


def confirm_refusal(session: Session, now: datetime, actor: Actor, case: Case, accept: bool = True) -> Case:
    """An allocator confirms an operator's proposal to refuse, or lets the case go on."""
    if case.state != "registered" or case.refusal_reason is None:
        raise NotAllowed("nothing_proposed")
    if case.refusal_proposed_by_id == actor.id:
        raise NotAllowed("own_proposal")
    if accept:
        _refused(session, now, actor, case, {"refusal_reason": case.refusal_reason})
    else:
        case.refusal_reason, case.refusal_proposed_by_id = None, None
        note(session, now, actor, case, "case.edited", None, {"refusal": "not confirmed"})
    return case


def hand_on(session: Session, now: datetime, actor: Actor, case: Case, line: str) -> Case:
    """A matter of 110, 119, 120 or 122 is handed on at once; no case goes on and nobody need confirm."""
    if case.state != "registered":
        raise NotAllowed("not_registered", state=case.state)
    if line not in LINES:
        raise NotAllowed("unknown_line", line=line)
    columns = {"line": line, **clock("own", None), "closed_at": now, "closed_as": "handed_on"}
    move(session, now, actor, case, "transferred", "case.handed_on", columns, {"line": line, "at": now.isoformat()})
    return case


def withdraw(session: Session, now: datetime, actor: Actor, case: Case, reason: str) -> Case:
    """Withdrawn at the caller's request. With merged cases the oldest becomes the lead and takes over as it stands;
    without, clocks stop and open reminders are void."""
    if case.state not in OPEN_CASE:
        raise NotAllowed("case_ended", state=case.state)
    if not reason.strip():
        raise NotAllowed("reason_missing")
    heirs = merged_with(session, case)
    if heirs:
        _take_over(session, now, actor, case, heirs)
    heir_id = heirs[0].id if heirs else None
    columns = {**clock("own", None), "closed_at": now, "closed_as": "withdrawn", "taken_over_by_id": heir_id}
    move(session, now, actor, case, "withdrawn", "case.withdrawn", columns)
    return case


INHERITED = (
    "round", "repeats", "mode", "allocations", "allocated_at", "lead_unit_id", "lead_assignment_id",
    "leader_assigned", "leader_due_on", "redo_failed", "disputed_by", "answered_by_id", "answer", "sampled",
    "own_at", "own_clock", "own_overdue_for", "look_again_at", "urgency",
)  # fmt: skip


def _take_over(session: Session, now: datetime, actor: Actor, lead: Case, heirs: Sequence[Case]) -> None:
    """The oldest merged case takes over state, round, count, assignments, clocks, reminders and supervision."""
    heir, how = heirs[0], _visited_as(session, lead, heirs[0])
    _not_visited(session, now, actor, Visit.caller_case_id == lead.id)
    _take_along(session, lead, heir)
    columns = {name: getattr(lead, name) for name in INHERITED} | {"merged_into_id": None}
    move(session, now, actor, heir, lead.state, "case.took_over", columns, {"from": lead.id})
    if heir.state == "visiting" and how:
        ends = {**clock("own", None), "closed_at": now, "closed_as": how}
        move(session, now, actor, heir, "closed", "case.closed", ends, {"as": how}, heir.lead_unit_id)
    for other in heirs[1:]:
        note(session, now, actor, other, "case.merged", {"merged_into_id": heir.id}, {"into": heir.id})


def _take_along(session: Session, lead: Case, heir: Case) -> None:
    """All that belongs to a lead becomes its heir's. Its visits are numbered after those that the heir had itself
    before it was merged: both may be of one caller and round."""
    turns = select(func.max(Visit.turn)).where(Visit.case_id == heir.id)
    visits = {"case_id": heir.id, "turn": Visit.turn + (session.scalar(turns) or 0)}
    session.execute(update(Visit).where(Visit.case_id == lead.id).values(visits))
    for model in MOVES_ALONG:
        session.execute(update(model).where(model.case_id == lead.id).values(case_id=heir.id))
    session.execute(update(Contact).where(Contact.counts_on_id == heir.id).values(counts_on_id=None))
    session.execute(update(Contact).where(Contact.counts_on_id == lead.id).values(counts_on_id=heir.id))


def _visited_as(session: Session, lead: Case, heir: Case) -> str | None:
    """How an heir's own visit about its lead ended before it took over; an anonymous one has none to come."""
    if heir.anonymous:
        return "anonymous"
    visits = select(Visit.state).where(
        Visit.caller_case_id == heir.id, Visit.case_id == lead.id, Visit.round == lead.round
    )
    state = session.scalars(visits.order_by(Visit.id.desc()).limit(1)).first()
    return {"done": "visited", "unreachable": "unreachable"}.get(state or "")


def end_visits(session: Session, now: datetime, actor: Actor, case: Case) -> None:
    """A case is handled anew: callers who were still to be visited are visited about the new result."""
    _not_visited(session, now, actor, Visit.case_id == case.id)


def _not_visited(session: Session, now: datetime, actor: Actor, whose: ColumnElement[bool]) -> None:
    for visit in session.scalars(select(Visit).where(whose, Visit.state == "pending")).all():
        move(session, now, actor, visit, "not_applicable", "visit.not_applicable", {"ended_at": now})


def screen_suggestion(session: Session, now: datetime, actor: Actor, case: Case, keep: bool, words: str) -> Suggestion:
    """The centre head screens a suggestion: kept with its relevance, or dropped with a reason."""
    row = session.scalars(select(Suggestion).where(Suggestion.case_id == case.id)).first()
    if row is None:
        raise NotAllowed("not_a_suggestion")
    if row.kept is not None:
        raise NotAllowed("screened_already")
    if not words.strip():
        raise NotAllowed("reason_missing")
    row.kept, row.words, row.screened_at, row.screened_by_id = keep, words, now, actor.id
    note(session, now, actor, case, "suggestion.screened", None, {"kept": keep})
    return row


def _to_visit(session: Session, case: Case) -> bool:
    """Whether a visitor has a caller to visit: not of a leader's matter, which is the room's. [procedure 6]"""
    lead = lead_of(session, case)
    waiting = select(Visit.id).where(Visit.caller_case_id == case.id, Visit.state == "pending").limit(1)
    return not lead.leader_assigned and (lead.state == "visiting" or session.scalar(waiting) is not None)


def reveal(session: Session, now: datetime, actor: Actor, case: Case, reason: str) -> Caller:
    """Show a caller's name and number, with a reason, on the record."""
    if not reason.strip():
        raise NotAllowed("reason_missing")
    if case.caller_id is None:
        raise NotAllowed("no_caller")
    if case.confidential and actor.of_a_unit:
        raise NotAllowed("confidential")
    if actor.unit_id is not None:
        held = select(Assignment.id).where(Assignment.case_id == case.id, Assignment.unit_id == actor.unit_id,
            Assignment.state.in_((*LIVE, "accepted")),
        )  # fmt: skip
        if session.scalar(held.limit(1)) is None:
            raise NotAllowed("not_found")
    if actor.is_a("visitor") and not _to_visit(session, case):
        raise NotAllowed("not_found")
    event_id = note(session, now, actor, case, "caller.revealed", None, {"caller": f"caller:{case.caller_id}"})
    session.add(Reveal(event_id=event_id, case_id=case.id, at=now, by_id=actor.id, reason=reason.strip()))
    session.flush()
    _alarm(session, now, actor)
    return session.get_one(Caller, case.caller_id)


REVEALS_AN_HOUR = 20
"""How many callers one account is shown in an hour before the log auditor is alarmed. [trust, The caller]"""


def _alarm(session: Session, now: datetime, actor: Actor) -> None:
    """Alarm the log auditor when an account has just gone beyond what it is shown in an hour."""
    hour = select(func.count()).where(Reveal.by_id == actor.id, Reveal.at > now - timedelta(hours=1))
    if session.scalar(hour) == REVEALS_AN_HOUR + 1:
        note_office(session, now, actor, "caller.revealed_often", {"user": actor.id, "most": REVEALS_AN_HOUR})
