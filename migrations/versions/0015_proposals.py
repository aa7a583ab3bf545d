"""Changes of accounts and reports that wait for a second person.

Why: an administrator alone could become anybody.
"""

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
