"""Drafts that go back to who drafted them, are replaced or discarded; and substitutes for who is away.

Why: a draft could be approved and nothing else, and while a head was away nobody approved it.
"""

import sqlalchemy as sa
from alembic import op

from app.models.columns import Moment

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
COLUMNS = (
    ("returned_at", Moment()),
    ("returned_by_id", sa.Integer()),
    ("returned_words", sa.Text()),
    ("ended_at", Moment()),
    ("ended_by_id", sa.Integer()),
    ("successor_id", KEY),
)
PEOPLE = ("returned_by_id", "ended_by_id")
WAITS, OPEN = "used_at IS NULL", "used_at IS NULL AND ended_at IS NULL"
RETURNED = f"{OPEN} AND returned_at IS NOT NULL"


def _index(name: str, columns: list[str], where: str) -> None:
    part = sa.text(where)
    op.create_index(name, "draft", columns, postgresql_where=part, sqlite_where=part)


def upgrade() -> None:
    op.drop_index("ix_draft_waits", "draft")
    with op.batch_alter_table("draft") as batch:
        for name, type_ in COLUMNS:
            batch.add_column(sa.Column(name, type_, nullable=True))
        for name in PEOPLE:
            batch.create_foreign_key(f"fk_draft_{name}_ab_user", "ab_user", [name], ["id"])
    _index("ix_draft_waits", ["unit_id", "drafted_at", "id"], OPEN)
    _index("ix_draft_returned", ["unit_id", "returned_at", "id"], RETURNED)
    op.create_table(
        "substitute",
        sa.Column("id", KEY, autoincrement=True, nullable=False),
        sa.Column("unit_id", sa.Integer(), nullable=False),
        sa.Column("head_id", sa.Integer(), nullable=False),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("to_on", sa.Date(), nullable=False),
        sa.Column("named_at", Moment(), nullable=False),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"]),
        sa.ForeignKeyConstraint(["head_id"], ["ab_user.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["ab_user.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_substitute_person", "substitute", ["person_id", "to_on"])
    op.create_index("ix_substitute_unit", "substitute", ["unit_id", "to_on", "id"])


def downgrade() -> None:
    op.drop_table("substitute")
    op.drop_index("ix_draft_returned", "draft")
    op.drop_index("ix_draft_waits", "draft")
    with op.batch_alter_table("draft") as batch:
        for name in PEOPLE:
            batch.drop_constraint(f"fk_draft_{name}_ab_user", type_="foreignkey")
        for name, _ in reversed(COLUMNS):
            batch.drop_column(name)
    _index("ix_draft_waits", ["unit_id", "drafted_at", "id"], WAITS)
