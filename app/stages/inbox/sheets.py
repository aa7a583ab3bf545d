"""A sheet of another platform is taken in: each row a message, known by its sender's own number; what is
wrong with a row is listed, and the others go in. (1) "city platform"."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from app.ledger import note_office
from app.models import Sheet, SheetFault, SheetProgress
from app.roles import Actor
from app.rules import reading
from app.rules.files import MEDIA, MOST_BYTES, is_sha256
from app.rules.limits import KINDS
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING
from app.stages.inbox.arriving import arrive, of_key

FIELDS = ("number", "words", "subject", "at", "name", "phone", "place", "kind")
"""What a column of a sheet may say."""
NEEDED = ("number", "words")
SHEETS = tuple(media for media, ending in MEDIA.items() if ending in ("xlsx", "xls", "csv", "txt"))
"""The media types of files that may be sheets."""
LONGEST_NUMBER = 100
_LONGEST = {"name": 80, "phone": 40, "place": 200, "number": LONGEST_NUMBER}
_SERIAL = range(18_264, 80_000)
"""The days that a number in a date's column may mean, as workbooks count: 1950 to 2119."""
_FIRST_DAY = datetime(1899, 12, 30, tzinfo=BEIJING)


@dataclass(frozen=True)
class Row:
    """A row of a sheet that can be a message: its place as the sheet counts, and what it says."""

    place: int
    number: str
    words: str
    subject: str
    at: datetime | None
    facts: Mapping[str, Any]
    raw: bytes


@dataclass(frozen=True)
class Wrong:
    """A row that can be none, and why."""

    place: int
    no: NotAllowed


def hand_over_sheet(
    session: Session,
    now: datetime,
    actor: Actor,
    sender: str,
    name: str,
    sha256: str,
    size: int,
    media_type: str,
    columns: str,
) -> Sheet:
    """Hand a sheet over, to be taken in by the bot: the file as the store has it, and which of its
    columns says what. Raises NotAllowed."""
    for field, bad in (
        ("sha256", not is_sha256(sha256)),
        ("size", not 0 < size <= MOST_BYTES),
        ("media_type", media_type not in SHEETS),
        ("sender", not sender.strip()),
    ):
        if bad:
            raise NotAllowed("field_wrong", field=field)
    row = Sheet(
        sender=sender.strip(),
        name=name,
        sha256=sha256,
        size=size,
        media_type=media_type,
        columns=json.dumps(columns_read(columns), ensure_ascii=False),
        at=now,
        by_id=actor.id,
    )
    session.add(row)
    session.flush()
    note_office(session, now, actor, "sheet.handed_over", {"sheet": row.id, "sha256": sha256})
    session.add(SheetProgress(id=row.id))
    session.flush()
    return row


def columns_read(said: str) -> dict[str, str]:
    """field -> heading, from JSON. Raises NotAllowed where it says something else, or leaves out
    what is needed."""
    try:
        columns = json.loads(said)
    except (ValueError, RecursionError):
        raise NotAllowed("field_wrong", field="columns") from None
    known = isinstance(columns, dict) and set(columns) <= {*FIELDS}
    if not known or not all(isinstance(one, str) for one in columns.values()):
        raise NotAllowed("field_wrong", field="columns")
    if not all(columns.get(name) for name in NEEDED):
        raise NotAllowed("sheet_columns_missing")
    return {name: heading for name, heading in columns.items() if heading}


def columns_before(session: Session, sender: str) -> dict[str, str]:
    """What the columns of a sender's last sheet meant; nothing of one that sent none."""
    newest = select(Sheet.columns).where(Sheet.sender == sender.strip())
    said = session.scalar(newest.order_by(Sheet.id.desc()).limit(1))
    found: dict[str, str] = json.loads(said or "{}")
    return found


def checked(
    rows: Sequence[Sequence[str]],
    columns: Mapping[str, str],
    now: datetime,
    kinds: Mapping[str, str],
) -> list[Row | Wrong]:
    """Each row of a sheet but its heading, as a message or as what is wrong with it; rows in which
    nothing stands are passed over. `kinds`: what kinds are called -> their words. Raises NotAllowed
    (sheet_column_gone) where a heading is not there."""
    heading = [cell.strip() for cell in rows[0]]
    for told in columns.values():
        if told not in heading:
            raise NotAllowed("sheet_column_gone", heading=told)
    places = {name: heading.index(told) for name, told in columns.items()}
    seen: dict[str, str] = {}
    found: list[Row | Wrong] = []
    for place, cells in enumerate(rows[1:], 2):
        if any(cell.strip() for cell in cells):
            found.append(_checked(place, cells, heading, places, now, kinds, seen))
    return found


