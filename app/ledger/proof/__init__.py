"""Verification: the first broken event of each chain, and every row that is not as its last event
sealed it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from itertools import groupby
from typing import Any

from sqlalchemy import String, cast, select
from sqlalchemy.orm import Session

from app.ledger.chain import Keys, keyring
from app.ledger.proof.chains import Head, eras_of, heads_of, issued, lost, states, walk
from app.ledger.proof.checkpoints import TABLE as CHECKPOINT
from app.ledger.proof.checkpoints import checkpoint_flaws
from app.ledger.proof.flaw import Flaw
from app.ledger.proof.rows import Comparison, is_older
from app.ledger.proof.series import holes
from app.ledger.proof.witness import NoWitness, witness_flaws
from app.models import OFFICE_CHAIN, Event
from app.words import Message

__all__ = ["Flaw", "NoWitness", "found_rows", "is_older", "verify", "witness_flaws"]


def _events(session: Session, case: int | None) -> Iterator[tuple[int, list[Any]]]:
    """Chain by chain, its events in order; dates as text, because forged ones may be none."""
    columns = [
        cast(column, String) if column.name == "at" else column
        for column in Event.__table__.columns
    ]
    query = select(*columns).order_by(Event.chain, Event.seq).execution_options(yield_per=5000)
    if case is not None:
        query = query.where(Event.chain == case)
    for chain, events in groupby(session.execute(query), key=lambda row: int(row.chain)):
        yield chain, list(events)


def verify(session: Session, key: bytes | Keys, case: int | None = None) -> list[Flaw]:
    """The first flaw of each chain's events, and each row that is not what events say (of one case
    only, where given); an empty list when all is whole. `key`: the key in use, or all keys of the
    office by their names."""
    heads, eras = heads_of(session, case), eras_of(session)
    compared = Comparison(session, keyring(key) if isinstance(key, bytes) else key, case)
    broken: dict[int, Flaw] = {}
    for chain, events in _events(session, case):
        flaw = walk(chain, iter(events), heads.pop(chain, None), key, eras)
        if flaw:
            broken[chain] = flaw
        compared.take(chain, events)
    broken |= _emptied(heads)
    # Payloads are worth reading only where their chain is whole.
    frozen = () if OFFICE_CHAIN in broken else issued(session, case)
    rows = _once((*states(session, case), *lost(session, case), *frozen, *compared.end()))
    if case is None:
        rows += holes(session, {flaw.row[0] for flaw in rows if flaw.row})
    rows += checkpoint_flaws(session, case)
    told = [*broken.values(), *_beside(rows, broken)]
    return sorted(told, key=lambda flaw: (flaw.chain, flaw.seq))


def _emptied(heads: Mapping[int, Head]) -> dict[int, Flaw]:
    """The chains that have no event though their case remembers one."""
    return {
        chain: Flaw(chain, 1, Message("flaw.chain.emptied"))
        for chain, head in heads.items()
        if head[0]
    }


def _beside(rows: Iterable[Flaw], broken: Collection[int]) -> list[Flaw]:
    """The findings on rows that hold beside broken chains."""
    return [flaw for flaw in rows if flaw.chain not in broken and not (broken and _hangs(flaw))]


def _hangs(flaw: Flaw) -> bool:
    """Whether a finding rests on what no event says: where a chain is broken, what it sealed cannot
    be known."""
    return flaw.seq == 0 and flaw.row is not None and flaw.row[0] not in ("series", CHECKPOINT)


def found_rows(session: Session) -> dict[date, int]:
    """Day -> how many rows were sealed then as they were found, nothing being known of before."""
    query = (
        select(Event.at, Event.payload).where(Event.kind == "record.baseline").order_by(Event.id)
    )
    found: dict[date, int] = {}
    for at, payload in session.execute(query.execution_options(yield_per=1000)):
        found[at.date()] = found.get(at.date(), 0) + int(json.loads(payload)["rows"])
    return found


def _once(flaws: tuple[Flaw, ...]) -> list[Flaw]:
    """Each row as it is first named, but every column of it that its seals name."""
    named: dict[Any, Flaw] = {}
    found = []
    for flaw in flaws:
        before = named.setdefault(flaw.row, flaw)
        if flaw.row is None or before is flaw or (before.sealed and flaw.sealed):
            found.append(flaw)
    return found
