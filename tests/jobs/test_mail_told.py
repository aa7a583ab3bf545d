"""Who wrote a mail is told its receipt, and then the answer, each once, by a real mail server."""

from __future__ import annotations

from collections.abc import Iterator
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy import select

from app.database import reading, transaction
from app.models import Message
from app.roles import BOT
from app.stages.inbox import arrive
from app.stages.inbox.mailboxes import set_mailbox
from jobs import mail, mail_told
from tests.databases import Desk
from tests.jobs.test_mail import NOW, here_of
from tests.office import Office
from tests.servers import free_port


class _Sink:
    """Keeps what it is given."""

    def __init__(self) -> None:
        self.got: list[Any] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.got.append((envelope.rcpt_tos, message_from_bytes(envelope.content)))
        return "250 OK"


@pytest.fixture
def sink() -> Iterator[tuple[_Sink, int]]:
    """A mail server, and its port."""
    handler, port = _Sink(), free_port()
    controller = Controller(handler, hostname="127.0.0.1", port=port)
    controller.start()
    yield handler, port
    controller.stop()


def test_a_sender_is_told_the_receipt_and_then_the_answer_each_once(
    sqlite_desk: Desk, tmp_path: Path, sink: tuple[_Sink, int]
) -> None:
    handler, port = sink
    with transaction(sqlite_desk.sessions) as session:
        box = set_mailbox(
            session, NOW, BOT, "市长信箱", "127.0.0.1", "", "imap", 1143, "x",
            answers_from="mayor@example.org", smtp_host="127.0.0.1", smtp_port=port,
            security="plain",
        )  # fmt: skip
        told = {"mailbox": box.id, "acknowledged": "due"}
        id = arrive(
            session, NOW, "mail", "k", b"raw", "li@example.org", "水价", "怎么算？", **told
        ).id
    here = here_of(sqlite_desk, tmp_path, f"127.0.0.1:{port}")
    boxes = {one.row.id: one for one in mail.boxes(here)}
    assert mail_told.tell(here, boxes) == 1
    assert mail_told.tell(here, boxes) == 0
    Office(sqlite_desk).do(NOW, "operator", "answer_message", id=id, words="窗口周一至周五办理。")
    assert mail_told.tell(here, boxes) == 1
    assert mail_told.tell(here, boxes) == 0
    with reading(sqlite_desk.sessions) as session:
        row = session.scalars(select(Message)).one()
    assert row.acknowledged == "answer_sent"
    texts = [one.get_payload(decode=True).decode() for _, one in handler.got]
    assert [to for to, _ in handler.got] == [["li@example.org"]] * 2
    assert row.receipt[:4] in texts[0]
    assert "窗口周一至周五办理。" in texts[1]
    assert all(one["Auto-Submitted"] == "auto-generated" for _, one in handler.got)
    assert handler.got[0][1]["Message-ID"] == f"<receipt-{row.receipt}@example.org>"
