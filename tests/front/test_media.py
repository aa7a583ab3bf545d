"""What a caller sent by WeChat: pictures and voices are fetched within three days, made anew, and become
files of the message; the case that is made of it is told of by its receipt, and to its caller by the
same account."""

from __future__ import annotations

import io
import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from app.database import reading
from app.front.behind import Parcel
from app.models import Delivery, Message, MessageFile, MessageMedia
from app.rules.workdays import BEIJING
from app.stages import enquiry
from jobs import front_desk
from jobs.desk import Desk as DeskOfJobs
from jobs.wechat_media import fetch_by
from tests.channels.conftest import sink
from tests.channels.sinks import Handler, Sink, answering, home
from tests.databases import Desk
from tests.front.conftest import WORDS, desk_of
from tests.outbox.posts import post, way
from tests.room import Room

AT = datetime(2025, 6, 9, 9, 0, tzinfo=BEIJING)
OPENID, SECRET = "oCaller0123456789abcdefghijk", "the-secret-of-the-account"
__all__ = ["sink"]


def parcel(media: str = "media-1", words: str = "") -> Parcel:
    said = {"sender": OPENID, "words": words, "wechat": "image", "media": media}
    return Parcel("wechat", "a" * 64, "ABCDEFGHJKLM", AT, {k: v for k, v in said.items() if v})


def photograph() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SECRETCAMERA"
    made = io.BytesIO()
    Image.new("RGB", (800, 600), "red").save(made, "JPEG", exif=exif)
    return made.getvalue()


def answering_with(sink: Sink, media: bytes | dict[str, Any]) -> None:
    """WeChat gives a token, and this as every media and to every message."""

    def behave(handler: Handler) -> None:
        told: Any = media
        if handler.path.startswith("/cgi-bin/stable_token"):
            told = {"access_token": "t", "expires_in": 7200}
        elif handler.path.startswith("/cgi-bin/message"):
            told = {"errcode": 0, "msgid": 1}
        answering(200, told if isinstance(told, bytes) else json.dumps(told).encode())(handler)

    sink.behave = behave


@pytest.fixture
def room(desk: Desk, sink: Sink) -> Room:
    """An office with a WeChat account in force."""
    room = Room(desk)
    kinds = ("caller_registered", "caller_closed", "caller_answered")
    settings = {
        "app_id": "wx1",
        "url": f"http://127.0.0.1:{sink.port}",
        "templates": {kind: {"id": "t", "fields": [["number", "thing1", 32]]} for kind in kinds},
    }
    secrets = {"secret": SECRET}
    way(room, "2025-06-09 08:00", "gongzhonghao", "wechat", settings=settings, secrets=secrets)
    return room


def media(desk: Desk) -> MessageMedia:
    with reading(desk.sessions) as session:
        return session.scalars(select(MessageMedia)).one()


def files(desk: Desk) -> list[MessageFile]:
    with reading(desk.sessions) as session:
        return list(session.scalars(select(MessageFile)))


def at(desk: Desk, data: Path, now: datetime) -> DeskOfJobs:
    return desk_of(desk, data, now=now)


def test_a_picture_is_fetched_made_anew_and_becomes_a_file_of_its_message_once(
    desk: Desk, data: Path, room: Room, sink: Sink
) -> None:
    answering_with(sink, photograph())
    here = at(desk, data, AT + timedelta(minutes=1))
    for _ in range(2):
        front_desk.keep(here.settings, here.sessions, here.now(), parcel())
    assert fetch_by(here, home()) == {"kept": 1, "missed": 0}
    assert fetch_by(here, home()) == {"kept": 0, "missed": 0}
    (file,) = files(desk)
    content = (data / "files" / file.sha256[:2] / file.sha256).read_bytes()
    assert Image.open(io.BytesIO(content)).size == (800, 600) and b"SECRET" not in content
    assert (media(desk).ended_as, file.media_type) == ("kept", "image/jpeg")
    assert "message.media_kept" in room.events(None)


def test_what_cannot_be_fetched_is_tried_for_three_days_and_then_given_up(
    desk: Desk, data: Path, room: Room, sink: Sink
) -> None:
    answering_with(sink, {"errcode": -1})
    front_desk.keep(at(desk, data, AT).settings, desk.sessions, AT, parcel())
    now, tries = AT, 0
    while media(desk).next_at is not None:
        now = media(desk).next_at or now
        tries += fetch_by(at(desk, data, now), home())["missed"]
        assert tries < 100
    assert media(desk).ended_as == "gone"
    assert timedelta(days=2, hours=20) < now - AT < timedelta(days=3) and tries > 10


def test_what_wechat_has_no_more_or_is_no_file_ends_at_once(
    desk: Desk, data: Path, room: Room, sink: Sink
) -> None:
    front_desk.keep(at(desk, data, AT).settings, desk.sessions, AT, parcel())
    answering_with(sink, b"\x7fELF\x02\x01\x01\x00 a program")
    assert fetch_by(at(desk, data, AT), home()) == {"kept": 0, "missed": 1}
    assert media(desk).ended_as == "refused" and files(desk) == []


def test_without_an_account_media_waits(sqlite_desk: Desk, data: Path, sink: Sink) -> None:
    here = at(sqlite_desk, data, AT)
    front_desk.keep(here.settings, here.sessions, AT, parcel())
    assert fetch_by(here, home()) == {"kept": 0, "missed": 1}
    assert media(sqlite_desk).next_at is not None and sink.connections == 0


def test_the_receipt_leads_to_the_case_and_its_caller_is_told_by_the_same_account(
    desk: Desk, data: Path, room: Room, sink: Sink
) -> None:
    answering_with(sink, photograph())
    here = at(desk, data, AT)
    front_desk.keep(here.settings, here.sessions, AT, parcel(words=WORDS))
    with reading(desk.sessions) as session:
        message = session.scalars(select(Message)).one()
    room.do("2025-06-09 09:05", "operator", "take_message", id=message.id)
    caller = {"name": "李女士", "phone": ""}
    room.do(
        "2025-06-09 09:10",
        "operator",
        "register",
        "A",
        kind="help",
        message=message.id,
        caller=caller,
    )
    case = room.case("A")
    with reading(desk.sessions) as session:
        told = enquiry.of_message(session, "abcd efgh jklm")
    assert (told["state"], told["number"], told["code"]) == ("case", case.number, case.query_code)
    post(desk, "2025-06-09 10:00")
    rows = room.rows(Delivery, kind="caller_registered")
    assert [(row.way, row.medium, row.stands) for row in rows] == [
        ("gongzhonghao", "wechat", "taken")
    ]
    told_them = [json.loads(one.body) for one in sink.asked if "/message/" in one.path]
    assert [one["touser"] for one in told_them] == [OPENID]
