"""An account may be locked for a while after wrong passwords: since when it fails, until when it is locked."""

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
