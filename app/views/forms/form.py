"""The form of a verb, built from its fields: what is drawn, what goes along unseen, and what was
typed, handed over to the verb table.

What was typed is handed back as it was when a verb is refused: nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from flask_wtf import FlaskForm
from markupsafe import Markup
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import Field as FormField
from wtforms import Form as PlainForm
from wtforms.fields.core import UnboundField

from app import words
from app.rules.refusal import NotAllowed
from app.stages.applying import applying
from app.verbs import Field, Verb
from app.verbs.typed import refusals, value_of
from app.views.forms import applies
from app.views.forms.field_looks import (
    ANSWERED,
    FIRST,
    LONG,
    OF_PERSONS,
    PARTS,
    SECRET,
    UPLOADED,
    Look,
    hint_of,
)
from app.views.forms.fields import KINDS, Answered, Carried
from app.views.forms.file_fields import FILE_KINDS
from app.views.forms.options import leaders_by_id, named, options_of, with_unit
from app.views.forms.sentences import sentences_of
from app.views.forms.steps import files_with
from app.views.pages.picked import Option
from app.views.pages.shown import right_group

_MEANT = ("bool", "int", "days", "counts")
"""The kinds whose meaning a form has to know before its verb is done: to ask something first."""
_BESIDE = "form.on_file"
_TAKEN = "form.taken_over"
_EMPTY = "form.empty"


class VerbForm(FlaskForm):
    """A form with its drawn fields in their order; the token and what is carried go unseen. `looks`
    hides the office's own fields that do not apply."""

    looks = Markup("")

    @property
    def drawn(self) -> list[FormField]:
        """The fields that a person sees."""
        unseen = ("CSRFTokenField", Carried.__name__)
        return [field for field in self if field.type not in unseen]

    def tell(self, beside: Mapping[str, Sequence[str]], tongue: str) -> None:
        """Say below each of these fields what stands on file now, and which of them have taken it
        over."""
        for drawn in self.drawn:
            for part in drawn.parts or (drawn,):
                if part.name in beside:
                    part.beside = _told(part, beside[part.name], tongue)

    def refuse(self, sentences: Mapping[str, str]) -> list[tuple[str, str]]:
        """Mark the fields that were refused, each with its sentence; (id, sentence) of each in the
        order of the form."""
        told: list[tuple[str, str]] = []
        for drawn in self.drawn:
            for part in drawn.parts or (drawn,):
                sentence = sentences.get(part.name) or sentences.get(part.short_name)
                if sentence:
                    part.refuse(sentence, not told)
                    told.append((part.id, sentence))
        return told


@dataclass(frozen=True)
class Ask:
    """A choice that a page adds to the form of a verb: which row, which person, whose case."""

    name: str
    label: str
    options: Sequence[Option]
    required: bool = True
    nothing: str = ""
    chosen: str = ""

    def unbound(self) -> UnboundField:
        """The field that asks it."""
        look = Look(self.label, required=self.required, options=self.options, nothing=self.nothing)
        return KINDS["choice"](look)


@dataclass
class Drawing:
    """What a page knows of a form that is to be drawn: the fields it leaves out, the choices that
    only its case knows, what it asks first, what goes along unseen."""

    reading: Session
    verb: Verb
    tongue: str
    without: Sequence[str] = ()
    offered: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    asks: Sequence[Ask] = ()
    unseen: Sequence[tuple[str, str]] = ()

    def form(self, typed: MultiDict[str, str]) -> VerbForm:
        """The form with what was typed in it."""
        shown = MultiDict(list(typed.items(multi=True)))
        for ask in self.asks:
            shown[ask.name] = ask.chosen
        fields = {ask.name: ask.unbound() for ask in self.asks} | dict(self._of_verb(shown))
        hidden = [(name, value) for name, value in self.unseen if name not in fields]
        fields = {name: Carried(default=value) for name, value in hidden} | fields
        looks = {"looks": Markup(applies.rules_of(self.verb.fields))}  # noqa: S704
        made: VerbForm = type("Form", (VerbForm,), {**fields, **looks})(formdata=shown)
        return made

    def _of_verb(self, typed: MultiDict[str, str]) -> Iterable[tuple[str, UnboundField]]:
        first = FIRST.get(self.verb.name, ())
        fields = [field for field in self.verb.fields if field.name not in self.without]
        fields.sort(
            key=lambda field: first.index(field.name) if field.name in first else len(first)
        )
        said = sentences_of(self.reading, self.verb, self.tongue)
        for one in fields:
            chosen = typed.get(one.name, "")
            yield one.name, self._field(one, chosen, said.get(one.name, ()))
        if self.verb.name == "attach":
            look = Look(words.field("file", self.tongue), hint_of("file", self.tongue), True)
            yield "upload", KINDS["file"](look)
        for name, kind in files_with(self.verb):
            look = Look(words.field(name, self.tongue), hint_of(name, self.tongue))
            yield name, FILE_KINDS[kind](look)

    def _field(self, field: Field, chosen: str, sentences: Sequence[str]) -> UnboundField:
        options = self.offered.get(field.name)
        if options is None:
            options = options_of(self.reading, self.verb, field, self.tongue)
            if field.kind == "unit":
                options = with_unit(self.reading, options, chosen, self.tongue)
        kind = drawn_as(field, bool(options))
        keys = (f"{field.name}:{self.verb.name}", field.name, kind)
        when = applies.told(self.verb.fields, field.name)
        look = Look(
            words.field(field.name, self.tongue, self.verb.name),
            next(filter(None, (hint_of(key, self.tongue) for key in keys)), ""),
            field.required,
            field.name in OF_PERSONS,
            field.clears,
            options,
            when=when,
            sentences=sentences,
        )
        look = replace(look, **self._heading(field))
        groups = headings(options, self.tongue) if field.name == "rights" else {}
        return KINDS[kind](replace(look, parts=self._parts(field), groups=groups))

    def _heading(self, field: Field) -> dict[str, Any]:
        """The name of its group above the first field of it, and what that hangs on, where all of the
        group hang on the same."""
        own = [one for one in self.verb.fields if one.own is not None]
        group = field.own.group if field.own is not None else ""
        together = [one.name for one in own if one.own is not None and one.own.group == group]
        if not group or together[0] != field.name:
            return {}
        whens = {applies.told(self.verb.fields, name) for name in together}
        return {"heading": group, "heading_when": whens.pop() if len(whens) == 1 else ""}

    def _parts(self, field: Field) -> dict[str, UnboundField]:
        """The parts of a caller or of a leader's words, each a field of its own."""
        return {
            name: KINDS["long" if name in LONG else kind](self._part(field, name, kind))
            for name, kind in PARTS.get(field.kind, ())
            if f"{field.name}.{name}" not in self.without
        }

    def _part(self, whole: Field, name: str, kind: str) -> Look:
        options: Sequence[Option] = ()
        if name == "level":
            options = named("level", self.tongue)
        elif name == "account":
            options = leaders_by_id(self.reading, self.tongue)
        return Look(
            words.field(name, self.tongue),
            hint_of(kind, self.tongue),
            own=whole.kind == "caller",
            options=options,
        )


