"""Which views of lists people keep: no event, no state, but written here like all that goes with the
record."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Table, delete
from sqlalchemy.orm import Session

from app.ledger.bulk import insert_rows
from app.models import KeptView

_AGAIN = (
    "ON CONFLICT (person_id, page, name) DO UPDATE SET asked = excluded.asked, shown = excluded.shown, "
    "role = excluded.role, unit_id = excluded.unit_id, at = excluded.at"
)


@dataclass(frozen=True)
class View:
    """A view as it is kept: what is asked, the columns, and with whom it is shared."""

    page: str
    name: str
    asked: Sequence[tuple[str, str]]
    shown: Sequence[str]
    role: str | None = None
    unit_id: int | None = None


def keep_view(session: Session, now: datetime, person_id: int, view: View) -> None:
    """A person keeps a view of a page; one of the same name is written over."""
    table = KeptView.__table__
    assert isinstance(table, Table)  # noqa: S101
    row = {
        "person_id": person_id,
        "page": view.page,
        "name": view.name,
        "asked": json.dumps([*view.asked], ensure_ascii=False),
        "shown": json.dumps([*view.shown]),
        "role": view.role,
        "unit_id": view.unit_id,
        "at": now,
    }
    insert_rows(session, table, [row], _AGAIN)


def drop_view(session: Session, person_id: int, id: int) -> None:
    """A person keeps a view of theirs no longer; another's stays."""
    session.execute(delete(KeptView).where(KeptView.id == id, KeptView.person_id == person_id))
