"""A list that is filtered by a field of the office's own reads as much at a hundred thousand cases as at
ten thousand, on PostgreSQL after VACUUM."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import quote

import pytest
from sqlalchemy import text

from tests.bench.filler import NOW
from tests.bench.filling import fill
from tests.bench.test_blocks import MOST, SHARE, SIZES
from tests.bench.walking import WHO, Meter
from tests.databases import desk_at, lay_postgres
from tests.extras import define
from tests.people import People
from tests.servers import PostgresCluster
from tests.views.panel import Panel, panel_over

pytestmark = [pytest.mark.long, pytest.mark.timeout(1800)]
VALUES = (
    "INSERT INTO extra_value (field, value, row_id) SELECT 'road', CASE WHEN id % 100 = 7 THEN '支路' "
    "WHEN id % 3 = 0 THEN '主干道' ELSE '次干道' END, id FROM hotline_case",
    "INSERT INTO extra_value (field, value, row_id) "
    "SELECT 'size', lpad((10000000000000000 + (id % 500) * 10000)::text, 17, '0'), id FROM hotline_case",
)
ASKED = {
    "a choice that many have": f"q_x_road={quote('主干道')}",
    "a choice that few have": f"q_x_road={quote('支路')}",
    "a choice and a state": f"q_x_road={quote('次干道')}&q_state=handling",
    "a number": "q_x_size=42",
    "a span of numbers": "from_x_size=40&to_x_size=60",
    "another order": f"q_x_road={quote('主干道')}&order=registered_at&way=asc",
}
OF_ALL = ("a choice that few have", "a number")
"""What is asked only for who sees all cases: those of who sees some are looked up one by one, as many as
there are, and the larger office has more that few have."""
ROLES = ("centre_head", "allocator", "examiner", "visitor", "unit_head")


@pytest.fixture(scope="module")
def panels(
    postgres: PostgresCluster, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[list[Panel]]:
    lay_postgres(postgres, "extra_blocks_laid")
    made = []
    with ExitStack() as stack:
        for n in SIZES:
            url = postgres.database(f"extra_blocks_{n}", "extra_blocks_laid")
            desk = stack.enter_context(desk_at(url))
            people = People(desk).hire("WATER", "HOUSING")
            define(people, "road", "case", "choice")
            define(people, "size", "case", "number")
            fill(desk, n, SHARE)
            quiet = desk.engine.execution_options(isolation_level="AUTOCOMMIT")
            with quiet.connect() as connection:
                for statement in (*VALUES, "VACUUM ANALYZE extra_value"):
                    connection.execute(text(statement))
            folder = tmp_path_factory.mktemp("extra_blocks")
            made.append(stack.enter_context(panel_over(desk, folder, NOW)))
        yield made


@pytest.mark.parametrize("role", ROLES)
def test_a_list_filtered_by_it_reads_at_a_hundred_thousand_cases_what_it_reads_at_ten_thousand(
    panels: list[Panel], role: str
) -> None:
    grown = []
    for what, asked in ASKED.items():
        blocks: list[int] = []
        if what in OF_ALL and role not in ("centre_head", "allocator"):
            continue
        for panel in panels:
            browser, meter = panel.of(WHO[role]), Meter(panel.desk)
            told = [meter.page(browser, f"/cases/list/?{asked}") for _ in range(2)]
            assert {one.status for one in told} == {200}
            blocks.append(min(one.blocks for one in told))
        print(role, what, blocks)
        if blocks[1] > MOST * blocks[0]:
            grown.append(f"{what}: {blocks[0]} -> {blocks[1]} blocks")
    assert grown == [], "\n".join(grown)


def test_other_orders_say_that_only_the_newest_were_looked_at(panels: list[Panel]) -> None:
    head = panels[1].of("centre_head")
    told = "只查看了其中最新的"
    assert told not in head.get(f"/cases/list/?{ASKED['a choice that many have']}").text
    for asked in ("another order", "a span of numbers"):
        assert told in head.get(f"/cases/list/?{ASKED[asked]}").text
