"""A category may name the unit that is proposed first for its cases.

Why: what was handled most often is proposed only once there is a history, and a wrong one repeats
itself; the office knows whose matter a category is.
"""

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
KEY = "fk_category_default_unit"


def upgrade() -> None:
    with op.batch_alter_table("category") as batch:
        batch.add_column(sa.Column("default_unit_id", sa.Integer(), nullable=True))
        batch.create_foreign_key(KEY, "unit", ["default_unit_id"], ["id"])


def downgrade() -> None:
    with op.batch_alter_table("category") as batch:
        batch.drop_constraint(KEY, type_="foreignkey")
        batch.drop_column("default_unit_id")
