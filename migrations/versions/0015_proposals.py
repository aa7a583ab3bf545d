"""Changes of accounts and reports that wait for a second person.

Why: an administrator alone could become anybody, and one allocator alone could show a confidential
caller. A report was never late: nobody drafted it, and no unit was asked about its figures.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Moment

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


CLOCK = (("screen_at", Moment()), ("screen_clock", sa.Text()), ("screen_overdue_for", Moment()))
"""By when a suggestion is screened: those that were marked before have no clock."""


def upgrade() -> None:
    for name, type_ in CLOCK:
        op.add_column("hotline_case", sa.Column(name, type_, nullable=True))
    _liftings()
    _drafts()


def _drafts() -> None:
    """Reports drafted by the bot, and what units say against their figures."""
    op.create_table(
        "report_draft",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("first", sa.Date(), nullable=False),
        sa.Column("last", sa.Date(), nullable=False),
        sa.Column("figures", sa.Text(), nullable=False),
        sa.Column("drafted_at", Moment(), nullable=False),
        sa.Column("contest_at", Moment(), nullable=False),
        sa.Column("contest_clock", sa.Text(), nullable=False),
        sa.Column("own_at", Moment(), nullable=False),
        sa.Column("own_clock", sa.Text(), nullable=False),
        sa.Column("own_overdue_for", Moment(), nullable=True),
        sa.Column("report_id", KEY, nullable=True),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("kind", "first"),
    )
    op.create_table(
        "report_contest",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("draft_id", KEY, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["draft_id"], ["report_draft.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("draft_id", "unit_id"),
    )
    op.create_index(op.f("ix_report_contest_unit_id"), "report_contest", ["unit_id"], unique=False)


def _liftings() -> None:
    """Proposals to lift confidentiality."""
    op.create_table(
        "lifting",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["by_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["hotline_case.id"]),
        sa.ForeignKeyConstraint(["decided_by_id"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event_id"),
    )
    op.create_index(op.f("ix_lifting_case_id"), "lifting", ["case_id"], unique=False)


def downgrade() -> None:
    for table in ("report_contest", "report_draft", "lifting"):
        op.drop_table(table)
    for name, _ in reversed(CLOCK):
        op.drop_column("hotline_case", name)
