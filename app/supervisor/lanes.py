"""The panel's web server in one of gunicorn's processes: waitress, with a lane of threads for each
kind of request.

Waitress reads requests in one loop, however slowly they come, and gives a thread to none that is
not there whole. The lanes keep what takes long from what does not: who waits for a lock, for the
hash of a password or for an export waits among their like, and `/healthz` among nobody. Gunicorn
starts the processes, replaces one that is silent, and stops them.
"""

from __future__ import annotations

import logging
import sys
import time
from collections.abc import Callable, Mapping
from typing import Any

from gunicorn.workers.base import Worker
from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer
from waitress.task import ErrorTask, ThreadedTaskDispatcher

from app.rules.files import MOST_BYTES
from app.words import both

LANES = {"alive": 1, "hash": 1, "export": 4, "front": 4, "write": 12, "read": 16}
"""The lanes and their threads. One hash at a time in each process leaves the other processor to
pages; an export that is refused needs a thread too; and the public waits among itself."""
THREADS = sum(LANES.values())
PUBLIC = "/front/"
"""Where the pages of the public begin."""
HASHING = (
    "/login/",
    "/do/change_password",
    "/do/add_user",
    "/do/reset_password",
    "/do/confirm_account",
)
"""Where a form sent makes or compares the hash of a password."""
SILENT_SECONDS, HEAD_SECONDS = 20, 20
"""How long a connection may be silent, and how long the head of a request may take to come."""
CONNECTIONS = 1000
MOST_SENT = 4 * MOST_BYTES
"""Bytes of a request that are read at all; what the panel takes is less, and it says so in a page
of its own."""
LOOP_SECONDS, SWITCH_SECONDS = 0.5, 0.001


def lane_of(method: str, path: str) -> str:
    """The lane of a request."""
    if path == "/healthz":
        return "alive"
    if path.startswith(PUBLIC):
        return "front"
    if path.endswith("/export.csv"):
        return "export"
    if method in ("GET", "HEAD", "OPTIONS"):
        return "read"
    hashes = any(path == way or path.startswith(f"{way.rstrip('/')}/") for way in HASHING)
    return "hash" if hashes and not path.startswith("/login/code") else "write"


class Plain(ErrorTask):
    """What waitress refuses before the panel sees it: a sentence, in both languages."""

    def execute(self) -> None:
        """Write the sentence as the answer."""
        error = self.request.error
        said = "error.upload_too_big" if error.code == 413 else "error.unreadable"
        body = f"{both(said, chr(10))}\n".encode()
        self.status = f"{error.code} {error.reason}"
        self.response_headers += [
            ("Content-Length", str(len(body))),
            ("Content-Type", "text/plain; charset=utf-8"),
        ]
        self.response_headers.append(("Connection", "close"))
        self.close_on_finish = True
        self.content_length = len(body)
        self.write(body)


class Channel(HTTPChannel):
    """A connection that knows since when it has been sending a request."""

    error_task_class = Plain
    began = 0.0

    def received(self, data: bytes) -> bool:
        """Take what came in."""
        if self.request is None:
            self.began = time.time()
        return bool(super().received(data))

    def stalled(self, now: float) -> bool:
        """Whether the head of its request is late, or its answer is not fetched."""
        head = (
            self.request is not None
            and not self.request.headers_finished
            and now - self.began > HEAD_SECONDS
        )
        unread = (
            bool(self.requests)
            and self.total_outbufs_len > 0
            and now - self.last_activity > SILENT_SECONDS
        )
        return head or unread


class Lanes(TcpWSGIServer):
    """A waitress server with a pool of threads for each lane."""

    channel_class = Channel

    def __init__(self, application: Any, sock: Any, threads: Mapping[str, int] = LANES) -> None:
        self.lanes = {name: ThreadedTaskDispatcher() for name in threads}
        for name, count in threads.items():
            self.lanes[name].set_thread_count(count)
        near = "::1" if ":" in sock.getsockname()[0] else "127.0.0.1"
        adjusted = Adjustments(
            sockets=[sock],
            connection_limit=CONNECTIONS,
            channel_timeout=SILENT_SECONDS,
            cleanup_interval=5,
            asyncore_use_poll=True,
            max_request_body_size=MOST_SENT,
            ident="Duban",
            threads=1,
            # By this header alone the web server before the panel is believed; the panel reads the
            # others itself.
            trusted_proxy=near,
            trusted_proxy_headers={"x-forwarded-proto"},
            clear_untrusted_proxy_headers=False,
        )
        super().__init__(
            application,
            map={},
            _sock=sock,
            dispatcher=self.lanes["read"],
            adj=adjusted,
            bind_socket=False,
            sockinfo=(sock.family, sock.type, sock.proto, sock.getsockname()),
        )

    def add_task(self, task: Channel) -> None:
        """Put a request that is there whole into its lane."""
        request = task.requests[0]
        self.lanes[
            lane_of(getattr(request, "command", "GET"), getattr(request, "path", ""))
        ].add_task(task)

    def maintenance(self, now: float) -> None:
        """Close what is silent, late or not fetched."""
        super().maintenance(now)
        for channel in self.active_channels.values():
            channel.will_close |= channel.stalled(now)

    def turn(self) -> None:
        """One turn of the loop."""
        self.asyncore.loop(timeout=LOOP_SECONDS, count=1, map=self._map, use_poll=True)

    def leave(self, told: Callable[[], None], seconds: float) -> None:
        """Take no connection more, finish the requests that are there, at most so many seconds."""
        self.accepting = False
        self.socket.close()
        self.del_channel()
        until = time.monotonic() + seconds
        while time.monotonic() < until and any(
            channel.requests or channel.total_outbufs_len for channel in self._open()
        ):
            self.turn()
            told()

    def _open(self) -> list[Channel]:
        return list(self.active_channels.values())


class Process(Worker):
    """One of gunicorn's processes, with waitress in it."""

    def init_process(self) -> None:
        """Be quiet of what is every day's: a queue for a moment, a browser that left."""
        for name in ("waitress.queue", "waitress"):
            logging.getLogger(name).setLevel(logging.ERROR)
        # A page waits for its database many times, and each time for whoever computes, an export
        # most often.
        sys.setswitchinterval(SWITCH_SECONDS)
        super().init_process()

    def run(self) -> None:
        """Serve until gunicorn says that it is enough; then finish what was begun."""
        server = Lanes(self.wsgi, self.sockets[0].sock)
        while self.alive:
            self.notify()
            server.turn()
        server.leave(self.notify, self.cfg.graceful_timeout)
