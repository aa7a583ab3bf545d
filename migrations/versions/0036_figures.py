"""Figures: which rows a report counted, what was said to a draft and answered, a second summary.

Why: each figure of a report leads to its rows a year later too; units contest what they were shown
and read what became of it; figures of any days are read in milliseconds. A unit that is a township
says how its places are called.
"""

from collections.abc import Iterator

import sqlalchemy as sa
from alembic import op

from app.models.columns import Key, Moment

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

COUNTED = ("report", "report_draft")


def _counts() -> None:
    op.create_table(
        "report_count",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("counted_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "report_rows",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("count_id", Key, nullable=False),
        sa.Column("source", sa.String(length=40), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["count_id"], ["report_count.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("count_id", "source"),
    )
    for table in COUNTED:
        with op.batch_alter_table(table) as batch:
            batch.add_column(sa.Column("count_id", Key, nullable=True))
            batch.create_foreign_key(f"fk_{table}_count", "report_count", ["count_id"], ["id"])
    op.add_column(
        "report_draft",
        sa.Column("edited", sa.Text(), nullable=False, server_default=sa.text("'{}'")),
    )


def _answers() -> Iterator[sa.Column]:
    """What a unit's head may say beside words, and what the centre head answers."""
    yield sa.Column("agrees", sa.Boolean(), nullable=False, server_default=sa.false())
    yield sa.Column("accepted", sa.Boolean(), nullable=True)
    yield sa.Column("answer", sa.Text(), nullable=True)
    yield sa.Column("answered_at", Moment(), nullable=True)
    yield sa.Column("answered_by_id", sa.Integer(), nullable=True)
    yield sa.Column("changes", sa.Text(), nullable=True)


def _contests() -> None:
    with op.batch_alter_table("report_contest") as batch:
        for column in _answers():
            batch.add_column(column)
        batch.create_foreign_key(
            "fk_report_contest_answered_by", "ab_user", ["answered_by_id"], ["id"]
        )


def _summary() -> None:
    op.create_table(
        "figure_count",
        sa.Column("by", sa.String(length=10), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=False),
        sa.Column("township_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=40), nullable=False),
        sa.Column("measure", sa.String(length=40), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "by", "day", "unit_id", "category_id", "township_id", "channel", "measure"
        ),
    )
    op.create_table(
        "figure_state",
        sa.Column("id", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("event_id", Key, nullable=False),
        sa.Column("counted_at", Moment(), nullable=False),
        sa.Column("checked_at", Moment(), nullable=True),
        sa.Column("differs", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )


def upgrade() -> None:
    op.add_column(
        "unit",
        sa.Column("area", sa.String(length=40), nullable=False, server_default=sa.text("''")),
    )
    _counts()
    _contests()
    _summary()


def downgrade() -> None:
    for table in ("figure_state", "figure_count"):
        op.drop_table(table)
    with op.batch_alter_table("report_contest") as batch:
        batch.drop_constraint("fk_report_contest_answered_by", type_="foreignkey")
        for column in [one.name for one in _answers()][::-1]:
            batch.drop_column(column)
    with op.batch_alter_table("report_draft") as batch:
        batch.drop_column("edited")
    for table in COUNTED:
        with op.batch_alter_table(table) as batch:
            batch.drop_constraint(f"fk_{table}_count", type_="foreignkey")
            batch.drop_column("count_id")
    for table in ("report_rows", "report_count"):
        op.drop_table(table)
    with op.batch_alter_table("unit") as batch:
        batch.drop_column("area")
