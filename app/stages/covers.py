"""What must not be read of a case's callers, asked for in one statement for any number of cases:
the names and numbers of its own and of those who called about it, as they stand on file and as they
were typed; what somebody covered more in it, or uncovered; and all of this of the cases merged into
it, taken over by it, or that it was split from. [procedure 1: identity never reaches a unit]"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    String,
    and_,
    bindparam,
    case,
    cast,
    false,
    literal,
    null,
    or_,
    select,
    true,
    union_all,
)
from sqlalchemy.orm import Session

from app.models import Caller, Case, Contact, Cover, ToldAs
from app.models.posts import line_of
from app.rules.covering import Hidden, hidden, together
from app.rules.folding import visible

_WITHHELD = and_(
    Case.agreed_named.is_(False), or_(Case.kind == "report", Case.complained_person != "")
)
_NOBODY, _NO_COVER = cast(null(), String(80)), cast(null(), Boolean).label("covers")
"""What stands in a part that has none; PostgreSQL has to be told of which type."""


def _family(ids: Any) -> Any:
    """The cases asked about (`about`), each with those whose callers must not be read of it: those
    merged into it, those it took over, the one it was split from, and theirs. `own` are those but
    for what it was split from, which may be confidential for itself."""
    asked = select(
        Case.id.label("about"), Case.id.label("id"), Case.split_from_id, true().label("own")
    )
    family = asked.where(Case.id.in_(ids)).cte("family", recursive=True)
    split = Case.id == family.c.split_from_id
    more = select(
        family.c.about,
        Case.id,
        Case.split_from_id,
        case((split, false()), else_=family.c.own),
    ).join(
        Case,
        or_(Case.merged_into_id == family.c.id, Case.taken_over_by_id == family.c.id, split),
    )
    return family.union(more)


def _facts(of: Any, confidential: Any = None, word: bool = False) -> tuple[ColumnElement[Any], ...]:
    """The columns of a part: the name and number of `of`, where there is one; or a word."""
    return (
        (_NOBODY if of is None else of.name).label("name"),
        (_NOBODY if of is None else of.phone).label("phone"),
        (literal(False) if confidential is None else confidential).label("confidential"),
        (Cover.word if word else literal("")).label("word"),
        Cover.covers.label("covers") if word else _NO_COVER,
        (Cover.id if word else literal(0)).label("id"),
    )


def _parts(family: Any) -> list[Any]:
    """The cases themselves, with their callers; those who called about them; what was typed of who
    stands on file otherwise; what was covered more, or uncovered."""
    about, of = family.c.about.label("about"), family.c.id
    wholly = and_(family.c.own, or_(Case.confidential, _WITHHELD))
    cases = (
        select(about, *_facts(Caller, wholly))
        .join(Case, Case.id == of)
        .outerjoin(Caller, Caller.id == Case.caller_id)
    )
    typed = select(about, *_facts(ToldAs)).join(ToldAs, ToldAs.case_id == of)
    words = select(about, *_facts(None, word=True)).join(Cover, Cover.case_id == of)
    made = [cases, typed, words]
    for called in (Contact.case_id, Contact.counts_on_id):
        contacts = select(about, *_facts(Caller)).join(Contact, called == of)
        made.append(contacts.join(Caller, Caller.id == Contact.caller_id))
        told = select(about, *_facts(ToldAs)).join(Contact, called == of)
        made.append(told.join(ToldAs, ToldAs.contact_id == Contact.id))
    return made


@lru_cache(maxsize=1)
def _asked() -> Any:
    """The one statement, which takes long to build: `ids` are the cases asked about."""
    ids: Any = bindparam("ids", expanding=True, literal_execute=True)
    return union_all(*_parts(_family(ids))).execution_options(unscoped=True)


def hidden_of(session: Session, case_ids: Iterable[int]) -> dict[int, Hidden]:
    """Case id -> what must not be read of it, in one statement, whoever asks: what is to be covered
    has to be known, and goes nowhere else."""
    ids = sorted({*case_ids})
    found: dict[int, list[Any]] = {id: [] for id in ids}
    if not ids:
        return {}
    for row in session.execute(_asked(), {"ids": ids}):
        if row.about in found:
            found[row.about].append(row)
    return {id: _hidden(rows) for id, rows in found.items()}


def _hidden(rows: Sequence[Any]) -> Hidden:
    """What must not be read of one case, of the rows that tell of it."""
    words = _newest_words(rows)
    return hidden(
        _filled(rows, "name"),
        _filled(rows, "phone"),
        any(row.confidential for row in rows),
        (word for word, covers in words if covers),
        (word for word, covers in words if not covers),
    )


def _filled(rows: Sequence[Any], column: str) -> list[str]:
    """The values of a column, where there is one."""
    return [getattr(row, column) for row in rows if getattr(row, column)]


def _newest_words(rows: Sequence[Any]) -> list[tuple[str, bool]]:
    """Each word that was covered or uncovered, with the newest decision on it."""
    newest: dict[str, tuple[str, bool]] = {}
    for row in sorted((row for row in rows if row.word), key=lambda row: row.id):
        newest[visible(row.word)] = row.word, row.covers
    return list(newest.values())


def withheld_from(session: Session, case: Any, unit_id: int | None) -> bool:
    """Whether a unit sees no caller of a case at all: where a person is complained of, or it is a
    report, and they did not agree to be named - the unit complained of or one that it was dissolved
    into, and where none is named any unit. [procedure 1, complaint about a unit]"""
    grave = case.kind == "report" or bool(case.complained_person)
    if not grave or case.agreed_named:
        return False
    if case.complained_unit_id in (None, unit_id) or unit_id is None:
        return case.complained_unit_id in (None, unit_id)
    return case.complained_unit_id in session.scalars(line_of(unit_id)).all()


def keeps_from(session: Session, case: Any, unit_id: int | None) -> bool:
    """Whether nothing that may show the caller of a case reaches a unit: it is confidential, or the
    caller is withheld from that unit."""
    return bool(case.confidential) or withheld_from(session, case, unit_id)


def hidden_in(session: Session, case_ids: Iterable[int]) -> Hidden:
    """What must not be read where several cases are told of at once."""
    return together(hidden_of(session, case_ids).values())
