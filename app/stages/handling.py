"""Handling: what the member unit does between allocation and visit. Staff signs and drafts, the
head approves."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ledger import bear, move, note
from app.models import Assignment, Case, Draft, Reply, Request, Supervision
from app.models.columns import clock
from app.models.facts import load
from app.roles import UNIT_ROLES, Actor
from app.rules.facts import AssignmentFacts, CaseFacts, Effect, late
from app.rules.office import Office
from app.rules.opinion import names_a_step, says_something
from app.rules.reading import letters
from app.rules.refusal import NotAllowed
from app.rules.workdays import Deadline
from app.rules.workflow import LIVE, OPEN_ASSIGNMENT
from app.stages.allocation import kept, lead_assignment, live_assists
from app.stages.calendar import office_at
from app.stages.duties import may_handle
from app.stages.verb import REASON, WORDS, Rows, Verb, assignment, choice, field
from app.words import Message


def decide_signing(case: CaseFacts, one: AssignmentFacts, office: Office) -> list[Effect]:
    """The bot signs for it 视为签收 after a working day, and that is late; never while a return is
    pending."""
    if one.state != "allocated" or one.sign_at is None or office.now < one.sign_at:
        return []
    sets = {"signed_at": office.now, "signed_by": "bot"}
    payload = {"true_at": one.sign_at.isoformat()}
    return [
        Effect("assignment.auto_signed", "assignment", one, "signed", sets, payload, one.unit_id)
    ]


def sign_for(session: Session, now: datetime, actor: Actor, assignment: Assignment) -> Assignment:
    """Sign for an assignment 签收."""
    if assignment.state != "allocated":
        raise NotAllowed(
            "signed_already" if assignment.signed_at else "not_to_sign", state=assignment.state
        )
    columns = {"signed_at": now, "signed_by": "unit"}
    move(session, now, actor, assignment, "signed", "assignment.signed", columns)
    return assignment


def first_response(
    session: Session, now: datetime, actor: Actor, assignment: Assignment, words: str
) -> Assignment:
    """An emergency's first response: what is being done, within two hours."""
    if assignment.response_at is None:
        raise NotAllowed("not_an_emergency")
    if assignment.first_response_at is not None:
        raise NotAllowed("responded_already")
    _open(assignment)
    if not letters(words):
        raise NotAllowed("words_missing")
    late = now >= assignment.response_at
    note(
        session,
        now,
        actor,
        assignment,
        "assignment.responded",
        {"first_response_at": now},
        {"late": late},
    )
    return assignment


def _open(assignment: Assignment) -> None:
    if assignment.state == "return_pending":
        raise NotAllowed("return_pending")
    if assignment.state not in OPEN_ASSIGNMENT:
        raise NotAllowed("not_open", state=assignment.state)


def _signed(session: Session, now: datetime, actor: Actor, assignment: Assignment) -> None:
    """A reply or promise on an unsigned assignment signs for it."""
    if assignment.state == "allocated":
        sign_for(session, now, actor, assignment)


def _file(
    session: Session,
    now: datetime,
    actor: Actor,
    one: Assignment,
    kind: str,
    drafted_by: int | None,
    **facts: Any,
) -> Request:
    office = office_at(session, now)
    own = office.calendar.run(now.date(), kept(session, office, one).ruling_workdays)
    columns = {
        "case_id": one.case_id,
        "assignment_id": one.id,
        "unit_id": one.unit_id,
        "round": one.round,
        "kind": kind,
        "filed_at": now,
        "filed_by_id": actor.id,
        "drafted_by_id": drafted_by,
        "self_approved": drafted_by in (None, actor.id),
        **clock("own", own),
        **facts,
    }
    payload = {"kind": kind, **{name: facts[name] for name in ("workdays",) if name in facts}}
    if facts.get("promised_on"):
        payload["promised_on"] = facts["promised_on"].isoformat()
    row: Request = bear(
        session, now, actor, "request", "pending", "request.filed", columns, payload
    )
    return row


def _asked(session: Session, one: Assignment, kind: str) -> list[Request]:
    query = select(Request).where(Request.assignment_id == one.id, Request.kind == kind)
    return list(session.scalars(query.order_by(Request.id)))


def request_return(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    reason: str,
    drafted_by: int | None = None,
) -> Request:
    """Return a wrongly allocated case, within a working day of allocation, once per unit per
    case."""
    if assignment.state not in ("allocated", "signed"):
        raise NotAllowed("not_open", state=assignment.state)
    if assignment.return_at is None or now >= assignment.return_at:
        raise NotAllowed("too_late_to_return")
    before = select(func.count()).where(
        Request.case_id == assignment.case_id,
        Request.unit_id == assignment.unit_id,
        Request.kind == "return",
    )
    if session.scalar(before):
        raise NotAllowed("returned_once")
    if not reason.strip():
        raise NotAllowed("reason_missing")
    row = _file(
        session,
        now,
        actor,
        assignment,
        "return",
        drafted_by,
        words=reason,
        came_from=assignment.state,
    )
    move(session, now, actor, assignment, "return_pending", "assignment.return_asked")
    return row


