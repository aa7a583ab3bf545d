"""The ledger watches what a session writes past it, so that no row of the record is written without
its event.

Rows that stages add, change or delete through the session are noted when they are flushed, and
sealed by the next event of the same transaction; what is still unsealed when it commits gets an
event of its own. A statement in the session that updates many rows is followed by the rows' seals
anew. Only sessions that carry the ledger's key are watched.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_appbuilder import Model
from sqlalchemy import ColumnElement, Table, event, inspect, select, text
from sqlalchemy.orm import ORMExecuteState, Session
from sqlalchemy.orm.attributes import PASSIVE_NO_INITIALIZE, get_history

from app.ledger.bulk import completed, insert_rows
from app.ledger.seals import DAYS, Written, day_text, plain, row_key, sealed_columns, written
from app.rules.seals import CHAINED, NOT_RECORDED

Rows = dict[tuple[str, str], Written]
_UNSEALED, _TOUCHED, _COLUMNS = "unsealed", "touched", "*"
_LISTS = {("ab_user", "roles"), ("ab_role", "permissions")}
"""What an account or a role has in a table of pairs: sealed like a column of it."""


def _table_of(row: Any) -> Table | None:
    """The recorded table of a row; None where it is no part of the record."""
    table = inspect(row).mapper.local_table
    return table if isinstance(table, Table) and _is_recorded(table) else None


def _is_recorded(table: Table) -> bool:
    return table.name not in NOT_RECORDED and table.name not in CHAINED


def _values(row: Any, table: Table) -> dict[str, Any]:
    """The values of a row in Python, by column."""
    state = inspect(row)
    held = state.dict
    keys = {
        column.name: prop.key for prop in state.mapper.column_attrs for column in prop.columns[:1]
    }
    return {name: held[key] for name, key in keys.items() if key in held and name in table.columns}


def _changed(row: Any, table: Table) -> dict[str, Any]:
    """The columns of a row that this flush writes."""
    state = inspect(row)
    return {
        prop.columns[0].name: state.dict[prop.key]
        for prop in state.mapper.column_attrs
        if prop.key in state.dict
        and get_history(row, prop.key, PASSIVE_NO_INITIALIZE).has_changes()
    }


def unsealed(session: Session) -> Rows:
    """(table, row) -> what was written of it and is not sealed yet."""
    unsealed: Rows = session.info.setdefault(_UNSEALED, {})
    return unsealed


def note_row(session: Session, table: str, row: str, what: Written) -> None:
    """Note what was written of a row, for the next event to seal."""
    unsealed(session).setdefault((table, row), Written()).take(what)


def wrote(session: Session, model: type[Any], rows: Iterable[Mapping[str, Any]]) -> None:
    """Tell the ledger of new rows that were written past the session, whole and with their keys."""
    table: Any = inspect(model).local_table
    for row in rows:
        note_row(session, table.name, row_key(table, row), written(table, row, founded=True))


def add_rows(session: Session, model: type[Any], rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows of a table without states, whose ids are allotted and that all name the same
    columns, in one statement; what they leave out has the table's own defaults. The next event of
    the transaction seals them."""
    table: Any = inspect(model).local_table
    whole = [completed(table, row) for row in rows]
    wrote(session, model, whole)
    insert_rows(session, table, whole)


def touched(session: Session, table: str, row: Any, name: str) -> None:
    """Tell the ledger that something which it reads itself was written: the roles of an account,
    the permissions of a role, the days of a year, or (`*case_id,turn`) some columns of a row."""
    session.info.setdefault(_TOUCHED, set()).add((table, str(row), name))


@event.listens_for(Session, "after_flush")
def _flushed(session: Session, context: Any) -> None:
    if "ledger_key" not in session.info:
        return
    for row in session.deleted:
        _went(session, row)
    for row in session.new:
        _came(session, row)
    for row in session.dirty:
        _moved(session, row)


def _went(session: Session, row: Any) -> None:
    table = _table_of(row)
    if table is not None:
        note_row(session, table.name, row_key(table, _values(row, table)), Written(gone=True))


def _came(session: Session, row: Any) -> None:
    table = _table_of(row)
    if table is None:
        return
    values = _values(row, table)
    if table.name == DAYS:
        touched(session, DAYS, values["day"].year, "days")
        return
    key = row_key(table, values)
    note_row(session, table.name, key, written(table, values, founded=True))
    _note_lists(session, row, table, key)


def _moved(session: Session, row: Any) -> None:
    table = _table_of(row)
    if table is None:
        return
    changed = _changed(row, table)
    if table.name == DAYS:
        if changed:
            touched(session, DAYS, row.day.year, "days")
        return
    key = row_key(table, _values(row, table))
    what = written(table, changed, founded=False)
    what.case = row.id if table.name == "hotline_case" else getattr(row, "case_id", None)
    if what.cells:
        note_row(session, table.name, key, what)
    _note_lists(session, row, table, key)


