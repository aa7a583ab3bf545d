"""`python -m tests.upgrade.killed STEP`: an upgrade that is killed when it would note that it came as
far as a migration."""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

from sqlalchemy import Engine, event

from app.cli import main


def kill_at(step: str) -> None:
    """Kill this process before the note is written."""

    @event.listens_for(Engine, "before_cursor_execute")
    def kill(
        connection: Any, cursor: Any, statement: str, parameters: Any, context: Any, many: bool
    ) -> None:
        if statement.startswith("UPDATE alembic_version") and step in statement + repr(parameters):
            os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    kill_at(f"'{sys.argv[1]}'")
    sys.exit(main(["upgrade"]))
