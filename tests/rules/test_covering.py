"""What a text is without the caller: found however it was written, nothing else hit."""

from __future__ import annotations

import csv
import gzip
import hashlib
import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.covering import (
    CALLER,
    covered,
    guesses,
    hidden,
    is_on_file_with,
    runs,
    without_caller,
)
from app.rules.covering.shapes import check_digit
from app.rules.folding import plain, visible

MESSAGES = Path(__file__).parents[3] / "shared" / "data" / "messages-answered.csv.gz"
GAPS = [
    "",
    " ",
    "  ",
    "-",
    "–",
    "—",
    "－",
    "ー",
    "·",
    "•",
    "・",
    "‧",
    "\u3000",
    "\u00a0",
    "\u200b",
    ".",
    "．",
    "/",
    "_",
    ",",
    "，",
    "、",
    "：",
    ":",
    "；",
    "。",
    "|",
    "#",
]
WIDE = str.maketrans("0123456789+-()", "０１２３４５６７８９＋－（）")
WRAPS = [
    ("", ""),
    ("\u202a", "\u202c"),
    ("\ufeff", ""),
    ("<", ">"),
    ("（", "）"),
    ("电话：", ""),
    ("tel:", ""),
]
FILLER = st.text(st.sampled_from("路灯坏了请修复金苑小区楼前积水，。！\n \u3000"), max_size=12)
SPELT = str.maketrans("0123456789", "零一二三四五六七八九")


def _grouped(digits: str, sizes: tuple[int, ...], gap: str) -> str:
    ends = [sum(sizes[:n]) for n in range(len(sizes) + 1)]
    return gap.join(digits[a:b] for a, b in zip(ends, ends[1:], strict=False))


@st.composite
def mobiles(draw: st.DrawFn, digits: str = "13800138002") -> str:
    before = draw(
        st.sampled_from(
            ["", "+86", "+86 ", "+86-", "0086", "0086-", "86", "86 ", "(+86)", "+ 86 ", "0"]
        )
    )
    sizes = draw(
        st.sampled_from([(3, 4, 4), (11,), (3, 8), (4, 4, 3), (3, 3, 5), (7, 4), (1,) * 11])
    )
    told = before + _grouped(digits, sizes, draw(st.sampled_from(GAPS)))
    told = draw(st.sampled_from([told, told.translate(WIDE), digits.translate(SPELT)]))
    first, last = draw(st.sampled_from(WRAPS))
    return first + told + last


@st.composite
def landlines(
    draw: st.DrawFn, area: str = "0912", local: str = "8350127", always: bool = False
) -> str:
    shapes = ["{}-", "{}", "({})", "（{}）", "{} ", "{}—", "{}·", "{}/", "[{}]", "{}."]
    before = draw(st.sampled_from([*shapes, *([] if always else [None])]))
    code = draw(st.sampled_from(["+86 912 ", "+86912", "0086-912-", "+86(912)", "86-912-"]))
    before = draw(st.sampled_from([before.format(area), code])) if before else ""
    told = before + _grouped(
        local, draw(st.sampled_from([(7,), (3, 4), (4, 3)])), draw(st.sampled_from(GAPS))
    )
    first, last = draw(st.sampled_from(WRAPS))
    return first + draw(st.sampled_from([told, told.translate(WIDE)])) + last


NAMES = ["阿卜杜拉·买买提", "张建国", "王丽", "欧阳娜娜", "John Smith", "吐尔逊江·艾合买提·肉孜"]
DOTS = ["·", "•", "・", "‧", "･", "∙", "⋅", "", " ", " · ", "．", "-", "\u3000", "\u200b", "\n"]


