"""A form as it would be with a field of the office's own that is proposed: drawn, and never sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import request
from werkzeug.datastructures import MultiDict

from app import words
from app.models import ExtraField
from app.rules.extra import Extra, read_definition
from app.stages.extra_fields import ASKS, drawn_up
from app.stages.extras import asked, branch_of, extended, known, name_it
from app.verbs import VERBS, Verb
from app.verbs.typed import cleaned
from app.views.actor import language, now, reader
from app.views.extras import defaults
from app.views.forms.back import Render
from app.views.forms.field_looks import STANDARD
from app.views.forms.form import Drawing, values_of
from app.views.forms.page import NOT_ON_FORMS

_OF_DEFINITION = ("valid_from", "reason")
"""What is typed with a definition and is no part of it."""


def preview_typed(render: Render, verb: Verb) -> Any:
    """The form with the field that was typed. Raises NotAllowed where it could not be proposed."""
    typed = MultiDict(list(request.form.items(multi=True)))
    values = cleaned(reader(), verb, values_of(reader(), verb, typed))
    given = {name: value for name, value in values.items() if name not in _OF_DEFINITION}
    one, category = drawn_up(reader(), now(), **given)
    return preview_of(render, one, category)


def preview_row(render: Render, row: ExtraField) -> Any:
    """The form with a field as it was proposed."""
    one = read_definition(row.definition, row.code, row.subject, row.active, None, ())
    return preview_of(render, one, row.category_id)


def preview_of(render: Render, one: Extra, category: int | None) -> Any:
    """The form of what the field is asked with, all that stand there beside it."""
    ones: Mapping[str, Extra] = known(reader(), now().date())
    name_it(one)
    shown = {**ones, one.code: _in_branch(one, category)}
    verb = extended(VERBS[ASKS[one.subject]], asked(shown, one.subject), must=True)
    drawing = Drawing(reader(), verb, language(), NOT_ON_FORMS)
    begins = MultiDict([*STANDARD.get(verb.name, {}).items(), *defaults(verb)])
    return render(
        "desk/own_form.html",
        title=words.word("extra.preview_of", language(), label=one.label),
        verb=verb,
        form=drawing.form(begins),
        of=one,
    )


def _in_branch(one: Extra, category: int | None) -> Extra:
    return replace(one, category=category, branch=branch_of(reader(), category))
