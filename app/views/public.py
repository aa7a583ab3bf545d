"""The front as the panel itself serves it: pages of the public with this desk behind them. They look
at no session and nobody's account."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from flask import Flask
from sqlalchemy.exc import DBAPIError

import config
from app.database import Sessions, reading
from app.faults import FULL, fault
from app.files import Scanner
from app.front import Full, Parcel, Room, Silent
from app.front.aside import Aside
from app.front.keys import Keys
from app.front.limits import Limits
from app.front.pages import pages
from app.front.room import EXTENSION
from app.front.settings import wechat_of
from app.rules.office import NOTICE, SETTINGS
from app.rules.workdays import beijing
from app.stages.calendar import settings_known
from app.views.access_notes import address
from app.views.login.door import Door
from jobs import front_desk

ASKED_EVERY = 60
"""Seconds between two looks at the office's own words."""


class Here:
    """This desk, behind its own front."""

    def __init__(
        self, settings: config.Config, sessions: Sessions, clock: Callable[[], datetime]
    ) -> None:
        self._settings, self._sessions, self._clock = settings, sessions, clock
        self._words: dict[str, str] = {}
        self._asked = -float(ASKED_EVERY)

    def take(self, parcel: Parcel) -> None:
        """Make a message of a parcel."""
        try:
            front_desk.keep(self._settings, self._sessions, self._clock(), parcel)
        except (DBAPIError, OSError) as error:
            raise _told(error) from error

    def ask(self, question: Mapping[str, str]) -> Mapping[str, Any]:
        """Answer from the record."""
        try:
            return front_desk.answer(self._sessions, self._clock(), question)
        except DBAPIError as error:
            raise _told(error) from error

    def office(self) -> str:
        """The office's name."""
        return self._word("office")

    def notice(self) -> str:
        """The office's own notice, or the one that comes along."""
        return self._word(NOTICE).replace("{office}", self.office())

    def _word(self, name: str) -> str:
        if time.monotonic() - self._asked >= ASKED_EVERY:
            try:
                with reading(self._sessions) as session:
                    self._words = settings_known(session)
            except DBAPIError as error:
                # The page is shown with the words known last: it says itself what cannot be done.
                if fault(error) is None:
                    raise
            self._asked = time.monotonic()
        return self._words.get(name) or SETTINGS[name]


def _told(error: DBAPIError | OSError) -> Exception:
    """What the front says of an error; the error itself where it is a mistake."""
    what = fault(error)
    if what is None:
        return error
    return Full() if what == FULL else Silent()


def with_front(
    app: Flask,
    settings: config.Config,
    sessions: Sessions,
    clock: Callable[[], datetime],
    door: Door,
) -> None:
    """Let the panel serve the pages of the public."""
    keys = Keys(settings.secret_key.encode() + b"duban front")
    app.extensions[EXTENSION] = Room(
        behind=Here(settings, sessions, clock),
        keys=keys,
        limits=Limits(door.ask, keys),
        aside=Aside(settings.data / "run" / "front"),
        scanner=Scanner(settings.scanner) if settings.scanner else None,
        address=address,
        clock=lambda: beijing(clock()),
        wechat=wechat_of(settings.data),
    )
    app.register_blueprint(pages)
