"""Forms that a leader signs himself: who signs is known by the account. It is shown, and not asked as of
staff who enter what came on paper."""

from __future__ import annotations

from collections.abc import Sequence

from app import words
from app.stages.allocation import OF_PAPER, signature
from app.verbs import Verb
from app.views.actor import actor, language, now, reader


def signs_himself(verb: Verb) -> bool:
    """Whether a form is signed by the leader who sends it."""
    return verb.name in OF_PAPER and actor().is_a("leader")


def not_asked(verb: Verb) -> Sequence[str]:
    """The fields, and parts of fields, that the account answers."""
    return OF_PAPER[verb.name] if signs_himself(verb) else ()


def signed_as(verb: Verb) -> list[tuple[str, str]]:
    """(label, value) of who signs, as it will stand on file; nothing of other forms."""
    if not signs_himself(verb):
        return []
    tongue, own = language(), signature(reader(), actor(), now().date())
    level = words.value("level", own["level"], tongue)
    return [
        (words.field("leader", tongue, verb.name), words.aside(own["name"], level, tongue)),
        (words.field("date", tongue), own["date"].isoformat()),
    ]