def request_extension(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    workdays: int,
    reason: str,
    drafted_by: int | None = None,
) -> Request:
    """Ask for an extension before due, of at most ten working days from the old due date, once per
    round."""
    _open(assignment)
    office = office_at(session, now)
    most = kept(session, office, assignment).extension_workdays
    if now >= assignment.due_at:
        raise NotAllowed("too_late_to_extend")
    if not 1 <= workdays <= most:
        raise NotAllowed("extension_too_long", most=most)
    if _asked(session, assignment, "extension"):
        raise NotAllowed("extended_once")
    if not reason.strip():
        raise NotAllowed("reason_missing")
    if assignment.role == "assist":
        _within_lead(session, office, assignment, workdays)
    return _file(
        session, now, actor, assignment, "extension", drafted_by, words=reason, workdays=workdays
    )


def _within_lead(session: Session, office: Office, assist: Assignment, workdays: int) -> None:
    """An assist's due never lies after its lead's."""
    old = assist.deadline("due")
    lead = lead_assignment(session, session.get_one(Case, assist.case_id))
    if old is not None and office.calendar.extended(old, workdays).at > lead.due_at:
        raise NotAllowed("later_than_lead", until=lead.due_at.isoformat())


def _promise(
    session: Session,
    now: datetime,
    actor: Actor,
    one: Assignment,
    kind: str,
    promised_on: date,
    drafted_by: int | None,
    **facts: Any,
) -> Request:
    """File a promise: its date lies after today and at most ten working days after due; of each
    kind one pending or accepted, and two filed, per round."""
    _open(one)
    office = office_at(session, now)
    limits = kept(session, office, one)
    due = one.deadline("due")
    assert due is not None  # noqa: S101
    if promised_on <= now.date():
        raise NotAllowed("promise_not_after_today")
    if promised_on > office.calendar.after(due.on, limits.promise_workdays):
        raise NotAllowed("promise_too_far", workdays=limits.promise_workdays)
    before = _asked(session, one, kind)
    if any(row.state in ("pending", "accepted") for row in before):
        raise NotAllowed("promised_already")
    if len(before) >= limits.promises_each:
        raise NotAllowed("promised_twice", most=limits.promises_each)
    _signed(session, now, actor, one)
    return _file(session, now, actor, one, kind, drafted_by, promised_on=promised_on, **facts)


def explain(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    words: str,
    promised_on: date,
    category: str = "other",
    drafted_by: int | None = None,
) -> Request:
    """An explanation 情况说明: a category, at least twenty characters, a promised date."""
    least = kept(session, office_at(session, now), assignment).explanation_characters
    if letters(words) < least:
        raise NotAllowed("explanation_too_short", characters=least)
    return _promise(
        session,
        now,
        actor,
        assignment,
        "explanation",
        promised_on,
        drafted_by,
        words=words,
        category=category,
    )


def clear_opinion(opinion: str, next_step: str, step_on: date | None) -> None:
    """A clear handling opinion is an opinion, a next step and a date; empty phrases alone are
    refused."""
    if not says_something(opinion):
        raise NotAllowed("no_handling_opinion")
    if not names_a_step(next_step) or step_on is None:
        raise NotAllowed("no_next_step")


def reply_interim(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    promised_on: date,
    opinion: str = "",
    next_step: str = "",
    drafted_by: int | None = None,
) -> Request:
    """An interim reply 阶段性回复: a clear handling opinion and a promised date."""
    clear_opinion(opinion, next_step, promised_on)
    words = f"{opinion}\n{next_step}"
    return _promise(
        session, now, actor, assignment, "interim", promised_on, drafted_by, words=words
    )


