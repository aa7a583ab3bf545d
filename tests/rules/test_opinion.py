""" "Received / being handled" alone is refused: a clear handling opinion says something. [procedure
2]"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.opinion import left, names_a_step, says_something
from app.story.theatre.fillers import NEXT_STEP, OPINION

EMPTY = [
    "已收悉",
    "已收到",
    "收到了",
    "已经收到您的来信",
    "正在处理",
    "正在办理中",
    "办理中",
    "正在抓紧核实",
    "我们会尽快处理",
    "将进一步跟进",
    "我局高度重视",
    "已受理",
    "您好",
    "感谢您的支持与理解",
    "请您耐心等待",
    "将及时向您反馈",
    "已转交相关部门处理",
    "已安排工作人员核查",
    "目前正在积极协调处理当中",
    "Received, being processed.",
    "we will handle it soon",
    "特此回复",
]
SAYS = [
    "已修复漏水点。",
    "不予受理，因不属本单位职责",
    "同意。",
    "已更换阀门",
    "无法处理：产权不明",
    "经查不属实",
    "已处理。",
    "处理完毕。",
    "路灯将于6月20日前更换",
    "罚款200元",
    "The lamp was replaced.",
    "属实，已责令停业",
    "不同意",
]
SIGNS = st.text(st.sampled_from("，。！!；;、 \u3000\u200b\u00a0…—-()（）“”\n"), max_size=4)


def wide(text: str) -> str:
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


@given(st.lists(st.tuples(SIGNS, st.sampled_from(EMPTY)), max_size=4), SIGNS, st.booleans())
def test_empty_phrases_with_whatever_signs_between_say_nothing(
    phrases: list[tuple[str, str]], end: str, full: bool
) -> None:
    words = "".join(f"{signs}，{phrase}" for signs, phrase in phrases) + end
    assert not says_something(wide(words) if full else words), left(words)


@given(st.sampled_from(EMPTY), st.sampled_from(SAYS), SIGNS, st.booleans())
def test_a_real_opinion_among_empty_phrases_says_something(
    empty: str, said: str, signs: str, first: bool
) -> None:
    assert says_something(f"{said}{signs}。{empty}" if first else f"{empty}，{signs}{said}")


@given(st.sampled_from(EMPTY[:16]), SIGNS)
def test_signs_within_an_empty_phrase_do_not_make_it_an_opinion(phrase: str, signs: str) -> None:
    assert not says_something(signs.join(phrase))


@pytest.mark.parametrize(
    "words", ["", " ", "\u200b", "。。。", "a", "啊啊啊啊", "……！！", "\u3164\u3164"]
)
def test_what_holds_no_two_letters_says_nothing(words: str) -> None:
    assert not says_something(words) and not names_a_step(words)


@pytest.mark.parametrize("words", ["无", "无。", "暂无", "None"])
def test_a_next_step_may_say_that_there_is_none(words: str) -> None:
    assert names_a_step(words)


def test_the_desks_own_words_are_clear() -> None:
    assert says_something(OPINION) and names_a_step(NEXT_STEP)
