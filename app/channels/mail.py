"""Mail that leaves the desk, by the office's own mail server.

A message has the same Message-ID each time it is sent, so that a receiver's mail program shows a
repeated one once. Nothing that is told can become a header or another receiver.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from app.channels.channel import Sent, Told
from app.channels.line import Line, Network
from app.channels.reachable import Pinned, checked, server_address
from app.channels.reasons import sent
from app.channels.smtp import Conversation, Envelope, Security
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING

_MAILBOX = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*",
    re.ASCII,
)
MOST_WORDS = 200
"""How long a subject or a sender's name may be: what is longer is cut."""


def mailbox(typed: str) -> bool:
    """Whether something is one mail address: no name beside it, no second one, no sign that could
    begin a header."""
    return len(typed) <= 254 and bool(_MAILBOX.fullmatch(typed))


def _now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Mail:
    """The office's mail server. `sender` is the address and `name` the words that mail comes from;
    `account` empty: no login. Over `plain` mail goes only to hosts that the environment opens.

    Raises NotAllowed (mail_sender) when made with a sender that is no address.
    """

    network: Network
    host: str
    port: int
    security: Security
    sender: str
    name: str = ""
    account: str = field(default="", repr=False)
    password: str = field(default="", repr=False)
    clock: Callable[[], datetime] = _now

    def __post_init__(self) -> None:
        if not mailbox(self.sender):
            raise NotAllowed("mail_sender")

    def send(self, told: Told) -> Sent:
        """Hand a mail to the server; its reference is the Message-ID without its brackets."""
        if not mailbox(told.to):
            return sent("receiver_wrong")
        with Line(self.network.limits) as line:
            try:
                pinned = self.pinned()
            except NotAllowed as refusal:
                unknown = refusal.msgid == "address_unknown"
                return sent("name_unknown" if unknown else "address_not_allowed")
            envelope = Envelope(self.sender, told.to, self.written(told), self.identified(told))
            conversation = Conversation(self.network, self.security, self.account, self.password)
            return conversation.hold(line, pinned, envelope)

    def pinned(self) -> Pinned:
        """The server, checked as when it is saved. Raises NotAllowed as `reachable.checked` does,
        and address_in_the_clear for plain mail to the outside."""
        speaks = "smtps" if self.security == "tls" else "smtp"
        address = server_address(speaks, self.host, self.port)
        found = checked(address, self.network.allowed, self.network.limits.resolve)
        opened = self.network.allowed.opens(address.host, address.port, found.numbers)
        if self.security == "plain" and not opened:
            raise NotAllowed("address_in_the_clear")
        return found

    def written(self, told: Told) -> bytes:
        """The mail as it goes over the line."""
        message = EmailMessage(SMTP)
        message["Message-ID"] = f"<{self.identified(told)}>"
        message["From"] = Address(_words(self.name), addr_spec=self.sender)
        message["To"] = Address(addr_spec=told.to)
        message["Subject"] = _words(told.subject)
        message["Date"] = format_datetime(self.clock().astimezone(BEIJING))
        # Nobody's absence note answers it.
        message["Auto-Submitted"] = "auto-generated"
        # Every server takes base64, whatever is in it.
        message.set_content(told.text.encode(errors="replace").decode(), cte="base64")
        return message.as_bytes()

    def identified(self, told: Told) -> str:
        """The Message-ID of a message, the same each time."""
        return f"{told.key}@{self.sender.rpartition('@')[2]}"


def _words(text: str) -> str:
    """Words as a header may hold them: one line, nothing that cannot be seen, nothing that is read
    as an encoded word and would be something else when it is decoded."""
    clean = "".join(sign if sign.isprintable() else " " for sign in text)
    told = " ".join(clean.encode(errors="replace").decode().split())
    return told.replace("=?", "= ?")[:MOST_WORDS]
