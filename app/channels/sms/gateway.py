"""Text messages: a kind of message with named fields becomes a request in the form of one gateway."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Protocol

from app.channels.channel import Sent, Told
from app.channels.http import Answer, Request, ask
from app.channels.line import Network
from app.channels.reasons import sent, without
from app.channels.sms.templates import Template, Unfit

_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9][0-9]{9})", re.ASCII)


@dataclass(frozen=True)
class Filled:
    """A message as gateways know it: a mobile number of eleven digits, a template and its fields in
    its order, and what is new with each request."""

    to: str = field(repr=False)
    template: str
    values: tuple[tuple[str, str], ...] = field(repr=False)
    text: str = field(repr=False)
    key: str
    at: datetime
    nonce: str


class Gateway(Protocol):
    """The form of one provider: how it is asked, and what its answers mean."""

    def request(self, message: Filled) -> Request:
        """What is asked for one message."""
        ...

    def verdict(self, answer: Answer, hidden: tuple[str, ...]) -> Sent:
        """What an answer means; nothing of `hidden` is handed on."""
        ...

    def secrets(self) -> tuple[str, ...]:
        """What the answer may not be quoted with."""
        ...


def _now() -> datetime:
    # Gateways compare with their own clock, so this is the real time, whatever the office's says.
    return datetime.now(UTC)


@dataclass(frozen=True)
class Sms:
    """The text messages of an office, by one gateway. `templates`: kind of message -> template."""

    network: Network
    gateway: Gateway = field(repr=False)
    templates: Mapping[str, Template]
    clock: Callable[[], datetime] = _now
    nonce: Callable[[], str] = secrets.token_hex

    def send(self, told: Told) -> Sent:
        """Send a text message to a mobile of the Chinese mainland, with or without +86."""
        number = _MOBILE.fullmatch(re.sub(r"[\s-]", "", told.to))
        template = self.templates.get(told.kind)
        if template is None:
            return sent("no_template")
        if number is None:
            return sent("receiver_wrong")
        try:
            values = template.filled(told.fields)
        except Unfit as unfit:
            return sent(unfit.code)
        message = Filled(
            number[1], template.id, values, told.text, told.key, self.clock(), self.nonce()
        )
        answer = ask(self.network, self.gateway.request(message))
        found = self.gateway.verdict(answer, (*self.gateway.secrets(), told.to, number[1]))
        return without(found, (told.text, *(value for _, value in values)))


def at_path(told: Any, path: str) -> Any:
    """What stands in JSON at a path as `Response.SendStatusSet.0.Code`; None where nothing does."""
    for step in path.split("."):
        if isinstance(told, dict):
            told = told.get(step)
        elif isinstance(told, list) and step.isascii() and step.isdigit() and len(step) < 6:
            told = told[int(step)] if int(step) < len(told) else None
        else:
            return None
    return told
