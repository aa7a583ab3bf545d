"""Who acted: the words of the record, `bot` and `user:7`, as people read them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from flask import g
from sqlalchemy import select

from app import words
from app.models import Person
from app.views.actor import reader


class Acted(NamedTuple):
    """A person who did something: his account's id, his name, the unit that he works for, the name of
    the account."""

    id: int
    name: str
    unit_id: int | None
    username: str


def know_people(actors: Iterable[str]) -> Mapping[str, Acted]:
    """word of the record -> the person. One statement for all that this request has not asked for
    before."""
    known: dict[str, Acted] = g.setdefault("desk_acted", {})
    asked = {word for word in actors if word.removeprefix("user:").isdecimal()} - known.keys()
    if asked:
        ids = [int(word.removeprefix("user:")) for word in asked]
        query = select(Person.id, Person.first_name, Person.unit_id, Person.username).where(
            Person.id.in_(ids)
        )
        known |= {f"user:{row.id}": Acted(*row) for row in reader().execute(query)}
    return known


def bot_word(tongue: str) -> str:
    """What the bot is called."""
    return words.word("list.bot", tongue)


def caller_word(tongue: str) -> str:
    """What a caller is called who did something by a code."""
    return words.word("list.caller", tongue)
