"""Messages of a WeChat account, with wechatpy's own crypto as the other side: kept once, answered with
a receipt; what is not WeChat's is refused alike."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from defusedxml import ElementTree
from flask.testing import FlaskClient
from sqlalchemy import select
from wechatpy.crypto import WeChatCrypto
from wechatpy.utils import WeChatSigner
from werkzeug.test import TestResponse

from app.database import reading
from app.front.room import EXTENSION
from app.front.room import Room as Front
from app.front.wechat import Account, Unreadable, cdata
from app.models import Message, VisitRecord
from app.rules.codes import shown_code
from app.stages.visit.internet import code_of
from tests.databases import Desk
from tests.front.conftest import WORDS
from tests.front.test_limits import panel_clock, panel_of
from tests.room import Room

TOKEN, AES, APP = (
    "the-token-of-tests",
    "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG",
    "wx0123456789abcdef",
)
OPENID = "oCaller0123456789abcdefghijk"
THEM = WeChatCrypto(TOKEN, AES, APP)


@pytest.fixture
def client(desk: Desk, data: Path) -> Iterator[FlaskClient]:
    """A panel that serves the front itself, with a WeChat account."""
    told = {"token": TOKEN, "aes_key": AES, "app_id": APP}
    (data / "wechat.json").write_text(json.dumps(told))
    app = panel_of(desk, data)
    yield app.test_client()
    with app.app_context():
        app.extensions["sqlalchemy"].engine.dispose()


def xml(
    kind: str = "text", inner: str = "", at: int = 1_749_517_200, number: int = 7, **more: str
) -> str:
    inner = inner or f"<Content>{cdata(more.get('words', WORDS))}</Content>"
    return (
        f"<xml><ToUserName>gh_office</ToUserName><FromUserName>{more.get('openid', OPENID)}</FromUserName>"
        f"<CreateTime>{at}</CreateTime><MsgType>{kind}</MsgType>{inner}<MsgId>{number}</MsgId></xml>"
    )


def sent(client: FlaskClient, plain: str, **changed: str) -> TestResponse:
    """Send it as WeChat's servers do."""
    body = THEM.encrypt_message(plain, "nonce", "1749517200")
    found = {
        name: one or two
        for name, one, two in re.findall(
            r"<(MsgSignature|Encrypt|Nonce)><!\[CDATA\[(.*?)\]\]>()", body
        )
    }
    told = {
        "encrypt_type": "aes",
        "msg_signature": found["MsgSignature"],
        "timestamp": "1749517200",
        "nonce": "nonce",
        **changed,
    }
    body = changed.pop("body", body)
    told.pop("body", None)
    return client.post("/front/wechat", query_string=told, data=body, content_type="text/xml")


def answered(answer: TestResponse) -> str:
    """What the caller reads, decrypted by the other side."""
    assert answer.status_code == 200, answer.text
    told = ElementTree.fromstring(answer.text)
    part = {one.tag: one.text or "" for one in told}
    plain = THEM.decrypt_message(
        answer.text, part["MsgSignature"], part["TimeStamp"], part["Nonce"]
    )
    said = {one.tag: one.text or "" for one in ElementTree.fromstring(plain)}
    assert (said["ToUserName"], said["FromUserName"], said["MsgType"]) == (
        OPENID,
        "gh_office",
        "text",
    )
    return said["Content"]


def room_of(client: FlaskClient) -> Front:
    found: Front = client.application.extensions[EXTENSION]
    return found


def messages(desk: Desk) -> list[Message]:
    with reading(desk.sessions) as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def test_a_message_is_kept_and_answered_within_five_seconds_with_its_receipt(
    client: FlaskClient, desk: Desk
) -> None:
    began = time.monotonic()
    said = answered(sent(client, xml()))
    assert time.monotonic() - began < 5
    (message,) = messages(desk)
    assert (message.source, message.sender, message.words) == ("wechat", OPENID, WORDS)
    assert message.receipt in said.replace(" ", "")
    found = client.post("/front/status", data={"by": "message", "receipt": message.receipt})
    assert 'data-state="new"' in found.text


def test_ten_copies_at_once_are_one_message_and_the_next_one_is_another(
    client: FlaskClient, desk: Desk
) -> None:
    app = client.application
    with ThreadPoolExecutor(10) as pool:
        said = [*pool.map(lambda n: answered(sent(app.test_client(), xml())), range(10))]
    assert len({*said}) == 1 and len(messages(desk)) == 1
    for other in (xml(number=8), xml(at=1_749_517_201), xml(openid="oOther", number=9)):
        sent(client, other)
    assert len(messages(desk)) == 4


