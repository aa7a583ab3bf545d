"""Indexes by place and by the unit complained of.

Why: at registration the desk looks for open cases about the same place or the same unit, to propose
them as perhaps the same matter; among a million cases that has to be a look into an index.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_PLACE, _COMPLAINED = sa.text("place <> ''"), sa.text("complained_unit_id IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_case_place",
        "hotline_case",
        ["place", "id"],
        postgresql_where=_PLACE,
        sqlite_where=_PLACE,
    )
    op.create_index(
        "ix_case_complained",
        "hotline_case",
        ["complained_unit_id", "id"],
        postgresql_where=_COMPLAINED,
        sqlite_where=_COMPLAINED,
    )


def downgrade() -> None:
    op.drop_index("ix_case_complained", "hotline_case")
    op.drop_index("ix_case_place", "hotline_case")
