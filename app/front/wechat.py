"""Messages of the office's WeChat official account (微信公众号) as WeChat's servers send them: in
encrypted mode only. What cannot be read is refused alike, whatever is wrong with it.

Source: 微信开放文档, 公众号, 接收普通消息, 被动回复用户消息, 消息加解密说明
(developers.weixin.qq.com/doc/offiaccount). WeChat waits five seconds for an answer and sends a
message three times; it is known by openid, CreateTime and MsgId."""

from __future__ import annotations

import hmac
import secrets
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers.expat import ExpatError

from wechatpy import parse_message
from wechatpy.crypto import WeChatCrypto
from wechatpy.exceptions import WeChatException
from wechatpy.utils import WeChatSigner

from app.rules.workdays import BEIJING

MOST_BODY = 64 * 1024
"""[trust, Input: XML <= 64 kB]"""
WITH_MEDIA = ("image", "voice", "video", "shortvideo")
_UNREADABLE = (
    WeChatException,
    ExpatError,
    struct.error,
    ValueError,
    TypeError,
    KeyError,
    IndexError,
    AttributeError,
    OverflowError,
    OSError,
    RecursionError,
    AssertionError,
)
"""What wechatpy and what it stands on raise over bodies that somebody made up."""


class Unreadable(Exception):
    """What came is not WeChat's, or cannot be read."""


@dataclass(frozen=True)
class Come:
    """One message: who wrote, when, what kind, the words, and the media that has to be fetched
    within three days."""

    openid: str = field(repr=False)
    account: str
    at: datetime
    number: str
    kind: str
    words: str = field(repr=False)
    media: str = field(repr=False)

    @property
    def known_by(self) -> tuple[bytes, ...]:
        """What is the same each time WeChat sends it."""
        return self.openid.encode(), str(int(self.at.timestamp())).encode(), self.number.encode()


class Account:
    """An official account: its token and AES key (43 signs) as its page of settings has them. Raises
    Unreadable for a key that is none."""

    def __init__(self, token: str, aes_key: str, app_id: str) -> None:
        self._token = token
        try:
            self._crypto = WeChatCrypto(token, aes_key, app_id)
        except (ValueError, AssertionError) as wrong:
            raise Unreadable from wrong

    def vouched(self, told: Mapping[str, str]) -> str:
        """What has to be said back when the address is entered at WeChat. Raises Unreadable."""
        signer = WeChatSigner()
        signer.add_data(self._token, told.get("timestamp", ""), told.get("nonce", ""))
        if not hmac.compare_digest(
            str(signer.signature).encode(), told.get("signature", "").encode()
        ):
            raise Unreadable
        return told.get("echostr", "")[:200]

    def opened(self, body: bytes, told: Mapping[str, str]) -> Come:
        """A message. Raises Unreadable."""
        if len(body) > MOST_BODY or told.get("encrypt_type") != "aes":
            raise Unreadable
        try:
            plain = self._crypto.decrypt_message(
                body.decode(),
                told.get("msg_signature", ""),
                told.get("timestamp", ""),
                told.get("nonce", ""),
            )
            return _read(parse_message(plain))
        except _UNREADABLE as wrong:
            raise Unreadable from wrong

    def answer(self, come: Come, words: str, now: datetime) -> str:
        """The passive answer to a message, encrypted."""
        at = str(int(now.timestamp()))
        plain = (
            f"<xml><ToUserName>{cdata(come.openid)}</ToUserName>"
            f"<FromUserName>{cdata(come.account)}</FromUserName><CreateTime>{at}</CreateTime>"
            f"<MsgType><![CDATA[text]]></MsgType><Content>{cdata(words)}</Content></xml>"
        )
        return str(self._crypto.encrypt_message(plain, secrets.token_hex(8), at))


def cdata(words: str) -> str:
    """Words as CDATA, whatever stands in them: `]]>` would end it."""
    return f"<![CDATA[{words.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _read(message: object) -> Come:
    """What was parsed, each part as text of bounded length."""
    told = {name: _part(message, name) for name in ("source", "target", "type", "content")}
    at = datetime.fromtimestamp(int(_part(message, "time")), BEIJING)
    kind, media = told["type"], ""
    words = told["content"] if kind == "text" else ""
    if kind in WITH_MEDIA:
        media = _part(message, "media_id")
    if kind == "voice":
        words = _part(message, "recognition")
    if kind == "location":
        words = f"{_part(message, 'label')} {_part(message, 'location_x')},{_part(message, 'location_y')}"
    if kind == "link":
        parts = (_part(message, name) for name in ("title", "description", "url"))
        words = "\n".join(part for part in parts if part)
    if not told["source"] or not told["target"] or int(_part(message, "time")) <= 0:
        raise ValueError("nobody's")
    number = _part(message, "id") if kind not in ("event", "unknown") else _part(message, "event")
    return Come(told["source"], told["target"], at, number, kind, words, media)


def _part(message: object, name: str) -> str:
    found = getattr(message, name, None)
    if found is None:
        return ""
    if not isinstance(found, str | int | float):
        raise TypeError(name)
    return str(found)[:4000]
