"""The index of articles: written with an approval, taken out with an article."""

from __future__ import annotations

from sqlalchemy import Table, delete
from sqlalchemy.orm import Session

from app.models import Article, ArticlePair
from app.rules.similarity import pairs

NAMED, SAID = 3, 1
"""How much a pair of signs weighs in the title or the keywords, and in the text."""


def index(session: Session, article: Article) -> None:
    """Put the version in force of an article into the index, in place of what stood there; of one that
    was taken out nothing."""
    session.execute(delete(ArticlePair).where(ArticlePair.article_id == article.id))
    if article.ended_at is not None or not article.version:
        return
    named = pairs(f"{article.title}\n{article.keywords}")
    weights = {**dict.fromkeys(pairs(article.text), SAID), **dict.fromkeys(named, NAMED)}
    table = ArticlePair.__table__
    assert isinstance(table, Table)  # noqa: S101
    rows = [
        {"pair": pair, "article_id": article.id, "weight": weight}
        for pair, weight in sorted(weights.items())
    ]
    if rows:
        session.execute(table.insert(), rows)
