"""Findings and what follows: confirmed by a second person, heard with the unit and each named
person, concluded, reviewed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import move, note
from app.models import Assignment, Case, NamedPerson, Supervision, UnitPost
from app.models.columns import clock
from app.roles import BOT, Actor
from app.rules.facts import CaseFacts, Effect, SupervisionFacts
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.rules.workdays import last_day
from app.stages.calendar import office_at
from app.stages.duties import lineage, not_about_himself
from app.stages.supervision.items import limits_of

FINDINGS = ("perfunctory", "inaction", "duty", "untrue")
OUTCOMES = ("criticism", "interview", "nothing")
REVIEWED_IN = ("concluded", "closed")
"""The states of an item whose conclusion may be reviewed."""


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


def draft_finding(
    session: Session,
    now: datetime,
    actor: Actor,
    supervision: Supervision,
    finding: str,
    words: str,
    post_ids: Sequence[int] = (),
) -> Supervision:
    """An officer drafts a finding 认定, after feedback on the last notice or once that is overdue. It
    may name persons, by the posts they held."""
    if finding not in FINDINGS:
        raise NotAllowed("unknown_finding", finding=finding)
    overdue_now = supervision.due_at is not None and now >= supervision.due_at
    if supervision.state != "fed_back" and not (
        supervision.state in ("opened", "reissued") and overdue_now
    ):
        raise NotAllowed("finding_too_early", state=supervision.state)
    office = office_at(session, now)
    if not words.strip():
        raise NotAllowed("words_missing")
    _name(session, actor, supervision, post_ids)
    own = office.calendar.run(now.date(), limits_of(session, office, supervision).confirm_workdays)
    columns = {
        "finding": finding,
        "finding_words": words,
        "finding_from": supervision.state,
        "found_by_id": actor.id,
        **clock("own", own),
    }
    payload = {"finding": finding, "posts": sorted(post_ids)}
    move(session, now, actor, supervision, "finding", "supervision.found", columns, payload)
    return supervision


def _name(session: Session, actor: Actor, row: Supervision, post_ids: Sequence[int]) -> None:
    """Name persons by posts of the unit; a finding drafted anew names anew."""
    not_about_himself(session, actor, list(post_ids))
    for old in session.scalars(select(NamedPerson).where(NamedPerson.supervision_id == row.id)):
        session.delete(old)
    session.flush()
    for post_id in sorted(set(post_ids)):
        post = session.get(UnitPost, post_id)
        if post is None or post.unit_id not in lineage(session, row.unit_id):
            raise NotAllowed("not_a_post_of_the_unit")
        session.add(NamedPerson(supervision_id=row.id, post_id=post_id, statement=""))
    session.flush()


def fault_on(one: Assignment, day: date) -> date:
    """The date of the fault, as known on a day: the last one on which the unit could have answered
    in time."""
    return min(last_day(one.due_at), day)


def post_of(session: Session, unit_id: int, person: str, on: date) -> UnitPost:
    """The post that a person held in a unit on a date, or in one dissolved into it: told by its id,
    or by a name that means one person. NotAllowed where there is none, or several of that name."""
    meant = UnitPost.id == post_id(person) if post_id(person) else UnitPost.person == person
    query = select(UnitPost).where(
        UnitPost.unit_id.in_(lineage(session, unit_id)), meant, UnitPost.from_on <= on
    )
    posts = [
        post
        for post in session.scalars(query.order_by(UnitPost.id))
        if post.to_on is None or post.to_on >= on
    ]
    if not posts:
        raise NotAllowed("held_no_post", person=person)
    _one_person(person, posts)
    return posts[0]


def post_id(said: str) -> int:
    """The id of a post that was chosen; 0 where a name was told."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def _one_person(named: str, posts: Sequence[UnitPost]) -> None:
    """Raises NotAllowed where posts under one name may be several persons': one account's are known
    to be one's."""
    if len(posts) > 1 and (
        None in {post.user_id for post in posts} or len({post.user_id for post in posts}) > 1
    ):
        raise NotAllowed(
            "several_of_this_name", person=named, candidates=[told_apart(post) for post in posts]
        )


def told_apart(post: UnitPost) -> dict[str, str]:
    """What tells a person from others of one name."""
    since = post.from_on.isoformat()
    return {
        "person": post.person,
        "unit": post.unit.name,
        "post": post.post,
        "duty": post.duty,
        "since": since,
    }


