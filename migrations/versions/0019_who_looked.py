"""The access log: who logged in, or tried to, from where; who exported what; whom somebody was
shown.

Why: the record tells what was done to cases, and nothing of who came and looked.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Moment

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INDEXES = (("at", "id"), ("account_id", "id"), ("case_id", "id"), ("address", "id"))


def upgrade() -> None:
    op.create_table(
        "access",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        sa.Column("address", sa.String(45), nullable=False),
        sa.Column("case_id", KEY, nullable=True),
        sa.Column("page", sa.String(40), nullable=False),
        sa.Column("filters", sa.Text(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["case_id"], ["hotline_case.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    for columns in INDEXES:
        op.create_index(f"ix_access_{columns[0]}", "access", list(columns), unique=False)


def downgrade() -> None:
    op.drop_table("access")
