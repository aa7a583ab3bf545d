"""What the forms of units show beside their fields: steps, the draft, what was brought."""

from __future__ import annotations

from typing import Any

from werkzeug.datastructures import MultiDict

from app.models import Case
from app.verbs import Verb
from app.views.forms.drafted import drafted, waiting_drafts
from app.views.forms.form import VerbForm
from app.views.forms.steps import brought, of_units, steps_of


def page_of_unit(
    verb: Verb, case: Case | None, form: VerbForm, typed: MultiDict[str, str]
) -> dict[str, Any]:
    """What the template of a form is told of one that units work with; nothing of the others."""
    if not of_units(verb):
        return {}
    steps = steps_of(verb, form)
    about = drafted(verb, case, typed)
    return {
        "of_unit": True,
        "steps": steps,
        "first_step": next((step.number for step in steps if step.wrong), 1),
        "draft": about,
        "others": waiting_drafts(verb, case) if about is None else [],
        "brought": brought(verb, case),
    }
