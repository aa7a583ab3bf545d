"""The panel of a case that waits to be allocated: what it says, what it may be the same matter as,
which unit is proposed, until when the unit would have time, and the form of the verb."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for
from sqlalchemy import select
from sqlalchemy.orm import joinedload
from werkzeug.datastructures import MultiDict

from app import words
from app.models import Case
from app.models.columns import clock
from app.rules.office import Office
from app.rules.refusal import NotAllowed
from app.stages.allocation import handling_deadline
from app.verbs import VERBS
from app.views.actor import actor, language, most, office_here, reader
from app.views.case.buttons import why_not
from app.views.case.trace import Trace, trace_of
from app.views.forms.alike import alike_to
from app.views.forms.form import Drawing, VerbForm
from app.views.forms.likely import Proposals, left_out_for, proposals, proposed_for
from app.views.forms.once import ONCE, key_for
from app.views.forms.options import options_of
from app.views.forms.question import ASKED, Question, asked_before
from app.views.forms.question import Proposed as Alike
from app.views.forms.row_choice import SEEN, which_row
from app.views.forms.ways import Way, ways
from app.views.forms.wrong import wrongs
from app.views.pages.lines import Line, line_of
from app.views.pages.masking import masked_caller, masked_text
from app.views.pages.picked import Named, reading_of
from app.views.pages.shown import term
from app.views.presence import on_case

LIST, VERB = "to_allocate", "allocate"
"""The list whose rows have a panel, and the verb with which they are answered there."""
ALIKE = 4
"""So many cases are shown that may be the same matter."""
BESIDE = ("confirm_refusal", "answer_directly", "submit", "reclassify", "refuse")
"""What else may be done with a case instead, each in a form of its own."""
Typed = MultiDict[str, str]


@dataclass(frozen=True)
class Panel:
    """All that the template needs."""

    case: Case
    line: Line
    narrative: str
    demand: str
    caller: str
    alike: Sequence[tuple[Alike, str]]
    until: str
    trace: Trace | None
    form: VerbForm
    left_out: Sequence[str]
    others: Sequence[tuple[str, str]]
    names: Sequence[str]
    why: str
    no: str
    question: Question | None
    first: Sequence[Way]
    usually: str = ""


def waiting_case(id: int) -> Case | None:
    """A case within what the person sees, with what the panel tells of it."""
    if not 0 < id < most(Case):
        return None
    joined = (joinedload(Case.category), joinedload(Case.complained_unit))
    query = select(Case).where(Case.id == id).options(joinedload(Case.caller), *joined)
    return reader().scalars(query.execution_options(populate_existing=True)).first()


def panel_of(
    case: Case,
    typed: Typed | None = None,
    no: NotAllowed | None = None,
    question: Question | None = None,
    key: str = "",
) -> Panel:
    """The panel of a case: as it is opened, or once more with what was typed, why that was not done
    and what has to be answered first."""
    tongue, why = language(), why_not(VERB, {"case": [case]})
    found = proposals([case.category])
    form = _form(case, found, typed, question, key)
    until = _until(office_here(), case)
    return Panel(
        case,
        line_of(case),
        _read(case.narrative, case),
        _read(case.demand, case),
        _caller(case),
        [(one, _merge(case, one)) for one in alike_to(case, ALIKE)],
        term(until["due_at"]),
        trace_of(until["due_at"], until["due_clock"]),
        form,
        left_out_for(case, found),
        [
            (url_for(f"Verbs.{name}", case=case.id), words.title(name, tongue))
            for name in BESIDE
            if name in actor().rights and not why_not(name, {"case": [case]})
        ],
        on_case(case.id),
        why,
        wrongs(no, VERBS[VERB], form, typed or MultiDict(), tongue).sentence if no else "",
        question,
        ways(
            no.msgid, case, typed or MultiDict(), which_row(VERBS[VERB], case, typed or MultiDict())
        )
        if no
        else [],
        _usually(case),
    )


def _usually(case: Case) -> str:
    """How cases of its category usually go, and in how many days, in words; nothing where the office
    has named neither."""
    mode, days = case.category.usual_way if case.category is not None else (None, None)
    tongue = language()
    told = [
        *([words.value("mode", mode, tongue)] if mode else []),
        *([words.word("work_list.triage.usual_days", tongue, n=days)] if days else []),
    ]
    said = words.listed(told, tongue)
    return words.word("work_list.triage.usual_way", tongue, way=said) if told else ""


def _read(text: str, case: Case) -> str:
    """Words on a case as this person may read them."""
    return text if actor().reads_as_typed else masked_text(text, case.id)


def _caller(case: Case) -> str:
    told = masked_caller(case, always=True)
    return told.get("note") or f"{told['name']} {told['phone']}".strip()


def _merge(case: Case, other: Alike) -> str:
    """Where the form is that merges a case into another one; nothing for who has no right to it."""
    if "merge" not in actor().rights:
        return ""
    return url_for("Verbs.merge", case=case.id, into=other.number)


def _until(office: Office, case: Case) -> dict[str, Any]:
    """The clock that the unit would have, were the case allocated now."""
    return clock("due", handling_deadline(office, case, office.limits, office.now))


def _form(
    case: Case, found: Proposals, typed: Typed | None, question: Question | None, key: str
) -> VerbForm:
    """The form of the verb, with the unit that is proposed chosen in it where nothing was typed."""
    verb, tongue = VERBS[VERB], language()
    likely = proposed_for(case, found)
    field = next(field for field in verb.fields if field.name == "unit")
    units = options_of(reader(), verb, field, tongue)
    told = [(one.code, one.told) for one in likely]
    rest = [(code, name) for code, name in units if code not in dict(told)]
    leads = Named([*told, *rest], reading_of(units))
    given: Typed = typed if typed is not None else MultiDict({"unit": told[0][0]} if told else {})
    meant = which_row(verb, case, given)
    if question is not None:
        meant.seen = given.get(SEEN) or meant.seen
    drawing = Drawing(reader(), verb, tongue, offered={"unit": leads, "assists": units})
    before = asked_before(given, question)
    drawing.asks = question.asks if question is not None else ()
    drawing.unseen = [
        *([(ASKED, before)] if before else []),
        *meant.hidden(),
        (ONCE, key or key_for(VERB, case.id)),
    ]
    return drawing.form(given)
