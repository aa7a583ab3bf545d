"""What the form of an intake begins with where it is opened for a message: its words, its sender, its
place. Only for who has taken the message: that is on the record."""

from __future__ import annotations

from collections.abc import Mapping

from app.models import Message
from app.verbs import Verb
from app.views.actor import actor, asked

OF_MESSAGES = ("register", "contact")
"""The verbs that take a message along."""
_LONGEST_NAME = 80


def of_message(verb: Verb, id: int) -> Mapping[str, str]:
    """field -> what a message says of it; nothing of one that is not in this person's hand."""
    row: Message | None = asked(Message, id)
    if row is None or row.ended_at is not None or row.taken_by_id != actor().id:
        return {}
    named = row.name or (row.sender if "@" in row.sender else "")
    nobody = row.anonymous or not (named or row.phone)
    told = row.words if not row.subject or row.subject in row.words else _both(row)
    filled = {
        "caller.name": "" if nobody else named[:_LONGEST_NAME],
        "caller.phone": "" if nobody else row.phone,
        "narrative" if verb.name == "register" else "words": told,
    }
    if verb.name == "register":
        filled |= {
            "place": row.place,
            "kind": row.kind,
            "anonymous": "y" if nobody else "",
            "confidential": "y" if row.confidential else "",
            "wants_reply": "y" if row.wants_reply else "n",
        }
    return {name: value for name, value in filled.items() if value}


def _both(row: Message) -> str:
    return f"{row.subject}\n{row.words}".strip()
