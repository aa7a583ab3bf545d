"""Why a message was or was not taken, in words of ours: libraries and the other side quote
addresses, telephones and tokens."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace

from app.channels.channel import Outcome, Sent

REASONS: Mapping[str, Outcome] = {
    "taken": "taken",
    # The message or its receiver.
    "receiver_wrong": "refused",
    "receiver_unwilling": "refused",
    "content_refused": "refused",
    "no_template": "refused",
    "field_missing": "refused",
    "field_too_long": "refused",
    "refused": "refused",
    # The channel: how it is set up, what it costs, whether it is there.
    "credentials_wrong": "away",
    "set_up_wrong": "away",
    "out_of_money": "away",
    "address_not_allowed": "away",
    "name_unknown": "away",
    "no_connection": "away",
    "certificate_wrong": "away",
    "redirected": "away",
    "out_of_order": "away",
    "clock_differs": "away",
    # Too many.
    "too_many": "busy",
    "receiver_had_enough": "busy",
    # Nobody knows.
    "answer_lost": "unknown",
    "answer_late": "unknown",
    "answer_too_long": "unknown",
    "answer_unreadable": "unknown",
}
"""Our word -> what it means to who sends. Its sentence is the message `sent.<word>`."""

_SHOWN = re.compile(r"[A-Za-z][A-Za-z_.]{0,63}|-?[0-9]{1,6}")
"""The codes of others that are kept: words without digits, or numbers shorter than telephones."""
_REFERENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._^:-]{0,79}(@[A-Za-z0-9.-]{1,255})?")
_PHONE = re.compile(r"(?<![0-9])1[3-9][0-9]{9}(?![0-9])")
_SHORT = 4
"""A code below this length cannot give anything away."""


def sent(
    code: str,
    reference: object = "",
    theirs: object = "",
    again_in: int = 0,
    hidden: Iterable[str] = (),
) -> Sent:
    """What became of a message, by our word for it. `reference` and `theirs` are what the other
    side said: left out where they could hold one of `hidden` (secrets, receivers), a telephone or
    somebody's words. Raises KeyError for a word that is none of ours."""
    secrets = [secret for secret in hidden if secret]
    return Sent(
        REASONS[code],
        code,
        _clean(reference, _REFERENCE, secrets),
        _clean(theirs, _SHOWN, secrets),
        again_in,
    )


def _clean(said: object, shape: re.Pattern[str], secrets: Iterable[str]) -> str:
    text = str(said) if isinstance(said, (str, int)) and not isinstance(said, bool) else ""
    if not shape.fullmatch(text):
        return ""
    if len(text) < _SHORT:
        return text
    if _PHONE.search(text) or any(text in secret or secret in text for secret in secrets):
        return ""
    return text


def without(found: Sent, words: Iterable[str]) -> Sent:
    """What became of a message, without what holds one of the words that were told."""

    def kept(said: str) -> str:
        return "" if any(len(word) >= _SHORT and word in said for word in words) else said

    words = tuple(words)
    return replace(found, reference=kept(found.reference), theirs=kept(found.theirs))
