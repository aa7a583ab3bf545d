"""What each paper says, frozen when it is first made: from columns and events that never change,
and without the caller. A paper that is printed again years later says the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.ledger import wrote
from app.ledger.chain import canonical
from app.models import (
    Assignment,
    CalendarDay,
    Case,
    Dossier,
    Event,
    Instruction,
    InstructionNotice,
    Paper,
    Referral,
    Reminder,
    Setting,
    Supervision,
    SupervisionList,
    Unit,
)
from app.rules.covering import without_caller
from app.rules.office import SETTINGS
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING, last_day
from app.stages.covers import hidden_in, hidden_of

Facts = dict[str, Any]
SPARED = ("sha256", "hash", "timeline", "number", "case_number")
"""The keys of facts that hold digits of ours, which are nobody's number."""
_SPARED_ON_LISTS = (*SPARED, "case", "ground", "class")
"""The same for a row of a list, with the words by which it is sorted."""
_ENDS = ("due_on", "reply_by", "send_by")
"""The keys of facts that tell on which day a clock runs out."""
_KEEP = text(
    "INSERT INTO paper (kind, subject_id, number, facts) VALUES (:kind, :subject_id, :number, :facts) "
    "ON CONFLICT (kind, subject_id) DO NOTHING RETURNING id"
)


_SUBJECTS: dict[str, Any] = {
    "allocation": Assignment,
    "redo": Assignment,
    "reminder": Reminder,
    "supervision": Supervision,
    "feedback": Supervision,
    "referral": Referral,
}
"""kind of a paper -> the table of the row that it is about, where that belongs to a case."""


def _keep(session: Session, kind: str, id: int, number: str, facts: str) -> None:
    """Freeze a paper, unless it was meanwhile; it belongs to the case of the row that it is
    about."""
    row = {"kind": kind, "subject_id": id, "number": number, "facts": facts}
    made = session.execute(_KEEP, row).scalar()
    if made is not None:
        model = _SUBJECTS.get(kind.rpartition("_")[0] or kind)
        about = None if model is None else session.get(model, id)
        case_id = None if about is None else about.case_id
        wrote(session, Paper, [{"id": made, **row, "case_id": case_id}])


def frozen(session: Session, kind: str, id: int) -> Facts:
    """The facts of a paper, made at the first call and the same ever after. `kind` is allocation or
    redo (an assignment's id), instruction (a notice's id), reminder, supervision (an item's newest
    notice; supervision_1, _2 ... a certain one), list, or referral (the letter of one that was
    sent).

    Raises NotAllowed (not_found) where there is no such paper."""
    if kind == "supervision":
        kind = f"supervision_{_get(session, Supervision, id).reissues + 1}"
    held = _held(session, kind, id)
    if held is None:
        made = _MAKERS.get(kind.rpartition("_")[0] or kind)
        if made is None:
            raise NotAllowed("not_found")
        facts = _guessed(session, made(session, id))
        if kind.startswith("supervision_") and kind != f"supervision_{facts['n']}":
            raise NotAllowed("not_found")
        _keep(session, kind, id, facts["number"], canonical(facts))
        held = _held(session, kind, id)
    assert held is not None  # noqa: S101
    facts = json.loads(held)
    return dict(facts)


def _guessed(session: Session, facts: Facts) -> Facts:
    """The facts, with a mark where a clock that the paper tells of crosses days that are only
    guessed. [procedure 0]"""
    rows = [facts, *(row["facts"] for row in facts.get("rows", ()))]
    days = {date.fromisoformat(row[name]) for row in rows for name in _ENDS if row.get(name)}
    days.add(date.fromisoformat(facts["at"][:10]))
    crossed = CalendarDay.day.between(min(days), max(days)) & (CalendarDay.source == "provisional")
    known = session.scalar(select(CalendarDay.day).where(crossed).limit(1)) is None
    return facts if known else {**facts, "guessed": True}


def _held(session: Session, kind: str, id: int) -> str | None:
    return session.scalar(select(Paper.facts).where(Paper.kind == kind, Paper.subject_id == id))


def _get(session: Session, model: type[Any], id: int) -> Any:
    found = session.get(model, id)
    if found is None:
        raise NotAllowed("not_found")
    return found


def words_of(session: Session) -> Mapping[str, str]:
    """The names of the offices and the words of the series, as they are set."""
    return SETTINGS | {
        row.name: row.value for row in session.execute(select(Setting.name, Setting.value))
    }


def born(session: Session, subject: str, id: int, *kinds: str) -> tuple[Event, Facts]:
    """The newest event with one of these words about a row, and its payload."""
    query = select(Event).where(
        Event.subject == subject, Event.subject_id == id, Event.kind.in_(kinds)
    )
    row = session.scalars(query.order_by(Event.id.desc()).limit(1)).first()
    if row is None:
        raise NotAllowed("not_found")
    return row, json.loads(row.payload)


