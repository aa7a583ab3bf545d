"""Locked chains: what the ledger needs to know of a case, or of the office, before it writes to
it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import inspect, select
from sqlalchemy.orm import Session

from app.ledger.chain import Head
from app.models import OFFICE_CHAIN, Case, OfficeHead
from app.models.sessions import UNSCOPED


@dataclass
class Tip:
    """A locked case as the ledger needs it: its chain's head, where it is counted, when the bot
    looks again. `columns` are written with the head; the same ones for all cases that are written
    together."""

    head: Head
    category_id: int | None = None
    look_again_at: datetime | None = None
    hourly: bool = False
    born: bool = False
    columns: dict[str, Any] = field(default_factory=dict)
    look_seal: str | None = None


_HELD = "cases_locked"


def locked_here(session: Session, cases: Iterable[Case]) -> None:
    """Know that this transaction has locked cases and read them since: their rows, as the session
    holds them and the ledger keeps them, are as they stand."""
    session.info[_HELD] = (session.get_transaction(), {case.id: case for case in cases})


def _tip(case: Any) -> Tip:
    """The tip of a case, as the session holds it or as a row tells of it."""
    head = Head(case.id, case.head_seq, case.head_hash, case.head_at)
    return Tip(head, case.category_id, case.look_again_at, case.urgency == "emergency")


def _held(session: Session, ids: Iterable[int]) -> dict[int, Tip]:
    transaction, cases = session.info.get(_HELD, (None, {}))
    if transaction is None or transaction is not session.get_transaction():
        return {}
    known = (cases[id] for id in ids if id in cases)
    return {case.id: _tip(case) for case in known if case in session and not inspect(case).expired}


def lock_cases(session: Session, ids: Iterable[int]) -> dict[int, Tip]:
    """Lock cases (by id, in order) and read their tips; on SQLite the transaction holds the lock
    already. Nothing is asked of those that this transaction has locked."""
    ids = set(ids)
    held = _held(session, ids)
    if ids == held.keys():
        return held
    query = (
        select(
            Case.id,
            Case.head_seq,
            Case.head_hash,
            Case.head_at,
            Case.category_id,
            Case.look_again_at,
            Case.urgency,
        )
        .where(Case.id.in_(sorted(ids)))
        .order_by(Case.id)
        .with_for_update()
    )
    return {row.id: _tip(row) for row in session.execute(query, execution_options=UNSCOPED)}


def lock_office(session: Session) -> Tip:
    """Lock the office's chain and read its tip: who changes accounts, roles or units at the same
    time waits here, and then sees what was changed."""
    query = select(OfficeHead.head_seq, OfficeHead.head_hash, OfficeHead.head_at).where(
        OfficeHead.id == OFFICE_CHAIN
    )
    row = session.execute(query.with_for_update()).one()
    return Tip(Head(OFFICE_CHAIN, row.head_seq, row.head_hash, row.head_at))
