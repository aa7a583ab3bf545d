"""How Alembic meets the desk: the caller hands in a connection; the guards are created anew after
every run.

They are dropped first: SQLite rewrites a table by dropping it, and refuses that while another
table's guard reads it.
"""

from __future__ import annotations

from alembic import context
from flask_appbuilder import Model
from sqlalchemy import Connection

import app.extend  # noqa: F401  (the tables, those of the office's own among them)
from migrations import triggers
from migrations.names import of_the_models


def run(connection: Connection) -> None:
    """Run the migrations asked for on a connection, between guards dropped and guards made, in one
    transaction."""
    context.configure(
        connection=connection,
        target_metadata=Model.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
        compare_type=True,
        include_name=of_the_models,
    )
    with context.begin_transaction():
        triggers.drop(connection)
        context.run_migrations()
        triggers.create(connection)


given = context.config.attributes.get("connection")
if given is None:
    raise SystemExit("run migrations with: python -m app upgrade")
run(given)
