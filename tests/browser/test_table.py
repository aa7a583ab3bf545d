"""The table that is printed at the end: the worst of what was measured, and whether it is too much."""

from __future__ import annotations

import pytest

from tests.browser.table import Measure, lines


def test_of_several_measures_of_one_thing_the_worst_stands_in_the_table() -> None:
    told = [("menu", "groups", 5.0, 7.0), ("menu", "groups", 8.0, 7.0), ("menu", "rows", 1.0, 1.0)]
    assert lines(told) == [
        "menu | 22 entries in two rows | groups <= 7 | 8  <- too much",
        "menu | 22 entries in two rows | rows <= 1 | 1",
    ]


def test_what_is_measured_goes_with_the_report_and_more_than_the_most_fails(
    measured: Measure, request: pytest.FixtureRequest
) -> None:
    with pytest.raises(AssertionError, match="rows 2, at most 1"):
        measured("menu", "rows", 2, 1)
    assert request.node.user_properties == [("desk", '["menu", "rows", 2, 1]')]
    request.node.user_properties.clear()
