"""The supervision of a dossier: its item, with notices, finding and conclusion, and the persons named."""

from __future__ import annotations

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import NamedPerson, Supervision, SupervisionList, UnitPost
from app.stages.dossier.as_text import Facts, Served, day_of, moment_of, name_of
from app.stages.papers import notices_of


def item_facts(session: Session, item: Supervision, served: Served) -> Facts:
    """Supervision: ground, notices, their service and feedback, finding, statements, conclusion,
    review."""
    notices = [
        {**notice, "served": served.get(("supervision", item.id, notice["n"]))}
        for notice in notices_of(session, item)
    ]
    listed = None
    if item.listed_on is not None:
        listed = session.scalar(
            select(SupervisionList.number).where(SupervisionList.day == item.listed_on)
        )
    return {
        "ground": item.ground,
        "reason": item.reason,
        "listed_on": day_of(item.listed_on),
        "list": listed,
        "grounds": json.loads(item.facts) if item.facts else None,
        "item": item.number,
        "opened_at": moment_of(item.opened_at),
        "notices": notices,
        "finding": item.finding,
        "finding_words": item.finding_words,
        "found_by": name_of(session, item.found_by_id),
        "confirmed_at": moment_of(item.confirmed_at),
        "confirmed_by": name_of(session, item.confirmed_by_id),
        "heard_at": moment_of(item.heard_at),
        "unit_statement": item.unit_statement,
        "unit_stated_at": moment_of(item.unit_stated_at),
        "conclusion": item.conclusion,
        "concluded_at": moment_of(item.concluded_at),
        "concluded_by": name_of(session, item.concluded_by_id),
        "review": item.review_words,
        "review_asked_at": moment_of(item.review_asked_at),
        "review_accepted": item.review_accepted,
        "ask_at": moment_of(item.ask_at),
    }


def person_facts(session: Session, row: NamedPerson) -> Facts:
    """A named person, with the post they held and their statement."""
    post = session.get_one(UnitPost, row.post_id)
    return {
        "person": post.person,
        "post": post.post,
        "duty": post.duty,
        "cadre_authority": post.cadre_authority,
        "from": post.from_on.isoformat(),
        "to": post.to_on and post.to_on.isoformat(),
        "statement": row.statement,
    }
