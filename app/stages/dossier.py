"""What a dossier 移送卷宗 holds, as facts: gathered when it is sealed, in the order of its pages, the
caller redacted. (8) "Units and responsible persons ... are, after being supervised, handed to the
county supervisory committee."
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import (
    Assignment,
    Case,
    Category,
    Contact,
    Event,
    File,
    Instruction,
    NamedPerson,
    Person,
    Referral,
    Reminder,
    Reply,
    Request,
    Responsibility,
    Supervision,
    SupervisionList,
    Supplement,
    Unit,
    UnitPost,
    Visit,
    VisitRecord,
)
from app.rules.articles import articles
from app.rules.covering import without_caller
from app.rules.files import IDENTIFYING
from app.rules.office import Office
from app.stages.covers import hidden_in
from app.stages.delivery import Service, of_cases
from app.stages.papers import SPARED, instruction_facts, notices_of
from app.stages.supervision import fault_on, named

Facts = dict[str, Any]
Served = dict[tuple[str, int, int], Facts]
_UNTOUCHED = (
    *SPARED,
    "persons",
    "approval",
    "rules",
    "chains",
    "actors",
    "formed_by",
    "by",
    "examined_by",
    "found_by",
    "opened_by",
)
"""What holds no words of a caller: officials keep their names, though one may be called as the
caller is."""


def contents(
    session: Session,
    office: Office,
    referral: Referral,
    timeline: Sequence[Sequence[Any]],
    **more: Any,
) -> Facts:
    """All facts of a dossier, canonical JSON's types only. `timeline` holds the events of the case
    and of those it took over, as (chain, seq, at, kind, actor, hash)."""
    item = session.get_one(Supervision, referral.supervision_id)
    chains = sorted({int(row[0]) for row in timeline} | {referral.case_id})
    case = session.get_one(Case, referral.case_id)
    services = of_cases(session, office.calendar, chains)
    served = {key: _served(session, office, one) for key, one in services.items()}
    facts = {
        "format": 1,
        "case": case.id,
        "case_number": case.number or "",
        "unit": referral.unit_id,
        "unit_name": session.get_one(Unit, referral.unit_id).name,
        "offices": _offices(office),
        "chains": {str(id): session.get_one(Case, id).number or "" for id in chains},
        "matter": _matter(session, case),
        "instructions": _instructions(session, case),
        "assignments": _assignments(session, case, served),
        "requests": _requests(session, case),
        "reminders": _reminders(session, case, served),
        "replies": _replies(session, case),
        **_item(session, item, served),
        "persons": [_person(session, row) for row in named(session, item)],
        "report": referral.report,
        "proposal": referral.proposal,
        "timeline": _with_workdays(office, case, timeline),
        "actors": _actors(session, timeline),
        "heard": _heard(timeline),
        "repeats": _repeats(session, case),
        "visits": _visits(session, case),
        "responsibility": _responsibility(session, case),
        "approval": _approval(session, referral),
        "with_identity": referral.with_identity,
        "send_by": json.loads(referral.send_by_clock),
        "rules": _rules(session, office, item),
        "evidence": _evidence(session, referral, chains),
        **more,
    }
    cleaned: Facts = without_caller(facts, hidden_in(session, chains), _UNTOUCHED)
    return cleaned


def _rules(session: Session, office: Office, item: Supervision) -> list[Facts]:
    """The rules that were in force on the date of the fault, with their days."""
    confirmed = item.confirmed_at or office.now
    day = fault_on(session.get_one(Assignment, item.assignment_id), confirmed.date())
    held = [one for one in articles(office.word("dossier.rules")) if one.in_force(day)]
    return [{"words": one.words, "from": _on(one.first), "to": _on(one.last)} for one in held]


def _offices(office: Office) -> Facts:
    words = ("office", "room", "committee", "series.referral")
    return {name: office.word(name) for name in words}


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _on(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _name(session: Session, id: int | None) -> str | None:
    if id is None:
        return None
    row = session.get_one(Person, id)
    return str(row.first_name or row.username)


def _matter(session: Session, case: Case) -> Facts:
    category = session.get(Category, case.category_id) if case.category_id else None
    return {
        "received_at": _at(case.received_at),
        "registered_at": _at(case.registered_at),
        "channel": case.channel,
        "kind": case.kind,
        "category": str(category) if category else None,
        "urgency": case.urgency,
        "place": case.place,
        "narrative": case.narrative,
        "demand": case.demand,
        "repeats": case.repeats,
        "anonymous": case.anonymous,
        "confidential": case.confidential,
        "leader_assigned": case.leader_assigned,
        "state": case.state,
        "round": case.round,
    }


def _instructions(session: Session, case: Case) -> list[Facts]:
    query = select(Instruction).where(Instruction.case_id == case.id).order_by(Instruction.id)
    return [instruction_facts(row) for row in session.scalars(query)]


def _served(session: Session, office: Office, one: Service) -> Facts:
    """How a paper was served: when - None while it is not -, by what, when and by whom it was
    opened and acted upon."""
    return {
        "at": _at(one.served_at(office.now)),
        "how": one.how,
        "opened": one.opened,
        "opened_at": _at(one.opened_at),
        "opened_by": _account(session, one.opened_by),
        "acted_at": _at(one.acted_at),
        "acted_by": _account(session, one.acted_by),
        "stood_until": _at(one.stood_until),
    }


def _account(session: Session, actor: str | None) -> str | None:
    """The name of the account that an event names."""
    return (
        _name(session, int(actor.removeprefix("user:")))
        if actor and actor.startswith("user:")
        else None
    )


def _assignments(session: Session, case: Case, served: Served) -> list[Facts]:
    """Case and allocation papers, their service and signing, with how each due date was worked
    out."""
    query = select(Assignment).where(Assignment.case_id == case.id).order_by(Assignment.id)
    return [
        {
            "number": row.number,
            "unit": session.get_one(Unit, row.unit_id).name,
            "role": row.role,
            "round": row.round,
            "at": _at(row.allocated_at),
            "by": _name(session, row.allocated_by_id),
            "signed_at": _at(row.signed_at),
            "signed_by": row.signed_by,
            "due_at": _at(row.due_at),
            "due": json.loads(row.due_clock),
            "replied_at": _at(row.replied_at),
            "late": row.late,
            "state": row.state,
            "served": served.get(("assignment", row.id, 1)),
        }
        for row in session.scalars(query)
    ]


def _requests(session: Session, case: Case) -> list[Facts]:
    query = select(Request).where(Request.case_id == case.id).order_by(Request.id)
    return [
        {
            "kind": row.kind,
            "unit": session.get_one(Unit, row.unit_id).name,
            "at": _at(row.filed_at),
            "words": row.words,
            "promised_on": _on(row.promised_on),
            "workdays": row.workdays,
            "state": row.state,
            "ruled_at": _at(row.ruled_at),
            "ruling": row.ruling_words,
        }
        for row in session.scalars(query)
    ]


def _reminders(session: Session, case: Case, served: Served) -> list[Facts]:
    query = select(Reminder).where(Reminder.case_id == case.id).order_by(Reminder.id)
    return [
        {
            "number": row.number,
            "unit": session.get_one(Unit, row.unit_id).name,
            "round": row.round,
            "at": _at(row.issued_at),
            "reply_by_at": _at(row.reply_by_at),
            "reply_by": json.loads(row.reply_by_clock),
            "lapsed_at": _at(row.lapsed_at),
            "late": row.answered_late,
            "void": row.void_reason,
            "state": row.state,
            "served": served.get(("reminder", row.id, 1)),
        }
        for row in session.scalars(query)
    ]


def _replies(session: Session, case: Case) -> list[Facts]:
    """Replies and their examination. The number under which a caller was reached is left out."""
    query = select(Reply).where(Reply.case_id == case.id).order_by(Reply.id)
    return [
        {
            "unit": session.get_one(Unit, row.unit_id).name,
            "round": row.round,
            "at": _at(row.filed_at),
            "by": _name(session, row.approved_by_id),
            "late": row.late,
            "opinion": row.opinion,
            "next_step": row.next_step,
            "step_on": _on(row.step_on),
            "handling": row.handling,
            "public_answer": row.public_answer,
            "contacted": row.contacted,
            "contacted_at": _at(row.contacted_at),
            "why_not_contacted": row.why_not_contacted,
            "solved": row.solved,
            "why_unsolved": row.why_unsolved,
            "state": row.state,
            "examined_at": _at(row.examined_at),
            "examined_by": _name(session, row.examined_by_id),
            "refusal": row.refusal,
            "refusal_words": row.refusal_words,
        }
        for row in session.scalars(query)
    ]


def _item(session: Session, item: Supervision, served: Served) -> Facts:
    """Supervision: ground, notices, their service and feedback, finding, statements, conclusion,
    review."""
    notices = [
        {**one, "served": served.get(("supervision", item.id, one["n"]))}
        for one in notices_of(session, item)
    ]
    listed = None
    if item.listed_on is not None:
        listed = session.scalar(
            select(SupervisionList.number).where(SupervisionList.day == item.listed_on)
        )
    return {
        "ground": item.ground,
        "reason": item.reason,
        "listed_on": _on(item.listed_on),
        "list": listed,
        "grounds": json.loads(item.facts) if item.facts else None,
        "item": item.number,
        "opened_at": _at(item.opened_at),
        "notices": notices,
        "finding": item.finding,
        "finding_words": item.finding_words,
        "found_by": _name(session, item.found_by_id),
        "confirmed_at": _at(item.confirmed_at),
        "confirmed_by": _name(session, item.confirmed_by_id),
        "heard_at": _at(item.heard_at),
        "unit_statement": item.unit_statement,
        "unit_stated_at": _at(item.unit_stated_at),
        "conclusion": item.conclusion,
        "concluded_at": _at(item.concluded_at),
        "concluded_by": _name(session, item.concluded_by_id),
        "review": item.review_words,
        "review_asked_at": _at(item.review_asked_at),
        "review_accepted": item.review_accepted,
        "ask_at": _at(item.ask_at),
    }


def _person(session: Session, row: NamedPerson) -> Facts:
    post = session.get_one(UnitPost, row.post_id)
    return {
        "person": post.person,
        "post": post.post,
        "duty": post.duty,
        "cadre_authority": post.cadre_authority,
        "from": post.from_on.isoformat(),
        "to": post.to_on and post.to_on.isoformat(),
        "statement": row.statement,
    }


def _with_workdays(
    office: Office, case: Case, timeline: Sequence[Sequence[Any]]
) -> list[list[Any]]:
    """Each event with the number of working days since the allocation (None before it)."""
    start = case.allocated_at.date() if case.allocated_at else None
    rows = []
    for row in timeline:
        day = datetime.fromisoformat(str(row[2])).date()
        counted = (
            office.calendar.between(start, day) if start is not None and day >= start else None
        )
        rows.append([*row, counted])
    return rows


def _heard(timeline: Sequence[Sequence[Any]]) -> str | None:
    """When the last hearing was over, as the record has it."""
    found = [
        datetime.fromisoformat(str(row[2])).isoformat()
        for row in timeline
        if row[3] == "supervision.heard"
    ]
    return found[-1] if found else None


def _actors(session: Session, timeline: Sequence[Sequence[Any]]) -> Facts:
    """The accounts behind the record's words `user:7`."""
    words = sorted({str(row[4]) for row in timeline if str(row[4]).startswith("user:")})
    return {word: _name(session, int(word.partition(":")[2])) for word in words}


