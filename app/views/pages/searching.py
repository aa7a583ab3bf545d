"""How words are searched for: folded, so that width, brackets, hyphens and blanks make no
difference; a number by its digits, whatever stands between them; and for
those to whom the callers are covered, in the text as they read it. The same on both databases.

The database names candidates by its index of pairs of signs, and these are looked at here."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from flask import g
from flask_appbuilder.models.sqla.filters import FilterContains
from sqlalchemy import and_, bindparam, inspect, or_, select, true

from app.models import Case
from app.models.sessions import is_postgres
from app.models.wording import holding
from app.rules import phones
from app.rules.covering import NOBODY, Hidden, runs
from app.rules.folding import anchored, seek, visible
from app.views.actor import reader
from app.views.pages.masking import know_callers
from app.views.pages.ordering import grows
from app.worklists import COUNTED_TO

AT_ONCE = 500
"""Of how many cases the callers are asked for at once."""
LOOKED_AT, LISTED = 20_000, 1_500
"""How many candidates, the newest first, are looked at for an export and for a list, and how many
rows are read for a single sign and for words that no index knows; a page says where there were
more."""
_WIDE = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})
_APART, _NEWEST = "desk_apart", "desk_newest_only"
_PARTLY, _WHOLE = "desk_searched_partly", "desk_searched_whole"


def partly() -> None:
    """Let the page say that not all was looked at."""
    setattr(g, _PARTLY, True)


def searched_partly() -> bool:
    """Whether this request found more candidates than it could look at."""
    return bool(g.get(_PARTLY))


def newest_only() -> None:
    """Let the page say that only the newest rows that have something in a field were looked at."""
    setattr(g, _NEWEST, True)


def searched_newest() -> bool:
    """Whether this request found more rows with something in a field than it looks at."""
    return bool(g.get(_NEWEST))


def apart() -> None:
    """Rows of this request stand in the order of a column among those that were found, which no index
    of the column leads to."""
    setattr(g, _APART, True)


def stands_apart() -> bool:
    """Whether they do."""
    return bool(g.get(_APART))


def among(model: type[Any], ids: Sequence[int]) -> Any:
    """The condition for rows of a table to be among these."""
    keys: Any = bindparam("found", list(ids), unique=True, expanding=True, literal_execute=True)
    return inspect(model).primary_key[0].in_(keys)


class Contains(FilterContains):
    """Words, however they are spelled; no sign in them stands for others. The newest rows that hold
    them are found, as many as a list shows. `anchor` is where in the text they stand: anywhere, at
    its start, or as the whole of it."""

    anchor = ""

    def apply(self, query: Any, value: Any) -> Any:
        """Add the condition: one of the rows that hold the words; asked for once in a request."""
        known = g.setdefault("desk_searched", {})
        asked = (type(self), self.model, self.column_name, value)
        if asked not in known:
            known[asked] = self._found(query, value)
        return query.filter(self._among(known[asked]))

    def _found(self, query: Any, value: str) -> list[int]:
        column, key = getattr(self.model, self.column_name), inspect(self.model).primary_key[0]
        if column.property.columns[0].unique and self.anchor != "start":
            whole = (
                query.filter(column == value).order_by(None).with_entities(key).limit(1).scalar()
            )
            if whole is not None:
                return [whole]
        number = phones.sought(value)
        pattern = seek(number or value, apart=bool(number))
        if not pattern:
            return []
        rows = self._candidates(query, number or value)
        return list(islice(self._holding(rows, anchored(pattern, self.anchor)), most()))

    def _among(self, ids: Sequence[int]) -> Any:
        return among(self.model, ids)

    def _candidates(self, query: Any, value: str) -> Sequence[Any]:
        """The newest rows that may hold the words and that this person sees: key, text, case."""
        column, key = getattr(self.model, self.column_name), inspect(self.model).primary_key[0]
        about = Case.id if self.model is Case else getattr(self.model, "case_id", key)
        query = query.order_by(None)
        ids = self._named(
            query.execution_options(unscoped=True).with_entities(key), column, key, value
        )
        rows = query.filter(self._among(ids), column.is_not(None)).with_entities(
            key, column, about.label("about")
        )
        return list(rows.order_by(key.desc()).all()) if ids else []

    def _named(self, keys: Any, column: Any, key: Any, value: str) -> list[int]:
        """The keys of the newest rows that may hold the words, whoever sees them: all that an index
        names, where they are few; else as many as are looked at, from the newest row on."""
        most = LOOKED_AT if searches_whole() else LISTED
        postgres = is_postgres(reader())
        named = holding(self.model, self.column_name, value, postgres)
        if named is not None:
            rows = keys.filter(named).limit(most + 1).all()
            if len(rows) <= most:
                return [row[0] for row in rows]
        signs = _looked_for(value)
        if named is None and grows(self.model) and postgres:
            rows = self._among_newest(keys, column, key, signs, most)
        else:
            held = and_(true(), *(_holds(column, sign) for sign in signs))
            rows = keys.filter(held).order_by(key.desc()).limit(most).all()
        partly()
        return [row[0] for row in rows]

    def _among_newest(
        self, keys: Any, column: Any, key: Any, signs: Sequence[str], most: int
    ) -> Sequence[Any]:
        """The keys of those of the newest rows that hold all of some signs."""
        texts = keys.with_entities(key.label("key"), column.label("text"))
        newest = texts.order_by(key.desc()).limit(most).subquery().c
        held = (_holds(newest.text, sign) for sign in signs)
        query = select(newest.key).where(*held).order_by(newest.key.desc())
        return reader().execute(query.execution_options(unscoped=True)).all()

    def _holding(self, rows: Sequence[Any], pattern: re.Pattern[str]) -> Iterator[int]:
        yield from (key for key, text, _ in rows if pattern.search(text))


class Covered(Contains):
    """Words in the text as those read it to whom the callers are covered: a covered name or number
    finds nothing, and what stands around it is found."""

    def _holding(self, rows: Sequence[Any], pattern: re.Pattern[str]) -> Iterator[int]:
        fitting = [row for row in rows if pattern.search(row[1])]
        for piece in (fitting[n : n + AT_ONCE] for n in range(0, len(fitting), AT_ONCE)):
            known = know_callers(case for _, _, case in piece)
            for key, text, case in piece:
                if pattern.search(_readable(text, known.get(case, NOBODY))):
                    yield key


def _readable(text: str, of: Hidden) -> str:
    """A text without what is covered in it; nothing is found across a gap."""
    parts, over = [], 0
    for run in runs(text, of):
        parts += [text[over : run.start], "\x00"]
        over = run.end
    return "".join([*parts, text[over:]])


def most() -> int:
    """How many rows are found at most: all, where they are exported."""
    return LOOKED_AT if searches_whole() else COUNTED_TO + 1


def search_whole() -> None:
    """All that is found in this request is wanted, not as much as a list shows."""
    setattr(g, _WHOLE, True)


def searches_whole() -> bool:
    """Whether all that is found is wanted."""
    return bool(g.get(_WHOLE))


def _looked_for(value: str) -> list[str]:
    """The figures, letters and characters of what is searched for, each once."""
    return sorted(sign for sign in {*visible(value)} if sign.isalnum())


def _holds(column: Any, sign: str) -> Any:
    """Whether a column holds a character, or a figure or a letter in either width."""
    wide = sign.translate(_WIDE)
    plain = column.icontains(sign, autoescape=True)
    return plain if wide == sign else or_(plain, column.icontains(wide, autoescape=True))
