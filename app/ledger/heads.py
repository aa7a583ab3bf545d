"""Heads: the chain's tip on its case, and when the bot looks at the case again."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Table
from sqlalchemy.orm import Session

from app.ledger.bulk import update_rows
from app.ledger.chain import Head
from app.ledger.entries import table_of
from app.ledger.seals import look_seal, plain, sealer
from app.ledger.tips import Tip
from app.ledger.waves import refresh
from app.models import OFFICE_CHAIN, OfficeHead
from app.rules.workdays import sweep_not_before


def _office_row(head: Head) -> dict[str, Any]:
    return {"id": OFFICE_CHAIN, "head_seq": head.seq, "head_hash": head.hash, "head_at": head.at}


def look(session: Session, case: int, seq: int, at: datetime | None) -> dict[str, Any]:
    """When the bot looks at a case again, with the MAC that goes with it."""
    mac = look_seal(sealer(session.info["ledger_key"]), case, seq, plain(at))
    return {"look_again_at": at, "look_seal": mac}


def look_at(session: Session, seqs: Mapping[int, int], at: datetime, **columns: Any) -> None:
    """Let the bot look at cases (id -> the number of their last event) at a moment, without an
    event."""
    rows = [
        {"id": case, **look(session, case, seq, at), **columns}
        for case, seq in sorted(seqs.items())
    ]
    for start in range(0, len(rows), 1000):
        update_rows(session, table_of("case"), rows[start : start + 1000])
    for row in rows:
        refresh(session, "case", row)


def write_heads(session: Session, tips: Mapping[int, Tip]) -> None:
    """Move the heads of the chains on, and say when the bot looks at each case again."""
    rows = [
        {
            "id": chain,
            "head_seq": tip.head.seq,
            "head_hash": tip.head.hash,
            "head_at": tip.head.at,
            **look(session, chain, tip.head.seq, tip.look_again_at),
            **tip.columns,
        }
        for chain, tip in sorted(tips.items())
        if chain != OFFICE_CHAIN and not tip.born
    ]
    update_rows(session, table_of("case"), rows)
    for row in rows:
        refresh(session, "case", row)
    if OFFICE_CHAIN in tips:
        head = tips[OFFICE_CHAIN].head
        table = OfficeHead.__table__
        assert isinstance(table, Table)  # noqa: S101
        update_rows(session, table, [_office_row(head)])


def look_soon(tip: Tip, now: datetime) -> None:
    """A move by a person: the bot looks at the first 08:30 not before now, where an hour clock runs
    at once."""
    soon = now if tip.hourly else sweep_not_before(now)
    if tip.look_again_at is None or soon < tip.look_again_at:
        tip.look_again_at = soon
