"""Every verb as a form: one route and one permission each. It fetches the case within what the
person may see, hands what was typed to the verb table, and says in a sentence why something was
refused - with everything still typed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, request
from flask_appbuilder import BaseView
from sqlalchemy.exc import DBAPIError
from werkzeug.datastructures import MultiDict

from app import words
from app.models import Case
from app.papers.dossier import make_waiting
from app.rules.refusal import NotAllowed
from app.verbs import VERBS, Verb
from app.verbs.offers import ACTS_ON
from app.views.actor import actor, desk, language, now, reader, refuse_access, written
from app.views.case.buttons import why_not
from app.views.case.rows import rows_of
from app.views.forms.articles import ARTICLE, USED, inserts, with_article
from app.views.forms.articles import beside as beside_of
from app.views.forms.back import BACK, back_to
from app.views.forms.case_access import case_of, reads_page_of
from app.views.forms.choices import offered, units_of
from app.views.forms.decided_on import matter
from app.views.forms.drafted import RETURNED, standing_now
from app.views.forms.field_looks import STOOD
from app.views.forms.form import Ask, Drawing, values_of
from app.views.forms.on_file import CHANGED, as_meant, now_standing, prefilled
from app.views.forms.once import ONCE, SHOWN_AGAIN, First, Sending, key_for
from app.views.forms.outcome import page_after, to_paper
from app.views.forms.performing import as_asked, do, target_of
from app.views.forms.plan import SPOKEN, plan_of
from app.views.forms.question import ASKED, Question, asked_before
from app.views.forms.questions import OPENS, carried, opened, question_of, shown_first
from app.views.forms.row_choice import SEEN, Which, row_sent, which_row
from app.views.forms.shortcuts import spelled
from app.views.forms.steps import INSERT, applying, inserted
from app.views.forms.text_blocks import BLOCK, blocks_of, with_block
from app.views.forms.unit_page import page_of_unit
from app.views.forms.uploads import uploads_of
from app.views.forms.who_called import ANSWERS, as_answered
from app.views.forms.wrong import wrongs
from app.views.login.slips import SLIPS
from app.views.login.trying import own_password, wrong_try

REFUSED = 422
WITHOUT_CASE = ("none",)
WITHOUT_FORM = ("open_file", "look_up")
"""Verbs that are done on a page of their own: a file's, the search box's."""
IN_ITS_ROW, HTMX = "desk/form_in_row.html", "HX-Request"
"""How a form is drawn that is opened in a row of a list, and the header with which that is asked."""
NOT_ON_FORMS = ("sha256", "size", "media_type", "id", "referral", "paper", "notice", USED)
KNOWN = {"open_supervision": ("ground", "reason")}
"""verb -> the fields that its row answers, where a list named it."""
_UNIT = ("form.unit", "form.lead")
"""What the choice of the unit that is meant is called, and choosing none."""
HIDDEN = ("unit", "ground", "draft", "id", STOOD, BACK, USED, ARTICLE, *ANSWERS)
"""What a form carries along unseen, where it is not asked for."""
_SEALS = ("seal_referral", "supplement_referral")
"""Verbs after which a dossier waits to be made."""


class Verbs(BaseView):
    """The forms of all verbs."""

    route_base = "/do"
    class_permission_name = "Verbs"
    base_permissions = [f"can_{verb}" for verb in VERBS]
    default_view = "register"

    def create_blueprint(
        self, appbuilder: Any, endpoint: Any = None, static_folder: Any = None
    ) -> Blueprint:
        """One route for each verb, under its own name."""
        self.appbuilder, self.endpoint = appbuilder, "Verbs"
        self.blueprint = Blueprint(self.endpoint, __name__, url_prefix=self.route_base)
        for verb in VERBS.values():
            if verb.name in WITHOUT_FORM:
                continue
            view = self._view(verb)
            if verb.target in WITHOUT_CASE or verb.alone:
                self.blueprint.add_url_rule(
                    f"/{verb.name}", verb.name, view, methods=["GET", "POST"]
                )
            if verb.target not in WITHOUT_CASE:
                self.blueprint.add_url_rule(
                    f"/{verb.name}/<int:case>", verb.name, view, methods=["GET", "POST"]
                )
        return self.blueprint

    def _view(self, verb: Verb) -> Callable[..., Any]:
        def view(case: int | None = None) -> Any:
            return self.form_of(verb, case)

        view.__name__ = verb.name
        return view

    def form_of(self, verb: Verb, id: int | None) -> Any:
        """The form of a verb (GET), or what came of it (POST)."""
        if not self.appbuilder.sm.has_access(f"can_{verb.name}", "Verbs"):
            return refuse_access()
        case = case_of(verb, id) if id is not None else None
        sees = id is None or (
            case is not None and (verb.name != "open_paper" or "Referrals" in actor().pages)
        )
        opens = not request.form.keys().isdisjoint((OPENS, BLOCK, INSERT))
        opens = opens or inserts(verb, request.form)
        if request.method == "POST" and not opens:
            return self._sent(verb, case, Sending(verb.name, id), sees)
        if not sees:
            abort(404)
        # Sent by a question's button, or with a sentence to be put in, a form opens with what was
        # typed before; nothing is done yet.
        given = request.form if request.method == "POST" else request.args
        typed = with_block(verb, inserted(verb, MultiDict(list(given.items(multi=True)))))
        typed = with_article(verb, typed)
        return self._page(verb, case, prefilled(verb, case, opened(verb, typed)))

    def _page(
        self,
        verb: Verb,
        case: Case | None,
        typed: MultiDict[str, str],
        no: NotAllowed | None = None,
        question: Question | None = None,
        beside: Mapping[str, list[str]] | None = None,
        key: str = "",
    ) -> Any:
        tongue = language()
        question = question or shown_first(verb, typed)
        rows = _rows(verb, case)
        meant = which_row(verb, case, typed)
        if question is not None or BLOCK in request.form or inserts(verb, request.form):
            meant.seen = typed.get(SEEN) or meant.seen
        back = back_to(typed)
        without = (*NOT_ON_FORMS, *(KNOWN.get(verb.name, ()) if back and meant.about else ()))
        drawing = Drawing(reader(), verb, tongue, without, offered(verb, case, tongue, rows))
        drawing.asks = _asks(verb, case, meant, question, tongue)
        drawing.unseen = _unseen(verb, case, typed, meant, question, key)
        form = drawing.form(typed)
        form.tell(beside or {}, tongue)
        wrong = wrongs(no, verb, form, typed, tongue) if no else None
        intake = verb.name in SPOKEN
        page = self.render_template(
            _drawn_by(verb, back),
            plan=plan_of(verb.name, form, [ask.name for ask in drawing.asks]) if intake else None,
            title=words.title(verb.name, tongue),
            verb=verb,
            case=case,
            form=form,
            no=wrong,
            msgid=no.msgid if no else None,
            reads_cases=reads_page_of(case),
            why=why_not(verb.name, rows) if rows else "",
            question=question,
            matter=matter(verb, case, meant),
            carried=carried(verb, typed),
            contact_on_it=words.word("question.contact_on_it", tongue),
            chosen=_chosen_files(),
            back=back,
            blocks=blocks_of(verb),
            articles=beside_of(verb, case, typed),
            **page_of_unit(verb, case, form, typed),
        )
        return page, REFUSED if no else 200

    def _sent(self, verb: Verb, case: Case | None, sending: Sending, sees: bool) -> Any:
        """What came of a form; of one that was done before, what came of it then: nothing is done
        again."""
        if not sees:
            return self._unseen(verb, sending)
        if verb.name == "open_paper":
            return to_paper(case.id if case is not None else 0, request.form.get("unit", ""))
        try:
            return self._done(verb, case, sending)
        except (NotAllowed, DBAPIError) as failed:
            answer = self._failed(verb, case, sending, failed)
            if answer is None:
                raise
            return answer

    def _unseen(self, verb: Verb, sending: Sending) -> Any:
        """The answer about a case that the person does not see: what was done may have taken it out
        of their sight."""
        first = sending.before() if verb.name != "reveal" else None
        return self._first(verb, first) if first is not None and first.same else abort(404)

    def _failed(
        self, verb: Verb, case: Case | None, sending: Sending, failed: NotAllowed | DBAPIError
    ) -> Any:
        """The answer to a form that could not be done: that of the time it was done, the form once
        more with why it was refused, or None for a failure of the database."""
        first = sending.before()
        if first is None:
            if isinstance(failed, NotAllowed):
                return self._refused(verb, case, failed, sending.key)
            return None
        if first.same and _shown_still(verb, case, first):
            return self._first(verb, first)
        return self._refused(verb, case, sending.otherwise(first), "")

    def _done(self, verb: Verb, case: Case | None, sending: Sending) -> Any:
        """What came of a form that may be done: its page once more with a question, or what was
        done."""
        typed = spelled(verb, request.form)
        sending.insist()
        if verb.name == "change_password":
            own_password()
        values = as_meant(verb, case, values_of(reader(), verb, typed))
        target = {**target_of(verb, typed, values), **row_sent(verb, case, typed)}
        values = applying(verb, typed, as_answered(values, typed))
        question = question_of(verb, case, values, typed)
        if question is not None and not question.was_asked(typed):
            first = sending.before()
            if first is not None:
                raise sending.otherwise(first)
            return self._page(verb, case, typed, question=question, key=sending.key)
        values = as_asked(values, question)
        uploads = uploads_of(verb, typed, values)
        told = written(
            lambda session: do(session, verb, case, sending, {**target, **values}, uploads)
        )
        if verb.name in _SEALS:
            make_waiting(desk().sessions, desk().settings.data, now())
        return page_after(self.render_template, verb, sending.case, told, sending.key)

    def _refused(self, verb: Verb, case: Case | None, no: NotAllowed, key: str) -> Any:
        """The form once more, with what was typed and why it was not done."""
        typed = spelled(verb, request.form)
        if no.msgid == "password_wrong":
            wrong_try(actor().id or 0)
        again = case_of(verb, case.id) if case is not None else None
        shown, beside = now_standing(verb, again, typed) if no.msgid == CHANGED else (typed, {})
        if no.msgid == RETURNED:
            shown = standing_now(verb, again, typed)
        return self._page(verb, again, shown, no, beside=beside, key=key)

    def _first(self, verb: Verb, first: First) -> Any:
        """The answer that a form was given when it was done."""
        late = now() - first.row.at > SHOWN_AGAIN
        told = {name: part for name, part in first.told.items() if not (late and name == SLIPS)}
        return page_after(self.render_template, verb, first.row.case_id, told, first.row.key)


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


def _shown_still(verb: Verb, case: Case | None, first: First) -> bool:
    """Whether an answer may be given again: a caller is not shown for ever for a reason that was
    given once."""
    if verb.name != "reveal":
        return True
    hidden = case is None or (case.confidential and actor().of_a_unit)
    return not hidden and now() - first.row.at <= SHOWN_AGAIN
