"""What every verb needs beside its row, and the sentence that says where to write it.

`python -m tests.verbs` says what the verbs of the table still lack. Who may do what is written by
hand, once: `WHO_MAY`. The other tests ask here.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import Any

import pytest

from app import words
from app.stages.applying import conditions
from app.stages.verb import Field, Verb
from app.verbs import VERBS
from app.views.forms.view import WITHOUT_FORM
from tests.walk.model import WHO_MAY

LIST = "WHO_MAY of tests/walk/model.py"
EXAMPLES = "RIGHT and WRONG of tests/verbs.py"

WRONG: dict[str, tuple[Any, ...]] = {
    "text": (1.5, True, ["漏水"], {"a": 1}, "漏\0水", "\ud800"),
    "int": ("three", True, 2.5, [3]),
    "id": ("3", True, 2.5, [3]),
    "bool": ("perhaps", 1, "2"),
    "date": ("soon", 5, datetime(2025, 6, 9), date(9999, 12, 31), date(1, 1, 1), "2025-02-30"),  # noqa: DTZ001
    "moment": ("soon", 5, date(2025, 6, 9), datetime(1, 1, 1), [1]),  # noqa: DTZ001
    "choice": ("nonsense", "", True, ["help"]),
    "unit": ("NOBODY", 7, "", "X" * 10000, "\0", ["WATER"]),
    "units": ("WATER", 5, ["NOBODY"], {"WATER": 1}, [None]),
    "case": (0, -1, 2**70, True, "1", 1.0),
    "leader": ("县长", 5, {"colour": "red"}, {"due_on": "soon"}, {"name": ["甲"]}, ["level"]),
    "caller": ("李女士", {"age": "40"}, {"name": ["李"]}, {"phone": "1" * 41}),
    "names": ("WATER_head", [5.5], {"a": 1}, 7),
    "parts": ("x", [5], [{"colour": "red"}], {"narrative": "x"}, [{"narrative": ["x"]}]),
    "days": ("x", {"soon": "work"}, {date(2027, 1, 4): "maybe"}, [date(2027, 1, 4)]),
    "counts": ("x", {"WATER": "1"}, {"WATER": True}, [1]),
}
"""kind of field -> values that it cannot take."""
RIGHT: dict[str, Any] = {
    "text": "已按规定办理并说明情况。",
    "int": 3,
    "id": 1,
    "bool": True,
    "date": date(2025, 6, 12),
    "unit": "WATER",
    "units": ["HOUSING"],
    "leader": {"level": "county", "name": "县长", "text": "速办"},
    "parts": [],
    "days": {},
    "counts": {},
    "caller": {"name": "李女士"},
    "names": [],
    "moment": datetime(2025, 6, 9, 8),  # noqa: DTZ001
    "any": 3,
}


def roles_of(verb: str) -> tuple[str, ...]:
    """The roles that may do a verb, as the list says it."""
    if verb not in WHO_MAY:
        pytest.fail(_unlisted(verb), pytrace=False)
    return WHO_MAY[verb]


def where_it_applies(verb: Verb, field: Field) -> dict[str, Any]:
    """Answers with which a field applies that does not always."""
    kinds = {one.name: one.kind for one in verb.fields}
    return {
        when.choice: when.answers[0] == "y" if kinds[when.choice] == "bool" else when.answers[0]
        for when in conditions(verb.fields, field.name)
    }


def example(verb: str, field: Field, case: int | None) -> Any:
    """A value that a field takes; of a case, this one."""
    if field.kind == "choice":
        return field.choices[0]
    if field.kind == "case":
        return case
    if field.kind not in RIGHT:
        pytest.fail(_no_example(verb, field), pytrace=False)
    return RIGHT[field.kind]


def forms_of(verb: Verb) -> set[str]:
    """Where a verb's form is: with the case it acts on, without one, or both; a file is opened by a
    link, a caller looked up in the search box."""
    if verb.name in WITHOUT_FORM:
        return set()
    with_case = {f"/do/{verb.name}/<int:case>"} if verb.target != "none" else set()
    return with_case | ({f"/do/{verb.name}"} if verb.target == "none" or verb.alone else set())


def _unlisted(verb: str) -> str:
    return f"{verb}: nobody says who may do it; write its roles into {LIST}."


def _no_example(verb: str, field: Field) -> str:
    return (
        f"{verb}: its field {field.name!r} is of a kind without examples; write values of the kind"
        f" {field.kind!r} into {EXAMPLES}."
    )


def unlisted(verbs: Iterable[Verb], listed: Mapping[str, Any] = WHO_MAY) -> list[str]:
    """The verbs of which the list says nothing, and what it says of verbs that are none."""
    names = [verb.name for verb in verbs]
    gone = [name for name in listed if name not in names]
    return [
        *(_unlisted(name) for name in names if name not in listed),
        *(f"{name}: no stage has this verb; take it out of {LIST}." for name in gone),
    ]


def otherwise_given(
    verbs: Iterable[Verb], listed: Mapping[str, tuple[str, ...]] = WHO_MAY
) -> list[str]:
    """The verbs whose rows give them to other roles than the list does."""
    return [
        f"{verb.name}: its row says {_named(verb.roles)}, {LIST} says {_named(listed[verb.name])};"
        " one of them is wrong."
        for verb in verbs
        if verb.name in listed and set(verb.roles) != set(listed[verb.name])
    ]


def _named(roles: Iterable[str]) -> str:
    return ", ".join(sorted(roles)) or "nobody"


def without_example(verbs: Iterable[Verb]) -> list[str]:
    """The fields of a kind of which no value is known that they take."""
    known = {*RIGHT, "choice", "case"}
    return [
        _no_example(verb.name, field)
        for verb in verbs
        for field in verb.fields
        if field.kind not in known
    ]


def without_words(verbs: Iterable[Verb]) -> list[str]:
    """The verbs, fields, events and stages that have no words in both languages."""
    return [sentence for verb in verbs for sentence in _unworded(verb)]


def _unworded(verb: Verb) -> Iterator[str]:
    if verb.stage not in words.STAGES:
        yield f"{verb.name}: its stage {verb.stage!r} is none of STAGES in app/words/verbs.py."
    yield from _unsaid(verb, "it has no title", f"verb.{verb.name}")
    for field in verb.fields:
        if not words.labelled(field.name):
            yield from _unsaid(
                verb, f"its field {field.name!r} has no label", f"field.{field.name}"
            )
    for event in verb.events:
        yield from _unsaid(verb, f"its event {str(event)!r} has no words", f"event.{event}")


def _unsaid(verb: Verb, told: str, msgid: str) -> Iterator[str]:
    for language in words.silent(msgid):
        file = f"app/translations/{language}/LC_MESSAGES/duban.po"
        yield f"{verb.name}: {told}; write {msgid} into {file}."


CHECKS: tuple[Callable[[Iterable[Verb]], list[str]], ...] = (
    unlisted,
    otherwise_given,
    without_words,
    without_example,
)


if __name__ == "__main__":
    wrong = [sentence for check in CHECKS for sentence in check(VERBS.values())]
    sys.stdout.write("".join(f"{sentence}\n" for sentence in wrong))
    sys.exit(1 if wrong else 0)
