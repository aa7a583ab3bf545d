"""The office as a whole: the centre's own overdue work, when the bot looks again, the day's list,
dissolved units."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.orm import Session

from app.ledger import note, note_office, paper
from app.ledger.chain import content_hash
from app.models import (
    Assignment,
    Case,
    Instruction,
    InstructionNotice,
    Reminder,
    Supervision,
    SupervisionList,
    Unit,
)
from app.models.facts import load
from app.roles import BOT, Actor
from app.rules.facts import AssignmentFacts, CaseFacts, Effect, SupervisionFacts, emergency
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workdays import sweep_not_before, sweep_on
from app.rules.workflow import LIVE, OPEN_ASSIGNMENT, STANDING
from app.stages.calendar import office_at
from app.stages.papers import frozen
from app.stages.supervision import held_to, list_facts, relisted_from, review_open, silent_from
from app.stages.verb import NO_CASE, Verb, field

_TASKS = {
    "registered": "allocate",
    "submitted": "instruction",
    "examining": "examine",
    "visiting": "visit",
}
_ROOM_TASKS = {
    "candidate": "decide",
    "finding": "confirm",
    "heard": "conclude",
    "concluded": "rule on the review",
    "closed": "rule on the review",
}


def decide_own_overdue(case: CaseFacts, office: Office) -> list[Effect]:
    """The centre's own overdue: what it should have allocated, examined, visited or ruled on, and
    the room's."""
    effects: list[Effect] = []
    if _passed(case, office) and case.state in _TASKS:
        effects.append(_own("centre.overdue", "case", case, _TASKS[case.state], None))
    if (
        case.screen_at is not None
        and office.now >= case.screen_at
        and case.screen_overdue_for != case.screen_at
    ):
        payload = {"task": "screen the suggestion", "true_at": case.screen_at.isoformat()}
        marked = {"screen_overdue_for": case.screen_at}
        effects.append(Effect("centre.overdue", "case", case, None, marked, payload, None))
    for request in case.requests:
        if request.state == "pending" and _passed(request, office):
            effects.append(
                _own(
                    "centre.overdue", "request", request, f"rule on {request.kind}", request.unit_id
                )
            )
    for reply in case.replies:
        if reply.state == "filed" and _passed(reply, office):
            effects.append(_own("centre.overdue", "reply", reply, "examine", reply.unit_id))
    for item in case.supervision:
        if _waits_for_the_room(item) and _passed(item, office):
            effects.append(
                _own("room.overdue", "supervision", item, _ROOM_TASKS[item.state], item.unit_id)
            )
    return effects


def _passed(row: Any, office: Office) -> bool:
    return row.own_at is not None and office.now >= row.own_at and row.own_overdue_for != row.own_at


def _waits_for_the_room(item: SupervisionFacts) -> bool:
    """Whether the room has something to decide about an item; a closed one only while a review of
    it is open."""
    return item.state in _ROOM_TASKS and (item.state != "closed" or review_open(item))


def _own(kind: str, subject: str, row: Any, task: str, unit_id: int | None) -> Effect:
    payload = {"task": task, "true_at": row.own_at.isoformat()}
    return Effect(kind, subject, row, None, {"own_overdue_for": row.own_at}, payload, unit_id)


def next_look(case: CaseFacts, office: Office, closed: bool = False) -> datetime | None:
    """When this case can next matter, stored at 08:30 (an hour clock: its own moment); None when
    nothing runs. `closed`: the day's list is out already, so what came after waits for the next
    one."""
    looks = []
    for moment, exact in _moments(case, office):
        if moment > office.now:
            looks.append(moment if exact else sweep_not_before(moment))
    tomorrow = _unsettled(case, office, closed)
    if tomorrow is not None:
        looks.append(tomorrow)
    return min(looks, default=None)


def _unsettled(case: CaseFacts, office: Office, closed: bool) -> datetime | None:
    """On a rest day, and after the day's list, what is issued on working days only waits for the
    next one; early on a working day it waits for 08:30."""
    today = office.now.date()
    if not _alive(case):
        return None
    if not office.calendar.is_workday(today) or closed:
        return _next_workday(office)
    return sweep_on(today) if office.now < sweep_on(today) else None


def _alive(case: CaseFacts) -> bool:
    return (
        any(one.state in OPEN_ASSIGNMENT or one.state == "replied" for one in case.assignments)
        or any(row.state in STANDING for row in case.supervision)
        or _failed(case)
    )


def _failed(case: CaseFacts) -> bool:
    """Whether a second redo failed and the case waits for what becomes of it."""
    return case.redo_failed and case.state == "reviewing"


