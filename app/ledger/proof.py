"""Verification: the first broken row of each chain, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger.chain import flaw
from app.models import OFFICE_CHAIN, SUBJECTS, Case, Event, OfficeHead


@dataclass(frozen=True)
class Flaw:
    """The first thing wrong in a chain: the case (0: the office), the number of the event, and what it is."""

    chain: int
    seq: int
    what: str

    def __str__(self) -> str:
        where = "office" if self.chain == OFFICE_CHAIN else f"case {self.chain}"
        return f"{where}, event {self.seq}: {self.what}"


def _heads(session: Session, case: int | None) -> dict[int, tuple[int, str]]:
    query = select(Case.id, Case.head_seq, Case.head_hash)
    if case is not None:
        query = query.where(Case.id == case)
    heads = {row.id: (row.head_seq, row.head_hash) for row in session.execute(query)}
    if case in (None, OFFICE_CHAIN):
        for row in session.execute(select(OfficeHead.head_seq, OfficeHead.head_hash)):
            heads[OFFICE_CHAIN] = (row.head_seq, row.head_hash)
    return heads


def _walk(chain: int, events: Iterator[Any], head: tuple[int, str] | None, key: bytes) -> Flaw | None:
    previous, seq = "", 0
    for row in events:
        wrong = flaw(previous, seq + 1, row._mapping, key)
        if wrong:
            return Flaw(chain, seq + 1, wrong)
        previous, seq = row.hash, row.seq
    if head is None:
        return Flaw(chain, seq, "its case is not there")
    if head != (seq, previous):
        return Flaw(chain, seq + 1, "the tail was cut: the case remembers another last event")
    return None


def _states(session: Session, case: int | None) -> Iterator[Flaw]:
    """Rows whose state is not the one that the event they name led to."""
    for subject, model in SUBJECTS.items():
        chain = model.id if model is Case else model.case_id  # type: ignore[attr-defined]
        query = (
            select(chain.label("chain"), model.id, model.state, Event.seq, Event.to_state)
            .outerjoin(
                Event,
                (Event.id == model.state_event_id) & (Event.subject == subject) & (Event.subject_id == model.id),
            )
            .where((Event.id.is_(None)) | (Event.to_state != model.state))
        )
        if case is not None:
            query = query.where(chain == case)
        for row in session.execute(query):
            yield Flaw(row.chain, row.seq or 0, f"{subject} {row.id} is {row.state}, which no event says")


def verify(session: Session, key: bytes, case: int | None = None) -> list[Flaw]:
    """The first flaw of each chain (of one case only, where given); an empty list when all is whole."""
    heads = _heads(session, case)
    query = select(Event.__table__).order_by(Event.chain, Event.seq).execution_options(yield_per=5000)
    if case is not None:
        query = query.where(Event.chain == case)
    found: dict[int, Flaw] = {}
    for chain, events in groupby(session.execute(query), key=lambda row: int(row.chain)):
        wrong = _walk(chain, events, heads.pop(chain, None), key)
        if wrong:
            found[chain] = wrong
    for chain, (seq, _) in heads.items():
        if seq:
            found.setdefault(chain, Flaw(chain, 1, "all its events are gone"))
    for wrong in _states(session, case):
        found.setdefault(wrong.chain, wrong)
    return [found[chain] for chain in sorted(found)]
