"""What a dossier is sealed with, and the files that are made of it."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from app.ledger import Columns, move, note, take_checkpoint
from app.ledger.chain import canonical
from app.ledger.checkpoints import DIGITS
from app.models import Dossier, Referral, Supplement
from app.roles import BOT, Actor
from app.stages.accountability.referrals import refuse_unless_in
from app.stages.calendar import office_at
from app.stages.dossier import contents

_SNAPSHOT = (
    "WITH RECURSIVE line(root, id) AS (SELECT case_id, case_id FROM supervision WHERE id IN (SELECT {id} FROM {ids} w) "
    "UNION SELECT line.root, c.id FROM hotline_case c JOIN line ON c.taken_over_by_id = line.id) "
    "SELECT line.root, e.chain, e.seq, e.at, e.kind, e.actor, e.hash FROM line JOIN event e ON e.chain = line.id "
    "ORDER BY line.root, e.id"
)
_SNAPSHOT_OF = {
    "postgresql": text(
        _SNAPSHOT.format(id="CAST(w AS bigint)", ids="json_array_elements_text(CAST(:ids AS json))")
    ),
    "sqlite": text(_SNAPSHOT.format(id="w.value", ids="json_each(:ids)")),
}


def snapshots(session: Session, ids: Iterable[int]) -> dict[int, str]:
    """Case id -> the frozen timeline of the cases of supervision items, with those they took over,
    in one statement: what a draft starts from."""
    statement = _SNAPSHOT_OF[session.get_bind().dialect.name]
    lines: dict[int, list[list[Any]]] = {}
    for row in session.execute(statement, {"ids": json.dumps(sorted(ids))}):
        at = row.at if isinstance(row.at, str) else row.at.isoformat(sep=" ")
        lines.setdefault(row.root, []).append(
            [row.chain, row.seq, at, row.kind, row.actor, row.hash]
        )
    return {chain: canonical({"timeline": timeline}) for chain, timeline in lines.items()}


def seal_referral(session: Session, now: datetime, actor: Actor, referral: Referral) -> Referral:
    """Freeze the contents of the dossier: nothing in it changes afterwards."""
    refuse_unless_in(referral, "approved")
    whole = sealed_contents(session, now, actor, referral, 1)
    columns: Columns = {"sealed": whole, "sealed_at": now, "sealed_by_id": actor.id}
    move(
        session,
        now,
        actor,
        referral,
        "sealed",
        "referral.sealed",
        columns,
        {"characters": len(whole)},
    )
    return referral


def draft_contents(
    session: Session, now: datetime, referral: Referral, **more: Any
) -> dict[str, Any]:
    """The facts of a dossier as they are now: what the reviewer and the approver read before it is
    sealed."""
    timeline = json.loads(snapshots(session, [referral.supervision_id])[referral.case_id])[
        "timeline"
    ]
    formed = {"volume": 1, "draft": True, "formed_at": now.isoformat(), "formed_by": None, **more}
    return contents(session, office_at(session, now), referral, timeline, **formed)


def sealed_contents(
    session: Session, now: datetime, actor: Actor, referral: Referral, volume: int, **more: Any
) -> str:
    """The facts of a volume as they are now, as the text that is sealed: with the checkpoint that
    was taken before, and the key that is to sign."""
    kept = take_checkpoint(session, now)
    marks = {
        "witness": kept.root[:DIGITS] if kept else "",
        "checkpoint": kept.id if kept else None,
        "signed_with": kept.key if kept else None,
    }
    return canonical(
        draft_contents(
            session,
            now,
            referral,
            volume=volume,
            draft=False,
            formed_by=actor.name,
            **marks,
            **more,
        )
    )


@dataclass(frozen=True)
class Made:
    """The files that were made of a volume: their name, the SHA-256 and the bytes of the zip, the
    fingerprint of the key that signed, and the SHA-256 of the script that goes along."""

    name: str
    sha256: str
    size: int
    fingerprint: str
    script_sha256: str


def record_dossier(
    session: Session, now: datetime, referral: Referral, made: Made, version: int = 1
) -> Dossier | None:
    """Record the files that were made of a sealed dossier (version 1) or of a supplement's volume.
    None where they are recorded already. The case must be locked."""
    volume = select(Supplement.id).where(
        Supplement.referral_id == referral.id, Supplement.n == version - 1
    )
    if referral.sealed is None or (version > 1 and session.scalar(volume) is None):
        raise ValueError(f"volume {version} of referral {referral.id} is not sealed")
    if dossier_of(session, referral, version) is not None:
        return None
    row = Dossier(
        referral_id=referral.id,
        version=version,
        name=made.name,
        sha256=made.sha256,
        size=made.size,
        recorded_at=now,
        signed_with=made.fingerprint,
        script_sha256=made.script_sha256,
    )
    session.add(row)
    session.flush()
    note(
        session,
        now,
        BOT,
        referral,
        "referral.made",
        None,
        {
            "version": version,
            "sha256": made.sha256,
            "size": made.size,
            "signed_with": made.fingerprint,
            "script": made.script_sha256,
        },
    )
    return row


def dossier_of(session: Session, referral: Referral, version: int = 1) -> Dossier | None:
    """The recorded files of a volume, or None while they are not made."""
    query = select(Dossier).where(Dossier.referral_id == referral.id, Dossier.version == version)
    return session.scalars(query).first()
