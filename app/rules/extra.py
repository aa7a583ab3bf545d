"""Fields of the office's own on its forms: what one is, how a value of each kind is read and kept, and
which version of a definition counts on a day. Nothing is looked up here. [procedure, Every number is
a row an office can change]"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from app.rules import reading
from app.rules.reading import YEARS

SUBJECTS = ("case", "contact", "reply", "visit")
"""What an office may give fields of its own."""
KINDS = ("text", "long", "number", "bool", "choice", "choices", "date", "file")
CHOSEN = ("choice", "choices", "bool")
"""The kinds whose values are few, so that they are counted."""
PREFIX = "x_"
"""How the name of such a field begins in forms, addresses and columns."""
CODE = re.compile(r"[a-z][a-z0-9_]{1,19}")
LONGEST = {"text": 200, "long": 4000}
MOST_CHOICES, LONGEST_CHOICE, LONGEST_CELL = 60, 40, 80
MOST_ACTIVE = 40
"""So many fields in force one kind of row may have."""
_DIGITS, _PLACES = 12, 4
"""So many digits before and behind the point a number may have."""
_SHIFT = 10 ** (_DIGITS + _PLACES)


@dataclass(frozen=True)
class Extra:
    """A field in one version: `choices` what may be chosen, `unit` in what a number is counted;
    `category` the id of the branch that it is for (None: all) and `branch` the ids of all in it;
    `when` the field it hangs on and `answers` by which; `order` and `group` where it stands;
    `for_units`, `searched` and `prints` where it is shown. Not `active`: retired, and shown where
    something stands in it."""

    code: str
    subject: str
    kind: str
    label: str
    label_en: str = ""
    unit: str = ""
    choices: tuple[str, ...] = ()
    required: bool = False
    default: str = ""
    when: str = ""
    answers: tuple[str, ...] = ()
    order: int = 0
    group: str = ""
    for_units: bool = True
    searched: bool = True
    prints: bool = False
    active: bool = True
    category: int | None = None
    branch: tuple[int, ...] = ()

    @property
    def name(self) -> str:
        """What it is called in forms, addresses and columns."""
        return f"{PREFIX}{self.code}"


KEPT = tuple(
    one.name
    for one in fields(Extra)
    if one.name not in ("code", "subject", "active", "category", "branch")
)
"""What of a definition stands in its canonical JSON; the others are columns."""


def defined(one: Extra) -> str:
    """A definition as it is kept."""
    return json.dumps(
        {name: getattr(one, name) for name in KEPT}, ensure_ascii=False, sort_keys=True
    )


def read_definition(
    said: str, code: str, subject: str, active: bool, category: int | None, branch: Sequence[int]
) -> Extra:
    """A definition as it was kept."""
    kept: dict[str, Any] = json.loads(said)
    kept |= {name: tuple(kept[name]) for name in ("choices", "answers")}
    at: dict[str, Any] = {"code": code, "subject": subject, "active": active, "category": category}
    return Extra(**kept, **at, branch=tuple(branch))


def _text(one: Extra, value: Any) -> str:
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    value.encode()
    said = value.replace("\r\n", "\n").strip()
    if len(said) > LONGEST[one.kind]:
        raise TooLong(LONGEST[one.kind])
    return said if reading.visible(said) else ""


class TooLong(ValueError):
    """A text with more signs than its kind takes; `most` how many that is."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


def number(value: Any) -> str:
    """A number in its shortest plain form, of at most twelve digits before the point and four behind
    it; ValueError otherwise."""
    if isinstance(value, bool) or not isinstance(value, (str, int)):
        raise ValueError
    plain = reading.tight(str(value)).replace(",", "")
    if not re.fullmatch(rf"[+-]?[0-9]{{1,{_DIGITS}}}(\.[0-9]{{1,{_PLACES}}})?", plain):
        raise reading.Unread(str(value).strip()[:80])
    told = f"{Decimal(plain):f}"
    told = told.rstrip("0").rstrip(".") if "." in told else told
    return "0" if told in ("-0", "") else told


