"""Indexes by which the committee narrows and orders the referrals that reached it.

Why: it sees what was sent only, and of a state or an order else all others were read besides.
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
SENT = sa.text("sent_at IS NOT NULL")
MADE = (
    ("ix_referral_sent_state", ["state", "id"]),
    ("ix_referral_sent_send_by", ["send_by_at", "id"]),
)


def upgrade() -> None:
    for name, columns in MADE:
        op.create_index(
            name, "referral", columns, postgresql_where=SENT, sqlite_where=SENT, unique=False
        )


def downgrade() -> None:
    for name, _ in MADE:
        op.drop_index(name, "referral")
