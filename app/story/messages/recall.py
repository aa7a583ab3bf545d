"""How well the repeat check finds: messages are registered one after another without number and
place, and each time the check is asked first. What it found is held against all pairs of messages
that are alike. Its proposals below the mark are for a person to read: whether they are the same
matter, no number says."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from app.database import Sessions, transaction
from app.models.pairs import count_anew, keep_counts
from app.roles import Actor
from app.rules.limits import Limits
from app.rules.reading import letters
from app.rules.similarity import STRIKING, SUGGESTED, grams
from app.stages.acceptance import same_matter, since_when
from app.stages.calendar import fill
from app.story.messages.replay import Message
from app.story.theatre.cast import actor_named
from app.verbs import perform

COUNTED_EVERY = 500
"""After how many messages pairs are counted anew, as the bot does every few hours."""
SHOWN = 60
"""How many signs of a message a line shows."""
Pair = tuple[int, int]
"""The places of two messages, the earlier first."""


@dataclass
class Recall:
    """What the check found: `alike` holds the likeness of each two messages within the days of the
    check, from where it proposes; `found` those of them that were candidates."""

    messages: Sequence[Message]
    alike: dict[Pair, float] = field(default_factory=dict)
    found: set[Pair] = field(default_factory=set)

    def share(self, least: float, others: bool) -> tuple[int, int]:
        """(found, there are) of the pairs that are at least so alike; `others`: by two callers."""
        there = [
            pair
            for pair, alike in self.alike.items()
            if alike >= least
            and not (others and self.messages[pair[0]].user == self.messages[pair[1]].user)
        ]
        return len(self.found.intersection(there)), len(there)

    def lines(self, pairs: int) -> Iterator[str]:
        """What the command prints: counts, then proposals less alike than the mark, the most alike
        first."""
        for least in (STRIKING, SUGGESTED):
            for others in (False, True):
                found, there = self.share(least, others)
                whose = "other callers" if others else "all"
                yield f"likeness >= {least}, {whose}: {found} of {there}, recall {found / (there or 1):.3f}"
        below = sorted(
            (
                (alike, pair)
                for pair, alike in self.alike.items()
                if alike < STRIKING and pair in self.found
            )
        )
        for alike, pair in below[::-1][:pairs]:
            yield f"{alike:.2f}"
            for place in pair:
                yield f"  {self.messages[place].id} {' '.join(self.messages[place].body.split())[:SHOWN]}"


def recall(sessions: Sessions, messages: Sequence[Message]) -> Recall:
    """Register messages in the order of their times on an empty office, asking before each; what
    was found."""
    told = Recall(
        [message for message in messages if letters(message.body) >= Limits().narrative_characters]
    )
    told.alike = _alike(told.messages)
    if told.messages:
        with transaction(sessions) as session:
            fill(session, told.messages[-1].at)
            operator = actor_named(session, "operator")
        cases: dict[int, int] = {}
        for first in range(0, len(told.messages), COUNTED_EVERY):
            with transaction(sessions) as session:
                for place in range(first, min(first + COUNTED_EVERY, len(told.messages))):
                    told.found |= {
                        (cases[id], place) for id in _asked(session, told.messages[place])
                    }
                    cases[_registered(session, operator, told.messages[place])] = place
                keep_counts(session, count_anew(session))
    return told


def _asked(session: Session, message: Message) -> list[int]:
    return same_matter(session, message.at, message.body, "")[0]


def _registered(session: Session, operator: Actor, message: Message) -> int:
    case = perform(
        session,
        message.at,
        operator,
        "register",
        kind="help",
        channel="phone",
        narrative=message.body,
        anonymous=True,
    )
    return int(case.id)


def _alike(messages: Sequence[Message]) -> dict[Pair, float]:
    """The likeness of all messages that would be proposed for one another: those that share a pair
    or triple."""
    held = [grams(message.body) for message in messages]
    having: dict[str, list[int]] = defaultdict(list)
    found: dict[Pair, float] = {}
    for place, own in enumerate(held):
        shared: dict[int, int] = defaultdict(int)
        oldest: datetime = since_when(messages[place].at)
        for gram in own:
            for other in having[gram]:
                shared[other] += 1
            having[gram].append(place)
        for other, n in shared.items():
            likeness = 2 * n / (len(own) + len(held[other]))
            if likeness >= SUGGESTED and messages[other].at >= oldest:
                found[other, place] = likeness
    return found
