"""The page of a form: which template draws it, what it asks besides the fields of its verb, and what it
carries along unseen."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from app import words
from app.models import Case
from app.rules.refusal import NotAllowed
from app.verbs import Verb
from app.verbs.offers import ACTS_ON
from app.views.actor import actor, language, reader
from app.views.case.buttons import why_not
from app.views.case.rows import rows_of
from app.views.forms.articles import ARTICLE, USED, inserts
from app.views.forms.articles import beside as beside_of
from app.views.forms.back import BACK, Render, back_to
from app.views.forms.case_access import reads_page_of
from app.views.forms.choices import offered, units_of
from app.views.forms.decided_on import matter
from app.views.forms.field_looks import STOOD
from app.views.forms.form import Ask, Drawing, VerbForm
from app.views.forms.once import ONCE, key_for
from app.views.forms.plan import SPOKEN, plan_of
from app.views.forms.previewed import previews
from app.views.forms.question import ASKED, Question, asked_before
from app.views.forms.questions import carried, shown_first
from app.views.forms.row_choice import SEEN, Which, which_row
from app.views.forms.sentences import INSERT
from app.views.forms.signed import not_asked, signed_as
from app.views.forms.unit_page import page_of_unit
from app.views.forms.ways import to_do_first, ways
from app.views.forms.who_called import ANSWERS
from app.views.forms.wrong import wrongs

REFUSED = 422
IN_ITS_ROW, HTMX = "desk/form_in_row.html", "HX-Request"
"""How a form is drawn that is opened in a row of a list, and the header with which that is asked."""
NOT_ON_FORMS = (
    "sha256",
    "size",
    "media_type",
    "id",
    "referral",
    "paper",
    "notice",
    "message",
    USED,
)
OF_A_MESSAGE = ("channel", "received_at", "paper_form")
"""Fields that a message answers by itself."""
KNOWN = {"open_supervision": ("ground", "reason")}
"""verb -> the fields that its row answers, where a list named it."""
_UNIT = ("form.unit", "form.lead")
"""What the choice of the unit that is meant is called, and choosing none."""
HIDDEN = ("unit", "ground", "draft", "id", "message", STOOD, BACK, USED, ARTICLE, *ANSWERS)
"""What a form carries along unseen, where it is not asked for."""


@dataclass
class Again:
    """Why a form is shown once more: refused, or with a question; what stands on file beside its
    fields, and the one-time key that is not used up."""

    no: NotAllowed | None = None
    question: Question | None = None
    beside: Mapping[str, list[str]] | None = None
    key: str = ""


def page_of(
    render: Render,
    verb: Verb,
    case: Case | None,
    typed: MultiDict[str, str],
    again: Again | None = None,
) -> Any:
    """The page of a form with what was typed, and its status."""
    again, tongue = again or Again(), language()
    question = again.question or shown_first(verb, typed)
    rows = _rows(verb, case)
    meant = which_row(verb, case, typed)
    if question is not None or INSERT in request.form or inserts(verb, request.form):
        meant.seen = typed.get(SEEN) or meant.seen
    back = back_to(typed)
    drawing = Drawing(reader(), verb, tongue, _without(verb, back, meant, typed))
    drawing.offered = offered(verb, case, tongue, rows)
    drawing.asks = _asks(verb, case, meant, question, tongue)
    drawing.unseen = _unseen(verb, case, typed, meant, question, again.key)
    form = drawing.form(typed)
    form.tell(again.beside or {}, tongue)
    wrong = wrongs(again.no, verb, form, typed, tongue) if again.no else None
    page = render(
        _drawn_by(verb, back),
        plan=_plan(verb, form, drawing.asks),
        title=words.title(verb.name, tongue),
        verb=verb,
        case=case,
        form=form,
        no=wrong,
        msgid=again.no.msgid if again.no else None,
        reads_cases=reads_page_of(case),
        why=why_not(verb.name, rows) if rows else "",
        first=to_do_first(verb, case, rows, meant) if not again.no else None,
        ways=ways(again.no.msgid, case, typed, meant) if again.no else (),
        question=question,
        matter=matter(verb, case, meant),
        carried=carried(verb, typed),
        contact_on_it=words.word("question.contact_on_it", tongue),
        chosen=_chosen_files(),
        back=back,
        signed=signed_as(verb),
        previews=previews(verb),
        articles=beside_of(verb, case, typed),
        **page_of_unit(verb, case, form, typed),
    )
    return page, REFUSED if again.no else 200


def _without(
    verb: Verb, back: str | None, meant: Which, typed: MultiDict[str, str]
) -> Sequence[str]:
    """The fields that a form does not draw: what the desk knows itself, what the account of a leader
    answers, what the row of a list that it was opened in, and what a message."""
    return (
        *NOT_ON_FORMS,
        *not_asked(verb),
        *(KNOWN.get(verb.name, ()) if back and meant.about else ()),
        *(OF_A_MESSAGE if typed.get("message") else ()),
    )


def _plan(verb: Verb, form: VerbForm, asks: Sequence[Ask]) -> Any:
    """How the form of an intake is laid out; None for any other."""
    return plan_of(verb.name, form, [ask.name for ask in asks]) if verb.name in SPOKEN else None


def _drawn_by(verb: Verb, back: str | None) -> str:
    """The template of a form: an intake has its own, and one that opens in a row of a list."""
    if verb.name in SPOKEN:
        return "desk/intake.html"
    return IN_ITS_ROW if back and HTMX in request.headers else "desk/form.html"


def _rows(verb: Verb, case: Case | None) -> dict[str, Sequence[Any]]:
    """What hangs on the case of a verb that acts on some of it."""
    return rows_of(case, actor()) if case is not None and verb.name in ACTS_ON else {}


def _chosen_files() -> list[str]:
    """The names of the files that came with a form: they have to be chosen again."""
    return [file.filename for file in request.files.values() if file.filename]


def _asks(
    verb: Verb, case: Case | None, meant: Which, question: Question | None, tongue: str
) -> list[Ask]:
    """What a form asks besides the fields of its verb: which unit, which row, what a question has
    to know."""
    asks = [meant.choice] if meant.choice is not None else []
    units = units_of(verb, case)
    if units:
        label, nothing = (words.word(msgid, tongue) for msgid in _UNIT)
        chosen = request.values.get("unit", "")
        asks.insert(0, Ask("unit", label, units, False, nothing, chosen))
    return [*asks, *(question.asks if question else ())]


def _unseen(
    verb: Verb,
    case: Case | None,
    typed: MultiDict[str, str],
    meant: Which,
    question: Question | None,
    key: str,
) -> list[tuple[str, str]]:
    """What a form carries along unseen: the row, how it stood, what was asked, its one-time key."""
    carried = [(name, typed[name]) for name in HIDDEN if typed.get(name)] + meant.hidden()
    before = asked_before(typed, question)
    once = key or key_for(verb.name, case.id if case is not None else None)
    return [*([(ASKED, before)] if before else []), *carried, (ONCE, once)]
