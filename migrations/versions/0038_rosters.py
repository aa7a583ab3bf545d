"""A roster: units, posts, accounts and categories from one workbook; what cases of a category are usually
given.

Why: an office with sixty units and three hundred people types each of them into a form of its own.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Key, Moment

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "roster",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("added", "changed", "waiting", "faults")
        ),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("done", "waits", "wrong")),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("proposed_by_id", sa.Integer(), nullable=True),
        sa.Column("refused_at", Moment(), nullable=True),
        sa.Column("approved_at", Moment(), nullable=True),
        sa.Column("approved_by_id", sa.Integer(), nullable=True),
        sa.Column("slips_key", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["proposed_by_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["approved_by_id"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_roster_sha256", "roster", ["sha256"])
    op.create_index("ix_roster_waits", "roster", ["approved_at", "refused_at"])
    op.create_table(
        "slip",
        sa.Column("person_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("roster_id", Key, nullable=False),
        sa.Column("sealed", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["roster_id"], ["roster.id"]),
        sa.PrimaryKeyConstraint("person_id"),
    )
    op.create_index("ix_slip_roster_id", "slip", ["roster_id"])
    op.add_column("category", sa.Column("default_mode", sa.String(length=40), nullable=True))
    op.add_column("category", sa.Column("default_workdays", sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("category") as batch:
        batch.drop_column("default_workdays")
        batch.drop_column("default_mode")
    op.drop_table("slip")
    op.drop_table("roster")
