"""The wording of papers: named fields, checked when it is saved."""

from __future__ import annotations

import pytest

from app.rules.refusal import NotAllowed
from app.rules.wording import (
    LONGEST_WORDING,
    REQUIRED,
    WORDINGS,
    accuses,
    fields_of,
    refuse_wording,
    worded,
)

GOOD = "编号{case_number}（{assignment}）应于{by}办结，请于{reply_by}答复。\n{again}"


def refused(text: str, name: str = "wording.reminder") -> str:
    with pytest.raises(NotAllowed) as no:
        refuse_wording(name, text)
    return no.value.msgid


@pytest.mark.parametrize("name", WORDINGS)
def test_each_wording_of_the_desk_may_be_saved_as_it_is(name: str) -> None:
    refuse_wording(name, WORDINGS[name])
    assert len(WORDINGS[name]) <= LONGEST_WORDING and accuses(WORDINGS[name]) == ""
    assert REQUIRED[name] and set(REQUIRED[name]) <= set(fields_of(name))


def test_a_wording_with_a_field_that_the_paper_has_not_is_refused() -> None:
    refuse_wording("wording.reminder", GOOD)
    assert refused(GOOD + "{caller}") == "wording_unknown_fields"


@pytest.mark.parametrize("field", REQUIRED["wording.reminder"])
def test_a_wording_that_lacks_what_the_paper_must_say_is_refused(field: str) -> None:
    assert refused(GOOD.replace(f"{{{field}}}", "")) == "wording_lacks_fields"


@pytest.mark.parametrize(
    "typed", ["{", "}", "{}", "{0}", "{by.real}", "{by[0]}", "{by!r}", "{by:>99}", "{ by}", "{by!"]
)
def test_braces_that_ask_for_more_than_a_field_are_refused(typed: str) -> None:
    assert refused(GOOD + typed) == "wording_unreadable"


def test_a_table_that_does_not_stand_alone_on_its_line_is_refused() -> None:
    text = WORDINGS["wording.allocation"].replace("{matter}\n", "见{matter}\n")
    assert refused(text, "wording.allocation") == "wording_not_alone"


@pytest.mark.parametrize("typed", ["该单位违法", "玩忽职守", "构成犯罪"])
def test_a_wording_that_says_that_somebody_is_guilty_is_refused(typed: str) -> None:
    assert refused(f"{GOOD}\n{typed}") == "wording_accuses"


def test_what_is_filled_in_is_not_read_again() -> None:
    assert worded("{by}", {"by": "{case_number}{0!r}"}) == "{case_number}{0!r}"
    assert worded("{{甲}}{by}", {"by": "乙"}) == "{甲}乙"
