"""The first passwords of accounts that came by a roster are made and hashed, a few at a time: hashing is slow on
purpose. No rule, no decision."""

from __future__ import annotations

from werkzeug.security import generate_password_hash

from app.database import reading, retried
from app.rules.passwords import slip
from app.stages.roster import Made, give, to_make
from jobs.clocks import refuse_wrong_clock
from jobs.desk import Desk, desk

AT_ONCE = 10
"""So many are made before they are given: who looks sees how far it is."""
Told = dict[str, int]


def hash_slips() -> Told:
    """Make the passwords of all that wait; nothing of one in words outlives the round."""
    here, done = desk(), 0
    while True:
        with reading(here.sessions) as session:
            next_ones = to_make(session, AT_ONCE)
        if not next_ones:
            return {"slips": done}
        refuse_wrong_clock(here.sessions)
        made = [_made(user) for user, _ in next_ones]
        done += _given(here, made)


def _given(here: Desk, made: list[Made]) -> int:
    return retried(here.sessions, lambda session: give(session, here.now(), made))


def _made(user: int) -> Made:
    words = slip()
    return Made(user, words, generate_password_hash(words))
