"""What a field offers to choose from where no case has to be known: words of a vocabulary, units,
categories, leaders, roles and rights."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from app import words
from app.models import Category, Person, Unit
from app.roles import PAGES
from app.rules.evaluation import TABLE
from app.rules.extra import SUBJECTS
from app.stages.calendar import numbers_known
from app.stages.extra_fields import hangs_on
from app.stages.handling import colleagues
from app.stages.named import carried
from app.stages.rights import RIGHTS
from app.stages.roles import COMPOSABLE
from app.verbs import VERBS, Field, Verb
from app.views.actor import actor, now
from app.views.extras import fields_known
from app.views.forms.field_looks import YES_NO, domain_of
from app.views.forms.in_force import settings_now
from app.views.pages.picked import Named, Option
from app.views.pages.shown import SCOPE_TITLES, right_title, shown

PRESENT = 24
"""So many signs of what stands now are told beside what may be changed."""
MOST = 500
"""How many are offered at most."""


def options_of(reading: Session, verb: Verb, one: Field, tongue: str) -> Sequence[Option]:
    """What may be chosen for a field of a verb; nothing where it is typed."""
    if one.own is not None and one.own.choices:
        return [(word, word) for word in one.own.choices]
    if one.kind == "bool":
        return [(sign, words.word(msgid, tongue)) for sign, msgid in YES_NO]
    if one.kind == "choice" and (verb.name, one.name) not in _PRESENT:
        domain = domain_of(verb.name, one.name)
        return [(choice, words.value(domain, choice, tongue)) for choice in one.choices]
    if one.kind in ("unit", "units"):
        return _units(reading, tongue)
    if (verb.name, one.name) in _PRESENT:
        return _PRESENT[verb.name, one.name](reading, tongue)
    offers = _OFFERED.get(one.name)
    return offers(reading, tongue) if offers is not None else ()


def named(domain: str, tongue: str) -> list[Option]:
    """The words of a vocabulary."""
    return [(word, words.value(domain, word, tongue)) for word in words.VALUES[domain]]


def leaders_by_id(reading: Session, tongue: str) -> Named:
    """The accounts of leaders: what is entered on paper is shown to the one who gave it."""
    columns = Person.id, Person.first_name, Person.username, Person.pinyin
    query = select(*columns).join(Person.roles).where(Role.name == "leader")
    rows = reading.execute(query.where(Person.active.is_(True)).order_by(Person.id)).all()
    return Named(
        (
            (str(row.id), words.aside(row.first_name or row.username, row.username, tongue))
            for row in rows
        ),
        {str(row.id): row.pinyin for row in rows},
    )


def told_apart(options: Sequence[Option], tongue: str) -> list[Option]:
    """Choices of which no two read alike: what has the name of another says its code or account as
    well."""
    names = [name for _, name in options]
    return [
        (key, words.aside(name, key, tongue) if names.count(name) > 1 else name)
        for key, name in options
    ]


def _units(reading: Session, tongue: str) -> Named:
    query = select(Unit.code, Unit.name, Unit.pinyin).where(Unit.active.is_(True))
    rows = reading.execute(query.order_by(Unit.id).limit(MOST)).all()
    return _named(rows, tongue)


def with_unit(
    reading: Session, options: Sequence[Option], code: str, tongue: str
) -> Sequence[Option]:
    """Choices of units with the one that stands in a form though it takes no cases any more: by its name,
    and so that it can be seen."""
    if not code or not code.isprintable() or any(key == code for key, _ in options):
        return options
    name = reading.scalar(select(Unit.name).where(Unit.code == code, Unit.active.is_(False)))
    if name is None:
        return options
    told = [*options, (code, words.word("form.unit_inactive", tongue, name=name))]
    return Named(told, options.read) if isinstance(options, Named) else told


def _leaders(reading: Session, tongue: str) -> Named:
    query = select(Person.username, Person.first_name, Person.pinyin).join(Person.roles)
    query = query.where(Role.name == "leader", Person.active.is_(True))
    return _named(reading.execute(query.order_by(Person.id).limit(MOST)).all(), tongue)


def _named(rows: Sequence[Any], tongue: str) -> Named:
    """Rows of a key, a name and its initials as choices."""
    options = told_apart([(key, name) for key, name, _ in rows], tongue)
    return Named(options, {key: read for key, _, read in rows})


def _colleagues(reading: Session, tongue: str) -> list[Option]:
    """The others of one's unit: one of them may stand in for its head."""
    rows = reading.scalars(colleagues(actor()).order_by(Person.id).limit(MOST))
    return told_apart([(row.username, row.first_name or row.username) for row in rows], tongue)