def _checked(
    place: int,
    cells: Sequence[str],
    heading: Sequence[str],
    places: Mapping[str, int],
    now: datetime,
    kinds: Mapping[str, str],
    seen: dict[str, str],
) -> Row | Wrong:
    told = {name: cells[at].strip() for name, at in places.items()}
    try:
        for name, most in _LONGEST.items():
            if len(told.get(name, "")) > most:
                raise NotAllowed("sheet_too_long_cell", field=name, most=most)
        for name in NEEDED:
            if not reading.visible(told[name]):
                raise NotAllowed("sheet_cell_missing", field=name)
        if seen.setdefault(told["number"], told["words"]) != told["words"]:
            raise NotAllowed("sheet_number_twice", number=told["number"])
        at = _moment(told.get("at", ""), now)
    except NotAllowed as no:
        return Wrong(place, no)
    facts = {name: told[name] for name in ("name", "phone", "place") if told.get(name)}
    kind = told.get("kind", "")
    known = kind if kind in KINDS else kinds.get(kind)
    facts |= {"kind": known} if known else {}
    raw = json.dumps(dict(zip(heading, cells, strict=False)), ensure_ascii=False).encode(
        "utf-8", "replace"
    )
    subject = told.get("subject", "")
    return Row(place, told["number"], told["words"], subject, at, facts, raw)


def _moment(said: str, now: datetime) -> datetime | None:
    """A moment as a sheet says it: in words, as a number of days, or not at all."""
    if not reading.visible(said):
        return None
    at = _serial(said) or _read(said)
    if at > now:
        raise NotAllowed("sheet_date_ahead", text=said[:40])
    return at


def _serial(said: str) -> datetime | None:
    try:
        days = float(said)
    except ValueError:
        return None
    if int(days) not in _SERIAL:
        return None
    return _FIRST_DAY + timedelta(seconds=round(days * 86_400))


def _read(said: str) -> datetime:
    try:
        at = reading.moment(said)
    except ValueError:
        raise NotAllowed("sheet_date_unread", text=said[:40]) from None
    if at.year not in reading.YEARS:
        raise NotAllowed("sheet_date_unread", text=said[:40])
    return at


def waiting_sheets(session: Session) -> Sequence[Sheet]:
    """The sheets that are not taken in whole, the oldest first."""
    query = select(Sheet).join(SheetProgress, SheetProgress.id == Sheet.id)
    query = query.where(SheetProgress.finished_at.is_(None))
    return session.scalars(query.order_by(Sheet.id)).all()


def take_in(
    session: Session, now: datetime, id: int, rows: Sequence[Row | Wrong], most: int
) -> bool:
    """Take in the next rows of a sheet, so many at most, and note how far it is, in one
    transaction; whether more are left. Who is stopped in between has taken in nothing of them."""
    progress = session.get_one(SheetProgress, id, with_for_update=True, populate_existing=True)
    if progress.finished_at is not None:
        return False
    sender = session.get_one(Sheet, id).sender
    if progress.done == 0:
        session.execute(delete(SheetFault).where(SheetFault.sheet_id == id))
    progress.rows = len(rows)
    for row in rows[progress.done : progress.done + most]:
        progress.done += 1
        if isinstance(row, Wrong):
            progress.wrong += 1
            facts = json.dumps(dict(row.no.facts), ensure_ascii=False)
            session.add(SheetFault(sheet_id=id, row=row.place, why=row.no.msgid, facts=facts))
        elif of_key(session, "sheet", key_of(sender, row.number)) is not None:
            progress.known += 1
        else:
            _arrives(session, now, id, sender, row)
            progress.taken += 1
    if progress.done >= len(rows):
        progress.finished_at = now
    session.flush()
    return progress.finished_at is None


def _arrives(session: Session, now: datetime, id: int, sender: str, row: Row) -> None:
    arrive(
        session,
        now,
        "sheet",
        key_of(sender, row.number),
        row.raw,
        sender,
        row.subject,
        row.words,
        row.at,
        sheet=id,
        row=row.place,
        number=row.number,
        **row.facts,
    )


def key_of(sender: str, number: str) -> str:
    """What a row of a sender is known by."""
    return f"{sender}:{number}"


def stopped(session: Session, now: datetime, id: int, why: str) -> None:
    """Note why a sheet cannot be taken in; it is not tried again."""
    progress = session.get_one(SheetProgress, id, with_for_update=True, populate_existing=True)
    progress.finished_at, progress.failed = now, why