def _about(session: Session, case_id: int, unit_id: int, issuer: str) -> Facts:
    """Who writes to whom, about which case."""
    words = words_of(session)
    case, unit = _get(session, Case, case_id), _get(session, Unit, unit_id)
    return {
        "issuer": words[issuer],
        "to": unit.name,
        "case_number": case.number or "",
        "office": words["office"],
    }


def _clean(session: Session, case_id: int, facts: Facts) -> Facts:
    cleaned: Facts = without_caller(facts, hidden_in(session, [case_id]), SPARED)
    return cleaned


def _first_unit(session: Session, one: Assignment) -> int:
    """The unit that an assignment was given to, whatever unit succeeded it."""
    query = select(Event.payload).where(
        Event.subject == "assignment",
        Event.subject_id == one.id,
        Event.kind == "assignment.succeeded",
    )
    payload = session.scalars(query.order_by(Event.id).limit(1)).first()
    return int(json.loads(payload)["from"]) if payload else one.unit_id


def assignment_paper(one: Assignment) -> str:
    """Which paper an assignment came with: a redo that was ordered is a 重办通知单 with a number of its
    series."""
    return "redo" if one.return_at is None else "allocation"


def _redo(session: Session, id: int) -> Facts:
    if assignment_paper(_get(session, Assignment, id)) != "redo":
        raise NotAllowed("not_found")
    return _allocation(session, id)


def _allocation(session: Session, id: int) -> Facts:
    one: Assignment = _get(session, Assignment, id)
    event, payload = born(session, "assignment", id, "assignment.allocated")
    case: Case = _get(session, Case, event.chain)
    beside = select(Assignment).where(
        Assignment.case_id == one.case_id,
        Assignment.round == one.round,
        Assignment.allocated_at == one.allocated_at,
        Assignment.id != one.id,
    )
    units = [
        {"unit": _get(session, Unit, _first_unit(session, row)).name, "role": row.role}
        for row in session.scalars(beside.order_by(Assignment.id))
    ]
    said = select(Instruction).where(
        Instruction.case_id == one.case_id, Instruction.entered_at <= one.allocated_at
    )
    facts = {
        **_about(session, event.chain, _first_unit(session, one), "office"),
        "number": one.number or "",
        "at": event.at.isoformat(),
        "role": payload["role"],
        "round": payload["round"],
        "due_on": payload["due_on"],
        "due_at": payload["due_at"],
        "channel": case.channel,
        "received_at": case.received_at.isoformat(),
        "place": case.place,
        "narrative": case.narrative,
        "demand": case.demand,
        "beside": units,
        "instructions": [
            instruction_facts(row) for row in session.scalars(said.order_by(Instruction.id))
        ],
    }
    return _clean(session, event.chain, facts)


def instruction_facts(row: Instruction) -> Facts:
    """A leader's instruction as papers cite it."""
    return {
        "leader": row.leader,
        "level": row.level,
        "words": row.words,
        "on": row.instructed_on.isoformat(),
        "document": row.document,
        "due_on": row.due_on and row.due_on.isoformat(),
    }


def _instruction(session: Session, id: int) -> Facts:
    """领导批示办理单: what a leader wrote, as one unit got it, with the due date that it then had."""
    row: InstructionNotice = _get(session, InstructionNotice, id)
    one: Assignment = _get(session, Assignment, row.assignment_id)
    issued = select(Event).where(
        Event.subject == "assignment",
        Event.subject_id == one.id,
        Event.kind == "instruction.issued",
    )
    told = {json.loads(event.payload)["notice"]: event for event in session.scalars(issued)}
    event = told[id]
    payload, case = json.loads(event.payload), _get(session, Case, event.chain)
    facts = {
        **_about(session, event.chain, row.unit_id, "office"),
        "number": row.number,
        "at": event.at.isoformat(),
        "assignment": one.number or "",
        "role": one.role,
        "due_on": payload["due_on"],
        "due_at": payload["due_at"],
        "channel": case.channel,
        "received_at": case.received_at.isoformat(),
        "place": case.place,
        "narrative": case.narrative,
        "demand": case.demand,
        "instructions": [instruction_facts(_get(session, Instruction, row.instruction_id))],
    }
    return _clean(session, event.chain, facts)


def _reminder(session: Session, id: int) -> Facts:
    row: Reminder = _get(session, Reminder, id)
    event, payload = born(session, "reminder", id, "reminder.issued")
    one: Assignment = _get(session, Assignment, row.assignment_id)
    return {
        **_about(session, event.chain, row.unit_id, "office"),
        "number": row.number,
        "at": event.at.isoformat(),
        "assignment": one.number or "",
        "attempt": payload["attempt"],
        "round": payload["round"],
        "due_on": payload["due_on"],
        "reply_by": payload["reply_by"],
        "due_at": payload.get("due_at"),
        "reply_by_at": payload.get("reply_by_at"),
    }


