"""The number of a paper or a case, as it is typed."""

from __future__ import annotations

import unicodedata

_OPENING = str.maketrans("[［【(（〈<", "〔〔〔〔〔〔〔")
_CLOSING = str.maketrans("]］】)）〉>", "〕〕〕〕〕〕〕")


def paper_number(typed: str) -> str:
    """A number as papers have it, whatever brackets, widths and blanks it was typed with, and with
    the sign that ends it."""
    told = "".join(unicodedata.normalize("NFKC", typed).split())
    told = told.translate(_OPENING).translate(_CLOSING)
    return f"{told}号" if "〔" in told and told[-1:].isdecimal() else told
