"""Every verb as a form: one route and one permission each. It fetches the case within what the
person may see, hands what was typed to the verb table, and says in a sentence why something was
refused - with everything still typed in."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, flash, redirect, request, url_for
from flask_appbuilder import BaseView
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app import words
from app.models import AccountChange, Caller, Case, Referral, Suggestion, Unit
from app.papers.dossier import make_waiting
from app.rules.refusal import NotAllowed
from app.stages.changes import KINDS
from app.verbs import VERBS, Field, Verb, perform
from app.verbs.offers import ACTS_ON
from app.verbs.typed import value_of
from app.views import looked
from app.views.actor import (
    actor,
    asked,
    desk,
    key_typed,
    language,
    now,
    reader,
    refuse_access,
    written,
)
from app.views.case.page import names_of, why_not
from app.views.case.rows import rows_of
from app.views.forms.choices import offered, units_of
from app.views.forms.fields import UPLOADED, Form, Input, hint_of, tell
from app.views.forms.matter import matter
from app.views.forms.on_file import CHANGED, STOOD, as_meant, now_standing, prefilled, still_stands
from app.views.forms.once import ONCE, SHOWN_AGAIN, First, Sending, key_for, remember
from app.views.forms.questions import Question, asked_before, carried, question_of, shown_first
from app.views.forms.unit_reads import cover_chosen
from app.views.forms.uploads import keep
from app.views.forms.which import SEEN, row_sent, which_row
from app.views.forms.who_called import ANSWERS, PERSON, as_answered, unanswered
from app.views.login.sessions import begin_anew
from app.views.login.slips import slip_of, slip_shown
from app.views.login.trying import own_password, wrong_try

REFUSED = 422
CHOSEN = ("choice", "unit", "units", "bool", "many", "file")
"""The kinds of inputs from which something is chosen; into the others it is filled in."""
WITHOUT_CASE = ("none",)
OPENS = "opens"
"""The hidden field of a form that only opens another one."""
NOT_ON_FORMS = ("sha256", "size", "media_type", "id", "referral", "paper", "notice")
LEADS_TO: dict[str, str] = {
    "add_unit": "Units",
    "edit_unit": "Units",
    "succeed_unit": "Units",
    "add_post": "Posts",
    "edit_post": "Posts",
    "add_category": "Categories",
    "edit_category": "Categories",
    "change_setting": "Settings",
    "add_user": "Users",
    "edit_user": "Users",
    "reset_password": "Users",
    "reset_second_factor": "Users",
    "add_role": "Roles",
    "edit_role": "Roles",
    "confirm_account": "AccountChanges",
    "load_calendar": "CalendarProposals",
    "approve_calendar": "CalendarProposals",
    "change_rule": "Rules",
    "approve_rule": "Rules",
    "issue_report": "Reports",
    "contest_figures": "ReportDrafts",
    "reissue_report": "Reports",
}
"""Where a verb without a case leads afterwards."""
OF_SUGGESTIONS = ("comment_suggestion", "instruct")
"""What a leader does about a suggestion that was kept, whose case he knows in brief."""
HIDDEN = ("unit", "ground", "draft", "id", STOOD, *ANSWERS)
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
            if verb.name == "open_file":
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
        case = _case(verb, id) if id is not None else None
        sees = id is None or (
            case is not None and (verb.name != "open_paper" or "Referrals" in actor().pages)
        )
        if request.method == "POST" and OPENS not in request.form:
            return self._sent(verb, case, Sending(verb.name, id), sees)
        if not sees:
            abort(404)
        # Sent by a question's button, a form opens with what was typed before; nothing is done yet.
        typed = MultiDict(
            list((request.form if OPENS in request.form else request.args).items(multi=True))
        )
        return self._page(verb, case, prefilled(verb, case, typed))

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
        form = Form(reader(), verb, typed, tongue)
        rows = rows_of(case, actor()) if case is not None and verb.name in ACTS_ON else {}
        inputs = form.inputs(NOT_ON_FORMS, offered(verb, case, tongue, rows))
        tell(inputs, beside or {}, tongue)
        if verb.name == "attach":
            inputs.append(
                Input(
                    "upload",
                    words.field("file", tongue),
                    "file",
                    True,
                    hint=hint_of("file", tongue),
                )
            )
        meant = which_row(verb, case, typed)
        if question is not None:
            meant.seen = typed.get(SEEN, "")
        inputs[:0] = [
            *([meant.choice] if meant.choice is not None else []),
            *(question.asks if question else ()),
        ]
        target = [(name, typed[name]) for name in HIDDEN if typed.get(name)]
        target += meant.hidden()
        target.append((ONCE, key or key_for(verb.name, case.id if case is not None else None)))
        shown_target = [
            (name, value) for name, value in target if name not in [one.name for one in inputs]
        ]
        why = why_not(verb.name, rows) if rows else ""
        page = self.render_template(
            "desk/form.html",
            title=words.title(verb.name, tongue),
            verb=verb,
            case=case,
            inputs=inputs,
            target=shown_target,
            no=_said(no, verb, inputs, tongue) if no else None,
            msgid=no.msgid if no else None,
            units=units_of(verb, case),
            reads_cases=_reads(case),
            why=why,
            question=question,
            asked=asked_before(typed, question),
            matter=matter(verb, case, meant),
            carried=carried(verb, typed),
            contact_on_it=words.word("question.contact_on_it", tongue),
            chosen=[one.filename for one in request.files.values() if one.filename],
        )
        return page, REFUSED if no else 200

    def _sent(self, verb: Verb, case: Case | None, sending: Sending, sees: bool) -> Any:
        """What came of a form; of one that was done before, what came of it then: nothing is done
        again."""
        if not sees:
            # What was done may have taken the case out of his sight.
            first = sending.before() if verb.name != "reveal" else None
            return self._first(verb, first) if first is not None and first.same else abort(404)
        if verb.name == "open_paper":
            return _paper(case.id if case is not None else 0, request.form.get("unit", ""))
        try:
            return self._done(verb, case, sending)
        except (NotAllowed, DBAPIError) as failed:
            first = sending.before()
            if first is not None:
                if first.same and _shown_still(verb, case, first):
                    return self._first(verb, first)
                return self._refused(verb, case, sending.otherwise(first), "")
            if isinstance(failed, NotAllowed):
                return self._refused(verb, case, failed, sending.key)
            raise

    def _done(self, verb: Verb, case: Case | None, sending: Sending) -> Any:
        typed, who, at = request.form, actor(), now()
        id = case.id if case is not None else None
        sending.insist()
        if verb.name == "change_password":
            own_password()
        values = as_meant(verb, case, Form(reader(), verb, typed, language()).values())
        target = {**_target(verb, typed, values), **row_sent(verb, case, typed)}
        values = as_answered(values, typed)
        question = question_of(verb, case, values, typed)
        if question is not None and not question.was_asked(typed):
            first = sending.before()
            if first is not None:
                raise sending.otherwise(first)
            return self._page(verb, case, typed, question=question, key=sending.key)
        values |= question.filed if question is not None else {}
        if question is None or PERSON not in [one.name for one in question.asks]:
            values = unanswered(values)
        uploads = _uploads(verb, typed, values)

        def work(session: Session) -> Any:
            still_stands(session, verb, case, typed)
            if id is not None:
                _attach(session, verb, id, uploads)
                cover_chosen(session, id, typed)
            done = perform(session, at, who, verb.name, case=id, **target, **values)
            if verb.name == "reveal":
                looked.noting("revealed", case_id=id, filters={"purpose": values["purpose"]})(
                    session
                )
            told = {**_told(verb, done), **slip_of(done)}
            if verb.name == "register":
                _attach(session, verb, told["case"], uploads)
                cover_chosen(session, told["case"], typed)
            sending.done(session, told)
            return told

        told = written(work)
        if verb.name in _SEALS:
            make_waiting(desk().sessions, desk().settings.data, at)
        return self._after(verb, id, told, sending.key)

    def _refused(self, verb: Verb, case: Case | None, no: NotAllowed, key: str) -> Any:
        """The form once more, with what was typed and why it was not done."""
        typed = request.form
        if no.msgid == "password_wrong":
            wrong_try(actor().id or 0)
        again = _case(verb, case.id) if case is not None else None
        shown, beside = now_standing(verb, again, typed) if no.msgid == CHANGED else (typed, {})
        return self._page(verb, again, shown, no, beside=beside, key=key)

    def _first(self, verb: Verb, first: First) -> Any:
        """The answer that a form was given when it was done."""
        late = now() - first.row.at > SHOWN_AGAIN
        told = {name: one for name, one in first.told.items() if not (late and name == "slip")}
        return self._after(verb, first.row.case_id, told, first.row.key)

    def _after(self, verb: Verb, id: int | None, told: dict[str, Any], key: str) -> Any:
        tongue = language()
        if verb.name == "change_password":
            return begin_anew(words.word("form.new_password", tongue))
        remember(key)
        if verb.name == "reveal":
            caller = _caller(told["caller"])
            return self.render_template(
                "desk/caller.html", title=words.title("reveal", tongue), caller=caller, case=id
            )
        if "waits" in told:
            who = words.value("confirmers", told["waits"], tongue)
            flash(
                words.word("account.waits", tongue, verb=words.title(verb.name, tongue), who=who),
                "success",
            )
            return redirect(url_for("AccountChanges.list"))
        flash(words.word("form.done", tongue, verb=words.title(verb.name, tongue)), "success")
        shown = slip_shown(told)
        if shown is not None:
            account, slip = shown
            title = words.word("slip.title", tongue)
            return self.render_template("desk/slip.html", title=title, account=account, slip=slip)
        if verb.name in LEADS_TO:
            return redirect(url_for(f"{LEADS_TO[verb.name]}.list"))
        where = told.get("case", id)
        if verb.name == "register" and "all" in actor().scopes:
            return redirect(url_for("Cases.page_of_case", id=where))
        # What was done may have taken the case out of his sight: a referral sent back, a visit
        # recorded.
        if where and "Cases" in actor().pages and asked(Case, where) is not None:
            return redirect(url_for("Cases.page_of_case", id=where))
        return redirect(url_for("Home.home"))


def _said(no: NotAllowed, verb: Verb, inputs: Sequence[Input], tongue: str) -> str:
    """The sentence of a refusal, in the words of the form that is shown again."""
    if "by" in no.facts:
        no.facts["by"] = names_of({no.facts["by"]}).get(no.facts["by"], "")
    chosen = {"file", *(one.name for one in inputs if one.kind in CHOSEN)}
    return words.said(no, tongue, verb.name, no.facts.get("field") in chosen)


def _reads(case: Case | None) -> bool:
    """Whether the person may open the page of a case: a leader is given forms for some that he
    reads in brief."""
    who = actor()
    return "Cases" in who.pages and (
        case is None or "leader" not in who.scopes or asked(Case, case.id) is not None
    )


def _attach(session: Session, verb: Verb, case: int, uploads: list[dict[str, Any]]) -> None:
    """Keep the scans that came with a form on the case; what the verb `attach` brings it attaches
    itself."""
    for upload in uploads if verb.name != "attach" else ():
        perform(session, now(), actor(), "attach", case=case, **{**upload, "kind": "scan"})


def _case(verb: Verb, id: int) -> Case | None:
    """The case of a verb, within what the person sees: the case itself, a referral of it that he
    reads, or, for a leader's instruction, a case under way that he knows in brief."""
    case: Case | None = asked(Case, id)
    if case is None and verb.name == "instruct" and "leader" in actor().scopes and 0 < id < 2**62:
        brief = (
            select(Case)
            .where(Case.id == id, Case.state == "handling")
            .execution_options(unscoped=True)
        )
        case = reader().scalars(brief).first()
    if (
        case is None
        and verb.name in OF_SUGGESTIONS
        and "leader" in actor().scopes
        and 0 < id < 2**62
    ):
        kept = select(Suggestion.id).where(Suggestion.case_id == id, Suggestion.kept.is_(True))
        if reader().scalar(kept) is not None:
            case = (
                reader()
                .scalars(select(Case).where(Case.id == id).execution_options(unscoped=True))
                .first()
            )
    if case is None and verb.target in ("referral", "paper") and 0 < id < 2**62:
        held = select(Referral.id).where(Referral.case_id == id).limit(1)
        if reader().scalar(held) is not None:
            query = select(Case).where(Case.id == id).execution_options(unscoped=True)
            case = reader().scalars(query).first()
    return case