def reply(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    opinion: str = "",
    next_step: str = "",
    step_on: date | None = None,
    public_answer: str = "",
    contacted: bool | None = None,
    why_not_contacted: str = "",
    imported: bool = False,
    drafted_by: int | None = None,
    **form: Any,
) -> Reply:
    """The unit's final reply, approved by its head. `form` are the other fields of the units' reply
    form. With `imported` (history taken over) it stands as it is. The verdict on its lateness is
    frozen now."""
    _open(assignment)
    case = session.get_one(Case, assignment.case_id)
    may_handle(session, actor, case)
    if not imported:
        clear_opinion(opinion, next_step, step_on)
        _complete(case, public_answer, contacted, why_not_contacted)
    if assignment.role == "lead" and any(
        one.state in OPEN_ASSIGNMENT for one in live_assists(session, assignment)
    ):
        raise NotAllowed("assist_open")
    _signed(session, now, actor, assignment)
    too_late = _late(session, now, case, assignment)
    columns = {
        "case_id": case.id,
        "assignment_id": assignment.id,
        "unit_id": assignment.unit_id,
        "round": assignment.round,
        "filed_at": now,
        "approved_by_id": actor.id,
        "drafted_by_id": drafted_by,
        "late": too_late,
        "imported": imported,
        "self_approved": drafted_by in (None, actor.id),
        "opinion": opinion,
        "next_step": next_step,
        "step_on": step_on,
        "public_answer": public_answer,
        "contacted": contacted,
        "why_not_contacted": why_not_contacted,
        **clock("own", _assist_clock(session, now, case, assignment)),
        **form,
    }
    row: Reply = bear(
        session, now, actor, "reply", "filed", "reply.filed", columns, {"late": too_late}
    )
    answered = {"replied_at": now, "reply_id": row.id, "late": too_late}
    payload = {"late": too_late, "reply": row.id}
    move(session, now, actor, assignment, "replied", "assignment.replied", answered, payload)
    if assignment.role == "lead":
        _to_examination(session, now, actor, case)
    return row


def _late(session: Session, now: datetime, case: Case, assignment: Assignment) -> bool:
    """Whether what is answered now is late; an emergency's promises are read for that."""
    if now < assignment.due_at or case.urgency != "emergency":
        return now >= assignment.due_at
    session.flush()
    facts = load(session, [case.id])[0]
    one = next(row for row in facts.assignments if row.id == assignment.id)
    return late(facts, one, office_at(session, now))


def _complete(case: Case, public_answer: str, contacted: bool | None, why_not: str) -> None:
    """The form is complete: a public answer, and the caller contacted or the reason why not."""
    if not letters(public_answer):
        raise NotAllowed("public_answer_missing")
    if not contacted and not letters(why_not) and not (case.anonymous or case.confidential):
        raise NotAllowed("caller_not_contacted")


def _examine_by(session: Session, now: datetime, case: Case) -> Deadline:
    office = office_at(session, now)
    return office.calendar.run(now.date(), office.kept(case.allocated_at).examine_workdays)


def _assist_clock(session: Session, now: datetime, case: Case, one: Assignment) -> Deadline | None:
    """The centre's clock to examine an assist's reply, like the lead's: that one is its case's own.
    [procedure 0]"""
    return _examine_by(session, now, case) if one.role == "assist" else None


def _to_examination(session: Session, now: datetime, actor: Actor, case: Case) -> None:
    move(
        session,
        now,
        actor,
        case,
        "examining",
        "case.replied",
        clock("own", _examine_by(session, now, case)),
    )


def _drafted_in_time(session: Session, assignment: Assignment, head: Verb) -> None:
    """Nothing is drafted that the head could not file any more: the assignment, or the item, still
    waits for it."""
    if head.target != "item":
        if assignment.state not in OPEN_ASSIGNMENT:
            raise NotAllowed("not_open", state=assignment.state)
        return
    query = select(Supervision.state).where(
        Supervision.case_id == assignment.case_id, Supervision.unit_id == assignment.unit_id
    )
    states = session.scalars(query.order_by(Supervision.id)).all()
    if not set(states) & set(head.states):
        msgid = "no_notice_open" if head.name == "feed_back" else "not_in_hearing"
        raise NotAllowed(msgid if states else "not_found", state=states[-1] if states else "")


def draft(
    session: Session,
    now: datetime,
    actor: Actor,
    assignment: Assignment,
    head: Verb,
    fields: Mapping[str, Any],
) -> Draft:
    """Staff drafts what the head files with this verb: its fields, kept as they were typed."""
    _drafted_in_time(session, assignment, head)
    if not any(str(value).strip() for value in fields.values() if value is not None):
        raise NotAllowed("draft_empty")
    typed = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in fields.items()
    }
    row = Draft(
        case_id=assignment.case_id,
        assignment_id=assignment.id,
        unit_id=assignment.unit_id,
        verb=head.name,
        fields=json.dumps(typed, ensure_ascii=False),
        drafted_at=now,
        drafted_by_id=actor.id,
    )
    session.add(row)
    session.flush()
    note(session, now, actor, assignment, "draft.made", None, {"verb": head.name, "draft": row.id})
    return row


def use_draft(session: Session, now: datetime, one: Assignment, verb: str, draft_id: int) -> Draft:
    """The draft that the head approves, once."""
    row = session.get(Draft, draft_id)
    if row is None or row.assignment_id != one.id or row.verb != verb:
        raise NotAllowed("not_found")
    if row.used_at is not None:
        raise NotAllowed("draft_used")
    row.used_at = now
    return row


