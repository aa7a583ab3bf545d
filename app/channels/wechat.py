"""The office's WeChat official account as a way out (template messages 模板消息), and as the place from
which the pictures and voices that callers send are fetched, within three days.

Source: 微信开放文档, 公众号: 获取稳定版接口调用凭据 (stable_token), 模板消息, 获取临时素材, 全局返回码
(developers.weixin.qq.com/doc/offiaccount). The token stands in the address of each request, as WeChat
wants it; no line of a log holds one.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from app.channels.channel import Sent, Told
from app.channels.http import Answer, Request, ask
from app.channels.line import Network
from app.channels.reasons import sent
from app.channels.sms.templates import Template, Unfit

URL = "https://api.weixin.qq.com"
_OPENID = re.compile(r"[A-Za-z0-9_-]{10,64}")
_JSON = {"Content-Type": "application/json; charset=utf-8"}
_EARLY = 300
"""Seconds before its end that a token is no longer used."""
_TOKEN_GONE = (40001, 40014, 42001)
MEANINGS: Mapping[int, tuple[str, int]] = {
    -1: ("out_of_order", 60),
    40001: ("credentials_wrong", 0),
    40013: ("credentials_wrong", 0),
    40014: ("credentials_wrong", 0),
    40125: ("credentials_wrong", 0),
    40164: ("credentials_wrong", 0),
    42001: ("credentials_wrong", 0),
    50002: ("credentials_wrong", 0),
    41001: ("credentials_wrong", 0),
    48001: ("set_up_wrong", 0),
    43002: ("set_up_wrong", 0),
    40003: ("receiver_wrong", 0),
    43004: ("receiver_unwilling", 0),
    43101: ("receiver_unwilling", 0),
    43116: ("receiver_unwilling", 0),
    40037: ("no_template", 0),
    47003: ("content_refused", 0),
    45009: ("too_many", 600),
    45011: ("too_many", 60),
}
"""`errcode` -> our word, and after how many seconds to ask again."""


@dataclass(frozen=True)
class Preset:
    """What a kind of account may: send template messages, have media fetched."""

    templates: bool
    media: bool


PRESETS: Mapping[str, Preset] = {
    "service": Preset(templates=True, media=True),
    "subscription": Preset(templates=False, media=True),
    "unverified": Preset(templates=False, media=False),
}
"""服务号 (certified), 订阅号 (certified), and an account of either kind that is not certified: that one
answers what it is told, nothing else."""


@dataclass(frozen=True)
class Media:
    """A picture or voice as WeChat has it, or why there is none: `gone` where it never comes."""

    content: bytes = field(default=b"", repr=False)
    failed: Sent | None = None
    gone: bool = False


@dataclass
class WeChat:
    """An account. `templates`: kind of message -> template; receivers are openids."""

    network: Network
    app_id: str
    secret: str = field(repr=False)
    templates: Mapping[str, Template]
    kind: str = "service"
    url: str = URL
    clock: Callable[[], float] = time.monotonic
    _token: tuple[str, float] = field(default=("", 0.0), init=False, repr=False)
    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False)

    def send(self, told: Told) -> Sent:
        """Send a template message to an openid; `told.key` keeps WeChat from sending it twice."""
        template = self.templates.get(told.kind)
        if not PRESETS[self.kind].templates:
            return sent("set_up_wrong")
        if template is None:
            return sent("no_template")
        if not _OPENID.fullmatch(told.to):
            return sent("receiver_wrong")
        try:
            values = template.filled(told.fields)
        except Unfit as unfit:
            return sent(unfit.code)
        body = {
            "touser": told.to,
            "template_id": template.id,
            "client_msg_id": told.key,
            "data": {name: {"value": value} for name, value in values},
        }
        hidden = (self.secret, told.to, *(value for _, value in values))
        return self._verdict(self._posted("/cgi-bin/message/template/send", body), hidden)

    def media(self, media_id: str) -> Media:
        """What a caller sent, by its id of WeChat's."""
        if not PRESETS[self.kind].media:
            return Media(failed=sent("set_up_wrong"), gone=True)
        way = f"/cgi-bin/media/get?media_id={quote(media_id, safe='')}"
        answer = self._called(lambda token: Request(self._at(way, token), b"", {}, "GET"))
        if isinstance(answer, Sent):
            return Media(failed=answer)
        code = _code(answer)
        if answer.verdict() is None and code is None:
            return Media(answer.body)
        verdict = self._verdict(answer, (self.secret, media_id))
        # 40007: the id is none, or older than three days.
        return Media(failed=verdict, gone=code == 40007)

    def _posted(self, way: str, body: Mapping[str, Any]) -> Answer | Sent:
        raw = json.dumps(body, ensure_ascii=False).encode(errors="replace")
        return self._called(lambda token: Request(self._at(way, token), raw, _JSON))

    def _called(self, made: Callable[[str], Request]) -> Answer | Sent:
        """Ask with a token; once more with a new one where WeChat has given another meanwhile."""
        for anew in (False, True):
            token = self._token_now(anew)
            if isinstance(token, Sent):
                return token
            answer = ask(self.network, made(token))
            if _code(answer) not in _TOKEN_GONE:
                break
        return answer

    def _token_now(self, anew: bool) -> str | Sent:
        with self._lock:
            token, until = self._token
            if token and not anew and self.clock() < until:
                return token
            wanted = {"grant_type": "client_credential", "appid": self.app_id}
            body = json.dumps({**wanted, "secret": self.secret, "force_refresh": anew}).encode()
            answer = ask(self.network, Request(f"{self.url}/cgi-bin/stable_token", body, _JSON))
            told = answer.told()
            found = told.get("access_token") if isinstance(told, dict) else None
            if answer.verdict() is not None or not isinstance(found, str) or not found:
                return self._verdict(answer, (self.secret,))
            lasts = told.get("expires_in")
            seconds = lasts if isinstance(lasts, int) else 0
            self._token = found, self.clock() + max(0, seconds - _EARLY)
            return found

    def _at(self, way: str, token: str) -> str:
        mark = "&" if "?" in way else "?"
        return f"{self.url}{way}{mark}{urlencode({'access_token': token})}"

    def _verdict(self, answer: Answer | Sent, hidden: tuple[str, ...]) -> Sent:
        """By `errcode`: WeChat answers 200 to what it refuses."""
        if isinstance(answer, Sent):
            return answer
        failed = answer.verdict()
        if failed:
            return failed
        code, told = _code(answer), answer.told()
        if code is None:
            return sent("answer_unreadable")
        if code == 0:
            return sent("taken", reference=told.get("msgid", ""), hidden=hidden)
        word, again_in = MEANINGS.get(code, ("refused", 0))
        return sent(word, theirs=code, again_in=again_in, hidden=hidden)


def _code(answer: Answer) -> int | None:
    """`errcode`; None where there is none, as beside a picture."""
    told = answer.told() if answer.body[:1] == b"{" else None
    code = told.get("errcode") if isinstance(told, dict) else None
    return code if isinstance(code, int) and not isinstance(code, bool) else None
