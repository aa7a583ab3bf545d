"""The form of a demand as the public fills it in: what may stand in each field, and what is said
where it may not. Nothing that was typed is lost by a refusal."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from hashlib import sha256

from app.rules.phones import is_number
from app.words import VALUES

KINDS = VALUES["kind"]
FEWEST, MOST_WORDS, MOST_PLACE, MOST_NAME, MOST_PHONE = 10, 4000, 200, 40, 40
"""Characters. [procedure 1: narrative >= 10 characters]"""
FIELDS = ("kind", "words", "place", "position", "name", "phone", "anonymous", "consent")
_POSITION = re.compile(r"-?\d{1,2}\.\d{1,6},-?\d{1,3}\.\d{1,6}")
_KEPT_SIGNS = "\n\t"

Wrong = dict[str, str]
"""field -> the message id of what is wrong with it."""


def typed(given: Mapping[str, str]) -> dict[str, str]:
    """What was typed, by field; signs that control or are half of one are left out, as no database
    keeps them."""
    return {name: clean(given.get(name, "")) for name in FIELDS}


def clean(words: str) -> str:
    """Words without signs that control or are half of one."""
    plain = words.replace("\r\n", "\n").replace("\r", "\n")
    return "".join(
        sign
        for sign in plain
        if sign in _KEPT_SIGNS or unicodedata.category(sign) not in ("Cc", "Cs")
    ).strip()


def wrong_with(said: Mapping[str, str]) -> Wrong:
    """What is wrong with a form, by field; empty where it can be taken. Whoever is anonymous with a
    name or a number typed is asked which of both holds. [procedure 1]"""
    found = {
        "kind": None if said["kind"] in KINDS else "public.wrong.kind",
        "words": _words(said["words"]),
        "place": "public.wrong.place" if len(said["place"]) > MOST_PLACE else None,
        "position": _position(said["position"]),
        "name": _name(said),
        "phone": _phone(said),
        "consent": None if said["consent"] else "public.wrong.consent",
    }
    return {name: msgid for name, msgid in found.items() if msgid}


def _words(words: str) -> str | None:
    if len(words) < FEWEST:
        return "public.wrong.words_few"
    return "public.wrong.words_many" if len(words) > MOST_WORDS else None


def _position(position: str) -> str | None:
    wrong = bool(position) and not _POSITION.fullmatch(position)
    return "public.wrong.position" if wrong else None


def _name(said: Mapping[str, str]) -> str | None:
    if said["anonymous"]:
        return "public.wrong.anonymous" if said["name"] or said["phone"] else None
    if not said["name"]:
        return "public.wrong.name"
    return "public.wrong.name_long" if len(said["name"]) > MOST_NAME else None


def _phone(said: Mapping[str, str]) -> str | None:
    if said["anonymous"]:
        return None
    callable_ = len(said["phone"]) <= MOST_PHONE and is_number(said["phone"])
    return None if callable_ else "public.wrong.phone"


def version_of(notice: str) -> str:
    """The version of a notice: the beginning of its SHA-256, kept with each message that was sent
    under it."""
    return sha256(notice.encode()).hexdigest()[:12]
