"""Text as it is compared, and the way back to what was typed."""

import sys
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.folding import fold, folded_sign, plain, spellings, visible

SIGNS = st.one_of(
    st.characters(exclude_categories=["Cs"]),
    st.sampled_from("１３８ 0013-—–－·•・‧\u3000\u200b\u202a\u202c\ufeff\t\n〔［㎡①½ßİé¨"),
)
TEXTS = st.text(SIGNS, max_size=60)


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_folding_twice_is_folding_once(text: str):
    once = plain(text)
    assert plain(once) == once


@settings(max_examples=500, deadline=None)
@given(TEXTS)
def test_each_folded_sign_knows_where_it_was_typed(text: str):
    found = fold(text)
    assert len(found.text) == len(found.starts) == len(found.ends)
    assert list(found.starts) == sorted(found.starts) and list(found.ends) == sorted(found.ends)
    for at, sign in enumerate(found.text):
        start, end = found.typed(at, at + 1)
        assert 0 <= start < end <= len(text)
        assert sign in plain(text[start:end]) or sign in " \n"


@settings(max_examples=500, deadline=None)
@given(TEXTS, TEXTS, TEXTS)
def test_what_is_found_folded_is_cut_out_of_what_was_typed(before: str, word: str, after: str):
    found, looked_for = fold(before + "、" + word + "、" + after), plain("、" + word + "、")
    at = found.text.index(looked_for, len(plain(before)))
    start, end = found.typed(at, at + len(looked_for))
    typed = before + "、" + word + "、" + after
    assert plain(typed[start:end]) == looked_for
    assert plain(typed[:start]) + plain(typed[end:]) == plain(before) + plain(after)


@pytest.mark.parametrize(
    ("typed", "compared"),
    [
        ("１３８００１３８００２", "13800138002"),
        ("\u202a138\u00a00013\u30008002\u202c", "138 0013 8002"),
        ("0912—8350127", "0912-8350127"),
        ("0912－8350127", "0912-8350127"),
        ("0912ー8350127", "0912-8350127"),
        ("0912‑8350127", "0912-8350127"),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
        ("阿・布‧多", "阿·布·多"),
        ("神热线交〔2026〕275号", "神热线交[2026]275号"),
        ("【2026】", "[2026]"),
        ("ＡＢc", "abc"),
        ("a \u3000\t b", "a b"),
        ("a \r\n b", "a\nb"),
        ("1️⃣③8\u200b\u200d9", "1389"),
        ("٠٩١٢", "0912"),
        ("“金苑”", "'金苑'"),
        ("e\u0301é", "ee"),
    ],
)
def test_text_is_compared_in_one_form(typed: str, compared: str):
    assert plain(typed) == compared


def test_nothing_that_can_be_seen_is_left_of_invisible_signs():
    assert visible(" \u3000\u200b\u2060\n\ufeff\u00ad") == "" == visible("\u3000\u200b \t\n")


def test_the_spellings_of_a_sign_are_all_there_are():
    """Over all of Unicode: what is looked up in parts of it misses none."""
    wanted = "0123456789abcxyz金苑一号楼"
    found: dict[str, set[str]] = {sign: set() for sign in wanted}
    for code in range(sys.maxunicode + 1):
        for each in {*folded_sign.__wrapped__(chr(code))} & found.keys():
            found[each].add(chr(code))
    assert {sign: {*(spellings(sign) or "")} for sign in wanted} == found
    assert spellings("·") is None and unicodedata.category("·") == "Po"
