"""Indexes by which the auditor and IT narrow what only grows - events, access rows, passes - and by which
the search box finds a query code and a caller's name.

Why: without them a page reads the more, the longer the office has been there.
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
MADE = (
    ("ix_event_at", "event", ("at", "id"), ""),
    ("ix_access_rows", "access", ("rows", "id"), "rows IS NOT NULL"),
    ("ix_run_started_at", "run", ("started_at", "id"), ""),
    ("ix_run_finished_at", "run", ("finished_at", "id"), ""),
    ("ix_run_cases", "run", ("cases", "id"), ""),
    ("ix_case_query_code", "hotline_case", ("query_code",), ""),
    ("ix_caller_named", "caller", ("named",), "named <> ''"),
    ("ix_told_as_named", "told_as", ("named",), "named <> ''"),
)


def upgrade() -> None:
    for name, table, columns, where in MADE:
        part = {"postgresql_where": sa.text(where), "sqlite_where": sa.text(where)} if where else {}
        op.create_index(name, table, list(columns), unique=False, **part)


def downgrade() -> None:
    for name, table, _, _ in MADE:
        op.drop_index(name, table)
