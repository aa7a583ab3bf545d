"""Why a caller was shown to somebody, kept beside the event that says so.

Why: the procedure has a reason given before a caller's name and number are shown, and the log
auditor reads it; the event itself holds nobody's words, because what is appended to the record
cannot be mended later.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Moment

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "reveal",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("event_id", KEY, nullable=False),
        sa.Column("case_id", KEY, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["hotline_case.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("event_id"),
    )
    op.create_index(op.f("ix_reveal_case_id"), "reveal", ["case_id"], unique=False)
    op.create_index("ix_reveal_by_at", "reveal", ["by_id", "at"], unique=False)


def downgrade() -> None:
    op.drop_table("reveal")
