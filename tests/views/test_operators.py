"""The operators of the search: what each finds, that it finds no caller for who may not read one,
and that it looks no further than a list may. [decisions, 17: a page reads as far as it shows]"""

from __future__ import annotations

import re

import pytest
from sqlalchemy import update

from app.database import transaction
from app.models import Case
from app.story.theatre.cast import actor_named
from app.verbs import perform
from app.views.pages import operators
from tests.views.canaries import CALLER, NOW, WORDS
from tests.views.panel import Browser, Panel
from tests.views.test_sought import search


def found(browser: Browser, page: str, **fields: str) -> int:
    """How many rows a search of a page finds; everything that was typed must have been read."""
    answer = search(browser, f"/{page}/list/", **fields)
    assert answer.status_code == 200
    assert "无法识别" not in answer.text, answer.text
    counted = re.search(r"共 (\d+)\+? 条", answer.text)
    assert counted, answer.text
    return int(counted[1])


WORDED = "QZhousingZQ小区第1号楼前路面塌陷积水，行人车辆通行困难，请尽快处理。"


@pytest.mark.parametrize(
    ("operator", "typed", "rows"),
    [
        ("", "小区第1号楼", 3),
        ("contains", "小区第1号楼", 3),
        ("starts", "QZhousingZQ小区第1", 1),
        ("starts", "ｑｚhousingzq 小区", 5),
        ("starts", "小区第1号楼", 0),
        ("equals", WORDED, 1),
        ("equals", WORDED[:-1], 0),
        ("empty", "", 0),
    ],
)
def test_words_are_found_anywhere_at_the_start_or_as_the_whole(
    panel: Panel, operator: str, typed: str, rows: int
) -> None:
    browser = panel.of("allocator")
    assert found(browser, "cases", q_narrative=typed, op_narrative=operator) == rows


def test_what_is_empty_is_found_by_words_choices_days_and_relations(panel: Panel) -> None:
    browser = panel.of("allocator")
    every = found(browser, "cases")
    for column in ("closed_at", "closed_as", "category"):
        empty = found(browser, "cases", **{f"op_{column}": "empty"})
        assert 0 < empty <= every, column
    with transaction(panel.desk.sessions) as session:
        session.execute(update(Case).where(Case.id == 1).values(place=""))
    assert found(browser, "cases", op_place="empty") >= 1


def test_a_number_lies_between_two_others(panel: Panel) -> None:
    browser = panel.of("allocator")
    every = found(browser, "cases")
    first = found(browser, "cases", q_repeats="0")
    second = found(browser, "cases", op_repeats="between", from_repeats="1", to_repeats="9")
    assert 0 < first < every
    assert first + second == every
    assert found(browser, "cases", from_repeats="1") == second, "a span needs no operator chosen"


def test_an_operator_that_a_column_has_not_is_said(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.of("allocator")
    for fields in (
        {"op_narrative": "between", "q_narrative": "x"},
        {"op_kind": "starts", "q_kind": "help"},
        {"op_nothing": "empty"},
        {"op_narrative": "empty", "q_narrative": "x"},
        {"op_repeats": "between", "q_repeats": "1"},
        {"from_repeats": "x"},
    ):
        assert "无法识别" in search(browser, "/cases/list/", **fields).text, fields


def test_an_operator_stands_in_the_address_and_what_is_typed_sealed(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.of("allocator")
    browser.get("/cases/list/")
    fields = {"q_narrative": "13912345678", "op_narrative": "starts", "from_repeats": "7"}
    led = browser.post("/cases/list/", fields).location
    assert "op_narrative=starts" in led and "asked=" in led
    assert "13912345678" not in led and "from_repeats" not in led


@pytest.mark.parametrize("operator", ["contains", "starts", "equals"])
@pytest.mark.parametrize("word", ["staff@HOUSING", "head@HOUSING", "leader"])
def test_who_may_not_read_a_caller_learns_nothing_through_any_operator(
    panel: Panel, word: str, operator: str
) -> None:
    """A text that begins with the caller, and one that is nothing but his name and number: neither
    is found by them, whoever holds the case."""
    name = f"{CALLER}HOUSING"
    register(panel, name)
    browser = panel.of(word)
    for typed in (name, name[:4], "13909121003", CALLER):
        for column in ("place", "demand", "narrative"):
            asked = {f"q_{column}": typed, f"op_{column}": operator}
            assert found(browser, "cases", **asked) == 0, (column, typed)
    if word != "leader":  # who sees cases that were submitted only
        assert found(browser, "cases", q_demand="来电反映", op_demand="contains") == 1
        for how in ("starts", "equals"):
            assert found(browser, "cases", q_demand="来电反映路面塌陷", op_demand=how) == 0
    room = panel.of("centre_head")
    assert found(room, "cases", q_place=name, op_place=operator) == 1, "the centre reads it"


def register(panel: Panel, name: str) -> None:
    """A confidential case of the housing bureau whose texts begin with its caller."""
    given = {
        "kind": "help",
        "confidential": True,
        "place": name,
        "narrative": "楼前路面塌陷积水，请尽快处理。",
    }
    given |= {"demand": f"{name}来电反映路面塌陷", "caller": {"name": name, "phone": "13909121003"}}
    with transaction(panel.desk.sessions) as session:
        operator, allocator = (actor_named(session, word) for word in ("operator", "allocator"))
        case = perform(session, NOW, operator, "register", **given)
        perform(session, NOW, allocator, "allocate", case=case.id, unit="HOUSING")


def test_a_unit_narrows_by_no_column_that_it_does_not_read(sqlite_panel: Panel) -> None:
    """Why the centre refused a caller's demand is not told to units: it is no filter of theirs."""
    unit, centre = sqlite_panel.of("head@HOUSING"), sqlite_panel.of("centre_head")
    assert "q_refusal_reason" in centre.get("/cases/list/").text
    assert "refusal_reason" not in unit.get("/cases/list/").text
    for address in ("?op_refusal_reason=empty", "?q_refusal_reason=no_facts"):
        assert "无法识别" in unit.get(f"/cases/list/{address}").text
        assert unit.get(f"/api/v1/cases/{address}").status_code == 400


def test_what_no_index_has_is_looked_for_among_the_newest_rows_and_said(
    panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Seen failing without `among_newest`: all rows were read for one that is empty."""
    browser = panel.of("allocator")
    every = found(browser, "cases", op_closed_at="empty")
    monkeypatch.setattr(operators, "LOOKED_BACK", 4)
    answer = search(browser, "/cases/list/", op_closed_at="empty")
    assert "最新" in answer.text or "部分" in answer.text, answer.text
    assert found(browser, "cases", op_closed_at="empty") < every
    exported = browser.get("/cases/export.csv?op_closed_at=empty").text
    assert len(exported.strip().splitlines()) > every, "an export looks at all"


def test_units_words_are_the_canaries() -> None:
    assert WORDED.startswith(WORDS["HOUSING"])