def _note_lists(session: Session, row: Any, table: Table, key: str) -> None:
    for name, what in _LISTS:
        if table.name == name and get_history(row, what, PASSIVE_NO_INITIALIZE).has_changes():
            touched(session, name, key, what)


@event.listens_for(Session, "do_orm_execute")
def _executed(state: ORMExecuteState) -> None:
    """Rows that one statement changes or deletes are found before it; what it changes is read when
    it is sealed, and nothing else of them: what somebody forged there before stays as it was
    sealed."""
    if not (state.is_update or state.is_delete) or "ledger_key" not in state.session.info:
        return
    statement: Any = state.statement
    table = getattr(statement, "table", None)
    if not isinstance(table, Table) or not _is_recorded(table):
        return
    where: ColumnElement[bool] | None = statement.whereclause
    query = select(*([table.c.day] if table.name == DAYS else table.primary_key.columns))
    query = query if where is None else query.where(where)
    columns = None if state.is_delete else _set(statement)
    for row in state.session.connection().execute(query):
        _reached(state.session, table, row, columns)


def _reached(session: Session, table: Table, row: Any, columns: Sequence[str] | None) -> None:
    """Note a row that a statement reaches: the columns that it writes, None where it deletes it."""
    if table.name == DAYS:
        touched(session, DAYS, row.day.year, "days")
        return
    key = row_key(table, row._mapping)
    if columns is None:
        note_row(session, table.name, key, Written(gone=True))
    else:
        touched(session, table.name, key, f"{_COLUMNS}{','.join(columns)}")


def _set(statement: Any) -> list[str]:
    """The columns that an update writes, those among them that the table writes itself at each
    update."""
    named = {str(getattr(column, "name", column)) for column in statement._values or ()}
    return sorted(
        named | {column.name for column in statement.table.columns if column.onupdate is not None}
    )


@event.listens_for(Session, "after_soft_rollback")
def _rolled_back(session: Session, previous: Any) -> None:
    if not session.in_nested_transaction():
        session.info.pop(_UNSEALED, None)
        session.info.pop(_TOUCHED, None)


def due(session: Session) -> Rows:
    """All that is written and not sealed yet, read anew where it must be; from here on it counts as
    sealed."""
    session.flush()
    for table, row, name in sorted(session.info.pop(_TOUCHED, ())):
        if name.startswith(_COLUMNS):
            _read_again(session, table, row, name.removeprefix(_COLUMNS).split(","))
        else:
            note_row(session, table, row, Written(cells={name: READ[table](session, row)}))
    unsealed: Rows = session.info.pop(_UNSEALED, {})
    return unsealed


def _read_again(session: Session, name: str, row: str, columns: Sequence[str]) -> None:
    """Some columns of a row as they now stand in the database."""
    table = Model.metadata.tables[name]
    key = zip(table.primary_key.columns, row.split("/"), strict=True)
    query = select(table).where(*(column == column.type.python_type(word) for column, word in key))
    found = session.connection().execute(query).first()
    if found is not None:
        sealed = [column for column in columns if column in sealed_columns(table)]
        cells = {column: plain(found._mapping[column]) for column in sealed}
        note_row(session, name, row, Written(cells=cells))


def _pairs(query: str) -> Any:
    def read(session: Session, row: str) -> str:
        found = session.connection().execute(text(query), {"row": int(row)})
        return plain(",".join(f"{pair[0]}={pair[1]}" for pair in found))

    return read


def _days(session: Session, year: str) -> str:
    """A year's days as they are sealed, one in each line."""
    query = "SELECT day, worked, ordinal, source FROM calendar_day WHERE day BETWEEN :first AND :last ORDER BY day"
    bounds = {"first": f"{year}-01-01", "last": f"{year}-12-31"}
    return "\n".join(day_text(*day) for day in session.connection().execute(text(query), bounds))


READ: dict[str, Any] = {
    "ab_user": _pairs("SELECT id, role_id FROM ab_user_role WHERE user_id = :row ORDER BY id"),
    "ab_role": _pairs(
        "SELECT id, permission_view_id FROM ab_permission_view_role WHERE role_id = :row ORDER BY id"
    ),
    DAYS: _days,
}
"""What is sealed like a column of a row and stands in other rows -> how it is read."""


def forget(session: Session, tables: Iterable[str]) -> None:
    """Leave what was written of some tables unsealed: while an office is laid out that has no event
    yet."""
    unsealed = session.info.get(_UNSEALED, {})
    for row in [row for row in unsealed if row[0] in tables]:
        del unsealed[row]
    again = session.info.get(_TOUCHED, set())
    again -= {row for row in again if row[0] in tables}


def pending(session: Session) -> Rows:
    """The rows noted so far."""
    unsealed: Rows = session.info.get(_UNSEALED, {})
    return unsealed


def anything(session: Session) -> bool:
    """Whether something was written that no event has sealed."""
    return bool(session.info.get(_UNSEALED) or session.info.get(_TOUCHED))
