"""The other side of the channels, real servers on free ports: a web server that answers as it is told to
and remembers what it was asked, and what it takes to be trusted over TLS."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from app.channels.line import Limits, Network
from app.channels.reachable import Allowed

HOME = ("127.0.0.0/8", "::1")
SHORT = Limits(connect=1.0, read=0.4, whole=1.0, resolve=1.0)
"""The limits of fast tests."""


@dataclass
class Asked:
    """One request as it came in."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Behaviour = Callable[["Handler"], None]


@dataclass
class Sink:
    """A web server and what it was asked."""

    port: int = 0
    asked: list[Asked] = field(default_factory=list)
    connections: int = 0
    behave: Behaviour | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/send"


class Handler(BaseHTTPRequestHandler):
    """Reads a request whole, remembers it, and answers as the sink is told to."""

    protocol_version = "HTTP/1.1"
    sink: Sink

    def setup(self) -> None:
        self.sink.connections += 1
        super().setup()

    def _any(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.sink.asked.append(Asked(self.command, self.path, dict(self.headers), body))
        self.close_connection = True
        with suppress(OSError):
            (self.sink.behave or answering(200, b"{}"))(self)

    do_GET = do_POST = do_HEAD = do_CONNECT = _any

    def log_message(self, *told: Any) -> None:
        """Nothing."""


def answering(status: int, body: bytes = b"", **headers: str) -> Behaviour:
    """Answer with a status, a body and headers (`_` for `-`)."""

    def behave(handler: Handler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return behave


def hanging(handler: Handler) -> None:
    """Say nothing until the other side goes."""
    handler.connection.settimeout(20)
    handler.connection.recv(1)


def dripping(before: bytes) -> Behaviour:
    """Say so much at once, then a byte at a time, for ever."""

    def behave(handler: Handler) -> None:
        handler.wfile.write(before)
        while True:
            handler.wfile.write(b"a")
            time.sleep(0.05)

    return behave


def flooding(handler: Handler) -> None:
    """Send a body without end."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        handler.wfile.write(b"x" * 65536)


def closing(handler: Handler) -> None:
    """Take the request and hang up."""
    handler.connection.shutdown(socket.SHUT_RDWR)


def closing_half_way(handler: Handler) -> None:
    """Hang up in the middle of a body."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
    handler.connection.shutdown(socket.SHUT_RDWR)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Who goes in the middle is no error here."""


@contextmanager
def sinking(context: ssl.SSLContext | None = None, host: str = "127.0.0.1") -> Iterator[Sink]:
    """A web server, over TLS with a context."""
    sink = Sink()
    server = _Server((host, 0), type("Of", (Handler,), {"sink": sink}))
    if context:
        server.socket = context.wrap_socket(
            server.socket, server_side=True, do_handshake_on_connect=False
        )
    sink.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield sink
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def home(limits: Limits = SHORT, authorities: str | None = None, *more: str) -> Network:
    """A network in which this machine is opened."""
    return Network(Allowed.read((*HOME, *more)), limits, authorities)


@dataclass(frozen=True)
class Papers:
    """A certificate for a name, with its key, and the file of the authority that gave it."""

    authority: str
    certificate: str
    key: str

    def server(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.certificate, self.key)
        return context


def papers(folder: Path, name: str) -> Papers:
    """Papers for a name, by an authority of the tests' own."""
    folder.mkdir(exist_ok=True)
    authority_key, key = (
        ec.generate_private_key(ec.SECP256R1()),
        ec.generate_private_key(ec.SECP256R1()),
    )
    authority = _certificate("authority.test", authority_key, "authority.test", authority_key)
    found = _certificate(name, key, "authority.test", authority_key)
    for file, raw in (
        ("authority.pem", authority.public_bytes(serialization.Encoding.PEM)),
        ("certificate.pem", found.public_bytes(serialization.Encoding.PEM)),
        (
            "key.pem",
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            ),
        ),
    ):
        (folder / file).write_bytes(raw)
    return Papers(*(str(folder / f"{file}.pem") for file in ("authority", "certificate", "key")))


def _certificate(
    name: str,
    key: ec.EllipticCurvePrivateKey,
    by: str,
    by_key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    def named(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(named(name))
        .issuer_name(named(by))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=name == by, path_length=None), critical=True)
        .sign(by_key, hashes.SHA256())
    )
