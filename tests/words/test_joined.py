"""Words side by side, by the signs of their language."""

from __future__ import annotations

import pytest

from app import words
from app.words import Message


@pytest.mark.parametrize(
    ("language", "list_", "pair", "aside", "then"),
    [
        ("zh", "甲、乙", "甲：乙", "甲（乙）", "甲乙"),
        ("en", "甲, 乙", "甲: 乙", "甲 (乙)", "甲 乙"),
    ],
)
def test_signs_between_words_are_the_languages_own(
    language: str, list_: str, pair: str, aside: str, then: str
) -> None:
    assert words.listed("甲乙", language) == list_
    assert words.pair("甲", "乙", language) == pair
    assert words.aside("甲", "乙", language) == aside
    assert words.then("甲", "乙", language) == then


@pytest.mark.parametrize("language", words.SPOKEN)
def test_what_stands_alone_has_no_sign_beside_it(language: str) -> None:
    assert words.listed(["甲"], language) == "甲"
    assert words.pair("甲", None, language) == words.pair("甲", "", language) == "甲"
    assert words.pair("", "乙", language) == "乙" and words.pair("甲", 0, language)[-1] == "0"
    assert words.aside("甲", "", language) == "甲"
    assert words.then("甲", "", language) == words.then("", "甲", language) == "甲"


def test_what_a_message_tells_is_said_in_the_language_of_the_message() -> None:
    """Names as a list, and messages within messages."""
    waits = Message("why.assists_open", {"names": ("甲", "乙")})
    assert "甲、乙" in waits.text("zh") and "甲, 乙" in waits.text("en")
    gone = Message("flaw.in_file", {"case": 1, "kind": "x", "id": 2, "what": waits})
    assert waits.text("en") in gone.text("en") and waits.text("zh") in gone.text("zh")
