"""Which version of an article went into the answer to a case."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import ArticleUse, ArticleVersion, Case
from app.models.sessions import UNSCOPED
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages.named import id_of

MOST = 20
"""So many articles one answer may use."""


def use(
    session: Session, now: datetime, actor: Actor, case: Case, versions: Sequence[str]
) -> list[int]:
    """Put on record which approved versions an answer used; the next event of the case seals it. The
    ids of those that were not on record for this case before."""
    ids = sorted({_id(named) for named in versions})
    if len(ids) > MOST:
        raise NotAllowed("field_wrong", field="articles")
    approved = select(ArticleVersion.id).where(
        ArticleVersion.id.in_(ids), ArticleVersion.approved_at.is_not(None)
    )
    known = set(session.scalars(approved.execution_options(**UNSCOPED)))
    if known != set(ids):
        raise NotAllowed("field_wrong", field="articles")
    used = select(ArticleUse.version_id).where(ArticleUse.case_id == case.id)
    before = set(session.scalars(used.execution_options(**UNSCOPED)))
    fresh = [id for id in ids if id not in before]
    session.add_all(
        ArticleUse(version_id=id, case_id=case.id, at=now, by_id=actor.id) for id in fresh
    )
    session.flush()
    return fresh


def _id(named: str) -> int:
    plain = named.isascii() and named.isdigit() and len(named) < 19
    id = id_of(int(named)) if plain else None
    if id is None:
        raise NotAllowed("field_wrong", field="articles")
    return id
