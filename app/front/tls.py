"""A connection of the front's own server that speaks TLS: its hands are shaken as it is read, so that
who connects and says nothing holds nobody up."""

from __future__ import annotations

import ssl
import threading
import time
from typing import Any

from waitress.channel import HTTPChannel

_NOT_NOW = (ssl.SSLWantReadError, ssl.SSLWantWriteError)


class Sealed(HTTPChannel):
    """A connection over TLS. The thread that answers writes while the loop reads, and one TLS
    connection takes one of both at a time."""

    def __init__(self, *told: Any, **named: Any) -> None:
        self._one = threading.Lock()
        super().__init__(*told, **named)

    def handle_read(self) -> None:
        """Take what came in, what TLS holds ready behind it as well: the poll would not tell."""
        while True:
            try:
                with self._one:
                    data = self.socket.recv(self.adj.recv_bytes)
            except _NOT_NOW:
                return
            except OSError:  # it left, or speaks no TLS
                self.handle_close()
                return
            if not data:
                self.connected = False
                self.handle_close()
                return
            self.last_activity = time.time()
            self.received(data)
            if not self.connected or not self.socket.pending():
                return

    def send(self, data: bytes, do_close: bool = True) -> int:
        """Write what can be written now; how many bytes."""
        try:
            with self._one:
                return int(self.socket.send(data))
        except _NOT_NOW:
            return 0
        except OSError:
            if do_close:
                self.handle_close()
            return 0
