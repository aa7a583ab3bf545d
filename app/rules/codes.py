"""One-time codes: ten signs that are read from a telephone and typed into a page.

The signs are the digits and the letters without I, L, O and U: none is taken for another, and no
word is spelled. What was typed is read as it was meant: in any case, width and grouping.
"""

from __future__ import annotations

import hashlib
import hmac
import unicodedata

SIGNS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10
_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1"})


def code_from(key: bytes, about: str) -> str:
    """The code for something, worked out from a key: who has the key can say it again, and it
    stands nowhere."""
    number = int.from_bytes(_digest(key, b"code", about), "big")
    return "".join(SIGNS[(number >> 5 * place) & 31] for place in range(LENGTH))


def hash_of(key: bytes, code: str) -> str:
    """How a code is kept, as 64 hex digits: without the key nobody finds it by trying."""
    return _digest(key, b"hash", code).hex()


def _digest(key: bytes, purpose: bytes, text: str) -> bytes:
    own = hmac.new(key, b"visit by internet: " + purpose, hashlib.sha256).digest()
    return hmac.new(own, text.encode(), hashlib.sha256).digest()


def typed_code(typed: str) -> str:
    """A code as it was meant; empty where what was typed is none."""
    plain = unicodedata.normalize("NFKC", typed).upper().translate(_MEANT)
    signs = "".join(sign for sign in plain if sign.isalnum())
    return signs if len(signs) == LENGTH and not set(signs) - set(SIGNS) else ""


def shown_code(code: str) -> str:
    """A code as it is read out: two groups of five."""
    return f"{code[:5]}-{code[5:]}"
