"""PDFs of papers, and the office's wordings of them.

Why: a paper that was opened, printed, sent or sealed is the same file ever after, whatever fonts and
settings do later; the wording that a paper was issued with can be read when the office has another.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from app.models.columns import Key, Moment

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "paper_print",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("paper_id", Key, nullable=False),
        sa.Column("void", sa.Boolean(), nullable=False),
        sa.Column("n", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(["paper_id"], ["paper.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("paper_id", "void", "n"),
    )
    op.create_index("ix_paper_print_sha256", "paper_print", ["sha256"])
    op.create_table(
        "wording_version",
        sa.Column("id", Key, autoincrement=True, nullable=False),
        sa.Column("name", sa.String(length=40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("made_at", Moment(), nullable=False),
        sa.Column("made_by_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["made_by_id"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("name", "version"),
    )


def downgrade() -> None:
    op.drop_table("wording_version")
    op.drop_table("paper_print")
