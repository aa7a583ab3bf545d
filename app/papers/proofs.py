"""The proofs of a volume: for each chain that it tells of, the checkpoint that covers its head, with
the Merkle path that leads there - enough to work out the signed root with nothing of ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger.checkpoints import FORMAT, covered, path_to
from app.ledger.signers import signers
from app.models import Checkpoint, CheckpointHead
from app.rules.workdays import BEIJING


def proofs(session: Session, chains: Sequence[int], upto: int) -> Iterator[dict[str, Any]]:
    """The proof of each chain's newest head that the checkpoints up to a number cover."""
    public = {one.name: one.public.hex() for one in signers(session)}
    for _, head in sorted(covered(session, chains, upto).items()):
        taken = session.get_one(Checkpoint, head.checkpoint_id)
        yield {**_told(session, taken, head), "public_key": public[taken.key]}


def _told(session: Session, taken: Checkpoint, head: CheckpointHead) -> dict[str, Any]:
    before = select(Checkpoint.root).where(Checkpoint.id == taken.id - 1)
    return {
        "format": FORMAT,
        "number": taken.id,
        "at": taken.at.astimezone(BEIJING).isoformat(timespec="microseconds"),
        "upto": taken.upto,
        "heads": taken.heads,
        "previous": session.scalar(before) or "",
        "root": taken.root,
        "signature": taken.signature,
        "chain": head.chain,
        "seq": head.seq,
        "hash": head.hash,
        "path": path_to(session, head),
    }
