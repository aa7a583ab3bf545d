"""Events name the key that made their seal; the office knows its key.

Why: a second key slipped in, and the record could not be verified afterwards.
"""

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
