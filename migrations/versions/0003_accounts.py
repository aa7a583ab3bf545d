"""When an account's wrong passwords began, and until when it is locked.

Why: five wrong passwords within a quarter of an hour lock an account for as long, and never for
ever; both moments have to outlive the process that counted.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("ab_user") as batch:
        batch.add_column(sa.Column("failing_since", Moment(), nullable=True))
        batch.add_column(sa.Column("locked_until", Moment(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("ab_user") as batch:
        batch.drop_column("locked_until")
        batch.drop_column("failing_since")
