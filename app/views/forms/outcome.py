"""What a person sees once a verb is done: the page it leads to, and what was said of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import abort, flash, redirect, request, url_for
from sqlalchemy import select

from app import words
from app.models import AccountChange, Caller, Case, Referral, Unit
from app.rules.refusal import NotAllowed
from app.stages.changes import KINDS
from app.verbs import Verb
from app.views.actor import actor, asked, language, reader
from app.views.forms.articles import answered_with
from app.views.forms.back import back_to, place_of
from app.views.forms.once import remember
from app.views.login.sessions import begin_anew
from app.views.login.slips import slips_shown
from app.worklists import QUEUES

THEN = "then"
"""The field by which a row of a list says where its button leads afterwards."""
LEADS_TO: dict[str, str] = {
    "add_article": "Articles",
    "edit_article": "Articles",
    "approve_article": "ArticleVersions",
    "hand_over_article": "Articles",
    "end_article": "Articles",
    "add_unit": "Units",
    "edit_unit": "Units",
    "succeed_unit": "Units",
    "add_post": "Posts",
    "edit_post": "Posts",
    "add_category": "Categories",
    "edit_category": "Categories",
    "change_setting": "Settings",
    "set_mailbox": "Mailboxes",
    "take_message": "Inbox",
    "hand_back_message": "Inbox",
    "answer_message": "Inbox",
    "empty_message": "Inbox",
    "add_user": "Users",
    "edit_user": "Users",
    "reset_password": "Users",
    "reset_second_factor": "Users",
    "add_role": "Roles",
    "edit_role": "Roles",
    "confirm_account": "AccountChanges",
    "confirm_roster": "Rosters",
    "take_in_roster": "Rosters",
    "make_slips": "Rosters",
    "print_slips": "Rosters",
    "load_calendar": "CalendarProposals",
    "approve_calendar": "CalendarProposals",
    "change_rule": "Rules",
    "approve_rule": "Rules",
    "issue_report": "Reports",
    "contest_figures": "ReportDrafts",
    "agree_figures": "ReportDrafts",
    "answer_contest": "ReportDrafts",
    "word_report": "ReportDrafts",
    "reissue_report": "Reports",
    "name_substitute": "Substitutes",
    "end_substitute": "Substitutes",
}
"""Where a verb without a case leads afterwards."""


def page_after(
    render: Callable[..., Any], verb: Verb, id: int | None, told: dict[str, Any], key: str
) -> Any:
    """The page that a person comes to once a verb is done. `told` is what was kept of its result,
    `id` the case it was done on, `key` that of the form."""
    tongue = language()
    if verb.name == "change_password":
        return begin_anew(words.word("form.new_password", tongue))
    remember(key)
    if verb.name == "reveal":
        return _shown(render, id, _caller(told["caller"]))
    if "waits" in told:
        who = words.value("confirmers", told["waits"], tongue)
        waits = words.word("account.waits", tongue, verb=words.title(verb.name, tongue), who=who)
        flash(waits, "success")
        return redirect(url_for("AccountChanges.list"))
    registered = told.get("case", id) if verb.name == "register" else None
    if registered and (case := asked(Case, registered)) is not None:
        answering = answered_with(case, request.form)
        if answering:
            return redirect(answering)
        return redirect(url_for("Intake.registered", id=registered))
    flash(words.word("form.done", tongue, verb=words.title(verb.name, tongue)), "success")
    slips = slips_shown(told)
    if slips:
        return render("desk/slip.html", title=words.word("slip.title", tongue), slips=slips)
    return redirect(back_to(request.form) or _leads_to(verb, told.get("case", id)))


def _shown(render: Callable[..., Any], id: int | None, caller: dict[str, str]) -> Any:
    """The page that shows a caller: the one on which that was asked, where it can, else one of its
    own."""
    found = place_of(request.form)
    if found is not None and found[0].shown is not None and id is not None:
        return found[0].shown(render, id, caller)
    title = words.title("reveal", language())
    return render("desk/caller.html", title=title, caller=caller, case=id)


def _leads_to(verb: Verb, case: int | None) -> str:
    """The list from which it was done with one click, the list of what was changed, the case's page,
    or the first page."""
    then = request.form.get(THEN, "")
    if then:
        return url_for("Home.work", key=then) if then in QUEUES else url_for("Home.home")
    if LEADS_TO.get(verb.name) in actor().pages:
        return url_for(f"{LEADS_TO[verb.name]}.list")
    # What was done may have taken the case out of sight: a referral sent back, a visit recorded.
    if case and "Cases" in actor().pages and asked(Case, case) is not None:
        return url_for("Cases.page_of_case", id=case)
    return url_for("Home.home")


def to_paper(case: int, unit: str) -> Any:
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


def kept_of(verb: Verb, done: Any) -> dict[str, Any]:
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
