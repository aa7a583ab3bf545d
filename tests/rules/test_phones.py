"""Numbers are compared in one canonical form however they were typed. [procedure 1]"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules import phones
from app.rules.phones import NoNumber, canonical, forms, is_number, kind_of, mask, read, why_not
from tests.spellings import (
    AREA_CODE,
    ONE_LANDLINE,
    ONE_MOBILE,
    SOME_LANDLINE,
    SOME_MOBILE,
    landline,
    mobile,
)

OFTEN = settings(max_examples=2000, derandomize=True, deadline=None)


@OFTEN
@given(mobile())
def test_a_mobile_number_is_one_however_it_was_typed(typed: str) -> None:
    assert is_number(typed)
    assert forms(typed, AREA_CODE) == (canonical(typed),) == (ONE_MOBILE,)
    assert mask(typed) == "138****3333"


@OFTEN
@given(landline())
def test_a_landline_of_the_offices_own_area_is_one_with_and_without_its_code(typed: str) -> None:
    assert is_number(typed)
    assert canonical(typed, AREA_CODE) == ONE_LANDLINE
    assert {*forms(typed, AREA_CODE)} == {ONE_LANDLINE, ONE_LANDLINE.removeprefix(AREA_CODE)}
    assert mask(typed, AREA_CODE) == "09*******23"


@pytest.mark.parametrize("typed", SOME_MOBILE)
def test_each_way_to_write_a_mobile_number(typed: str) -> None:
    assert is_number(typed) and canonical(typed) == ONE_MOBILE and kind_of(typed) == phones.MOBILE


@pytest.mark.parametrize("typed", SOME_LANDLINE)
def test_each_way_to_write_a_landline_number(typed: str) -> None:
    assert is_number(typed) and canonical(typed, AREA_CODE) == ONE_LANDLINE
    assert kind_of(typed, AREA_CODE) == phones.LANDLINE


@settings(max_examples=300, derandomize=True, deadline=None)
@given(
    st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True).flatmap(
        lambda digits: st.tuples(st.just(digits), mobile(digits))
    )
)
def test_every_mobile_number_is_itself(drawn: tuple[str, str]) -> None:
    digits, typed = drawn
    assert canonical(typed, AREA_CODE) == digits


@settings(max_examples=300, derandomize=True, deadline=None)
@given(
    st.from_regex(r"0912[2-8][0-9]{6,7}", fullmatch=True).flatmap(
        lambda n: st.tuples(st.just(n), landline(n))
    )
)
def test_every_landline_number_of_seven_or_eight_digits_is_itself(drawn: tuple[str, str]) -> None:
    digits, typed = drawn
    assert canonical(typed, AREA_CODE) == digits


@pytest.mark.parametrize(
    ("typed", "extension"),
    [
        ("0912-8350123转801", "801"),
        ("0912-8350123-801", "801"),
        ("+86 912 8350123-801", "801"),
        ("8350123 ext. 12", "12"),
        ("8350123#8", "8"),
        ("tel:+86-912-8350123;ext=801", "801"),
        ("09128350123,,801", "801"),
        ("0912-8350123", ""),
    ],
)
def test_an_extension_stands_apart(typed: str, extension: str) -> None:
    assert read(typed, AREA_CODE) == phones.Number(ONE_LANDLINE, phones.LANDLINE, extension)


@pytest.mark.parametrize(
    ("typed", "kind", "digits"),
    [
        ("12345", "service", "12345"),
        ("0912-12345", "service", "12345"),
        ("029-12345", "service", "02912345"),
        ("110", "service", "110"),
        ("95598", "service", "95598"),
        ("96119", "service", "96119"),
        ("400-123-4567", "service", "4001234567"),
        ("800 820 8820", "service", "8008208820"),
        ("10086", "service", "10086"),
        ("635201", "short", "635201"),
        ("66123", "short", "66123"),
        ("010-6234 5678", "landline", "01062345678"),
        ("(029)88881234", "landline", "02988881234"),
        ("029 8888 1234", "landline", "02988881234"),
        ("86 10 62345678", "landline", "01062345678"),
        ("+1 212 555 1234", "abroad", "+12125551234"),
        ("00852 2345 6789", "abroad", "+85223456789"),
        ("8350-1234", "landline", "091283501234"),
    ],
)
def test_the_kinds_of_numbers(typed: str, kind: str, digits: str) -> None:
    assert (kind_of(typed, AREA_CODE), canonical(typed, AREA_CODE)) == (kind, digits)


def test_without_the_offices_area_a_local_number_stays_local() -> None:
    assert (kind_of("835-0123"), canonical("835-0123")) == (phones.LOCAL, "8350123")
    assert canonical("029-8350123", AREA_CODE) == "0298350123" != canonical("8350123", AREA_CODE)
    assert forms("8350123", "") == ("8350123",)
    assert forms("029-88881234", AREA_CODE) == ("02988881234",)


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("12345abc", "sign"),
        ("abc", "sign"),
        ("139****5678", "sign"),
        ("139+12345678", "sign"),
        ("无", "sign"),
        ("不详", "sign"),
        ("1234", "too_short"),
        ("-----", "too_short"),
        ("转801", "too_short"),
        ("+86 1", "too_short"),
        ("", "too_short"),
        ("1" * 21, "too_long"),
        ("8350001转", "extension_missing"),
        ("8350001 ext.", "extension_missing"),
        ("13912345678;13900000000", "two_numbers"),
        ("13912345678、8350123", "two_numbers"),
        ("13912345678/0912-8350123", "two_numbers"),
        ("13912345678 13900000000", "two_numbers"),
        ("13912345678或8350123", "two_numbers"),
        ("0000-00000000", "zeros"),
        ("０００００", "zeros"),
        ("1391234567", "mobile_digits"),
        ("139 1234 56789", "mobile_digits"),
    ],
)
def test_what_is_no_number_says_why(typed: str, why: str) -> None:
    no = why_not(typed)
    assert no is not None and no.why == why
    assert not is_number(typed) and kind_of(typed) == ""


def test_of_what_is_no_number_equal_words_stay_equal() -> None:
    assert canonical("139****5678") == canonical("139＊＊＊＊5678") == "1395678"
    assert canonical("无") == "" and forms("无", AREA_CODE) == ()


@given(st.text(max_size=40))
@settings(max_examples=500, derandomize=True, deadline=None)
def test_any_text_is_a_number_or_says_why_not(typed: str) -> None:
    try:
        read(typed, AREA_CODE)
    except NoNumber as no:
        assert no.why in (
            "sign",
            "too_short",
            "too_long",
            "extension_missing",
            "two_numbers",
            "zeros",
            "mobile_digits",
        )
    assert canonical(canonical(typed)) == canonical(typed)


@pytest.mark.parametrize(
    ("typed", "covered"),
    [
        ("138 0013 1234", "138****1234"),
        ("+86 13800131234", "138****1234"),
        ("836-0124", "09*******24"),
        ("0912-8360124", "09*******24"),
        ("029-88881234", "02*******34"),
        ("12345", "1***5"),
        ("95598", "9***8"),
        ("4001234567", "40******67"),
        ("635201", "6****1"),
        ("110", "1**"),
        ("+1 212 555 1234", "+12*******34"),
        ("", ""),
        ("0912-8360124转801", "09*******24"),
    ],
)
def test_a_mask_shows_three_and_four_digits_of_a_mobile_else_two_and_two_and_fewer_than_half(
    typed: str, covered: str
) -> None:
    assert mask(typed, AREA_CODE) == covered


@settings(max_examples=500, derandomize=True, deadline=None)
@given(st.from_regex(r"[0-9]{3,20}", fullmatch=True), st.sampled_from(("", AREA_CODE)))
def test_a_mask_shows_fewer_than_half_of_any_number_but_a_mobile_one(typed: str, area: str) -> None:
    digits, shown = canonical(typed, area), sum(sign.isdigit() for sign in mask(typed, area))
    if kind_of(typed, area) == phones.MOBILE:
        assert shown == 7
    else:
        assert shown * 2 < len(digits) and shown <= 4
