"""Secrets as they are kept: sealed with a key worked out from one outside the database, and bound
to their row."""

from __future__ import annotations

import base64
import secrets

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
