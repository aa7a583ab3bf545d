"""The verbs of the office's own fields."""

from __future__ import annotations

from collections.abc import Sequence

from app.models import ExtraField
from app.rules.extra import KINDS, SUBJECTS
from app.stages.extra_fields.defining import approve_field, propose_field
from app.stages.verb import ACCEPT, NO_CASE, Field, Verb, choice, field, only, proposals

_TRUTHS: Sequence[str] = ("required", "for_units", "searched", "prints")
FIELDS: tuple[Field, ...] = (
    field("code!", most=20),
    choice("subject!", SUBJECTS),
    field("label!", most=40),
    field("label_en", most=40),
    choice("kind!", KINDS),
    only(field("unit_word", most=10), "kind", "number"),
    only(field("choices", "names"), "kind", "choice", "choices"),
    field("category"),
    field("only_if"),
    field("answers", "names"),
    field("default", most=200),
    field("group", most=30),
    field("order", "int"),
    *(field(name, "bool") for name in _TRUTHS),
    field("valid_from", "date"),
    field("off", "bool"),
    field("reason"),
)

VERBS = (
    Verb(
        "propose_field",
        run=propose_field,
        on=NO_CASE,
        fields=FIELDS,
        roles=("it_admin",),
        event="field.proposed",
    ),
    Verb(
        "approve_field",
        run=approve_field,
        on=proposals(ExtraField),
        fields=(ACCEPT,),
        roles=("centre_head",),
        event=("field.changed", "field.refused"),
        guarded=True,
    ),
)
