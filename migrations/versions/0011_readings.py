"""What the procedure says anew of handling, supervision and papers.

Why: it was silent or harsh in places, and has been changed.
"""

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
