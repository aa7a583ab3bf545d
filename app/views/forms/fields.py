"""The kinds of fields on a form, one class each: how a kind is drawn, and how what was typed into it
is split into what the verb table takes.

Nothing is judged here: what cannot be read is handed over as it was typed, and refused by the verb
table. What was typed is shown again as it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from markupsafe import escape
from wtforms import Field, HiddenField
from wtforms.fields.choices import Choice, SelectFieldBase
from wtforms.fields.core import Label
from wtforms.widgets import (
    DateInput,
    DateTimeLocalInput,
    FileInput,
    PasswordInput,
    TextArea,
    TextInput,
)

from app.rules.reading import lines, paragraphs, visible
from app.views.forms.field_looks import ACCEPTED, Look
from app.views.forms.persons import CallerField, LeaderField
from app.views.forms.widgets import Boxes, Options, Unseen
from app.views.pages.picked import is_picked, reading_of


class VerbField(Field):
    """A line of text. `beside` is what stands on file, where somebody else changed it meanwhile."""

    widget: Any = TextInput()
    chooses = False
    folded = False
    yes_no = False
    parts: Sequence[Field] = ()
    marks: Mapping[str, Any] = {}

    def __init__(self, look: Look | None = None, **given: Any) -> None:
        self.look = look or Look()
        self.beside = self.wrong = ""
        own = {"autocomplete": "off"} if self.look.own else {}
        label = "name must" if self.look.required else "name"
        drawn = {**own, **self.marks, "label_class": label, "description_class": "hint"}
        super().__init__(description=escape(self.look.hint), render_kw=drawn, **given)
        self.id = f"f-{self.name}"
        self.label = Label(self.id, self.look.label)
        if self.look.required:
            self.flags.required = True

    def refuse(self, sentence: str, first: bool) -> None:
        """Say why what was typed cannot be taken; the first field of a form that cannot is where
        the person goes on."""
        self.wrong = sentence
        marks: dict[str, Any] = {"class": "is-invalid", "aria-invalid": "true"}
        marks |= {"aria-describedby": f"{self.id}-wrong"} | ({"autofocus": True} if first else {})
        self.render_kw: dict[str, Any] = {**(self.render_kw or {}), **marks}

    def process_formdata(self, valuelist: list[str]) -> None:
        """The first of what was sent, as it was typed."""
        self.data = valuelist[0] if valuelist else ""

    def _value(self) -> str:
        return self.data or ""

    def handed(self) -> Any:
        """What the verb table takes; None where nothing that can be seen was typed."""
        if visible(self._value()):
            return self.split(self._value())
        return "" if self.look.clears and self.raw_data else None

    def split(self, text: str) -> Any:
        """What a text means to the verb table: itself, its lines ended in one way."""
        return text.replace("\r\n", "\n")


def _lines(texts: Sequence[str]) -> list[str] | None:
    """The lines of texts on which something can be seen; None where there are none."""
    return [line.text for text in texts for line in lines(text)] or None


class TextField(VerbField):
    """Words on one line."""


class LongField(VerbField):
    """Words on several lines."""

    widget = TextArea()


class PasswordField(VerbField):
    """A password: never shown again."""

    widget = PasswordInput()
    marks = {"autocomplete": "new-password"}


class FileField(VerbField):
    """A file that is uploaded with the form, its name in the field: chosen again where the form
    comes back."""

    widget = FileInput()
    chooses = True
    marks = {"accept": ACCEPTED}


class IntField(VerbField):
    """A whole number."""

    marks = {"inputmode": "numeric"}


class CaseField(VerbField):
    """The number of a case."""


class AnyField(VerbField):
    """A value of any kind: JSON, and what is none is words."""

    def split(self, text: str) -> Any:
        """The value that the text writes down; a text that writes down none is itself."""
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            return text.strip()


class DateField(VerbField):
    """A date."""

    widget = DateInput()


class MomentField(VerbField):
    """A date with a time."""

    widget = DateTimeLocalInput()


class DaysField(LongField):
    """Days of work and of rest, a line each, or a whole notice."""


class CountsField(LongField):
    """Numbers by a code, a line each."""


class PartsField(LongField):
    """Parts of one contact, a paragraph each."""

    def split(self, text: str) -> Any:
        """The words of each part."""
        return [{"narrative": part} for part in paragraphs(text)]


class NamesField(LongField):
    """Words, one a line."""

    def handed(self) -> Any:
        """The lines on which something can be seen."""
        return _lines(self.raw_data or ())


class ChoiceField(VerbField, SelectFieldBase):
    """One of several words. What was sent and is none of them is offered too: it is not lost."""

    widget: Any = Options()
    chooses = True
    drawn = "SelectField"
    """What Bootstrap-Flask takes it for: a list to choose from."""

    def __init__(self, look: Look | None = None, **given: Any) -> None:
        super().__init__(look, **given)
        self.type = self.drawn
        if is_picked(self.look.options):
            # A list too long to look through: `pick.js` lets it be searched.
            self.render_kw["data-pick"] = True

    def iter_choices(self) -> Iterator[Choice]:
        """What may be chosen, with nothing first."""
        yield Choice("", self.look.nothing, False, {})
        yield from self._offered([self._value()])

    def _offered(self, chosen: Sequence[str]) -> Iterator[Choice]:
        known = {value for value, _ in self.look.options}
        typed = [(value, value) for value in chosen if visible(value) and value not in known]
        read = reading_of(self.look.options)
        for value, label in (*self.look.options, *typed):
            found_by = {"data-py": read[value]} if read.get(value) else {}
            yield Choice(value, label, value in chosen, found_by)


class BoolField(ChoiceField):
    """Yes or no, or neither."""

    yes_no = True


class UnitField(ChoiceField):
    """A unit, by its code."""


class UnitsField(ChoiceField):
    """Several units, by their codes."""

    widget = Options(multiple=True)

    def iter_choices(self) -> Iterator[Choice]:
        """What may be chosen."""
        yield from self._offered(self.raw_data or [])

    def handed(self) -> Any:
        """What was chosen."""
        return _lines(self.raw_data or ())


class ManyField(UnitsField):
    """Several of a list of words, ticked."""

    widget: Any = Boxes()
    drawn = "ManyField"


class SeveralField(ManyField):
    """Several words of the office's own, ticked; with none ticked the form says so."""

    widget = Boxes(marked=True)

    def handed(self) -> Any:
        """What was ticked; nothing where the form was not asked."""
        return super().handed() or ("" if self.look.clears and self.raw_data else None)


class NumberField(VerbField):
    """A number, with a point where it has one."""

    marks = {"inputmode": "decimal"}


class Answered(HiddenField):
    """A part that a question asks for, and no form by itself."""


class Carried(HiddenField):
    """What a form carries along unseen: what the desk put into it, whatever was sent."""

    widget = Unseen()

    def process(self, formdata: Any, data: Any = None, extra_filters: Any = None) -> None:
        """Its default, always."""
        super().process(None, self.default)


KINDS: Mapping[str, type[Field]] = {
    "text": TextField,
    "id": IntField,
    "int": IntField,
    "bool": BoolField,
    "date": DateField,
    "moment": MomentField,
    "choice": ChoiceField,
    "unit": UnitField,
    "units": UnitsField,
    "case": CaseField,
    "leader": LeaderField,
    "caller": CallerField,
    "names": NamesField,
    "parts": PartsField,
    "days": DaysField,
    "counts": CountsField,
    "any": AnyField,
    "file": FileField,
    "long": LongField,
    "password": PasswordField,
    "many": ManyField,
    "choices": SeveralField,
    "number": NumberField,
}
"""The kind of a verb's field, or how one of text is drawn -> its class."""
