"""Secrets as they are kept: sealed with a key worked out from one outside the database, and bound
to their row."""

from __future__ import annotations

import base64
import secrets

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


def _cipher(key: bytes, purpose: str) -> AESGCM:
    return AESGCM(HKDF(SHA256(), 32, salt=None, info=purpose.encode()).derive(key))


def sealed(key: bytes, purpose: str, secret: bytes, context: str) -> str:
    """A secret sealed for one purpose, as base64; copied to another `context` it opens nothing."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    return base64.b64encode(
        nonce + _cipher(key, purpose).encrypt(nonce, secret, context.encode())
    ).decode()


def opened(key: bytes, purpose: str, text: str, context: str) -> bytes:
    """The secret again. Raises InvalidTag where key, purpose or context is another."""
    raw = base64.b64decode(text)
    return _cipher(key, purpose).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], context.encode())


def new_pair() -> tuple[str, str]:
    """(own half, public half) of a key for one sealing only, as base64: what is sealed to the public
    half is opened by who holds the own one."""
    own = X25519PrivateKey.generate()
    public = own.public_key().public_bytes_raw()
    return base64.b64encode(own.private_bytes_raw()).decode(), base64.b64encode(public).decode()


def sealed_to(public: str, purpose: str, secret: bytes, context: str) -> str:
    """A secret sealed to the public half of a pair, as base64."""
    once = X25519PrivateKey.generate()
    raw = once.public_key().public_bytes_raw()
    shared = once.exchange(X25519PublicKey.from_public_bytes(base64.b64decode(public)))
    return base64.b64encode(raw).decode() + "." + sealed(shared + raw, purpose, secret, context)


def opened_with(own: str, purpose: str, text: str, context: str) -> bytes:
    """The secret again, by the own half. Raises InvalidTag, ValueError where it is another."""
    begin, _, rest = text.partition(".")
    raw = base64.b64decode(begin)
    pair = X25519PrivateKey.from_private_bytes(base64.b64decode(own, validate=True))
    shared = pair.exchange(X25519PublicKey.from_public_bytes(raw))
    return opened(shared + raw, purpose, rest, context)
