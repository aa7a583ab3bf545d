"""(7) redo. "Results are examined; where people are dissatisfied, complain repeatedly or the result
is untrue, and the centre's audit finds it is the responsibility of the organizer, it returns to the
original unit."
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.ledger import Columns, move, note, paper
from app.models import Assignment, Case, Reply, Responsibility, Unit
from app.models.columns import clock
from app.roles import EXAMINERS, Actor
from app.rules.refusal import NotAllowed
from app.stages.acceptance import end_visits, merged_with, reopen
from app.stages.allocation import assign, lead_assignment, redo_deadline, refuse_open_assists
from app.stages.calendar import office_at
from app.stages.duties import may_examine
from app.stages.papers import issue_as_it_stands
from app.stages.verb import Verb, assignment, case, choice, field, only, resting
from app.stages.visit import plan

REASONS = (
    "form_incomplete",
    "opinion_unclear",
    "caller_not_contacted",
    "assists_missing",
    "evidence_missing",
    "other",
)
EXCLUDED = ("unreasonable", "law", "outside_powers", "other")


def examine(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    passes: bool,
    reason: str = "",
    words: str = "",
) -> Assignment:
    """Examine a final reply 审核: it passes, or is refused with a reason from a list - the original
    due stands.

    A lead's passed reply sends the case to its visits; an anonymous one closes unrated."""
    if assignment.state != "replied" or assignment.reply_id is None:
        raise NotAllowed("no_reply", state=assignment.state)
    case = session.get_one(Case, assignment.case_id)
    may_examine(session, actor, case)
    if not passes and reason not in REASONS:
        raise NotAllowed("unknown_reason", reason=reason)
    if passes and assignment.role == "lead":
        refuse_open_assists(session, assignment)
    reply = session.get_one(Reply, assignment.reply_id)
    if passes:
        _pass(session, now, actor, case, assignment, reply)
    else:
        _refuse(session, now, actor, case, assignment, reply, reason, words)
    return assignment


def _pass(
    session: Session, now: datetime, actor: Actor, case: Case, assignment: Assignment, reply: Reply
) -> None:
    """A reply is good: its assignment is accepted, and a lead's case goes to its visits."""
    seen = {"examined_at": now, "examined_by_id": actor.id}
    move(session, now, actor, reply, "passed", "reply.passed", seen)
    move(session, now, actor, assignment, "accepted", "assignment.accepted", {"ended_at": now})
    if assignment.role == "lead":
        _to_visit(session, now, actor, case)


def _refuse(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    assignment: Assignment,
    reply: Reply,
    reason: str,
    words: str,
) -> None:
    """A reply is refused: its assignment is the unit's again, and a lead's case is handled again."""
    columns: Columns = {"examined_at": now, "examined_by_id": actor.id}
    columns |= {"refusal": reason, "refusal_words": words}
    move(session, now, actor, reply, "refused", "reply.refused", columns, {"reason": reason})
    unanswered, kind = {"replied_at": None, "late": None}, "assignment.reply_refused"
    move(session, now, actor, assignment, "reply_refused", kind, unanswered, {"reason": reason})
    if assignment.role == "lead" and case.state == "examining":
        move(session, now, actor, case, "handling", "case.sent_back", clock("own", None))


def _to_visit(session: Session, now: datetime, actor: Actor, case: Case) -> None:
    """All transferred cases are visited; nobody can visit an anonymous caller, and the case closes
    unrated."""
    if case.anonymous:
        _close_unrated(session, now, actor, case)
        if all(other.anonymous for other in merged_with(session, case)):
            return
    else:
        office = office_at(session, now)
        own = office.calendar.run(now.date(), office.kept(case.allocated_at).visit_workdays)
        move(session, now, actor, case, "visiting", "case.examined", clock("own", own))
    plan(session, now, actor, case)


def _close_unrated(session: Session, now: datetime, actor: Actor, case: Case) -> None:
    """The case of an anonymous caller closes without a visit to that caller."""
    columns = {"closed_at": now, "closed_as": "anonymous", **clock("own", None)}
    payload = {"as": "anonymous"}
    move(session, now, actor, case, "closed", "case.closed", columns, payload, case.lead_unit_id)


