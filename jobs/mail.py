"""Mail comes in: every mailbox is read from where it was left, each mail kept as it came before anything
looks into it. No rule, no decision."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from cryptography.exceptions import InvalidTag
from sqlalchemy.orm import Session

from app.channels.headers import key_of
from app.channels.letters import Letter, read
from app.channels.line import Network
from app.channels.mailbox import LIMITS, Account, Fetched, Unreadable, opened
from app.channels.pretend_mailbox import PretendMailbox
from app.channels.reachable import Allowed
from app.database import reading, retried
from app.files.scanner import Scanner
from app.files.store import Kept
from app.files.store import keep as keep_file
from app.logs import logger
from app.models import Mailbox
from app.rules.refusal import NotAllowed
from app.rules.workdays import beijing
from app.stages.inbox import arrive, keep, unread
from app.stages.inbox.mailboxes import PRETEND, letters_of, mailboxes, password_of
from app.stages.inbox.mails import (
    acknowledging,
    note_look,
    note_read,
    proposed_case,
    read_to,
    thread_of,
)
from jobs.clocks import refuse_wrong_clock
from jobs.desk import Desk, desk
from jobs.mail_told import tell

log = logger("duban.mail")
A_ROUND = 200
"""So many mails of a mailbox are taken in in one round."""
Told = dict[str, int]


@dataclass(frozen=True)
class Box:
    """A mailbox with its password, as it stands on file."""

    row: Mailbox
    password: str = field(repr=False)


class Lies(Protocol):
    """What can be read as a mailbox."""

    @property
    def validity(self) -> int: ...
    def above(self, uid: int) -> list[int]: ...
    def fetched(self, uid: int) -> Fetched | None: ...


def read_mail() -> Told:
    """Read every mailbox, and tell senders their receipts and answers."""
    here = desk()
    refuse_wrong_clock(here.sessions)
    found = boxes(here)
    taken = sum(look(here, box) for box in found)
    read_left(here)
    return {"mails": taken, "told": tell(here, {box.row.id: box for box in found})}


def boxes(here: Desk) -> list[Box]:
    """The mailboxes that are read, with their passwords; one whose password nothing opens is left
    out, with a line in the log."""
    found = []
    with reading(here.sessions) as session:
        for row in mailboxes(session):
            try:
                password = "" if row.speaks == PRETEND else password_of(session, row)
            except InvalidTag:
                log.warning("a mailbox's password cannot be opened", mailbox=row.id)
                continue
            found.append(Box(row, password))
    return found


def look(here: Desk, box: Box) -> int:
    """Look into a mailbox; how many mails were taken in."""
    taken, code = 0, ""
    try:
        with _opened(here, box) as lying:
            for _ in _taken(here, box, lying):
                taken += 1
    except (Unreadable, NotAllowed) as no:
        code = no.code if isinstance(no, Unreadable) else no.msgid
        log.warning("a mailbox cannot be read", mailbox=box.row.id, code=code)
    retried(
        here.sessions,
        lambda session: note_look(session, here.now(), box.row.id, taken, code),
    )
    return taken


def network_of(here: Desk) -> Network:
    """What may be asked, as the environment says."""
    return Network(Allowed.read(here.settings.allowed_hosts), LIMITS)


@contextmanager
def _opened(here: Desk, box: Box) -> Iterator[Lies]:
    row = box.row
    if row.speaks == PRETEND:
        began, now = beijing(row.changed_at), here.now()
        yield PretendMailbox(letters_of(row), began, now, here.settings.production)
        return
    account = Account(row.speaks, row.host, row.port, row.account, box.password, row.folder)
    with opened(network_of(here), account) as lying:
        yield lying


def _taken(here: Desk, box: Box, lying: Lies) -> Iterator[None]:
    """Take in what lies above the cursor of a mailbox, one mail after the other."""
    with reading(here.sessions) as session:
        cursor = read_to(session, box.row.id, lying.validity)
    for uid in lying.above(cursor)[:A_ROUND]:
        fetched = lying.fetched(uid)
        if fetched is not None:
            _bring(here, box.row, fetched)
            yield
        retried(
            here.sessions,
            lambda session, at=uid: note_read(session, box.row.id, lying.validity, at),  # type: ignore[misc]
        )


def _bring(here: Desk, row: Mailbox, fetched: Fetched) -> None:
    """Keep a mail as it came, then read it. Stopped between the two, it is read later."""
    key, now = key_of(fetched.raw), here.now()
    came = min(fetched.at, now)
    told = {"mailbox": row.id, "whole": fetched.whole, "size": fetched.size}
    kept = retried(
        here.sessions,
        lambda session: keep(session, now, "mail", key, fetched.raw, came, **told),
    )
    if kept.read_at is None:
        _read(here, key, fetched.raw, came, told, {row.address.lower(), row.account.lower()})


def read_left(here: Desk) -> None:
    """Read what was kept and not read, because who kept it was stopped."""
    with reading(here.sessions) as session:
        left = unread(session, "mail", A_ROUND)
    for row, raw in left:
        facts = json.loads(row.facts)
        _read(here, row.key, raw, beijing(row.received_at), facts, set())


def _read(
    here: Desk, key: str, raw: bytes, came: datetime, told: dict[str, Any], own: set[str]
) -> None:
    letter, now = read(raw, came, bool(told.get("whole", True))), here.now()
    files, left_out = _files(here, letter)
    automatic = letter.automatic or ("own" if letter.address in own - {""} else "")

    def work(session: Session) -> None:
        arrive(
            session,
            now,
            "mail",
            key,
            raw,
            letter.address,
            letter.subject,
            letter.words or letter.subject,
            min(letter.at, now),
            files,
            name=letter.name,
            thread=thread_of(letter.id),
            about_id=proposed_case(session, letter.refers_to, letter.subject),
            acknowledged=acknowledging(session, now, letter.address, automatic),
            notes=list(letter.notes),
            left_out=left_out,
            automatic=automatic,
            **told,
        )

    retried(here.sessions, work)


def _files(here: Desk, letter: Letter) -> tuple[list[Kept], list[list[str]]]:
    """The files of a mail that the store takes, and of the others name and why not."""
    command = here.settings.scanner
    scanner = Scanner(command) if command else None
    kept: list[Kept] = []
    left_out: list[list[str]] = []
    for name, content in letter.files:
        try:
            kept.append(keep_file(here.settings.data, name, content, scanner))
        except NotAllowed as no:
            left_out.append([name, no.msgid])
    return kept, left_out
