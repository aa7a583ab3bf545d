"""What a form decides on, above its fields: the case in its own words and the row that is acted on,
as labelled columns, covered as on the page of the case, and no more of it than that page shows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from flask import url_for
from sqlalchemy import inspect, select
from sqlalchemy.orm import joinedload

from app import words
from app.models import (
    SUBJECTS,
    Assignment,
    Case,
    Draft,
    Instruction,
    Lifting,
    NamedPerson,
    Referral,
    Reply,
    Roster,
    SlaRule,
    Submission,
    Supervision,
    UnitPost,
    VisitRecord,
)
from app.models.file import File
from app.rules.limits import Versions
from app.stages.supervision import told_apart
from app.verbs import Verb
from app.verbs.offers import ACTS_ON
from app.verbs.rows import PROPOSED
from app.views.actor import actor, asked, language, now, reader
from app.views.forms.case_access import OF_SUGGESTIONS
from app.views.forms.drafted import told_of
from app.views.forms.own_facts import Fact, own_facts, own_preview
from app.views.forms.row_choice import Which
from app.views.forms.ways import paper_of
from app.views.pages.declared import labelled
from app.views.pages.masking import masked_text
from app.views.pages.shown import shown, term

MOST = 5
"""How many rows of a kind are shown, the newest first."""
OF_CASE = ("narrative", "demand")
"""What is shown of a case above the form of any verb that is about one."""
MORE_OF_CASE: dict[str, tuple[str, ...]] = {
    "confirm_refusal": ("refusal_reason", "told_caller"),
    "record_visit": ("answer",),
    "amend_visit": ("answer",),
    "allocate": ("kind", "urgency", "category", "place", "complained_unit", "complained_person"),
    "review_responsibility": ("disputed_by",),
}
"""verb -> what else one has to know of the case."""
IN_THE_FORM = ("edit_case",)
"""Verbs whose forms begin with what the case says."""
LEFT_OUT = ("case", "state", "round", "self_approved", "ended_at")
"""Columns that say where a row stands, not what it says."""
_VALUE_NOW, _CHANGES = "form.value_now", "roster_page.changes"


@dataclass(frozen=True)
class Rows:
    """Rows of a case that a form shows: of which table, in which states, which columns."""

    model: type[Any]
    states: tuple[str, ...] | None = None
    columns: tuple[str, ...] = ()
    most: int = MOST
    equal: tuple[tuple[str, str], ...] = ()


INSTRUCTIONS = Rows(
    Instruction,
    columns=("leader", "level", "words", "instructed_on", "due_on", "document"),
    most=20,
)
"""What leaders wrote on a case: whoever handles, rules on, supervises or examines it decides with
it before him."""
_ANSWERED = Rows(Reply, ("filed", "passed"), ("unit", "public_answer"), 1)
OF_ROWS: dict[str, tuple[Rows, ...]] = {
    "examine": (Rows(Reply, ("filed",)),),
    "record_visit": (_ANSWERED,),
    "amend_visit": (_ANSWERED,),
    "review_responsibility": (Rows(VisitRecord, most=1), _ANSWERED),
    "instruct": (Rows(Submission, most=1),),
    "open_supervision": (Rows(Supervision, ("candidate",)),),
    "confirm_lifting": (Rows(Lifting, most=1),),
}
"""verb -> the rows that it is about, where these are others than those it acts on."""


def _acted_on(verb: str) -> tuple[Rows, ...]:
    """The rows that a verb acts on, in the states in which it does."""
    subject, states = ACTS_ON.get(verb, ("case", None))
    name, _, kind = subject.partition(":")
    if name == "case":
        return ()
    if name == "assist":
        return (Rows(Assignment, states, equal=(("role", "assist"),)),)
    return (Rows(SUBJECTS[name], states, equal=(("kind", kind),) if kind else ()),)


@dataclass
class Box:
    """One box: what it is of, and its facts."""

    title: str
    facts: list[Fact] = field(default_factory=list)


def matter(verb: Verb, case: Case | None, meant: Which) -> list[Box]:
    """The boxes above the form of a verb: of its rows that one only, where it is about one."""
    if case is None:
        return _proposed(meant) if verb.name in PROPOSED else []
    if verb.target == "draft":
        return [*_in_its_own_words(verb.name, case), *map(_draft, meant.rows[-MOST:])]
    boxes = [*_in_its_own_words(verb.name, case)]
    instructions = (INSTRUCTIONS,) if case.leader_assigned else ()
    for rows in (*instructions, *OF_ROWS.get(verb.name, _acted_on(verb.name))):
        boxes += _of_rows(case, rows, meant)
    return [box for box in boxes if box.facts]


def _draft(row: Draft) -> Box:
    """What a draft says, and what the head said of it."""
    told = told_of(row, approves=False)
    label = words.column("draft", "returned_words", language())
    said = [(label, told.returned, "")] if told.returned else []
    return Box(told.of, [*((name, value, "") for name, value in told.facts), *said])


def _in_its_own_words(verb: str, case: Case) -> Iterator[Box]:
    """The case itself, for who reads it; for who knows it in brief the suggestion that was kept."""
    if verb in IN_THE_FORM:
        return
    if _reads(case):
        yield _of_case(verb, case)
    elif verb in OF_SUGGESTIONS and case.suggestion:
        yield _suggestion(case)


def _reads(case: Case) -> bool:
    """Whether the case is one that the person reads: some are acted on as they are known in brief."""
    return "all" in actor().scopes or asked(Case, case.id) is not None


def _of_case(verb: str, case: Case) -> Box:
    names = (*OF_CASE, *MORE_OF_CASE.get(verb, ()))
    return Box(words.table("hotline_case", language()), list(_facts(case, names, case.id)))


def _suggestion(case: Case) -> Box:
    """A suggestion that was kept, in its own words, its callers covered: for a leader who reads no
    more of its case."""
    facts: list[Fact] = []
    for name in OF_CASE:
        text = getattr(case, name)
        if text:
            label = words.column("hotline_case", name, language())
            facts.append((label, masked_text(text, case.id), ""))
    return Box(words.table("suggestion", language()), facts)


def _of_rows(case: Case, rows: Rows, meant: Which) -> list[Box]:
    """A box for each row of a kind, the newest first; of the row that is meant alone, where it is one
    of them."""
    model = rows.model
    names = rows.columns or [name for name in labelled(model) if name not in LEFT_OUT]
    query = _on_the_case(case, rows).where(*_of_meant(rows, meant.about))
    if hasattr(model, "unit"):
        query = query.options(joinedload(model.unit))
    title = words.table(model.__tablename__, language())
    newest = reader().scalars(query.order_by(model.id.desc()).limit(rows.most)).all()
    return [Box(title, [*_facts(row, names, case.id), *_more(row, names)]) for row in newest]


def _on_the_case(case: Case, rows: Rows) -> Any:
    """The rows of a kind on a case, and on the lead that it was merged into: its caller is visited
    about what the lead was answered."""
    model = rows.model
    query = select(model).where(model.case_id.in_([case.id, case.merged_into_id or case.id]))
    query = query.filter_by(**dict(rows.equal))
    return query if rows.states is None else query.where(model.state.in_(rows.states))


def _of_meant(rows: Rows, row: Any) -> tuple[Any, ...]:
    """The condition for rows to be the one that is meant, or the replies to it, where they can
    be."""
    if isinstance(row, rows.model):
        return (rows.model.id == row.id,)
    if isinstance(row, Assignment) and rows.model is Reply and not rows.columns:
        return (Reply.assignment_id == row.id,)
    return ()


def _facts(row: Any, names: Iterable[str], case_id: int | None) -> Iterable[Fact]:
    """The columns of a row that hold something, as this person may read them."""
    for name in names:
        value = getattr(row, name)
        if value is None or value == "" or (not value and _begins_unset(row, name)):
            continue
        told = _told(row, name, value)
        covered = case_id is not None and not actor().reads_as_typed
        yield (
            words.column(row.__tablename__, name, language()),
            masked_text(told, case_id) if covered else told,
            "",
        )


def _begins_unset(row: Any, name: str) -> bool:
    """Whether a column, a flag or a count, says nothing until it is set."""
    return inspect(type(row)).columns[name].default is not None


def _told(row: Any, name: str, value: Any) -> str:
    if isinstance(value, datetime) and hasattr(row, f"{name.removesuffix('_at')}_clock"):
        return term(value)
    plain = hasattr(value, "__tablename__")
    return shown(row.__tablename__, name, str(value) if plain else value)


def _more(row: Any, names: Sequence[str]) -> list[Fact]:
    """What a row says besides its columns: the persons of a finding, the office's own fields, the
    files beside a whole reply."""
    if isinstance(row, Supervision) and row.finding:
        return _persons(row)
    if isinstance(row, Referral):
        return [(words.table("referral", language()), way.label, way.href) for way in paper_of(row)]
    files = _files(row) if isinstance(row, Reply) and "opinion" in names else ()
    return [*own_facts(row), *files]


def _files(reply: Reply) -> list[Fact]:
    """What its unit put on the case beside a reply."""
    query = select(File).where(
        File.case_id == reply.case_id, File.unit_id == reply.unit_id, File.referral_id.is_(None)
    )
    label, opens = (
        words.table("stored_file", language()),
        "open_file" in actor().rights,
    )
    return [
        (label, row.name, url_for("Files.open", id=row.id) if opens else "")
        for row in reader().scalars(query.order_by(File.id))
    ]


def _persons(item: Supervision) -> list[Fact]:
    """Whom a finding names, with the post that each held."""
    query = (
        select(UnitPost)
        .join(NamedPerson, NamedPerson.post_id == UnitPost.id)
        .options(joinedload(UnitPost.unit))
    )
    rows = (
        reader()
        .scalars(query.where(NamedPerson.supervision_id == item.id).order_by(NamedPerson.id))
        .all()
    )
    alike = len({row.person for row in rows}) < len(rows)
    holders = (words.holder(told_apart(row), language(), alike) for row in rows)
    told = words.listed(holders, language())
    return [(words.field("persons", language()), told, "")] if told else []


def _proposed(meant: Which) -> list[Box]:
    """The proposals of which one is decided on, each rule with its value until now; the one that is
    meant, where it is known."""
    return [_proposal(row) for row in meant.rows if meant.row in (None, row.id)][:MOST]


def _proposal(row: Any) -> Box:
    facts: list[Fact] = [*_facts(row, labelled(type(row)), None), *own_preview(row)]
    if isinstance(row, SlaRule):
        facts.insert(1, (words.word(_VALUE_NOW, language()), _value_now(row.name), ""))
    if isinstance(row, Roster):
        label = words.word(_CHANGES, language())
        facts.append((label, row.name, url_for("Rosters.show", pk=row.id)))
    return Box(words.table(row.__tablename__, language()), facts)


def _value_now(name: str) -> str:
    """The number of the office that a rule would replace."""
    query = select(SlaRule.valid_from, SlaRule.value).where(
        SlaRule.name == name, SlaRule.approved_at.is_not(None)
    )
    rows: Sequence[Any] = reader().execute(query.order_by(SlaRule.valid_from, SlaRule.id)).all()
    limits = Versions((row.valid_from, name, json.loads(row.value)) for row in rows).at(now())
    return str(getattr(limits, name))
