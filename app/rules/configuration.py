"""An office's configuration as a file: a line for each thing that is in force and not the procedure's own,
sorted, each line JSON. Nobody is looked up here."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from app.rules.extra import KEPT
from app.rules.limits import SOURCES
from app.rules.office import SETTINGS
from app.rules.refusal import NotAllowed

HEAD = ["duban", 1]
"""The first line: what the file is, and which form it has."""
MOST_BYTES, MOST_LINES = 1_000_000, 5000
SECTIONS = ("setting", "rule", "category", "field", "role")
"""In the order in which they are taken in; a file is sorted."""
FIELD = {*KEPT, "subject", "category"}
"""What a line says of a field of the office's own; its category by the names on its path."""
CATEGORY = ("active", "mode", "unit", "workdays")


@dataclass(frozen=True)
class Entry:
    """One line: its number, its section, the key and the value."""

    line: int
    section: str
    key: Any
    value: Any


class LineWrong(Exception):
    """A line that cannot be taken in: its number (0: the file as a whole) and the refusal."""

    def __init__(self, line: int, no: NotAllowed) -> None:
        super().__init__(line)
        self.line, self.no = line, no


def written(entries: Iterable[tuple[str, Any, Any]]) -> bytes:
    """A file: the same bytes for the same office, whatever it is kept in."""
    lines = (json.dumps([*one], ensure_ascii=False, sort_keys=True) for one in entries)
    return "\n".join([json.dumps(HEAD), *sorted(lines), ""]).encode()


def read(content: bytes) -> list[Entry]:
    """The lines of a file. Raises LineWrong at the first that is none of ours."""
    if len(content) > MOST_BYTES:
        raise LineWrong(0, NotAllowed("config_too_long", most=MOST_BYTES))
    try:
        lines = content.decode("utf-8").split("\n")
    except UnicodeError:
        raise LineWrong(0, NotAllowed("config_unreadable")) from None
    if len(lines) > MOST_LINES:
        raise LineWrong(0, NotAllowed("config_too_long", most=MOST_BYTES))
    if _json(1, lines[0]) != HEAD:
        raise LineWrong(1, NotAllowed("config_unreadable"))
    found: list[Entry] = []
    seen: set[str] = set()
    for number, said in enumerate(lines[1:], 2):
        if not said.strip():
            continue
        entry = _entry(number, _json(number, said))
        known = json.dumps([entry.section, entry.key], ensure_ascii=False)
        if known in seen:
            raise LineWrong(number, NotAllowed("config_twice"))
        seen.add(known)
        found.append(entry)
    return found


def _json(number: int, said: str) -> Any:
    try:
        return json.loads(said)
    except (ValueError, RecursionError):
        raise LineWrong(number, NotAllowed("config_unreadable")) from None


def _entry(number: int, said: Any) -> Entry:
    if not (isinstance(said, list) and len(said) == 3 and said[0] in SECTIONS):
        raise LineWrong(number, NotAllowed("config_unknown", text=str(said)[:60]))
    section, key, value = said
    if not _FITS[section](key, value):
        raise LineWrong(number, NotAllowed("config_unknown", text=str(key)[:60]))
    return Entry(number, section, key, value)


def _setting(key: Any, value: Any) -> bool:
    return isinstance(key, str) and key in SETTINGS and isinstance(value, str)


def _rule(key: Any, value: Any) -> bool:
    return isinstance(key, str) and key in SOURCES


def _category(key: Any, value: Any) -> bool:
    path = isinstance(key, list) and len(key) == 2 and all(isinstance(one, str) for one in key)
    if not (path and key[1] and isinstance(value, dict) and set(value) == {*CATEGORY}):
        return False
    words = all(isinstance(value[name], str | None) for name in ("mode", "unit"))
    days = value["workdays"]
    whole = days is None or (isinstance(days, int) and not isinstance(days, bool))
    return words and whole and isinstance(value["active"], bool)


def _field(key: Any, value: Any) -> bool:
    if not (isinstance(key, str) and isinstance(value, dict) and set(value) == FIELD):
        return False
    lists = [value["choices"], value["answers"], value["category"] or []]
    named = all(
        isinstance(said, list) and all(isinstance(one, str) for one in said) for said in lists
    )
    plain = (value[name] for name in FIELD if name not in ("choices", "answers", "category"))
    return named and all(isinstance(one, str | int) for one in plain)


def _role(key: Any, value: Any) -> bool:
    named = isinstance(key, str) and bool(key)
    return named and isinstance(value, list) and all(isinstance(one, str) for one in value)


_FITS = {"setting": _setting, "rule": _rule, "category": _category, "field": _field, "role": _role}
