"""Answers on file 知识库: the articles of the units, their versions with what the centre decided, and what
is most asked without an answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from flask import abort, g, url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import func, or_, select

from app import words
from app.models import Article, ArticleUse, ArticleVersion, Case, Category
from app.stages.articles.finding import in_force
from app.stages.named import carried
from app.views.actor import actor, language, now, reader
from app.views.calendar import Proposals
from app.views.pages.base import DeskView
from app.views.pages.columns import Links
from app.views.pages.row_query import DeskInterface

ASKS = "consultation"
"""The kind of case that asks something."""
ASKED_DAYS, ASKED_MOST = 90, 50
"""Of so many days what is most asked is counted; so many lines are shown."""


class Articles(DeskView):
    """The articles, each as the version in force says it."""

    datamodel = DeskInterface(Article)
    page = "Articles"
    add_verb, edit_verb = "add_article", "edit_article"
    extra = ("standing", "used")
    list_columns = ("title", "unit", "category", "standing", "valid_to", "review_on", "used")
    filters = ("title", "unit", "category", "valid_to", "review_on")
    empty = "list.empty_articles"
    list_template, show_template = "desk/articles.html", "desk/show.html"

    def cover(self, rows: Sequence[Any], always: bool = False) -> None:
        """Learn in one statement how often the articles were used."""
        super().cover(rows, always)
        know_used(row.id for row in rows)

    def beside(self, item: Any, name: str, always: bool) -> str:
        """How an article stands, and in how many answers it was used."""
        if name == "used":
            return str(know_used([item.id])[item.id])
        return words.word(_standing(item), language())

    def links(self, item: Any) -> Links:
        """The forms of who keeps it, or hands it over."""
        found = [] if item.ended_at else super().links(item)
        for verb in ("hand_over_article", "end_article"):
            if verb in actor().rights and item.ended_at is None:
                href = url_for(f"Verbs.{verb}", id=item.id)
                found.append((href, words.title(verb, language())))
        return found

    def asks(self) -> bool:
        """Whether this person reads what is most asked without an answer: who reads all cases, and
        the units, of the cases that are theirs."""
        return "Cases" in actor().pages

    def apart(self) -> Links:
        """The pages beside this one: the versions, and what is asked without an answer."""
        tongue = language()
        versions = (url_for("ArticleVersions.list"), words.page("ArticleVersions", tongue))
        asked = (url_for("Articles.unanswered"), words.word("articles.unanswered", tongue))
        may = "ArticleVersions" in actor().pages
        return [*([versions] if may else []), *([asked] if self.asks() else [])]

    @expose("/unanswered")
    @has_access
    @permission_name("list")
    def unanswered(self) -> Any:
        """What is most asked without an article in force, by category."""
        if not self.asks():
            abort(403)
        return self.render_template(
            "desk/unanswered.html",
            title=words.word("articles.unanswered", language()),
            rows=_unanswered(),
            days=ASKED_DAYS,
            may_add="add_article" in actor().rights,
        )


def _standing(item: Any) -> str:
    """How an article stands, as a message id."""
    today = now().date()
    if item.ended_at is not None:
        return "articles.is.ended"
    if not item.version:
        return "articles.is.drafted"
    if not item.unit.active:
        return "articles.is.unowned"
    if item.valid_to is not None and item.valid_to < today:
        return "articles.is.expired"
    if item.valid_from is not None and item.valid_from > today:
        return "articles.is.to_come"
    due = item.review_on is not None and item.review_on <= today
    return "articles.is.to_review" if due else "articles.is.in_force"


def know_used(ids: Iterable[int]) -> Mapping[int, int]:
    """article -> in how many answers it was used, whoever's, in one statement for all that this request
    has not asked for before."""
    known: dict[int, int] = g.setdefault("desk_articles_used", {})
    asked = {*ids} - known.keys()
    if asked:
        known |= dict.fromkeys(asked, 0)
        query = (
            select(ArticleVersion.article_id, func.count().label("n"))
            .join(ArticleUse, ArticleUse.version_id == ArticleVersion.id)
            .where(ArticleVersion.article_id.in_(asked))
            .group_by(ArticleVersion.article_id)
        )
        rows = reader().execute(query.execution_options(unscoped=True))
        known |= {row.article_id: row.n for row in rows}
    return known


def _unanswered() -> list[tuple[str, int, str, str]]:
    """(category, cases of the last days that ask something, address of their list, the category
    as a form carries it) of the categories without an article in force, those asked most first. The
    cases are those that this person sees."""
    since = now() - timedelta(days=ASKED_DAYS)
    held = select(Article.category_id).where(
        Article.category_id.is_not(None), *in_force(now().date())
    )
    query = (
        select(Case.category_id, func.count().label("n"))
        .where(
            Case.registered_at >= since,
            Case.kind == ASKS,
            or_(Case.category_id.is_(None), Case.category_id.not_in(held)),
        )
        .group_by(Case.category_id)
        .order_by(func.count().desc(), Case.category_id)
        .limit(ASKED_MOST)
    )
    rows = reader().execute(query).all()
    ids = [row.category_id for row in rows if row.category_id is not None]
    named = reader().scalars(select(Category).where(Category.id.in_(ids)))
    known = {category.id: category for category in named}
    none = words.word("articles.no_category", language())
    return [
        (
            str(known.get(row.category_id, none)),
            row.n,
            url_for("Cases.list", q_category=row.category_id, q_kind=ASKS),
            carried(known[row.category_id]) if row.category_id in known else "",
        )
        for row in rows
    ]


class ArticleVersions(Proposals):
    """The versions of articles: drafted, approved or turned down; none ever changes."""

    datamodel = DeskInterface(ArticleVersion)
    page = "ArticleVersions"
    approve_verb = "approve_article"
    list_columns = ("title", "version", "unit", "drafted_at", "approved_at", "refused_at")
    filters = ("title", "unit", "drafted_at", "approved_at", "refused_at")
    empty = "list.empty_article_versions"
    page_only = ("text", "refusal_words")