def review_responsibility(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    unit_responsible: bool,
    grounds: str = "",
    excluded_as: str = "",
) -> Responsibility:
    """Responsibility review 责任认定 by an examiner who is not the visitor. Responsible: back to the
    same unit, a round on, at most two redo rounds. Not responsible: closed with grounds, left out
    of satisfaction under a code.

    After the second failed redo the centre head closes the case so, with grounds alone: the unit
    was found responsible, and the bad result stays on its account."""
    if case.state != "reviewing":
        raise NotAllowed("not_in_review", state=case.state)
    may_examine(session, actor, case)
    office = office_at(session, now)
    if case.redo_failed and (unit_responsible or not actor.is_a("centre_head")):
        raise NotAllowed("redo_failed_already")
    left_out = None if unit_responsible else _left_out(case, grounds, excluded_as)
    row = Responsibility(
        case_id=case.id,
        round=case.round,
        at=now,
        by_id=actor.id,
        unit_responsible=unit_responsible,
        grounds=grounds,
        excluded_as=left_out,
        number=paper(session, office, "responsibility"),
    )
    session.add(row)
    session.flush()
    issue_as_it_stands(session, office.calendar, "responsibility", [row.id])
    if unit_responsible:
        _responsible(session, now, actor, case)
    else:
        _not_responsible(session, now, actor, case, left_out)
    return row


def _left_out(case: Case, grounds: str, code: str) -> str | None:
    """The code under which a result is left out of satisfaction; None after a failed redo."""
    if not grounds.strip():
        raise NotAllowed("grounds_missing")
    if case.redo_failed:
        return None
    if code not in EXCLUDED:
        raise NotAllowed("exclusion_missing")
    return code


def _responsible(session: Session, now: datetime, actor: Actor, case: Case) -> None:
    """A bad result is the unit's: a redo, or after the last one a ground for the room."""
    if case.lead_assignment_id is None:
        _answer_anew(session, now, actor, case)
    elif case.round < office_at(session, now).kept(case.allocated_at).rounds:
        _redo(session, now, actor, case)
    else:
        columns, payload = {"redo_failed": True}, {"round": case.round}
        note(session, now, actor, case, "case.redo_failed", columns, payload, case.lead_unit_id)


def _not_responsible(
    session: Session, now: datetime, actor: Actor, case: Case, left_out: str | None
) -> None:
    how = "redo_exhausted" if case.redo_failed else "not_responsible"
    columns: Columns = {"closed_at": now, "closed_as": how, "excluded_as": left_out}
    move(
        session, now, actor, case, "closed", "case.closed", columns, {"as": how}, case.lead_unit_id
    )


def _answer_anew(session: Session, now: datetime, actor: Actor, case: Case) -> None:
    """The centre's own answer was not good enough: closed as found, and registered anew as a repeat
    would have it."""
    columns: Columns = {"closed_at": now, "closed_as": "answer_refused"}
    move(session, now, actor, case, "closed", "case.closed", columns, {"as": "answer_refused"})
    reopen(session, now, actor, case, office_at(session, now))


def _redo(session: Session, now: datetime, actor: Actor, case: Case) -> None:
    """The same unit - its successor, where it was dissolved - does it again, with a redo clock of
    its own."""
    office = office_at(session, now)
    before = lead_assignment(session, case)
    end_visits(session, now, actor, case)
    unit_id = successor(session, before.unit_id)
    due = redo_deadline(office, case, office.kept(case.allocated_at), now)
    row = assign(session, office, actor, case, unit_id, "lead", due, redo=True)
    columns: dict[str, Any] = {
        "round": case.round + 1,
        "lead_assignment_id": row.id,
        "lead_unit_id": unit_id,
        "disputed_by": None,
    }
    payload = {"round": case.round + 1, "due_on": due.on.isoformat()}
    issue_as_it_stands(session, office.calendar, "redo", [row.id])
    move(session, now, actor, case, "handling", "case.redo_ordered", columns, payload, unit_id)


def successor(session: Session, unit_id: int) -> int:
    """The unit that stands today where this one stood: a dissolved unit's successor takes its
    rounds."""
    seen = set()
    while unit_id not in seen:
        seen.add(unit_id)
        unit = session.get_one(Unit, unit_id)
        if unit.successor_id is None:
            break
        unit_id = unit.successor_id
    return unit_id


VERBS = (
    Verb(
        "examine",
        run=examine,
        on=assignment(("replied",)),
        fields=(
            field("passes!", "bool"),
            only(choice("reason", REASONS), "passes", "n"),
            only(field("words"), "passes", "n"),
        ),
        roles=EXAMINERS,
        event=("assignment.accepted", "assignment.reply_refused"),
        recuses=True,
    ),
    Verb(
        "review_responsibility",
        run=review_responsibility,
        on=resting(case(("reviewing",), decides=True), "visit.amended", "visit.recorded"),
        fields=(
            field("unit_responsible!", "bool"),
            field("grounds"),
            only(choice("excluded_as", EXCLUDED), "unit_responsible", "n"),
        ),
        roles=EXAMINERS,
        event=("case.redo_ordered", "case.redo_failed", "case.closed"),
        recuses=True,
    ),
)
