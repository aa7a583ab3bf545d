"""Who approved a dossier, and the files that go with it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Event, File, Referral, Supplement, Unit
from app.rules.files import IDENTIFYING
from app.stages.dossier.as_text import Facts, moment_of, name_of


def approval(session: Session, referral: Referral) -> Facts:
    """Who completed, reviewed and approved a dossier, and when."""
    return {
        "completed_by": name_of(session, referral.completed_by_id),
        "completed_at": moment_of(referral.completed_at),
        "reviewed_by": name_of(session, referral.reviewed_by_id),
        "approved_by": name_of(session, referral.approved_by_id),
        "entered_by": name_of(session, referral.approval_entered_by_id),
        "scan": referral.approval_scan,
        **_decided(session, referral),
    }


def _decided(session: Session, referral: Referral) -> Facts:
    """When it was reviewed and approved, and by which leader: the one who did, or on paper as the
    record has it."""
    found: Facts = {"reviewed_at": None, "approved_at": None, "leader": None}
    query = select(Event).where(
        Event.subject == "referral",
        Event.subject_id == referral.id,
        Event.kind.in_(("referral.reviewed", "referral.approved")),
    )
    for event in session.scalars(query.order_by(Event.id)):
        found[f"{event.to_state}_at"] = moment_of(event.at)
        if event.to_state == "approved":
            found["leader"] = (
                name_of(session, referral.approved_by_id) or json.loads(event.payload)["leader"]
            )
    return found


def evidence(session: Session, referral: Referral, chains: Sequence[int]) -> list[Facts]:
    """Files of the case and of this referral that stand in no earlier volume, numbered. `attached`
    is false for those that may show the caller, unless the approver let the identity go along."""
    query = select(File).where(File.case_id.in_(chains)).order_by(File.id)
    query = query.where(File.referral_id.is_(None) | (File.referral_id == referral.id))
    before = _in_earlier_volumes(session, referral)
    rows = [row for row in session.scalars(query) if row.id not in before]
    return [
        {
            "n": n,
            "file": row.id,
            "kind": row.kind,
            "name": row.name,
            "sha256": row.sha256,
            "size": row.size,
            "media_type": row.media_type,
            "at": moment_of(row.added_at),
            "from": session.get_one(Unit, row.unit_id).name if row.unit_id else None,
            "attached": row.kind not in IDENTIFYING or referral.with_identity,
        }
        for n, row in enumerate(rows, 1)
    ]


def _in_earlier_volumes(session: Session, referral: Referral) -> set[int]:
    supplements = select(Supplement.sealed).where(Supplement.referral_id == referral.id)
    volumes = [referral.sealed, *session.scalars(supplements)]
    return {file["file"] for volume in volumes if volume for file in json.loads(volume)["evidence"]}
