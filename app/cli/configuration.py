"""`python -m app config`: an office's configuration is written into a file, and taken in from one: what IT may
change alone is changed, the rest is proposed to who confirms it."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select
from sqlalchemy.orm import Session

import config
from app.database import reading, transaction
from app.models import Category, Person, Unit
from app.models.acceptance import PATH_SIGN
from app.roles import Actor
from app.rules.configuration import SECTIONS, Entry, LineWrong, read, written
from app.rules.extra import PREFIX
from app.rules.refusal import NotAllowed
from app.stages.configured import configured
from app.stages.named import carried
from app.stages.rights import person
from app.verbs import perform
from app.words import SPOKEN, Message, both, said
from jobs.children import clock_of
from jobs.servable import Refused, opened

SHOWN = 120
"""So many signs of a value are shown."""


def take_over(settings: config.Config, given: Namespace) -> int:
    """Export, or import in one transaction: a line that is refused leaves nothing written."""
    sessions, now = opened(settings), clock_of(settings)()
    if given.action == "export":
        with reading(sessions) as session:
            content = written(configured(session, now))
        if given.file is None:
            sys.stdout.write(content.decode())
        else:
            given.file.write_bytes(content)
        return 0
    if given.file is None or not given.by:
        raise Refused(Message("shell.config.what"))
    try:
        entries = read(given.file.read_bytes())
        with transaction(sessions) as session:
            return _taken(session, now, _proposer(session, given.by), entries, given.look)
    except LineWrong as wrong:
        for language in SPOKEN:
            told = said(wrong.no, language)
            print(f"{given.file}:{wrong.line}: {told}", file=sys.stderr)
        return 2


def _proposer(session: Session, username: str) -> Actor:
    """The IT administrator in whose name it is proposed. Raises Refused."""
    row = session.scalars(select(Person).where(Person.username == username)).first()
    if row is None or not row.is_active or "it_admin" not in {role.name for role in row.roles}:
        raise Refused(Message("shell.config.by", {"name": username}))
    return person(row.id, row.first_name, ["it_admin"])


def _taken(
    session: Session, now: datetime, actor: Actor, entries: Sequence[Entry], look: bool
) -> int:
    """Take in what differs from what stands; with `look` it is only said. Raises LineWrong."""
    stands = {_of(section, key): value for section, key, value in configured(session, now)}
    _refuse_unknown_units(session, entries)
    differing = [one for one in entries if stands.get(_of(one.section, one.key)) != one.value]
    hung = {one.key: one.value["when"] for one in entries if one.section == "field"}
    for one in sorted(differing, key=lambda one: _turn(one, hung)):
        before = stands.get(_of(one.section, one.key))
        print(f"{one.section} {one.key}: {str(before)[:SHOWN]} -> {str(one.value)[:SHOWN]}")
        try:
            if not look:
                _TAKE[one.section](session, now, actor, one)
        except NotAllowed as no:
            raise LineWrong(one.line, no) from None
    n = len(differing)
    print(both("shell.config.looked", n=n) if look else both("shell.config.taken", n=n))
    return 0


def _of(section: str, key: Any) -> str:
    return f"{section} {key!r}"


def _turn(one: Entry, hung: Mapping[str, str]) -> tuple[int, int, int]:
    """Categories above before those below them, fields before those that hang on them (`hung`)."""
    below = int(one.section == "category" and bool(one.key[0]))
    if one.section == "field":
        code = one.key
        while hung.get(code, "").startswith(PREFIX) and below <= len(hung):
            code, below = hung[code].removeprefix(PREFIX), below + 1
    return SECTIONS.index(one.section), below, one.line


def _refuse_unknown_units(session: Session, entries: Sequence[Entry]) -> None:
    known = set(session.scalars(select(Unit.code)))
    for one in entries:
        unit = one.value["unit"] if one.section == "category" else None
        if unit is not None and unit not in known:
            raise LineWrong(one.line, NotAllowed("config_no_unit", text=unit[:40]))


def _setting(session: Session, now: datetime, actor: Actor, one: Entry) -> None:
    perform(session, now, actor, "change_setting", name=one.key, value=one.value)


def _rule(session: Session, now: datetime, actor: Actor, one: Entry) -> None:
    perform(session, now, actor, "change_rule", name=one.key, value=one.value)


def _category(session: Session, now: datetime, actor: Actor, one: Entry) -> None:
    above, name = one.key
    rows = {str(row): row for row in session.scalars(select(Category))}
    parent = rows.get(above) if above else None
    if above and (parent is None or parent.parent_id is not None):
        raise NotAllowed("unknown_category")
    at = parent.id if parent is not None else None
    own = next((row for row in rows.values() if (row.parent_id, row.name) == (at, name)), None)
    told: dict[str, Any] = {"name": name, **({"parent": carried(parent)} if parent else {})}
    names = {"unit": "default_unit", "mode": "default_mode", "workdays": "default_workdays"}
    told |= {field: one.value[key] for key, field in names.items() if one.value[key] is not None}
    if own is None:
        own = perform(session, now, actor, "add_category", **told)
        if one.value["active"]:
            return
    perform(session, now, actor, "edit_category", id=own.id, active=one.value["active"], **told)


def _field(session: Session, now: datetime, actor: Actor, one: Entry) -> None:
    path = one.value["category"]
    told = {name: value for name, value in one.value.items() if name != "category"}
    told |= {"unit_word": told.pop("unit"), "only_if": told.pop("when"), "code": one.key}
    if path:
        told["category"] = PATH_SIGN.join(filter(None, path))
    perform(session, now, actor, "propose_field", **told)


def _role(session: Session, now: datetime, actor: Actor, one: Entry) -> None:
    row = session.scalars(select(Role).where(Role.name == one.key)).first()
    if row is None:
        perform(session, now, actor, "add_role", name=one.key, rights=one.value)
    else:
        perform(session, now, actor, "edit_role", id=row.id, rights=one.value)


_TAKE = {"setting": _setting, "rule": _rule, "category": _category, "field": _field, "role": _role}
