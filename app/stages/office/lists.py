"""The day's supervision list."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, select, text
from sqlalchemy.orm import Session

from app.ledger import note_office, paper, witness
from app.ledger.chain import content_hash
from app.models import Case, Instruction, Supervision, SupervisionList, Unit
from app.models.facts import load
from app.models.sessions import is_postgres
from app.roles import BOT
from app.rules.office import Office
from app.rules.workdays import sweep_on
from app.stages.calendar import office_at
from app.stages.papers import issue_as_it_stands
from app.stages.supervision import list_facts


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
    if is_postgres(session):
        session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": gate_key(day)})
    if list_issued(session, day):
        return None
    office = office_at(session, now)
    rows = _rows_of(session, day)
    if not rows or not office.calendar.is_workday(day):
        return None
    issued = SupervisionList(
        day=day,
        issued_at=now,
        witness=witness(session, now),
        rows=json.dumps(_cited(session, office, day, rows), ensure_ascii=False),
        struck=json.dumps(_strike(session, day), ensure_ascii=False),
        number=paper(session, office, "list"),
    )
    session.add(issued)
    session.flush()
    issue_as_it_stands(session, office.calendar, "list", [issued.id])
    sealed = content_hash(issued.rows, issued.struck)
    payload = {"list": issued.id, "day": day.isoformat(), "rows": len(rows), "sha256": sealed}
    note_office(session, now, BOT, "list.issued", payload)
    return issued


def _rows_of(session: Session, day: date) -> Sequence[Any]:
    """The items of the list, each with the number of its case and the name of its unit."""
    query = select(Supervision, Case.number, Unit.name).join(Case, Case.id == Supervision.case_id)
    query = query.join(Unit, Unit.id == Supervision.unit_id).order_by(Supervision.id)
    return session.execute(query.where(_unissued(day))).all()


def _cited(
    session: Session, office: Office, day: date, rows: Sequence[Any]
) -> list[dict[str, Any]]:
    """The rows of the list with the facts and the instructions that they cite."""
    _cite(session, office, [item for item, _, _ in rows if not item.facts])
    leaders = _instructions(session, day)
    return [_row(item, number, unit, leaders.get(item.case_id, [])) for item, number, unit in rows]


def _strike(session: Session, day: date) -> list[dict[str, Any]]:
    """The struck rows that no list has named yet, named on this one."""
    waiting = Supervision.struck_at.is_not(None), Supervision.struck_on_list.is_(None)
    struck = session.scalars(select(Supervision).where(*waiting)).all()
    for row in struck:
        row.struck_on_list = day
    return [
        {"supervision": row.id, "listed_on": str(row.listed_on), "reason": row.struck_reason}
        for row in struck
    ]


def _unissued(day: date) -> ColumnElement[bool]:
    """The rows up to a day that came after the last list."""
    last = select(func.max(SupervisionList.day)).scalar_subquery()
    return and_(Supervision.listed_on <= day, or_(last.is_(None), Supervision.listed_on > last))


def _cite(session: Session, office: Office, proposed: Sequence[Supervision]) -> None:
    """What the centre head proposed cites its facts as well, as they are when it is listed."""
    cases = {case.id: case for case in load(session, sorted({row.case_id for row in proposed}))}
    for row in proposed:
        case = cases[row.case_id]
        assignment = next(each for each in case.assignments if each.id == row.assignment_id)
        facts = list_facts(case, assignment, row.ground, office)
        row.facts = json.dumps(facts, ensure_ascii=False)


def _instructions(session: Session, day: date) -> dict[int, list[dict[str, Any]]]:
    """Case id -> the leaders' instructions that the rows of a day's list cite."""
    listed = select(Supervision.case_id).where(_unissued(day))
    query = select(Instruction).where(Instruction.case_id.in_(listed)).order_by(Instruction.id)
    cited: dict[int, list[dict[str, Any]]] = {}
    for row in session.scalars(query):
        cited.setdefault(row.case_id, []).append(
            {
                "leader": row.leader,
                "level": row.level,
                "on": row.instructed_on.isoformat(),
                "document": row.document,
                "words": row.words,
            }
        )
    return cited


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
