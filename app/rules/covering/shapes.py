"""The shapes of numbers: digits that a person would read as a telephone or an identity number."""

from __future__ import annotations

import re

AREA = r"0(?:10|2\d|[3-9]\d\d)"
CODE = r"(?:(?:00)?86|17951|12593)"
MOBILE = re.compile(rf"{CODE}?0?1[3-9]\d{{9}}")
SERVICE = re.compile(
    r"11[0-49]|12[02]|12[0-4]\d{2}|10[01]\d{2}|11[1-8]\d{2}|9[56]\d{3,4}|[48]00\d{7}"
)
"""110, 12345, 95598, 400 and their like: nobody's own."""
_MONTH_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
DAY = re.compile(rf"(?:19|20)\d\d{_MONTH_DAY}")
_LANDLINE = re.compile(
    rf"{CODE}?(?:{AREA}[1-9]\d{{6,7}}|0000\d{{7,8}})|((?:00)?86(?:10|2\d|[3-9]\d\d))[2-8]\d{{6,7}}"
)
_REGION = r"(?:1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71|8[1-3])\d{4}"
_OLD = re.compile(rf"{_REGION}\d\d{_MONTH_DAY}\d{{3}}")
_NEW = re.compile(rf"{_REGION}(?:1[89]|20)\d\d{_MONTH_DAY}\d{{3}}[\dx]")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10x98765432"


def is_mobile(digits: str) -> bool:
    """Whether these are a mobile number, with what is dialled before it or not."""
    return MOBILE.fullmatch(digits) is not None


def is_landline(digits: str, ends: frozenset[int] = frozenset()) -> bool:
    """Whether these are an area code (with the country's, perhaps) and a local number. Of a number
    that is written in several groups, `ends` are the places where one ends: not within the area
    code."""
    if _LANDLINE.fullmatch(digits) is None:
        return False
    return not ends or min(ends) >= 3 or re.match(CODE, digits) is not None


def is_identity(digits: str) -> bool:
    """Whether these are an identity number: 18 signs with the right check digit or at least a
    region and a day of birth (a mistyped one is still somebody's), or 15 digits with these."""
    if _NEW.fullmatch(digits) or _OLD.fullmatch(digits):
        return True
    return (
        re.fullmatch(r"[1-9]\d{16}[\dx]", digits) is not None and check_digit(digits) == digits[17]
    )


def check_digit(digits: str) -> str:
    """The check digit of an identity number's first 17 digits (ISO 7064, mod 11-2)."""
    total = sum(int(sign) * weight for sign, weight in zip(digits, _WEIGHTS, strict=False))
    return _CHECKS[total % 11]
