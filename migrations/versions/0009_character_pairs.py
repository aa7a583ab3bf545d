"""An index of character pairs over what cases say.

Why: the same matter told by another caller was not proposed at registration.

The index begins empty: the bot fills in the cases of the last ninety days within six hours, `python
-m app reindex` at once. Emptied by a later migration, it is filled anew in the same way.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_POSTGRES = (
    "CREATE TABLE case_pairs (case_id bigint PRIMARY KEY, pairs int[] NOT NULL)",
    # No pending list: every look would read all of it, for every pair.
    "CREATE INDEX ix_case_pairs ON case_pairs USING gin (pairs) WITH (fastupdate = off)",
    # How often a pair stands is kept in pair_count; a planner that believed it is rare reads the
    # index, as it should.
    "ALTER TABLE case_pairs ALTER COLUMN pairs SET STATISTICS 0",
)
_SQLITE = (
    "CREATE VIRTUAL TABLE case_pairs USING fts5(pairs, content='', detail=none, tokenize='ascii')",
    "CREATE VIRTUAL TABLE case_pair_counts USING fts5vocab(case_pairs, 'row')",
    "CREATE VIRTUAL TABLE case_pair_hits USING fts5vocab(case_pairs, 'instance')",
)


def _postgres() -> bool:
    return op.get_bind().dialect.name == "postgresql"


def upgrade() -> None:
    op.create_table(
        "pair_count",
        sa.Column("pair", sa.BigInteger(), autoincrement=False, primary_key=True),
        sa.Column("n", sa.Integer(), nullable=False),
    )
    # With the id, so that the first case since a moment is one look, however many were registered
    # at that moment.
    op.drop_index("ix_case_registered", "hotline_case")
    op.create_index("ix_case_registered", "hotline_case", ["registered_at", "id"])
    for statement in _POSTGRES if _postgres() else _SQLITE:
        op.execute(statement)


def downgrade() -> None:
    for name in () if _postgres() else ("case_pair_hits", "case_pair_counts"):
        op.execute(f"DROP TABLE {name}")
    op.execute("DROP TABLE case_pairs")
    op.drop_index("ix_case_registered", "hotline_case")
    op.create_index("ix_case_registered", "hotline_case", ["registered_at"])
    op.drop_table("pair_count")
