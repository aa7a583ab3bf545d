"""Days that a loaded notice names, apart from days that are guessed.

Why: three days loaded made a whole year official.
"""

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
