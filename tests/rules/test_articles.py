"""(8) the text of the rules cited: a line each, with the days between which it is in force."""

from __future__ import annotations

import re
from datetime import date

import pytest

from app.rules.articles import Article, articles
from app.rules.office import WORDS

TEXT = """
〔2018-03-20至2025-05-31〕《监察法》第十一条
〔2025-06-01至今〕 《监察法》第十二条
《办理规程》
"""


def test_each_line_is_a_rule_with_its_first_and_last_day() -> None:
    assert articles(TEXT) == [
        Article("《监察法》第十一条", date(2018, 3, 20), date(2025, 5, 31)),
        Article("《监察法》第十二条", date(2025, 6, 1)),
        Article("《办理规程》"),
    ]


@pytest.mark.parametrize(
    ("day", "held"),
    [
        ("2018-03-19", [False, False, True]),
        ("2018-03-20", [True, False, True]),
        ("2025-05-31", [True, False, True]),
        ("2025-06-01", [False, True, True]),
        ("2099-01-01", [False, True, True]),
    ],
)
def test_a_rule_is_in_force_from_its_first_to_its_last_day(day: str, held: list[bool]) -> None:
    assert [one.in_force(date.fromisoformat(day)) for one in articles(TEXT)] == held


@pytest.mark.parametrize(
    "line",
    [
        "〔2018年起〕监察法",
        "〔2018-03-20〕监察法",
        "〔2018-13-20至今〕监察法",
        "〔2025-06-01至2018-03-20〕监察法",
        "〔2018-03-20至今〕",
    ],
)
def test_a_line_whose_days_cannot_be_read_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match=re.escape(line)):
        articles(f"《办理规程》\n{line}")


def test_the_rules_of_a_new_office_can_be_read() -> None:
    assert len(articles(WORDS["dossier.rules"])) == 4