def confirm_finding(
    session: Session,
    now: datetime,
    actor: Actor,
    supervision: Supervision,
    accept: bool = True,
    finding: str = "",
) -> Supervision:
    """The room's head confirms a finding that somebody else drafted, or sends the item back to
    where it was. The unit and each named person are then heard, for three working days."""
    if supervision.state != "finding":
        raise NotAllowed("no_finding", state=supervision.state)
    if supervision.found_by_id == actor.id:
        raise NotAllowed("own_finding")
    if finding and finding != supervision.finding:
        raise NotAllowed("another_finding", drafted=supervision.finding)
    office = office_at(session, now)
    if not accept:
        columns = {"finding": None, "finding_from": None, **clock("own", None)}
        back = supervision.finding_from or "fed_back"
        move(session, now, actor, supervision, back, "supervision.sent_back", columns)
        return supervision
    workdays = limits_of(session, office, supervision).hearing_workdays
    hearing = office.calendar.to_midnight().run(now.date(), workdays)
    columns = {
        "confirmed_at": now,
        "confirmed_by_id": actor.id,
        **clock("heard", hearing),
        **clock("own", None),
    }
    payload = {"finding": supervision.finding, "hear_until": hearing.on.isoformat()}
    move(session, now, actor, supervision, "confirmed", "supervision.confirmed", columns, payload)
    return supervision


def named(session: Session, row: Supervision) -> Sequence[NamedPerson]:
    """The persons whom a finding names."""
    query = select(NamedPerson).where(NamedPerson.supervision_id == row.id)
    return session.scalars(query.order_by(NamedPerson.id)).all()


def record_statement(
    session: Session,
    now: datetime,
    actor: Actor,
    supervision: Supervision,
    words: str,
    person: str = "",
    drafted_by: int | None = None,
) -> Supervision:
    """A statement in the hearing. The unit head's is the unit's and, where he is named, his own; a
    person's is recorded by the officer. When all have spoken the hearing is over."""
    if supervision.state != "confirmed":
        raise NotAllowed("not_in_hearing", state=supervision.state)
    if supervision.heard_at is not None and now >= supervision.heard_at:
        raise NotAllowed("hearing_over")
    if not words.strip():
        raise NotAllowed("words_missing")
    people = named(session, supervision)
    if actor.is_a("unit_head"):
        if supervision.unit_stated_at is not None:
            raise NotAllowed("stated_already")
        supervision.unit_stated_at, supervision.unit_statement = now, words
        spoke = [
            row for row in people if session.get_one(UnitPost, row.post_id).user_id == actor.id
        ]
    else:
        spoke = _spoke(session, people, person)
    spoke = [row for row in spoke if row.stated_at is None]
    for row in spoke:
        row.stated_at, row.statement = now, words
    session.flush()
    payload: dict[str, Any] = {
        "posts": [row.post_id for row in spoke],
        "unit": actor.is_a("unit_head"),
    }
    if actor.is_a("unit_head"):
        payload["self_approved"] = drafted_by in (None, actor.id)
    note(session, now, actor, supervision, "supervision.stated", None, payload)
    if supervision.unit_stated_at is not None and all(row.stated_at is not None for row in people):
        office = office_at(session, now)
        allocated_at = session.get_one(Case, supervision.case_id).allocated_at
        columns = heard_columns(office, now.date(), allocated_at)
        move(session, now, actor, supervision, "heard", "supervision.heard", columns)
    return supervision


def _spoke(session: Session, people: Sequence[NamedPerson], person: str) -> list[NamedPerson]:
    """The named person whose words the officer records, once."""
    posts = {row.post_id: session.get_one(UnitPost, row.post_id) for row in people}
    if post_id(person):
        spoke = [row for row in people if row.post_id == post_id(person)]
    else:
        spoke = [row for row in people if person and posts[row.post_id].person == person]
        _one_person(person, [posts[row.post_id] for row in spoke])
    if not spoke:
        raise NotAllowed("not_named", person=person)
    if all(row.stated_at is not None for row in spoke):
        raise NotAllowed("stated_already")
    return spoke


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
        now.date(), limits_of(session, office, supervision).ask_review_workdays
    )
    columns = {
        "concluded_at": now,
        "concluded_by_id": actor.id,
        "conclusion": conclusion,
        **clock("ask", ask),
        **clock("own", None),
    }
    payload = {"ask_by": ask.on.isoformat()}
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
        now.date(), limits_of(session, office, supervision).rule_review_workdays
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
