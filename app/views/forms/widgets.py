"""How Bootstrap-Flask's forms draw what WTForms has no widget for: choices by their values, boxes to
tick, and what goes along unseen."""

from __future__ import annotations

from typing import Any

from markupsafe import Markup
from wtforms.fields.choices import Choice
from wtforms.widgets import HiddenInput, Select, html_params


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
    """Draws choices as boxes to tick, those of one group under its heading; `marked`: what is sent says
    that they were there, also where none is ticked."""

    def __init__(self, marked: bool = False) -> None:
        self.marked = marked

    def __call__(self, field: Any, **given: Any) -> Markup:
        groups: dict[str, list[Markup]] = {}
        for choice in field.iter_choices():
            heading = field.look.groups.get(choice.value, "")
            groups.setdefault(heading, []).append(_box(field.name, choice))
        marks = {"id": field.id, "role": "group", "aria-label": field.label.text}
        marks |= {"class": "many"} | ({"data-grouped": "y"} if field.look.groups else {})
        marks |= {
            name: given[name] for name in ("aria-invalid", "aria-describedby") if name in given
        }
        inside = Markup("").join(_group(heading, boxes) for heading, boxes in groups.items())
        if self.marked:
            inside += Markup('<input type="hidden" name="{}" value="">').format(field.name)
        return Markup("<div {}>{}</div>").format(Markup(html_params(**marks)), inside)  # noqa: S704


def _box(name: str, choice: Choice) -> Markup:
    box = Markup('<label><input type="checkbox" name="{}" value="{}"{}> {}</label>')
    ticked = Markup(" checked") if choice.selected else ""
    return box.format(name, choice.value, ticked, choice.label)


def _group(heading: str, boxes: list[Markup]) -> Markup:
    inside = Markup("").join(boxes)
    if not heading:
        return inside
    group = Markup("<fieldset><legend>{}</legend>{}</fieldset>")
    return group.format(heading, inside)


class Unseen(HiddenInput):
    """Draws a hidden field by its name and value alone."""

    def __call__(self, field: Any, **given: Any) -> Markup:
        drawn = Markup('<input type="hidden" name="{}" value="{}">')
        return drawn.format(field.name, field._value())
