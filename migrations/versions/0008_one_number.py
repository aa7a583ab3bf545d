"""Callers get the canonical form of their number, and what was typed of a known one a table.

Why: one number typed three ways was three callers, and three invalid calls never flagged it. Names
are compared in one form as well, and what is typed of somebody who is known otherwise stays on
file.
"""

import sqlalchemy as sa
from alembic import op

from app.models.caller import NAMED, NUMBER, compared

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEY = sa.BigInteger().with_variant(sa.Integer, "sqlite")
EMPTY = sa.text("''")
AT_ONCE = 1000


def upgrade() -> None:
    with op.batch_alter_table("caller") as batch:
        batch.add_column(
            sa.Column("number", sa.String(NUMBER), nullable=False, server_default=EMPTY)
        )
        batch.add_column(sa.Column("named", sa.String(NAMED), nullable=False, server_default=EMPTY))
        batch.drop_index("ix_caller_phone")
        batch.create_index("ix_caller_number", ["number"])
    _compare()
    op.create_table(
        "told_as",
        sa.Column("id", KEY, primary_key=True, autoincrement=True),
        sa.Column("caller_id", KEY, sa.ForeignKey("caller.id"), nullable=False),
        sa.Column("contact_id", KEY, sa.ForeignKey("contact.id"), nullable=False, unique=True),
        sa.Column("case_id", KEY, sa.ForeignKey("hotline_case.id"), nullable=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("phone", sa.String(40), nullable=False),
        sa.Column("number", sa.String(NUMBER), nullable=False, server_default=EMPTY),
        sa.Column("named", sa.String(NAMED), nullable=False, server_default=EMPTY),
    )
    for column in ("caller_id", "case_id", "number"):
        op.create_index(f"ix_told_as_{column}", "told_as", [column])


def _compare() -> None:
    """Fill the forms of the callers who are there, some at a time."""
    connection, last = op.get_bind(), 0
    read = sa.text("SELECT id, name, phone FROM caller WHERE id > :last ORDER BY id LIMIT :most")
    write = sa.text("UPDATE caller SET number = :number, named = :named WHERE id = :id")
    while rows := connection.execute(read, {"last": last, "most": AT_ONCE}).all():
        forms = [{"id": row.id, **compared(row.name or "", row.phone or "")} for row in rows]
        for form in forms:
            del form["name"], form["phone"]
        connection.execute(write, forms)
        last = rows[-1].id


def downgrade() -> None:
    op.drop_table("told_as")
    with op.batch_alter_table("caller") as batch:
        batch.drop_index("ix_caller_number")
        batch.drop_column("named")
        batch.drop_column("number")
        batch.create_index("ix_caller_phone", ["phone"])
