"""Answers on file 知识库: articles that units keep and the centre approves, each version of them, and in
which case a version was used."""

from __future__ import annotations

from datetime import date

from flask_appbuilder import Model
from sqlalchemy import Date, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from app.models.acceptance import Category
from app.models.columns import (
    AMoment,
    CaseKey,
    Id,
    Key,
    MaybeMoment,
    MaybePerson,
    MaybeWords,
    Words,
)
from app.models.posts import Unit
from app.models.waiting import waiting

TITLE, KEYWORDS, SOURCES = 80, 200, 400
"""How many signs a title, the words that an article is found by, and its sources may have."""


class _Said:
    """What an article says: the same columns in its versions, and in the one that is in force."""

    title: Mapped[str] = mapped_column(String(TITLE))
    text: Mapped[Words]
    keywords: Mapped[str] = mapped_column(String(KEYWORDS), default="")
    sources: Mapped[str] = mapped_column(String(SOURCES), default="")
    category_id: Mapped[int | None] = mapped_column(ForeignKey("category.id"))
    valid_from: Mapped[date | None] = mapped_column(Date)
    valid_to: Mapped[date | None] = mapped_column(Date)
    review_on: Mapped[date | None] = mapped_column(Date)


SAID = (
    "title",
    "text",
    "keywords",
    "sources",
    "category_id",
    "valid_from",
    "valid_to",
    "review_on",
)
"""What a version says, which the article takes over with its approval."""


class Article(_Said, Model):
    """An article 知识条目 of the unit that keeps it. `version` is the one in force, 0 before the first was
    approved: until then it says what was drafted. `ended_at`: it was taken out."""

    __tablename__ = "article"
    __table_args__ = (
        Index("ix_article_unit", "unit_id", "id"),
        waiting("ix_article_valid_to", "valid_to", "id", where="ended_at IS NULL AND version > 0"),
    )

    id: Mapped[Id]
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    version: Mapped[int] = mapped_column(default=0)
    made_at: Mapped[AMoment]
    ended_at: Mapped[MaybeMoment]

    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    category: Mapped[Category | None] = relationship(foreign_keys="Article.category_id")

    def __str__(self) -> str:
        return self.title


class ArticleVersion(_Said, Model):
    """One version of an article, as it was drafted: never changed. It counts from its approval to that
    of the next."""

    __tablename__ = "article_version"
    __table_args__ = (
        UniqueConstraint("article_id", "version"),
        waiting(
            "ix_article_version_waits",
            "drafted_at",
            "id",
            where="approved_at IS NULL AND refused_at IS NULL",
        ),
    )

    id: Mapped[Id]
    article_id: Mapped[int] = mapped_column(Key, ForeignKey("article.id"), index=True)
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"))
    version: Mapped[int]
    drafted_at: Mapped[AMoment]
    drafted_by_id: Mapped[MaybePerson]
    approved_at: Mapped[MaybeMoment]
    approved_by_id: Mapped[MaybePerson]
    refused_at: Mapped[MaybeMoment]
    refusal_words: Mapped[MaybeWords]

    article: Mapped[Article] = relationship()
    unit: Mapped[Unit] = relationship(foreign_keys=[unit_id])
    category: Mapped[Category | None] = relationship(foreign_keys="ArticleVersion.category_id")

    def __str__(self) -> str:
        return f"{self.title} v{self.version}"


class ArticleUse(Model):
    """A version of an article that was put into the answer to a case."""

    __tablename__ = "article_use"
    __table_args__ = (UniqueConstraint("case_id", "version_id"),)

    id: Mapped[Id]
    version_id: Mapped[int] = mapped_column(Key, ForeignKey("article_version.id"), index=True)
    case_id: Mapped[CaseKey]
    at: Mapped[AMoment]
    by_id: Mapped[MaybePerson]

    def __str__(self) -> str:
        return f"article_use:{self.id}"


class ArticlePair(Model):
    """The index by which articles are found: the pairs of signs of the version in force, those of its
    title and keywords weighing more. Made anew with each approval; no record."""

    __tablename__ = "article_pair"
    __table_args__ = (Index("ix_article_pair_article", "article_id"),)

    pair: Mapped[int] = mapped_column(Key, primary_key=True, autoincrement=False)
    article_id: Mapped[int] = mapped_column(
        Key, ForeignKey("article.id"), primary_key=True, autoincrement=False
    )
    weight: Mapped[int]

    def __str__(self) -> str:
        return f"{self.pair}:{self.article_id}"
