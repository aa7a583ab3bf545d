"""Visits by internet.

Why: a caller answers a visit by a code that he was sent.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Key, Moment

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
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


def downgrade() -> None:
    op.drop_table("visit_code")
    with op.batch_alter_table("visit") as batch:
        batch.drop_column("asked_until")
        batch.drop_column("call_at")
