"""An index of character pairs over what cases say.

Why: the same matter told by another caller was not proposed at registration.
"""

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
