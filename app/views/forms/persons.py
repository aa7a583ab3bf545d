"""The fields of a form that ask for a person, in parts."""

from __future__ import annotations

from typing import Any

from wtforms import Field, FormField, HiddenField
from wtforms import Form as PlainForm

from app.views.forms.field_looks import Look


class CallerField(FormField):
    """A person in parts, each a field of its own (`caller.name`)."""

    chooses = False
    folds = False
    beside = wrong = ""

    def __init__(self, look: Look | None = None, **given: Any) -> None:
        self.look = look or Look()
        parts = type("Parts", (PlainForm,), dict(self.look.parts))
        super().__init__(parts, label=self.look.label, separator=".", **given)

    @property
    def parts(self) -> list[Field]:
        """The fields of the parts that are drawn."""
        return [part for part in self.form if not isinstance(part, HiddenField)]

    @property
    def folded(self) -> bool:
        """Whether the parts are drawn folded away until they are wanted."""
        return self.folds and not self.look.required

    @property
    def filled(self) -> bool:
        """Whether anything was typed into a part."""
        return any(part.data for part in self.parts)

    def handed(self) -> dict[str, str] | None:
        """What was typed into the parts; None where nothing was."""
        said = {part.short_name: (part.data or "").strip() for part in self.form}
        sent = {part.short_name for part in self.form if self.look.clears and part.raw_data}
        return {name: text for name, text in said.items() if text or name in sent} or None


class LeaderField(CallerField):
    """A leader and their words in parts: asked for only where a leader assigned the matter."""

    folds = True
