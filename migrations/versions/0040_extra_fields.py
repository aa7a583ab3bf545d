"""Fields of the office's own: definitions, what stands in them on a row, and an index of that.

Why: a county asks what the desk's forms do not, and no programmer is there to add a column.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Key, Moment

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

TABLES = ("hotline_case", "contact", "reply", "visit", "visit_record")


def upgrade() -> None:
    op.create_table(
        "extra_field",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("code", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=40), nullable=False),
        sa.Column("category_id", sa.Integer(), nullable=True),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("definition", sa.Text(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("refused_at", Moment(), nullable=True),
        sa.Column("approved_at", Moment(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["category_id"], ["category.id"]),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["approved_by_id"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_extra_field_code", "extra_field", ["code", "id"])
    op.create_table(
        "extra_value",
        sa.Column("field", sa.String(length=20), nullable=False),
        sa.Column("value", sa.String(length=80), nullable=False),
        sa.Column("row_id", Key, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("field", "value", "row_id"),
    )
    op.create_index("ix_extra_value_row", "extra_value", ["field", "row_id", "value"])
    for table in TABLES:
        column = sa.Column("extra", sa.Text(), nullable=False, server_default=sa.text("''"))
        op.add_column(table, column)


def downgrade() -> None:
    for table in TABLES:
        with op.batch_alter_table(table) as batch:
            batch.drop_column("extra")
    op.drop_table("extra_value")
    op.drop_table("extra_field")