def _moments(case: CaseFacts, office: Office) -> Iterator[tuple[datetime, bool]]:
    """The moments at which something of a case begins to hold, and whether they are looked at
    exactly then."""
    requests = [one.own_at for one in case.requests if one.state == "pending"]
    replies = [one.own_at for one in case.replies if one.state == "filed"]
    referrals = [at for row in case.referrals for at in (row.own_at, row.send_by_at)]
    for own_at in (case.own_at, case.screen_at, *requests, *replies, *referrals):
        if own_at is not None:
            yield own_at, False
    for one in case.assignments:
        yield from _assignment_moments(case, one, office)
    for item in case.supervision:
        yield from _item_moments(case, item, office)
    if _failed(case):
        yield _next_workday(office), False


def _next_workday(office: Office) -> datetime:
    return sweep_on(office.calendar.after(office.now.date()))


def _assignment_moments(
    case: CaseFacts, one: AssignmentFacts, office: Office
) -> Iterator[tuple[datetime, bool]]:
    if one.state not in OPEN_ASSIGNMENT and one.state != "replied":
        return
    exact = emergency(case, one)
    if one.state == "allocated" and one.sign_at is not None:
        yield one.sign_at, False
    yield sweep_on(office.calendar.before(one.due_on)), False
    yield one.due_at, exact
    for row in case.reminders_of(one):
        yield row.reply_by_at, False
    for request in case.requests_of(one):
        if request.promised_on is not None:
            yield office.calendar.end_of(request.promised_on), exact
    since = silent_from(case, one, office)
    if since is not None:
        yield since, False
    until = held_to(case, one, office)
    if until is not None:
        yield until, False


def _item_moments(
    case: CaseFacts, item: SupervisionFacts, office: Office
) -> Iterator[tuple[datetime, bool]]:
    if item.state == "candidate" and item.listed_on is None:
        yield _next_workday(office), False
    if item.state == "concluded" and not any(
        row.supervision_id == item.id for row in case.referrals
    ):
        yield _next_workday(office), False
    if item.state in STANDING or _waits_for_the_room(item):
        for moment in (item.own_at, item.due_at, item.heard_at):
            if moment is not None:
                yield moment, False
    again = relisted_from(item, case, office)
    if again is not None:
        yield again, False


def list_issued(session: Session, day: date) -> bool:
    """Whether the day's list is out."""
    return session.scalar(select(SupervisionList.id).where(SupervisionList.day == day)) is not None


def gate_key(day: date) -> int:
    """The key of the lock between those who add rows to a day's list and who issues it."""
    return 12345_000000 + day.toordinal()


def issue_list(session: Session, now: datetime) -> SupervisionList | None:
    """Issue the day's supervision list: numbered, frozen as it stands; none for a day without rows.
    Rows of a day whose sweep broke off before its list was out are on it too. Struck rows of
    earlier lists are named with their reason. None before 08:30. Whoever comes second finds it
    issued."""
    day = now.date()
    if now < sweep_on(day):
        return None
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": gate_key(day)})
    if list_issued(session, day):
        return None
    office = office_at(session, now)
    query = select(Supervision, Case.number, Unit.name).join(Case, Case.id == Supervision.case_id)
    query = query.join(Unit, Unit.id == Supervision.unit_id).order_by(Supervision.id)
    found = session.execute(query.where(_unissued(day))).all()
    if not found or not office.calendar.is_workday(day):
        return None
    _cite(session, office, [item for item, _, _ in found if not item.facts])
    leaders = _instructions(session, day)
    rows = [_row(item, number, unit, leaders.get(item.case_id, [])) for item, number, unit in found]
    struck = session.scalars(
        select(Supervision).where(
            Supervision.struck_at.is_not(None), Supervision.struck_on_list.is_(None)
        )
    ).all()
    for row in struck:
        row.struck_on_list = day
    named = [
        {"supervision": row.id, "listed_on": str(row.listed_on), "reason": row.struck_reason}
        for row in struck
    ]
    issued = SupervisionList(
        day=day,
        issued_at=now,
        rows=json.dumps(rows, ensure_ascii=False),
        struck=json.dumps(named, ensure_ascii=False),
        number=paper(session, office, "list"),
    )
    session.add(issued)
    session.flush()
    sealed = content_hash(issued.rows, issued.struck)
    payload = {"list": issued.id, "day": day.isoformat(), "rows": len(rows), "sha256": sealed}
    note_office(session, now, BOT, "list.issued", payload)
    return issued


def _unissued(day: date) -> ColumnElement[bool]:
    """The rows up to a day that came after the last list."""
    last = select(func.max(SupervisionList.day)).scalar_subquery()
    return and_(Supervision.listed_on <= day, or_(last.is_(None), Supervision.listed_on > last))


def _cite(session: Session, office: Office, proposed: Sequence[Supervision]) -> None:
    """What the centre head proposed cites its facts as well, as they are when it is listed."""
    cases = {case.id: case for case in load(session, sorted({row.case_id for row in proposed}))}
    for row in proposed:
        one = next(one for one in cases[row.case_id].assignments if one.id == row.assignment_id)
        row.facts = json.dumps(
            list_facts(cases[row.case_id], one, row.ground, office), ensure_ascii=False
        )


