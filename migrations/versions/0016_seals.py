"""The record's seals over rows.

Why: plain SQL rewrote rows, and the record was called whole. An event's seals stand beside its
payload; only the moment at which the bot looks again, which it moves without an event, has its MAC
beside it. `python -m app upgrade` seals what stands already: a migration has no key.
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("seals", sa.Text(), nullable=True))
    op.add_column("hotline_case", sa.Column("look_seal", sa.String(16), nullable=True))


def downgrade() -> None:
    op.drop_column("hotline_case", "look_seal")
    op.drop_column("event", "seals")
