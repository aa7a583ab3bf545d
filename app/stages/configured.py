"""What is configured in an office, as a file tells it: no date, no history, no secret, nobody's name."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.models import Category, Unit
from app.roles import ROLES
from app.rules.extra import KEPT
from app.rules.limits import SOURCES, Limits
from app.rules.office import SETTINGS
from app.stages.calendar import numbers_known, settings_known
from app.stages.extras import known
from app.stages.roles import custom_rights

Told = tuple[str, Any, Any]


def configured(session: Session, now: datetime) -> list[Told]:
    """(section, key, value) of all that is in force and not the procedure's own; units by their
    codes."""
    return [
        *_settings(session),
        *_rules(session, now),
        *_categories(session),
        *_fields(session, now),
        *_roles(session),
    ]


def _settings(session: Session) -> Iterator[Told]:
    for name, said in settings_known(session).items():
        if name in SETTINGS and said != SETTINGS[name]:
            yield "setting", name, said


def _rules(session: Session, now: datetime) -> Iterator[Told]:
    limits, usual = numbers_known(session, now), Limits()
    for name in SOURCES:
        value = getattr(limits, name)
        if value != getattr(usual, name):
            yield "rule", name, value


def _categories(session: Session) -> Iterator[Told]:
    codes = {row.id: row.code for row in session.execute(select(Unit.id, Unit.code))}
    for row in session.scalars(select(Category).order_by(Category.id)):
        above = row.parent.name if row.parent is not None else ""
        told = {
            "active": row.active,
            "mode": row.default_mode,
            "unit": codes.get(row.default_unit_id or 0),
            "workdays": row.default_workdays,
        }
        yield "category", [above, row.name], told


def _fields(session: Session, now: datetime) -> Iterator[Told]:
    for one in known(session, now.date()).values():
        if not one.active:
            continue
        above: list[str] | None = None
        if one.category is not None:
            row = session.get_one(Category, one.category)
            above = [row.parent.name if row.parent is not None else "", row.name]
        told = {name: getattr(one, name) for name in KEPT}
        lists = {name: [*told[name]] for name in ("choices", "answers")}
        yield "field", one.code, {**told, **lists, "subject": one.subject, "category": above}


def _roles(session: Session) -> Iterator[Told]:
    query = select(Role.id, Role.name).where(Role.name.not_in(ROLES))
    for row in session.execute(query.order_by(Role.id)).all():
        rights = custom_rights(session, [row.id])
        if rights:
            yield "role", row.name, sorted(rights)
