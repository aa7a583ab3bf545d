"""The table of the desk: what each task may cost at most in clicks, keys, requests and pixels, what it
cost before the desk was built, and what the tests of this run measured. Printed when they are done."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

NAME = "desk"
"""Under which name a report carries what was measured."""
BEFORE = {
    "register an ordinary call": "11 clicks, 20 fields, 14 Tabs to the first",
    "allocate 10 cases": "69 clicks, 49 loads",
    "visitor, an attempt on one caller": "15 clicks, 9 loads",
    "unit: sign, draft, approve": "4 + 20 + 4 clicks",
    "officer opens an item from the day's list": "not possible",
    "find a case by phone, name, query code": "not possible",
    "find by two characters": "4 clicks, below the fold",
    "why is a deadline what it is": "not possible",
    "title and demand on the case page": "demand at 845-1,055 px of 768",
    "case page on a phone": "819 px of 390",
    "menu": "22 entries in two rows",
    "a day of each role": "not measured",
}
"""What each task was when the desk was begun, measured by hand."""
Measure = Callable[[str, str, float, float], None]
Row = tuple[str, str, float, float]


@pytest.fixture
def measured(record_property: Callable[[str, object], None]) -> Measure:
    """Hold what was measured against the most that it may be, and keep it for the table."""

    def measure(task: str, what: str, value: float, most: float) -> None:
        assert task in BEFORE, task
        record_property(NAME, json.dumps([task, what, value, most]))
        assert value <= most, f"{task}: {what} {value}, at most {most}"

    return measure


def worst(told: list[Row]) -> dict[tuple[str, str], tuple[float, float]]:
    """(task, what) -> the largest value that was measured and the least that was allowed."""
    found: dict[tuple[str, str], tuple[float, float]] = {}
    for task, what, value, most in told:
        before = found.get((task, what), (value, most))
        found[task, what] = max(value, before[0]), min(most, before[1])
    return found


def lines(told: list[Row]) -> list[str]:
    """The table: a task, what it was, what it must be and what it is."""
    found, made = worst(told), []
    for task, was in BEFORE.items():
        of_task = {what: pair for (about, what), pair in found.items() if about == task}
        for what, (value, most) in of_task.items():
            kept = "" if value <= most else "  <- too much"
            made.append(f"{task} | {was} | {what} <= {most:g} | {value:g}{kept}")
    return made


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table of what this run measured, by whichever process."""
    told: list[Row] = []
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", "") != "call":
                continue
            told += [json.loads(str(kept)) for name, kept in report.user_properties if name == NAME]
    if told:
        terminalreporter.section("the desk: task | was | must | is")
        for line in lines(told):
            terminalreporter.write_line(line)
