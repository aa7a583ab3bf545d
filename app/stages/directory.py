"""The office's directory: member units, who holds which post, categories, words. Each change is on
the record."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.ledger import lock_office, note_office
from app.models import Category, Person, Unit, UnitPost
from app.models.acceptance import PATH_SIGN
from app.models.columns import facts_of
from app.roles import Actor
from app.rules.office import SETTINGS
from app.rules.refusal import NotAllowed
from app.rules.roster import MOST_WORKDAYS
from app.stages.named import carried_id
from app.stages.settings import change_setting
from app.stages.verb import NO_CASE, ROW, Verb, choice, field, of_facts


def _kept(session: Session, model: type[Any], id: int) -> Any:
    found = session.get(model, id) if 0 < id < 2**31 else None
    if found is None:
        raise NotAllowed("not_found")
    return found


def _told(
    session: Session, now: datetime, actor: Actor, word: str, about: str, row: Any, change: str
) -> Any:
    session.flush()
    note_office(session, now, actor, word, {about: row.id, "change": change})
    return row


def _unit_terms(session: Session, code: str, name: str, id: int | None) -> dict[str, str]:
    lock_office(session)
    terms = {"code": code.strip(), "name": name.strip()}
    if not all(terms.values()):
        raise NotAllowed("field_missing", field="name" if terms["code"] else "code")
    taken = select(Unit.id).where(Unit.code == terms["code"], Unit.id != (id or 0))
    if session.scalar(taken) is not None:
        raise NotAllowed("code_taken", code=terms["code"])
    return terms


def add_unit(
    session: Session,
    now: datetime,
    actor: Actor,
    code: str,
    name: str,
    superior: Unit | None = None,
    **facts: Any,
) -> Unit:
    """Enter a member unit. `facts` are its other columns."""
    terms = _unit_terms(session, code, name, None)
    row = Unit(**terms, **facts, active=True, superior_id=superior.id if superior else None)
    session.add(row)
    return _told(session, now, actor, "unit.changed", "unit", row, "added")  # type: ignore[no-any-return]


def edit_unit(
    session: Session,
    now: datetime,
    actor: Actor,
    id: int,
    code: str,
    name: str,
    active: bool = True,
    superior: Unit | None = None,
    **facts: Any,
) -> Unit:
    """Change a unit's name, code, superior, facts, or whether it is active; a dissolved unit stays
    dissolved."""
    row = _kept(session, Unit, id)
    if row.successor_id is not None and active:
        raise NotAllowed("no_successor")
    if superior is not None and superior.id == row.id:
        raise NotAllowed("field_wrong", field="superior")
    terms = _unit_terms(session, code, name, row.id)
    row.code, row.name, row.active, row.superior_id = (
        *terms.values(),
        active,
        superior.id if superior else None,
    )
    for column, said in facts.items():
        setattr(row, column, said)
    return _told(session, now, actor, "unit.changed", "unit", row, "edited")  # type: ignore[no-any-return]


POSTS = ("head", "deputy", "liaison", "staff")
"""The posts of a unit's people: a dossier names who held one on the date of the fault. [procedure
8]"""


def _term(from_on: date, to_on: date | None) -> None:
    if to_on is not None and to_on < from_on:
        raise NotAllowed("field_wrong", field="to_on")


def add_post(
    session: Session,
    now: datetime,
    actor: Actor,
    unit: Unit,
    person: str,
    post: str,
    from_on: date,
    to_on: date | None = None,
    **words: str,
) -> UnitPost:
    """Enter who holds a post of a unit, since when; `words` are its duty and the cadre
    authority."""
    _term(from_on, to_on)
    account = session.scalar(select(Person.id).where(Person.username == person))
    row = UnitPost(
        unit_id=unit.id,
        person=person,
        post=post,
        user_id=account,
        from_on=from_on,
        to_on=to_on,
        **words,
    )
    session.add(row)
    return _told(session, now, actor, "post.changed", "post", row, "added")  # type: ignore[no-any-return]


def edit_post(
    session: Session, now: datetime, actor: Actor, id: int, to_on: date | None = None, **words: str
) -> UnitPost:
    """End a post, or correct its duty or authority. Who held it, and since when, stays."""
    row = _kept(session, UnitPost, id)
    _term(row.from_on, to_on)
    row.to_on = to_on
    for name, said in words.items():
        setattr(row, name, said)
    return _told(session, now, actor, "post.changed", "post", row, "edited")  # type: ignore[no-any-return]


def _parent(session: Session, parent: str | None, own: int) -> int | None:
    """The category above, by its name, or as a form carries it: the tree has two levels."""
    if not parent:
        return None
    held = carried_id(parent)
    named = Category.name == parent if held is None else Category.id == held
    query = select(Category).where(named, Category.parent_id.is_(None))
    found = session.scalars(query.limit(1)).first()
    if found is None or found.id == own:
        raise NotAllowed("unknown_category")
    return found.id


def _free(session: Session, name: str, parent: int | None, own: int) -> str:
    """The name, which no other category under the same parent has; it holds no sign that parts a
    path."""
    word = name.strip()
    if not word:
        raise NotAllowed("field_missing", field="name")
    if PATH_SIGN in word:
        raise NotAllowed("field_wrong", field="name")
    under = Category.parent_id.is_(None) if parent is None else Category.parent_id == parent
    if (
        session.scalar(select(Category.id).where(Category.name == word, under, Category.id != own))
        is not None
    ):
        raise NotAllowed("category_taken", name=word)
    return word


def _usual(unit: Unit | None, before: int | None = None) -> int | None:
    """The id of the unit that is proposed first for a category's cases: one that takes cases, or the
    one that stood there before. Raises NotAllowed (unit_inactive)."""
    if unit is None:
        return None
    if not unit.active and unit.id != before:
        raise NotAllowed("unit_inactive", unit=unit.code)
    return unit.id


MODES = ("direct", "transfer", "submission")
"""The ways in which a case goes. [procedure 2]"""


def _usual_days(days: int | None) -> None:
    """Raises NotAllowed (field_wrong) where no case can take so many working days."""
    if days is not None and not 0 < days <= MOST_WORKDAYS:
        raise NotAllowed("field_wrong", field="default_workdays")


def add_category(
    session: Session,
    now: datetime,
    actor: Actor,
    name: str,
    parent: str | None = None,
    default_unit: Unit | None = None,
    default_mode: str | None = None,
    default_workdays: int | None = None,
) -> Category:
    """Enter a category of matters, under another one or at the top, with the unit that is proposed
    first for its cases, how they usually go and how many working days they take. [procedure 1]"""
    _usual_days(default_workdays)
    lock_office(session)
    above, usual = _parent(session, parent, 0), _usual(default_unit)
    named = _free(session, name, above, 0)
    row = Category(name=named, parent_id=above, active=True, default_unit_id=usual)
    row.default_mode, row.default_workdays = default_mode, default_workdays
    session.add(row)
    return _told(session, now, actor, "category.changed", "category", row, "added")  # type: ignore[no-any-return]


def edit_category(
    session: Session,
    now: datetime,
    actor: Actor,
    id: int,
    name: str,
    parent: str | None = None,
    active: bool = True,
    default_unit: Unit | None = None,
    default_mode: str | None = None,
    default_workdays: int | None = None,
) -> Category:
    """Change a category's name, place or defaults, or whether it is still chosen."""
    _usual_days(default_workdays)
    lock_office(session)
    row = _kept(session, Category, id)
    below = session.scalar(select(Category.id).where(Category.parent_id == row.id).limit(1))
    if parent and below is not None:
        raise NotAllowed("unknown_category")
    above = _parent(session, parent, row.id)
    usual = _usual(default_unit, row.default_unit_id)
    row.name, row.parent_id, row.active = _free(session, name, above, row.id), above, active
    row.default_unit_id = usual
    row.default_mode, row.default_workdays = default_mode, default_workdays
    return _told(session, now, actor, "category.changed", "category", row, "edited")  # type: ignore[no-any-return]


