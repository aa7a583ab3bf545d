"""The due cases that a batch takes: locked, so that no other sweep and no person has them meanwhile."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.orm import Session

from app.models.sessions import is_postgres
from app.rules.office import Office
from app.stages.deciding import STEPS
from app.stages.office import gate_key

_CLAIM = """SELECT k.id, k.look_again_at FROM {gate}hotline_case k WHERE k.look_again_at <= :now
AND (k.look_again_at, k.id) > (:at, :id) ORDER BY k.look_again_at, k.id LIMIT :n {lock}"""
_NAMED = """SELECT k.id FROM {gate}hotline_case k WHERE k.look_again_at <= :now
AND k.id IN (SELECT {id} FROM {ids} w) ORDER BY k.id {lock}"""
_GATE = "(SELECT pg_advisory_xact_lock_shared(:gate)) AS gate, "


@dataclass(frozen=True)
class Job:
    """The work of a pass: as of which office, which steps, and in batches of how many cases."""

    office: Office
    steps: Sequence[str]
    n: int

    @property
    def whole(self) -> bool:
        """Whether nothing is left out: only a whole pass says when a case is looked at again."""
        return set(self.steps) == set(STEPS)


@dataclass(frozen=True)
class Cursor:
    """How far a pass has come through the index of due cases."""

    at: str = "0001-01-01 00:00:00.000000"
    id: int = 0


def _stored(moment: datetime) -> str:
    return moment.replace(tzinfo=None).strftime("%Y-%m-%d %H:%M:%S.%f")


def _given(job: Job, query: str, lock: str, postgres: bool) -> tuple[TextClause, dict[str, Any]]:
    """A claim for one of the databases. On PostgreSQL the lock on the day's list is shared from
    here on, so that nobody issues it while rows are added."""
    if postgres:
        source = {"id": "CAST(w AS bigint)", "ids": "json_array_elements_text(CAST(:ids AS json))"}
        made = text(query.format(gate=_GATE, lock=lock, **source))
        return made, {"now": _stored(job.office.now), "gate": gate_key(job.office.now.date())}
    made = text(query.format(gate="", lock="", id="w.value", ids="json_each(:ids)"))
    return made, {"now": _stored(job.office.now)}


def claim(session: Session, job: Job, cursor: Cursor, wait: bool) -> tuple[list[int], Cursor]:
    """Lock the next due cases. Those that another sweep or a person holds are skipped, or waited
    for."""
    lock = "FOR UPDATE OF k" if wait else "FOR UPDATE OF k SKIP LOCKED"
    query, given = _given(job, _CLAIM, lock, is_postgres(session))
    rows = session.execute(query, {**given, "at": cursor.at, "id": cursor.id, "n": job.n}).all()
    if not rows:
        return [], cursor
    last = rows[-1].look_again_at
    return [row.id for row in rows], Cursor(
        last if isinstance(last, str) else _stored(last), rows[-1].id
    )


def claim_named(session: Session, job: Job, ids: Sequence[int]) -> list[int]:
    """Lock those of some cases that are still due."""
    query, given = _given(job, _NAMED, "FOR UPDATE OF k", is_postgres(session))
    return list(session.scalars(query, {**given, "ids": json.dumps(list(ids))}))
