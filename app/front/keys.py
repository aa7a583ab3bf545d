"""Keys of forms and of messages: no cookie, no session, nothing kept. A form carries a key that only
this front makes; what is sent with it has the same 收件号 however often it is sent."""

from __future__ import annotations

import base64
import hmac
import secrets
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

RECEIPT_SIGNS = 12
"""Of base32: 60 bits, so that nobody finds one by trying. [reach, In]"""
VALID_SECONDS = 24 * 3600
"""How long a form may lie open before it is sent."""
_MAC, _NONCE = 16, 12


class Keys:
    """What is worked out from the one secret of a front."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def digest(self, purpose: str, *parts: bytes) -> bytes:
        """A keyed digest of parts, each bound to its place."""
        made = hmac.new(self._secret, purpose.encode(), sha256)
        for part in parts:
            made.update(len(part).to_bytes(8, "big") + part)
        return made.digest()

    def hidden(self, purpose: str, words: str) -> str:
        """What stands for words where they must not be read, as in the name of a counter."""
        return self.digest(purpose, words.encode()).hex()[:32]

    def fresh(self, now: datetime) -> str:
        """The key of a form that is shown now."""
        begins = f"{secrets.token_hex(16)}-{int(now.timestamp())}"
        return f"{begins}-{self._mac('form', begins)}"

    def is_ours(self, key: str, now: datetime, purpose: str = "form") -> bool:
        """Whether a key was made here for a purpose, and not too long ago."""
        begins, _, mac = key.rpartition("-")
        if not hmac.compare_digest(mac.encode(), self._mac(purpose, begins).encode()):
            return False
        return 0 <= now.timestamp() - int(begins.rpartition("-")[2]) + 1 <= VALID_SECONDS

    def stamped(self, purpose: str, words: str, now: datetime) -> str:
        """Words that come back with a form, with the moment and a mark that they are ours."""
        begins = f"{words}-{int(now.timestamp())}"
        return f"{begins}-{self._mac(purpose, begins)}"

    def message(self, key: str, parts: Iterable[bytes]) -> tuple[str, str]:
        """The key and the 收件号 of what is sent with the form of a key: the same for the same
        content, others for another one."""
        found = self.digest("message", key.encode(), *parts)
        receipt = self.digest("receipt", found)
        return found.hex(), base64.b32encode(receipt).decode()[:RECEIPT_SIGNS]

    def wrapped(self, purpose: str, words: str, now: datetime) -> str:
        """Words that only this front reads again, for an address that somebody else carries."""
        nonce = secrets.token_bytes(_NONCE)
        plain = f"{int(now.timestamp())}-{words}".encode()
        raw = nonce + self._cipher(purpose).encrypt(nonce, plain, None)
        return base64.urlsafe_b64encode(raw).decode().rstrip("=")

    def unwrapped(self, purpose: str, typed: str, now: datetime) -> str:
        """What was wrapped not too long ago; empty for anything else."""
        try:
            raw = base64.urlsafe_b64decode(typed.encode("ascii") + b"=" * (-len(typed) % 4))
            plain = self._cipher(purpose).decrypt(raw[:_NONCE], raw[_NONCE:], None).decode()
        except (ValueError, InvalidTag):
            return ""
        made, _, words = plain.partition("-")
        return words if 0 <= now.timestamp() - int(made) + 1 <= VALID_SECONDS else ""

    def _cipher(self, purpose: str) -> AESGCM:
        return AESGCM(self.digest("wrap", purpose.encode()))

    def _mac(self, purpose: str, words: str) -> str:
        return self.digest(purpose, words.encode()).hex()[: 2 * _MAC]
