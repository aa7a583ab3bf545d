"""What a process counts of its own work, for a graph: requests by where they went, how they ended,
how long they took.

With PROMETHEUS_MULTIPROC_DIR each process writes to files of its own in that folder, and whoever is
asked adds up all. Those files are mapped into memory: where one has no room on the disk, writing to
it ends the process, so each process takes its room before it counts.
"""

from __future__ import annotations

import os
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.multiprocess import MultiProcessCollector

disable_created_metrics()
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Upper bounds of the histogram's buckets."""
_ROOM = {"counter": 1 << 16, "histogram": 1 << 22}
"""Bytes of the file of each kind: more than all endpoints and codes fill."""
_OWN = CollectorRegistry()
REQUEST_SECONDS = Histogram(
    "desk_request_seconds",
    "How long a request took, by where it went.",
    ["endpoint"],
    buckets=SECONDS,
    registry=_OWN,
)
RESPONSES = Counter(
    "desk_responses", "Requests by how they ended (HTTP status).", ["code"], registry=_OWN
)


class Counting:
    """Whether this process counts: not where there was no room for what it would count."""

    def __init__(self) -> None:
        self.on = True

    def take_room(self) -> None:
        """Take the room on the disk for all that this process may count, where it counts in files.
        Where there is none it counts nothing, as long as it lives."""
        if FOLDER not in os.environ:
            return
        try:
            for kind, size in _ROOM.items():
                path = Path(os.environ[FOLDER]) / f"{kind}_{os.getpid()}.db"
                with path.open("ab") as file:
                    os.posix_fallocate(file.fileno(), 0, size)
        except OSError:
            self.on = False

    def count(self, endpoint: str, seconds: float, code: str) -> None:
        """Count a request: where it went, how long it took, how it ended."""
        if self.on:
            REQUEST_SECONDS.labels(endpoint).observe(seconds)
            RESPONSES.labels(code).inc()


COUNTING = Counting()


def registry() -> CollectorRegistry:
    """A registry that holds what all processes counted; whoever asks adds to it what he looks
    up."""
    found = CollectorRegistry()
    if FOLDER in os.environ:
        MultiProcessCollector(found)
    else:
        found.register(_OWN)
    return found
