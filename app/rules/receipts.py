"""The receipt 收件号 of a message: twelve random signs that open its state to whoever sent it."""

from __future__ import annotations

import secrets
from unicodedata import normalize

SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
"""Base32: no 0, 1, 8 or 9, which are taken for O, I, B and g."""
LENGTH = 12
"""Sixty bits: nobody finds one by trying. [reach, In]"""
_MISREAD = str.maketrans("018", "OIB")


def new_receipt() -> str:
    """A new receipt, from the system's source of randomness."""
    return "".join(secrets.choice(SIGNS) for _ in range(LENGTH))


def receipt_typed(typed: str) -> str:
    """A receipt as somebody typed it, in the form in which it stands; empty where it is none."""
    plain = "".join(filter(str.isalnum, normalize("NFKC", typed)))
    signs = plain.upper().translate(_MISREAD)
    return signs if len(signs) == LENGTH and set(signs) <= set(SIGNS) else ""


def spaced(receipt: str) -> str:
    """A receipt in groups of four, as it is read out."""
    return " ".join(receipt[at : at + 4] for at in range(0, LENGTH, 4))