@st.composite
def people(draw: st.DrawFn, name: str) -> str:
    parts = re.split("[· ]", name)
    if len(parts) == 2 and draw(st.booleans()):
        parts = parts[::-1]
    inner = draw(st.sampled_from(["", " ", "\u3000", "\u200b"]))
    told = [part if part.isascii() else inner.join(part) for part in parts]
    dots = DOTS if not name.isascii() else [dot for dot in DOTS if dot.strip() or dot == " "]
    made = draw(st.sampled_from(dots)).join(told)
    return draw(st.sampled_from([made, made.upper()]))


def _shown(told: str) -> str:
    """What can be read of a covered text, digits written out too."""
    return visible(told).translate(str.maketrans("〇零一二三四五六七八九", "00123456789"))


@settings(max_examples=2000, deadline=None)
@given(FILLER, mobiles(), FILLER)
def test_the_callers_mobile_number_is_covered_in_every_spelling(
    before: str, told: str, after: str
) -> None:
    shown = covered(f"{before}。{told}，{after}", hidden(numbers=["138 0013-8002"], wholly=True))
    assert not re.search(r"\d", _shown(shown)) and CALLER in shown
    assert plain(before).strip() in plain(shown) and plain(after).strip() in plain(shown)


@settings(max_examples=2000, deadline=None)
@given(
    FILLER,
    landlines(),
    FILLER,
    st.sampled_from(["0912-8350127", "09128350127", "8350127", "(0912)8350127"]),
)
def test_the_callers_landline_is_covered_with_and_without_its_area(
    before: str, told: str, after: str, typed: str
) -> None:
    shown = covered(f"{before}。{told}，{after}", hidden(numbers=[typed], wholly=True))
    assert not re.search(r"\d", _shown(shown)) and CALLER in shown


@settings(max_examples=2000, deadline=None)
@given(FILLER, st.one_of(mobiles("15912345678"), landlines(local="8350129", always=True)), FILLER)
def test_any_other_number_is_covered_wholly_on_a_confidential_case(
    before: str, told: str, after: str
) -> None:
    shown = covered(f"{before}。{told}，{after}", hidden(numbers=["13800138002"], wholly=True))
    assert not re.search(r"\d", _shown(shown))
    other = covered(f"{before}。{told}，{after}", hidden(numbers=["13800138002"]))
    assert "15912345678" not in _shown(other) and "8350129" not in _shown(other)


@settings(max_examples=2000, deadline=None)
@given(FILLER, st.data(), FILLER, st.sampled_from(NAMES), st.booleans())
def test_a_name_is_covered_with_every_dot_blank_and_order(
    before: str, data: st.DataObject, after: str, name: str, wholly: bool
) -> None:
    told = data.draw(people(name))
    shown = covered(f"{before}，{told}。{after}", hidden([name], wholly=wholly))
    for part in re.split("[· ]", plain(name)):
        assert part not in visible(shown), shown
    assert CALLER in shown


@settings(max_examples=2000, deadline=None)
@given(
    st.sampled_from(["110105", "612722", "650102"]),
    st.dates(date(1900, 1, 1), date(2025, 12, 31)),
    st.integers(0, 999),
    st.sampled_from([(18,), (6, 8, 4), (6, 12), (4, 4, 4, 4, 2), (1,) * 18]),
    st.sampled_from(GAPS[:14]),
    st.booleans(),
    FILLER,
)
def test_an_identity_number_is_covered_in_every_spelling(
    region: str, born: date, n: int, sizes: tuple[int, ...], gap: str, wide: bool, before: str
) -> None:
    digits = f"{region}{str(born).replace('-', '')}{n:03}"
    digits += check_digit(digits)
    told = _grouped(digits, sizes, gap)
    told = told.translate(WIDE) if wide else told.upper()
    assert not re.search(r"\d", _shown(covered(f"{before}：{told}。", hidden(wholly=True))))
    assert digits[6:14] not in _shown(covered(f"{before}：{told}。"))


