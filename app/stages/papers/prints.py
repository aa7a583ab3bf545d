"""The PDFs that were made of papers, each known by its SHA-256: the first is served ever after. A paper
is void when its reminder is void, or its assignment was recalled or reassigned."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import Entry, lock_cases, lock_office, move_many
from app.models import OFFICE_CHAIN, Event, InstructionNotice, Paper, PaperPrint, Reminder
from app.models.sessions import UNSCOPED
from app.roles import BOT
from app.stages.papers.facts import Facts, clean
from app.stages.papers.keeping import SUBJECTS, base_of, case_of, frozen

MADE = "paper.made"
_AS_SEALED = ("referral", "receipt", "service")
"""The papers that hold no words of a caller, but names of officials, which may be a caller's too."""


@dataclass(frozen=True)
class Printed:
    """A PDF that was made of a paper: its SHA-256 (hex), and which print it is; from the second on it
    is a reprint 重印, with the mark 作废 where the paper was void by then."""

    sha256: str
    n: int


@dataclass(frozen=True)
class Held:
    """A paper as it stands: its row's id, its number, what it says, whether it is void, and the PDFs
    that were made of it as it stands, the first one first."""

    id: int
    number: str
    facts: Facts
    void: bool
    prints: Sequence[Printed]


def held_of(session: Session, kind: str, id: int) -> Held:
    """A paper as it stands, frozen now where it was not yet; what somebody covered since it was issued
    is covered in what is printed from now on. Raises NotAllowed (not_found) where there is no such
    paper."""
    facts = frozen(session, kind, id)
    case_id = case_of(session, kind, id) if base_of(kind) not in _AS_SEALED else None
    if case_id is not None:
        facts = clean(session, case_id, facts)
    kind = f"supervision_{facts['n']}" if kind == "supervision" else kind
    row = session.scalars(select(Paper).where(Paper.kind == kind, Paper.subject_id == id)).one()
    void = is_void(session, row)
    query = select(PaperPrint.sha256, PaperPrint.n).where(
        PaperPrint.paper_id == row.id, PaperPrint.void.is_(void)
    )
    prints = [Printed(each.sha256, each.n) for each in session.execute(query.order_by("n"))]
    return Held(row.id, row.number, facts, void, prints)


def is_void(session: Session, paper: Paper) -> bool:
    """Whether a paper is void: it keeps its number, and says so."""
    if paper.kind == "reminder":
        reminder = session.get(Reminder, paper.subject_id)
        return reminder is not None and reminder.state == "void"
    id = paper.subject_id
    if paper.kind == "instruction":
        notice = session.get(InstructionNotice, id)
        id = notice.assignment_id if notice is not None else 0
    elif paper.kind not in ("allocation", "redo"):
        return False
    ended = select(Event.payload).where(
        Event.subject == "assignment",
        Event.subject_id == id,
        Event.kind == "assignment.cancelled",
    )
    payload = session.scalars(ended.limit(1)).first()
    return payload is not None and _taken_back(json.loads(payload))


def _taken_back(cancelled: Facts) -> bool:
    """Whether an assignment ended by being recalled or reassigned, its lead with it: not by a waiver,
    and not with its case."""
    return "waived" not in cancelled and cancelled.get("because") in (None, "assignment.cancelled")


@dataclass(frozen=True)
class NewPrint:
    """A PDF that was just made of a paper: the paper's row, whether it bears the mark 作废, which print
    it is, its SHA-256 (hex) and its size in bytes."""

    paper_id: int
    void: bool
    n: int
    sha256: str
    size: int

    @property
    def key(self) -> tuple[int, bool, int]:
        """What no two prints have in common."""
        return self.paper_id, self.void, self.n


def record_prints(session: Session, now: datetime, made: Sequence[NewPrint]) -> list[Printed]:
    """Put PDFs of papers on record, each with an event of its case (or of the office). What stands of
    each: another's where somebody made one meanwhile."""
    papers = [each.paper_id for each in made]
    chains = _chains(session, papers)
    cases = set(chains.values()) - {OFFICE_CHAIN}
    if cases:
        lock_cases(session, cases)
    if OFFICE_CHAIN in chains.values():
        lock_office(session)
    query = select(PaperPrint).where(PaperPrint.paper_id.in_(papers))
    stand = {(row.paper_id, row.void, row.n): row.sha256 for row in session.scalars(query)}
    new = [each for each in made if each.key not in stand]
    if new:
        move_many(session, now, BOT, [_entry(each, chains[each.paper_id], now) for each in new])
    return [Printed(stand.get(each.key, each.sha256), each.n) for each in made]


def _entry(made: NewPrint, chain: int, now: datetime) -> Entry:
    columns = {
        "paper_id": made.paper_id,
        "void": made.void,
        "n": made.n,
        "sha256": made.sha256,
        "size": made.size,
    }
    payload = {"paper": made.paper_id, "sha256": made.sha256, "void": made.void, "n": made.n}
    entry = Entry(chain, MADE, payload=payload)
    if chain != OFFICE_CHAIN:
        entry.subject, entry.subject_id = "case", chain
    entry.rows.append((PaperPrint, {**columns, "made_at": now}))
    return entry


def _chains(session: Session, papers: Sequence[int]) -> dict[int, int]:
    """paper -> the case that it belongs to, or the office's chain."""
    query = select(Paper.id, Paper.kind, Paper.subject_id).where(Paper.id.in_(papers))
    found = session.execute(query, execution_options=UNSCOPED).all()
    cases = cases_of(session, [(row.kind, row.subject_id) for row in found])
    return {row.id: case or OFFICE_CHAIN for row, case in zip(found, cases, strict=True)}


def cases_of(session: Session, papers: Sequence[tuple[str, int]]) -> list[int | None]:
    """The case of each of some papers, (kind, subject); None where it belongs to none. For each kind
    in one question."""
    held: dict[tuple[str, int], int | None] = {}
    for base in {base_of(kind) for kind, _ in papers} & SUBJECTS.keys():
        ids = [id for kind, id in papers if base_of(kind) == base]
        model = SUBJECTS[base]
        if model is Paper:
            served = _chains(session, ids)
            held |= {(base, id): served.get(id) or None for id in ids}
            continue
        cases = select(model.id, model.case_id).where(model.id.in_(ids))
        rows = session.execute(cases, execution_options=UNSCOPED)
        held |= {(base, row.id): row.case_id for row in rows}
    return [held.get((base_of(kind), id)) for kind, id in papers]


def case_of_print(session: Session, id: int) -> int | None:
    """The case that a PDF of a paper belongs to; None where it is the office's."""
    paper = session.get_one(Paper, session.get_one(PaperPrint, id).paper_id)
    return case_of(session, paper.kind, paper.subject_id)
