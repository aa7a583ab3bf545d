"""The inbox 收件箱: messages are kept once, and the centre makes something of each."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import func, select

from app.database import retried, transaction
from app.files.store import Kept
from app.models import Event, Message, MessageFile, MessageRaw
from app.stages.inbox import arrive, keep, of_receipt
from tests.databases import Desk
from tests.office import moment

NOW = moment("2025-06-09 09:00")
RAW = b"Subject: x\r\n\r\n\xc2\xb7"


def test_a_message_is_kept_as_it_came_before_it_is_read(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        row = keep(session, NOW, "mail", "m-1", RAW)
        assert row.read_at is None
        assert row.stands == "new"
    with transaction(desk.sessions) as session:
        read = arrive(session, NOW, "mail", "m-1", RAW, "a@example.org", "路灯", "路灯不亮")
        assert read.id == row.id
    with transaction(desk.sessions) as session:
        row = session.scalars(select(Message)).one()
        assert (row.sender, row.subject, row.words) == ("a@example.org", "路灯", "路灯不亮")
        assert session.get_one(MessageRaw, row.id).content == RAW
        assert row.raw_sha256 == hashlib.sha256(RAW).hexdigest()
        kinds = session.scalars(select(Event.kind).where(Event.kind.startswith("message."))).all()
        assert kinds == ["message.arrived", "message.read"]
        assert not session.scalar(select(func.count()).where(Event.kind == "record.sealed"))


def test_ten_copies_at_once_are_one_message(desk: Desk) -> None:
    def bring(_: int) -> int:
        return retried(
            desk.sessions,
            lambda session: arrive(session, NOW, "form", "k", RAW, words="同一件事").id,
        )

    with ThreadPoolExecutor(10) as pool:
        assert len({*pool.map(bring, range(10))}) == 1
    with transaction(desk.sessions) as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 1


def test_its_receipt_opens_it_however_it_was_typed(desk: Desk) -> None:
    file = Kept("灯.jpg", "a" * 64, 12, "image/jpeg")
    with transaction(desk.sessions) as session:
        row = arrive(session, NOW, "form", "k", RAW, words="路灯", files=[file], consent="v1")
        typed = f" {row.receipt[:4].lower()}-{row.receipt[4:8]} {row.receipt[8:]}"
        assert of_receipt(session, typed) is row
        assert of_receipt(session, "ABCD") is None
        assert session.scalars(select(MessageFile.name)).all() == ["灯.jpg"]
        assert row.facts == '{"consent": "v1"}'
        assert row.own_at == moment("2025-06-11 00:00")


def test_signs_that_no_database_keeps_are_shown_and_the_raw_message_has_them(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        row = arrive(session, NOW, "mail", "k\0" * 300, b"\0\xff", words="a\0b\ud800c")
        assert row.words == "a\u2400b\ufffdc"
        assert len(row.key) == 64
