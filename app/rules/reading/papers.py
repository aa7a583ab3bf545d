"""The number of a paper or a case, as it is typed."""

from __future__ import annotations

import unicodedata

_BRACKETS = {"Ps": "〔", "Pe": "〕"}
"""How Unicode calls what opens and what closes -> the bracket of papers."""
_LIKE_BRACKETS = str.maketrans("<>", "〔〕")


def paper_number(typed: str) -> str:
    """A number as papers have it, whatever brackets, widths and blanks it was typed with, and with
    the sign that ends it."""
    told = "".join(unicodedata.normalize("NFKC", typed).split())
    told = "".join(_BRACKETS.get(unicodedata.category(sign), sign) for sign in told)
    told = told.translate(_LIKE_BRACKETS)
    return f"{told}号" if "〔" in told and told[-1:].isdecimal() else told