def test_what_ends_cdata_is_read_back_as_it_was_said() -> None:
    for words in ("]]>", "a]]>b]]>", "<![CDATA[x]]>", "]]", "]]]]>>", ""):
        assert (ElementTree.fromstring(f"<x>{cdata(words)}</x>").text or "") == words


def test_words_that_end_cdata_come_through(client: FlaskClient, desk: Desk) -> None:
    answered(sent(client, xml(words=f"{WORDS}]]><x>&amp;")))
    assert messages(desk)[0].words == f"{WORDS}]]><x>&amp;"


def test_media_is_named_for_the_desk_to_fetch(client: FlaskClient, desk: Desk) -> None:
    answered(sent(client, xml("image", "<PicUrl>http://x/</PicUrl><MediaId>media-1</MediaId>")))
    answered(
        sent(
            client,
            xml(
                "location",
                "<Location_X>38.8</Location_X><Location_Y>110.4</Location_Y><Scale>20</Scale><Label>人民路</Label>",
                number=8,
            ),
        )
    )
    picture, place = messages(desk)
    assert json.loads(picture.facts)["media"] == "media-1"
    assert "人民路" in place.words and "110.4" in place.words


def test_an_event_is_greeted_and_is_no_message(client: FlaskClient, desk: Desk) -> None:
    assert "您好" in answered(sent(client, xml("event", "<Event>subscribe</Event>")))
    assert "请发文字" in answered(sent(client, xml("strange", "<Thing>1</Thing>")))
    assert messages(desk) == []


def test_the_address_is_vouched_for(client: FlaskClient) -> None:
    signer = WeChatSigner()
    signer.add_data(TOKEN, "1749517200", "nonce")
    told = {
        "signature": signer.signature,
        "timestamp": "1749517200",
        "nonce": "nonce",
        "echostr": "12345",
    }
    assert client.get("/front/wechat", query_string=told).text == "12345"
    assert client.get("/front/wechat", query_string={**told, "signature": "x"}).status_code == 403
    assert client.get("/front/wechat").status_code == 403


BOMB = (
    '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><xml><Encrypt>&b;</Encrypt></xml>'
)
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xml><Encrypt>&a;</Encrypt></xml>'
BODIES = [
    "",
    " ",
    "x",
    "<",
    "<xml>",
    "</xml>",
    "<xml/>",
    "<xml></xml>",
    "<a/>",
    "<xml><a/></xml>",
    "<xml><Encrypt/></xml>",
    "<xml><Encrypt>x</Encrypt></xml>",
    "<xml><Encrypt>====</Encrypt></xml>",
    "<xml><Encrypt><a/></Encrypt></xml>",
    "<xml><Encrypt>1</Encrypt><Encrypt>2</Encrypt></xml>",
    BOMB,
    OUTSIDE,
    "<xml>" * 3000,
    "<xml>" * 200 + "</xml>" * 200,
    "\x00",
    "\ud83d".encode("utf-8", "surrogatepass"),
    b"\xff\xfe<xml/>",
    b"\x1f\x8b\x08\x00",
    "<xml><Encrypt>" + "A" * 70_000 + "</Encrypt></xml>",
    "<xml><Encrypt>" + "A" * 43 + "</Encrypt></xml>",
    '{"Encrypt": "x"}',
    "Encrypt=x",
    "<?xml version='1.0' encoding='nothing'?><xml/>",
    "<xml xmlns='a'><Encrypt>x</Encrypt></xml>",
]
"""Bodies that no key has touched."""
SIGNED = [
    "",
    "x",
    "<xml/>",
    "<xml></xml>",
    "<a/>",
    "<xml><MsgType/></xml>",
    "<xml><MsgType>text</MsgType></xml>",
    xml().replace("1749517200", "never"),
    xml().replace("1749517200", "9" * 30),
    xml().replace("1749517200", "-5"),
    xml().replace(OPENID, ""),
    xml().replace(OPENID, "<b/>"),
    xml("text", "<Content><a>1</a></Content>"),
    xml().replace("<MsgId>7", "<MsgId>seven"),
    xml("image", "<MediaId><x/></MediaId>"),
    BOMB.replace("Encrypt", "Content"),
    xml("text", "<Content>1</Content><Content>2</Content>"),
    "<xml>" * 300,
]
"""What the account's own key encrypted, and no message: who has the key may still be mistaken."""