def _repeats(session: Session, case: Case) -> list[Facts]:
    query = (
        select(Contact)
        .where(Contact.counts_on_id == case.id)
        .order_by(Contact.received_at, Contact.id)
    )
    return [
        {
            "contact": row.id,
            "kind": row.kind,
            "channel": row.channel,
            "at": _at(row.received_at),
            "words": row.words,
        }
        for row in session.scalars(query)
    ]


def _visits(session: Session, case: Case) -> list[Facts]:
    """Every record of every visit; where it was and who was met is left out, because it leads to
    the caller."""
    query = select(VisitRecord, Visit.round, Visit.turn).join(
        Visit, Visit.id == VisitRecord.visit_id
    )
    found = session.execute(query.where(VisitRecord.case_id == case.id).order_by(VisitRecord.id))
    return [
        {
            "round": round,
            "attempt": row.attempt,
            "version": row.version,
            "at": _at(row.at),
            "by": _name(session, row.by_id),
            "method": row.method,
            "reached": row.reached,
            "truth": row.truth,
            "solved": row.solved,
            "satisfied": row.satisfied,
            "why": row.why,
            "words": row.words,
            "contacted_by_unit": row.contacted_by_unit,
            "reason": row.reason,
        }
        for row, round, _ in found
    ]


def _responsibility(session: Session, case: Case) -> list[Facts]:
    query = (
        select(Responsibility).where(Responsibility.case_id == case.id).order_by(Responsibility.id)
    )
    return [
        {
            "number": row.number,
            "round": row.round,
            "at": _at(row.at),
            "by": _name(session, row.by_id),
            "unit_responsible": row.unit_responsible,
            "grounds": row.grounds,
            "excluded_as": row.excluded_as,
        }
        for row in session.scalars(query)
    ]


