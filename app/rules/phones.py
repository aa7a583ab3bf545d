"""Telephone numbers: what was typed, read as a person would read it, and the form in which they are
compared.

A number is written in full-width digits, with blanks, hyphens, dots or brackets, with or without
0086 and area code, between invisible signs that an address book puts around it, after 电话 or
`tel:`. All of these are one number. What was typed stays as typed; this module says which number
it is. [procedure 1] Loads without any framework.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from app.rules.folding import BLANK, LINE, plain, visible

SHORTEST, LONGEST = 5, 20
"""How many digits a number has; those of the services (110, 12345) are known one by one."""
MOBILE, LANDLINE, LOCAL, SERVICE = "mobile", "landline", "local", "service"
SHORT, ABROAD, OTHER = "short", "abroad", "other"
"""The kinds of numbers: `landline` with its area code, `local` without, `short` a group's own of
five or six digits, `abroad` with another country's code, `other` what has no known shape."""
AREA = re.compile(r"0(?:10|2\d|[3-9]\d{2})")
"""An area code of this country."""
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:0(?:10|2\d|[3-9]\d{2}))[1-9]\d{6,7}")
_LOCAL = re.compile(r"[1-9]\d{6,7}")
_SERVICE = re.compile(r"11[0-49]|12[0-4]\d{2}|12[02]|1[01]\d{3}|9[56]\d{3,4}|95\d{6}|[48]00\d{7}")
_NATIONAL = re.compile(r"[48]00\d{7}")
_OF_AN_AREA = re.compile(r"(0(?:10|2\d|[3-9]\d{2}))(1[0-2]\d{1,3}|9[56]\d{3,4})")
_CARRIER = re.compile(r"(?:179\d{2}|12593|10193)(?=0?1[3-9]\d{9}$|0\d{9,11}$)")
_WORDS = (
    r"本人|联系|来电|办公|家庭|固定|移动|手机|单位|住宅|值班|座机|电话|号码?|固话|宅电|家|办|宅|"
    r"tel(?:ephone)?|phone|mob(?:ile)?|cell|callto|fax|home|work|office|no\.|number"
)
_BEFORE = re.compile(rf"^[\[(<\s]*(?:(?:{_WORDS}|[tmpho](?=[.:]))[.:=, ]*)+[\])>\s:]*")
_AFTER = re.compile(rf"[\[(<\s]*(?:(?:{_WORDS})[.:=, ]*)+[\])>\s]*$")
"""What an address book or a paper calls a number, before it and after it."""
_EXTENSION = re.compile(
    r"(?:转接|转|轉|分机号|分机|分機|内线|;ext=|extension|ext\.?|[x#;p])[ .:：-]*(\d{1,6})#?$"
)
_PAUSE = re.compile(r",+ *(\d{1,6})#?$")
_MARK = re.compile(r"(?:转接?|轉|分机号?|分機|内线|ext(?:ension)?\.?)[ .:：-]*$")
_SIGN = ".·。、,/\\∕⁄~<>'+:"
_BETWEEN = ("Pd", "Pc", "Ps", "Pe", "Pi", "Pf")
"""Signs that may stand between a number's digits, and the kinds of them."""
_NUMERALS = {
    **dict(zip("〇一二三四五六七八九", "0123456789", strict=True)),
    **dict(zip("零壹贰叁肆伍陆柒捌玖", "0123456789", strict=True)),
    **dict(zip("○洞幺两陸拐勾", "0012679", strict=True)),
}
"""Digits as they are written out, or spelt over the wire."""


@dataclass(frozen=True)
class Number:
    """A number that was read: its digits as they are compared (one from abroad begins with +), its
    kind, and the extension, which is set apart."""

    digits: str
    kind: str
    extension: str = ""


class NoNumber(ValueError):
    """What cannot be called: `why` is a word of the vocabulary `phone_wrong`, `sign` the first
    sign that no number has."""

    def __init__(self, why: str, sign: str = "") -> None:
        super().__init__(why)
        self.why, self.sign = why, sign


