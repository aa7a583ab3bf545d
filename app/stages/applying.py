"""Which fields of a verb apply: the one place that decides it, for forms, drafts, machines and stages. What
does not apply never reaches the verb, whatever was typed into it before."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from app.models.acceptance import PATH_SIGN
from app.rules import reading
from app.stages.verb import Field, When


def applying(fields: Sequence[Field], values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the fields that apply. One does not where what it hangs on is answered otherwise,
    or does not apply itself; where that is not answered, it may. Values of no field stay: who cleans
    them refuses them by name."""
    known = {field.name: field for field in fields}
    return {
        name: value
        for name, value in values.items()
        if name not in known or _applies(known, known[name], values)
    }


def conditions(fields: Sequence[Field], name: str) -> list[When]:
    """All that a field hangs on, its own condition first; nothing where it always applies."""
    return list(_conditions({field.name: field for field in fields}, name))


def _conditions(known: Mapping[str, Field], name: str) -> Iterator[When]:
    for when in (known[name].within, known[name].when):
        if when is not None and when.choice in known:
            yield when
            yield from _conditions(known, when.choice)


def _applies(known: Mapping[str, Field], field: Field, values: Mapping[str, Any]) -> bool:
    answers = (
        (when, _answered(known[when.choice], values.get(when.choice)))
        for when in _conditions(known, field.name)
    )
    return all(answer is None or answer in when.answers for when, answer in answers)


def must(fields: Sequence[Field], field: Field, values: Mapping[str, Any]) -> bool:
    """Whether a field has to say something: it is required, and all that it hangs on is answered so."""
    known = {one.name: one for one in fields}
    return field.required and all(
        _answered(known[when.choice], values.get(when.choice)) in when.answers
        for when in _conditions(known, field.name)
    )


def _answered(field: Field, value: Any) -> str | None:
    """What a choice was answered, as conditions name it; None where it was not, or where it cannot be
    read and will be refused itself."""
    if isinstance(value, str) and field.kind == "bool":
        try:
            value = reading.yes(value)
        except ValueError:
            return None
    if isinstance(value, bool):
        return "y" if value else "n"
    if field.name == "category" and not str(value).startswith(PATH_SIGN):
        return None  # Named otherwise than a form carries it: whoever looks it up knows.
    return value if isinstance(value, str) and reading.visible(value) else None
