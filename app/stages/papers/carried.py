"""The slip 交接单 with which a dossier is carried to the committee's own network."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.models import Dossier, Handover, Person, Referral
from app.stages.papers.facts import Facts, row_of, words_of


def handover_facts(session: Session, id: int) -> Facts:
    """A slip: what was handed out on which medium, by whom and to whom, and what it is verified by."""
    row: Handover = row_of(session, Handover, id)
    referral: Referral = row_of(session, Referral, row.referral_id)
    volume: Dossier = row_of(session, Dossier, row.dossier_id)
    words, by = words_of(session), session.get(Person, row.by_id)
    return {
        "issuer": words["room"],
        "to": words["committee"],
        "number": referral.number or "",
        "at": row.at.isoformat(),
        "case_number": volume.name.partition("-")[0],
        "version": volume.version,
        "dossier": volume.name,
        "sha256": volume.sha256,
        "size": volume.size,
        "script_sha256": volume.script_sha256,
        "fingerprint": volume.signed_with,
        "medium": row.medium,
        "label": row.label,
        "carrier": row.carrier,
        "handed_by": by.first_name or by.username if by else "",
    }
