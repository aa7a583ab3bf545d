"""The verbs of articles."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from app.models import ArticleVersion
from app.models.article import KEYWORDS, SOURCES, TITLE
from app.roles import UNIT_ROLES, Actor
from app.stages.articles.keeping import (
    add_article,
    approve_article,
    edit_article,
    end_article,
    hand_over_article,
)
from app.stages.named import with_category
from app.stages.verb import ACCEPT, NO_CASE, REASON, ROW, Verb, field, proposals


def _add(session: Session, now: datetime, actor: Actor, **values: Any) -> ArticleVersion:
    return add_article(session, now, actor, **with_category(session, values))


def _edit(session: Session, now: datetime, actor: Actor, **values: Any) -> ArticleVersion:
    return edit_article(session, now, actor, **with_category(session, values))


_SAID = (
    field("title!", most=TITLE),
    field("text!"),
    field("keywords", most=KEYWORDS),
    field("category"),
    field("sources", most=SOURCES),
    field("valid_from", "date"),
    field("valid_to", "date"),
    field("review_on", "date"),
)

VERBS = (
    Verb(
        "add_article",
        run=_add,
        on=NO_CASE,
        fields=_SAID,
        roles=UNIT_ROLES,
        event="article.drafted",
    ),
    Verb(
        "edit_article",
        run=_edit,
        on=NO_CASE,
        fields=(ROW, *_SAID),
        roles=UNIT_ROLES,
        event="article.drafted",
    ),
    Verb(
        "approve_article",
        run=approve_article,
        on=proposals(ArticleVersion),
        fields=(ACCEPT, field("words")),
        roles=("centre_head",),
        event=("article.approved", "article.refused"),
    ),
    Verb(
        "hand_over_article",
        run=hand_over_article,
        on=NO_CASE,
        fields=(ROW, field("unit!", "unit")),
        roles=("centre_head",),
        event="article.handed_over",
    ),
    Verb(
        "end_article",
        run=end_article,
        on=NO_CASE,
        fields=(ROW, REASON),
        roles=("unit_head", "centre_head"),
        event="article.ended",
    ),
)
