"""Changes of accounts and roles wait for a second person, and a first password is good for one
login.

Why: an IT administrator alone could give anybody any right, or himself another's account.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Moment

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("ab_user", sa.Column("slip_until", Moment(), nullable=True))
    op.create_table(
        "account_change",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("verb", sa.String(40), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=True),
        sa.Column("role_id", sa.Integer(), nullable=True),
        sa.Column("stood", sa.Text(), nullable=False),
        sa.Column("wanted", sa.Text(), nullable=False),
        sa.Column("confirmers", sa.String(40), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("refused_at", Moment(), nullable=True),
        sa.Column("approved_at", Moment(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["approved_by_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["role_id"], ["ab_role.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index(
        "ix_account_change_waits", "account_change", ["approved_at", "refused_at"], unique=False
    )


def downgrade() -> None:
    op.drop_table("account_change")
    op.drop_column("ab_user", "slip_until")
