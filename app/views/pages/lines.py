"""The line of a case in a list: what it is about in one sentence, as this person may read it, with
number, kind, category, place and how often it was told again below it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from flask import g, url_for
from sqlalchemy import func, select

from app import words
from app.models import Case, Category, Unit
from app.rules.gist import LONGEST, gist
from app.views.actor import actor, language, reader
from app.views.pages.masking import know_callers, masked_text

READ = 400
"""So many signs of a text are read for its line. Callers are covered in them before they are cut."""
OF_A_LINE: tuple[Any, ...] = (
    Case.id,
    Case.number,
    Case.kind,
    Case.state,
    Case.urgency,
    Case.place,
    Case.repeats,
    Case.leader_assigned,
    Case.confidential,
    func.substr(Case.narrative, 1, READ).label("narrative"),
    Category.name.label("category"),
    Unit.name.label("unit"),
)
"""What the line of a case tells, of the case, its category and its unit."""


@dataclass(frozen=True)
class Line:
    """What a list shows of a case."""

    id: int
    number: str
    gist: str
    kind: str
    category: str
    place: str
    unit: str
    state: str
    urgency: str
    repeats: int
    marks: tuple[tuple[str, str], ...]
    href: str


def know_lines(cases: Iterable[int | None], always: bool = False) -> Mapping[int, Any]:
    """Case id -> its row, as far as this person sees it; one statement for all that this request has
    not asked for before, and one for their callers where these are covered, or `always`."""
    known: dict[int, Any] = g.setdefault("desk_lines", {})
    asked = {id for id in cases if id is not None} - known.keys()
    if not asked:
        return known
    query = (
        select(*OF_A_LINE)
        .outerjoin(Category, Category.id == Case.category_id)
        .outerjoin(Unit, Unit.id == Case.lead_unit_id)
        .where(Case.id.in_(asked))
    )
    known |= {row.id: row for row in reader().execute(query)}
    if always or not actor().reads_as_typed:
        know_callers(asked & known.keys())
    return known


def forget_lines() -> None:
    """Forget what was asked so far: of a long answer only the piece that is being written is
    kept."""
    g.pop("desk_lines", None)


def lines_of(cases: Iterable[int | None], always: bool = False) -> dict[int, Line]:
    """Case id -> its line, of those that this person sees; with the callers covered for who reads
    them as they were typed too, where `always`."""
    asked = [id for id in cases if id is not None]
    known = know_lines(asked, always)
    return {id: _line(known[id], always) for id in asked if id in known}


def gist_of(row: Any, always: bool = False) -> str:
    """What a case is about, as this person may read it, or covered `always`."""
    told = str(row.narrative)[:READ]
    if always or not actor().reads_as_typed:
        told = masked_text(told, row.id)
    return gist(told) or str(row.number or "")


def line_of(case: Case, always: bool = False) -> Line:
    """The line of a case that was read already, its category and unit with it."""
    return _line(case, always)


def _line(row: Any, always: bool = False) -> Line:
    tongue = language()
    as_typed = actor().reads_as_typed and not always
    place = row.place if as_typed else masked_text(row.place, row.id)
    return Line(
        row.id,
        row.number or "",
        gist_of(row, always),
        words.value("kind", row.kind, tongue),
        str(row.category or ""),
        place[:LONGEST],
        str(getattr(row, "unit", "") or ""),
        words.state("case", row.state, tongue),
        row.urgency,
        row.repeats,
        tuple(marks_of(row)),
        url_for("Cases.page_of_case", id=row.id),
    )


def marks_of(case: Any) -> Iterable[tuple[str, str]]:
    """(colour, word) of what must be seen at once: urgency, confidentiality, a leader's matter,
    repeats."""
    tongue = language()
    if case.urgency != "normal":
        yield "danger", words.value("urgency", case.urgency, tongue)
    if case.confidential:
        yield "warning", words.word("case_page.confidential", tongue)
    if case.leader_assigned:
        yield "danger", words.word("case_page.leader_assigned", tongue)
    if case.repeats:
        yield "warning", words.word("case_page.repeats", tongue, n=case.repeats)
