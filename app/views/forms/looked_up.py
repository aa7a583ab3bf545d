"""The look-up of a caller from a form: once for each number that is typed into it, however often its
page asks. [trust, The caller]"""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from app.rules import phones
from app.stages.acceptance.looking_up import is_whole
from app.verbs import perform
from app.views.actor import actor, now, written
from app.views.forms.once import First, Sending

LOOK_UP = "look_up"


def looked_up(form: Sending, typed: str) -> Sequence[int] | None:
    """The ids of the callers of a whole number; None where there is nothing to look up: no whole
    number, no form that this person was shown, no right. NotAllowed where it was done too often."""
    if not form.key or LOOK_UP not in actor().rights or not is_whole(typed):
        return None
    # A form stands open for days: who asks on another day looks up anew.
    asked = form.beside(LOOK_UP, f"{phones.sought(typed)} {now().date()}")
    before = asked.before()
    return _told(before) if before is not None else _asked(asked, typed)


def _asked(asked: Sending, typed: str) -> Sequence[int]:
    who, at = actor(), now()

    def work(session: Session) -> Sequence[int]:
        found = perform(session, at, who, LOOK_UP, number=typed)
        asked.done(session, list(found))
        return list(found)

    try:
        return written(work)
    except IntegrityError:
        # Asked twice at the same moment: the other one is on the record.
        before = asked.before()
        if before is None:
            raise
        return _told(before)


def _told(before: First) -> Sequence[int]:
    found: list[int] = json.loads(before.row.answer)
    return found
