"""What must not be read of a case's callers, asked for in two statements for any number of cases:
the names and numbers of its own and of those who called about it, as they stand on file and as they
were typed; what somebody covered more in it, or uncovered; and all of this of the cases merged into
it, taken over by it, or that it was split from. [procedure 1: identity never reaches a unit]"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    String,
    and_,
    bindparam,
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


_IDS: Any = bindparam("ids", expanding=True, literal_execute=True)
_RELATED: Any = union_all(
    select(Case.merged_into_id.label("of"), Case.id, true().label("own")).where(
        Case.merged_into_id.in_(_IDS)
    ),
    select(Case.taken_over_by_id, Case.id, true()).where(Case.taken_over_by_id.in_(_IDS)),
    select(Case.id, Case.split_from_id, false()).where(
        Case.id.in_(_IDS), Case.split_from_id.is_not(None)
    ),
).execution_options(unscoped=True)
"""Of cases: those merged into them, those they took over, and those they were split from. Asked
apart: within one recursive statement PostgreSQL takes them for many and reads whole tables."""


def _family(session: Session, ids: Collection[int]) -> dict[int, dict[int, bool]]:
    """case asked about -> each case whose callers must not be read of it, itself and all that is
    related to it, with whether it is one with it: what it was split from may be confidential for
    itself."""
    family = {id: {id: True} for id in ids}
    asked, related = set[int](), {*ids}
    edges: dict[int, list[tuple[int, bool]]] = {}
    while related - asked:
        rows = session.execute(_RELATED, {"ids": sorted(related - asked)}).all()
        asked |= related
        for row in rows:
            edges.setdefault(row.of, []).append((row.id, row.own))
        related |= {row.id for row in rows}
    for about in family if edges else ():
        _widen(family[about], edges)
    return family


def _widen(members: dict[int, bool], edges: Mapping[int, Sequence[tuple[int, bool]]]) -> None:
    """Add to a family all that its members lead to; what is one with it by any way is."""
    left = list(members)
    while left:
        one = left.pop()
        for id, own in edges.get(one, ()):
            own = own and members[one]
            if id not in members or (own and not members[id]):
                members[id] = own
                left.append(id)


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


def _parts() -> list[Any]:
    """The cases themselves, with their callers; those who called about them; what was typed of who
    stands on file otherwise; what was covered more, or uncovered. `of` is whose."""
    of = Case.id.label("of")
    cases = (
        select(of, *_facts(Caller, or_(Case.confidential, _WITHHELD)))
        .outerjoin(Caller, Caller.id == Case.caller_id)
        .where(Case.id.in_(_IDS))
    )
    typed = select(ToldAs.case_id, *_facts(ToldAs)).where(ToldAs.case_id.in_(_IDS))
    words = select(Cover.case_id, *_facts(None, word=True)).where(Cover.case_id.in_(_IDS))
    made = [cases, typed, words]
    for called in (Contact.case_id, Contact.counts_on_id):
        contacts = select(called, *_facts(Caller)).join(Caller, Caller.id == Contact.caller_id)
        made.append(contacts.where(called.in_(_IDS)))
        told = select(called, *_facts(ToldAs)).join(ToldAs, ToldAs.contact_id == Contact.id)
        made.append(told.where(called.in_(_IDS)))
    return made


@lru_cache(maxsize=1)
def _asked() -> Any:
    """The one statement, which takes long to build: `ids` are the cases and their families."""
    return union_all(*_parts()).execution_options(unscoped=True)


def hidden_of(session: Session, case_ids: Iterable[int]) -> dict[int, Hidden]:
    """Case id -> what must not be read of it, in two statements, whoever asks: what is to be covered
    has to be known, and goes nowhere else."""
    ids = {*case_ids}
    if not ids:
        return {}
    family = _family(session, ids)
    members = sorted({id for of_one in family.values() for id in of_one})
    found: dict[int, list[Any]] = {id: [] for id in members}
    for row in session.execute(_asked(), {"ids": members}):
        found[row.of].append(row)
    return {
        about: _hidden([(row, own) for id, own in of_one.items() for row in found[id]])
        for about, of_one in family.items()
    }


def _hidden(told: Sequence[tuple[Any, bool]]) -> Hidden:
    """What must not be read of one case, of the rows that tell of it, each with whether the case
    that it is of is one with it."""
    rows = [row for row, _ in told]
    words = _newest_words(rows)
    return hidden(
        _filled(rows, "name"),
        _filled(rows, "phone"),
        any(row.confidential and own for row, own in told),
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
