"""`python -m app run`: make ready, then become the supervisor.

Making ready takes the whole program; keeping processes alive takes little of it. So the process
that made ready becomes another program, with the same id, the lock in its hand and nothing of the
program in its memory.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import datetime

import config
from app.rules.workdays import BEIJING
from app.supervisor import ready, valkey
from app.supervisor.keeper import Orders


def run(settings: config.Config) -> int:
    """Become the supervisor of a desk; comes back only where it cannot: raises Refused, NoSocket,
    OSError."""
    with ready.alone(settings) as lock:
        ready.port_is_free(settings)
        now = ready.clock_of(settings)
        since = datetime.now(BEIJING)
        empty = ready.prepare(settings, now)
        redis, socket = None, None
        if settings.redis_url is None:
            socket = valkey.socket_path(settings.data)
            redis = valkey.command(settings.data, socket)
        sample = None if empty else ready.sample_office(settings)
        orders = Orders(
            lock, empty, since.isoformat(), redis, str(socket) if socket else None, sample
        )
        os.set_inheritable(lock, True)
        sys.stdout.flush()
        told = [sys.executable, "-m", "app.supervisor.keeper", json.dumps(orders)]
        os.execv(sys.executable, told)  # noqa: S606
    return 0