def _supervision(session: Session, id: int) -> Facts:
    """The newest notice of an item: an earlier one was frozen when it was issued again."""
    row: Supervision = _get(session, Supervision, id)
    event, payload = born(session, "supervision", id, "supervision.opened", "supervision.reissued")
    one: Assignment = _get(session, Assignment, row.assignment_id)
    facts = {
        **_about(session, event.chain, row.unit_id, "room"),
        "number": row.notice_number or row.number or "",
        "at": event.at.isoformat(),
        "n": int(payload.get("reissues", 0)) + 1,
        "ground": row.ground,
        "assignment": one.number or "",
        "requirement": row.requirement,
        "due_on": payload["due_on"],
        "due_at": payload.get("due_at"),
        "reason": row.reason,
    }
    return _clean(session, event.chain, facts)


def keep_notice(session: Session, row: Supervision) -> None:
    """Freeze the notice that is about to be issued again, and the feedback that it got: both are
    written over."""
    notice = frozen(session, "supervision", row.id)
    event, payload = born(session, "supervision", row.id, "supervision.fed_back")
    facts = {
        "number": "",
        "words": row.feedback,
        "at": event.at.isoformat(),
        "late": payload["late"],
    }
    kept = canonical(_clean(session, row.case_id, facts))
    _keep(session, f"feedback_{notice['n']}", row.id, "", kept)


def notices_of(session: Session, row: Supervision) -> list[Facts]:
    """Every notice of an item in order, each with the feedback that it got (None: none yet)."""
    kinds = select(Paper.kind, Paper.facts).where(
        Paper.subject_id == row.id, Paper.kind.like("%\\_%", escape="\\")
    )
    kept = {one.kind: json.loads(one.facts) for one in session.execute(kinds)}
    found = []
    for n in range(1, row.reissues + 1):
        if f"supervision_{n}" in kept:
            found.append({**kept[f"supervision_{n}"], "feedback": kept.get(f"feedback_{n}")})
    if row.number is None:
        return found
    feedback = None
    if row.fed_back_at is not None and row.state not in ("opened", "reissued"):
        event, payload = born(session, "supervision", row.id, "supervision.fed_back")
        feedback = {"words": row.feedback, "at": event.at.isoformat(), "late": payload["late"]}
        feedback = feedback if payload_is_of(session, row, event) else None
    return [*found, {**_supervision(session, row.id), "feedback": feedback}]


def payload_is_of(session: Session, row: Supervision, event: Event) -> bool:
    """Whether a feedback came after the newest notice."""
    notice, _ = born(session, "supervision", row.id, "supervision.opened", "supervision.reissued")
    return event.id > notice.id


def _list(session: Session, id: int) -> Facts:
    """The day's list, each row without the callers of its own case. Of however many rows, in the
    same statements."""
    row: SupervisionList = _get(session, SupervisionList, id)
    words, rows, struck = words_of(session), json.loads(row.rows), json.loads(row.struck)
    query = select(Supervision.id, Supervision.case_id, Supervision.ground, Case.number, Unit.name)
    query = query.join(Case, Case.id == Supervision.case_id).join(
        Unit, Unit.id == Supervision.unit_id
    )
    listed = query.where(Supervision.id.in_({one["supervision"] for one in (*rows, *struck)}))
    items = {item.id: item for item in session.execute(listed)}
    hidden = hidden_of(session, {item.case_id for item in items.values()})

    def clean(one: Facts) -> Facts:
        told: Facts = without_caller(
            one, hidden[items[one["supervision"]].case_id], _SPARED_ON_LISTS
        )
        return told

    def named(one: Facts) -> Facts:
        item = items[one["supervision"]]
        return {**one, "case": item.number, "unit": item.name, "ground": item.ground}

    return {
        "issuer": words["office"],
        "to": words["room"],
        "number": row.number,
        "day": row.day.isoformat(),
        "at": row.issued_at.isoformat(),
        "rows": [clean(one) for one in rows],
        "struck": [clean(named(one)) for one in struck],
    }


def _referral(session: Session, id: int) -> Facts:
    """The letter 移送函 of a referral that was sent, with the SHA-256 of the dossier that goes with
    it."""
    row: Referral = _get(session, Referral, id)
    made = session.scalars(
        select(Dossier).where(Dossier.referral_id == id, Dossier.version == 1)
    ).first()
    if row.number is None or row.sent_at is None or made is None:
        raise NotAllowed("not_found")
    words = words_of(session)
    sealed = json.loads(row.sealed or "{}")
    return {
        "issuer": words["room"],
        "to": words["committee"],
        "number": row.number,
        "at": row.sent_at.isoformat(),
        "case_number": sealed["case_number"],
        "unit": sealed["unit_name"],
        "finding": sealed["finding"],
        "persons": [{"person": one["person"], "post": one["post"]} for one in sealed["persons"]],
        "proposal": sealed["proposal"],
        "dossier": made.name,
        "sha256": made.sha256,
        "send_by": last_day(row.send_by_at.astimezone(BEIJING)).isoformat(),
    }


_MAKERS: dict[str, Callable[[Session, int], Facts]] = {
    "allocation": _allocation,
    "redo": _redo,
    "instruction": _instruction,
    "reminder": _reminder,
    "supervision": _supervision,
    "list": _list,
    "referral": _referral,
}
