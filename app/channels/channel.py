"""What every way out is to who sends: a message goes in, what became of it comes back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from app.words import Message

Outcome = Literal["taken", "refused", "away", "busy", "unknown"]
"""taken: the other side has it. refused: it never will; dead at once. away: the channel is out of
order, which says nothing of the message. busy: too many at once. unknown: the answer was lost; the
message may have arrived, and is sent again under the same key."""

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}", re.ASCII)


@dataclass(frozen=True)
class Told:
    """A message to one receiver.

    `kind` and `fields` are what template gateways send (a template knows them by name); `subject`
    and `text` are what mail and robots send. `to` is a telephone or a mail address, empty for a
    robot, and stays out of the repr with all that is said. `key` is the same each time one message
    is sent: 1 to 64 letters, digits, `-`, `_` and `.`, the first a letter or digit; ValueError for
    another.
    """

    kind: str
    fields: Mapping[str, str] = field(repr=False)
    to: str = field(repr=False)
    subject: str = field(repr=False)
    text: str = field(repr=False)
    key: str

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ValueError("a key of other signs, or none")


@dataclass(frozen=True)
class Sent:
    """What became of a message. Safe to keep, log and show: nothing in it was written by the other
    side but what was looked through first.

    `code` is one of `reasons.REASONS`, a word of ours; `reference` is what the other side calls the
    message, empty where it says nothing usable; `theirs` is the other side's own code for an
    administrator to look up, as `isv.OUT_OF_SERVICE`, `45009` or `550`; `again_in` is after how
    many seconds a busy or absent channel may be asked again, 0 where it is not known.
    """

    outcome: Outcome
    code: str
    reference: str = ""
    theirs: str = ""
    again_in: int = 0

    @property
    def alone(self) -> bool:
        """Whether only this receiver has to wait, or is lost; the channel goes on with others."""
        return self.outcome == "refused" or self.code == "receiver_had_enough"

    @property
    def message(self) -> Message:
        """The sentence for people."""
        return Message(f"sent.{self.code}")


class Channel(Protocol):
    """One way out, set up. Sending raises nothing, ends within the limits of its network, and
    writes no line that names a receiver or a secret."""

    def send(self, told: Told) -> Sent:
        """Hand a message to the other side."""
        ...