@pytest.mark.parametrize(
    "told",
    [
        "拨打12345、110、119、120、122、95598、10086、96123",
        "电话12345",
        "热线400-123-4567、4001234567、800-810-1234",
        "工单202509230012",
        "神热线交〔2026〕275号",
        "陕K12345",
        "2025年9月23日13时15分",
        "2019-04-25 13:15-17:19",
        "赔偿13800138002元",
        "联系20000元",
        "电话：2019年",
        "预算8476560元",
        "3号楼2单元1301室",
        "邮编719300",
        "13-15-17-19-21-23",
        "12345678901234567890",
        "许可证2014184号",
        "电话20190425",
        "1,380,013,800元",
        "13,800,138,002",
        "13800138002元整",
        "500-2000000元",
        "2019、2020、2021年",
        "电话8350123元",
        "5.5公里",
    ],
)
def test_amounts_days_numbers_of_cases_and_papers_and_services_stay(told: str) -> None:
    assert covered(told, hidden(["张建国"], ["15900001111"], wholly=True)) == told


@pytest.mark.parametrize(
    ("told", "shown"),
    [
        ("电话8350123、8350124", "电话〔号码〕、〔号码〕"),
        ("短号66888", "短号〔号码〕"),
        ("座机：836-0124", "座机：〔号码〕"),
        ("联系人：8360124", "联系人：〔号码〕"),
        ("0000-00000000", "〔号码〕"),
        ("138****1234", "〔号码〕"),
        ("110105491231002", "〔证件号〕"),
        ("尾号8002", "尾号〔诉求人〕"),
        ("0912-8350127转801", "〔号码〕"),
        ("912-8350127", "〔号码〕"),
        ("（912）835-0127", "〔号码〕"),
        ("29-83501270", "〔号码〕"),
        ("13800138003亿达物业", "〔号码〕亿达物业"),
        ("13800138003元宝山路", "〔号码〕元宝山路"),
        ("0912-8350127元宝山路", "〔号码〕元宝山路"),
        ("电话8350123路灯不亮", "电话〔号码〕路灯不亮"),
        ("86，138，0013，8003", "〔号码〕"),
        ("610102，19800101，1234", "〔证件号〕"),
        ("张先生、老张、张某某", "〔诉求人〕、〔诉求人〕、〔诉求人〕"),
        ("建国70周年", "建国70周年"),
        ("建国同志", "〔诉求人〕"),
        ("买买提说", "〔诉求人〕说"),
    ],
)
def test_what_a_person_would_read_as_somebody_is_covered(told: str, shown: str) -> None:
    who = hidden(["张建国", "阿卜杜拉·买买提"], ["13800138002"], wholly=True)
    assert covered(told, who) == shown


def test_on_other_cases_third_persons_are_masked_and_a_family_name_stays() -> None:
    who = hidden(["张建国"], ["13800138002"])
    told = (
        "张建国13800138002，张先生，另15912345678、0912-8350127，证610102198001011234，138****1234"
    )
    shown = "〔诉求人〕〔诉求人〕，张先生，另159****5678、09*******27，证6101**************，138****1234"
    assert covered(told, who) == shown


def test_an_ordinary_word_is_taken_back_but_not_where_it_is_plainly_the_name() -> None:
    told, who = "请方便时回电，我叫方便。方便女士", hidden(["方便"], wholly=True)
    assert covered(told, who) == "请〔诉求人〕时回电，我叫〔诉求人〕。〔诉求人〕女士"
    back = hidden(["方便"], wholly=True, less=["方便"])
    assert covered(told, back) == "请方便时回电，我叫〔诉求人〕。〔诉求人〕女士"


