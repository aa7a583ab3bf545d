"""What somebody covered more, or uncovered, in a caller's words.

Why: the words of a confidential caller are shown before a unit reads them. And whether a caller
agreed to be named to the unit that he complains of: of cases from before nobody did.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Key, Moment

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "cover",
        sa.Column("id", Key, primary_key=True, autoincrement=True),
        sa.Column("event_id", Key, nullable=False),
        sa.Column("case_id", Key, sa.ForeignKey("hotline_case.id"), nullable=False),
        sa.Column("word", sa.String(80), nullable=False),
        sa.Column("covers", sa.Boolean(), nullable=False),
        sa.Column("at", Moment(), nullable=False),
        sa.Column("by_id", sa.Integer(), sa.ForeignKey("ab_user.id"), nullable=True),
    )
    op.create_index("ix_cover_case_id", "cover", ["case_id"])
    agreed = sa.Column("agreed_named", sa.Boolean(), nullable=False, server_default=sa.false())
    op.add_column("hotline_case", agreed)


def downgrade() -> None:
    op.drop_column("hotline_case", "agreed_named")
    op.drop_table("cover")