def read(typed: str, area_code: str = "") -> Number:
    """The number that was typed, completed by the office's own area code where one is given.
    NoNumber says why what was typed is none."""
    text = _bare(typed)
    try:
        found = _single(text, area_code)
    except NoNumber:
        if _two(text):
            raise NoNumber("two_numbers") from None
        raise
    if found.kind == OTHER and _two(text):
        raise NoNumber("two_numbers")
    return found


def _single(text: str, area_code: str) -> Number:
    text, extension = _apart(text)
    parts = re.findall(r"\d+", text)
    plus = re.match(r"[^\d]*\+", text) is not None
    if not extension and len(parts) > 1:
        parts, extension = _paper_extension(parts, plus)
    digits = _inland("".join(parts), plus)
    _callable(digits)
    return _kept(digits, extension, area_code)


def _two(text: str) -> bool:
    """Whether a text that is not one number is two of them or more."""
    found = (re.sub(r"\D", "", part) for part in re.split(r"[,;、/|\s和或及]+|or|and", text))
    parts = [part for part in found if part]
    return len(parts) > 1 and all(len(part) >= 7 for part in parts)


def _folded(typed: str) -> str:
    """What was typed in one width and in small letters, digits of every script as 0-9, without the
    signs that nobody sees, in one line."""
    return plain(typed).replace(LINE, BLANK).strip()


def _bare(typed: str) -> str:
    """What was typed without label, scheme and blanks around it; NoNumber where a word for an
    extension stands without one."""
    text = re.sub(r";phone-context=.*$", "", _folded(typed))
    text = _AFTER.sub("", _BEFORE.sub("", text)).strip(" :;,.，。、；")
    if not re.search(r"\d", text):
        text = re.sub(r"[〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖○洞幺两陸拐勾]", _spelt, text)
    else:
        text = re.sub(r"(?<=\d)一(?=\d)", "-", text)
    if _MARK.search(text):
        raise NoNumber("extension_missing")
    return text


def _spelt(found: re.Match[str]) -> str:
    return _NUMERALS[found.group()]


def _apart(text: str) -> tuple[str, str]:
    """A number and its extension, which follows a word or a sign for it."""
    marked, paused = _EXTENSION.search(text), _PAUSE.search(text)
    head = text[: paused.start()] if paused else ""
    if marked is None and _whole(re.sub(r"\D", "", head), "+" in head):
        marked = paused
    text, extension = (text[: marked.start()], marked.group(1)) if marked else (text, "")
    for place, sign in enumerate(text):
        between = sign in _SIGN or unicodedata.category(sign) in _BETWEEN
        if not (sign.isdigit() or sign == " " or between) or (
            sign == "+" and re.search(r"\d", text[:place])
        ):
            raise NoNumber("sign", sign)
    return text.strip(), extension


def _whole(digits: str, plus: bool) -> bool:
    """Whether nothing is missing from these digits: a local number begins with no 1."""
    digits = _inland(digits, plus)
    local = _LOCAL.fullmatch(digits) and digits[0] != "1"
    return bool(local) or any(shape.fullmatch(digits) for shape in (_MOBILE, _LANDLINE, _NATIONAL))


def _paper_extension(parts: list[str], plus: bool) -> tuple[list[str], str]:
    """An extension as papers write it: a further group of at most five digits after a number."""
    whole, last = parts[:-1], parts[-1]
    further = len(whole[-1]) >= 7 and len(last) <= 5 and _whole("".join(whole), plus)
    mobile = _MOBILE.fullmatch(_inland("".join(parts), plus))
    return (whole, last) if further and not mobile else (parts, "")


