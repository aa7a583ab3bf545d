"""Where the supervisor hears its children: a socket as systemd has it, on which each says that it
lives."""

from __future__ import annotations

import os
import secrets
import socket
import struct
import sys
import time

_CREDENTIALS = struct.Struct("3i")


class Ear:
    """Listens to the beats of processes of this user. Its address has no place on the disk (Linux);
    elsewhere nobody is heard, and nobody is held to be deaf."""

    def __init__(self) -> None:
        self.address = ""
        self._socket: socket.socket | None = None
        self._last: dict[int, float] = {}
        if sys.platform == "linux":
            self.address = f"@duban-{os.getpid()}-{secrets.token_hex(8)}"
            self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            self._socket.setblocking(False)
            self._socket.bind(self.address.replace("@", "\0", 1))

    def listen(self) -> None:
        """Take what was said since."""
        while self._socket is not None:
            try:
                said, about, _, _ = self._socket.recvmsg(256, socket.CMSG_SPACE(_CREDENTIALS.size))
            except BlockingIOError:
                return
            for level, kind, told in about:
                if (level, kind) == (
                    socket.SOL_SOCKET,
                    socket.SCM_CREDENTIALS,
                ) and b"WATCHDOG=1" in said:
                    pid, user, _ = _CREDENTIALS.unpack(told[: _CREDENTIALS.size])
                    if user == os.getuid():
                        self._last[pid] = time.monotonic()

    def heard(self, pid: int, since: float) -> bool:
        """Whether a process said since a moment (of the monotonic clock) that it lives."""
        return self._socket is None or self._last.get(pid, 0.0) >= since

    def close(self) -> None:
        """Hear nobody any more."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
