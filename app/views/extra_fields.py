"""The fields of the office's own 扩展字段: what was proposed and confirmed, and the form with each."""

from __future__ import annotations

import json
from typing import Any

from flask import url_for
from flask_appbuilder import expose
from flask_appbuilder.security.decorators import has_access, permission_name

from app import words
from app.models import ExtraField
from app.stages.named import carried
from app.views.actor import actor, language
from app.views.calendar import Proposals
from app.views.forms.own_form import preview_row
from app.views.pages.columns import Links
from app.views.pages.row_query import DeskInterface

_LISTS = ("choices", "answers")
_AS_TYPED = {"unit": "unit_word", "when": "only_if"}
"""What a definition calls otherwise than its form does."""


class ExtraFields(Proposals):
    """Every version of every field."""

    datamodel = DeskInterface(ExtraField)
    page = "ExtraFields"
    add_verb, edit_verb, approve_verb = "propose_field", "propose_field", "approve_field"
    list_columns = ("label", "code", "subject", "kind", "category", "active", "valid_from")
    filters = ("subject", "kind", "active", "category", "valid_from")
    unsearched = ("definition", "reason")
    empty = "list.empty_extra_fields"

    def edit_href(self, item: ExtraField) -> str:
        """The form with which another version is proposed, as this one is."""
        said = json.loads(item.definition)
        told: dict[str, Any] = {"code": item.code, "subject": item.subject}
        told |= {"category": carried(item.category)} if item.category is not None else {}
        for name, value in said.items():
            name = _AS_TYPED.get(name, name)
            if isinstance(value, bool):
                told[name] = "y" if value else "n"
            elif value:
                told[name] = "\n".join(value) if name in _LISTS else value
        return url_for("Verbs.propose_field", **told)

    def links(self, item: ExtraField) -> Links:
        """The form with it; confirm it, while it waits; propose another version."""
        shows = words.word("extra.preview", language())
        found = [(url_for("ExtraFields.preview", id=item.id), shows), *super().links(item)]
        if self.edit_verb in actor().rights:
            label = words.word("extra.change", language())
            found.append((url_for("ExtraFields.edit", pk=item.id), label))
        return found

    @expose("/preview/<int:id>", methods=["GET"])
    @has_access
    @permission_name("show")
    def preview(self, id: int) -> Any:
        """The form as it would be with this version; nothing is sent."""
        return preview_row(self.render_template, self.found(str(id)))
