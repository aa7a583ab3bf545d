"""What of the tests on PostgreSQL runs each time: one in six, always the same; the others belong to
the long run.

Each of them runs on SQLite each time. A whole run has to end in ten minutes on two slow cores.
"""

from __future__ import annotations

from zlib import crc32

import pytest

PART = 6
CHOOSE_THEMSELVES = ("test_story", "test_story_panel", "test_databases", "test_servers")
"""Files that say themselves what runs each time."""


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is left to the long run, before tests are chosen by their marks."""
    for item in items:
        chosen = (
            "postgres" in item.name.partition("[")[2] and item.path.stem not in CHOOSE_THEMSELVES
        )
        if chosen and crc32(item.nodeid.encode()) % PART:
            item.add_marker(pytest.mark.long)