def _inland(digits: str, plus: bool) -> str:
    """Digits without this country's code and what is dialled before a number; a number of another
    country begins with +."""
    if not plus and digits.startswith("00") and len(digits) > 10 and digits[2] != "0":
        digits, plus = digits[2:], True
    if plus and not digits.startswith("86"):
        return f"+{digits}"
    if plus or (digits.startswith("86") and _national(digits[2:])):
        digits = digits[2:]
    digits = _CARRIER.sub("", digits, count=1)
    if digits.startswith("0") and _MOBILE.fullmatch(digits[1:]):
        return digits[1:]
    known = _MOBILE.fullmatch(digits) or _SERVICE.fullmatch(digits)
    without_zero = len(digits) in (10, 11) and not known and _LANDLINE.fullmatch(f"0{digits}")
    return f"0{digits}" if without_zero else digits


def _national(rest: str) -> bool:
    """Whether what follows 86 is a number of its own: then 86 was the country's code."""
    known = (_MOBILE, _LANDLINE, _NATIONAL, _LOCAL)
    longer = len(rest) >= 9 and _LANDLINE.fullmatch(f"0{rest}") is not None
    return (
        longer
        or any(shape.fullmatch(rest) for shape in known)
        or bool(re.fullmatch(r"01[3-9]\d{9}", rest))
    )


def _callable(digits: str) -> None:
    """Raises NoNumber where these digits can be nobody's."""
    plain = digits.removeprefix("+")
    if not _SERVICE.fullmatch(plain) and len(plain) < SHORTEST:
        raise NoNumber("too_short")
    if len(plain) > LONGEST:
        raise NoNumber("too_long")
    if not plain.strip("0"):
        raise NoNumber("zeros")
    if not digits.startswith("+") and re.fullmatch(r"1[3-9](\d{8}|\d{10})", plain):
        raise NoNumber("mobile_digits")


def _kept(digits: str, extension: str, area_code: str) -> Number:
    of_area = _OF_AN_AREA.fullmatch(digits)
    if of_area and of_area[1] == area_code and not _LANDLINE.fullmatch(digits):
        digits = of_area[2]
    if digits.startswith("+"):
        return Number(digits, ABROAD, extension)
    for shape, kind in ((_MOBILE, MOBILE), (_SERVICE, SERVICE), (_LANDLINE, LANDLINE)):
        if shape.fullmatch(digits):
            return Number(digits, kind, extension)
    if _OF_AN_AREA.fullmatch(digits):
        return Number(digits, SERVICE, extension)
    if _LOCAL.fullmatch(digits):
        whole = area_code and _LANDLINE.fullmatch(f"{area_code}{digits}")
        return (
            Number(f"{area_code}{digits}", LANDLINE, extension)
            if whole
            else Number(digits, LOCAL, extension)
        )
    return Number(digits, SHORT if len(digits) <= 6 else OTHER, extension)


SOUGHT = 7
"""How many digits make a word that is searched for a number: a mobile one, a landline, a case's
own."""


def sought(word: str) -> str:
    """The digits of a word that is a number and nothing else, of a mobile number without the
    country's code; empty for any other word."""
    signs = visible(word)
    digits = "".join(sign for sign in signs if sign.isdigit())
    others = {sign for sign in signs if not sign.isdigit()}
    if len(digits) < SOUGHT or any(
        sign not in _SIGN and unicodedata.category(sign) not in _BETWEEN for sign in others
    ):
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
        return re.sub(r"\D", "", _folded(typed))


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
    national = _MOBILE.fullmatch(digits) or _NATIONAL.fullmatch(digits) or digits.startswith("+")
    return bool(digits) and not national


def mask(typed: str, area_code: str = "") -> str:
    """A number as it is shown covered: three and four digits of a mobile number, of any other the
    first two and the last two, and fewer than half; the same however it was typed. [procedure 1]"""
    digits = canonical(typed, area_code)
    if _MOBILE.fullmatch(digits):
        return f"{digits[:3]}****{digits[-4:]}"
    most = max(len(digits.removeprefix("+")) - 1, 0) // 2
    first, last = min(2, (most + 1) // 2), min(2, most // 2)
    first += digits.startswith("+")
    return digits[:first] + "*" * (len(digits) - first - last) + digits[len(digits) - last :]
