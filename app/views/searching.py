"""How words are searched for: folded, so that width, brackets, hyphens and blanks make no
difference; a number by its digits, whatever stands between them; and for
those to whom the callers are covered, in the text as they read it. The same on both databases.

The database finds the words as they were typed; where they may be spelled otherwise it names
candidates,
which hold each of their characters, and these are looked at here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from flask import g
from flask_appbuilder.models.sqla.filters import FilterContains
from sqlalchemy import and_, bindparam, inspect, not_, or_

from app.models import Case
from app.rules import phones
from app.rules.covering import NOBODY, Hidden, runs
from app.rules.folding import seek, visible
from app.views.masking import know_callers

AT_ONCE = 500
"""Of how many cases the callers are asked for at once."""
LOOKED_AT = 20_000
"""How many candidates, the newest first, are looked at; a page says where there were more."""
_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
_PARTLY = "desk_searched_partly"


def searched_partly() -> bool:
    """Whether this request found more candidates than it could look at."""
    return bool(g.get(_PARTLY))


class Contains(FilterContains):
    """Words, however they are spelled; no sign in them stands for others."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition."""
        typed = getattr(self.model, self.column_name).icontains(value, autoescape=True)
        ids = self._known(query, value, not_(typed))
        return query.filter(or_(typed, self._among(ids)) if ids else typed)

    def _known(self, query: Any, value: str, beside: Any) -> list[int]:
        """The keys of the rows that hold the words; asked for once in a request."""
        known = g.setdefault("desk_searched", {})
        asked = (self.model, self.column_name, value)
        if asked not in known:
            number = phones.sought(value)
            pattern = seek(number or value, apart=bool(number))
            rows = self._candidates(query, number or value, beside) if pattern else []
            known[asked] = list(self._holding(rows, pattern)) if pattern else []
        found: list[int] = known[asked]
        return found

    def _among(self, ids: Sequence[int]) -> Any:
        keys: Any = bindparam("found", list(ids), unique=True, expanding=True, literal_execute=True)
        return inspect(self.model).primary_key[0].in_(keys)

    def _candidates(self, query: Any, value: str, *beside: Any) -> Sequence[Any]:
        """The newest rows that hold each character and each figure of the words: key, text,
        case."""
        column, key = getattr(self.model, self.column_name), inspect(self.model).primary_key[0]
        about = Case.id if self.model is Case else getattr(self.model, "case_id", key)
        held = [_holds(column, sign) for sign in sorted({*visible(value)}) if sign.isalnum()]
        rows = query.filter(and_(column.is_not(None), *held, *beside)).order_by(None)
        rows = rows.with_entities(key, column, about.label("about"))
        found = rows.order_by(key.desc()).limit(LOOKED_AT + 1).all()
        if len(found) > LOOKED_AT:
            setattr(g, _PARTLY, True)
        return list(found[:LOOKED_AT])

    def _holding(self, rows: Sequence[Any], pattern: re.Pattern[str]) -> Iterator[int]:
        yield from (key for key, text, _ in rows if pattern.search(text))


class Covered(Contains):
    """Words in the text as those read it to whom the callers are covered: a covered name or number
    finds
    nothing, and what stands around it is found."""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition."""
        return query.filter(self._among(self._known(query, value, True)))

    def _candidates(self, query: Any, value: str, *beside: Any) -> Sequence[Any]:
        return super()._candidates(query, value)

    def _holding(self, rows: Sequence[Any], pattern: re.Pattern[str]) -> Iterator[int]:
        fitting = [row for row in rows if pattern.search(row[1])]
        for some in (fitting[n : n + AT_ONCE] for n in range(0, len(fitting), AT_ONCE)):
            known = know_callers(case for _, _, case in some)
            for key, text, case in some:
                if pattern.search(_readable(text, known.get(case, NOBODY))):
                    yield key


def _readable(text: str, of: Hidden) -> str:
    """A text without what is covered in it; nothing is found across a gap."""
    parts, over = [], 0
    for run in runs(text, of):
        parts += [text[over : run.start], "\x00"]
        over = run.end
    return "".join([*parts, text[over:]])


def _holds(column: Any, sign: str) -> Any:
    """Whether a column holds a character, or a figure or a letter in either width."""
    wide = sign.translate(_WIDE)
    plain = column.icontains(sign, autoescape=True)
    return plain if wide == sign else or_(plain, column.icontains(wide, autoescape=True))
