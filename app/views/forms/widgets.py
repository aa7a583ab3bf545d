"""How Bootstrap-Flask's forms draw what WTForms has no widget for: choices by their values, boxes to
tick, and what goes along unseen."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from wtforms.fields.choices import Choice
from wtforms.widgets import HiddenInput, Select


class Options(Select):
    """Draws choices as a list, the value of each first."""

    @classmethod
    def render_option(cls, choice: Choice, **given: Any) -> Markup:
        """One of them."""
        chosen = Markup(" selected") if choice.selected else ""
        read = choice.render_kw.get("data-py")
        found_by = Markup(' data-py="{}"').format(read) if read else ""
        option = Markup('<option value="{}"{}{}>{}</option>')
        return option.format(choice.value, chosen, found_by, choice.label)


class Boxes:
    """Draws choices as boxes to tick."""

    def __call__(self, field: Any, **given: Any) -> Markup:
        box = Markup('<label><input type="checkbox" name="{}" value="{}"{}> {}</label>')
        boxes = (
            box.format(
                field.name,
                choice.value,
                Markup(" checked") if choice.selected else "",
                choice.label,
            )
            for choice in field.iter_choices()
        )
        return Markup('<div class="many">{}</div>').format(Markup("").join(boxes))


class Unseen(HiddenInput):
    """Draws a hidden field by its name and value alone."""

    def __call__(self, field: Any, **given: Any) -> Markup:
        drawn = Markup('<input type="hidden" name="{}" value="{}">')
        return drawn.format(field.name, field._value())
