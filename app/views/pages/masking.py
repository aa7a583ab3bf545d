"""The one masking of callers: 138****1234, 张**. What is shown in full is a verb with a reason,
never a page."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from flask import g
from sqlalchemy import select

from app import words
from app.models import Caller, Case, ToldAs
from app.rules import phones
from app.rules.covering import NOBODY, Hidden, covered
from app.stages.acceptance import area_code, typed_of
from app.stages.covers import hidden_of, withheld_from
from app.views.actor import actor, language, reader


def masked_phone(phone: str) -> str:
    """A number with its middle covered, the same however it was typed. [procedure 1]"""
    return phones.mask(phone, own_area() if phones.needs_area(phone) else "")


def own_area() -> str:
    """The office's own area code, asked once a request."""
    if "desk_area" not in g:
        g.desk_area = area_code(reader())
    found: str = g.desk_area
    return found


def masked_name(name: str) -> str:
    """The family name only."""
    return f"{name[:1]}**" if name else ""


def know_callers(cases: Iterable[int | None]) -> Mapping[int, Hidden]:
    """Case id -> what must not be read of its callers. One statement for all that this request has
    not asked for before."""
    known: dict[int, Hidden] = g.setdefault("desk_callers", {})
    asked = {id for id in cases if id is not None and id not in known}
    if asked:
        known |= hidden_of(reader(), asked)
    return known


def forget_callers() -> None:
    """Forget what was asked so far: of a long answer only the piece that is being written is
    kept."""
    g.pop("desk_callers", None)


def masked_text(told: str, case_id: int | None) -> str:
    """Free words with telephone and identity numbers covered, and the callers of the case they are
    about."""
    return covered(
        told, know_callers([case_id]).get(case_id, NOBODY) if case_id is not None else NOBODY
    )


def case_of(item: Any) -> int | None:
    """The id of the case that a row is about, or is."""
    found: int | None = item.id if isinstance(item, Case) else getattr(item, "case_id", None)
    return found


def entered_it(case: Case) -> bool:
    """Whether this is the operator who entered a case, and sees its caller as typed."""
    return actor().is_a("operator") and case.operator_id == actor().id


def _caller_as_told(case: Case) -> tuple[Caller | None, ToldAs | None]:
    """The caller of a case, as far as this person sees them, and what was typed of them there, in
    one statement."""
    query = select(Caller, ToldAs).outerjoin(ToldAs, ToldAs.case_id == case.id)
    row = reader().execute(query.where(Caller.id == case.caller_id)).first()
    return (row[0], row[1]) if row else (None, None)


def masked_caller(case: Case, always: bool = False) -> dict[str, str]:
    """The caller of a case as its page shows them: as entered to the operator who entered them
    (unless `always` covered), to others covered; not at all to units where the case is
    confidential. [procedure, Who may do what]"""
    note = _untold(case)
    if note is not None:
        return {"note": words.word(note, language())}
    caller, told = (case.caller, None) if always else _caller_as_told(case)
    if caller is None:
        return {"note": words.word("callers.hidden", language())}
    typed = typed_of(caller, told)
    if entered_it(case) and not always:
        return dict(typed)
    return {"name": masked_name(typed["name"]), "phone": masked_phone(typed["phone"])}


def _untold(case: Case) -> str | None:
    """The note that stands for the caller of a case, where none is shown to this person."""
    if case.anonymous or case.caller_id is None:
        return "callers.anonymous"
    if not actor().of_a_unit:
        return None
    if case.confidential:
        return "callers.confidential"
    return "cover.withheld" if withheld_from(reader(), case, actor().unit_id) else None
