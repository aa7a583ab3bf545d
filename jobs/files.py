"""Are the stored files, dossiers and papers what the record says: a share of them each night, all of them
when asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from sqlalchemy import Select, select, true
from sqlalchemy.orm import Session

from app.database import reading, retried
from app.models import Dossier, File, Paper, PaperPrint, Referral
from app.models.sessions import UNSCOPED
from app.papers.kept import Kept, Lost, lost_among
from app.rules.workdays import beijing
from app.stages.files import lost_items, record_lost
from app.stages.papers import cases_of
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
    with reading(here.sessions) as session:
        kept = _kept(session, lambda key: key % SHARES == slot)
    lost = list(lost_among(here.settings.data, kept))
    if lost:
        items = [(file.kind, file.id) for file in lost]
        retried(here.sessions, lambda session: record_lost(session, now, items))
    return {"files": len(kept), "lost": len(lost)}


def lost_files(session: Session, data: Path, case: int | None = None) -> Iterator[Lost]:
    """The stored files, dossiers and papers that are gone or altered: of one case, or of all."""
    kept = all_kept(session)
    return lost_among(data, [one for one in kept if case is None or one.case_id == case])


def all_kept(session: Session) -> list[Kept]:
    """Every stored file, dossier and paper that the record names."""
    return _kept(session, lambda key: true())


def still_lost(session: Session, data: Path) -> Iterator[Lost]:
    """Of what the nights put on record as lost, what is still so."""
    found = lost_items(session)
    ids = {
        key.table.name: [id for kind, id in found if kind == name]
        for name, key in (("file", _FILE), ("dossier", _DOSSIER), ("paper", _PAPER))
    }
    return lost_among(data, _kept(session, lambda key: key.in_(ids[key.table.name])))


_FILE, _DOSSIER, _PAPER = File.__table__.c.id, Dossier.__table__.c.id, PaperPrint.__table__.c.id


def _kept(session: Session, where: Callable[[Any], Any]) -> list[Kept]:
    """The kept things whose keys fulfil a condition."""
    kept = [
        Kept(kind, row.id, row.case_id, row.sha256, row.name if kind == "dossier" else "")
        for kind, query in _queries(where)
        for row in session.execute(query, execution_options=UNSCOPED)
    ]
    printed = select(PaperPrint.id, PaperPrint.sha256, Paper.kind, Paper.subject_id, Paper.number)
    printed = printed.join(Paper, Paper.id == PaperPrint.paper_id).where(where(_PAPER))
    rows = session.execute(printed.order_by(PaperPrint.id), execution_options=UNSCOPED).all()
    cases = cases_of(session, [(row.kind, row.subject_id) for row in rows])
    return kept + [
        Kept("paper", row.id, case or 0, row.sha256, row.number or row.kind)
        for row, case in zip(rows, cases, strict=True)
    ]


def _queries(where: Callable[[Any], Any]) -> tuple[tuple[str, Query], tuple[str, Query]]:
    files: Query = select(File.id, File.case_id, File.sha256, File.name).where(where(_FILE))
    dossiers: Query = (
        select(Dossier.id, Referral.case_id, Dossier.sha256, Dossier.name)
        .join(Referral, Referral.id == Dossier.referral_id)
        .where(where(_DOSSIER))
    )
    return ("file", files.order_by(File.id)), ("dossier", dossiers.order_by(Dossier.id))
