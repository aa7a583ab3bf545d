"""What events of each kind settle: the registry `settles.yaml` says it, and no event seals anything
else. A stage that wrote past its event would be seen: what no event has sealed when its transaction
commits, `record.sealed` seals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from app.ledger.seals import recorded, sealed_columns
from app.rules.events import EVENTS
from app.rules.seals import MAY_GO
from app.story.theatre.player import perform_story, read
from tests.databases import Desk, sqlite_copy
from tests.ledger.settled import Settled, settled
from tests.ledger.test_changes import may_change
from tests.test_story import STORIES

HERE = Path(__file__).parent
APP = HERE.parents[1] / "app"
SETTLES: Settled = {
    kind: set(of) for kind, of in yaml.safe_load((HERE / "settles.yaml").read_text("utf-8")).items()
}
LAID_OUT = {
    "ab_role",
    "ab_user",
    "calendar_day.days",
    "category",
    "setting",
    "sla_rule",
    "unit",
    "unit_post",
}
"""What stands in tests' offices without an act of anybody: it was laid out, or entered by the test
itself."""
LISTS = {"ab_user": {"roles"}, "ab_role": {"permissions"}, "calendar_day": {"days"}}


BROUGHT_IN = {"ab_role", "ab_user", "unit"}
"""Who first acts in a story is entered just before, and sealed by his act."""


def besides(found: Settled) -> dict[str, list[str]]:
    """What events settle that the registry does not say."""
    return {
        kind: more
        for kind, of in found.items()
        if (more := sorted(of - BROUGHT_IN - SETTLES.get(kind, set())))
    }


def test_the_registry_names_events_and_columns_that_there_are() -> None:
    tables = {
        table.name: {*sealed_columns(table), *LISTS.get(table.name, ())} for table in recorded()
    }
    assert SETTLES.keys() <= EVENTS.keys()
    for kind, of in SETTLES.items():
        for one in of:
            table, _, column = one.removeprefix("-").partition(".")
            assert not column or column in tables[table], f"{kind}: {one}"


def test_what_an_event_settles_may_change_and_a_row_that_it_ends_may_go() -> None:
    every = set().union(*SETTLES.values())
    assert {one[1:] for one in every if one.startswith("-")} <= set(MAY_GO)
    for table, _, column in (one.partition(".") for one in every if "." in one):
        assert column in {*may_change(table), *LISTS.get(table, ())}, f"{table}.{column}"


def test_no_event_settles_what_the_registry_does_not_say(office: Desk) -> None:
    with office.engine.connect() as connection:
        found = settled(connection)
    assert len(found) > 60
    assert besides(found) == {}


def test_nothing_that_a_verb_writes_is_left_over_for_an_event_of_its_own(office: Desk) -> None:
    """But for papers that are frozen when they are first printed, and what the test itself
    entered."""
    entered = {
        "paper",
        "ab_permission",
        "ab_permission_view",
        "ab_view_menu",
        "ab_role.permissions",
    }
    with office.engine.connect() as connection:
        assert settled(connection)["record.sealed"] <= LAID_OUT | entered


@pytest.mark.long
def test_no_event_of_any_story_settles_what_the_registry_does_not_say(
    sqlite_template: Path, tmp_path: Path
) -> None:
    for stem, path in STORIES.items():
        with sqlite_copy(sqlite_template, tmp_path / f"{stem}.db") as desk:
            perform_story(desk.sessions, read(path))
            with desk.engine.connect() as connection:
                found = settled(connection)
        assert besides(found) == {}, stem
        assert found.get("record.sealed", set()) <= LAID_OUT, stem


WRITES = re.compile(r"\b(INSERT INTO|UPDATE|DELETE FROM) (\w+)")
BESIDE = {"keeping.py": {"paper"}}
"""Modules that write recorded tables in SQL of their own, and tell the ledger of it."""


def written_in_sql() -> Iterator[tuple[Path, str]]:
    """Recorded tables that SQL in the program's own words writes, outside the ledger."""
    names = {table.name for table in recorded()}
    for path in sorted(APP.rglob("*.py")):
        if "ledger" not in path.relative_to(APP).parts:
            for _, table in WRITES.findall(path.read_text("utf-8")):
                if table in names:
                    yield path, table


def test_sql_of_its_own_that_writes_the_record_is_told_to_the_ledger() -> None:
    found: dict[str, set[str]] = {}
    for path, table in written_in_sql():
        found.setdefault(path.name, set()).add(table)
        assert "wrote(" in path.read_text("utf-8"), path
    assert found == BESIDE
