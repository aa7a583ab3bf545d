"""Articles found by words: one statement over the index of pairs, whatever is on file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import ColumnElement, Float, cast, func, or_, select, text
from sqlalchemy.orm import Session

from app.models import Article, ArticlePair, ArticleVersion, Unit
from app.models.sessions import UNSCOPED, is_postgres
from app.rules.similarity import pairs

MOST, LEAST = 5, 2
"""So many articles are proposed, and so many pairs one must have of what is asked."""
_AMONG = {
    True: "pair IN (SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(:j AS json)) w)",
    False: "pair IN (SELECT value FROM json_each(:j))",
}


@dataclass(frozen=True)
class Found:
    """An article that speaks for what is asked: its version in force (the id of that), what it says,
    whose it is, whether its unit keeps it still, and the day on which it is to be reviewed."""

    version_id: int
    article_id: int
    version: int
    title: str
    text: str
    sources: str
    unit: str
    kept: bool
    valid_to: date | None
    review_on: date | None


def found(session: Session, today: date, words: str, most: int = MOST) -> Sequence[Found]:
    """The articles in force that have most in common with some words, the nearest first. A pair of
    signs tells the more the fewer articles have it. One statement."""
    asked = pairs(words)
    if not asked:
        return []
    among = select(
        ArticlePair.article_id,
        ArticlePair.weight,
        func.count().over(partition_by=ArticlePair.pair).label("held"),
    ).where(text(_AMONG[is_postgres(session)]))
    each = among.subquery()
    told = func.sum(cast(each.c.weight, Float) / cast(each.c.held, Float)).label("told")
    near = (
        select(each.c.article_id, told)
        .group_by(each.c.article_id)
        .having(func.count() >= min(LEAST, len(asked)))
        .subquery()
    )
    query = (
        select(
            ArticleVersion.id,
            Article.id,
            Article.version,
            Article.title,
            Article.text,
            Article.sources,
            Unit.name,
            Unit.active,
            Article.valid_to,
            Article.review_on,
        )
        .join(near, near.c.article_id == Article.id)
        .join(Unit, Unit.id == Article.unit_id)
        .join(
            ArticleVersion,
            (ArticleVersion.article_id == Article.id) & (ArticleVersion.version == Article.version),
        )
        .where(*in_force(today))
        .order_by(near.c.told.desc(), Article.id)
        .limit(most)
    )
    rows = session.execute(query, {"j": json.dumps(sorted(asked))}, execution_options=UNSCOPED)
    return [Found(*tuple(row)) for row in rows]


def in_force(today: date) -> list[ColumnElement[bool]]:
    """That an article may be told to callers on a day: approved, within its days, not taken out."""
    return [
        Article.version > 0,
        Article.ended_at.is_(None),
        or_(Article.valid_from.is_(None), Article.valid_from <= today),
        or_(Article.valid_to.is_(None), Article.valid_to >= today),
    ]
