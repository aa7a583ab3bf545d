"""A telephone number as it was typed: what stands around it, between its digits and behind it."""

from __future__ import annotations

import re
import unicodedata

from app.rules.folding import BLANK, LINE, plain
from app.rules.phones.shapes import MOBILE_SHAPE, inland, is_whole

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


class NoNumber(ValueError):
    """A text that cannot be called: `why` is a word of the vocabulary `phone_wrong`, `sign` the
    first sign that no number has."""

    def __init__(self, why: str, sign: str = "") -> None:
        super().__init__(why)
        self.why, self.sign = why, sign


def folded(typed: str) -> str:
    """The typed text in one width and in small letters, digits of every script as 0-9, without the
    signs that nobody sees, in one line."""
    return plain(typed).replace(LINE, BLANK).strip()


def bare(typed: str) -> str:
    """The typed text without label, scheme and blanks around it; NoNumber where a word for an
    extension stands without one."""
    text = re.sub(r";phone-context=.*$", "", folded(typed))
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


def apart(text: str) -> tuple[str, str]:
    """A number and its extension, which follows a word or a sign for it."""
    marked, paused = _EXTENSION.search(text), _PAUSE.search(text)
    head = text[: paused.start()] if paused else ""
    if marked is None and is_whole(re.sub(r"\D", "", head), "+" in head):
        marked = paused
    text, extension = (text[: marked.start()], marked.group(1)) if marked else (text, "")
    _check_signs(text)
    return text.strip(), extension


def _check_signs(text: str) -> None:
    """Raises NoNumber at the first sign that no number has."""
    for place, sign in enumerate(text):
        known = sign.isdigit() or sign == " " or may_part(sign)
        if not known or (sign == "+" and re.search(r"\d", text[:place])):
            raise NoNumber("sign", sign)


def may_part(sign: str) -> bool:
    """Whether a sign may stand between a number's digits."""
    return sign in _SIGN or unicodedata.category(sign) in _BETWEEN


def paper_extension(parts: list[str], plus: bool) -> tuple[list[str], str]:
    """An extension as papers write it: a further group of at most five digits after a number."""
    whole, last = parts[:-1], parts[-1]
    further = len(whole[-1]) >= 7 and len(last) <= 5 and is_whole("".join(whole), plus)
    mobile = MOBILE_SHAPE.fullmatch(inland("".join(parts), plus))
    return (whole, last) if further and not mobile else (parts, "")


def is_several(text: str) -> bool:
    """Whether a text that is not one number is two of them or more."""
    found = (re.sub(r"\D", "", part) for part in re.split(r"[,;、/|\s和或及]+|or|and", text))
    parts = [part for part in found if part]
    return len(parts) > 1 and all(len(part) >= 7 for part in parts)
