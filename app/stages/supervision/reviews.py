"""What becomes of a conclusion: reviewed once, and the item closed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.ledger import move, note
from app.models import Supervision
from app.models.columns import clock
from app.roles import Actor
from app.rules.facts import SupervisionFacts
from app.rules.refusal import NotAllowed
from app.stages.calendar import limits_of_case, office_at

OUTCOMES = ("criticism", "interview", "nothing")
REVIEWED_IN = ("concluded", "closed")
"""The states of an item whose conclusion may be reviewed."""


def ask_review(
    session: Session, now: datetime, actor: Actor, supervision: Supervision, words: str
) -> Supervision:
    """Within three working days of the conclusion the unit's head may ask for one review; a closing
    does not take it away."""
    _reviewable(supervision)
    if supervision.review_asked_at is not None:
        raise NotAllowed("review_asked_once")
    if supervision.ask_at is None or now >= supervision.ask_at:
        raise NotAllowed("too_late_for_review")
    if not words.strip():
        raise NotAllowed("words_missing")
    office = office_at(session, now)
    own = office.calendar.run(
        now.date(), limits_of_case(session, office, supervision).rule_review_workdays
    )
    columns = {"review_asked_at": now, "review_words": words, **clock("own", own)}
    note(session, now, actor, supervision, "supervision.review_asked", columns)
    return supervision


def _reviewable(row: Supervision) -> None:
    """A conclusion may be reviewed while its item stands, and after that was closed."""
    if row.concluded_at is None or row.state not in REVIEWED_IN:
        raise NotAllowed("not_concluded", state=row.state)


def rule_on_review(
    session: Session,
    now: datetime,
    actor: Actor,
    supervision: Supervision,
    accept: bool,
    words: str = "",
) -> Supervision:
    """The room's head rules on a review: accepted, the item is closed and its referral abandoned;
    where it is closed already, the measure is taken back."""
    if not review_open(supervision):
        raise NotAllowed("no_review_asked")
    _reviewable(supervision)
    if actor.id in (supervision.concluded_by_id, supervision.found_by_id):
        raise NotAllowed("own_finding")
    columns = {"review_accepted": accept, **clock("own", None)}
    payload: dict[str, Any] = {"accept": accept}
    if accept and supervision.state == "closed":
        columns |= {"outcome": "nothing", "taken_back": supervision.outcome}
        payload["taken_back"] = supervision.outcome
    note(session, now, actor, supervision, "supervision.review_ruled", columns, payload)
    if accept and supervision.state == "concluded":
        columns = {"outcome": "nothing", "ended_at": now}
        move(
            session,
            now,
            actor,
            supervision,
            "closed",
            "supervision.closed",
            columns,
            {"review": True},
        )
    return supervision


def close_supervision(
    session: Session, now: datetime, actor: Actor, supervision: Supervision, outcome: str
) -> Supervision:
    """Close a concluded item with criticism, an interview or nothing; a referral not yet sent is
    abandoned."""
    if supervision.state != "concluded":
        raise NotAllowed("not_concluded", state=supervision.state)
    if outcome not in OUTCOMES:
        raise NotAllowed("unknown_outcome", outcome=outcome)
    if review_open(supervision):
        raise NotAllowed("review_open")
    columns = {"outcome": outcome, "ended_at": now, **clock("own", None)}
    move(
        session,
        now,
        actor,
        supervision,
        "closed",
        "supervision.closed",
        columns,
        {"outcome": outcome},
    )
    return supervision


def review_open(row: Supervision | SupervisionFacts) -> bool:
    """Whether a review was asked for and not yet ruled on."""
    return row.review_asked_at is not None and row.review_accepted is None
