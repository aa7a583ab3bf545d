"""Views of lists that people keep, and the index of the cases that were told again.

Why: who narrows the same list the same way each morning keeps it as a tab.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Key, Moment

revision = "0025"
down_revision = "0024"
_TOLD_AGAIN = sa.text("repeats > 0")


def upgrade() -> None:
    op.create_table(
        "kept_view",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.String(length=40), nullable=False),
        sa.Column("name", sa.String(length=20), nullable=False),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("shown", sa.Text(), nullable=False),
        sa.Column("role", sa.String(length=40), nullable=True),
        sa.Column("unit_id", sa.Integer(), nullable=True),
        sa.Column("at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("person_id", "page", "name"),
    )
    op.create_index("ix_kept_view_page", "kept_view", ["page", "id"], unique=False)
    told_again = {"postgresql_where": _TOLD_AGAIN, "sqlite_where": _TOLD_AGAIN}
    op.create_index("ix_case_told_again", "hotline_case", ["id"], unique=False, **told_again)


def downgrade() -> None:
    op.drop_index("ix_case_told_again", "hotline_case")
    op.drop_table("kept_view")
