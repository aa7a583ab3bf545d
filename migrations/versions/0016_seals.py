"""The record's seals over rows.

Why: plain SQL rewrote rows, and the record was called whole.
"""

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
