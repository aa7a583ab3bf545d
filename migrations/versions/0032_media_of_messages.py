"""Media of WeChat messages, to be fetched within three days.

Why: WeChat tells a picture by an id and has it for three days; what has to be fetched must outlive a
Redis that is emptied.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Key, Moment

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None
WAITS = sa.text("next_at IS NOT NULL")


def upgrade() -> None:
    op.create_table(
        "message_media",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("message_id", Key, nullable=False),
        sa.Column("media_id", sa.String(length=200), nullable=False),
        sa.Column("until", Moment(), nullable=False),
        sa.Column("next_at", Moment(), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("ended_as", sa.String(length=40), nullable=True),
        sa.ForeignKeyConstraint(["message_id"], ["message.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("message_id"),
    )
    op.create_index(
        "ix_message_media_waits",
        "message_media",
        ["next_at"],
        sqlite_where=WAITS,
        postgresql_where=WAITS,
    )


def downgrade() -> None:
    op.drop_table("message_media")
