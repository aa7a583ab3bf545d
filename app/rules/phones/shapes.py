"""The shapes of telephone numbers, kind by kind."""

from __future__ import annotations

import re

SHORTEST, LONGEST = 5, 20
"""How many digits a number has; those of the services (110, 12345) are known one by one."""
MOBILE, LANDLINE, LOCAL, SERVICE = "mobile", "landline", "local", "service"
SHORT, ABROAD, OTHER = "short", "abroad", "other"
"""The kinds of numbers: `landline` with its area code, `local` without, `short` a group's own of
five or six digits, `abroad` with another country's code, `other` what has no known shape."""
AREA = re.compile(r"0(?:10|2\d|[3-9]\d{2})")
"""An area code of this country."""
MOBILE_SHAPE = re.compile(r"1[3-9]\d{9}")
LANDLINE_SHAPE = re.compile(r"(?:0(?:10|2\d|[3-9]\d{2}))[1-9]\d{6,7}")
LOCAL_SHAPE = re.compile(r"[1-9]\d{6,7}")
SERVICE_SHAPE = re.compile(
    r"11[0-49]|12[0-4]\d{2}|12[02]|1[01]\d{3}|9[56]\d{3,4}|95\d{6}|[48]00\d{7}"
)
NATIONAL_SHAPE = re.compile(r"[48]00\d{7}")
SERVICE_OF_AREA = re.compile(r"(0(?:10|2\d|[3-9]\d{2}))(1[0-2]\d{1,3}|9[56]\d{3,4})")
_CARRIER = re.compile(r"(?:179\d{2}|12593|10193)(?=0?1[3-9]\d{9}$|0\d{9,11}$)")


def inland(digits: str, plus: bool) -> str:
    """Digits without this country's code and what is dialled before a number; a number of another
    country begins with +."""
    if not plus and _dials_abroad(digits):
        digits, plus = digits[2:], True
    if plus and not digits.startswith("86"):
        return f"+{digits}"
    if plus or (digits.startswith("86") and _national(digits[2:])):
        digits = digits[2:]
    return _with_its_zero(_CARRIER.sub("", digits, count=1))


def _dials_abroad(digits: str) -> bool:
    """Whether these digits begin with 00 and the code of a country."""
    return digits.startswith("00") and len(digits) > 10 and digits[2] != "0"


def _with_its_zero(digits: str) -> str:
    """A mobile number without the zero that was dialled, an area code with the one left out."""
    if digits.startswith("0") and MOBILE_SHAPE.fullmatch(digits[1:]):
        return digits[1:]
    known = MOBILE_SHAPE.fullmatch(digits) or SERVICE_SHAPE.fullmatch(digits)
    without_zero = len(digits) in (10, 11) and not known and LANDLINE_SHAPE.fullmatch(f"0{digits}")
    return f"0{digits}" if without_zero else digits


def _national(rest: str) -> bool:
    """Whether what follows 86 is a number of its own: then 86 was the country's code."""
    known = (MOBILE_SHAPE, LANDLINE_SHAPE, NATIONAL_SHAPE, LOCAL_SHAPE)
    longer = len(rest) >= 9 and LANDLINE_SHAPE.fullmatch(f"0{rest}") is not None
    return (
        longer
        or any(shape.fullmatch(rest) for shape in known)
        or bool(re.fullmatch(r"01[3-9]\d{9}", rest))
    )


def is_whole(digits: str, plus: bool) -> bool:
    """Whether nothing is missing from these digits: a local number begins with no 1."""
    digits = inland(digits, plus)
    local = LOCAL_SHAPE.fullmatch(digits) and digits[0] != "1"
    return bool(local) or any(
        shape.fullmatch(digits) for shape in (MOBILE_SHAPE, LANDLINE_SHAPE, NATIONAL_SHAPE)
    )


_KINDS = (
    (MOBILE_SHAPE, MOBILE),
    (SERVICE_SHAPE, SERVICE),
    (LANDLINE_SHAPE, LANDLINE),
    (SERVICE_OF_AREA, SERVICE),
    (LOCAL_SHAPE, LOCAL),
)
"""The kinds that have a shape, in the order in which they are tried."""


def kind_of_digits(digits: str) -> str:
    """The kind of a number whose digits are as they are compared."""
    if digits.startswith("+"):
        return ABROAD
    for shape, kind in _KINDS:
        if shape.fullmatch(digits):
            return kind
    return SHORT if len(digits) <= 6 else OTHER
