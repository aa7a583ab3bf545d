"""Whether checkpoints are whole, and whether chains are still what checkpoints say they were."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from itertools import groupby
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.ledger.checkpoints import root_over, signed_text
from app.ledger.merkle import Leaf, root_of
from app.ledger.proof.flaw import Flaw
from app.ledger.signers import Signer, signers
from app.ledger.signing import signed_by
from app.models import OFFICE_CHAIN, Checkpoint, CheckpointHead, Event
from app.words import Message

TABLE = "checkpoint"
"""How a finding names its row."""


def checkpoint_flaws(session: Session, case: int | None) -> Iterator[Flaw]:
    """Checkpoints that are missing, altered or signed by no key of the office, of the whole record;
    and the first event of each chain (of one case, where given) that is not what a checkpoint
    covers."""
    if case is None:
        yield from _broken(session)
    yield from _differing(session, case)


def _broken(session: Session) -> Iterator[Flaw]:
    """The first checkpoint that does not follow from the one before it: what comes after hangs on
    it. One that is missing, and one whose signature is none, are told beside."""
    known, previous, expected = signers(session), "", 1
    query = select(Checkpoint).order_by(Checkpoint.id).execution_options(yield_per=1000)
    with closing(session.scalars(query)) as rows, closing(_heads(session)) as heads:
        for row in rows:
            if row.id != expected:
                yield _flaw("flaw.checkpoint.missing", expected)
                return
            wrong = _wrong(row, previous, next(heads), known)
            if wrong is not None:
                yield _flaw(wrong, row.id)
                return
            previous, expected = row.root, expected + 1


def _heads(session: Session) -> Generator[list[Leaf], None, None]:
    """Checkpoint by checkpoint, its heads in order; one that covers none has an empty list."""
    query = select(Checkpoint.id, CheckpointHead.chain, CheckpointHead.seq, CheckpointHead.hash)
    query = query.outerjoin(CheckpointHead, CheckpointHead.checkpoint_id == Checkpoint.id)
    query = query.order_by(Checkpoint.id, CheckpointHead.chain)
    with closing(session.execute(query.execution_options(yield_per=5000))) as rows:
        for _, found in groupby(rows, key=lambda row: int(row.id)):
            yield [(row.chain, row.seq, row.hash) for row in found if row.chain is not None]


def _wrong(
    row: Checkpoint, previous: str, leaves: Sequence[Leaf], known: Sequence[Signer]
) -> str | None:
    """What is wrong with a checkpoint that stands at its place."""
    if len(leaves) != row.heads or root_of(leaves) != row.merkle:
        return "flaw.checkpoint.heads"
    if root_over(row, previous) != row.root:
        return "flaw.checkpoint.altered"
    used = next((one for one in reversed(known) if one.event <= row.upto), None)
    if used is None or used.name != row.key:
        return "flaw.checkpoint.another_key"
    if not signed_by(used.public, signed_text(row.root), _bytes(row.signature)):
        return "flaw.checkpoint.unsigned"
    return None


def _bytes(text: str) -> bytes:
    try:
        return bytes.fromhex(text)
    except ValueError:
        return b""


def _differing(session: Session, case: int | None) -> Iterator[Flaw]:
    """The first event of each chain that is not the one that a checkpoint covers."""
    query = (
        select(CheckpointHead.checkpoint_id, CheckpointHead.chain, CheckpointHead.seq)
        .outerjoin(Event, (Event.chain == CheckpointHead.chain) & (Event.seq == CheckpointHead.seq))
        .where(or_(Event.hash.is_(None), Event.hash != CheckpointHead.hash))
    )
    if case is not None:
        query = query.where(CheckpointHead.chain == case)
    rows = session.execute(query.order_by(CheckpointHead.chain, CheckpointHead.seq))
    for chain, found in groupby(rows, key=lambda row: int(row.chain)):
        yield _differs(chain, next(found))


def _differs(chain: int, row: Any) -> Flaw:
    told = Message("flaw.checkpoint.differs", {"checkpoint": row.checkpoint_id})
    return Flaw(chain, row.seq, told, (TABLE, f"{row.checkpoint_id}/{chain}"))


def _flaw(msgid: str, id: int) -> Flaw:
    return Flaw(OFFICE_CHAIN, 0, Message(msgid, {"checkpoint": id}), (TABLE, str(id)), True)
