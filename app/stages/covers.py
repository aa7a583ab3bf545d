"""What must not be read of a case's callers, asked for in one statement for any number of cases:
the
names and numbers of its own, of those who called about it, and of the cases merged into it or
taken over;
what somebody covered more in it, or uncovered. [procedure 1: identity never reaches a unit]"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Boolean, String, and_, bindparam, cast, literal, null, or_, select, union_all
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


def _cases(ids: Any) -> list[Any]:
    """The cases themselves, those merged into them, and those they took over, each with its
    caller."""
    facts = (
        Caller.name,
        Caller.phone,
        or_(Case.confidential, _WITHHELD).label("confidential"),
        literal("").label("word"),
        _NO_COVER,
        literal(0).label("id"),
    )
    made: list[Any] = []
    for about in (Case.id, Case.merged_into_id, Case.taken_over_by_id):
        query = select(about.label("about"), *facts).outerjoin(Caller, Caller.id == Case.caller_id)
        made.append(query.where(about.in_(ids)))
    return made


def _contacts(ids: Any) -> list[Any]:
    """Those who called about the cases, or about one merged into them."""
    facts = (
        Caller.name,
        Caller.phone,
        literal(False).label("confidential"),
        literal("").label("word"),
        _NO_COVER,
        literal(0).label("id"),
    )
    called: list[Any] = [
        select(about.label("about"), *facts)
        .join(Caller, Caller.id == Contact.caller_id)
        .where(about.in_(ids))
        for about in (Contact.case_id, Contact.counts_on_id)
    ]
    merged = select(Case.merged_into_id.label("about"), *facts).select_from(Contact)
    merged = merged.join(Case, Case.id == Contact.case_id).join(
        Caller, Caller.id == Contact.caller_id
    )
    return [*called, merged.where(Case.merged_into_id.in_(ids))]


def _typed(ids: Any) -> list[Any]:
    """What was typed of callers who stand on file otherwise: of the cases, of contacts about
    them."""
    facts = (
        ToldAs.name,
        ToldAs.phone,
        literal(False).label("confidential"),
        literal("").label("word"),
        _NO_COVER,
        literal(0).label("id"),
    )
    made: list[Any] = [
        select(about.label("about"), *facts)
        .join(ToldAs, ToldAs.case_id == Case.id)
        .where(about.in_(ids))
        for about in (Case.id, Case.merged_into_id, Case.taken_over_by_id)
    ]
    told = ToldAs.contact_id == Contact.id
    made += [
        select(about.label("about"), *facts).join(ToldAs, told).where(about.in_(ids))
        for about in (Contact.case_id, Contact.counts_on_id)
    ]
    merged: Any = select(Case.merged_into_id.label("about"), *facts).select_from(Contact)
    merged = merged.join(Case, Case.id == Contact.case_id).join(ToldAs, told)
    return [*made, merged.where(Case.merged_into_id.in_(ids))]


def _words(ids: Any) -> list[Any]:
    """What was covered more in them, or uncovered."""
    facts = (_NOBODY.label("name"), _NOBODY.label("phone"), literal(False).label("confidential"))
    word = (Cover.word, Cover.covers, Cover.id)
    own: Any = select(Cover.case_id.label("about"), *facts, *word).where(Cover.case_id.in_(ids))
    merged = select(Case.merged_into_id.label("about"), *facts, *word).join(
        Case, Case.id == Cover.case_id
    )
    return [own, merged.where(Case.merged_into_id.in_(ids))]


@lru_cache(maxsize=1)
def _asked() -> Any:
    """The one statement, which takes long to build: `ids` are the cases asked about, written out,
    because they stand in it sixteen times."""
    ids: Any = bindparam("ids", expanding=True, literal_execute=True)
    query = union_all(*_cases(ids), *_contacts(ids), *_typed(ids), *_words(ids))
    return query.execution_options(unscoped=True)


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


def hidden_in(session: Session, case_ids: Iterable[int]) -> Hidden:
    """What must not be read where several cases are told of at once."""
    return together(hidden_of(session, case_ids).values())
