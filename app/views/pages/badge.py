"""The badge of a clock: how many working days are left of it or how many it is late, in the
language of the request."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app import words
from app.rules.left import LATE, PLENTY, SOON, left
from app.rules.workdays import Calendar
from app.views.actor import language, now, office_here
from app.views.pages.shown import term

COLOURS = {PLENTY: "success", SOON: "warning", LATE: "danger"}
"""How pressing a clock is -> the colour of Bootstrap in which its badge is drawn."""


@dataclass(frozen=True)
class Badge:
    """A badge: its words, its colour, and the moment in words that it is about."""

    words: str
    colour: str
    until: str

    @property
    def late(self) -> bool:
        """Whether the clock has run out."""
        return self.colour == COLOURS[LATE]


def calendar_here() -> Calendar:
    """The calendar as it stands, asked in one statement a request."""
    return office_here().calendar


def badge_of(at: datetime | None) -> Badge | None:
    """The badge of a clock that ends at a moment; None where none runs."""
    if at is None:
        return None
    told = left(at, now(), calendar_here())
    facts = {"n": told.n, "at": told.at, "hour": told.at.hour or 24}
    tongue = language()
    to_the_minute = told.msgid == "left.today" and told.at.minute
    msgid = "left.today_minute" if to_the_minute else told.msgid
    return Badge(words.word(msgid, tongue, **facts), COLOURS[told.pressing], term(at))