def _approval(session: Session, referral: Referral) -> Facts:
    return {
        "completed_by": _name(session, referral.completed_by_id),
        "completed_at": _at(referral.completed_at),
        "reviewed_by": _name(session, referral.reviewed_by_id),
        "approved_by": _name(session, referral.approved_by_id),
        "entered_by": _name(session, referral.approval_entered_by_id),
        "scan": referral.approval_scan,
        **_decided(session, referral),
    }


def _decided(session: Session, referral: Referral) -> Facts:
    """When it was reviewed and approved, and by which leader: the one who did, or on paper as the
    record has it."""
    found: Facts = {"reviewed_at": None, "approved_at": None, "leader": None}
    query = select(Event).where(
        Event.subject == "referral",
        Event.subject_id == referral.id,
        Event.kind.in_(("referral.reviewed", "referral.approved")),
    )
    for event in session.scalars(query.order_by(Event.id)):
        found[f"{event.to_state}_at"] = _at(event.at)
        if event.to_state == "approved":
            found["leader"] = (
                _name(session, referral.approved_by_id) or json.loads(event.payload)["leader"]
            )
    return found


def _evidence(session: Session, referral: Referral, chains: Sequence[int]) -> list[Facts]:
    """Files of the case and of this referral that stand in no earlier volume, numbered. `attached`
    is false for those that may show the caller, unless the approver let his identity go along."""
    query = select(File).where(File.case_id.in_(chains)).order_by(File.id)
    query = query.where(File.referral_id.is_(None) | (File.referral_id == referral.id))
    before = _in_earlier_volumes(session, referral)
    rows = [row for row in session.scalars(query) if row.id not in before]
    return [
        {
            "n": n,
            "file": row.id,
            "kind": row.kind,
            "name": row.name,
            "sha256": row.sha256,
            "size": row.size,
            "media_type": row.media_type,
            "at": _at(row.added_at),
            "from": session.get_one(Unit, row.unit_id).name if row.unit_id else None,
            "attached": row.kind not in IDENTIFYING or referral.with_identity,
        }
        for n, row in enumerate(rows, 1)
    ]


def _in_earlier_volumes(session: Session, referral: Referral) -> set[int]:
    supplements = select(Supplement.sealed).where(Supplement.referral_id == referral.id)
    volumes = [referral.sealed, *session.scalars(supplements)]
    return {one["file"] for volume in volumes if volume for one in json.loads(volume)["evidence"]}
