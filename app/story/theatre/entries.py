"""What a story says, as a person enters it into a form: chosen, typed or uploaded."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from app.stages.allocation import OF_PAPER
from app.story.theatre.browser import Typed, Upload
from app.story.theatre.hand import Fault, content_of, listed
from app.story.theatre.pages import Control, Form


def fill(form: Form, fields: Mapping[str, Any], forced: bool = False) -> Typed:
    """control -> what is chosen, typed or uploaded. Fault where the form does not offer a field or
    a choice; where it is `forced`, what is not offered is sent all the same."""
    typed: dict[str, Any] = {}
    for name, value in _flat(form, fields):
        control = form.controls.get(name)
        if control is None and forced:
            control = form.controls[name] = Control(name, "text")
        if control is None:
            raise Fault(f"the form of {form.verb} does not offer the field {name}")
        typed[name] = _entered(form, control, value, forced)
    return typed


def asked_of(form: Form, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Fields without what the form does not ask for: a unit or a ground, and what the account of a
    leader answers."""
    unasked = {"unit", "ground", *OF_PAPER.get(form.verb, ())} - form.controls.keys()
    return {
        name: _parts_asked(name, value, unasked)
        for name, value in fields.items()
        if name not in unasked
    }


def _parts_asked(name: str, value: Any, unasked: Collection[str]) -> Any:
    if not isinstance(value, Mapping):
        return value
    return {part: said for part, said in value.items() if f"{name}.{part}" not in unasked}


def _flat(form: Form, fields: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The fields with those that have parts (a caller, a leader) taken apart; what is not said is
    left as it is."""
    for name, value in fields.items():
        if isinstance(value, Mapping) and any(
            known.startswith(f"{name}.") for known in form.controls
        ):
            yield from (
                (f"{name}.{part}", said) for part, said in value.items() if said is not None
            )
        elif name == "file" and "upload" in form.controls:
            yield "upload", value
        elif value is not None:
            yield name, value


def _entered(form: Form, control: Control, value: Any, forced: bool) -> list[str] | Upload:
    if control.kind == "file":
        return str(value), content_of(str(value))
    if control.kind in ("select", "checkbox", "radio"):
        chosen = [_chosen(choice) for choice in listed(value)]
        chosen = [
            choice if choice in control.options else control.called.get(choice, choice)
            for choice in chosen
        ]
        missing = [choice for choice in chosen if choice not in control.options]
        if missing and not forced:
            raise Fault(f"the form of {form.verb} does not offer {missing} for {control.name}")
        return chosen
    return [_said(control, value)]


def _chosen(value: Any) -> str:
    if isinstance(value, bool):
        return "y" if value else "n"
    return str(value)


def _said(control: Control, value: Any) -> str:
    """What is typed into a line or an area: each of several on a line of its own, parts a paragraph
    apart."""
    if isinstance(value, Mapping):
        return "\n".join(f"{_said(control, name)} {said}" for name, said in value.items())
    if isinstance(value, (list, tuple)):
        return _lines(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S" if value.second else "%Y-%m-%dT%H:%M")
    if control.kind == "datetime-local":
        return _said(control, datetime.fromisoformat(str(value)))
    return value.isoformat() if isinstance(value, date) else _chosen(value)


def _lines(values: Sequence[Any]) -> str:
    """Several values: parts of a case by their narratives, a paragraph each, others in lines."""
    parts = [value["narrative"] if isinstance(value, Mapping) else str(value) for value in values]
    between = "\n\n" if values and isinstance(values[0], Mapping) else "\n"
    return between.join(parts)
