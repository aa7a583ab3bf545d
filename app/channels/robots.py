"""Robots of groups: WeCom (企业微信) and DingTalk (钉钉). Whoever has a robot's address may speak by it,
so the whole address is a secret.

Sources: 企业微信 开发者中心, 群机器人配置说明 (developer.work.weixin.qq.com/document/path/91770) and
全局错误码; 钉钉 开放平台, 自定义机器人接入 and 自定义机器人安全设置
(open.dingtalk.com/document/robots/custom-robot-access).
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from app.channels.channel import Sent, Told
from app.channels.http import Answer, Request, ask
from app.channels.line import Network
from app.channels.reasons import sent

CUT = "…"


@dataclass(frozen=True)
class Pace:
    """How often one robot may speak: so many messages in so many seconds, else it is silenced for
    `silence` seconds. Kept by who sends."""

    messages: int
    seconds: int
    silence: int


PACE = Pace(messages=20, seconds=60, silence=600)
"""Both robots'; DingTalk's silence lasts ten minutes, WeCom's counter a minute."""
_WECOM_BYTES, _DINGTALK_BYTES = 2048, 20000
WECOM: Mapping[int, tuple[str, int]] = {
    -1: ("out_of_order", 0),
    45009: ("too_many", 60),
    45002: ("content_refused", 0),
    44004: ("content_refused", 0),
    40008: ("content_refused", 0),
    40058: ("content_refused", 0),
    93000: ("credentials_wrong", 0),
    93004: ("set_up_wrong", 0),
    93008: ("set_up_wrong", 0),
    60020: ("credentials_wrong", 0),
}
"""`errcode` -> our word, and after how many seconds to ask again."""
DINGTALK: Mapping[int, tuple[str, int]] = {
    -1: ("out_of_order", 0),
    130101: ("too_many", PACE.silence),
    410100: ("too_many", PACE.silence),
    90018: ("too_many", PACE.silence),
    310000: ("credentials_wrong", 0),
    300001: ("credentials_wrong", 0),
    300005: ("credentials_wrong", 0),
    40014: ("credentials_wrong", 0),
    400101: ("credentials_wrong", 0),
    400013: ("set_up_wrong", 0),
    400102: ("set_up_wrong", 0),
    400106: ("set_up_wrong", 0),
    400105: ("content_refused", 0),
    40035: ("content_refused", 0),
    43004: ("content_refused", 0),
    430101: ("content_refused", 0),
    430102: ("content_refused", 0),
    430103: ("content_refused", 0),
    430104: ("content_refused", 0),
}


def _now() -> datetime:
    # DingTalk compares with its own clock: the real time, whatever the office's says.
    return datetime.now(UTC)


@dataclass(frozen=True)
class WeCom:
    """A robot of a WeCom group, by the address that the group shows."""

    network: Network
    url: str = field(repr=False)

    def send(self, told: Told) -> Sent:
        """Say subject and text in the group; what is over 2,048 bytes is cut."""
        answer = ask(self.network, _said(self.url, _text(told, _WECOM_BYTES)))
        return _verdict(answer, WECOM, _tokens(self.url))


@dataclass(frozen=True)
class DingTalk:
    """A robot of a DingTalk group. `secret`: of its 加签, empty where it is told apart by a keyword
    or its address."""

    network: Network
    url: str = field(repr=False)
    secret: str = field(default="", repr=False)
    clock: Callable[[], datetime] = _now

    def send(self, told: Told) -> Sent:
        """Say subject and text in the group; what is over 20,000 bytes is cut."""
        url = self.url
        if self.secret:
            millis = int(self.clock().timestamp() * 1000)
            mark = "&" if urlsplit(url).query else "?"
            sign = quote(signed(millis, self.secret), safe="")
            url = f"{url}{mark}timestamp={millis}&sign={sign}"
        answer = ask(self.network, _said(url, _text(told, _DINGTALK_BYTES)))
        return _verdict(answer, DINGTALK, (self.secret, *_tokens(url)))


def signed(millis: int, secret: str) -> str:
    """HMAC-SHA256 over the moment, a new line and the secret, keyed by the secret, in base64."""
    told = f"{millis}\n{secret}".encode()
    return base64.b64encode(hmac.digest(secret.encode(), told, "sha256")).decode()


def _text(told: Told, most: int) -> str:
    whole = "\n".join(part for part in (told.subject, told.text) if part)
    raw = whole.encode(errors="replace")
    if len(raw) <= most:
        return raw.decode()
    return raw[: most - len(CUT.encode())].decode(errors="ignore") + CUT


def _said(url: str, text: str) -> Request:
    body = json.dumps({"msgtype": "text", "text": {"content": text}}, ensure_ascii=False)
    return Request(url, body.encode(), {"Content-Type": "application/json; charset=utf-8"})


def _tokens(url: str) -> tuple[str, ...]:
    return (url, *(value for _, value in parse_qsl(urlsplit(url).query)))


def _verdict(
    answer: Answer, meanings: Mapping[int, tuple[str, int]], hidden: tuple[str, ...]
) -> Sent:
    """By `errcode`, which is 0 or says what is wrong: both answer 200 to what they refuse."""
    failed = answer.verdict()
    if failed:
        return failed
    told: Any = answer.told()
    code = told.get("errcode") if isinstance(told, dict) else None
    if not isinstance(code, int) or isinstance(code, bool):
        return sent("answer_unreadable")
    if code == 0:
        return sent("taken")
    word, again_in = meanings.get(code, ("refused", 0))
    return sent(word, theirs=code, again_in=again_in, hidden=hidden)
