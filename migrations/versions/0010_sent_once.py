"""One-time keys of forms, each with its answer.

Why: a form that is sent twice was done twice.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "sent_form",
        sa.Column("key", sa.String(length=80), nullable=False),
        sa.Column("account_id", KEY, nullable=False),
        sa.Column("verb", sa.String(length=40), nullable=False),
        sa.Column("case_id", KEY, nullable=True),
        sa.Column("content", sa.String(length=64), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("key"),
    )
    op.create_index("ix_sent_form_at", "sent_form", ["at"], unique=False)


def downgrade() -> None:
    op.drop_table("sent_form")
