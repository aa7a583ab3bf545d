"""What a case page shows: the facts, the clocks that run, the timeline, the person's verbs, each
with its reason."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import joinedload

from app import words
from app.models import Case
from app.views.actor import actor, language, reader
from app.views.case.bot import Foresight, foresight
from app.views.case.buttons import Button, buttons, primary
from app.views.case.clocks import clocks
from app.views.case.drafts import drafts_of
from app.views.case.first import Attached, Told, attached, told_first
from app.views.case.rail import Step, rail
from app.views.case.rows import rows_of
from app.views.case.tables import said, tables
from app.views.case.timeline import Timeline, actors_of, names_of, newest, timeline
from app.views.case.told import rows_by_id
from app.views.extras import COVERED, filled
from app.views.pages.lines import Line, line_of
from app.views.pages.masking import masked_caller
from app.views.pages.shown import shown

HEADS = {
    "number": "case_page.head.number",
    "unit": "case_page.head.unit",
    "kind": "case_page.head.kind",
    "state": "case_page.head.state",
    "round": "case_page.head.round",
    "at": "case_page.head.at",
    "due": "case_page.head.due",
    "words": "case_page.head.words",
}
"""The columns of the tables on a case page."""
IN_THE_HEAD = ("number", "state", "narrative", "demand")
"""Facts of a case that the head of its page shows."""
NOT_FOR_UNITS = ("repeat_check", "refusal_reason", "told_caller")
"""Facts of a case that name other cases, which may be other units', and what the centre told a
caller whose demand it refused."""


@dataclass
class Page:
    """All that the template needs."""

    case: Case
    facts: list[tuple[str, str]] = field(default_factory=list)
    together: list[tuple[str, str, str]] = field(default_factory=list)
    clocks: list[dict[str, Any]] = field(default_factory=list)
    stages: list[tuple[str, list[Button]]] = field(default_factory=list)
    timeline: Timeline | None = None
    ahead: Foresight = field(default_factory=Foresight)
    rows: dict[str, Sequence[Any]] = field(default_factory=dict)
    caller: dict[str, str] = field(default_factory=dict)
    files: Sequence[tuple[str, Sequence[Attached]]] = ()
    closed: list[Button] = field(default_factory=list)
    first: list[Told] = field(default_factory=list)
    tables: list[tuple[str, list[dict[str, str]]]] = field(default_factory=list)
    drafts: list[dict[str, str]] = field(default_factory=list)
    rail: list[Step] = field(default_factory=list)
    primary: list[Button] = field(default_factory=list)
    line: Line | None = None
    narrative: str = ""
    demand: str = ""
    pressing: dict[str, Any] | None = None


def load(id: int) -> Case | None:
    """A case within what the person sees, with what its facts name."""
    if not 0 < id < 2**62:
        return None
    query = (
        select(Case)
        .where(Case.id == id)
        .options(
            joinedload(Case.category), joinedload(Case.lead_unit), joinedload(Case.complained_unit)
        )
    )
    return reader().scalars(query).first()


def facts(case: Case) -> list[tuple[str, str]]:
    """The facts of a case that the person may see, labelled; phones and numbers in free words are
    masked for units."""
    who, tongue = actor(), language()
    withheld = {*IN_THE_HEAD, *(NOT_FOR_UNITS if who.of_a_unit else ())}
    labelled = []
    for name in words.COLUMNS["hotline_case"]:
        value = getattr(case, name, None)
        if value not in (None, "", False) and name not in withheld:
            plain = value if isinstance(value, (bool, int, datetime, date)) else str(value)
            text = said(shown("hotline_case", name, plain), case.id)
            labelled.append((words.column("hotline_case", name, tongue), text))
    labelled += [
        (
            words.column("hotline_case", one.name, tongue),
            said(told, case.id) if one.kind in COVERED else told,
        )
        for one, told in filled("hotline_case", case)
    ]
    if who.id is not None and who.id == case.operator_id:
        labelled.append((words.word("case_page.query_code", tongue), case.query_code))
    return labelled


def together(case: Case) -> list[tuple[str, str, str]]:
    """The case that this one was merged into, or those merged into it: label, number, page. Not for
    units."""
    if actor().of_a_unit:
        return []
    lead = Case.id == (case.merged_into_id if case.state == "merged" else 0)
    query = (
        select(Case.id, Case.number)
        .where(or_(lead, (Case.merged_into_id == case.id) & (Case.state == "merged")))
        .order_by(Case.id)
    )
    into = words.word("case_page.merged_into", language())
    here = words.word("case_page.merged_here", language())
    return [
        (
            into if row.id == case.merged_into_id else here,
            row.number,
            url_for("Cases.page_of_case", id=row.id),
        )
        for row in reader().execute(query)
    ]


def page_of(case: Case, tl: str = "") -> Page:
    """The page of a case for the person who asks; `tl` is the sort of entries that its timeline
    shows."""
    who = actor()
    rows = rows_of(case, who)
    stages = buttons(who, case, rows)
    first = told_first(case, rows)
    events, running = newest(case), clocks(case, rows)
    names = names_of(actors_of(events))
    return Page(
        case=case,
        facts=facts(case),
        together=together(case),
        clocks=running,
        stages=stages,
        closed=[button for _, group in stages for button in group if button.why],
        timeline=timeline(events, names, rows_by_id(rows), case, tl),
        ahead=foresight(case, rows),
        rail=rail(case, events, names),
        primary=primary(stages, who),
        line=line_of(case),
        narrative=said(case.narrative, case.id),
        demand=said(case.demand or "", case.id),
        pressing=min(running, key=lambda clock: clock["ends"], default=None),
        rows=rows,
        caller=masked_caller(case),
        drafts=drafts_of(case, rows),
        files=attached(case, rows),
        first=first,
        tables=tables(rows, [one.row for one in first]),
    )
