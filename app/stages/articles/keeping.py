"""Articles written, approved, handed over and taken out."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.ledger import Entry, move_many
from app.models import OFFICE_CHAIN, Article, ArticleVersion, Category, Unit
from app.models.article import SAID
from app.models.sessions import UNSCOPED
from app.roles import Actor
from app.rules.reading import letters
from app.rules.refusal import NotAllowed
from app.stages.articles.indexing import index
from app.stages.named import id_of
from app.stages.proposals import proposed

REVIEW_DAYS = 365
"""An article without a day of review is looked at again after a year. [ours]"""


def add_article(
    session: Session, now: datetime, actor: Actor, title: str, text: str, **said: Any
) -> ArticleVersion:
    """A unit drafts an article of its own; it is found once the centre head has approved it."""
    if actor.unit_id is None:
        raise NotAllowed("not_of_a_unit")
    said = _said(session, now, {"title": title, "text": text, **said})
    row = Article(unit_id=actor.unit_id, version=0, made_at=now, **said)
    session.add(row)
    session.flush()
    return _drafted(session, now, actor, row, said)


def edit_article(
    session: Session, now: datetime, actor: Actor, id: int, title: str, text: str, **said: Any
) -> ArticleVersion:
    """The unit drafts the next version of its article; the one in force stays until that is approved.
    One draft waits at a time."""
    row = _own(session, actor, id)
    waiting = select(ArticleVersion.id).where(
        ArticleVersion.article_id == row.id,
        ArticleVersion.approved_at.is_(None),
        ArticleVersion.refused_at.is_(None),
    )
    if session.scalar(waiting.limit(1)) is not None:
        raise NotAllowed("article_waits")
    said = _said(session, now, {"title": title, "text": text, **said})
    if not row.version:
        for name, value in said.items():
            setattr(row, name, value)
    return _drafted(session, now, actor, row, said)


def approve_article(
    session: Session,
    now: datetime,
    actor: Actor,
    accept: bool = True,
    words: str = "",
    proposal: int | None = None,
) -> ArticleVersion:
    """The centre head approves a version, which is in force from then on, or turns it down with words
    that the unit reads."""
    version: ArticleVersion = proposed(session, ArticleVersion, proposal)
    article = session.get_one(Article, version.article_id)
    if version.drafted_by_id == actor.id:
        raise NotAllowed("own_proposal")
    if article.ended_at is not None:
        raise NotAllowed("article_ended")
    if not accept:
        if not words.strip():
            raise NotAllowed("reason_missing")
        version.refused_at, version.refusal_words = now, words
        _told(session, now, actor, "article.refused", article, version.version)
        return version
    version.approved_at, version.approved_by_id = now, actor.id
    for name in SAID:
        setattr(article, name, getattr(version, name))
    article.version = version.version
    _told(session, now, actor, "article.approved", article, version.version)
    index(session, article)
    return version


def hand_over_article(
    session: Session, now: datetime, actor: Actor, id: int, unit: Unit
) -> Article:
    """The centre head gives an article to the unit that is to keep it."""
    row = _kept(session, id)
    if not unit.active:
        raise NotAllowed("unit_inactive", unit=unit.name)
    row.unit_id = unit.id
    _told(session, now, actor, "article.handed_over", row, row.version)
    return row


def end_article(session: Session, now: datetime, actor: Actor, id: int, reason: str) -> Article:
    """Its unit, or the centre head, takes an article out: nobody finds it any more."""
    row = _kept(session, id) if actor.is_a("centre_head") else _own(session, actor, id)
    if not reason.strip():
        raise NotAllowed("reason_missing")
    row.ended_at = now
    _told(session, now, actor, "article.ended", row, row.version)
    index(session, row)
    return row


def _own(session: Session, actor: Actor, id: int) -> Article:
    """An article of the actor's own unit: nobody else's is theirs to change."""
    row = _kept(session, id)
    if actor.unit_id is None or row.unit_id != actor.unit_id:
        raise NotAllowed("not_found")
    return row


def _kept(session: Session, id: int) -> Article:
    query = select(Article).where(Article.id == id).with_for_update()
    row = session.scalars(query.execution_options(**UNSCOPED)).first() if id_of(id) else None
    if row is None:
        raise NotAllowed("not_found")
    if row.ended_at is not None:
        raise NotAllowed("article_ended")
    return row


def _said(session: Session, now: datetime, said: dict[str, Any]) -> dict[str, Any]:
    """What an article is to say; NotAllowed where it says nothing, or its days contradict each
    other."""
    said = {name: said.get(name) for name in SAID}
    for name in ("title", "text"):
        if not letters(said[name] or ""):
            raise NotAllowed("field_missing", field=name)
    said |= {name: (said[name] or "").strip() for name in ("title", "text", "keywords", "sources")}
    if said["category_id"] is not None and session.get(Category, said["category_id"]) is None:
        raise NotAllowed("unknown_category")
    first, last = said["valid_from"], said["valid_to"]
    if first is not None and last is not None and last < first:
        raise NotAllowed("field_wrong", field="valid_to")
    said["review_on"] = said["review_on"] or _in_a_year(now.date())
    return said


def _in_a_year(day: date) -> date:
    return date.fromordinal(day.toordinal() + REVIEW_DAYS)


def _drafted(
    session: Session, now: datetime, actor: Actor, article: Article, said: dict[str, Any]
) -> ArticleVersion:
    newest = select(func.max(ArticleVersion.version)).where(ArticleVersion.article_id == article.id)
    version = ArticleVersion(
        article_id=article.id,
        unit_id=article.unit_id,
        version=(session.scalar(newest) or 0) + 1,
        drafted_at=now,
        drafted_by_id=actor.id,
        **said,
    )
    session.add(version)
    _told(session, now, actor, "article.drafted", article, version.version)
    return version


def _told(
    session: Session, now: datetime, actor: Actor, word: str, article: Article, version: int
) -> None:
    """The event of an article, in the office's chain; its unit is told where the word says so."""
    session.flush()
    payload = {"article": article.id, "version": version}
    entry = Entry(OFFICE_CHAIN, word, payload=payload, unit_id=article.unit_id)
    move_many(session, now, actor, [entry])
