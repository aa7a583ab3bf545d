"""What the page of a message tells: who sent it, covered; what could not be had; its files; the cases that
it may be about."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from flask import url_for
from sqlalchemy import select

from app import words
from app.models import Message, MessageFile, Person
from app.rules.callers import covered_address
from app.rules.files import MOST_BYTES
from app.rules.phones import mask
from app.rules.receipts import spaced
from app.rules.workdays import minute
from app.stages.acceptance.callers import area_code
from app.views.actor import actor, language, reader
from app.views.forms.nearby import LEAST, Near, cases_known, nearby
from app.views.inbox_words import FACTS, NOT_TOLD, NOTES, TOLD
from app.views.pages.masking import masked_name

LONGEST = 20_000
"""So many signs of a message are compared with cases."""
MOST = MOST_BYTES // 1024**2
"""How large a file may be, in megabytes."""


def who_sent(name: str, sender: str) -> str:
    """Who sent a message, covered as callers are."""
    return masked_name(name) or covered_address(sender)


def facts_of(row: Message) -> list[tuple[str, str]]:
    """(label, value) of what a message says besides its words."""
    tongue = language()
    phone = mask(row.phone, area_code(reader())) if row.phone else ""
    of = {
        "source": words.value("message_source", row.source, tongue),
        "sender": covered_address(row.sender),
        "name": masked_name(row.name),
        "phone": phone,
        "place": row.place,
        "kind": words.value("kind", row.kind, tongue) if row.kind else "",
        "received_at": minute(row.received_at),
        "receipt": spaced(row.receipt),
        "stands": _stands(row),
        "answer": row.answer or "",
    }
    told = [(words.word(FACTS[name], tongue), value) for name, value in of.items()]
    marks = [name for name in ("anonymous", "confidential") if getattr(row, name)]
    if marks:
        said = words.listed((words.word(FACTS[name], tongue) for name in marks), tongue)
        told.append((words.word("inbox.fact.marks", tongue), said))
    return [(label, value) for label, value in told if value]


def _stands(row: Message) -> str:
    """Where a message stands, and by whom."""
    tongue = language()
    told = words.state("message", row.stands, tongue)
    by = row.ended_by_id or row.taken_by_id
    if by is None:
        return told
    name = reader().scalar(select(Person.first_name).where(Person.id == by)) or ""
    at = row.ended_at or row.taken_at
    return words.aside(told, f"{name} {minute(at) if at else ''}".strip(), tongue)


def notes_of(row: Message) -> list[str]:
    """What could not be had of a message, in sentences; and how its sender was told."""
    facts, tongue = json.loads(row.facts), language()
    told = [words.word(NOTES[note], tongue) for note in facts.get("notes", ()) if note in NOTES]
    for name, why in facts.get("left_out", ()):
        said = words.word("inbox.note.left_out", tongue, name=name)
        told.append(words.pair(said, words.said_of(why, {"most": MOST}, tongue), tongue))
    if row.acknowledged:
        told.append(words.word(TOLD.get(row.acknowledged, NOT_TOLD), tongue))
    return told


def files_of(row: Message) -> list[tuple[str, str]]:
    """(address, name) of each file that came with a message."""
    query = select(MessageFile).where(MessageFile.message_id == row.id).order_by(MessageFile.id)
    return [(url_for("Inbox.file", id=one.id), one.name) for one in reader().scalars(query)]


def near_to(row: Message) -> list[Near]:
    """The cases that may be the same matter; none where nothing is to be done any more."""
    if row.ended_at is not None or len(row.words) < LEAST:
        return []
    told = "\n".join(filter(None, (row.subject, row.words)))[:LONGEST]
    near, _ = nearby(told, row.place)
    return [one for one in near if one.line.id != row.about_id]


def about_it(row: Message) -> list[Near]:
    """The case that a message answers or names, or the one that it became."""
    known = row.case_id or row.about_id
    return cases_known([known]) if known is not None else []


@dataclass(frozen=True)
class Beside:
    """A case beside a message, with the forms that join the message to it."""

    near: Near
    joins: Sequence[tuple[str, str]]


def beside(row: Message, near: Near) -> Beside:
    """A case with the forms that join a message to it, where it is in this person's hand."""
    mine = row.ended_at is None and row.taken_by_id == actor().id
    return Beside(
        near,
        [(_contact(row, near, kind), label) for kind, label in (near.kinds if mine else ())],
    )


def _contact(row: Message, near: Near, kind: str) -> str:
    return url_for("Verbs.contact", case=near.line.id, message=row.id, kind=kind)
