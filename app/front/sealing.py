"""The keys between a front and its desk. What waits at the front is sealed for the desk's X25519 key
(HPKE, RFC 9180), which only the desk opens; what the desk asks of the front is signed by its Ed25519
key, which only the desk has. The front holds the public halves and nothing else of the desk's.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature, InvalidTag
from cryptography.hazmat.primitives import hpke
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey

KEY_BYTES = 32
_SUITE = hpke.Suite(hpke.KEM.X25519, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
_INFO = b"duban front, version 1"
_NAMES = ("x25519", "ed25519")


class KeysUnusable(Exception):
    """A file of keys that is none; the message says which lines it has to have."""


class NotOurs(Exception):
    """What was sealed for another desk, or altered."""


@dataclass(frozen=True)
class DeskSeen:
    """The desk as its front knows it: two public keys."""

    box: X25519PublicKey
    hand: Ed25519PublicKey

    @classmethod
    def read(cls, text: str) -> DeskSeen:
        """From lines `x25519 BASE64` and `ed25519 BASE64`. Raises KeysUnusable."""
        told = dict(line.split(None, 1) for line in text.splitlines() if len(line.split()) == 2)
        try:
            box, hand = (base64.b64decode(told[name], validate=True) for name in _NAMES)
            return cls(
                X25519PublicKey.from_public_bytes(box), Ed25519PublicKey.from_public_bytes(hand)
            )
        except (KeyError, ValueError) as wrong:
            raise KeysUnusable(" / ".join(_NAMES)) from wrong

    def told(self) -> str:
        """The same lines."""
        keys = (self.box.public_bytes_raw(), self.hand.public_bytes_raw())
        pairs = zip(_NAMES, keys, strict=True)
        return "".join(f"{name} {base64.b64encode(key).decode()}\n" for name, key in pairs)

    @property
    def fingerprint(self) -> str:
        """The beginning of the SHA-256 of both, to be compared by telephone."""
        both = self.box.public_bytes_raw() + self.hand.public_bytes_raw()
        digits = sha256(both).hexdigest()[:32]
        return " ".join(digits[at : at + 4] for at in range(0, 32, 4))

    def sealed(self, content: bytes) -> bytes:
        """Content that only the desk opens."""
        return _SUITE.encrypt(content, self.box, _INFO)

    def signed(self, content: bytes, signature: str) -> bool:
        """Whether a signature (base64) is the desk's, of this content."""
        try:
            self.hand.verify(base64.b64decode(signature, validate=True), content)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True)
class DeskKeys:
    """The desk's own halves."""

    box: X25519PrivateKey
    hand: Ed25519PrivateKey

    @classmethod
    def fresh(cls) -> DeskKeys:
        """New ones."""
        return cls(X25519PrivateKey.generate(), Ed25519PrivateKey.generate())

    @classmethod
    def read(cls, raw: bytes) -> DeskKeys:
        """From their 64 bytes. Raises KeysUnusable."""
        if len(raw) != 2 * KEY_BYTES:
            raise KeysUnusable(" / ".join(_NAMES))
        return cls(
            X25519PrivateKey.from_private_bytes(raw[:KEY_BYTES]),
            Ed25519PrivateKey.from_private_bytes(raw[KEY_BYTES:]),
        )

    def raw(self) -> bytes:
        """Their 64 bytes."""
        return self.box.private_bytes_raw() + self.hand.private_bytes_raw()

    def seen(self) -> DeskSeen:
        """What the front gets of them."""
        return DeskSeen(self.box.public_key(), self.hand.public_key())

    def opened(self, sealed: bytes) -> bytes:
        """What was sealed for this desk. Raises NotOurs."""
        try:
            return _SUITE.decrypt(sealed, self.box, _INFO)
        except (InvalidTag, ValueError) as wrong:
            raise NotOurs from wrong

    def sign(self, content: bytes) -> str:
        """A signature of content, base64."""
        return base64.b64encode(self.hand.sign(content)).decode()
