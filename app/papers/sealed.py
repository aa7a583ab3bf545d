"""Sealed volumes as they are on record: their frozen facts, the events up to the seal, the callers."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger.signing import name_of_key
from app.models import Caller, Case, Dossier, Event, Referral, Supplement, ToldAs
from app.papers.proofs import proofs
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING

_LINES = (
    "id",
    "chain",
    "seq",
    "at",
    "actor",
    "kind",
    "subject",
    "subject_id",
    "from_state",
    "to_state",
    "payload",
    "key_name",
    "hash",
    "mac",
)
"""The columns of an event that a volume tells."""


@dataclass(frozen=True)
class Volume:
    """A sealed volume whose files are to be made: the referral, the version, its frozen facts, its
    events, the callers where their identity goes along, the checkpoints that cover the heads of its
    chains, the entry of each paper as it was issued, and the private
    key that signs it."""

    referral_id: int
    case_id: int
    version: int
    facts: Mapping[str, Any]
    events: tuple[Mapping[str, Any], ...]
    callers: tuple[Mapping[str, str], ...]
    proofs: tuple[Mapping[str, Any], ...]
    papers: tuple[Mapping[str, Any], ...]
    key: bytes = field(repr=False)

    @property
    def name(self) -> str:
        """The name of its directory and, with `.zip`, of its zip."""
        return f"{self.facts['case_number']}-{self.referral_id}-v{self.version}"


def waiting_volumes(session: Session) -> list[tuple[int, int]]:
    """(referral, version) of the sealed volumes without files on record, oldest first; abandoned
    ones need none."""
    first = (
        select(Dossier.id).where(Dossier.referral_id == Referral.id, Dossier.version == 1).exists()
    )
    query = select(Referral.id).where(
        Referral.sealed.is_not(None), Referral.state != "abandoned", ~first
    )
    found = [(id, 1) for id in session.scalars(query.order_by(Referral.id))]
    later = (
        select(Dossier.id)
        .where(Dossier.referral_id == Supplement.referral_id, Dossier.version == Supplement.n + 1)
        .exists()
    )
    volumes = select(Supplement.referral_id, Supplement.n).where(~later).order_by(Supplement.id)
    return found + [(row.referral_id, row.n + 1) for row in session.execute(volumes)]


def is_recorded(session: Session, referral_id: int, version: int) -> bool:
    """Whether the files of a volume are on record."""
    query = select(Dossier.id).where(Dossier.referral_id == referral_id, Dossier.version == version)
    return session.scalar(query) is not None


def read_volume(session: Session, referral_id: int, version: int) -> Volume:
    """A volume as it was sealed: its facts, the events of its case up to the seal, the callers if
    they go along, and the proofs of its heads. Raises NotAllowed (signing_key_missing) where the key
    that was in use when it was sealed is not at hand."""
    referral = session.get_one(Referral, referral_id)
    if version == 1:
        sealed, kind = referral.sealed, "referral.sealed"
    else:
        query = select(Supplement.sealed).where(
            Supplement.referral_id == referral_id, Supplement.n == version - 1
        )
        sealed, kind = session.scalars(query).one(), "referral.supplemented"
    facts = json.loads(sealed or "{}")
    ids = [int(id) for id in facts["chains"]]
    return Volume(
        referral_id,
        referral.case_id,
        version,
        facts,
        tuple(_events(session, referral_id, version, kind, ids)),
        tuple(_callers(session, ids)) if facts["with_identity"] else (),
        tuple(proofs(session, ids, facts["checkpoint"])) if facts.get("checkpoint") else (),
        tuple(facts.get("papers", ())),
        _key(session, facts.get("signed_with") or ""),
    )


def _key(session: Session, name: str) -> bytes:
    """The private key with a fingerprint; of a volume that was sealed before dossiers were signed the
    one in use."""
    keys: tuple[bytes, ...] = session.info.get("signing_keys", ())
    found = next((key for key in keys if name in ("", name_of_key(key))), None)
    if found is None:
        raise NotAllowed("signing_key_missing", key=name)
    return found


def _events(
    session: Session, referral_id: int, version: int, kind: str, chains: list[int]
) -> Iterator[dict[str, Any]]:
    """The events of the chains up to the one that sealed this volume."""
    seals = select(Event.id, Event.payload).where(
        Event.subject == "referral", Event.subject_id == referral_id, Event.kind == kind
    )
    ids = [
        row.id
        for row in session.execute(seals.order_by(Event.id))
        if version == 1 or json.loads(row.payload)["supplement"] == version - 1
    ]
    query = (
        select(Event)
        .where(Event.chain.in_(chains), Event.id <= ids[0])
        .order_by(Event.chain, Event.seq)
    )
    for row in session.scalars(query):
        told = {name: getattr(row, name) for name in _LINES}
        yield {**told, "at": row.at.astimezone(BEIJING).isoformat(timespec="microseconds")}


def _callers(session: Session, case_ids: list[int]) -> Iterator[dict[str, str]]:
    """The callers, in the cases of the dossier and in those merged into them; also as typed there,
    where it stands on file otherwise."""
    about = Case.id.in_(case_ids) | Case.merged_into_id.in_(case_ids)
    query = select(Case.id, Case.number, Caller.name, Caller.phone).join(
        Caller, Case.caller_id == Caller.id
    )
    told = select(Case.id, Case.number, ToldAs.name, ToldAs.phone).join(
        ToldAs, ToldAs.case_id == Case.id
    )
    found = session.execute(query.where(about).union(told.where(about))).all()
    for row in sorted(found, key=lambda row: (row.id, row.name, row.phone)):
        yield {"case_number": row.number or "", "name": row.name, "phone": row.phone}
