"""The signing key: ECDSA P-256 over SHA-256, for what leaves the office - checkpoints and dossiers.

Signatures are deterministic (RFC 6979), so that a dossier that is made again has the same bytes.
A key is named by its fingerprint: the SHA-256 of its public half as DER (SubjectPublicKeyInfo).
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_SIGNED = ec.ECDSA(hashes.SHA256(), deterministic_signing=True)
_CHECKED = ec.ECDSA(hashes.SHA256())


@lru_cache(maxsize=8)
def _private(key: bytes) -> ec.EllipticCurvePrivateKey:
    return ec.derive_private_key(int.from_bytes(key, "big"), ec.SECP256R1())


@lru_cache(maxsize=8)
def public_half(key: bytes) -> bytes:
    """The public half of a private key of 32 bytes, as DER."""
    public = _private(key).public_key()
    return public.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def fingerprint(public: bytes) -> str:
    """The name of a key: 64 hex digits over its public half as DER."""
    return hashlib.sha256(public).hexdigest()


def name_of_key(key: bytes) -> str:
    """The fingerprint of a private key."""
    return fingerprint(public_half(key))


def pem(public: bytes) -> bytes:
    """A public half as the text that openssl reads."""
    return serialization.load_der_public_key(public).public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def sign(key: bytes, content: bytes) -> bytes:
    """The signature of a content, as DER: the same each time."""
    return _private(key).sign(content, _SIGNED)


def signed_by(public: bytes, content: bytes, signature: bytes) -> bool:
    """Whether a signature over a content is that of a key; False too where the key is none."""
    try:
        known = serialization.load_der_public_key(public)
        if not isinstance(known, ec.EllipticCurvePublicKey):
            return False
        known.verify(signature, content, _CHECKED)
    except (InvalidSignature, ValueError):
        return False
    return True
