"""Checkpoints 存证点: how far every chain had come, under one signature, and its first digits on paper.

root = SHA-256 of the canonical JSON of (format, number, moment, last event, number of heads, root of
the checkpoint before, Merkle root of the heads), signed with the office's signing key. A checkpoint
covers the heads that none before covers. Ids of events do not commit in their order: each keeps up to
which id all is covered for certain, and the next one looks at all that is newer, so that a late
commit enters that one. What it costs follows the events since the last. [trust, The record]
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, select, text
from sqlalchemy.orm import Session

from app.ledger.bulk import insert_rows
from app.ledger.chain import canonical
from app.ledger.merkle import Leaf, Path, path_of, root_of
from app.ledger.signers import register_signing, signing_key
from app.ledger.signing import name_of_key, sign
from app.models import Checkpoint, CheckpointHead
from app.models.sessions import is_postgres
from app.rules.workdays import BEIJING

FORMAT = "duban/checkpoint/1"
DIGITS = 16
"""How many hex digits of a root papers bear."""
FRESH = timedelta(minutes=10)
"""How old the checkpoint may be that a paper bears. [trust, The record]"""
MOST_HEADS = 50_000
"""Heads that one checkpoint covers: the first one of an office of before finds hundreds of
thousands, and further ones go on."""
LOOKED_BACK = 12
"""Checkpoints among which is looked for the newest that no open transaction is older than."""
_ONE_AT_A_TIME = 12345_0002
"""PostgreSQL's lock: one checkpoint follows another."""

_STANDS = {
    "postgresql": "SELECT (SELECT max(id) FROM event) AS upto, clock_timestamp() AS at, "
    "(SELECT min(xact_start) FROM pg_stat_activity WHERE datname = current_database()) AS oldest",
    "sqlite": "SELECT (SELECT max(id) FROM event) AS upto, NULL AS at, NULL AS oldest",
}
_MOVED = """
    WITH moved AS (SELECT chain, max(seq) AS seq FROM event WHERE id > :settled GROUP BY chain)
    SELECT e.chain, e.seq, e.hash FROM moved m JOIN event e ON e.chain = m.chain AND e.seq = m.seq
    WHERE NOT EXISTS (SELECT 1 FROM checkpoint_head h WHERE h.chain = m.chain AND h.seq >= m.seq)
    ORDER BY e.chain LIMIT :most"""


@dataclass(frozen=True)
class Stand:
    """What the database says before heads are read: its last event, its clock, when the oldest
    transaction that is open began (None where one writes at a time)."""

    upto: int
    at: datetime
    oldest: datetime | None


def root_over(row: Any, previous: str) -> str:
    """The root of a checkpoint after that of the one before it (empty before the first)."""
    moment = row.at.astimezone(BEIJING).isoformat(timespec="microseconds")
    parts = [FORMAT, row.id, moment, row.upto, row.heads, previous, row.merkle]
    return hashlib.sha256(canonical(parts).encode()).hexdigest()


def signed_text(root: str) -> bytes:
    """What the signature of a checkpoint is over: nothing else that is signed looks like it."""
    return f"{FORMAT} {root}\n".encode()


def take_checkpoint(session: Session, now: datetime) -> Checkpoint | None:
    """Take a checkpoint over the heads that none covers yet: the newest there is, taken now or, where
    nothing moved in ten minutes, standing. None where the session holds no signing key, as in a
    rehearsal. Who finds another being taken does not wait, and has the one before it."""
    key = signing_key(session)
    if key is None:
        return None
    if is_postgres(session) and not _held(session):
        return _newest(session)
    register_signing(session, now, key)
    recent = _recent(session)
    last = recent[0] if recent else None
    stand = _stand(session, now)
    leaves = _leaves(session, last.settled if last else 0)
    if not leaves and last is not None and last.at <= now <= last.at + FRESH:
        return last
    return _add(session, now, key, recent, stand, leaves)