_by_it = partial(Verb, on=NO_CASE, roles=("it_admin",))
_UNIT = (field("code!"), field("name!", most=120), field("superior", "unit"), *of_facts(Unit))
_CORRECTED = tuple(
    replace(column, clears=column.name in facts_of(Unit) and column.kind == "text")
    for column in _UNIT
)
_CATEGORY = (
    field("name!"),
    field("parent"),
    field("default_unit", "unit"),
    choice("default_mode", MODES),
    field("default_workdays", "int"),
)
_TERM = (field("duty"), field("cadre_authority"), field("to_on", "date"))
_ACTIVE = field("active", "bool")

VERBS = (
    _by_it("add_unit", run=add_unit, fields=_UNIT, event="unit.changed"),
    _by_it("edit_unit", run=edit_unit, fields=(ROW, *_CORRECTED, _ACTIVE), event="unit.changed"),
    _by_it(
        "add_post",
        run=add_post,
        fields=(
            field("unit!", "unit"),
            field("person!"),
            choice("post!", POSTS),
            field("from_on!", "date"),
            *_TERM,
        ),
        event="post.changed",
    ),
    _by_it(
        "edit_post",
        run=edit_post,
        fields=(ROW, *(replace(one, clears=one.kind == "text") for one in _TERM)),
        event="post.changed",
    ),
    _by_it("add_category", run=add_category, fields=_CATEGORY, event="category.changed"),
    _by_it(
        "edit_category",
        run=edit_category,
        fields=(ROW, *_CATEGORY, _ACTIVE),
        event="category.changed",
    ),
    Verb(
        "change_setting",
        on=NO_CASE,
        roles=("it_admin", "supervision_head"),
        run=change_setting,
        fields=(choice("name!", tuple(SETTINGS)), field("value!")),
        event="setting.changed",
    ),
)
