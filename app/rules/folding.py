"""Text as it is compared: one width, one case, one hyphen, one middle dot, one blank, nothing
invisible; and the way back to the very signs that were typed, so that what is found in the folded
text is covered in the typed one.

Folded are, sign by sign: compatibility forms (full width, circled, superscript: NFKD), case, digits
of any script (to 0-9), hyphens and dashes (to -), middle dots and bullets (to ·), brackets of any
shape but round ones (to [ and ]), quotation marks (to '), blanks (a run to one; to a line's end
where one is within), accents and invisible signs (dropped).
"""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

HYPHEN, DOT, BLANK, LINE = "-", "·", " ", "\n"
_HYPHENS = "\u02d7\u2043\u207b\u208b\u2212\u2500\u2501\u2796\u30fc\uff70\ufe63\uff0d"
_DOTS = (
    "\u00b7\u0387\u16eb\u2022\u2027\u2218\u2219\u22c5\u25cf\u25e6\u26ab\u2981"
    "\u2e30\u2e31\u2e33\u30fb\uff65\ua78f\U00010101"
)
_BLANKS = "\u115f\u1160\u2800\u3164\uffa0"
_LINES = "\n\r\v\f\u0085\u2028\u2029"
_OPENING, _CLOSING = "[〔【［「『〖〘〚⟦❲﹝｛{", "]〕】］」』〗〙〛⟧❳﹞｝}"
_QUOTES = "'\"`´‘’‚‛“”„‟′″ʹʺʻʼ＇＂"
_KNOWN = {
    **dict.fromkeys(_HYPHENS, HYPHEN),
    **dict.fromkeys(_DOTS, DOT),
    **dict.fromkeys(_BLANKS, BLANK),
    **dict.fromkeys(_LINES, LINE),
    **dict.fromkeys(_OPENING, "["),
    **dict.fromkeys(_CLOSING, "]"),
    **dict.fromkeys(_QUOTES, "'"),
}
_DROPPED = {"Mn", "Me", "Cf", "Cc", "Cs"}
"""Categories of signs that cannot be seen by themselves: marks on others, directions, joiners,
controls."""