def _holds(row: Assignment) -> tuple[bool, bool, bool, bool, int]:
    """How near an assignment is to its unit: open, held, a held assist (the lead waits for it),
    accepted, new."""
    held = row.state in LIVE
    return (
        row.state in OPEN_ASSIGNMENT,
        held,
        held and row.role == "assist",
        row.state == "accepted",
        row.id,
    )


def held_by(session: Session, case: Case, unit_id: int) -> Assignment:
    """A unit's assignment on a case: the one it still holds, else the one accepted last, else the
    newest; NotAllowed where it has none. (A case that took over another's has ended ones of its own
    that may be newer.)"""
    query = select(Assignment).where(Assignment.case_id == case.id, Assignment.unit_id == unit_id)
    rows = session.scalars(query.order_by(Assignment.id)).all()
    if not rows:
        raise NotAllowed("not_found")
    return max(rows, key=_holds)


# The verbs.

TO_RESPOND = "to_respond"
"""The mark of an assignment whose first response is still to be given."""
_RETURNABLE = ("allocated", "signed")
_ANSWERABLE = (*_RETURNABLE, "reply_refused")
_HEAD = ("unit_head",)


def _none_to_respond(fitting: Sequence[Any], rows: Rows) -> Message | None:
    waits = any(row.mark == TO_RESPOND for row in fitting)
    return None if waits else Message("why.no_emergency")


def _assists_open(fitting: Sequence[Any], rows: Rows) -> Message | None:
    """A lead replies after its assists: their rows are shown to it beside its own. A unit that
    holds an assist as well answers that first."""
    if any(row.kind == "assist" for row in fitting):
        return None
    rounds = {row.round for row in fitting if row.kind == "lead"}
    waits = [
        row.unit
        for row in rows.get("assignment", ())
        if row.kind == "assist" and row.state in OPEN_ASSIGNMENT and row.round in rounds
    ]
    names = "、".join(waits)
    return Message("why.assists_open", {"names": names}) if waits else None


def drafting(head: Verb) -> Verb:
    """The verb with which staff drafts what the head files with another: the same fields, about the
    unit's assignment or about the same item."""

    def run(
        session: Session, now: datetime, actor: Actor, assignment: Assignment, **values: Any
    ) -> Draft:
        return draft(session, now, actor, assignment, head, values)

    on = assignment(OPEN_ASSIGNMENT)
    if head.target == "item":
        on = assignment(head.states, about=head.on.subject)
    return Verb(
        head.draft, run=run, on=on, fields=head.fields, roles=UNIT_ROLES, event="draft.made"
    )


VERBS = (
    Verb(
        "sign_for",
        run=sign_for,
        on=assignment(("allocated",)),
        roles=UNIT_ROLES,
        event="assignment.signed",
    ),
    Verb(
        "first_response",
        run=first_response,
        on=assignment(OPEN_ASSIGNMENT),
        fields=(WORDS,),
        roles=UNIT_ROLES,
        event="assignment.responded",
        against=_none_to_respond,
    ),
    Verb(
        "request_return",
        run=request_return,
        on=assignment(_RETURNABLE),
        fields=(REASON,),
        roles=_HEAD,
        event="assignment.return_asked",
        draft="draft_return",
    ),
    Verb(
        "request_extension",
        run=request_extension,
        on=assignment(_ANSWERABLE),
        fields=(field("workdays!", "int"), REASON),
        roles=_HEAD,
        event="request.filed",
        draft="draft_extension",
    ),
    Verb(
        "explain",
        run=explain,
        on=assignment(_ANSWERABLE),
        fields=(
            WORDS,
            field("promised_on!", "date"),
            choice("category", ("material", "weather", "owner", "funds", "other")),
        ),
        roles=_HEAD,
        event="request.filed",
        draft="draft_explanation",
    ),
    Verb(
        "reply_interim",
        run=reply_interim,
        on=assignment(_ANSWERABLE),
        fields=(field("promised_on!", "date"), field("opinion"), field("next_step")),
        roles=_HEAD,
        event="request.filed",
        draft="draft_interim",
    ),
    Verb(
        "reply",
        run=reply,
        on=assignment(_ANSWERABLE),
        fields=(
            field("opinion"),
            field("next_step"),
            field("step_on", "date"),
            field("public_answer"),
            field("contacted", "bool"),
            field("contacted_at", "moment"),
            field("contact_number"),
            field("why_not_contacted"),
            field("found_true", "bool"),
            field("beyond_duty", "bool"),
            field("solved", "bool"),
            field("why_unsolved"),
            field("handling"),
            field("evidence"),
        ),
        roles=_HEAD,
        event="assignment.replied",
        against=_assists_open,
        draft="draft_reply",
    ),
)
