"""The access log stands by itself: no key of it points into the table of cases.

Why: PostgreSQL opens that table for each row with such a key, whether or not it names a case.
Whoever locked the cases for a while kept everybody from logging in.
"""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

NAMES = {"fk": "fk_%(table_name)s_%(column_0_name)s"}
"""What SQLite's keys, which have no names, are called while the table is made anew."""


def _key() -> str:
    """What the key is called: PostgreSQL names it by itself."""
    if op.get_bind().dialect.name == "sqlite":
        return "fk_access_case_id"
    keys = sa.inspect(op.get_bind()).get_foreign_keys("access")
    return next(str(one["name"]) for one in keys if one["constrained_columns"] == ["case_id"])


def upgrade() -> None:
    with op.batch_alter_table("access", naming_convention=NAMES) as table:
        table.drop_constraint(_key(), type_="foreignkey")


def downgrade() -> None:
    with op.batch_alter_table("access", naming_convention=NAMES) as table:
        table.create_foreign_key("access_case_id_fkey", "hotline_case", ["case_id"], ["id"])