@dataclass(frozen=True)
class Folded:
    """A folded text; sign i of it was typed as `typed[starts[i]:ends[i]]`. The ends take invisible
    signs along."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def typed(self, start: int, end: int) -> tuple[int, int]:
        """Where a run of the folded text (end exclusive) stands in the typed one; an empty run is
        refused."""
        if not 0 <= start < end <= len(self.text):
            raise ValueError("no run of this text")
        return self.starts[start], self.ends[end - 1]

    def at(self, typed: int) -> int:
        """The first folded sign that was typed at a position or after it."""
        return bisect_left(self.starts, typed)


@lru_cache(maxsize=1 << 16)
def folded_sign(sign: str) -> str:
    """One typed sign as it is compared: none, one or several signs."""
    known = _KNOWN.get(sign)
    if known is not None:
        return known
    return "".join(_plain(each) for each in _spread(sign))


def _spread(sign: str) -> str:
    """A sign taken apart, whatever its width and its case; twice, for what a small letter is taken
    apart to."""
    for _ in range(2):
        sign = unicodedata.normalize("NFKD", sign).casefold()
    return unicodedata.normalize("NFKD", sign)


def _plain(sign: str) -> str:
    if sign in _KNOWN:
        return _KNOWN[sign]
    category = unicodedata.category(sign)
    if sign == "\t" or category == "Zs":
        return BLANK
    if category in _DROPPED:
        return ""
    if category == "Nd":
        return str(unicodedata.digit(sign))
    return HYPHEN if category == "Pd" else sign


def fold(text: str) -> Folded:
    """The text as it is compared, with the way back."""
    spelled = [*map(folded_sign, text)]
    plainly = "".join(spelled)
    if len(plainly) == len(text) and all(spelled) and BLANK not in plainly and LINE not in plainly:
        return Folded(plainly, tuple(range(len(text))), tuple(range(1, len(text) + 1)))
    return _with_the_way_back(spelled)


def _with_the_way_back(spelled: Sequence[str]) -> Folded:
    """A text of which not every sign is folded to one sign, each typed sign as it is folded."""
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    newest = 0
    for at, folded in enumerate(spelled):
        first = len(signs)
        for sign in folded:
            if sign in (BLANK, LINE) and signs and signs[-1] in (BLANK, LINE):
                signs[-1] = max(sign, signs[-1], key=lambda blank: blank == LINE)
            else:
                signs.append(sign)
                starts.append(at)
        ends += [at + 1] * (len(signs) - first)
        newest = first if len(signs) > first else newest
        # What cannot be seen, and further blanks, go with the sign before them.
        ends[newest:] = [at + 1] * (len(signs) - newest)
    return Folded("".join(signs), tuple(starts), tuple(ends))


def plain(text: str) -> str:
    """The folded text alone."""
    return fold(text).text


def visible(text: str) -> str:
    """The signs of a text that can be seen: folded, without blanks."""
    return plain(text).replace(BLANK, "").replace(LINE, "")


_COMPATIBLE = (
    (0, 0x3400),
    (0xA000, 0xAC00),
    (0xF900, 0x11000),
    (0x11000, 0x12000),
    (0x16A00, 0x16C00),
    (0x1D400, 0x1D800),
    (0x1E100, 0x1EA00),
    (0x1F100, 0x1F300),
    (0x1FBF0, 0x1FBFA),
    (0x2F800, 0x2FA20),
)
"""Where signs stand that are folded to a figure, a Latin letter or a Chinese character; a test
looks beyond them."""


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    found: dict[str, list[str]] = {}
    for first, over in _COMPATIBLE:
        for sign in map(chr, range(first, over)):
            for each in {*folded_sign.__wrapped__(sign)}:
                found.setdefault(each, []).append(sign)
    return {sign: "".join(typed) for sign, typed in found.items()}


def spellings(sign: str) -> str | None:
    """All signs that are folded to a figure, a Latin letter or a Chinese character, or to several
    of which it is one; None of other signs, which are not looked up."""
    figure_or_letter = sign.isascii() and sign.isalnum()
    if not figure_or_letter and not "\u3400" <= sign <= "\u9fff":
        return None
    return "".join({*_spellings().get(sign, ""), sign})


_BETWEEN = r"[\s\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\u2800\u3164\ufe00-\ufe0f\ufeff]{0,4}"


_APART = r"[\W_]{0,4}"
"""What may stand between the digits of a number: any signs but letters and figures."""


@lru_cache(maxsize=256)
def seek(word: str, apart: bool = False) -> re.Pattern[str] | None:
    """What finds a word in typed text however it is spelled there, with blanks between its signs or
    without (`apart`: with any signs, as between the digits of a number); None where nothing of it
    can be seen."""
    signs = visible(word)
    if not signs:
        return None
    return re.compile((_APART if apart else _BETWEEN).join(_spelled(sign) for sign in signs))


def anchored(pattern: re.Pattern[str], where: str) -> re.Pattern[str]:
    """The same at the `start` of a text or as the `whole` of it, whatever cannot be seen before and
    behind; anywhere in it, where neither is asked."""
    unseen = _BETWEEN.removesuffix("{0,4}") + "*"
    if not where:
        return pattern
    return re.compile(rf"\A{unseen}(?:{pattern.pattern})" + (rf"{unseen}\Z" * (where == "whole")))


@lru_cache(maxsize=4096)
def _spelled(sign: str) -> str:
    single = {typed for typed in _spellings().get(sign, "") if folded_sign(typed) == sign}
    return "[" + "".join(re.escape(typed) for typed in sorted({*single, sign})) + "]"
