"""Deliveries are found by their number and by what kind of way they went.

Why: their table grows with the cases, and its page read all of it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_DEAD = sa.text("stands = 'dead'")


def upgrade() -> None:
    op.drop_index("ix_delivery_way", "delivery")
    op.create_index("ix_delivery_by_medium", "delivery", ["medium", "id"])
    op.create_index("ix_delivery_by_number", "delivery", ["number", "id"])
    op.create_index(
        "ix_delivery_dead_by_way",
        "delivery",
        ["way"],
        postgresql_where=_DEAD,
        sqlite_where=_DEAD,
    )


def downgrade() -> None:
    op.drop_index("ix_delivery_dead_by_way", "delivery")
    op.drop_index("ix_delivery_by_number", "delivery")
    op.drop_index("ix_delivery_by_medium", "delivery")
    op.create_index("ix_delivery_way", "delivery", ["way", "id"])
