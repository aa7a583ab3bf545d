"""The access log 查阅日志: one row for each time somebody comes or looks. [trust, The caller,
Access]"""

from __future__ import annotations

import json
import logging
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, event, insert
from sqlalchemy.engine import CursorResult
from sqlalchemy.orm import Session

from app.models import Access

KINDS = (
    *("login", "login_failed", "code_failed", "logout", "locked", "limited"),
    *("export_begun", "exported", "revealed", "file_opened", "paper_opened"),
    "read_by_program",
)
log = logging.getLogger("duban.access")
"""Each row as a line of JSON, for a file or syslog of the office's own: ids and addresses, nobody's
words."""


def note_access(
    session: Session,
    now: datetime,
    kind: str,
    address: str,
    account_id: int | None,
    *,
    case_id: int | None = None,
    page: str = "",
    filters: Mapping[str, str] | None = None,
    rows: int | None = None,
) -> None:
    """Write that somebody came or looked, in the transaction of what they did."""
    told: dict[str, Any] = {
        "at": now,
        "kind": kind,
        "account_id": account_id,
        "address": address[:45],
        "case_id": case_id,
        "page": page,
        "filters": json.dumps(filters, ensure_ascii=False, sort_keys=True) if filters else "",
        "rows": rows,
    }
    session.execute(insert(Access).values(told))
    line = {name: value for name, value in told.items() if value not in (None, "")}
    said = json.dumps({**line, "at": now.isoformat()}, ensure_ascii=False)
    event.listen(session, "after_commit", lambda _: log.info(said), once=True)


def forget_access(session: Session, now: datetime, days: int) -> int:
    """Delete what is older than the office keeps it; how many rows there were."""
    old = delete(Access).where(Access.at < now - timedelta(days=days))
    done: CursorResult[Any] = session.execute(old)  # type: ignore[assignment]
    return done.rowcount
