"""What somebody typed to search for: words and numbers, that may be a caller's. They stand in no
address, no log, no history of a browser: the form is sent, and the address it is answered with
holds them sealed, for this session only."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from flask import session

from app.stages.secrets_sealed import opened, sealed
from app.views.actor import actor, desk

ASKED = "asked"
"""The parameter that holds what was typed."""
MOST, LONGEST, PAIRS = 600, 201, 60
"""How many characters a search has in all, in one field (one more than is understood) and how many
fields: an address has to fit into what web servers read."""
_PURPOSE = "search"
Pairs = list[tuple[str, str]]
"""(name, value) of each field."""


@dataclass(frozen=True)
class Sought:
    """What was typed: the fields, and the names of those for which there was no room."""

    pairs: Pairs
    left_out: list[str]


def token_of(page: str, pairs: Iterable[tuple[str, str]]) -> str:
    """What was typed, sealed for the page and this session."""
    taken, left_out, room = [], [], MOST
    for name, value in list(pairs)[:PAIRS]:
        short = value[:LONGEST]
        if len(short) <= room:
            room -= len(short)
            taken.append((name[:LONGEST], short))
        else:
            left_out.append(name[:LONGEST])
    told = zlib.compress(
        json.dumps([taken, left_out], ensure_ascii=False).encode("utf-8", "replace")
    )
    return sealed(_key(), _PURPOSE, told, _context(page)).translate(_SAFE).rstrip("=")


def sought_in(page: str, token: str) -> Sought | None:
    """What was typed, or None where the token is another session's or another page's, or none at
    all."""
    try:
        told = opened(
            _key(), _PURPOSE, token.translate(_PLAIN) + "=" * (-len(token) % 4), _context(page)
        )
        taken, left_out = json.loads(zlib.decompress(told))
    except (InvalidTag, ValueError, zlib.error):
        return None
    return Sought([(name, value) for name, value in taken], left_out)


_SAFE, _PLAIN = str.maketrans("+/", "-_"), str.maketrans("-_", "+/")


def _key() -> bytes:
    return desk().settings.secret_key.encode()


def _context(page: str) -> str:
    return f"{actor().id}:{session.get('since', 0)}:{session.get('sv', 0)}:{page}"
