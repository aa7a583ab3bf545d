"""What the desk does for its front, wherever that runs: a parcel becomes a message, a question is
answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

import config
from app import files
from app.database import Sessions, reading, retried
from app.front import Parcel
from app.rules.refusal import NotAllowed
from app.rules.workdays import beijing
from app.stages import enquiry
from app.stages.inbox import arrive
from app.stages.inbox.media import media_named
from app.stages.visit import internet

RATING = "rating"
"""The source of parcels that are no message."""
ANSWERS = ("truth", "solved", "satisfied", "why", "words")


def keep(settings: config.Config, sessions: Sessions, now: datetime, parcel: Parcel) -> None:
    """Make a message of a parcel, once by its source and key; of a rating the record of a visit, as
    of the moment at which it was given. Raises NotAllowed where a file of it is none that is taken,
    OSError where the disk is full, DBAPIError."""
    if parcel.source == RATING:
        at = min(now, beijing(parcel.at))
        retried(sessions, lambda session: _rated(session, at, parcel.said))
        return
    scanner = files.Scanner(settings.scanner) if settings.scanner else None
    kept = [
        files.keep(settings.data, photo.name, photo.content, scanner) for photo in parcel.photos
    ]
    retried(sessions, lambda session: _arrived(session, now, parcel, kept))


def _arrived(session: Session, now: datetime, parcel: Parcel, kept: list[files.Kept]) -> None:
    said = dict(parcel.said)
    words, anonymous = said.pop("words", ""), bool(said.pop("anonymous", ""))
    media = said.get("media", "")
    message = arrive(
        session,
        now,
        parcel.source,
        parcel.key,
        parcel.raw(),
        sender=said.pop("sender", ""),
        words=words,
        at=parcel.at,
        files=kept,
        receipt=parcel.receipt,
        anonymous=anonymous,
        wants_reply=not anonymous,
        **said,
    )
    if media:
        media_named(session, now, message, media)


def answer(sessions: Sessions, now: datetime, question: Mapping[str, str]) -> Mapping[str, Any]:
    """The answer to a question of the front; `{"found": false}` where there is nothing to be told,
    or nobody knows the question. Raises DBAPIError."""
    match question.get("ask"):
        case "case":
            with reading(sessions) as session:
                return enquiry.of_case(
                    session, question.get("number", ""), question.get("code", "")
                )
        case "message":
            with reading(sessions) as session:
                return enquiry.of_message(session, question.get("receipt", ""))
        case "looked":
            with reading(sessions) as session:
                return _looked(session, now, question.get("code", ""))
        case "rate":
            return retried(sessions, lambda session: _rated(session, now, question))
        case _:
            return enquiry.NOT_FOUND


def _looked(session: Session, now: datetime, code: str) -> Mapping[str, Any]:
    """What the caller of a code is to judge."""
    try:
        found = internet.looked(session, now, code)
    except NotAllowed:
        return enquiry.NOT_FOUND
    return {
        "found": True,
        "number": found.number,
        "answer": enquiry.unnamed(found.answer),
        "until": found.until.isoformat(),
    }


def _rated(session: Session, now: datetime, said: Mapping[str, str]) -> Mapping[str, Any]:
    """Put a caller's answers on record; a code that is not good is refused, and the try counted."""
    answers = {name: said[name] for name in ANSWERS if said.get(name)}
    try:
        done = internet.rate(
            session,
            now,
            said.get("code", ""),
            said.get("last_four", ""),
            openid=said.get("openid", ""),
            **answers,
        )
    except NotAllowed:
        return enquiry.NOT_FOUND
    return {"found": done.refused is None}
