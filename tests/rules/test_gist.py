"""One line of what a caller told: the first sentence, without the words with which it is begun."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.rules.gist import LONGEST, gist


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("路灯坏了很久，晚上看不见路。请尽快修。", "路灯坏了很久，晚上看不见路"),
        ("市民来电反映：东兴街路灯不亮，老人摔倒。", "东兴街路灯不亮，老人摔倒"),
        ("诉求人王先生反映，早市占道！", "早市占道"),
        ("诉求人称早市结束后摊贩不走；占盲道。", "早市结束后摊贩不走"),
        ("您好，路灯坏了很久。", "路灯坏了很久"),
        ("尊敬的市长：你们好像没管过路灯。", "你们好像没管过路灯"),
        ("网民留言：凉皮店后厨污水横流。", "凉皮店后厨污水横流"),
        ("停水。已经三天了，没有通知。", "停水。已经三天了，没有通知"),
        ("第一行没有句号\n第二行", "第一行没有句号"),
        ("反映", "反映"),
        ("", ""),
        ("   \n ", ""),
        ("The street lamp is out. Please mend it.", "The street lamp is out. Please mend it."),
        ("投" + "很" * 80, "投" + "很" * 58 + "…"),
    ],
)
def test_a_line_is_the_first_sentence(text: str, line: str) -> None:
    assert gist(text) == line


@given(st.text(max_size=200))
def test_a_line_is_one_line_and_short(text: str) -> None:
    line = gist(text)
    assert len(line) <= LONGEST and "\n" not in line and line == line.strip()
