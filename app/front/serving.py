"""A front on a machine of its own: one process, one application, with TLS of its own where its folder
has a certificate."""

from __future__ import annotations

import signal
import socket
import ssl
import threading
from datetime import datetime
from ipaddress import ip_address
from types import FrameType

from flask import Flask, request
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter
from waitress.adjustments import Adjustments
from waitress.server import TcpWSGIServer
from waitress.task import ThreadedTaskDispatcher

from app.files.scanner import Scanner
from app.front.aside import Aside
from app.front.away import Away
from app.front.keys import Keys
from app.front.limits import Limits
from app.front.link import BEHIND, GATE, link
from app.front.pages import BASE, pages
from app.front.room import EXTENSION, Room
from app.front.settings import Settings
from app.front.signing import Gate
from app.front.tls import Sealed
from app.rules.files import MOST_BYTES
from app.rules.workdays import BEIJING

THREADS = 40
MOST_SENT = 3 * MOST_BYTES
ROOM_FOR_A_FORM = 1024 * 1024


def application(settings: Settings) -> Flask:
    """The front as an application: the pages of the public, and where the desk reaches it."""
    app = Flask("app.front", static_folder=None, template_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=MOST_SENT, MAX_FORM_MEMORY_SIZE=ROOM_FOR_A_FORM)
    behind, keys = Away(settings.folder, settings.desk), Keys(settings.secret)
    window = MovingWindowRateLimiter(MemoryStorage())
    app.extensions[EXTENSION] = Room(
        behind=behind,
        keys=keys,
        limits=Limits(lambda what, *about: getattr(window, what)(*about), keys),
        aside=Aside(settings.folder / "aside"),
        scanner=Scanner(settings.scanner) if settings.scanner else None,
        address=_asks_directly if settings.certificate else _asks,
        clock=lambda: datetime.now(BEIJING),
        wechat=settings.wechat,
    )
    app.extensions[BEHIND], app.extensions[GATE] = behind, Gate(settings.desk)
    app.register_blueprint(pages)
    app.register_blueprint(link)
    app.add_url_rule("/", "root", lambda: app.redirect(f"{BASE}/"))
    app.add_url_rule("/healthz", "healthz", lambda: ("ok\n", 200, {"Content-Type": "text/plain"}))
    return app


def _asks_directly() -> str:
    return request.remote_addr or ""


def _asks() -> str:
    """Who asked the web server that stands before the front on this machine; else who asked. Of what
    is told only the last hop is the web server's own word."""
    from_here = request.remote_addr or ""
    try:
        if not ip_address(from_here).is_loopback:
            return from_here
        return str(
            ip_address(request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip())
        )
    except ValueError:
        return from_here


def serve(settings: Settings) -> int:
    """Serve until a signal comes. Raises OSError where the port is taken."""
    family = socket.AF_INET6 if ":" in settings.bind else socket.AF_INET
    listening = socket.create_server((settings.bind, settings.port), family=family, backlog=256)
    context = None
    if settings.certificate and settings.key:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.load_cert_chain(settings.certificate, settings.key)
    app = application(settings)
    server = Front(app, listening, context)
    stopped = threading.Event()

    def stop(number: int, frame: FrameType | None) -> None:
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    while not stopped.is_set():
        server.turn()
    server.close()
    return 0


class Front(TcpWSGIServer):
    """A waitress server over a socket, which speaks TLS where there is a context."""

    def __init__(
        self, app: object, listening: socket.socket, context: ssl.SSLContext | None
    ) -> None:
        dispatcher = ThreadedTaskDispatcher()
        dispatcher.set_thread_count(THREADS)
        name = listening.getsockname()
        adjusted = Adjustments(
            sockets=[listening],
            connection_limit=1000,
            channel_timeout=20,
            cleanup_interval=5,
            asyncore_use_poll=True,
            max_request_body_size=MOST_SENT,
            ident="Duban",
            url_scheme="https" if context else "http",
            threads=THREADS,
        )
        self.context = context
        if context is not None:
            self.channel_class = Sealed
        super().__init__(
            app,
            map={},
            _sock=listening,
            dispatcher=dispatcher,
            adj=adjusted,
            bind_socket=False,
            sockinfo=(listening.family, listening.type, listening.proto, name),
        )

    def fix_addr(self, addr: object) -> object:
        """The address of who connects."""
        return addr

    def accept(self) -> tuple[socket.socket, object] | None:
        """A connection, sealed where there is a context; its hands are shaken as it is read."""
        found = super().accept()
        if found is None or self.context is None:
            return found
        line, address = found
        try:
            wrapped = self.context.wrap_socket(
                line, server_side=True, do_handshake_on_connect=False
            )
        except OSError:  # it left at once
            line.close()
            return None
        return wrapped, address

    def turn(self) -> None:
        """One turn of the loop."""
        self.asyncore.loop(timeout=0.5, count=1, map=self._map, use_poll=True)
