"""The number of a paper takes as many characters as that of a report.

Why: a report's series word may have forty; its papers are frozen with the report's number.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None
REPORT, PAPER = 60, 40


def upgrade() -> None:
    _widen(PAPER, REPORT)


def downgrade() -> None:
    _widen(REPORT, PAPER)


def _widen(old: int, new: int) -> None:
    with op.batch_alter_table("paper") as batch:
        batch.alter_column("number", existing_type=sa.String(old), type_=sa.String(new))
