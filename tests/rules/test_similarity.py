"""How alike two texts are. [procedure 1: the repeat check proposes]"""

from __future__ import annotations

import pytest

from app.rules.similarity import STRIKING, SUGGESTED, grams, likeness

LAMP = "滨河新区三号楼前路灯坏了半个月，晚上看不见路，请尽快修复。"


def test_a_text_is_its_pairs_and_triples_of_letters_and_figures_in_one_width() -> None:
    assert grams("３号 楼，Ab") == frozenset({"3号", "号楼", "楼a", "ab", "3号楼", "号楼a", "楼ab"})


@pytest.mark.parametrize("words", ["", "，。 ！", "路", "？路？"])
def test_what_has_no_two_signs_is_like_nothing(words: str) -> None:
    assert likeness(words, words) == likeness(words, LAMP) == 0.0


@pytest.mark.parametrize(
    ("other", "least", "below"),
    [
        (LAMP, 1.0, 1.1),
        ("滨河新区 三号楼前路灯坏了半个月！晚上看不见路，请尽快修复", 1.0, 1.1),
        ("滨河新区三号楼前路灯坏了快一个月，晚上看不见路，请尽快修好。", STRIKING, 1.0),
        ("滨河新区三号楼前的路灯又坏了，夜里看不见路。", SUGGESTED, STRIKING),
        ("西街十号门前污水外溢多日无人处理，气味很大。", 0.0, SUGGESTED),
    ],
)
def test_the_same_matter_in_other_words_is_more_alike_than_another_matter(
    other: str, least: float, below: float
) -> None:
    assert least <= likeness(LAMP, other) < below
    assert likeness(LAMP, other) == likeness(other, LAMP)
