"""What came in by a channel of the office's own, registered from a file: `python -m app take-in`."""

from __future__ import annotations

import json
import sys
from argparse import Namespace
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from app import extend
from app.database import Sessions, transaction
from app.models import Person
from app.own import Channel
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages.rights import RIGHTS, person
from app.verbs import perform
from app.words import SPOKEN, Message, said
from jobs.children import clock_of
from jobs.servable import Refused, opened


def channel_named(word: str) -> Channel:
    """The channel of the office's own with this word. Raises Refused."""
    known = {channel.word: channel for channel in extend.appbuilder.channels}
    if word not in known:
        told = tuple(known) or Message("shell.channel.none")
        raise Refused(Message("shell.channel.unknown", {"channel": word, "channels": told}))
    return known[word]


def taker(session: Session, username: str) -> Actor:
    """The person in whose name demands are registered. Raises Refused."""
    row = session.scalars(select(Person).where(Person.username == username)).first()
    roles = [role.name for role in row.roles if role.name in RIGHTS] if row else []
    if row is None or not row.is_active or "operator" not in roles:
        raise Refused(Message("shell.no_operator", {"name": username}))
    return person(row.id, row.first_name, roles, row.unit_id)


def take_in(settings: config.Config, given: Namespace) -> int:
    """Register the messages of a file, one JSON object a line, by a channel of the office's own."""
    channel, sessions = channel_named(given.channel), opened(settings)
    refused = 0
    for number, line in enumerate(given.file.read_text("utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            case = _registered(sessions, clock_of(settings)(), channel, given.by, json.loads(line))
            print(f"{number}: {case}")
        except NotAllowed as no:
            refused += 1
            told = " ".join(said(no, language, "register") for language in SPOKEN)
            print(f"{number}: {told}", file=sys.stderr)
    return 1 if refused else 0


def _registered(
    sessions: Sessions, now: datetime, channel: Channel, by: str, message: Mapping[str, Any]
) -> str:
    """Register one message; the number of its case."""
    with transaction(sessions) as session:
        fields = {**channel.read(message), "channel": channel.word}
        case = perform(session, now, taker(session, by), "register", **fields)
        return str(case.number)