def test_forty_hostile_bodies_are_refused_alike(client: FlaskClient, desk: Desk) -> None:
    assert len(BODIES) + len(SIGNED) >= 40
    refused = set()
    for body in BODIES:
        answer = sent(client, xml(), body=body)  # type: ignore[arg-type]
        refused.add((answer.status_code, answer.text))
    for plain in SIGNED:
        answer = sent(client, plain)
        refused.add((answer.status_code, answer.text))
    for changed in (
        {"encrypt_type": "raw"},
        {"msg_signature": "x"},
        {"timestamp": "1"},
        {"nonce": "é"},
    ):
        answer = sent(client, xml(), **changed)
        refused.add((answer.status_code, answer.text))
    assert len(refused) == 1 and refused.pop()[0] == 403
    assert messages(desk) == []


def test_an_account_of_another_key_or_another_app_reads_nothing() -> None:
    body = THEM.encrypt_message(xml(), "nonce", "1749517200")
    told = {"encrypt_type": "aes", "timestamp": "1749517200", "nonce": "nonce"}
    told["msg_signature"] = re.findall(r"<MsgSignature><!\[CDATA\[(.*?)\]\]>", body)[0]
    assert Account(TOKEN, AES, APP).opened(body.encode(), told).openid == OPENID
    for other in (
        Account(TOKEN, AES[::-1], APP),
        Account(TOKEN, AES, "wxother"),
        Account("other", AES, APP),
    ):
        with pytest.raises(Unreadable):
            other.opened(body.encode(), told)
    with pytest.raises(Unreadable):
        Account(TOKEN, "short", APP)


def test_without_an_account_there_is_no_such_page(sqlite_desk: Desk, data: Path) -> None:
    client = panel_of(sqlite_desk, data).test_client()
    assert (client.get("/front/wechat").status_code, client.post("/front/wechat").status_code) == (
        404,
        404,
    )


def a_code_of_a_case_from(desk: Desk, message: Message) -> str:
    """The code sent with the visit of the case that an operator made of a message."""
    room = Room(desk)
    room.number("internet_visits", True)
    caller = {"name": "李梅", "phone": "0912-8331234"}
    told = {"kind": "help", "narrative": WORDS, "caller": caller}
    room.do("2025-06-10 09:05", "operator", "register", "A", message=message.id, **told)
    room.do("2025-06-10 09:10", "allocator", "allocate", "A", unit="WATER")
    room.do("2025-06-10 14:00", "head@WATER", "reply", "A")
    room.do("2025-06-10 15:00", "examiner", "examine", "A", passes=True)
    with reading(desk.sessions) as session:
        code = code_of(session, room.visit().id)
    assert code is not None, "who wrote by WeChat is asked without a mobile number"
    return code


def test_who_sends_the_code_by_the_same_account_rates_without_the_telephones_digits(
    client: FlaskClient, desk: Desk
) -> None:
    answered(sent(client, xml()))
    code = a_code_of_a_case_from(desk, messages(desk)[0])
    panel_clock(client, 24 * 3600)
    said = answered(sent(client, xml(words=shown_code(code).lower(), number=8)))
    assert len(messages(desk)) == 1, "a code is no message"
    link = re.search(r"http://localhost(/front/rate/\S+)", said)
    assert link and OPENID not in said
    page = client.get(link[1])
    assert "last_four" not in page.text
    who = re.search(r'name="who" value="([^"]+)"', page.text)
    assert who
    rated = {"code": code, "truth": "proven", "solved": "solved", "satisfied": "satisfied"}
    stranger = client.post("/front/rate", data={**rated, "who": who[1][:-2] + "xx"})
    assert stranger.status_code == 422 and 'name="last_four"' in stranger.text
    assert client.post("/front/rate", data={**rated, "who": who[1]}).status_code == 200
    with reading(desk.sessions) as session:
        (record,) = session.scalars(select(VisitRecord)).all()
    assert (record.method, record.satisfied) == ("internet", "satisfied")


def test_another_account_that_knows_the_code_is_not_its_caller(
    client: FlaskClient, desk: Desk
) -> None:
    answered(sent(client, xml()))
    code = a_code_of_a_case_from(desk, messages(desk)[0])
    panel_clock(client, 24 * 3600)
    who = room_of(client).keys.wrapped("rater", "oAnother", room_of(client).clock())
    rated = {"code": code, "truth": "proven", "solved": "solved", "satisfied": "satisfied"}
    assert client.post("/front/rate", data={**rated, "who": who}).status_code == 404
    with reading(desk.sessions) as session:
        assert session.scalars(select(VisitRecord)).all() == []


def test_words_that_are_no_good_code_are_a_message(client: FlaskClient, desk: Desk) -> None:
    answered(sent(client, xml(words="0123456789")))
    assert [one.words for one in messages(desk)] == ["0123456789"]
