"""Notes in the database itself which columns change and which rows go, whoever does it and however:
what the program does is compared with what its guards let happen."""

from __future__ import annotations

from typing import NamedTuple

from sqlalchemy import Connection, Engine, Table, text

from app.ledger.seals import recorded

_LOG = "CREATE TABLE seen_change (name VARCHAR(60), what VARCHAR(60), state VARCHAR(30), UNIQUE (name, what, state))"
_NOTE = """CREATE FUNCTION note_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    INSERT INTO seen_change VALUES (TG_TABLE_NAME, '-', '') ON CONFLICT DO NOTHING;
    RETURN old;
  END IF;
  INSERT INTO seen_change SELECT TG_TABLE_NAME, n.key, coalesce(to_jsonb(old)->>'state', '')
  FROM jsonb_each_text(to_jsonb(new)) n WHERE to_jsonb(old)->>n.key IS DISTINCT FROM n.value ON CONFLICT DO NOTHING;
  RETURN new;
END $$"""
GOES = "-"
"""What stands for a column where a row went."""


class Change(NamedTuple):
    """A column that changed (or `-`: a row that went), and the state of the row before, where its
    table has states."""

    table: str
    column: str
    state: str


def watch(connection: Connection) -> None:
    """From here on every change of a recorded table is noted."""
    connection.exec_driver_sql(_LOG)
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(_NOTE)
    for table in recorded():
        for statement in _on(connection, table):
            connection.exec_driver_sql(statement)


def _on(connection: Connection, table: Table) -> list[str]:
    name = table.name
    if connection.dialect.name == "postgresql":
        when = f"AFTER UPDATE OR DELETE ON {name} FOR EACH ROW EXECUTE FUNCTION note_change()"
        return [f"CREATE TRIGGER note_{name} {when}"]
    state = "old.state" if "state" in table.columns else "''"
    # No OR IGNORE: within a trigger SQLite goes by what the outer statement says of conflicts.
    notes = "".join(
        f"INSERT INTO seen_change SELECT '{name}', '{one}', {state} WHERE old.\"{one}\" IS NOT new.\"{one}\" "  # noqa: S608
        f"AND NOT EXISTS (SELECT 1 FROM seen_change WHERE name = '{name}' AND what = '{one}' AND state = {state}); "
        for one in [column.name for column in table.columns]
    )
    gone = (
        f"INSERT INTO seen_change SELECT '{name}', '{GOES}', '' "  # noqa: S608
        f"WHERE NOT EXISTS (SELECT 1 FROM seen_change WHERE name = '{name}' AND what = '{GOES}');"
    )
    return [
        f"CREATE TRIGGER note_{name} AFTER UPDATE ON {name} BEGIN {notes} END",
        f"CREATE TRIGGER note_{name}_gone AFTER DELETE ON {name} BEGIN {gone} END",
    ]


def seen(engine: Engine) -> set[Change]:
    """What changed since."""
    with engine.connect() as connection:
        return {
            Change(*row)
            for row in connection.execute(text("SELECT name, what, state FROM seen_change"))
        }
