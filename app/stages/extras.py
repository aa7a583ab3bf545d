"""Fields of the office's own: which count on a day, how a verb asks them, which of them apply to what
is at hand, and the index by which rows are found by what stands in them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from app import words
from app.models import Case, Category, Contact, ExtraField, Reply, Visit, VisitRecord
from app.models.acceptance import PATH_SIGN
from app.rules.extra import (
    PREFIX,
    Extra,
    belongs,
    held,
    in_order,
    read_definition,
    when_known,
)
from app.rules.refusal import NotAllowed
from app.stages.named import carried_id, category_named
from app.stages.verb import Field, Verb, When

MODELS: dict[str, type[Any]] = {"case": Case, "contact": Contact, "reply": Reply, "visit": Visit}
"""What may have fields of the office's own -> the table of its rows."""
TABLES: dict[str, str] = {
    **{model.__tablename__: subject for subject, model in MODELS.items()},
    VisitRecord.__tablename__: "visit",
}
"""table -> whose fields its rows show."""
CORRECTS = ("edit_case", "amend_visit")
"""Verbs that correct what stands: they change what is given, and leave the rest."""
OF_CASE = ("kind", "urgency", "channel", "anonymous", "confidential", "dangerous", "complex")
"""Facts of a case on which a field may hang, also on what is filed about it."""
Known = Mapping[str, Extra]
"""code -> the version that counts."""


def known(session: Session, day: date, waiting: bool = False) -> Known:
    """Every field that was ever in force by a day, in the version that counts then, with the branch
    of categories that it is for. Their labels are words from here on. `waiting`: those too that are
    proposed and not decided."""
    return _counting(session, _versions(session, waiting), day)


def known_as(session: Session, day: date, version: str) -> Known:
    """The same by the version that the office's settings name: read once, and shared for as long as
    they name it. Without one there was never a field, and nothing is asked."""
    if not version:
        return {}
    shared: dict[str, list[_Version]] = session.info.setdefault("extras", {})
    held_ = shared.get(version)
    if held_ is None:
        held_ = _versions(session)
        shared.clear()
        shared[version] = held_
    return _counting(session, held_, day)


class _Version(NamedTuple):
    """A version of a field: from when it counts, for which category, and what it is."""

    since: date
    category: int | None
    one: Extra


def _versions(session: Session, waiting: bool = False) -> list[_Version]:
    decided: ColumnElement[bool] = ExtraField.approved_at.is_not(None)
    if waiting:
        decided = or_(decided, ExtraField.refused_at.is_(None))
    query = select(ExtraField).where(decided).order_by(ExtraField.valid_from, ExtraField.id)
    return [
        _Version(
            row.valid_from,
            row.category_id,
            read_definition(row.definition, row.code, row.subject, row.active, row.category_id, ()),
        )
        for row in session.scalars(query)
    ]


def _counting(session: Session, versions: Iterable[_Version], day: date) -> Known:
    """The newest version of each field by a day, with its branch as it is now."""
    found = {held_.one.code: held_ for held_ in versions if held_.since <= day}
    tops = {held_.category for held_ in found.values() if held_.category is not None}
    below = _branches(session, tops) if tops else {}
    ones = {
        code: replace(held_.one, branch=below.get(held_.category, ()))
        if held_.category
        else held_.one
        for code, held_ in found.items()
    }
    for one in ones.values():
        name_it(one)
    return ones


def _branches(session: Session, tops: Collection[int]) -> dict[int | None, tuple[int, ...]]:
    """Category -> the ids of it and of those below it."""
    within = or_(Category.id.in_(tops), Category.parent_id.in_(tops))
    rows = session.execute(select(Category.id, Category.parent_id).where(within)).all()
    return {
        top: tuple(sorted(row.id for row in rows if top in (row.id, row.parent_id))) for top in tops
    }


def version_after(before: str, row: ExtraField) -> str:
    """The version of all fields once one more is confirmed: other rows never have the same."""
    told = (before, row.id, row.code, row.subject, row.category_id, row.definition, row.active)
    return sha256("|".join(map(str, (*told, row.valid_from))).encode()).hexdigest()[:16]


VERSION = "extras.version"
"""The setting that names it."""


def branch_of(session: Session, category: int | None) -> tuple[int, ...]:
    """The ids of a category and of those below it."""
    if category is None:
        return ()
    below = or_(Category.id == category, Category.parent_id == category)
    return tuple(session.scalars(select(Category.id).where(below).order_by(Category.id)))


def name_it(one: Extra) -> None:
    """Let forms and columns call a field as the office does, with the unit of its numbers."""
    zh, en = (
        words.aside(label, one.unit, tongue) if one.unit else label
        for label, tongue in ((one.label, "zh"), (one.label_en or one.label, "en"))
    )
    for msgid in (f"field.{one.name}", *(f"column.{table}.{one.name}" for table in TABLES)):
        words.add(msgid, zh, en)


def asked(ones: Known, subject: str) -> list[Extra]:
    """The fields that forms ask of a kind of row, in their order."""
    return in_order(one for one in ones.values() if one.subject == subject and one.active)


