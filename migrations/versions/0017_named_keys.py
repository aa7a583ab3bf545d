"""Events name the key that made their seal, and chains remember when their last event was.

Why: a second key slipped in, and the record could not be verified afterwards; a machine whose clock
was ahead left events before their predecessors. Events of before stay without a name: their key is
the office's first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("event") as table:
        table.add_column(sa.Column("key_name", sa.String(16), nullable=True))
    for name in ("hotline_case", "office_head"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("head_at", sa.DateTime(), nullable=True))
    op.execute(
        "UPDATE hotline_case SET head_at = (SELECT e.at FROM event e WHERE e.chain = hotline_case.id "
        "AND e.seq = hotline_case.head_seq)"
    )
    op.execute(
        "UPDATE office_head SET head_at = (SELECT e.at FROM event e WHERE e.chain = 0 "
        "AND e.seq = office_head.head_seq)"
    )


def downgrade() -> None:
    for name in ("office_head", "hotline_case"):
        with op.batch_alter_table(name) as table:
            table.drop_column("head_at")
    with op.batch_alter_table("event") as table:
        table.drop_column("key_name")
