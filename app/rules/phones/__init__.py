"""Telephone numbers: what was typed, read as a person would read it, and the form in which they are
compared.

A number is written in full-width digits, with blanks, hyphens, dots or brackets, with or without
0086 and area code, between invisible signs that an address book puts around it, after 电话 or `tel:`.
All of these are one number. What was typed stays as typed; this module says which number it is.
[procedure 1] Loads without any framework.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from app.rules.folding import visible
from app.rules.phones.shapes import (
    ABROAD,
    AREA,
    LANDLINE,
    LANDLINE_SHAPE,
    LOCAL,
    LONGEST,
    MOBILE,
    MOBILE_SHAPE,
    NATIONAL_SHAPE,
    OTHER,
    SERVICE,
    SERVICE_OF_AREA,
    SERVICE_SHAPE,
    SHORT,
    SHORTEST,
    inland,
    kind_of_digits,
)
from app.rules.phones.typed import (
    NoNumber,
    apart,
    bare,
    folded,
    is_several,
    may_part,
    paper_extension,
)

__all__ = [
    "ABROAD",
    "AREA",
    "LANDLINE",
    "LOCAL",
    "LONGEST",
    "MOBILE",
    "OTHER",
    "SERVICE",
    "SHORT",
    "SHORTEST",
    "SOUGHT",
    "NoNumber",
    "Number",
    "canonical",
    "forms",
    "is_number",
    "kind_of",
    "mask",
    "needs_area",
    "read",
    "sought",
    "why_not",
]


@dataclass(frozen=True)
class Number:
    """A number that was read: its digits as they are compared (one from abroad begins with +), its
    kind, and the extension, which is set apart."""

    digits: str
    kind: str
    extension: str = ""


def read(typed: str, area_code: str = "") -> Number:
    """The number that was typed, completed by the office's own area code where one is given.
    NoNumber says why what was typed is none."""
    text = bare(typed)
    try:
        number = _single(text, area_code)
    except NoNumber:
        if is_several(text):
            raise NoNumber("two_numbers") from None
        raise
    if number.kind == OTHER and is_several(text):
        raise NoNumber("two_numbers")
    return number


def _single(text: str, area_code: str) -> Number:
    text, extension = apart(text)
    parts = re.findall(r"\d+", text)
    plus = re.match(r"[^\d]*\+", text) is not None
    if not extension and len(parts) > 1:
        parts, extension = paper_extension(parts, plus)
    digits = inland("".join(parts), plus)
    _callable(digits)
    return _named(digits, extension, area_code)


def _callable(digits: str) -> None:
    """Raises NoNumber where these digits can be nobody's."""
    plain = digits.removeprefix("+")
    if not SERVICE_SHAPE.fullmatch(plain) and len(plain) < SHORTEST:
        raise NoNumber("too_short")
    if len(plain) > LONGEST:
        raise NoNumber("too_long")
    if not plain.strip("0"):
        raise NoNumber("zeros")
    if not digits.startswith("+") and re.fullmatch(r"1[3-9](\d{8}|\d{10})", plain):
        raise NoNumber("mobile_digits")


def _named(digits: str, extension: str, area_code: str) -> Number:
    """A number of its kind; a local one is completed by the office's own area code, a service's
    needs none."""
    service = SERVICE_OF_AREA.fullmatch(digits)
    if service and service[1] == area_code and not LANDLINE_SHAPE.fullmatch(digits):
        digits = service[2]
    kind = kind_of_digits(digits)
    whole = f"{area_code}{digits}"
    if kind == LOCAL and area_code and LANDLINE_SHAPE.fullmatch(whole):
        return Number(whole, LANDLINE, extension)
    return Number(digits, kind, extension)


SOUGHT = 7
"""How many digits make a word that is searched for a number: a mobile one, a landline, a case's
own."""


def sought(word: str) -> str:
    """The digits of a word that is a number and nothing else, of a mobile number without the
    country's code; empty for any other word."""
    signs = visible(word)
    digits = "".join(sign for sign in signs if sign.isdigit())
    others = {sign for sign in signs if not sign.isdigit()}
    if len(digits) < SOUGHT or not all(map(may_part, others)):
        return ""
    return canonical(word) if kind_of(word) == MOBILE else digits


def is_number(typed: str) -> bool:
    """Whether this can be called."""
    return why_not(typed) is None


def why_not(typed: str) -> NoNumber | None:
    """Why this cannot be called; None where it can."""
    try:
        read(typed)
    except NoNumber as no:
        return no
    return None


def canonical(typed: str, area_code: str = "") -> str:
    """The form in which numbers are compared: digits, the area code before a local number where the
    office's own is given, no extension. Of what is no number its digits: equal words stay equal."""
    try:
        return read(typed, area_code).digits
    except NoNumber:
        return re.sub(r"\D", "", folded(typed))


def kind_of(typed: str, area_code: str = "") -> str:
    """The kind of a number; empty where it is none."""
    try:
        return read(typed, area_code).kind
    except NoNumber:
        return ""


def forms(typed: str, area_code: str) -> tuple[str, ...]:
    """How one number may stand on file: with and without the office's own area code, which stands
    there only where it was typed, so that the office may change it. None for what has no digits."""
    digits = canonical(typed)
    if not digits:
        return ()
    if needs_area(typed):
        if area_code and digits.startswith(area_code):
            return digits, digits.removeprefix(area_code)
        if area_code and not digits.startswith("0"):
            return digits, f"{area_code}{digits}"
    return (digits,)


def needs_area(typed: str) -> bool:
    """Whether the office's own area code may stand before a number, or be left out."""
    digits = canonical(typed)
    national = (
        MOBILE_SHAPE.fullmatch(digits) or NATIONAL_SHAPE.fullmatch(digits) or digits.startswith("+")
    )
    return bool(digits) and not national


def mask(typed: str, area_code: str = "") -> str:
    """A number as it is shown covered: three and four digits of a mobile number, of any other the
    first two and the last two, and fewer than half; the same however it was typed. [procedure 1]"""
    digits = canonical(typed, area_code)
    if MOBILE_SHAPE.fullmatch(digits):
        return f"{digits[:3]}****{digits[-4:]}"
    most = max(len(digits.removeprefix("+")) - 1, 0) // 2
    first, last = min(2, (most + 1) // 2), min(2, most // 2)
    first += digits.startswith("+")
    return digits[:first] + "*" * (len(digits) - first - last) + digits[len(digits) - last :]
