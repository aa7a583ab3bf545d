"""Mail comes in from a real server, each mail once, whatever it is and however often it lies there."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

import config
from app.database import reading, transaction
from app.models import Case, Mailbox, MailCursor, MailLook, Message, MessageFile, MessageRaw
from app.roles import BOT
from app.stages.inbox import keep
from app.stages.inbox.mailboxes import pretend_mailbox, set_mailbox
from jobs import mail
from jobs.desk import Desk as Here
from tests.broken_mails import WORDS, large, sixty
from tests.databases import KEY, SIGNING, Desk
from tests.office import Office, moment
from tests.servers import DovecotServer

NOW = moment("2026-06-08 09:00")
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c6360"
    "000002000001e221bc330000000049454e44ae426082"
)


@pytest.fixture(scope="module")
def dovecot() -> Iterator[DovecotServer]:
    """A mail server."""
    with DovecotServer() as server:
        yield server


@pytest.fixture
def lying(dovecot: DovecotServer) -> DovecotServer:
    """The mail server with nothing in it."""
    with dovecot.client() as client:
        _, (there,) = client.select("INBOX")
        if there != b"0":
            client.store("1:*", "+FLAGS", "\\Deleted")
            client.expunge()
    return dovecot


def here_of(desk: Desk, folder: Path, *allowed: str) -> Here:
    """What a job holds, over a desk of the tests."""
    settings = config.load({"DESK_DATA": str(folder), "DATABASE_URL": desk.url})
    settings = replace(
        settings, allowed_hosts=tuple(allowed), ledger_key=KEY, signing_keys=(SIGNING,)
    )
    return Here(settings, desk.engine, desk.sessions, lambda: NOW)


@pytest.fixture
def here(desk: Desk, tmp_path: Path, lying: DovecotServer) -> Here:
    """A desk that reads the mail server."""
    with transaction(desk.sessions) as session:
        set_mailbox(
            session, NOW, BOT, "市长信箱", "127.0.0.1", lying.account, "imap", lying.port,
            lying.password,
        )  # fmt: skip
    return here_of(desk, tmp_path, f"127.0.0.1:{lying.port}")


def looked(here: Here) -> int:
    """How many mails one round took in."""
    taken = sum(mail.look(here, box) for box in mail.boxes(here))
    with reading(here.sessions) as session:
        assert [row.code for row in session.scalars(select(MailLook))] == [""]
    return taken


def rows(here: Here, model: Any = Message) -> list[Any]:
    with reading(here.sessions) as session:
        return list(session.scalars(select(model).order_by(model.id)))


def plain(n: int = 1, extra: str = "", words: str = WORDS, who: str = "wang@example.org") -> bytes:
    head = f"From: =?utf-8?B?546L5p+Q?= <{who}>\nDate: Mon, 08 Jun 2026 08:00:00 +0800\n"
    head += f"Message-ID: <m{n}@example.org>\nSubject: =?utf-8?B?6Lev54Gv?=\n{extra}"
    return f"{head}Content-Type: text/plain; charset=utf-8\n\n{words}\n".encode()


def test_a_mail_is_a_message_with_its_sender_its_words_and_its_moment(
    here: Here, lying: DovecotServer
) -> None:
    lying.put(plain())
    assert looked(here) == 1
    (row,) = rows(here)
    assert (row.sender, row.name, row.subject, row.words) == (
        "wang@example.org",
        "王某",
        "路灯",
        WORDS,
    )
    assert (row.source, row.stands, row.acknowledged) == ("mail", "new", "due")
    assert row.received_at <= NOW
    assert rows(here, MessageRaw)[0].content == plain().replace(b"\n", b"\r\n")
    with lying.client() as client:
        client.select("INBOX", readonly=True)
        assert client.search(None, "UNSEEN") == ("OK", [b"1"])


def test_only_what_lies_above_the_cursor_is_read(here: Here, lying: DovecotServer) -> None:
    lying.put(plain(1))
    assert looked(here) == 1
    assert looked(here) == 0
    lying.put(plain(2))
    assert looked(here) == 1
    assert len(rows(here)) == 2


def test_ten_copies_of_one_mail_and_a_new_uidvalidity_double_nothing(
    here: Here, lying: DovecotServer
) -> None:
    for _ in range(10):
        lying.put(b"Received: by x\n" + plain(1))
    assert looked(here) == 10
    lying.begin_anew()
    looked(here)
    assert len(rows(here)) == 1
    with reading(here.sessions) as session:
        assert len(session.scalars(select(MailCursor)).all()) == 2


def test_ten_rounds_at_once_take_a_mail_in_once(here: Here, lying: DovecotServer) -> None:
    for n in range(3):
        lying.put(plain(n))
    (box,) = mail.boxes(here)
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: mail.look(here, box), range(10)))
    assert len(rows(here)) == 3
    assert [row.acknowledged for row in rows(here)].count("due") == 1


def test_sixty_broken_mails_come_in_and_the_next_one_too(here: Here, lying: DovecotServer) -> None:
    mails = [raw for raw in sixty() if len(raw) < 5_000_000]
    for raw in mails:
        lying.put(raw or b"X: y\n")
    lying.put(plain(999))
    looked(here)
    found = rows(here)
    assert all(row.read_at is not None for row in found)
    assert len(found) >= len(mails) - 2
    assert found[-1].subject == "路灯"
    notes = [note for row in found for note in json.loads(row.facts)["notes"]]
    assert notes.count("headers_only") == 2


@pytest.mark.long
def test_of_a_mail_of_fifty_megabytes_headers_and_words_come_in_and_it_is_said(
    here: Here, lying: DovecotServer
) -> None:
    lying.put(large(3, 50))
    assert looked(here) == 1
    (row,) = rows(here)
    assert (row.subject, row.words) == ("large", WORDS)
    facts = json.loads(row.facts)
    assert "too_large" in facts["notes"]
    assert facts["size"] > 50_000_000 > row.raw_size
    assert rows(here, MessageFile) == []


def test_files_go_through_the_stores_checks_and_what_is_refused_is_named(
    here: Here, lying: DovecotServer
) -> None:
    file = (
        "--b\nContent-Type: {kind}\nContent-Transfer-Encoding: base64\n"
        'Content-Disposition: attachment; filename="{name}"\n\n{content}\n'
    )
    png = base64.b64encode(PNG).decode()
    exe = base64.b64encode(b"MZ" + b"\0" * 200).decode()
    raw = (
        "From: a@example.org\nSubject: files\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\n\nwords\n'
        + file.format(kind="image/png", name="a.png", content=png)
        + file.format(kind="application/x-dosexec", name="b.exe", content=exe)
        + "--b--\n"
    )
    lying.put(raw.encode())
    looked(here)
    assert [row.name for row in rows(here, MessageFile)] == ["a.png"]
    (row,) = rows(here)
    assert [name for name, _ in json.loads(row.facts)["left_out"]] == ["b.exe"]


def test_what_was_kept_and_not_read_is_read_in_the_next_round(here: Here) -> None:
    with transaction(here.sessions) as session:
        keep(session, NOW, "mail", "k", plain(5), NOW, mailbox=1, whole=True)
    mail.read_left(here)
    (row,) = rows(here)
    assert (row.words, row.subject) == (WORDS, "路灯")


def test_a_sender_is_told_once_a_day_and_nobody_who_did_not_write_himself(
    here: Here, lying: DovecotServer
) -> None:
    told = [
        plain(1),
        plain(2),
        plain(3, "Auto-Submitted: auto-replied\n", who="b@example.org"),
        plain(4, "List-Id: <x>\n", who="c@example.org"),
        plain(5, "Return-Path: <>\n", who="d@example.org"),
        plain(6, "Precedence: bulk\n", who="e@example.org"),
        plain(7, who="f@example.org"),
        plain(8, who=lying.account + "@example.org"),
    ]
    for raw in told:
        lying.put(raw)
    looked(here)
    assert [row.acknowledged for row in rows(here)] == [
        *("due", "once_a_day", "auto", "list", "bounce", "list", "due", "due"),
    ]


def test_an_answer_and_a_number_in_the_subject_propose_the_case(
    here: Here, lying: DovecotServer, desk: Desk
) -> None:
    office = Office(desk)
    office.allocated("2026-06-08 08:00", "A", "WATER")
    with transaction(desk.sessions) as session:
        number = session.get_one(Case, office.id("A")).number
    lying.put(plain(1))
    looked(here)
    joining = {"kind": "supplement", "message": rows(here)[0].id, "words": "补充"}
    office.do("2026-06-08 09:30", "operator", "contact", "A", **joining)
    receipt = rows(here)[0].receipt
    lying.put(plain(2, "In-Reply-To: <m1@example.org>\n"))
    lying.put(plain(3, f"References: <receipt-{receipt}@example.org>\n"))
    lying.put(plain(4).replace(b"=?utf-8?B?6Lev54Gv?=", f"Re: {number}".encode()))
    lying.put(plain(5))
    looked(here)
    assert [row.about_id for row in rows(here)[1:]] == [office.id("A")] * 3 + [None]
    assert all(row.stands == "new" for row in rows(here)[1:])


def test_a_mailbox_that_cannot_be_read_says_why_in_our_words(
    here: Here, lying: DovecotServer, desk: Desk
) -> None:
    def code(**changed: Any) -> str:
        with transaction(desk.sessions) as session:
            told = {
                "speaks": "imap",
                "port": lying.port,
                "mailbox_password": lying.password,
                **changed,
            }
            host = told.pop("host", "127.0.0.1")
            set_mailbox(session, NOW, BOT, "市长信箱", host, lying.account, **told)
        for box in mail.boxes(here):
            mail.look(here, box)
        with reading(desk.sessions) as session:
            found: str = session.scalars(select(MailLook.code)).one()
            return found

    assert code(mailbox_password="wrong") == "credentials_wrong"  # noqa: S106
    assert code(port=lying.port + 1 if lying.port < 60_000 else 1143) == "address_inside"
    assert code(host="localhost.invalid") == "address_unknown"
    assert code(folder="Nowhere") == "mailbox_refuses"
    assert code(folder="INBOX") == ""


def test_its_password_stands_sealed_and_in_no_event(here: Here, lying: DovecotServer) -> None:
    with reading(here.sessions) as session:
        row = session.scalars(select(Mailbox)).one()
        assert lying.password not in row.sealed
        texts = [text for (text,) in session.execute(select(Mailbox.sealed))]
        assert all(lying.password not in text for text in texts)
    assert [box.password for box in mail.boxes(here)] == [lying.password]
    assert lying.password not in repr(mail.boxes(here))


def test_letters_of_a_pretend_mailbox_come_one_after_the_other_and_none_in_earnest(
    desk: Desk, tmp_path: Path
) -> None:
    letters = [
        {"address": f"a{n}", "name": "王某", "subject": f"s{n}", "words": WORDS} for n in range(5)
    ]
    with transaction(desk.sessions) as session:
        pretend_mailbox(session, NOW, BOT, "演示信箱", letters)
    here = here_of(desk, tmp_path)
    (box,) = mail.boxes(here)
    assert mail.look(here, box) == 3
    later = replace(here, clock=lambda: moment("2026-06-08 09:05"))
    assert mail.look(later, box) == 1
    with reading(desk.sessions) as session:
        assert session.scalar(select(func.count()).select_from(Message)) == 4
    earnest = replace(later, settings=replace(here.settings, env="production"))
    assert mail.look(earnest, box) == 0
    with reading(desk.sessions) as session:
        assert session.scalars(select(MailLook.code)).one() == "pretend_in_production"
    assert isinstance(NOW, datetime)