def extended(verb: Verb, ones: Sequence[Extra], must: bool = False) -> Verb:
    """A verb with the fields of the office's own behind its others; `must`: those that are required
    are marked so, else whoever does the verb judges that."""
    corrects = verb.name in CORRECTS
    names = {field.name for field in verb.fields} | {one.name for one in ones}
    more = [_field(one, names, corrects, must and not corrects) for one in ones]
    return replace(verb, fields=(*verb.fields, *more)) if more else verb


def _field(one: Extra, names: set[str], clears: bool, must: bool) -> Field:
    within = When("category", tuple(f"{PATH_SIGN}{id}" for id in one.branch))
    return Field(
        one.name,
        one.kind,
        one.required and must,
        one.choices,
        None,
        clears,
        When(one.when, one.answers) if one.when in names else None,
        within if one.category is not None and "category" in names else None,
        one,
    )


def of_case(case: Case | None) -> dict[str, Any]:
    """The facts of a case on which fields may hang, with the id of its category."""
    if case is None:
        return {}
    return {"category": case.category_id, **{name: getattr(case, name) for name in OF_CASE}}


def fitting(verb: Verb, ones: Iterable[Extra], facts: Mapping[str, Any]) -> list[Extra]:
    """The fields that apply by what stands already and the form of a verb does not ask."""
    taken = {field.name for field in verb.fields}
    stands = {name: value for name, value in facts.items() if name not in taken}
    return [
        one
        for one in ones
        if ("category" not in stands or belongs(one, stands["category"]))
        and (one.when not in stands or when_known(one.answers, stands[one.when]))
    ]


def judged(
    session: Session,
    verb: Verb,
    ones: Sequence[Extra],
    case: Case | None,
    values: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(the other fields, the values of the office's own by code) of what was typed. What does not
    apply is dropped. Raises NotAllowed where one is missing that must be there."""
    plain = {name: value for name, value in values.items() if not name.startswith(PREFIX)}
    given = {one.code: values[one.name] for one in ones if values.get(one.name) is not None}
    stood = of_case(case)
    if verb.name == "edit_case" and case is not None:
        stood |= {PREFIX + code: value for code, value in held(case.extra).items()}
    facts = {**stood, **{name: value for name, value in plain.items() if value is not None}}
    if isinstance(plain.get("category"), str):
        facts["category"] = _category_id(session, ones, plain["category"])
    facts |= {one.name: given[one.code] for one in ones if one.code in given}
    for one in ones:
        if not _applies(one, facts):
            given.pop(one.code, None)
            if verb.name == "edit_case" and applies_to(one, stood):
                given[one.code] = ""
        elif one.required and applies_to(one, facts) and _lacks(verb, given.get(one.code)):
            raise NotAllowed("field_missing", field=one.name)
    return plain, given


def _category_id(session: Session, ones: Sequence[Extra], named: str) -> int | None:
    """The id of the category that is named; looked up only where a field hangs on it."""
    if not any(one.category is not None for one in ones) or not named:
        return None
    return carried_id(named) or session.scalars(category_named(named)).first()


def _lacks(verb: Verb, value: Any) -> bool:
    """Whether a field that must say something says nothing; a correction leaves what it does not
    name."""
    return value in ("", []) or (value is None and verb.name not in CORRECTS)


def _applies(one: Extra, facts: Mapping[str, Any]) -> bool:
    """Whether a field may apply: where what it hangs on is not answered, it may."""
    if not belongs(one, facts.get("category")):
        return False
    answered = facts.get(one.when)
    return not one.when or answered is None or when_known(one.answers, answered)


def applies_to(one: Extra, facts: Mapping[str, Any]) -> bool:
    """Whether a field is asked, by the category and by what it hangs on."""
    if not belongs(one, facts.get("category")):
        return False
    return not one.when or when_known(one.answers, facts.get(one.when))


class Printer:
    """Says for papers what stands in the office's own fields that print, as they count on a day; what
    they are is asked for once, and only where something stands. `for_units`: on a paper that units
    read."""

    def __init__(self, session: Session, day: date, for_units: bool = False) -> None:
        self._session, self._day, self._for_units = session, day, for_units

    @cached_property
    def _known(self) -> Known:
        return known(self._session, self._day)

    def of(self, subject: str, extra: str) -> dict[str, list[list[str]]]:
        """`extra`: pairs of a label and what stands there; nothing where nothing prints."""
        values = held(extra)
        if not values:
            return {}
        ones = [one for one in self._known.values() if one.subject == subject and one.prints]
        shown = [one for one in in_order(ones) if one.for_units or not self._for_units]
        told = [[one.label, worded(one, values.get(one.code), PAPER)] for one in shown]
        found = [[label, said] for label, said in told if said]
        return {"extra": found} if found else {}


def worded(one: Extra, value: Any, tongue: str) -> str:
    """What stands in a field, in words; empty where nothing does."""
    if value in (None, "", []):
        return ""
    if one.kind == "bool":
        return words.word("list.yes" if value else "list.no", tongue)
    if one.kind == "choices":
        return words.listed(map(str, value), tongue)
    if one.kind == "file":
        return str(value["name"])
    return f"{value} {one.unit}".strip() if one.kind == "number" else str(value)


PAPER = "zh"
"""What papers are written in."""
