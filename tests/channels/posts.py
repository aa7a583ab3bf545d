"""Mail servers of the tests: aiosmtpd, which takes mail and says what it is told to, and sockets that
only play at being one."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class Post:
    """A mail server: what it took, what it says instead of yes, and who may log in."""

    port: int = 0
    mails: list[Envelope] = field(default_factory=list)
    says: dict[str, str] = field(default_factory=dict)
    logins: list[tuple[str, str]] = field(default_factory=list)
    login: tuple[str, str] | None = None

    def only(self) -> EmailMessage:
        """The one mail that it took."""
        (one,) = self.mails
        assert isinstance(one.content, bytes)
        found = message_from_bytes(one.content, policy=default)
        assert isinstance(found, EmailMessage)
        return found

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        envelope.mail_from = address
        return self.says.get("MAIL", "250 OK")

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "RCPT" not in self.says:
            envelope.rcpt_tos.append(address)
        return self.says.get("RCPT", "250 OK")

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if "DATA" not in self.says:
            self.mails.append(envelope)
        return self.says.get("DATA", "250 OK queued")

    def knows(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        """Who may log in."""
        assert isinstance(data, LoginPassword)
        given = data.login.decode(), data.password.decode()
        self.logins.append(given)
        if "AUTH" in self.says:
            return AuthResult(success=False, handled=False, message=self.says["AUTH"])
        return AuthResult(success=given == self.login, handled=given == self.login)


@contextmanager
def posting(
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    login: tuple[str, str] | None = None,
    **says: str,
) -> Iterator[Post]:
    """A mail server on this machine."""
    post = Post(says=says, login=login)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        post.port = free.getsockname()[1]
    controller = Controller(
        post,
        hostname="127.0.0.1",
        port=post.port,
        ssl_context=tls,
        tls_context=starttls,
        authenticator=post.knows if login else None,
        auth_require_tls=bool(starttls),
        ready_timeout=10,
    )
    controller.start()
    try:
        yield post
    finally:
        controller.stop()


@contextmanager
def playing(script: Callable[[socket.socket], None]) -> Iterator[Post]:
    """A socket that does as a script says with each who comes; what it was sent is in `logins`."""
    post = Post()
    with socket.create_server(("127.0.0.1", 0)) as server:
        post.port = server.getsockname()[1]

        def serve() -> None:
            while True:
                try:
                    found, _ = server.accept()
                except OSError:
                    return
                with found:
                    try:
                        script(found)
                    except OSError:
                        continue

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        try:
            yield post
        finally:
            server.shutdown(socket.SHUT_RDWR)


def greeting(before: int, then: Callable[[socket.socket], None]) -> Callable[..., None]:
    """Answer so many commands as a mail server does, then do something else."""

    def script(found: socket.socket) -> None:
        lines = found.makefile("rb")
        found.sendall(b"220 post\r\n")
        for _ in range(before):
            if lines.readline().upper().startswith(b"DATA"):
                found.sendall(b"354 go on\r\n")
                while lines.readline() not in (b".\r\n", b""):
                    pass
                break
            found.sendall(b"250 OK\r\n")
        then(found)

    return script


def drip(found: socket.socket) -> None:
    """A byte at a time, for ever."""
    found.sendall(b"250-")
    while True:
        found.sendall(b"a")
        time.sleep(0.05)


def flood(found: socket.socket) -> None:
    """A reply of lines without end."""
    while True:
        found.sendall(b"250-and so on\r\n" * 500)


def silence(found: socket.socket) -> None:
    """Nothing until the other side goes."""
    found.settimeout(20)
    while found.recv(4096):
        pass


def leave(found: socket.socket) -> None:
    """Hang up."""
    found.shutdown(socket.SHUT_RDWR)
