"""Visits by internet, answers on file, and what leaders make of suggestions.

Why: a caller answers a visit by a code that he was sent; the same question is answered in the same
words; what a leader says to a suggestion leads to what became of it.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from app.models.columns import Key, Moment

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None

_ENDLESS = sa.text("ended_at IS NULL AND version > 0")
_WAITS = sa.text("approved_at IS NULL AND refused_at IS NULL")
_MADE = sa.text("made_case_id IS NOT NULL")


def _said() -> Iterator[sa.Column]:
    """What an article says."""
    yield sa.Column("title", sa.String(length=80), nullable=False)
    yield sa.Column("text", sa.Text(), nullable=False)
    yield sa.Column("keywords", sa.String(length=200), nullable=False)
    yield sa.Column("sources", sa.String(length=400), nullable=False)
    yield sa.Column("category_id", sa.Integer(), nullable=True)
    yield sa.Column("valid_from", sa.Date(), nullable=True)
    yield sa.Column("valid_to", sa.Date(), nullable=True)
    yield sa.Column("review_on", sa.Date(), nullable=True)


def _visits() -> None:
    op.add_column("visit", sa.Column("call_at", Moment(), nullable=True))
    op.add_column("visit", sa.Column("asked_until", Moment(), nullable=True))
    op.create_table(
        "visit_code",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("visit_id", Key, nullable=False),
        sa.Column("hashed", sa.String(length=64), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("wrong", sa.Integer(), nullable=False),
        sa.Column("used_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("visit_id"),
        sa.UniqueConstraint("hashed"),
    )


def _articles() -> None:
    op.create_table(
        "article",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        *_said(),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_article_unit", "article", ["unit_id", "id"])
    part = {"postgresql_where": _ENDLESS, "sqlite_where": _ENDLESS}
    op.create_index("ix_article_valid_to", "article", ["valid_to", "id"], **part)
    op.create_table(
        "article_version",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("article_id", Key, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("drafted_at", Moment(), nullable=False),
        sa.Column("drafted_by_id", sa.Integer(), nullable=True),
        sa.Column("approved_at", Moment(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("refused_at", Moment(), nullable=True),
        sa.Column("refusal_words", sa.Text(), nullable=True),
        *_said(),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["drafted_by_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["approved_by_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("article_id", "version"),
    )
    op.create_index("ix_article_version_article_id", "article_version", ["article_id"])
    part = {"postgresql_where": _WAITS, "sqlite_where": _WAITS}
    op.create_index("ix_article_version_waits", "article_version", ["drafted_at", "id"], **part)
    _of_articles()


def _of_articles() -> None:
    op.create_table(
        "article_use",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("version_id", Key, nullable=False),
        sa.Column("case_id", Key, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["version_id"], ["article_version.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["hotline_case.id"]),
        sa.ForeignKeyConstraint(["by_id"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("case_id", "version_id"),
    )
    op.create_index("ix_article_use_case_id", "article_use", ["case_id"])
    op.create_index("ix_article_use_version_id", "article_use", ["version_id"])
    op.create_table(
        "article_pair",
        sa.Column("pair", Key, autoincrement=False, nullable=False),
        sa.Column("article_id", Key, autoincrement=False, nullable=False),
        sa.Column("weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["article_id"], ["article.id"]),
        sa.PrimaryKeyConstraint("pair", "article_id"),
    )
    op.create_index("ix_article_pair_article", "article_pair", ["article_id"])


def _suggestions() -> None:
    with op.batch_alter_table("suggestion_comment") as batch:
        batch.add_column(sa.Column("then", sa.String(length=20), nullable=True))
        batch.add_column(sa.Column("made_case_id", Key, nullable=True))
        batch.create_foreign_key(
            "fk_suggestion_comment_made_case_id", "hotline_case", ["made_case_id"], ["id"]
        )
    part = {"postgresql_where": _MADE, "sqlite_where": _MADE}
    op.create_index("ix_suggestion_comment_made", "suggestion_comment", ["made_case_id"], **part)


def upgrade() -> None:
    _visits()
    _articles()
    _suggestions()


def downgrade() -> None:
    op.drop_index("ix_suggestion_comment_made", "suggestion_comment")
    with op.batch_alter_table("suggestion_comment") as batch:
        batch.drop_constraint("fk_suggestion_comment_made_case_id", type_="foreignkey")
        batch.drop_column("made_case_id")
        batch.drop_column("then")
    for table in ("article_pair", "article_use", "article_version", "article", "visit_code"):
        op.drop_table(table)
    with op.batch_alter_table("visit") as batch:
        batch.drop_column("asked_until")
        batch.drop_column("call_at")
