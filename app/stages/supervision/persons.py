"""The persons whom a finding names, by the posts they held."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import UnitPost
from app.rules.refusal import NotAllowed
from app.stages.duties import lineage


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
    refuse_several(person, posts)
    return posts[0]


def post_id(said: str) -> int:
    """The id of a post that was chosen; 0 where a name was told."""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 10 else 0


def refuse_several(named: str, posts: Sequence[UnitPost]) -> None:
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
