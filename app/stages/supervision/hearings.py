"""Hearings, and the conclusions that follow them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.ledger import move, note
from app.models import Case, NamedPerson, Supervision, UnitPost
from app.models.columns import clock
from app.roles import BOT, Actor
from app.rules.facts import CaseFacts, Effect, SupervisionFacts
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workdays import last_day
from app.stages.calendar import limits_of_case, office_at
from app.stages.papers import Issue, conclusion_facts, issue
from app.stages.supervision.findings import named
from app.stages.supervision.persons import post_id, refuse_several


def decide_hearing_over(case: CaseFacts, row: SupervisionFacts, office: Office) -> list[Effect]:
    """The hearing is over at 24:00 of the third working day after the confirmation, marked on any
    day."""
    if row.state != "confirmed" or row.heard_at is None or office.now < row.heard_at:
        return []
    sets = heard_columns(office, last_day(row.heard_at), case.allocated_at)
    payload = {"true_at": row.heard_at.isoformat()}
    return [Effect("supervision.heard", "supervision", row, "heard", sets, payload, row.unit_id)]


def heard_columns(office: Office, day: date, allocated_at: datetime | None) -> dict[str, Any]:
    """The room's clock to conclude, from the day the hearing was over."""
    return clock("own", office.calendar.run(day, office.kept(allocated_at).conclude_workdays))


def record_statement(
    session: Session,
    now: datetime,
    actor: Actor,
    supervision: Supervision,
    words: str,
    person: str = "",
    drafted_by: int | None = None,
) -> Supervision:
    """A statement in the hearing. The unit head's is the unit's and, where they are named, their
    own; a person's is recorded by the officer. When all have spoken the hearing is over."""
    if supervision.state != "confirmed":
        raise NotAllowed("not_in_hearing", state=supervision.state)
    if supervision.heard_at is not None and now >= supervision.heard_at:
        raise NotAllowed("hearing_over")
    if not words.strip():
        raise NotAllowed("words_missing")
    people, of_unit = named(session, supervision), actor.is_a("unit_head")
    if of_unit:
        _unit_states(now, supervision, words)
        speakers = _accounts_own(session, people, actor)
    else:
        speakers = _spoke(session, people, person)
    posts = [row.post_id for row in _state_now(now, speakers, words)]
    session.flush()
    payload: dict[str, Any] = {"posts": posts, "unit": of_unit}
    if of_unit:
        payload["self_approved"] = drafted_by in (None, actor.id)
    note(session, now, actor, supervision, "supervision.stated", None, payload)
    if _all_spoke(supervision, people):
        allocated_at = session.get_one(Case, supervision.case_id).allocated_at
        columns = heard_columns(office_at(session, now), now.date(), allocated_at)
        move(session, now, actor, supervision, "heard", "supervision.heard", columns)
    return supervision


def _unit_states(now: datetime, supervision: Supervision, words: str) -> None:
    """The statement of the unit, which it makes once."""
    if supervision.unit_stated_at is not None:
        raise NotAllowed("stated_already")
    supervision.unit_stated_at, supervision.unit_statement = now, words


def _accounts_own(
    session: Session, people: Sequence[NamedPerson], actor: Actor
) -> list[NamedPerson]:
    """Of the named persons those whose post is held by this account."""
    return [row for row in people if session.get_one(UnitPost, row.post_id).user_id == actor.id]


def _state_now(now: datetime, speakers: Sequence[NamedPerson], words: str) -> list[NamedPerson]:
    """The persons whose first statement this is, with it."""
    first = [row for row in speakers if row.stated_at is None]
    for row in first:
        row.stated_at, row.statement = now, words
    return first


def _all_spoke(supervision: Supervision, people: Sequence[NamedPerson]) -> bool:
    """Whether the unit and every named person made a statement."""
    unit_spoke = supervision.unit_stated_at is not None
    return unit_spoke and all(row.stated_at is not None for row in people)


def _spoke(session: Session, people: Sequence[NamedPerson], person: str) -> list[NamedPerson]:
    """The named person whose words the officer records, once."""
    id = post_id(person)
    speakers = (
        [row for row in people if row.post_id == id] if id else _by_name(session, people, person)
    )
    if not speakers:
        raise NotAllowed("not_named", person=person)
    if all(row.stated_at is not None for row in speakers):
        raise NotAllowed("stated_already")
    return speakers


def _by_name(session: Session, people: Sequence[NamedPerson], name: str) -> list[NamedPerson]:
    """The named persons of a name; NotAllowed where they may be several."""
    posts = {row.post_id: session.get_one(UnitPost, row.post_id) for row in people}
    speakers = [row for row in people if name and posts[row.post_id].person == name]
    refuse_several(name, [posts[row.post_id] for row in speakers])
    return speakers


def conclude(
    session: Session, now: datetime, actor: Actor, supervision: Supervision, conclusion: str
) -> Supervision:
    """After the hearing the officer concludes 督查结论, and the conclusion is fed back to the unit."""
    office = office_at(session, now)
    _hearing_over(session, now, supervision, office)
    if supervision.state != "heard":
        raise NotAllowed("not_heard", state=supervision.state)
    if not conclusion.strip():
        raise NotAllowed("words_missing")
    ask = office.calendar.run(
        now.date(), limits_of_case(session, office, supervision).ask_review_workdays
    )
    columns = {
        "concluded_at": now,
        "concluded_by_id": actor.id,
        "conclusion": conclusion,
        **clock("ask", ask),
        **clock("own", None),
    }
    payload = {"ask_by": ask.on.isoformat()}
    told = conclusion_facts(
        session, supervision.id, Issue(supervision.case_id, now, payload), columns
    )
    issue(session, office.calendar, "conclusion", supervision.id, told)
    move(session, now, actor, supervision, "concluded", "supervision.concluded", columns, payload)
    return supervision


def _hearing_over(session: Session, now: datetime, row: Supervision, office: Office) -> None:
    """A hearing that is over, and that no sweep has marked yet, is marked by the bot before the
    conclusion."""
    if row.state == "confirmed" and row.heard_at is not None and now >= row.heard_at:
        allocated_at = session.get_one(Case, row.case_id).allocated_at
        columns = heard_columns(office, last_day(row.heard_at), allocated_at)
        move(
            session,
            now,
            BOT,
            row,
            "heard",
            "supervision.heard",
            columns,
            {"true_at": row.heard_at.isoformat()},
        )
