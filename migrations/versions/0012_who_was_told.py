"""Instructions, suggestions and notices remember who was told.

Why: a leader's instruction and a kept suggestion could be read by nobody.
"""

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
