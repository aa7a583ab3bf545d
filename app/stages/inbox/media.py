"""Pictures and voices of WeChat messages: named when the message arrives, fetched within three days by
who has a line to WeChat. [reach, In: media fetched by the desk within 3 days]"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import lock_office, note_office
from app.models import Message, MessageFile, MessageMedia
from app.roles import BOT
from app.stages.inbox.arriving import Stored

KEPT_BY_WECHAT = timedelta(days=3)
FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=3)
AT_ONCE = 20
KEPT, GONE, REFUSED = "kept", "gone", "refused"
LONGEST = 200


def media_named(session: Session, now: datetime, message: Message, media_id: str) -> None:
    """A message has media of this id; once for each message."""
    lock_office(session)
    known = select(MessageMedia.id).where(MessageMedia.message_id == message.id)
    if session.scalar(known) is None and len(media_id) <= LONGEST:
        until = message.received_at + KEPT_BY_WECHAT
        session.add(
            MessageMedia(message_id=message.id, media_id=media_id, until=until, next_at=now)
        )
        session.flush()


def waiting_media(session: Session, now: datetime) -> Sequence[MessageMedia]:
    """The media that is to be fetched now, the one first that is lost first."""
    query = select(MessageMedia).where(MessageMedia.next_at <= now)
    return session.scalars(query.order_by(MessageMedia.until).limit(AT_ONCE)).all()


def media_kept(session: Session, now: datetime, id: int, stored: Stored) -> None:
    """Media is in the store: it becomes a file of its message, once."""
    row = _locked(session, id)
    if row.next_at is None:
        return
    file = MessageFile(
        message_id=row.message_id,
        name=stored.name,
        sha256=stored.sha256,
        size=stored.size,
        media_type=stored.media_type,
    )
    session.add(file)
    row.next_at, row.ended_as = None, KEPT
    session.flush()
    told = {"message": row.message_id, "file": file.id, "sha256": stored.sha256}
    note_office(session, now, BOT, "message.media_kept", told)


def media_missed(session: Session, now: datetime, id: int, ended: str | None = None) -> None:
    """Media could not be fetched: it is tried again, later each time, until WeChat has it no more;
    or it `ended`."""
    row = _locked(session, id)
    if row.next_at is None:
        return
    row.tries += 1
    wait = min(FIRST_WAIT * 3 ** min(row.tries - 1, 6), LONGEST_WAIT)
    row.next_at = now + wait
    if ended is None and row.next_at >= row.until:
        ended = GONE
    if ended is not None:
        row.next_at, row.ended_as = None, ended
        session.flush()
        told = {"message": row.message_id, "as": ended}
        note_office(session, now, BOT, "message.media_lost", told)


def _locked(session: Session, id: int) -> MessageMedia:
    lock_office(session)
    return session.get_one(MessageMedia, id, with_for_update=True, populate_existing=True)
