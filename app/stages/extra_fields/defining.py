"""A field as it is proposed and confirmed: what of a definition can stand."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from app.ledger import lock_office, note_office
from app.models import Category, ExtraField, Setting
from app.roles import Actor
from app.rules.extra import (
    CODE,
    LONGEST_CHOICE,
    MOST_ACTIVE,
    MOST_CHOICES,
    PREFIX,
    Extra,
    cells,
    defined,
    read,
    read_definition,
    several,
)
from app.rules.reading import visible
from app.rules.refusal import NotAllowed
from app.stages.extra_fields.hanging import condition
from app.stages.extras import VERSION, Known, known, version_after
from app.stages.named import category_named
from app.stages.proposals import proposed

_TOO_LONG = {"label": 40, "label_en": 40, "unit_word": 10, "group": 30, "default": 200}


def propose_field(
    session: Session,
    now: datetime,
    actor: Actor,
    code: str,
    subject: str,
    label: str,
    kind: str,
    valid_from: date | None = None,
    off: bool = False,
    reason: str = "",
    **said: Any,
) -> ExtraField:
    """IT proposes a field, another version of it, or to retire it (`off`): from a day on, today where
    none is named."""
    since = valid_from or now.date()
    if since < now.date():
        raise NotAllowed("field_in_the_past")
    one, category = drawn_up(session, now, code, subject, label, kind, off=off, **said)
    row = ExtraField(
        code=one.code,
        subject=one.subject,
        category_id=category,
        label=one.label,
        kind=one.kind,
        definition=defined(one),
        active=not off,
        valid_from=since,
        reason=reason,
        proposed_at=now,
        proposed_by_id=actor.id,
    )
    session.add(row)
    session.flush()
    note_office(session, now, actor, "field.proposed", _told(row))
    return row


def drawn_up(
    session: Session,
    now: datetime,
    code: str,
    subject: str,
    label: str,
    kind: str,
    off: bool = False,
    **said: Any,
) -> tuple[Extra, int | None]:
    """A definition as it was typed, and the id of its category. Raises NotAllowed where it cannot
    stand."""
    ones = known(session, date.max)
    _free(ones, code, subject, kind)
    for name, most in _TOO_LONG.items():
        if len(said.get(name) or (label if name == "label" else "")) > most:
            raise NotAllowed("field_too_long", field=name, most=most)
    category = _category(session, said.get("category"))
    one = Extra(
        code=code,
        subject=subject,
        kind=kind,
        label=label.strip(),
        label_en=(said.get("label_en") or "").strip(),
        unit=(said.get("unit_word") or "").strip() if kind == "number" else "",
        choices=_choices(kind, said.get("choices") or ()),
        required=bool(said.get("required")),
        order=said.get("order") or 0,
        group=(said.get("group") or "").strip(),
        for_units=bool(said.get("for_units")),
        searched=bool(said.get("searched")),
        prints=bool(said.get("prints")),
        active=not off,
        category=category,
    )
    _fits(one)
    beside = known(session, date.max, waiting=True)
    when, answers = condition(beside, one, said.get("only_if") or "", said.get("answers") or ())
    default = _default(one, said.get("default") or "")
    made = replace(one, when=when, answers=answers, default=default)
    if not off:
        _room(ones, made)
    return made, category


def _free(ones: Known, code: str, subject: str, kind: str) -> None:
    """A code stays one field for ever: what stands in it is read by its kind."""
    if not CODE.fullmatch(code):
        raise NotAllowed("field_code_wrong")
    before = ones.get(code)
    if before is not None and (before.subject, before.kind) != (subject, kind):
        raise NotAllowed("field_is_another", label=before.label)


def _room(ones: Known, made: Extra) -> None:
    """NotAllowed where a form would have too many fields, or what hangs on one hangs on it in turn."""
    others = [one for one in ones.values() if one.subject == made.subject and one.active]
    if len([one for one in others if one.code != made.code]) >= MOST_ACTIVE:
        raise NotAllowed("field_too_many", most=MOST_ACTIVE)
    before = ones.get(made.code)
    lost = set(before.choices) - set(made.choices) if before is not None else set()
    for one in others:
        hidden = one.for_units and not made.for_units
        if one.when == made.name and (lost & {*one.answers} or hidden):
            raise NotAllowed("field_hangs_on_it", label=one.label)


def _category(session: Session, named: str | None) -> int | None:
    if not named:
        return None
    found = session.scalars(category_named(named)).first()
    if found is None:
        raise NotAllowed("unknown_category")
    return session.get_one(Category, found).id


def _choices(kind: str, said: Iterable[str]) -> tuple[str, ...]:
    """The words of a choice, each once."""
    if kind not in ("choice", "choices"):
        return ()
    made = tuple(dict.fromkeys(" ".join(word.split()) for word in said if visible(word)))
    if not 2 <= len(made) <= MOST_CHOICES:
        raise NotAllowed("field_choices", most=MOST_CHOICES)
    if any(len(word) > LONGEST_CHOICE for word in made):
        raise NotAllowed("field_too_long", field="choices", most=LONGEST_CHOICE)
    return made


def _fits(one: Extra) -> None:
    """NotAllowed where what a field is and who sees it do not go together."""
    if not visible(one.label):
        raise NotAllowed("field_missing", field="label")
    if one.subject == "reply" and not one.for_units:
        raise NotAllowed("field_of_units")
    if one.kind == "file" and not one.for_units:
        raise NotAllowed("field_file_seen")


def _default(one: Extra, said: str) -> str:
    """What a form begins with, as it is typed; NotAllowed where the field could not take it."""
    if not visible(said):
        return ""
    try:
        words_ = several(said) if one.kind == "choices" else said
        if one.kind == "file" or not cells(one, read(one, words_)):
            raise ValueError
    except (TypeError, ValueError, OverflowError):
        raise NotAllowed("field_wrong", field="default") from None
    return said.strip()


def approve_field(
    session: Session, now: datetime, actor: Actor, accept: bool = True, proposal: int | None = None
) -> ExtraField:
    """The centre head lets a proposed field count, or turns it down. What stands in the forms has not
    moved meanwhile."""
    lock_office(session)
    row: ExtraField = proposed(session, ExtraField, proposal)
    if row.proposed_by_id == actor.id:
        raise NotAllowed("own_proposal")
    if not accept:
        row.refused_at = now
        session.flush()
        note_office(session, now, actor, "field.refused", _told(row))
        return row
    ones = known(session, date.max)
    _free(ones, row.code, row.subject, row.kind)
    _hangs_on_known(ones, row)
    if row.active:
        _room(ones, read_definition(row.definition, row.code, row.subject, True, None, ()))
    row.approved_at, row.approved_by_id = now, actor.id
    setting = session.get(Setting, VERSION) or Setting(name=VERSION, value="")
    setting.value = version_after(setting.value, row)
    session.add(setting)
    session.flush()
    session.info.pop("office", None)
    note_office(session, now, actor, "field.changed", _told(row))
    return row


def _hangs_on_known(ones: Known, row: ExtraField) -> None:
    """NotAllowed where the field that it hangs on is not confirmed, or retired meanwhile."""
    when: str = json.loads(row.definition)["when"]
    if row.active and when.startswith(PREFIX):
        on = ones.get(when.removeprefix(PREFIX))
        if on is None or not on.active:
            raise NotAllowed("field_waits_for_another")
        if not on.for_units and json.loads(row.definition)["for_units"]:
            raise NotAllowed("field_hangs_on_hidden")


def _told(row: ExtraField) -> dict[str, Any]:
    return {
        "field": row.code,
        "of": row.subject,
        "kind": row.kind,
        "active": row.active,
        "from": row.valid_from.isoformat(),
    }
