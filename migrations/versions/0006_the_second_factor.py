"""The secret of an account's second factor, since when it is proven, and the last code that was
taken.

Why: in production a password alone does not open the accounts that give rights, confirm findings or
read the log.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Moment

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ab_user") as batch:
        batch.add_column(sa.Column("factor_sealed", sa.Text(), nullable=True))
        batch.add_column(sa.Column("factor_since", Moment(), nullable=True))
        batch.add_column(sa.Column("factor_step", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("ab_user") as batch:
        batch.drop_column("factor_step")
        batch.drop_column("factor_since")
        batch.drop_column("factor_sealed")