def _bool(one: Extra, value: Any) -> bool:
    return value if isinstance(value, bool) else reading.yes(_said(value))


def _said(value: Any) -> str:
    if not isinstance(value, str):
        raise ValueError
    return value


def _choice(one: Extra, value: Any) -> str:
    if value not in one.choices:
        raise ValueError
    return str(value)


def _choices(one: Extra, value: Any) -> list[str]:
    wanted = [value] if isinstance(value, str) else list(value)
    if any(word not in one.choices for word in wanted):
        raise ValueError
    return [word for word in one.choices if word in wanted]


def _day(one: Extra, value: Any) -> str:
    day = value if isinstance(value, date) else reading.day(_said(value))
    if day.year not in YEARS:
        raise ValueError
    return day.isoformat()


def _file(one: Extra, value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or set(value) != {"name", "sha256"}:
        raise ValueError
    told = {name: _said(part)[:200] for name, part in value.items()}
    if not re.fullmatch(r"[0-9a-f]{64}", told["sha256"]):
        raise ValueError
    return told


_READ: Mapping[str, Callable[[Extra, Any], Any]] = {
    "text": _text,
    "long": _text,
    "number": lambda one, value: number(value),
    "bool": _bool,
    "choice": _choice,
    "choices": _choices,
    "date": _day,
    "file": _file,
}


def read(one: Extra, value: Any) -> Any:
    """What was typed or kept as it is kept: text, true or false, a list of words, a named file. Empty
    where it takes out what stands; ValueError where it means nothing."""
    if value in ("", [], ()) or (isinstance(value, str) and not reading.visible(value)):
        return ""
    return _READ[one.kind](one, value)


def canonical(values: Mapping[str, Any]) -> str:
    """Values by the codes of their fields, as a row keeps them; nothing where there are none."""
    held = {code: value for code, value in values.items() if value not in ("", [], None)}
    if not held:
        return ""
    return json.dumps(held, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def held(said: str | None) -> dict[str, Any]:
    """The values that a row keeps."""
    found: dict[str, Any] = json.loads(said) if said else {}
    return found


def several(said: str) -> list[str]:
    """The words of several choices as they are typed on one line."""
    return [word for word in re.split(r"[、，,;；]\s*", said.strip()) if word]


def cells(one: Extra, value: Any) -> list[str]:
    """What a value is found by, in the order in which values of its kind stand: a number padded, a
    truth as y or n, each of several choices by itself, a text by its first signs."""
    if one.kind == "number":
        return [place_of(value)]
    if one.kind == "bool":
        return ["y" if value else "n"]
    if one.kind == "choices":
        return [str(word) for word in value]
    text = value["name"] if one.kind == "file" else str(value)
    return [" ".join(text.split())[:LONGEST_CELL]]


def place_of(told: str) -> str:
    """The place of a number among all others, as text that is ordered as they are."""
    try:
        scaled = int(Decimal(told).scaleb(_PLACES)) + _SHIFT
    except InvalidOperation:
        raise ValueError(told) from None
    return f"{scaled:0{_DIGITS + _PLACES + 1}d}"


def belongs(one: Extra, category: int | None) -> bool:
    """Whether a field is asked of a case of this category."""
    return one.category is None or (category is not None and category in one.branch)


def in_order(ones: Iterable[Extra]) -> list[Extra]:
    """Fields as forms ask them, of one place in the order that they come in: groups together, each
    where its first field stands."""
    known = sorted(ones, key=lambda one: one.order)
    first = {one.group: place for place, one in reversed(list(enumerate(known)))}
    return sorted(known, key=lambda one: first[one.group])


def when_known(answers: Sequence[str], value: Any) -> bool:
    """Whether what stands is one of the answers; a truth is y or n."""
    return ("y" if value else "n") in answers if isinstance(value, bool) else value in answers
