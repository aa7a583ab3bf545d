"""The signing key: standard signatures, the same each time; a Merkle tree whose paths lead to its
root."""

from __future__ import annotations

import hashlib

import pytest
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from app.ledger.chain import canonical
from app.ledger.merkle import Leaf, follow, path_of, root_of
from app.ledger.signing import fingerprint, pem, public_half, sign, signed_by

KEY = bytes.fromhex("C9AFA9D845BA75166B5C215767B1D6934E50C3DB36E89B127B8A622B120F6721")
R = 0xEFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716
S = 0xF7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8
"""RFC 6979, A.2.5: P-256 over SHA-256 of "sample"."""


def test_a_signature_is_that_of_the_standard_and_the_same_each_time() -> None:
    made = sign(KEY, b"sample")
    assert decode_dss_signature(made) == (R, S)
    assert sign(KEY, b"sample") == made


def test_a_signature_holds_for_its_key_and_content_alone() -> None:
    made, public = sign(KEY, b"sample"), public_half(KEY)
    assert signed_by(public, b"sample", made)
    assert not signed_by(public, b"Sample", made)
    assert not signed_by(public_half(b"\x07" * 32), b"sample", made)
    for broken in (b"", made[:-1], made + b"\0", b"\x30\x00"):
        assert not signed_by(public, b"sample", broken)
    assert not signed_by(b"no key", b"sample", made)


def test_a_key_is_named_by_the_sha256_of_its_public_half() -> None:
    public = public_half(KEY)
    assert fingerprint(public) == hashlib.sha256(public).hexdigest()
    assert pem(public).startswith(b"-----BEGIN PUBLIC KEY-----")


def hashed(leaf: Leaf) -> bytes:
    return hashlib.sha256(b"\0" + canonical(list(leaf)).encode()).digest()


def recursive(leaves: list[Leaf]) -> bytes:
    """RFC 6962, 2.1, as it is written there."""
    if len(leaves) < 2:
        return hashed(leaves[0]) if leaves else hashlib.sha256(b"").digest()
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return hashlib.sha256(b"\1" + recursive(leaves[:k]) + recursive(leaves[k:])).digest()


@pytest.mark.parametrize("n", [*range(18), 64, 65, 127])
def test_every_heads_path_leads_to_the_root_and_no_other_head_does(n: int) -> None:
    leaves = [(chain, chain + 1, f"{chain:064x}") for chain in range(n)]
    root = root_of(leaves)
    assert root == recursive(leaves).hex()
    for at, leaf in enumerate(leaves):
        path = path_of(leaves, at)
        assert follow(leaf, path) == root
        assert follow((leaf[0], leaf[1] + 1, leaf[2]), path) != root
        assert len(path) <= max(n - 1, 0).bit_length()
