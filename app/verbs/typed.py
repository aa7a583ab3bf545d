"""What was typed, made what it means: dates, moments, units, cases - or refused by the name of its
field."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Case, Unit
from app.rules import arrangement, reading
from app.rules.reading import YEARS
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING
from app.stages.applying import applying, must
from app.stages.named import id_of
from app.stages.verb import Field, Verb
from app.verbs.unread import own_value, unread

_LONGEST = {
    "place": 200,
    "met": 80,
    "complained_person": 80,
    "paper_form": 40,
    "contact_number": 40,
    "scan": 200,
    "document": 80,
    "name": 80,
    "phone": 40,
    "ground": 40,
    "leader": 80,
    "code": 40,
    "person": 80,
    "duty": 120,
    "cadre_authority": 120,
    "username": 64,
    "first_name": 64,
    "password": 200,
    "to_leader": 64,
}
"""field -> how many characters its column takes."""
_WORDS_OF_A_LEADER = ("level", "name", "text", "document", "scan", "account")


def _text(value: Any) -> str:
    """Text that both databases can keep: no NUL, no half of a pair. A whole number is taken as its
    digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    value.encode()
    return value


def _fitting(name: str, value: Any, most: int | None = None) -> str:
    """Text no longer than its column; one of which nothing can be seen is empty."""
    words, most = _text(value), most or _LONGEST.get(name)
    if not reading.visible(words):
        return ""
    if most is not None and len(words) > most:
        raise NotAllowed("field_too_long", field=name, most=most)
    return words


def _whole(value: Any) -> int:
    """A whole number, or its text."""
    return reading.whole(_text(value)) if isinstance(value, str) else _number(value)


def _number(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError
    return value


def _truth(value: Any) -> bool:
    """Yes or no, or the text of one of them."""
    if isinstance(value, str):
        return reading.yes(_text(value))
    if not isinstance(value, bool):
        raise ValueError
    return value


def day_of(value: Any) -> date:
    """A date, or its text in any way of writing; ValueError otherwise."""
    if isinstance(value, datetime):
        raise ValueError
    day = value if isinstance(value, date) else reading.day(_text(value))
    if day.year not in YEARS:
        raise ValueError
    return day


def _moment(value: Any) -> datetime:
    """A moment on Beijing's clock; one without a zone is meant so."""
    moment = value if isinstance(value, datetime) else reading.moment(_text(value))
    if moment.year not in YEARS:
        raise ValueError
    return moment.astimezone(BEIJING) if moment.tzinfo else moment.replace(tzinfo=BEIJING)


def _mapping(value: Any, *known: str) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not set(value) <= set(known):
        raise ValueError
    return dict(value)


_OF_A_LEADER: dict[str, Callable[[str, Any], Any]] = {
    "due_on": lambda name, value: day_of(value),
    "date": lambda name, value: day_of(value),
    "account": lambda name, value: id_of(int(value)) or 0,
}
"""What is no text among the words of a leader."""


def _leader(value: Any) -> dict[str, Any]:
    leader = _mapping(value, *_WORDS_OF_A_LEADER, "due_on", "date")
    return {
        name: _OF_A_LEADER.get(name, _fitting)(name, one)
        for name, one in leader.items()
        if one is not None
    }


def _person(value: Any) -> dict[str, Any]:
    return {
        name: _fitting(name, one)
        for name, one in _mapping(value, "name", "phone", "person").items()
    }


def _part(value: Any) -> dict[str, Any]:
    return {name: _text(one) for name, one in _mapping(value, "kind", "narrative").items()}


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise ValueError
    return list(value)


def _days(value: Any) -> dict[date, str]:
    """Days of work and of rest, or the text of a notice or of lines."""
    if isinstance(value, str):
        return arrangement.days(_text(value))
    if not isinstance(value, Mapping):
        raise ValueError
    days = {
        day_of(day): reading.WORKED[_text(word)]
        for day, word in value.items()
        if word in reading.WORKED
    }
    if len(days) != len(value):
        raise ValueError
    return days


def _counts(value: Any) -> dict[str, int]:
    """Numbers by a code, or lines of a code and a number."""
    if isinstance(value, str):
        return reading.counts(_text(value))
    if not isinstance(value, Mapping):
        raise ValueError
    return {_text(name): _number(n) for name, n in value.items()}


def _id(value: Any) -> int:
    """A row's id: one that can be nobody's becomes 0, which no row has."""
    return id_of(_number(value)) or 0


def _any(value: Any) -> Any:
    """A value of any kind whose texts both databases can keep."""
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, Mapping):
        return {_text(name): _any(one) for name, one in value.items()}
    return [_any(one) for one in value] if isinstance(value, list) else value


