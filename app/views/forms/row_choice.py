"""Which row a form is about: the form carries the id of the very row that it shows, with the event
that moved it last; where several could be meant it asks, and where there is none it says so."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from werkzeug.datastructures import MultiDict

from app import words
from app.models import Case, Unit
from app.rules.refusal import NotAllowed
from app.rules.workdays import minute
from app.verbs import Verb
from app.verbs.rows import PROPOSED, Kind, kind_of, mark_of, rows_of_kind, waiting
from app.views.actor import actor, key_typed, language, reader
from app.views.forms.form import Ask
from app.views.pages.shown import shown

ROW, ITEM, SEEN = "row", "item", "seen"
"""The fields that name the row (an item of supervision by its own word), and say how each row stood
that was shown."""
_KINDS = {"request": "request", "supervision": "ground", "assignment": "role_of_unit"}
"""subject -> the vocabulary of the column that says what a row is."""
_KIND_OF = {"request": "kind", "supervision": "ground", "assignment": "role"}


@dataclass
class Which:
    """What the form says of its row: the choice, or the id of the one that it is about (0: of
    none)."""

    choice: Ask | None = None
    row: int | None = None
    rows: Sequence[Any] = field(default_factory=list)
    seen: str = ""
    """How the rows stand; or stood when the form was opened, where it only asks something before it
    goes on."""

    @property
    def about(self) -> Any:
        """The row that the form is about, or None where none is meant yet."""
        return next((row for row in self.rows if row.id == self.row), None)

    def hidden(self) -> list[tuple[str, str]]:
        """The hidden fields: the row, where the form does not ask, and how all that were shown
        stood."""
        named = [(ROW, str(self.row))] if self.choice is None and self.row is not None else []
        return [
            *named,
            *([(SEEN, self.seen)] if self.rows else []),
        ]


def which_row(verb: Verb, case: Case | None, typed: MultiDict[str, str]) -> Which:
    """The row of a form as it stands now. `typed` may name it: by itself or its item, or narrow it
    by unit and ground."""
    kind = kind_of(verb) if case is not None else None
    if verb.name in PROPOSED:
        return _asked(waiting(reader(), verb.name), typed, None, verb)
    if kind is None or case is None:
        return Which()
    rows = [row for row in rows_of_kind(reader(), kind, case, actor().unit_id) if kind.fits(row)]
    return _asked(_narrowed(rows, typed), typed, kind, verb)


def _narrowed(rows: Sequence[Any], typed: MultiDict[str, str]) -> Sequence[Any]:
    """The rows of the unit and on the ground that an address names, where there are such."""
    code, ground = typed.get("unit"), typed.get("ground")
    of_unit = [row for row in rows if code and hasattr(row, "unit") and row.unit.code == code]
    rows = of_unit or rows
    return [row for row in rows if ground and getattr(row, "ground", None) == ground] or rows


def _asked(rows: Sequence[Any], typed: MultiDict[str, str], kind: Kind | None, verb: Verb) -> Which:
    """The choice among rows, or the one row that there is; `typed` may name it."""
    if not rows:
        return Which(row=0)
    named = key_typed(typed.get(ROW) or typed.get(ITEM))
    meant = named if named in {row.id for row in rows} else None
    seen = " ".join(mark_of(reader(), verb, row) for row in rows)
    if len(rows) == 1 and (meant is not None or not named):
        return Which(row=rows[0].id, rows=rows, seen=seen)
    return Which(_choice(rows, kind, meant), meant, rows, seen)


def _choice(rows: Sequence[Any], kind: Kind | None, meant: int | None) -> Ask:
    """The choice among rows; `meant` is the id of the one that was named."""
    name = ITEM if kind is not None and kind.subject == "supervision" else ROW
    options = [(str(row.id), called(row, kind)) for row in rows]
    chosen = "" if meant is None else str(meant)
    return Ask(name, words.field(name, language()), options, chosen=chosen)


def called(row: Any, kind: Kind | None) -> str:
    """A row among others: whose it is, its number or kind, its round and state."""
    tongue = language()
    if kind is None:
        return _proposal(row)
    if kind.subject == "draft":
        at, state = minute(row.drafted_at), words.state(kind.subject, row.state, tongue)
        return " ".join((words.title(row.verb, tongue), at, state))
    unit = row.unit.name if isinstance(getattr(row, "unit", None), Unit) else ""
    what = words.value(
        _KINDS.get(kind.subject, ""), getattr(row, _KIND_OF.get(kind.subject, ""), "") or "", tongue
    )
    name = " ".join(filter(None, [unit, getattr(row, "number", None) or what]))
    state = words.state(kind.subject, row.state, tongue)
    return words.word("form.which", tongue, name=name, round=getattr(row, "round", ""), state=state)


_TOLD_BY: dict[str, tuple[str, ...]] = {
    "article_version": ("title", "version"),
    "sla_rule": ("name", "value"),
    "calendar_proposal": ("reason", "days"),
    "account_change": ("verb", "person", "wanted"),
    "roster": ("name", "waiting"),
    "gateway": ("name", "kind"),
    "extra_field": ("label", "subject", "kind"),
}
"""table of proposals -> the columns by which one is told from the others."""


def _proposal(row: Any) -> str:
    """A proposal among others: the rule and its value, the days and their reason, whose account
    becomes what."""
    values = ((name, getattr(row, name)) for name in _TOLD_BY[row.__tablename__])
    parts = (
        shown(row.__tablename__, name, str(value))
        for name, value in values
        if value not in (None, "")
    )
    return " ".join(" ".join(parts).split())[:80]


def row_sent(verb: Verb, case: Case | None, typed: Mapping[str, str]) -> dict[str, int | None]:
    """The row that a form which was sent names, as the verb table takes it, with how it stood when
    it was shown."""
    if verb.name not in PROPOSED and (case is None or kind_of(verb) is None):
        return {}
    text = typed.get(ROW) or typed.get(ITEM) or "0"
    row = key_typed(text)
    if not row and text != "0":
        raise NotAllowed("not_found")
    return {"row": row, "seen": None if verb.name in PROPOSED else _mark_sent(text, typed)}


def _mark_sent(row: str, typed: Mapping[str, str]) -> int | None:
    """How a row stood when the form was shown, by the marks that were sent with it."""
    marks = dict(mark.split("-", 1) for mark in typed.get(SEEN, "").split() if "-" in mark)
    return key_typed(marks[row]) if row in marks else None