@settings(max_examples=2000, deadline=None)
@given(
    st.data(),
    st.lists(st.sampled_from([*NAMES, "13800138002", "610102198001011234"]), max_size=4),
    st.booleans(),
)
def test_what_the_caller_is_on_file_with_is_never_taken_back(
    data: st.DataObject, more: list[str], wholly: bool
) -> None:
    """Name, number and identity number, in the spelling of the text and in others. Seen failing
    with any run taken back that was named."""
    name = data.draw(st.sampled_from(NAMES))
    told = [
        data.draw(people(name)),
        data.draw(mobiles()),
        "610102198001011234",
        re.split("[· ]", name)[0],
    ]
    text = f"{told[0]}，{told[1]}，证{told[2]}。"
    before = covered(text, hidden([name], ["13800138002"], wholly))
    assert covered(text, hidden([name], ["13800138002"], wholly, less=[*told, *more])) == before
    assert "1980" not in before and not re.search(r"\d{4}$", before)


def test_only_a_guess_is_taken_back() -> None:
    """Somebody else's number, a family name with a title: 张老师 may be who is complained of."""
    told = "张老师打人，电话15912345678；我是张先生，138****8002。"
    less = ["张老师", "15912345678", "张先生", "138****8002"]
    who = hidden(["张建国"], ["13800138002"], wholly=True, less=less)
    assert covered(told, who) == "张老师打人，电话15912345678；我是〔诉求人〕，〔号码〕。"
    assert guesses(told, who) == ["张老师", "15912345678"]
    known = hidden(["张先生"], ["15912345678"], wholly=True)
    assert [is_on_file_with(word, known) for word in less] == [False, True, True, True]


@settings(max_examples=2000, deadline=None)
@given(
    st.sampled_from(["张建国", "王丽", "欧阳娜娜", "张三"]),
    st.sampled_from([" ", "\u3000", "  ", "\u200b", "-", ".", "_"]),
    st.sampled_from(["{}先生", "老{}", "小{}", "{}某某", "{}女士", "{}"]),
    FILLER,
)
def test_a_name_typed_with_a_blank_is_covered_as_the_same_name_without(
    name: str, gap: str, called: str, after: str
) -> None:
    """Seen failing with 张 建国 on file: 张先生 and 老张 stayed."""
    family = name[: 2 if name.startswith("欧阳") else 1]
    typed = family + gap + name.removeprefix(family)
    told = f"{called.format(name if called == '{}' else family)}，{after}"
    assert covered(told, hidden([typed], wholly=True)) == covered(told, hidden([name], wholly=True))
    assert covered(told, hidden([typed])) == covered(told, hidden([name]))


def test_a_word_is_covered_more() -> None:
    who = hidden(wholly=True, more=["红梅理发店"])
    assert covered("在红梅 理发店门口", who) == "在〔略〕门口"
    assert [run.kind for run in runs("在红梅理发店门口", who)] == ["word"]


def test_facts_are_covered_wherever_they_lie_but_for_what_is_spared() -> None:
    who = hidden(["张建国"])
    told = {"a": ["张建国", {"b": "张 建国"}], "unit": "张建国", "n": 3, "none": None}
    assert without_caller(told, who, ("unit",)) == {
        "a": [CALLER, {"b": CALLER}],
        "unit": "张建国",
        "n": 3,
        "none": None,
    }


@pytest.mark.skipif(not MESSAGES.exists(), reason="the messages are not beside the project")
def test_in_real_messages_few_runs_are_covered_that_are_nobodys() -> None:
    found: Counter[str] = Counter()
    with gzip.open(MESSAGES, "rt", encoding="utf-8", newline="") as text:
        for row in csv.DictReader(text):
            for told in (row["留言主题"], row["留言详情"]):
                found.update(_read(told))
    assert found["landline"] == 85 and found["short"] == 2 and found.total() == 87


def _read(told: str) -> list[str]:
    """The kinds of the runs of a message, each looked at: nothing but digits and what joins
    them."""
    kinds = []
    for run in runs(told):
        digits = re.sub(r"\D", "", told[run.start : run.end])
        assert len(digits) in (7, 11, 12), hashlib.sha256(told.encode()).hexdigest()
        kinds.append(run.kind)
    return kinds
