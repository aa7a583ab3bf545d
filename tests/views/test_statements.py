"""A page asks the database for the same few things, whether it shows twenty-five rows or a
hundred."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import url_for
from sqlalchemy import Engine, event

from app.roles import PAGES
from app.stages.rights import RIGHTS
from app.worklists import QUEUES, Queue, about
from tests.databases import Desk
from tests.people import People
from tests.views.canaries import cases_of
from tests.views.panel import Panel, panel_over

MOST, MOST_OF_A_CASE = 12, 14
WHO = {role: role for role in RIGHTS} | {"unit_staff": "staff@WATER", "unit_head": "head@WATER"}
MANY = 100


@contextmanager
def counted(panel: Panel) -> Iterator[list[str]]:
    """The statements that the panel asks for inside, without what begins and ends a transaction."""
    told: list[str] = []
    with panel.app.app_context():
        engine: Engine = panel.app.extensions["sqlalchemy"].engine

    def asked(
        connection: Any, cursor: Any, statement: str, given: Any, context: Any, many: bool
    ) -> None:
        if statement.split()[0].upper() not in ("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA"):
            told.append(statement)

    event.listen(engine, "before_cursor_execute", asked)
    try:
        yield told
    finally:
        event.remove(engine, "before_cursor_execute", asked)


@pytest.fixture
def busy(desk: Desk, tmp_path: Path) -> Iterator[Panel]:
    """A panel over an office with a hundred cases of one unit: confidential ones, late, with
    contacts."""
    people = People(desk).hire("WATER", "ROADS")
    for n in range(MANY):
        case = people.case(kind="consultation", confidential=n % 2 == 0, place=f"滨河路{n}号")
        people.do("allocator", "allocate", case, unit="WATER" if n % 5 else "ROADS")
        if n % 4 == 0:
            people.do("operator", "contact", case, kind="supplement")
    people.sweeps("2025-06-10", "2025-06-18")
    with panel_over(desk, tmp_path / "data", people.now) as made:
        yield made


def url_of(panel: Panel, key: str, queue: Queue) -> str:
    """The page of a list: rows of no case are worked through on one of their own."""
    if about(queue.model) is not None:
        return f"/work/{key}"
    with panel.app.test_request_context():
        return str(url_for(queue.desk, work=key))


def _pages(panel: Panel, role: str) -> Iterator[str]:
    yield "/"
    yield "/notices/"
    for page, roles in PAGES.items():
        if role in roles:
            yield f"/{page.lower()}/list/?size=25"
            yield f"/{page.lower()}/list/?size=100"
    yield from (
        url_of(panel, key, queue)
        for key, queue in QUEUES.items()
        if role in queue.roles and not queue.page
    )
    if role in PAGES["Cases"]:
        yield f"/cases/{cases_of(panel.desk, 'WATER')[0]}"


@pytest.mark.parametrize("role", WHO)
def test_a_page_asks_for_no_more_than_twelve_things(panel: Panel, role: str) -> None:
    """Every page of every role in the played office, where everything has happened. Seen failing
    with the relations of a list loaded row by row."""
    _twelve_at_most(panel, role)


@pytest.mark.parametrize(
    "role",
    [
        "unit_head",
        *(pytest.param(role, marks=pytest.mark.long) for role in ("centre_head", "officer")),
    ],
)
def test_a_page_asks_for_no_more_than_twelve_things_on_postgres(
    postgres_panel: Panel, role: str
) -> None:
    """The three roles that between them open every page but those of IT and the log."""
    _twelve_at_most(postgres_panel, role)


def _twelve_at_most(panel: Panel, role: str) -> None:
    browser = panel.of(WHO[role].replace("WATER", "HOUSING"))
    # What fields an office has of its own is read once by each process.
    for first in ("/", "/cases/list/"):
        browser.get(first)
    for address in _pages(panel, role):
        with counted(panel) as told:
            answer = browser.get(address)
        assert answer.status_code in (200, 404), address
        most = MOST_OF_A_CASE if re.fullmatch(r"/cases/\d+", address) else MOST
        assert len(told) <= most, f"{role} {address}: {len(told)}\n" + "\n".join(
            one[:160] for one in told
        )


@pytest.mark.long
def test_a_hundred_rows_ask_for_no_more_than_twenty_five(busy: Panel) -> None:
    """Each list of each role at 25 and at 100 rows: the same number, twelve at most; and the case
    page."""
    for role, word in WHO.items():
        browser = busy.of(word)
        for page, roles in PAGES.items():
            if role not in roles:
                continue
            # What the menu counts and when the bot looked last is asked for once a minute.
            browser.get("/")
            asked = []
            for size in (25, 100):
                with counted(busy) as told:
                    assert browser.get(f"/{page.lower()}/list/?size={size}").status_code == 200
                asked.append(len(told))
            assert asked[0] == asked[1] <= MOST, f"{role} {page}: {asked}"
        for address in _pages(busy, role):
            with counted(busy) as told:
                browser.get(address)
            of_a_case = re.fullmatch(r"/cases/\d+", address)
            most = MOST_OF_A_CASE if of_a_case else MOST
            assert len(told) <= most, f"{role} {address}: {len(told)}"


@pytest.mark.long
def test_an_export_reads_in_pieces_not_row_by_row(busy: Panel) -> None:
    browser = busy.of("head@WATER")
    browser.get("/")
    with counted(busy) as told:
        answer = browser.get("/cases/export.csv")
    assert answer.text.count("\r\n") == 1 + MANY - MANY // 5
    assert len(told) <= MOST, "beside what it reads, it is noted when it begins and when it ends"