def _paper(case: int, unit: str) -> Any:
    """To the paper of a case's referral (of a unit), where opening it is put on the record; to the
    list of referrals where there are several; 404 for who sees none."""
    query = select(Referral.id).where(Referral.case_id == case).limit(2)
    if unit:
        query = query.join(Unit, Unit.id == Referral.unit_id).where(Unit.code == unit)
    found = reader().scalars(query).all()
    if not found:
        abort(404)
    if len(found) > 1:
        flash(words.said(NotAllowed("name_one", n=len(found)), language()), "warning")
        return redirect(url_for("Referrals.list"))
    return redirect(url_for("Referrals.paper", pk=found[0]))


def _told(verb: Verb, done: Any) -> dict[str, Any]:
    """What is kept of a verb's result beyond its transaction: ids, nobody's words."""
    if verb.name == "register":
        return {"case": done.id}
    if isinstance(done, AccountChange) and verb.name in KINDS:
        return {"waits": done.confirmers}
    return {"caller": done.id} if verb.name == "reveal" else {}


def _caller(id: int) -> dict[str, str]:
    """A caller whom this person was just shown on the record: the scope covers him everywhere
    else."""
    query = (
        select(Caller.name, Caller.phone).where(Caller.id == id).execution_options(unscoped=True)
    )
    return dict(reader().execute(query).one()._mapping)


