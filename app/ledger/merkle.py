"""A Merkle tree over the heads of chains: one root for all of them, and for each a short path that
leads to it. Hashed as RFC 6962 does: a leaf behind a zero byte, a pair behind a one, so that no
pair passes for a leaf; the left half is the greatest power of two that leaves something.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from app.ledger.chain import canonical

Leaf = tuple[int, int, str]
"""A head: the chain, the number of its last event, the hash of that."""
Path = list[list[str]]
"""From a leaf to the root: on which side the other half stands (`left`, `right`), and its hash."""


def leaf_hash(leaf: Leaf) -> bytes:
    """The hash of a head."""
    return hashlib.sha256(b"\x00" + canonical(list(leaf)).encode()).digest()


def _pair(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def _split(n: int) -> int:
    """How many of n leaves stand in the left half."""
    return 1 << (n - 1).bit_length() - 1


def _root(hashed: Sequence[bytes]) -> bytes:
    """The root of leaves, pair by pair: an odd one goes up as it is, which is RFC 6962's tree."""
    level = list(hashed)
    while len(level) > 1:
        pairs = [_pair(*level[at : at + 2]) for at in range(0, len(level) - 1, 2)]
        level = pairs + level[2 * len(pairs) :]
    return level[0] if level else hashlib.sha256(b"").digest()


def root_of(leaves: Sequence[Leaf]) -> str:
    """The root over heads in the order of their chains; of none, the hash of nothing."""
    return _root([leaf_hash(leaf) for leaf in leaves]).hex()


def path_of(leaves: Sequence[Leaf], at: int) -> Path:
    """The path from the leaf at a place to the root."""
    hashed, found = [leaf_hash(leaf) for leaf in leaves], []
    while len(hashed) > 1:
        middle = _split(len(hashed))
        left, right = hashed[:middle], hashed[middle:]
        if at < middle:
            found.append(["right", _root(right).hex()])
            hashed = left
        else:
            found.append(["left", _root(left).hex()])
            hashed, at = right, at - middle
    return found[::-1]


def follow(leaf: Leaf, path: Path) -> str:
    """The root to which a path leads from a leaf."""
    at = leaf_hash(leaf)
    for side, other in path:
        halves = (bytes.fromhex(other), at) if side == "left" else (at, bytes.fromhex(other))
        at = _pair(*halves)
    return at.hex()
