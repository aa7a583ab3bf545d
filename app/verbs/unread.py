"""How a form says that what was typed cannot be read, by the name of its field; and what was typed into a
field of the office's own."""

from __future__ import annotations

from typing import Any

from app.rules.extra import Extra, TooLong, read
from app.rules.reading import Unread
from app.rules.refusal import NotAllowed

_QUOTED = 80
"""How much of a line that could not be read is quoted."""


def unread(field: str, wrong: Exception) -> NotAllowed:
    """How a form says that a field cannot be read: with the line, where it has lines, and the
    weekday that a date does not fall on."""
    if not isinstance(wrong, Unread) or (wrong.number is None and wrong.day is None):
        return NotAllowed("field_wrong", field=field)
    line = wrong.text[:_QUOTED]
    if wrong.day is not None:
        return NotAllowed("weekday_differs", field=field, text=line, day=wrong.day.isoformat())
    return NotAllowed("line_unread", field=field, text=line, number=wrong.number)


def own_value(one: Extra, value: Any) -> Any:
    """What was typed into a field of the office's own, as a row keeps it; NotAllowed names the field."""
    try:
        return read(one, value)
    except TooLong as no:
        raise NotAllowed("field_too_long", field=one.name, most=no.most) from None
    except (TypeError, ValueError, OverflowError) as wrong:
        raise unread(one.name, wrong) from None
