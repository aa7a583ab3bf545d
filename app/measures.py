"""What a process counts of its own work, for a graph: requests by where they went, how they ended,
how long they took.

With PROMETHEUS_MULTIPROC_DIR each process writes to files of its own in that folder, and whoever is
asked adds up all.
"""

from __future__ import annotations

import os

from prometheus_client import CollectorRegistry, Counter, Histogram, disable_created_metrics
from prometheus_client.multiprocess import MultiProcessCollector

disable_created_metrics()
FOLDER = "PROMETHEUS_MULTIPROC_DIR"
SECONDS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
"""Upper bounds of the histogram's buckets."""
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


def registry() -> CollectorRegistry:
    """A registry that holds what all processes counted; whoever asks adds to it what he looks
    up."""
    found = CollectorRegistry()
    if FOLDER in os.environ:
        MultiProcessCollector(found)
    else:
        found.register(_OWN)
    return found
