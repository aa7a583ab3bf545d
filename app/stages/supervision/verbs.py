"""The verbs of supervision: which candidate, item or person a form means."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Assignment, Case, Supervision, Unit
from app.roles import ROOM, Actor
from app.rules.refusal import NotAllowed
from app.rules.workflow import LIVE, STANDING
from app.stages.allocation import lead_assignment
from app.stages.calendar import office_at
from app.stages.handling import held_by
from app.stages.named import id_of, unit_id_of
from app.stages.supervision.candidates import decline, defer, propose, strike_row
from app.stages.supervision.findings import FINDINGS, confirm_finding, draft_finding, fault_on
from app.stages.supervision.hearings import conclude, record_statement
from app.stages.supervision.items import items
from app.stages.supervision.notices import clear, feed_back, open_by_hand, open_candidate, reissue
from app.stages.supervision.persons import post_of
from app.stages.supervision.reviews import (
    OUTCOMES,
    REVIEWED_IN,
    ask_review,
    close_supervision,
    rule_on_review,
)
from app.stages.verb import (
    ACCEPT,
    CASE_OF_ROOM,
    DUE,
    REASON,
    RULING,
    WORDS,
    Rows,
    Verb,
    assignment,
    choice,
    field,
    item,
    resting,
)
from app.words import Message

BY_HAND = "by_hand"
"""The ground of an item that no list of candidates named."""
REVIEWABLE, REVIEW_ASKED = "reviewable", "review_asked"
"""The marks of an item whose conclusion may be reviewed, and of one whose review waits for the
ruling."""
_CANDIDATE, _NOTICE = ("candidate",), ("opened", "reissued")
_UNIT_HEAD, _ROOM_HEAD = ("unit_head",), ("supervision_head",)


def _open_supervision(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    unit: Unit | None,
    ground: str | None = None,
    item: int | None = None,
    **terms: Any,
) -> Supervision:
    """Open a candidate on a ground (the only one, where none is named), or by hand with a
    reason."""
    reason = terms.pop("reason", "")
    rows = items(session, case, unit_id_of(actor, unit), ground)
    candidate = _candidate_meant(rows, item)
    if candidate is not None:
        return open_candidate(session, now, actor, candidate, **terms)
    if ground not in (None, BY_HAND) or item is not None:
        raise NotAllowed("not_a_candidate", state=_newest_state(rows, item))
    supervised = _supervised(session, actor, case, unit)
    if any(row.state in STANDING and row.assignment_id == supervised.id for row in rows):
        raise NotAllowed("item_stands")
    return open_by_hand(session, now, actor, supervised, reason=reason, **terms)


def _meant(rows: Sequence[Supervision], item: int | None) -> list[Supervision]:
    """The rows, or of them the one that is named."""
    return [row for row in rows if item is None or row.id == id_of(item)]


def _candidate_meant(rows: Sequence[Supervision], item: int | None) -> Supervision | None:
    """The candidate that is named, or the only one; None where there is none."""
    waiting = [row for row in _meant(rows, item) if row.state == "candidate"]
    if len(waiting) > 1:
        raise NotAllowed("name_one", n=len(waiting))
    return waiting[0] if waiting else None


def _newest_state(rows: Sequence[Supervision], item: int | None) -> str:
    """The state of the newest row that is meant; empty where there is none."""
    meant = _meant(rows, item)
    return meant[-1].state if meant else ""


def _supervised(session: Session, actor: Actor, case: Case, unit: Unit | None) -> Assignment:
    """The assignment on which an item is opened by hand: the named unit's, else the lead's where no
    other unit works on the case."""
    if unit is None:
        query = select(Assignment.unit_id).where(
            Assignment.case_id == case.id, Assignment.state.in_(LIVE)
        )
        units = set(session.scalars(query))
        if len(units) > 1:
            raise NotAllowed("name_one", n=len(units))
    unit_id = unit_id_of(actor, unit)
    return lead_assignment(session, case) if unit_id is None else held_by(session, case, unit_id)


def _draft_finding(
    session: Session,
    now: datetime,
    actor: Actor,
    item: Supervision,
    persons: Sequence[str] = (),
    **values: Any,
) -> Supervision:
    """A finding about persons named by the ids of their posts, or by names that mean one; the post
    is held on the date of the fault."""
    on = fault_on(session.get_one(Assignment, item.assignment_id), now.date())
    posts = [post_of(session, item.unit_id, person, on).id for person in persons]
    return draft_finding(session, now, actor, item, post_ids=posts, **values)


def _defer(
    session: Session, now: datetime, actor: Actor, item: Supervision, **values: Any
) -> Supervision:
    case = session.get_one(Case, item.case_id)
    limits = office_at(session, now).kept(case.allocated_at)
    days = values.pop("workdays", None) or limits.deferral_workdays
    return defer(session, now, actor, item, workdays=days, **values)


def _not_reviewable(fitting: Sequence[Any], rows: Rows) -> Message | None:
    may = any(row.mark == REVIEWABLE for row in fitting)
    return None if may else Message("why.reviewed")


def _no_review_asked(fitting: Sequence[Any], rows: Rows) -> Message | None:
    waits = any(row.mark == REVIEW_ASKED for row in fitting)
    return None if waits else Message("why.no_review")


_CONCLUDED, _CLOSED = REVIEWED_IN[:1], REVIEWED_IN[1:]
_REVIEW = ("supervision.review_asked", "supervision.review_ruled")

VERBS = (
    Verb(
        "propose",
        run=propose,
        on=assignment((*LIVE, "accepted")),
        fields=(REASON,),
        roles=("centre_head",),
        event="supervision.proposed",
    ),
    Verb(
        "open_supervision",
        run=_open_supervision,
        on=CASE_OF_ROOM,
        fields=(field("ground"), field("requirement!"), field("reason"), *DUE),
        roles=ROOM,
        event="supervision.opened",
    ),
    Verb(
        "decline",
        run=decline,
        on=item(_CANDIDATE),
        fields=(REASON,),
        roles=ROOM,
        event="supervision.declined",
        recuses=True,
    ),
    Verb(
        "defer",
        run=_defer,
        on=item(_CANDIDATE),
        fields=(REASON, field("workdays", "int")),
        roles=ROOM,
        event="supervision.deferred",
        recuses=True,
    ),
    Verb(
        "strike_row",
        run=strike_row,
        on=item(),
        fields=(REASON,),
        roles=ROOM,
        event="supervision.struck",
        recuses=True,
    ),
    Verb(
        "feed_back",
        run=feed_back,
        on=item(_NOTICE),
        fields=(WORDS,),
        roles=_UNIT_HEAD,
        event="supervision.fed_back",
        draft="draft_feedback",
    ),
    Verb(
        "clear",
        run=clear,
        on=item((*_NOTICE, "fed_back")),
        fields=(field("new_date", "date"),),
        roles=ROOM,
        event="supervision.cleared",
        recuses=True,
    ),
    Verb(
        "reissue",
        run=reissue,
        on=item(("fed_back",)),
        fields=(field("requirement!"), *DUE),
        roles=ROOM,
        event="supervision.reissued",
        recuses=True,
    ),
    Verb(
        "draft_finding",
        run=_draft_finding,
        on=item(("fed_back", *_NOTICE)),
        fields=(choice("finding!", FINDINGS), WORDS, field("persons", "names")),
        roles=ROOM,
        event="supervision.found",
        recuses=True,
    ),
    Verb(
        "confirm_finding",
        run=confirm_finding,
        on=item(("finding",)),
        fields=(ACCEPT, choice("finding", FINDINGS)),
        roles=_ROOM_HEAD,
        event=("supervision.confirmed", "supervision.sent_back"),
        recuses=True,
    ),
    Verb(
        "record_statement",
        run=record_statement,
        on=item(("confirmed",)),
        fields=(WORDS, field("person")),
        roles=(*_UNIT_HEAD, *ROOM),
        event=("supervision.stated", "supervision.heard"),
        draft="draft_statement",
    ),
    Verb(
        "conclude",
        run=conclude,
        on=resting(item(("heard", "confirmed")), "supervision.stated"),
        fields=(field("conclusion!"),),
        roles=ROOM,
        event="supervision.concluded",
        recuses=True,
    ),
    Verb(
        "ask_review",
        run=ask_review,
        on=item(_CONCLUDED, ended=_CLOSED),
        fields=(WORDS,),
        roles=_UNIT_HEAD,
        event="supervision.review_asked",
        against=_not_reviewable,
    ),
    Verb(
        "rule_on_review",
        run=rule_on_review,
        on=resting(item(_CONCLUDED, ended=_CLOSED), *_REVIEW),
        fields=RULING,
        roles=_ROOM_HEAD,
        event="supervision.review_ruled",
        against=_no_review_asked,
        recuses=True,
    ),
    Verb(
        "close_supervision",
        run=close_supervision,
        on=resting(item(("concluded",)), *_REVIEW),
        fields=(choice("outcome!", OUTCOMES),),
        roles=ROOM,
        event="supervision.closed",
        recuses=True,
    ),
)
