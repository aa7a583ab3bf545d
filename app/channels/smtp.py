"""One conversation with a mail server: over a connection that is pinned and cut off in time, with
replies of a bounded length, and its outcome in words of ours."""

from __future__ import annotations

import smtplib
import socket
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal

from app.channels.channel import Sent
from app.channels.line import Line, Network
from app.channels.reachable import Pinned
from app.channels.reasons import sent

Security = Literal["starttls", "tls", "plain"]
AGAIN = 300
"""After how many seconds a server that said 4xx is asked again: it may be testing who comes back."""


@dataclass(frozen=True)
class Envelope:
    """A mail as a server is given it; `reference` is its Message-ID without brackets."""

    sender: str = field(repr=False)
    receiver: str = field(repr=False)
    message: bytes = field(repr=False)
    reference: str


class Conversation:
    """A conversation that hands over one mail. `account` empty: no login."""

    def __init__(self, network: Network, security: Security, account: str, password: str) -> None:
        self._network = network
        self._security = security
        self._account, self._password = account, password
        self._handed = False

    def hold(self, line: Line, pinned: Pinned, envelope: Envelope) -> Sent:
        """Hand a mail over. Raises nothing that the other side could bring about."""
        # What servers and the library say quotes addresses, so only the number goes on.
        try:
            return self._held(line, pinned, envelope)
        except smtplib.SMTPAuthenticationError as error:
            wrong = error.smtp_code >= 500
            return _by("credentials_wrong" if wrong else "out_of_order", error.smtp_code)
        except smtplib.SMTPResponseException as error:
            return self._refused(error.smtp_code)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            return sent(self._failed(error, line))

    def _held(self, line: Line, pinned: Pinned, envelope: Envelope) -> Sent:
        server = self._connected(line, pinned, envelope.sender.rpartition("@")[2])
        try:
            line.established = True
            server.ehlo_or_helo_if_needed()
            if self._security == "starttls":
                server.starttls(context=_context(self._network))
            if self._account:
                server.login(self._account, self._password)
            return self._handed_over(server, envelope)
        finally:
            server.close()

    def _connected(self, line: Line, pinned: Pinned, us: str) -> smtplib.SMTP:
        if self._security == "tls":
            return _Sealed(line, pinned, us, _context(self._network))
        return _Clear(line, pinned, us)

    def _handed_over(self, server: smtplib.SMTP, envelope: Envelope) -> Sent:
        code = server.mail(envelope.sender)[0]
        if code != 250:
            return self._refused(code)
        code = server.rcpt(envelope.receiver)[0]
        if code not in (250, 251):
            return _of_receiver(code)
        self._handed = True
        code = server.data(envelope.message)[0]
        if code != 250:
            return _of_content(code)
        # It is theirs now, however the two part.
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        return sent("taken", reference=envelope.reference)

    def _refused(self, code: int) -> Sent:
        """What a number means that is said to the office, not to a receiver."""
        if self._handed:
            return _of_content(code)
        if code < 500:
            return _by("too_many" if code == 452 else "out_of_order", code, AGAIN)
        return _by("credentials_wrong" if code == 530 else "set_up_wrong", code)

    def _failed(self, error: Exception, line: Line) -> str:
        if isinstance(error, ssl.SSLCertVerificationError):
            return "certificate_wrong"
        if isinstance(error, smtplib.SMTPNotSupportedError) or type(error) is (
            smtplib.SMTPException
        ):
            # It offers no TLS, no login, or none that is known.
            return "set_up_wrong"
        if not self._handed:
            return "out_of_order" if line.established else "no_connection"
        late = line.late or isinstance(error.__context__ or error, TimeoutError)
        return "answer_late" if late else "answer_lost"


def _by(word: str, code: int, again_in: int = 0) -> Sent:
    return sent(word, theirs=code if 100 <= code < 600 else "", again_in=again_in)


def _of_receiver(code: int) -> Sent:
    """550 is for good. 554 and 530 are said to whoever may not send there at all."""
    if code in (530, 554):
        return _by("set_up_wrong", code)
    if code in (450, 452):
        return _by("receiver_had_enough", code, AGAIN)
    if code < 500:
        return _by("out_of_order", code, AGAIN)
    return _by("receiver_wrong", code)


def _of_content(code: int) -> Sent:
    if code < 500:
        return _by("too_many" if code == 452 else "out_of_order", code, AGAIN)
    return _by("content_refused", code)


def _context(network: Network) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=network.authorities)


class _Bounded:
    """The replies of a server, so many bytes of them. Beyond, OSError, which ends the
    conversation."""

    def __init__(self, replies: BinaryIO, most: int) -> None:
        self._replies = replies
        self._left = most

    def readline(self, size: int) -> bytes:
        line = self._replies.readline(size)
        self._left -= len(line)
        if self._left < 0:
            raise OSError("a server that does not end")
        return line

    def close(self) -> None:
        self._replies.close()


class _Bounding(smtplib.SMTP):
    """A server whose replies are bounded."""

    _line: Line

    def getreply(self) -> tuple[int, bytes]:
        if self.file is None and self.sock is not None:
            replies: Any = _Bounded(self.sock.makefile("rb"), self._line.limits.most)
            self.file = replies
        return super().getreply()


class _Clear(_Bounding):
    """A server by the number that was checked; its name is that which a certificate has to bear."""

    def __init__(self, line: Line, pinned: Pinned, us: str) -> None:
        self._line, self._pinned = line, pinned
        address = pinned.address
        super().__init__(address.host, address.port, us, timeout=line.limits.read)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._line.connect(self._pinned)


class _Sealed(_Bounding, smtplib.SMTP_SSL):
    """The same over TLS from the start."""

    def __init__(self, line: Line, pinned: Pinned, us: str, context: ssl.SSLContext) -> None:
        self._line, self._pinned = line, pinned
        address = pinned.address
        super().__init__(address.host, address.port, us, timeout=line.limits.read, context=context)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        plain = self._line.connect(self._pinned)
        return self.context.wrap_socket(plain, server_hostname=self._pinned.address.host)
