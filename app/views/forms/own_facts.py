"""What stands in the office's own fields of a row that is decided on, as the person may read it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import url_for

from app import words
from app.models import ExtraField
from app.views.actor import actor, language
from app.views.extras import COVERED, filled
from app.views.pages.masking import masked_text

Fact = tuple[str, str, str]
"""(label, value, address of what it names, or nothing)."""


def own_facts(row: Any) -> Iterator[Fact]:
    """What stands in the fields of the office's own."""
    for one, told in filled(row.__tablename__, row) if hasattr(row, "extra") else ():
        covered = one.kind in COVERED and not actor().reads_as_typed
        label = words.column(row.__tablename__, one.name, language())
        yield label, masked_text(told, row.case_id) if covered else told, ""


def own_preview(row: Any) -> Iterator[Fact]:
    """Where the form is looked at with a field that is proposed."""
    if isinstance(row, ExtraField):
        href = url_for("ExtraFields.preview", id=row.id)
        yield words.word("extra.preview", language()), row.label, href