def witness(session: Session, now: datetime) -> str:
    """The first 16 hex digits of the newest checkpoint, which covers all that was committed before
    now: what a list, report, letter or dossier bears. Empty in a rehearsal. Ask for it before the
    office's chain is locked."""
    found = take_checkpoint(session, now)
    return found.root[:DIGITS] if found is not None else ""


def covered(session: Session, chains: Sequence[int], upto: int) -> dict[int, CheckpointHead]:
    """Chain -> its newest head that the checkpoints up to a number cover."""
    query = select(CheckpointHead).where(
        CheckpointHead.chain.in_(chains), CheckpointHead.checkpoint_id <= upto
    )
    rows = session.scalars(query.order_by(CheckpointHead.chain, CheckpointHead.seq))
    return {row.chain: row for row in rows}


def path_to(session: Session, head: CheckpointHead) -> Path:
    """The Merkle path from a head to the root of its checkpoint."""
    query = select(CheckpointHead.chain, CheckpointHead.seq, CheckpointHead.hash).where(
        CheckpointHead.checkpoint_id == head.checkpoint_id
    )
    leaves = [
        (row.chain, row.seq, row.hash)
        for row in session.execute(query.order_by(CheckpointHead.chain))
    ]
    return path_of(leaves, [leaf[0] for leaf in leaves].index(head.chain))


def _held(session: Session) -> bool:
    """Whether this transaction is the one that may take a checkpoint; nobody waits for that, so it
    stands in no circle of locks."""
    query = text("SELECT pg_try_advisory_xact_lock(:key)")
    return bool(session.scalar(query, {"key": _ONE_AT_A_TIME}))


def _recent(session: Session) -> Sequence[Checkpoint]:
    query = select(Checkpoint).order_by(Checkpoint.id.desc()).limit(LOOKED_BACK)
    return session.scalars(query).all()


def _newest(session: Session) -> Checkpoint | None:
    return session.scalars(select(Checkpoint).order_by(Checkpoint.id.desc()).limit(1)).first()


def _stand(session: Session, now: datetime) -> Stand:
    """Read before the heads: whatever had an id up to `upto` got it before `at`, so all of these are
    settled once no open transaction is older than `at`."""
    session.flush()
    row = session.execute(text(_STANDS[session.get_bind().dialect.name])).one()
    return Stand(row.upto or 0, row.at or now, row.oldest)


def _leaves(session: Session, settled: int) -> list[Leaf]:
    rows = session.execute(text(_MOVED), {"settled": settled, "most": MOST_HEADS})
    return [(row.chain, row.seq, row.hash) for row in rows]


def _settled(recent: Sequence[Checkpoint], stand: Stand, leaves: Sequence[Leaf]) -> int:
    """Up to which event all is covered with this checkpoint: where one writes at a time, the last;
    else up to what stood at an earlier one that no open transaction is older than."""
    before = recent[0].settled if recent else 0
    if len(leaves) == MOST_HEADS:
        return before
    if stand.oldest is None:
        return stand.upto
    passed = [one.upto for one in recent if one.taken_at < stand.oldest]
    return max([before, *passed])


def _add(
    session: Session,
    now: datetime,
    key: bytes,
    recent: Sequence[Checkpoint],
    stand: Stand,
    leaves: list[Leaf],
) -> Checkpoint:
    last = recent[0] if recent else None
    row = Checkpoint(
        id=last.id + 1 if last else 1,
        at=now,
        heads=len(leaves),
        merkle=root_of(leaves),
        key=name_of_key(key),
        upto=stand.upto,
        settled=_settled(recent, stand, leaves),
        taken_at=stand.at,
    )
    row.root = root_over(row, last.root if last else "")
    row.signature = sign(key, signed_text(row.root)).hex()
    session.add(row)
    session.flush()
    table: Any = CheckpointHead.__table__
    assert isinstance(table, Table)  # noqa: S101
    heads = [
        {"checkpoint_id": row.id, "chain": chain, "seq": seq, "hash": hashed}
        for chain, seq, hashed in leaves
    ]
    insert_rows(session, table, heads)
    return row