def _roles(reading: Session, tongue: str) -> list[Option]:
    query = select(Role.name).where(Role.name.not_in(RIGHTS)).order_by(Role.id).limit(MOST)
    return [
        (role, words.value("role", role, tongue)) for role in (*RIGHTS, *reading.scalars(query))
    ]


def _rights(reading: Session, tongue: str) -> list[Option]:
    return [(word, right_title(word, tongue)) for word in sorted(COMPOSABLE, key=_rank)]


def _rank(word: str) -> tuple[int, int]:
    """The order in which rights are offered: verbs as the procedure has them, then scopes, then
    pages."""
    for place, known in enumerate((list(VERBS), list(SCOPE_TITLES), list(PAGES))):
        if word in known:
            return place, known.index(word)
    return len(RIGHTS), 0


def _categories(reading: Session, tongue: str) -> Named:
    """The paths of the categories that may be chosen, each below the one above it."""
    query = select(Category).where(Category.active.is_(True)).order_by(Category.id).limit(MOST)
    rows = list(reading.scalars(query))
    places = {row.id: n for n, row in enumerate(rows)}
    rows.sort(
        key=lambda row: (
            places.get(row.parent_id or row.id, 0),
            row.parent_id is not None,
            row.id,
        )
    )
    return _paths(rows)


def _top_categories(reading: Session, tongue: str) -> Named:
    query = select(Category).where(Category.active.is_(True), Category.parent_id.is_(None))
    return _paths(reading.scalars(query.order_by(Category.id).limit(MOST)).all())


def _paths(rows: Sequence[Category]) -> Named:
    """Categories as choices, found by the initials of their own name and by those of the one
    above."""
    return Named(
        [(carried(row), str(row)) for row in rows],
        {
            carried(row): f"{row.pinyin} {row.parent.pinyin if row.parent else ''}".strip()
            for row in rows
        },
    )


_OFFERED: dict[str, Callable[[Session, str], Sequence[Option]]] = {
    "category": _categories,
    "parent": _top_categories,
    "to_leader": _leaders,
    "substitute": _colleagues,
    "roles": _roles,
    "rights": _rights,
}
"""The name of a field -> what it offers."""


def _rules_now(reading: Session, tongue: str) -> list[Option]:
    """The numbers of the office, each with what counts today."""
    limits = numbers_known(reading, now())
    return [
        (name, _with_now(label, shown("sla_rule", "value", getattr(limits, name)), tongue))
        for name, label in named("rule", tongue)
    ]


def _settings_now(reading: Session, tongue: str) -> list[Option]:
    """The settings, each with the words that count today."""
    return [
        (
            name,
            _with_now(words.value("setting", name, tongue), "" if name == TABLE else said, tongue),
        )
        for name, (said, _) in settings_now(reading, tongue).items()
    ]


def _with_now(label: str, value: str, tongue: str) -> str:
    """A label with what stands now, cut where it is long."""
    told = " ".join(value.split())
    told = told if len(told) <= PRESENT else f"{told[:PRESENT]}…"
    return words.word("form.now_is", tongue, name=label, now=told) if told else label


def _hung_on(reading: Session, tongue: str) -> list[Option]:
    """The fields on which one of the office's own may hang, each with what it is of."""
    found: dict[str, list[str]] = {}
    for subject in SUBJECTS:
        for name in hangs_on(subject):
            found.setdefault(name, []).append(words.value("extra_subject", subject, tongue))
    for one in fields_known().values():
        if one.active and one.kind in ("bool", "choice"):
            found[one.name] = [words.value("extra_subject", one.subject, tongue)]
    return [
        (name, words.aside(words.field(name, tongue), words.listed(of, tongue), tongue))
        for name, of in found.items()
    ]


_PRESENT: dict[tuple[str, str], Callable[[Session, str], Sequence[Option]]] = {
    ("change_rule", "name"): _rules_now,
    ("change_setting", "name"): _settings_now,
    ("propose_field", "only_if"): _hung_on,
}
"""(verb, field) -> what it offers to change, with what stands now."""
