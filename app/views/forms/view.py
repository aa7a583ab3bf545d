"""Every verb as a form: one route and one permission each. Who asks for it is shown its page, and who
sends it what came of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, request
from flask_appbuilder import BaseView
from werkzeug.datastructures import MultiDict

from app.models import Case
from app.verbs import VERBS, Verb
from app.views.actor import actor, refuse_access
from app.views.extras import extended_here
from app.views.forms.articles import inserts, with_article
from app.views.forms.case_access import case_of
from app.views.forms.on_file import prefilled
from app.views.forms.once import Sending
from app.views.forms.page import page_of
from app.views.forms.questions import OPENS, opened
from app.views.forms.sent import answer_to
from app.views.forms.sentences import INSERT, inserted

WITHOUT_CASE = ("none",)
WITHOUT_FORM = (
    "open_file",
    "look_up",
    "hand_over_sheet",
    "take_in_roster",
    "make_slips",
    "print_slips",
)
"""Verbs that are done on a page of their own: a file's, the search box's."""


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
        verb = extended_here(verb, case)
        sees = id is None or (
            case is not None and (verb.name != "open_paper" or "Referrals" in actor().pages)
        )
        opens = not request.form.keys().isdisjoint((OPENS, INSERT)) or inserts(verb, request.form)
        if request.method == "POST" and not opens:
            return answer_to(self.render_template, verb, case, Sending(verb.name, id), sees)
        if not sees:
            abort(404)
        return self._opened(verb, case)

    def _opened(self, verb: Verb, case: Case | None) -> Any:
        """The form as it opens. Sent by a question's button, or with a sentence to be put in, it has
        what was typed before; nothing is done yet."""
        given = request.form if request.method == "POST" else request.args
        typed = with_article(verb, inserted(verb, MultiDict(list(given.items(multi=True)))))
        return page_of(self.render_template, verb, case, prefilled(verb, case, opened(verb, typed)))
