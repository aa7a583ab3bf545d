"""What somebody covered more, or uncovered, in a caller's words.

Why: the words of a confidential caller are shown before a unit reads them.
"""

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
