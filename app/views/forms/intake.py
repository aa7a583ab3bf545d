"""What an intake shows while a caller speaks: who calls, what may be the same matter, what it may be
filed under, where it may be; and what is told once a case is registered. All is sent in the body of
a request: nothing that is typed stands in an address."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, request
from flask_appbuilder import BaseView, expose

from app import words
from app.models import Case
from app.rules.refusal import NotAllowed
from app.rules.workflow import OPEN_CASE
from app.views.actor import actor, asked, language, refuse_access
from app.views.forms.articles import said_to
from app.views.forms.likely import proposals
from app.views.forms.looked_up import LOOK_UP, looked_up
from app.views.forms.nearby import (
    Near,
    cases_named,
    category_chosen,
    nearby,
    places_like,
    told_of,
)
from app.views.forms.once import Sending
from app.views.pages.callers import callers_told

LONGEST, LONGEST_PLACE = 5000, 200
"""So many signs of what is typed are looked at."""
OF_A_CALLER = 6
FORMS = ("register", "contact")


def _part(template: str, **told: Any) -> str:
    """A part of a page, of which nothing that stands around it is asked."""
    return current_app.jinja_env.get_template(template).render(**told)


class Intake(BaseView):
    """The fragments of an intake's page, and the answer to a registration."""

    route_base = "/intake"
    class_permission_name = "Verbs"
    base_permissions = [f"can_{verb}" for verb in FORMS]
    default_view = "registered"

    @expose("/caller", methods=["POST"])
    def caller(self) -> Any:
        """Who is known by the number that was typed, covered, with their open cases: looked up on
        the record, once for a number and form."""
        if not any(self.appbuilder.sm.has_access(f"can_{verb}", "Verbs") for verb in FORMS):
            return refuse_access()
        typed = request.form.get("caller.phone", "")
        told: dict[str, Any] = {"may": LOOK_UP in actor().rights}
        try:
            for verb in FORMS:
                found = looked_up(Sending(verb, None), typed)
                if found is not None:
                    told["callers"] = self._callers(found)
                    break
        except NotAllowed as no:
            told["refused"] = words.said(no, language(), LOOK_UP)
        return _part("desk/_intake_caller.html", **told)

    def _callers(self, ids: Any) -> list[tuple[Any, list[Near]]]:
        return [
            (one, [Near(line, kinds=told_of(OPEN_CASE[0])) for line in one.lines])
            for one in callers_told(ids, OPEN_CASE, OF_A_CALLER)
        ]

    @expose("/alike", methods=["POST"])
    def alike(self) -> Any:
        """The cases that may be the same matter as what is typed, and the categories that its words
        speak for."""
        if not any(self.appbuilder.sm.has_access(f"can_{verb}", "Verbs") for verb in FORMS):
            return refuse_access()
        parts = (request.form.get(name, "") for name in ("narrative", "demand", "words"))
        told = "\n".join(parts)[:LONGEST]
        near, filed = nearby(told, request.form.get("place", "")[:LONGEST_PLACE])
        choosing = "narrative" in request.form
        return _part("desk/_intake_alike.html", near=near, filed=filed, choosing=choosing)

    @expose("/unit", methods=["POST"])
    def unit(self) -> Any:
        """The units that will be proposed for a demand of the category that is chosen, and why one is
        not: so that who is on the telephone can say where it goes."""
        if not self.appbuilder.sm.has_access("can_register", "Verbs"):
            return refuse_access()
        category = category_chosen(request.form.get("category", ""))
        found = proposals([category])
        told = found.get(category.id, ()) if category is not None else ()
        return _part(
            "desk/_intake_unit.html",
            likely=[(one.name, one.why) for one in told if not one.unfit],
            left_out=[one.left_out(one.unfit) for one in told if one.unfit],
        )

    @expose("/answers", methods=["POST"])
    def answers(self) -> Any:
        """The answers on file that speak for what is typed, in one statement."""
        if not any(self.appbuilder.sm.has_access(f"can_{verb}", "Verbs") for verb in FORMS):
            return refuse_access()
        told = "\n".join(request.form.get(name, "") for name in ("narrative", "demand", "words"))
        answers = "narrative" in request.form and "answer_directly" in actor().rights
        return _part("desk/_intake_answers.html", found=said_to(told), answers=answers)

    @expose("/places", methods=["POST"])
    def places(self) -> Any:
        """Places of earlier cases, as choices for the place that is being typed."""
        if not any(self.appbuilder.sm.has_access(f"can_{verb}", "Verbs") for verb in FORMS):
            return refuse_access()
        typed = request.form.get("place", "")[:LONGEST_PLACE]
        return _part("desk/_intake_places.html", places=places_like(typed))

    @expose("/cases", methods=["POST"])
    def cases(self) -> Any:
        """The cases that a contact may be about, by a number or by words."""
        if not self.appbuilder.sm.has_access("can_contact", "Verbs"):
            return refuse_access()
        typed = request.form.get("q", "").strip()[:LONGEST_PLACE]
        found = cases_named(typed) if typed else []
        return _part("desk/_intake_cases.html", near=found, typed=bool(typed))

    @expose("/registered/<int:id>", methods=["GET"])
    def registered(self, id: int) -> Any:
        """What the caller is told of the case that was just registered: its number and query
        code."""
        if not self.appbuilder.sm.has_access("can_register", "Verbs"):
            return refuse_access()
        case = asked(Case, id)
        if case is None:
            abort(404)
        code = case.query_code if case.operator_id == actor().id else ""
        return self.render_template("desk/registered.html", title="", case=case, code=code)
