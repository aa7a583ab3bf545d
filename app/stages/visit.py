"""(6) visit. "Regularly visit by telephone, internet and on-site investigation; establish
authenticity of the result and satisfaction; record truthfully."
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ledger import bear, move, note
from app.models import Case, Responsibility, Visit, VisitRecord
from app.models.columns import clock, facts_of
from app.roles import ROOM, Actor
from app.rules.refusal import NotAllowed
from app.stages.acceptance import lead_of, merged_with
from app.stages.calendar import office_at
from app.stages.duties import may_visit
from app.stages.verb import REASON, Field, Verb, case, choice, field, of_facts

METHODS = ("phone", "internet", "onsite")
TRUTHS = ("proven", "partly", "untrue")
SOLVED = ("solved", "partly", "unsolved", "unreasonable")
SATISFIED = ("satisfied", "basically", "dissatisfied", "declined")
ENDED = ("done", "unreachable")
"""The states of a visit that has an outcome, which may be amended."""
_RECORDED = (
    "method",
    "reached",
    "place",
    "met",
    "contacted_by_unit",
    "truth",
    "solved",
    "satisfied",
    "why",
    "words",
    "evidence",
)
"""What a corrected version takes over from the one before it."""


def plan(session: Session, now: datetime, actor: Actor, case: Case) -> list[Visit]:
    """Plan a visit to every caller of a case - its own and those of the cases merged into it - who
    left a name."""
    callers = [one for one in (case, *merged_with(session, case)) if not one.anonymous]
    return [_plan(session, now, actor, case, one) for one in callers]


def _plan(session: Session, now: datetime, actor: Actor, case: Case, caller: Case) -> Visit:
    turns = select(func.max(Visit.turn)).where(
        Visit.case_id == case.id, Visit.caller_case_id == caller.id, Visit.round == case.round
    )
    columns = {
        "case_id": case.id,
        "caller_case_id": caller.id,
        "round": case.round,
        "planned_at": now,
        "turn": (session.scalar(turns) or 0) + 1,
    }
    row: Visit = bear(session, now, actor, "visit", "pending", "visit.planned", columns)
    return row


def _visit_of(session: Session, now: datetime, actor: Actor, caller: Case) -> Visit:
    """The caller's pending visit in this round; one who was merged in later is visited as well, and
    so is the caller of a case that waits for its visit and has none pending (a sampled direct
    answer, an heir visited before)."""
    case = lead_of(session, caller)
    query = select(Visit).where(
        Visit.case_id == case.id, Visit.caller_case_id == caller.id, Visit.round == case.round
    )
    row = session.scalars(query.order_by(Visit.id.desc()).limit(1)).first()
    if row is not None and row.state == "pending":
        return row
    joined = (
        row is None
        and caller.state == "merged"
        and case.state in ("visiting", "reviewing", "closed")
    )
    direct = case.state == "visiting" and caller.id == case.id
    if not (joined or direct):
        raise NotAllowed("nothing_to_visit", state=case.state)
    return _plan(session, now, actor, case, caller)


def _checked(form: dict[str, Any]) -> None:
    """A visit that reached somebody has an outcome; on site, where and whom."""
    if form["method"] not in METHODS:
        raise NotAllowed("unknown_method", method=form["method"])
    if not form["reached"]:
        return
    for name, words in (("truth", TRUTHS), ("solved", SOLVED), ("satisfied", SATISFIED)):
        if form.get(name) not in words:
            raise NotAllowed("outcome_missing", field=name)
    if form["method"] == "onsite" and not (form.get("place") and form.get("met")):
        raise NotAllowed("place_missing")


def visits(actor: Actor, leader_assigned: bool) -> bool:
    """Whether it is his to visit: a leader's matter the room's, any other not; the centre head's
    either."""
    room = actor.is_a("officer", "supervision_head")
    return actor.is_a("centre_head") or (
        room if leader_assigned else actor.is_a("visitor") or not room
    )


def record_visit(
    session: Session, now: datetime, actor: Actor, case: Case, **form: Any
) -> VisitRecord:
    """Record an attempt: method, reached or not, and where reached whether the result is true,
    solved, satisfactory.

    `form` has the columns of a visit record. Three attempts on at least two days without reaching
    anybody end it as unreachable, counted apart, never as satisfied."""
    lead = lead_of(session, case)
    if case.anonymous:
        raise NotAllowed("anonymous_not_visited")
    may_visit(session, actor, lead)
    if not visits(actor, lead.leader_assigned):
        raise NotAllowed("visited_by_others")
    _checked(form)
    visit = _visit_of(session, now, actor, case)
    attempt = visit.attempts + 1
    row = VisitRecord(
        visit_id=visit.id,
        case_id=lead.id,
        attempt=attempt,
        version=1,
        at=now,
        by_id=actor.id,
        **_outcome(form),
    )
    session.add(row)
    session.flush()
    if form["reached"]:
        outcome = {name: form[name] for name in ("truth", "solved", "satisfied")}
        columns = {**outcome, **_facts(form), "attempts": attempt, "ended_at": now}
        move(
            session,
            now,
            actor,
            visit,
            "done",
            "visit.recorded",
            columns,
            outcome,
            lead.lead_unit_id,
        )
        _settle(session, now, actor, lead, visit)
    else:
        _missed(session, now, actor, lead, visit, attempt)
    return row


def _outcome(form: dict[str, Any]) -> dict[str, Any]:
    """The columns of a record; an attempt that reached nobody has no outcome."""
    if form["reached"]:
        return form
    return {**form, "truth": None, "solved": None, "satisfied": None, "why": None}


def _facts(form: dict[str, Any]) -> dict[str, Any]:
    """What a visit takes over from its newest record beside the outcome: columns that are facts of
    both."""
    return {name: form[name] for name in facts_of(Visit) if form.get(name) is not None}


def _missed(
    session: Session, now: datetime, actor: Actor, lead: Case, visit: Visit, attempt: int
) -> None:
    limits = office_at(session, now).kept(lead.allocated_at)
    days = _tried(session, visit)
    if attempt < limits.visit_attempts or len(set(days)) < limits.visit_days:
        note(
            session,
            now,
            actor,
            visit,
            "visit.attempted",
            {"attempts": attempt},
            {"attempt": attempt},
        )
        return
    columns = {"attempts": attempt, "ended_at": now}
    move(session, now, actor, visit, "unreachable", "visit.unreachable", columns)
    if lead.state == "visiting" and visit.caller_case_id == lead.id:
        _close(session, now, actor, lead, "unreachable")


def _tried(session: Session, visit: Visit) -> list[date]:
    """The day of each attempt."""
    tries = select(VisitRecord.at).where(VisitRecord.visit_id == visit.id, VisitRecord.version == 1)
    return [at.date() for at in session.scalars(tries)]


def _tried_enough(session: Session, now: datetime, lead: Case, visit: Visit) -> None:
    """A correction makes nobody unreachable who was not tried as often as that takes. [procedure
    6]"""
    limits = office_at(session, now).kept(lead.allocated_at)
    days = _tried(session, visit)
    if len(days) < limits.visit_attempts or len(set(days)) < limits.visit_days:
        raise NotAllowed(
            "too_few_attempts",
            attempts=limits.visit_attempts,
            days=limits.visit_days,
            made=len(days),
            on=len(set(days)),
        )


def bad(visit: Visit) -> bool:
    """Dissatisfied, or untrue: it goes to responsibility review."""
    return visit.satisfied == "dissatisfied" or visit.truth == "untrue"


def _settle(session: Session, now: datetime, actor: Actor, lead: Case, visit: Visit) -> None:
    """A bad outcome, whosever, sends the case to review; the case's own caller's good one closes
    it."""
    if bad(visit) and lead.state in ("visiting", "closed"):
        _dispute(session, now, actor, lead)
    elif lead.state == "visiting" and visit.caller_case_id == lead.id:
        _close(session, now, actor, lead, "visited")


def _close(session: Session, now: datetime, actor: Actor, lead: Case, how: str) -> None:
    columns = {"closed_at": now, "closed_as": how, **clock("own", None)}
    move(
        session, now, actor, lead, "closed", "case.closed", columns, {"as": how}, lead.lead_unit_id
    )


def _dispute(session: Session, now: datetime, actor: Actor, lead: Case) -> None:
    columns = {
        "disputed_by": "visit",
        "closed_at": None,
        "closed_as": None,
        "excluded_as": None,
        **clock("own", None),
    }
    move(session, now, actor, lead, "reviewing", "case.disputed", columns)


def amend_visit(
    session: Session, now: datetime, actor: Actor, case: Case, reason: str, **form: Any
) -> VisitRecord:
    """The centre head corrects a record: a new version, the old one stays. An amended outcome moves
    the case between closed and review until responsibility is reviewed."""
    lead = lead_of(session, case)
    query = select(Visit).where(
        Visit.caller_case_id == case.id, Visit.case_id == lead.id, Visit.state.in_(ENDED)
    )
    visit = session.scalars(query.order_by(Visit.id.desc()).limit(1)).first()
    if visit is None:
        raise NotAllowed("nothing_to_amend")
    if not reason.strip():
        raise NotAllowed("reason_missing")
    may_visit(session, actor, lead)
    last = session.scalars(
        select(VisitRecord)
        .where(VisitRecord.visit_id == visit.id)
        .order_by(VisitRecord.id.desc())
        .limit(1)
    ).one()
    recorded = (*_RECORDED, *facts_of(VisitRecord))
    whole = {name: getattr(last, name) for name in recorded} | {
        k: v for k, v in form.items() if v is not None
    }
    _checked(whole)
    if visit.state == "done" and not whole["reached"]:
        _tried_enough(session, now, lead, visit)
    whole = _outcome(whole)
    row = VisitRecord(
        visit_id=visit.id,
        case_id=lead.id,
        attempt=last.attempt,
        version=last.version + 1,
        at=now,
        by_id=actor.id,
        reason=reason,
        **whole,
    )
    session.add(row)
    session.flush()
    outcome = {name: whole.get(name) for name in ("truth", "solved", "satisfied")}
    payload = {**outcome, "version": row.version}
    to = "done" if whole["reached"] else "unreachable"
    move(
        session,
        now,
        actor,
        visit,
        to,
        "visit.amended",
        {**outcome, **_facts(whole)},
        payload,
        lead.lead_unit_id,
    )
    _resettle(session, now, actor, lead, visit)
    return row


def _resettle(session: Session, now: datetime, actor: Actor, lead: Case, visit: Visit) -> None:
    if visit.round != lead.round or not _unreviewed(session, lead, [visit]):
        return
    how = "visited" if visit.state == "done" else "unreachable"
    if lead.state == "visiting" and visit.state == "done" and bad(visit):
        _dispute(session, now, actor, lead)
        return
    if lead.state == "closed" and lead.closed_as in ("visited", "unreachable", "anonymous"):
        if bad(visit):
            _dispute(session, now, actor, lead)
        elif visit.caller_case_id == lead.id and how != lead.closed_as:
            note(session, now, actor, lead, "case.edited", {"closed_as": how}, {"as": how})
        return
    by_visit = lead.state == "reviewing" and lead.disputed_by == "visit" and not lead.redo_failed
    if by_visit and not _any_bad(session, lead):
        _close(session, now, actor, lead, how)


def _any_bad(session: Session, lead: Case) -> bool:
    query = select(Visit).where(
        Visit.case_id == lead.id, Visit.round == lead.round, Visit.state == "done"
    )
    return any(bad(visit) for visit in _unreviewed(session, lead, session.scalars(query)))


def _unreviewed(session: Session, lead: Case, visits: Iterable[Visit]) -> list[Visit]:
    """The visits of a round that ended after responsibility was last reviewed: those of before it
    move the case no more, however they are amended. [procedure 6]"""
    query = select(func.max(Responsibility.at)).where(
        Responsibility.case_id == lead.id, Responsibility.round == lead.round
    )
    at = session.scalar(query)
    return [
        visit for visit in visits if at is None or visit.ended_at is None or visit.ended_at > at
    ]


_VISIT: tuple[Field, ...] = (
    choice("method", METHODS),
    field("reached", "bool"),
    choice("truth", TRUTHS),
    choice("solved", SOLVED),
    choice("satisfied", SATISFIED),
    choice("why", ("result", "attitude", "timeliness", "other")),
    field("words"),
    field("place"),
    field("met"),
    field("contacted_by_unit", "bool"),
    field("evidence"),
    *of_facts(VisitRecord),
)
_VISITED = tuple(replace(one, required=one.name in ("method", "reached")) for one in _VISIT)
_OUTCOME = case(("visiting", "merged", "reviewing", "closed"), decides=True)

VERBS = (
    Verb(
        "record_visit",
        run=record_visit,
        on=_OUTCOME,
        fields=_VISITED,
        roles=("visitor", "centre_head", *ROOM),
        event=("visit.recorded", "visit.unreachable", "visit.attempted"),
    ),
    Verb(
        "amend_visit",
        run=amend_visit,
        on=_OUTCOME,
        fields=(REASON, *_VISIT),
        roles=("centre_head",),
        event="visit.amended",
    ),
)
