"""The PDF of a paper that was issued: made once, when it is first opened, printed, sent or sealed, kept
below DESK_DATA by its SHA-256, and served from then on - the same bytes, whatever fonts, settings and
zone do later.

`issued` is what the rest of the house asks. It typesets outside any transaction; only what was made is
put on record in one, which is short. A maker that is killed leaves nothing that counts.
"""

from __future__ import annotations

import hashlib
import logging
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Sessions, reading, retried
from app.files import digest, write_whole
from app.models import Paper, PaperPrint, Reminder
from app.models.sessions import UNSCOPED
from app.papers.fonts import own_fonts
from app.papers.kept import pdf_of
from app.papers.layouts import LAYOUTS
from app.papers.press import pdf
from app.rules.refusal import NotAllowed
from app.stages.papers import Facts, Held, NewPrint, base_of, held_of, record_prints

log = logging.getLogger(__name__)
LATELY, BATCH = timedelta(days=1), 50
"""Of which reminders the PDFs are made before anybody asks for them, and how many at a time."""


@dataclass(frozen=True)
class Issued:
    """The PDF of a paper that was issued: where it stands, its SHA-256 (hex), the number of the paper
    (empty where it has none), whether it bears the mark 作废, and whether it is a reprint 重印."""

    path: Path
    sha256: str
    number: str
    void: bool
    reprint: bool


def issued(sessions: Sessions, data: Path, now: datetime, kind: str, id: int) -> Issued:
    """The PDF of a paper, made now where it was not yet; `kind` and `id` as for
    `app.stages.papers.frozen`. A PDF that is gone from the disk, or altered, stays a finding; a
    reprint is served instead, which says so. Call it outside any transaction.

    Raises NotAllowed (not_found) where no such paper was issued, OSError where the disk is full."""
    if base_of(kind) not in LAYOUTS:
        raise NotAllowed("not_found")
    held = retried(sessions, lambda session: held_of(session, kind, id))
    for made in held.prints:
        path = pdf_of(data, made.sha256)
        if path.is_file() and digest(path) == made.sha256:
            return Issued(path, made.sha256, held.number, held.void, made.n > 1)
        log.error("the PDF %s of paper %s is not what the record says", made.sha256, held.id)
    return _made(sessions, data, now, kind, held)


def _made(sessions: Sessions, data: Path, now: datetime, kind: str, held: Held) -> Issued:
    """A new print of a paper: its first, or one more than those that are lost."""
    new = _written(data, kind, held)
    (stands,) = retried(sessions, lambda session: record_prints(session, now, [new]))
    path = pdf_of(data, stands.sha256)
    return Issued(path, stands.sha256, held.number, held.void, new.n > 1)


def _written(data: Path, kind: str, held: Held) -> NewPrint:
    """The next print of a paper on the disk, whole, and not yet on record."""
    n = len(held.prints) + 1
    content = printed(data, kind, held.facts, void=held.void, reprint=n > 1)
    sha256 = hashlib.sha256(content).hexdigest()
    write_whole(pdf_of(data, sha256), content)
    return NewPrint(held.id, held.void, n, sha256, len(content))


def make_notices(sessions: Sessions, data: Path, now: datetime) -> int:
    """Make the PDFs of the reminders of the last day that have none, a batch at a time; how many. What
    is made when this is killed is on record but for the batch in hand, and the next one goes on."""
    made = 0
    while True:
        with reading(sessions) as session:
            papers = [held_of(session, "reminder", id) for id in _waiting(session, now)]
        new = [_written(data, "reminder", held) for held in papers if not held.prints]
        if not new:
            return made
        retried(sessions, lambda session, new=new: record_prints(session, now, new))  # type: ignore[misc]
        made += len(new)


def _waiting(session: Session, now: datetime) -> list[int]:
    """The reminders of the last day of whose papers no PDF was made: the oldest first, a batch."""
    query = (
        select(Reminder.id)
        .join(Paper, (Paper.subject_id == Reminder.id) & (Paper.kind == "reminder"))
        .where(Reminder.issued_at > now - LATELY, Reminder.state != "void")
        .where(~select(PaperPrint.id).where(PaperPrint.paper_id == Paper.id).exists())
    )
    rows = session.scalars(query.order_by(Reminder.id).limit(BATCH), execution_options=UNSCOPED)
    return list(rows)


def printed(
    data: Path, kind: str, facts: Facts, *, void: bool = False, reprint: bool = False
) -> bytes:
    """A paper as PDF, in the office's fonts where it has some, with the marks that it bears."""
    marks = {"void": void, "reprint": reprint}
    return pdf(base_of(kind), {**facts, "marks": marks}, own_fonts(data))


def drafted(data: Path, kind: str, facts: Facts) -> bytes:
    """A paper as PDF that is not issued: 草稿, without a number, never kept."""
    return pdf(base_of(kind), {**facts, "number": "", "draft": True}, own_fonts(data))