def _shown_still(verb: Verb, case: Case | None, first: First) -> bool:
    """Whether an answer may be given again: a caller is not shown for ever for a reason that was
    given once."""
    if verb.name != "reveal":
        return True
    hidden = case is None or (case.confidential and actor().of_a_unit)
    return not hidden and now() - first.row.at <= SHOWN_AGAIN


def _target(verb: Verb, typed: MultiDict[str, str], values: dict[str, Any]) -> dict[str, Any]:
    """Which of a case's assignments, items or drafts is meant."""
    target: dict[str, Any] = {}
    taken = {one.name for one in verb.fields}
    for name in ("unit", "ground"):
        if typed.get(name) and name not in taken:
            target[name] = value_of(reader(), Field(name), typed[name])
    if "id" in taken and not values.get("id"):
        raise NotAllowed("not_found")
    if typed.get("draft"):
        target["draft"] = key_typed(typed["draft"])
        if not target["draft"]:
            raise NotAllowed("not_found")
    return target


def _takes_files(verb: Verb) -> set[str]:
    """The fields of a form with which files come."""
    if verb.name == "attach":
        return {"upload"}
    leaders = [one.name for one in verb.fields if one.kind == "leader"]
    return {one.name for one in verb.fields if one.name in UPLOADED} | {
        f"{a}.{b}" for a in leaders for b in UPLOADED
    }


def _uploads(
    verb: Verb, typed: MultiDict[str, str], values: dict[str, Any]
) -> list[dict[str, Any]]:
    """The files that came with a form, kept in the store; a text field that names one gets its
    name. Nothing is kept where a file came with a field that the form does not have."""
    kept: list[dict[str, Any]] = []
    sent = [
        (field, storage) for field, storage in request.files.items(multi=True) if storage.filename
    ]
    for field in (field for field, _ in sent if field not in _takes_files(verb)):
        raise NotAllowed("unknown_field", field=field)
    for field, storage in sent:
        made = keep(storage)
        kept.append(made)
        whole, _, part = field.partition(".")
        if verb.name == "attach":
            values.update(made)
        elif part in UPLOADED:
            values.setdefault(whole, {})[part] = made["name"]
        elif whole in UPLOADED:
            values[whole] = made["name"]
    if verb.name == "attach":
        if not kept:
            raise NotAllowed("field_missing", field="file")
        values.pop("referral", None)
    return kept
