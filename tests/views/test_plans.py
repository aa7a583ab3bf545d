"""On SQLite, too, lists are read by their indexes: what its plan says of them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from sqlalchemy import event

from app.stages.rights import RIGHTS
from app.worklists import QUEUES
from tests.views.panel import Panel

WHO = {role: role for role in RIGHTS} | {"unit_staff": "staff@WATER", "unit_head": "head@WATER"}
LARGE = ("hotline_case", "assignment", "reply", "request", "reminder", "supervision", "visit")
"""The tables that grow with the cases."""


def _plans(panel: Panel, word: str, address: str) -> Iterator[str]:
    """The plan of each SELECT that a page asks for."""
    asked: list[tuple[str, object]] = []
    with panel.app.app_context():
        engine = panel.app.extensions["sqlalchemy"].engine

    def hear(
        connection: object,
        cursor: object,
        statement: str,
        given: object,
        context: object,
        many: bool,
    ) -> None:
        if statement.startswith("SELECT"):
            asked.append((statement, given))

    event.listen(engine, "before_cursor_execute", hear)
    try:
        assert panel.of(word).get(address).status_code == 200
    finally:
        event.remove(engine, "before_cursor_execute", hear)
    with panel.desk.engine.connect() as connection:
        for statement, given in asked:
            rows = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", given)  # type: ignore[arg-type]
            yield "\n".join(str(row[3]) for row in rows)


@pytest.mark.parametrize(
    "key", [key for key, queue in QUEUES.items() if queue.model.__tablename__ in LARGE]
)
def test_a_list_of_work_is_read_in_its_order_by_an_index_of_its_own(
    sqlite_panel: Panel, key: str
) -> None:
    """Seen failing for 25 lists: the rows were found by state and sorted."""
    queue = QUEUES[key]
    table = queue.model.__tablename__
    plans = [
        plan for plan in _plans(sqlite_panel, WHO[queue.roles[0]], f"/work/{key}") if table in plan
    ]
    assert plans, "the list was asked for"
    assert [plan for plan in plans if re.search(rf"SCAN {table}(?! USING)", plan)] == []