def _instructions(session: Session, day: date) -> dict[int, list[dict[str, Any]]]:
    """Case id -> the leaders' instructions that the rows of a day's list cite."""
    listed = select(Supervision.case_id).where(_unissued(day))
    found: dict[int, list[dict[str, Any]]] = {}
    for row in session.scalars(
        select(Instruction).where(Instruction.case_id.in_(listed)).order_by(Instruction.id)
    ):
        named = {"leader": row.leader, "level": row.level, "on": row.instructed_on.isoformat()}
        found.setdefault(row.case_id, []).append(
            {**named, "document": row.document, "words": row.words}
        )
    return found


def _row(
    item: Supervision, number: str | None, unit: str, leaders: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    facts = json.loads(item.facts) if item.facts else {}
    return {
        "supervision": item.id,
        "case": number,
        "unit": unit,
        "ground": item.ground,
        "attempt": item.attempt,
        "class": "by_hand" if item.ground == "by_hand" else "mandatory",
        "round": item.round,
        "reason": item.reason,
        "facts": facts,
        "instructions": leaders,
    }


def succeed_unit(
    session: Session, now: datetime, actor: Actor, unit: Unit, successor: Unit
) -> Unit:
    """A unit is dissolved: its successor takes what it holds as it stands, and its rounds to
    come."""
    if unit.id == successor.id or unit.successor_id is not None:
        raise NotAllowed("no_successor")
    if not successor.active:
        raise NotAllowed("unit_inactive", unit=successor.code)
    unit.active, unit.successor_id = False, successor.id
    note_office(session, now, actor, "unit.succeeded", {"unit": unit.id, "successor": successor.id})
    for one in _held(session, unit):
        payload = {"from": unit.id, "to": successor.id}
        _hand_over(session, one, successor)
        case = session.get_one(Case, one.case_id)
        if case.lead_assignment_id == one.id:
            case.lead_unit_id = successor.id
        note(
            session,
            now,
            actor,
            one,
            "assignment.succeeded",
            {"unit_id": successor.id},
            payload,
            successor.id,
        )
    return unit


def _held(session: Session, unit: Unit) -> Sequence[Assignment]:
    """The assignments that a unit still answers for: live ones, those that the room supervises, and
    the last round of a redo that is exhausted, which is to be listed. Other rounds stay with the
    unit that did them."""
    standing = select(Supervision.assignment_id).where(Supervision.state.in_(STANDING))
    exhausted = Case.redo_failed & (Case.state == "reviewing") & (Case.round == Assignment.round)
    query = (
        select(Assignment)
        .join(Case, Case.id == Assignment.case_id)
        .where(Assignment.unit_id == unit.id)
        .where(or_(Assignment.state.in_(LIVE), exhausted, Assignment.id.in_(standing)))
    )
    return session.scalars(query.order_by(Assignment.id)).all()


def _hand_over(session: Session, one: Assignment, successor: Unit) -> None:
    """What the unit still had to answer goes along; the papers issued to it stay as they were."""
    reminders = select(Reminder).where(
        Reminder.assignment_id == one.id, Reminder.state.in_(("open", "satisfied"))
    )
    for row in session.scalars(reminders):
        frozen(session, "reminder", row.id)
        row.unit_id = successor.id
    for notice in session.scalars(
        select(InstructionNotice).where(InstructionNotice.assignment_id == one.id)
    ):
        frozen(session, "instruction", notice.id)
        notice.unit_id = successor.id
    items = select(Supervision).where(
        Supervision.assignment_id == one.id, Supervision.state.in_(STANDING)
    )
    for item in session.scalars(items):
        if item.number is not None:
            frozen(session, "supervision", item.id)
        item.unit_id = successor.id


def calendar_missing(office: Office, longest: date | None = None) -> tuple[str, int] | None:
    """The alarm over a year whose days are guessed, and which: a warning from 1 November for the
    next one, red from 10 December, and red for as long as any guessed day lies between today and
    the longest open deadline. It never stops a sweep."""
    today = office.now.date()
    guessed = office.calendar.provisional
    ahead = [day for day in guessed if today <= day <= max(longest or today, today)]
    late = (today.month, today.day) >= (12, 10)
    if ahead and (late or min(ahead).year == today.year):
        return "red", min(ahead).year
    if not any(day.year == today.year + 1 for day in guessed):
        return None
    if late:
        return "red", today.year + 1
    return (
        ("warning", today.year + 1) if today.month >= office.limits.calendar_warning_month else None
    )


VERBS = (
    Verb(
        "succeed_unit",
        run=succeed_unit,
        on=NO_CASE,
        fields=(field("unit!", "unit"), field("successor!", "unit")),
        roles=("it_admin",),
        event="unit.succeeded",
    ),
)
