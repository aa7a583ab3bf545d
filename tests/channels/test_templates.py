"""What a template is given: words give way, numbers and dates stay whole."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.channels.sms import Slot, Template
from app.channels.sms.templates import Unfit, shortened

LONG = "工单SM20250930-0012（城关镇东大街路灯不亮）应于2025年10月9日17:30前答复，请尽快办理"


def test_what_fits_stays_as_it_is() -> None:
    assert shortened(LONG, len(LONG)) == LONG
    assert shortened("", 0) == ""


@pytest.mark.parametrize("longest", range(31, len(LONG)))
def test_what_is_longer_is_cut_so_that_number_and_date_stay(longest: int) -> None:
    found = shortened(LONG, longest)
    assert len(found) <= longest
    assert "SM20250930-0012" in found
    assert "2025年10月9日17:30" in found
    assert "…" in found


def test_words_give_way_from_the_end() -> None:
    assert shortened(LONG, 45) == "工单SM20250930-0012（城关镇东大街路灯不亮…2025年10月9日17:30…"
    assert shortened("路灯不亮已经三天", 5) == "路灯不亮…"


@pytest.mark.parametrize(
    ("text", "longest", "told"),
    [
        (
            "超期3件：20250930001、20250930002、20250930003，最迟10月9日",
            22,
            "超…20250930001…10月9日",
        ),
        ("20250930001和20250930002", 14, "20250930001…"),
        ("自10月1日起至10月9日止办结", 8, "自10…10月9日"),
        ("2025-10-09 08:30前", 16, "2025-10-09 08:30"),
    ],
)
def test_of_many_numbers_and_dates_the_first_number_and_the_last_date_stay(
    text: str, longest: int, told: str
) -> None:
    found = shortened(text, longest)
    assert len(found) <= longest
    last = re.findall(r"\d+月\d+日|\d{4}-\d\d-\d\d \d\d:\d\d", text)
    first = re.findall(r"\d{11}", text)
    assert all(kept in found for kept in [*first[:1], *last[-1:]]), (found, told)


@pytest.mark.parametrize(
    ("text", "longest"), [("SM20250930-0012", 10), (LONG, 20), ("10月9日前", 4), ("2025-10-09", 9)]
)
def test_a_number_or_a_date_that_does_not_fit_is_never_broken(text: str, longest: int) -> None:
    with pytest.raises(Unfit) as found:
        shortened(text, longest)
    assert found.value.code == "field_too_long"
    assert text not in str(found.value)


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.sampled_from(["SM20250930-0012", "10月9日", "路灯", "，", "东大街的路灯不亮"]),
        max_size=9,
    ),
    st.integers(0, 60),
)
def test_whatever_is_cut_fits_and_holds_no_broken_number(parts: list[str], longest: int) -> None:
    text = "，".join(parts)
    try:
        found = shortened(text, longest)
    except Unfit:
        return
    assert len(found) <= longest
    left = found.replace("SM20250930-0012", "").replace("10月9日", "")
    assert not re.search(r"[0-9]", left), found


def test_a_template_takes_its_fields_in_its_order_under_its_names() -> None:
    template = Template("SMS_1", (Slot("due_on", "day", 20), Slot("number", "no", 20)))
    fields = {"number": "SM1", "due_on": "10月9日", "unit": "水务局"}
    assert template.filled(fields) == (("day", "10月9日"), ("no", "SM1"))


def test_a_field_that_the_message_has_not_is_no_empty_one() -> None:
    with pytest.raises(Unfit) as found:
        Template("SMS_1", (Slot("due_on", "day", 20),)).filled({"number": "SM1"})
    assert found.value.code == "field_missing"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("见https://evil.example/x?y=1，谢谢", "见…，谢谢"),
        ("加WWW.evil.cn看", "加…看"),
        ("打开evil.com/pay吧", "打开…吧"),
        ("【某银行】通知", "〔某银行〕通知"),
        ("两\r\n行\t字", "两 行 字"),
        ("2025.10.09到期", "2025.10.09到期"),
        ("长3.5米", "长3.5米"),
    ],
)
def test_no_link_no_second_signature_and_no_line_goes_into_a_field(text: str, told: str) -> None:
    assert Template("1", (Slot("words", "w", 40),)).filled({"words": text}) == (("w", told),)
