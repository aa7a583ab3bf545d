"""The rows of a list of work that somebody chose, each with the verb that answers it and why it
cannot be done together with the others."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from app import words
from app.models import Case
from app.rules.refusal import NotAllowed
from app.verbs import VERBS, Verb
from app.verbs.rows import kind_of, standings
from app.views.actor import actor, key_typed, language, most, reader
from app.views.asks import asked_by, says_of
from app.views.case.buttons import why_not
from app.views.forms.form import values_of
from app.views.forms.questions import question_of
from app.views.forms.unit_reads import reads_of
from app.views.pages.lines import Line, lines_of
from app.views.waiting import rows_of_list
from app.worklists import Queue, about

OVER_MANY = frozenset(
    {
        "allocate",
        "confirm_refusal",
        "rule_on_explanation",
        "rule_on_extension",
        "rule_on_interim",
        "rule_on_return",
        "screen_suggestion",
        "sign_for",
    }
)
"""The verbs that may be done over many rows: what they ask is the same of each, and the lines of the
list say what is decided on. An answer is examined by who has read it, one by one."""
MOST = 200
"""So many rows are done at once."""
ROWS, STOOD = "rows", "seen-{}"
"""The fields that name the rows, and that say how each stood when it was shown."""
PER_ROW = ("unit",)
"""Fields that may differ from row to row: each row has its own beside the one for all."""
ASKS, _GONE = "work_list.many.asks", "work_list.many.gone"
Typed = MultiDict[str, str]


@dataclass
class Chosen:
    """A row that was chosen: itself, its case and line, the verb that answers it, how it stands, what
    it asks, and why it cannot be done together with the others."""

    row: Any
    verb: Verb
    case: Case
    line: Line
    stands: int
    says: Sequence[str] = ()
    why: str = ""

    @property
    def title(self) -> str:
        """What is done to it."""
        return words.title(self.verb.name, language())

    @property
    def alone(self) -> str:
        """Where it is done by itself."""
        more = {"row": self.row.id} if self.named and not isinstance(self.row, Case) else {}
        return url_for(f"Verbs.{self.verb.name}", case=self.case.id, **more)

    @property
    def named(self) -> bool:
        """Whether its verb is told the row itself, with how it stood."""
        return kind_of(self.verb) is not None


def over_many(queue: Queue) -> list[Verb]:
    """The verbs of a list that this person may do over many of its rows."""
    able = actor().rights & OVER_MANY if not queue.brief else frozenset()
    return [VERBS[name] for name in queue.verbs if name in able]


def ids_typed(typed: Typed) -> list[int]:
    """The ids of the rows that were chosen, each once, as many as are done at once."""
    ids = dict.fromkeys(key_typed(text) for text in typed.getlist(ROWS))
    return [id for id in ids if id][:MOST]


def chosen(queue: Queue, ids: Collection[int]) -> list[Chosen]:
    """Rows that were chosen, as they stand now, within what the person sees; whether or not they are
    in the list still."""
    verbs = over_many(queue)
    rows = _rows(queue, ids)
    cases = _cases({_case(row) for row in rows})
    lines = lines_of(cases)
    answered = [(row, verb) for row in rows if (verb := _answering(verbs, row)) is not None]
    stand = {
        verb.name: standings(reader(), verb, [row for row, its in answered if its is verb])
        for verb in verbs
    }
    return [
        Chosen(
            row,
            verb,
            cases[id],
            lines[id],
            stand[verb.name][row.id],
            says_of(queue, asked_by(queue, row), id),
        )
        for row, verb in answered
        if (id := _case(row)) in lines
    ]


def _rows(queue: Queue, ids: Collection[int]) -> Sequence[Any]:
    model: Any = queue.model
    known = [id for id in ids if id < most(model)]
    query = select(model).where(model.id.in_(known)).order_by(getattr(model, queue.when), model.id)
    return reader().scalars(query.execution_options(populate_existing=True)).all()


def _cases(ids: Collection[int]) -> dict[int, Case]:
    joined = (joinedload(Case.category), joinedload(Case.complained_unit))
    query = select(Case).where(Case.id.in_(ids)).options(*joined)
    found = reader().scalars(query.execution_options(populate_existing=True))
    return {case.id: case for case in found}


def _case(row: Any) -> int:
    """The id of the case of a row."""
    key = about(type(row)).key
    id: int = getattr(row, key)
    return id


def _answering(verbs: Sequence[Verb], row: Any) -> Verb | None:
    """The verb that answers a row by what it is, in whatever state."""
    for verb in verbs:
        kind = (verb.on.subject or "").partition(":")[2]
        if not kind or kind == getattr(row, "kind", None):
            return verb
    return None


def say_why_not(queue: Queue, rows: Sequence[Chosen], asked: dict[int, Typed]) -> None:
    """Say of each row why it cannot be done together with the others: it is not in the list any
    more, its state is against it, or its form has something to ask first."""
    among = queue.model.id.in_([one.row.id for one in rows])
    still = {row.row for row in rows_of_list(actor(), queue, 0, MOST, among)}
    for one in rows:
        one.why = _state_against(one) or (
            words.word(_GONE, language()) if one.row.id not in still else ""
        )
        if not one.why and asks(one, asked.get(one.row.id, MultiDict())):
            one.why = words.word(ASKS, language())


def _state_against(one: Chosen) -> str:
    """Why a row is in no state for its verb."""
    subject = (one.verb.on.subject or "").partition(":")[0]
    row = one.case if subject == "case" else one.row
    return why_not(one.verb.name, {subject: [row], "case": [one.case]})


def asks(one: Chosen, values: Typed) -> bool:
    """Whether the form of a row would ask something before it goes on; of what is not known yet it
    is asked later."""
    if reads_of(one.verb, one.case, values) is not None:
        return True
    try:
        meant = values_of(reader(), one.verb, values)
        return question_of(one.verb, one.case, meant, values) is not None
    except NotAllowed:
        return False
