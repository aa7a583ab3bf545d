"""A gateway that an administrator describes: a body of named parts, a digest over a template string, a
value in the answer that means yes.

What is described is looked through once, when it is made; after that sending cannot fail for it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from typing import Any, Literal
from urllib.parse import urlencode

from app.channels.channel import Sent
from app.channels.http import Answer, Request
from app.channels.reasons import REASONS, sent
from app.channels.sms.gateway import Filled, at_path
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING

Body = Literal["json", "form", "base64"]
Digest = Literal["", "md5", "sha1", "sha256"]
PARTS = (
    *("account", "secret", "to", "template", "text", "key", "nonce"),
    *("seconds", "millis", "stamp", "moment"),
    *("list", "params", "list_text", "params_text", "sign"),
)
"""What may stand in braces. `seconds` and `millis` since 1970; `stamp` as 20250930083000, Beijing's;
`moment` as 2025-09-30T00:30:00Z; `list` the values of the fields in their order, `params` the fields
by name: as they are where they stand alone in a body of JSON, else as text, as `list_text` and
`params_text` always; `sign` the digest. A field of the template: `field.` and its name."""
_PART = re.compile(r"\{([A-Za-z0-9_.]+)\}")
_TYPES = {
    "json": "application/json; charset=utf-8",
    "form": "application/x-www-form-urlencoded; charset=utf-8",
    "base64": "text/plain",
}
_HEADER = re.compile(r"[A-Za-z0-9-]{1,64}")
_OURS = {"host", "content-length", "transfer-encoding", "connection", "accept-encoding"}


@dataclass(frozen=True)
class Generic:
    """A described gateway. `body`: name -> text with parts in braces; `over`: the text that the
    digest is made of; `keyed`: as an HMAC with the secret. It was taken where `success_path` of the
    answer is `success`; `code_path` is then its reason, of which `meanings` says what it means in
    our words, `reference_path` its name for the message.

    Raises NotAllowed when made: gateway_part (a part that there is not), gateway_success (nothing
    that means yes), gateway_header, gateway_meaning.
    """

    url: str = field(repr=False)
    account: str
    secret: str = field(repr=False)
    body: Mapping[str, str]
    success_path: str
    success: str
    form: Body = "json"
    digest: Digest = ""
    keyed: bool = False
    encoding: Literal["hex", "base64"] = "hex"
    over: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)
    code_path: str = ""
    reference_path: str = ""
    meanings: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        told = [*self.body.values(), *self.headers.values()]
        for part in _PART.findall(" ".join([*told, self.over])):
            if part not in PARTS and not part.startswith("field."):
                raise NotAllowed("gateway_part", part=part)
        if not (self.success_path and self.success):
            raise NotAllowed("gateway_success")
        if "{sign}" in self.over:
            raise NotAllowed("gateway_part", part="sign")
        for name, value in self.headers.items():
            if name.lower() in _OURS or not _HEADER.fullmatch(name) or not value.isprintable():
                raise NotAllowed("gateway_header", header=name)
        for meaning in self.meanings.values():
            if meaning not in REASONS:
                raise NotAllowed("gateway_meaning", meaning=meaning)

    def secrets(self) -> tuple[str, ...]:
        """The key, its name, and the address, which may hold a token."""
        return self.secret, self.account, self.url

    def request(self, message: Filled) -> Request:
        """The described body, signed as described."""
        parts = self._parts(message)
        parts["sign"] = self._signature(_put(self.over, parts))
        headers = {
            "Content-Type": _TYPES[self.form],
            # A header is one line of Latin letters; what a field holds besides cannot be in it.
            **{name: _line(_put(value, parts)) for name, value in self.headers.items()},
        }
        return Request(self.url, self._body(parts), headers)

    def _parts(self, message: Filled) -> dict[str, Any]:
        names = dict(message.values)
        values = [value for _, value in message.values]
        return {
            "account": self.account,
            "secret": self.secret,
            "to": message.to,
            "template": message.template,
            "text": message.text,
            "key": message.key,
            "nonce": message.nonce,
            "seconds": str(int(message.at.timestamp())),
            "millis": str(int(message.at.timestamp() * 1000)),
            "stamp": message.at.astimezone(BEIJING).strftime("%Y%m%d%H%M%S"),
            "moment": message.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "list": values,
            "params": names,
            "list_text": _compact(values),
            "params_text": _compact(names),
            **{f"field.{name}": value for name, value in names.items()},
        }

    def _signature(self, told: str) -> str:
        if not self.digest:
            return ""
        if self.keyed:
            found = hmac.digest(self.secret.encode(), told.encode(), self.digest)
        else:
            found = hashlib.new(self.digest, told.encode(), usedforsecurity=False).digest()
        return found.hex() if self.encoding == "hex" else base64.b64encode(found).decode()

    def _body(self, parts: Mapping[str, Any]) -> bytes:
        if self.form == "form":
            return urlencode(
                {name: _put(value, parts) for name, value in self.body.items()}
            ).encode()
        if self.form == "base64":
            told = {name: _put(value, parts) for name, value in self.body.items()}
            return base64.b64encode(json.dumps(told, ensure_ascii=False).encode())
        whole = {"{list}": parts["list"], "{params}": parts["params"]}
        filled = {
            name: whole[value] if value in whole else _put(value, parts)
            for name, value in self.body.items()
        }
        return json.dumps(filled, ensure_ascii=False).encode()

    def verdict(self, answer: Answer, hidden: tuple[str, ...]) -> Sent:
        """By the value that means yes; else by the meaning of its code, else by the status."""
        told = None if answer.failed else answer.told()
        if 200 <= answer.status < 300 and _said(at_path(told, self.success_path)) == self.success:
            return sent("taken", reference=at_path(told, self.reference_path), hidden=hidden)
        code = _said(at_path(told, self.code_path))
        if code in self.meanings:
            return sent(self.meanings[code], theirs=code, again_in=answer.wait, hidden=hidden)
        by_status = answer.verdict()
        if by_status or not isinstance(told, (dict, list)):
            return by_status or sent("answer_unreadable")
        return sent("refused", theirs=code, hidden=hidden)


def _put(template: str, parts: Mapping[str, Any]) -> str:
    """A text with its parts filled in; a field that this template has not stays empty."""

    def part(found: re.Match[str]) -> str:
        value = parts.get(found[1], "")
        return value if isinstance(value, str) else _compact(value)

    return _PART.sub(part, template)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _line(text: str) -> str:
    return "".join(sign for sign in text if sign.isascii() and sign.isprintable())


def _said(value: Any) -> str:
    """A value of JSON as it is written down: true, 0, ok; empty for nothing and for whole trees."""
    if isinstance(value, (bool, int)):
        return json.dumps(value)
    return value if isinstance(value, str) else ""