def headings(options: Sequence[Option], tongue: str) -> dict[str, str]:
    """The heading below which each right of a role stands."""
    return {word: right_group(word, tongue) for word, _ in options}


def drawn_as(field: Field, offers: bool) -> str:
    """How a verb's field is drawn: text that is long, secret, chosen or uploaded by that."""
    if field.own is not None:
        return field.kind
    if field.kind == "names" and offers:
        return "many"
    if field.kind != "text":
        return field.kind
    if field.name in UPLOADED:
        return "file"
    if field.name.endswith(SECRET):
        return "password"
    if offers:
        return "choice"
    return "long" if field.name in LONG else "text"


def values_of(reading: Session, verb: Verb, typed: MultiDict[str, str]) -> dict[str, Any]:
    """What was typed, as the verb table takes it; a field that is empty or does not apply is not
    there. NotAllowed where the verb table cannot read what the form has to know before."""
    form = type("Typed", (PlainForm,), {field.name: _plain(field) for field in verb.fields})(typed)
    read = {field.name: form[field.name].handed() for field in verb.fields}
    given = {name: value for name, value in read.items() if value is not None}
    handed = applying(verb.fields, given)
    return {
        field.name: _meant(reading, field, handed[field.name])
        for field in verb.fields
        if field.name in handed
    }


def refused_fields(
    reading: Session, verb: Verb, typed: MultiDict[str, str], drawn: Iterable[str]
) -> dict[str, NotAllowed]:
    """Every field of a form whose value is missing or cannot be read, with why."""
    fields = [field for field in verb.fields if field.name in set(drawn)]
    form = type("Typed", (PlainForm,), {field.name: _plain(field) for field in fields})(typed)
    found = refusals(reading, fields, {field.name: form[field.name].handed() for field in fields})
    return {_part_named(name, no): no for name, no in found.items()}


def _part_named(name: str, no: NotAllowed) -> str:
    """The field that a refusal is about: a part of a person, where it names that."""
    named = no.facts.get("field", name)
    return name if named == name else f"{name}.{named}"


def _plain(field: Field) -> UnboundField:
    """A field that is only read: nothing is looked up for it."""
    parts = {name: KINDS["text"](Look()) for name, _ in PARTS.get(field.kind, ())}
    answered = ANSWERED if field.kind == "caller" else ()
    parts |= {name: Answered() for name, _ in answered}
    return KINDS[field.kind](Look(clears=field.clears, parts=parts))


def _meant(reading: Session, field: Field, handed: Any) -> Any:
    """What was handed over; read by the verb table already where the form has to know it. A case is
    looked up within what the person sees."""
    if field.kind == "case":
        return value_of(reading, field, handed).id
    return value_of(reading, field, handed) if field.kind in _MEANT and handed != "" else handed


def _told(part: FormField, stands: Sequence[str], tongue: str) -> str:
    """What stands on file beside a field, and whether the field has taken it over."""
    worded = dict(part.look.options)
    now = words.listed((worded.get(value, value) for value in stands if value), tongue)
    taken = [*filter(None, part.raw_data or ())] == [*filter(None, stands)]
    said = _TAKEN if taken else _BESIDE
    return words.word(said, tongue, now=now or words.word(_EMPTY, tongue))
