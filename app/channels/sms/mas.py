"""China Mobile's 云MAS: a text of a template over its HTTP interface, signed by an MD5 over the joined
fields, the whole as JSON in base64.

Source: 中国移动 云MAS 业务平台, HTTP 接口使用手册 (模板短信 tmpsubmit, 返回码).
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from app.channels.channel import Sent
from app.channels.http import Answer, Request
from app.channels.reasons import sent
from app.channels.sms.gateway import Filled, at_path

URL = "https://112.35.10.201:28888/sms/tmpsubmit"
"""The usual address over TLS. The one in the clear, port 1992 of 112.35.1.155, is asked only where
the environment opens that host."""
MEANINGS: Mapping[str, str] = {
    "IllegalMac": "credentials_wrong",
    "InvalidUsrOrPwd": "credentials_wrong",
    "NOT_WHITE_IP": "credentials_wrong",
    "IllegalSignId": "set_up_wrong",
    "NoSignId": "set_up_wrong",
    "InvalidMessage": "content_refused",
    "InvalidMobile": "receiver_wrong",
    "TooManyMobiles": "refused",
}
"""The platform's `rspcod` -> our word."""


@dataclass(frozen=True)
class Mas:
    """An interface of 云MAS. `office`: ecName, the customer's name there; `signature`: the code of
    the signature; `extension`: addSerial."""

    office: str
    account: str
    secret: str = field(repr=False)
    signature: str
    extension: str = ""
    url: str = field(default=URL, repr=False)

    def secrets(self) -> tuple[str, ...]:
        """The key, its name, and the address, which may hold a token."""
        return self.secret, self.account, self.url

    def request(self, message: Filled) -> Request:
        """A text of a template; the fields go by their order."""
        values = [value for _, value in message.values]
        listed = json.dumps(values, ensure_ascii=False, separators=(",", ":"))
        told = {
            "ecName": self.office,
            "apId": self.account,
            "templateId": message.template,
            "mobiles": message.to,
            "params": listed,
            "sign": self.signature,
            "addSerial": self.extension,
            "mac": mac(
                self.office,
                self.account,
                self.secret,
                message.template,
                message.to,
                listed,
                self.signature,
                self.extension,
            ),
        }
        body = base64.b64encode(json.dumps(told, ensure_ascii=False).encode())
        return Request(self.url, body, {"Content-Type": "text/plain"})

    def verdict(self, answer: Answer, hidden: tuple[str, ...]) -> Sent:
        """By `success` and `rspcod`."""
        told = None if answer.failed else answer.told()
        code = at_path(told, "rspcod")
        if at_path(told, "success") is True and code == "success":
            # The manual spells it both ways.
            group = at_path(told, "msgGroup") or at_path(told, "mgsGroup")
            return sent("taken", reference=group, hidden=hidden)
        if not isinstance(code, str) or code == "success":
            return answer.verdict() or sent("answer_unreadable")
        return sent(MEANINGS.get(code, "refused"), theirs=code, hidden=hidden)


def mac(*parts: str) -> str:
    """The MD5 over parts that are joined without anything between them, in small hex digits."""
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()
