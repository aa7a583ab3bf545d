"""Indexes of the access log by which a login is judged: who logged in from an address, and how his
last tries ended.

Why: who only guesses must not lock out a person at his own desk, and a guess is answered before it
costs something.
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

INDEXES = (
    ("ix_access_logins", ["address", "account_id", "at"], "kind = 'login'"),
    (
        "ix_access_tries",
        ["account_id", "address", "id"],
        "kind IN ('login', 'login_failed', 'code_failed')",
    ),
)


def upgrade() -> None:
    for name, columns, holds in INDEXES:
        where = sa.text(holds)
        op.create_index(
            name, "access", columns, unique=False, sqlite_where=where, postgresql_where=where
        )


def downgrade() -> None:
    for name, *_ in INDEXES:
        op.drop_index(name, "access")