_CLEAN: dict[str, Callable[[Any], Any]] = {
    "int": _whole,
    "id": _id,
    "bool": _truth,
    "date": day_of,
    "moment": _moment,
    "choice": _text,
    "leader": _leader,
    "caller": _person,
    "days": _days,
    "counts": _counts,
    "any": _any,
    "units": _list,
    "names": lambda value: [_text(one) for one in _list(value)],
    "parts": lambda value: [_part(one) for one in _list(value)],
}


def unit_of(session: Session, code: Any) -> Unit:
    """The unit with a code; NotAllowed where there is none."""
    if isinstance(code, Unit):
        return code
    try:
        found = session.scalars(select(Unit).where(Unit.code == _text(code))).first()
    except ValueError:
        found = None
    if found is None:
        raise NotAllowed("unknown_unit", unit=str(code))
    return found


def cleaned(session: Session, verb: Verb, values: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, checked against the verb's fields: unknown, missing and wrong ones are
    refused by name. What does not apply is dropped, readable or not."""
    known = {field.name: field for field in verb.fields}
    values = applying(verb.fields, values)
    for name in values:
        if name not in known:
            raise NotAllowed("unknown_field", field=name)
    clean: dict[str, Any] = {}
    for name, field in known.items():
        value = values.get(name)
        if value is not None or must(verb.fields, field, values):
            clean[name] = _checked(session, field, value)
    return clean


def refusals(
    session: Session, fields: Sequence[Field], values: Mapping[str, Any]
) -> dict[str, NotAllowed]:
    """Why fields cannot be taken, each by itself: name -> refusal of all that apply and are missing
    or wrong."""
    found: dict[str, NotAllowed] = {}
    values = applying(fields, values)
    for field in fields:
        value = values.get(field.name)
        if value is None and not must(fields, field, values):
            continue
        try:
            _checked(session, field, value)
        except NotAllowed as no:
            found[field.name] = no
    return found


def _checked(session: Session, field: Field, value: Any) -> Any:
    """What was typed into a field, which must be there; NotAllowed otherwise."""
    if value is None:
        raise NotAllowed("field_missing", field=field.name)
    if field.clears and field.kind == "unit" and value == "":
        return None
    return value_of(session, field, value)


def value_of(session: Session, field: Field, value: Any) -> Any:
    """What was typed into one field, as its kind has it; NotAllowed names the field."""
    if field.own is not None:
        return own_value(field.own, value)
    if field.kind == "unit":
        return unit_of(session, value)
    if field.kind == "case":
        return case_of(session, value)
    try:
        clean = (
            _fitting(field.name, value, field.most)
            if field.kind == "text"
            else _CLEAN[field.kind](value)
        )
    except (TypeError, ValueError, OverflowError) as wrong:
        raise unread(field.name, wrong) from None
    if field.kind == "choice" and clean not in field.choices:
        raise NotAllowed("field_wrong", field=field.name)
    return [unit_of(session, code) for code in clean] if field.kind == "units" else clean


def case_of(session: Session, meant: Any) -> Case:
    """The case with an id, or with the number that was typed; NotAllowed where there is none."""
    if isinstance(meant, str) and "\0" not in meant:
        found = session.scalar(select(Case).where(Case.number == meant.strip()))
    else:
        found = session.get(Case, meant) if id_of(meant) else None
    if found is None:
        raise NotAllowed("not_found")
    return found
