"""Units, categories and accounts know the pinyin initials of their names.

Why: a picker finds 水利局 by slj; a hundred units in one list are otherwise looked through by eye.
"""

import sqlalchemy as sa
from alembic import op

from app.models.initials import LONGEST, initials

revision = "0026"
down_revision = "0025"
NAMED = {"unit": "name", "category": "name", "ab_user": "first_name"}


def upgrade() -> None:
    for table, name in NAMED.items():
        made = sa.Column("pinyin", sa.String(LONGEST), nullable=False, server_default=sa.text("''"))
        op.add_column(table, made)
        rows = op.get_bind().execute(sa.text(f"SELECT id, {name} AS said FROM {table}")).all()
        told = [{"row": row.id, "read": initials(row.said or "")} for row in rows]
        if told:
            put = sa.text(f"UPDATE {table} SET pinyin = :read WHERE id = :row")
            op.get_bind().execute(put, told)


def downgrade() -> None:
    for table in NAMED:
        op.drop_column(table, "pinyin")
