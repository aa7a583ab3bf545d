"""Are the stored files and dossiers what the record says: a share of them each night, all of them
when asked."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.database import reading, retried
from app.models import Dossier, File, Referral
from app.models.sessions import UNSCOPED
from app.papers.kept import Kept, Lost, lost_among
from app.rules.workdays import beijing
from app.stages.files import lost_items, record_lost
from jobs.desk import desk

NIGHT = range(1, 5)
"""The hours of the night, Beijing time, in which a share is compared."""
NIGHTS = 7
"""In how many nights all files are compared once."""
SHARES = NIGHTS * len(NIGHT)
SHOWN_LOST = 20
"""How many lost files a check names."""
Query = Select[int, int, str, str]


def compare_a_share() -> dict[str, int]:
    """Compare this hour's share at night, and put what is lost on the record of its case; by day
    nothing."""
    here = desk()
    now = beijing(here.now())
    if now.hour not in NIGHT:
        return {"files": 0, "lost": 0}
    slot = now.toordinal() % NIGHTS * len(NIGHT) + now.hour - NIGHT.start
    files, dossiers = _queries()
    with reading(here.sessions) as session:
        kept = _kept(
            session,
            files.where(File.id % SHARES == slot),
            dossiers.where(Dossier.id % SHARES == slot),
        )
    lost = list(lost_among(here.settings.data, kept))
    if lost:
        items = [(file.kind, file.id) for file in lost]
        retried(here.sessions, lambda session: record_lost(session, now, items))
    return {"files": len(kept), "lost": len(lost)}


def lost_files(session: Session, data: Path, case: int | None = None) -> Iterator[Lost]:
    """The stored files and dossiers that are gone or altered: of one case, or of all."""
    files, dossiers = _queries()
    if case is not None:
        files, dossiers = (
            files.where(File.case_id == case),
            dossiers.where(Referral.case_id == case),
        )
    return lost_among(data, _kept(session, files, dossiers))


def still_lost(session: Session, data: Path) -> Iterator[Lost]:
    """Of what the nights put on record as lost, what is still so."""
    found = lost_items(session)
    files, dossiers = _queries()
    files = files.where(File.id.in_([id for kind, id in found if kind == "file"]))
    dossiers = dossiers.where(Dossier.id.in_([id for kind, id in found if kind == "dossier"]))
    return lost_among(data, _kept(session, files, dossiers))


def _queries() -> tuple[Query, Query]:
    files: Query = select(File.id, File.case_id, File.sha256, File.name).order_by(File.id)
    dossiers: Query = select(Dossier.id, Referral.case_id, Dossier.sha256, Dossier.name).order_by(
        Dossier.id
    )
    return files, dossiers.join(Referral, Referral.id == Dossier.referral_id)


def _kept(session: Session, files: Query, dossiers: Query) -> list[Kept]:
    return [
        Kept(kind, row.id, row.case_id, row.sha256, row.name if kind == "dossier" else "")
        for kind, query in (("file", files), ("dossier", dossiers))
        for row in session.execute(query, execution_options=UNSCOPED)
    ]
