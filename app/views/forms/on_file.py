"""What a form starts with: what stands on file of a row that is corrected, or what staff drafted.
And whether it still stood so when the form was sent: of two who correct the same row, the second is
told, and overwrites nothing."""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from typing import Any

from flask import abort
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import inspect, select
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict

from app.models import (
    Article,
    Assignment,
    Case,
    Category,
    Person,
    Reply,
    ReportDraft,
    Unit,
    UnitPost,
    Visit,
    VisitRecord,
)
from app.models.columns import facts_of
from app.rules.refusal import NotAllowed
from app.stages.acceptance import typed_of
from app.stages.named import carried
from app.stages.roles import custom_rights
from app.verbs import Verb
from app.views.actor import actor, desk, key_typed, most, reader
from app.views.extras import defaults, own_typed, plain_names
from app.views.forms.drafted import from_draft, of_drafts, typed_as
from app.views.forms.field_looks import STANDARD, STOOD
from app.views.forms.in_force import value_now
from app.views.forms.of_draft import of_draft
from app.views.forms.of_message import OF_MESSAGES, of_message
from app.views.forms.who_changed import who_changed
from app.views.pages.masking import entered_it, masked_caller

CHANGED = "changed_meanwhile"
"""The message id with which the second of two corrections is refused."""
AMENDS = "amend_visit"
OF_CASES = ("edit_case", "reclassify")
ROWS: dict[str, type[Any]] = {
    "edit_article": Article,
    "edit_unit": Unit,
    "edit_post": UnitPost,
    "edit_category": Category,
    "edit_user": Person,
    "edit_role": Role,
    "word_report": ReportDraft,
}
"""verb -> the table of the row that it corrects; the verbs of `OF_CASES` correct their case."""
REPLIES = ("reply", "draft_reply")
"""Verbs whose forms begin with the reply that was refused last."""
Filled = MultiDict[str, str]


def prefilled(verb: Verb, case: Case | None, typed: MultiDict[str, str]) -> Filled:
    """What a form starts with, and what its address adds to it; 404 where it names a row that is
    not there."""
    begins: Filled = MultiDict([*STANDARD.get(verb.name, {}).items(), *defaults(verb)])
    filled = begins | value_now(verb, typed)
    row = corrected(reader(), verb, case, typed)
    if of_drafts(verb) and key_typed(typed.get("draft")) and case is not None:
        filled = from_draft(verb, key_typed(typed["draft"]), case)
    elif row is not None:
        filled = _on_file(reader(), verb, row)
        filled[STOOD] = stand_of(reader(), verb, row)
    elif verb.name in OF_MESSAGES and key_typed(typed.get("message")):
        filled.update(of_message(verb, key_typed(typed["message"])))
    elif verb.name in REPLIES and case is not None:
        filled = _refused(verb, case) or filled
    elif verb.name in ROWS and key_typed(typed.get("id")):
        abort(404)
    for name in typed:
        filled.setlist(name, typed.getlist(name))
    return filled


def corrected(
    session: Session, verb: Verb, case: Case | None, typed: MultiDict[str, str], lock: bool = False
) -> Any:
    """The row that a verb corrects as it is now, or None; `lock`: nobody else changes it until the
    transaction ends."""
    if verb.name == AMENDS:
        return _newest_record(session, case, lock)
    model = Case if verb.name in OF_CASES else ROWS.get(verb.name)
    id = case.id if model is Case and case is not None else key_typed(typed.get("id"))
    if model is None or not 0 < id < most(model):
        return None
    query = (
        select(model)
        .where(inspect(model).primary_key[0] == id)
        .execution_options(populate_existing=True)
    )
    if lock:
        query = query.with_for_update(of=model)
    return session.scalars(query).first()


def _newest_record(session: Session, case: Case | None, lock: bool) -> VisitRecord | None:
    """The newest record of the visits of a case's caller: what a correction starts from."""
    query = (
        select(VisitRecord)
        .join(Visit, Visit.id == VisitRecord.visit_id)
        .order_by(VisitRecord.id.desc())
        .limit(1)
    )
    query = query.where(Visit.caller_case_id == (case.id if case is not None else 0))
    return session.scalars(query.with_for_update(of=VisitRecord) if lock else query).first()


def still_stands(
    session: Session, verb: Verb, case: Case | None, typed: MultiDict[str, str]
) -> None:
    """Raises NotAllowed where a row was changed after its form was opened. The row is locked."""
    if not typed.get(STOOD):
        return
    row = corrected(session, verb, case, typed, lock=True)
    if row is not None and stand_of(session, verb, row) != typed[STOOD]:
        raise NotAllowed("changed_meanwhile", who=who_changed(session, verb, row))


def now_standing(
    verb: Verb, case: Case | None, typed: MultiDict[str, str]
) -> tuple[Filled, dict[str, list[str]]]:
    """What was typed, to be sent again by who has been told that the row is another now, and what
    stands on file where that is another. A field that he left as his form had it takes over what
    stands now: so that sending again wipes nothing that somebody else wrote."""
    row = corrected(reader(), verb, case, typed)
    again: Filled = MultiDict(list(typed.items(multi=True)))
    beside: dict[str, list[str]] = {}
    if row is None:
        return again, beside
    stood, stands = _marks(typed[STOOD]), _marks(stand_of(reader(), verb, row))
    now = _on_file(reader(), verb, row)
    another = stood.get("caller") != stands.get("caller") and not entered_it(row)
    for name in now:
        told, written = now.getlist(name), typed.getlist(name)
        untouched = _mark(name, written) == stood.get(name)
        covered = another and name.startswith("caller.")
        if untouched:
            again.setlist(name, told)
        if covered or (
            stood.get(name) != stands[name] if untouched else _plainly(written) != _plainly(told)
        ):
            beside[name] = told
    again[STOOD] = stand_of(reader(), verb, row)
    return again, beside


def stand_of(session: Session, verb: Verb, row: Any) -> str:
    """What stands on file in the fields of a form, a short mark of each; of the caller, who is
    shown covered, also one as he is."""
    told = _on_file(session, verb, row)
    marks = {name: _mark(name, told.getlist(name)) for name in told}
    if isinstance(row, Case) and row.caller is not None:
        marks["caller"] = _mark("caller", [*typed_of(row.caller, row.told_as).values()])
    return " ".join(f"{name}={mark}" for name, mark in sorted(marks.items()))


def _marks(stood: str) -> dict[str, str]:
    return dict(mark.split("=", 1) for mark in stood.split() if "=" in mark)


def _mark(name: str, values: list[str]) -> str:
    """A mark of what stands in a field, made with a key: else who sees the caller covered would
    find the digits by trying."""
    told = json.dumps([name, *_plainly(values)]).encode()
    return hmac.new(desk().settings.secret_key.encode(), told, "sha256").hexdigest()[:16]


def _plainly(values: list[str]) -> list[str]:
    """What stands in a field, in whatever way a browser ends its lines; nothing chosen is nothing
    written."""
    return sorted(filter(None, ("\n".join(value.splitlines()).strip() for value in values)))


def as_meant(verb: Verb, case: Case | None, values: dict[str, Any]) -> dict[str, Any]:
    """The submitted values, without covered fields of the caller that were left as they were shown, or
    empty."""
    if verb.name != "edit_case" or case is None or "caller" not in values or entered_it(case):
        return values
    shown = masked_caller(case)
    caller = {
        name: text
        for name, text in values["caller"].items()
        if text not in ("", shown.get(name, ""))
    }
    return {**values, "caller": caller}


def _refused(verb: Verb, case: Case) -> Filled:
    """The reply of the unit that waits to be given anew, as it was when it was refused; nothing
    else."""
    waits = select(Assignment.id).where(
        Assignment.case_id == case.id,
        Assignment.unit_id == (actor().unit_id or 0),
        Assignment.state == "reply_refused",
    )
    query = select(Reply).where(Reply.assignment_id.in_(waits), Reply.state == "refused")
    row = reader().scalars(query.order_by(Reply.id.desc()).limit(1)).first()
    return _typed(row, *plain_names(verb), own=verb) if row is not None else MultiDict()


def _on_file(session: Session, verb: Verb, row: Any) -> Filled:
    """The fields of a form as they stand on file."""
    if verb.name in OF_CASES:
        return _of_case(verb, row)
    if verb.name == "edit_role":
        return MultiDict([("rights", right) for right in sorted(custom_rights(session, [row.id]))])
    if verb.name in _OF_ROW:
        return _OF_ROW[verb.name](row)
    without = "reason" if verb.name == AMENDS else "id"
    names = [name for name in plain_names(verb) if name != without]
    return _typed(row, *names, own=verb if verb.name == AMENDS else None)


def _of_unit(unit: Unit) -> Filled:
    superior = unit.superior.code if unit.superior else ""
    return _typed(unit, "code", "name", "active", *facts_of(Unit), superior=superior)


def _of_post(post: UnitPost) -> Filled:
    return _typed(post, "duty", "cadre_authority", "to_on")


def _of_article(article: Article) -> Filled:
    said = ("title", "text", "keywords", "sources", "valid_from", "valid_to", "review_on")
    return _typed(article, *said, category=_chosen(article.category))


def _of_category(category: Category) -> Filled:
    unit = category.default_unit.code if category.default_unit else ""
    above = _chosen(category.parent)
    return _typed(category, "name", "active", parent=above, default_unit=unit)


def _chosen(category: Category | None) -> str:
    """A category as it is chosen in a form; one that is not offered any more by its path."""
    if category is None:
        return ""
    return carried(category) if category.active else str(category)


def _of_user(user: Person) -> Filled:
    filled = _typed(user, "first_name", "active", unit=user.unit.code if user.unit else "")
    filled.setlist("roles", sorted(role.name for role in user.roles))
    return filled


_OF_ROW: dict[str, Callable[[Any], Filled]] = {
    "edit_unit": _of_unit,
    "edit_post": _of_post,
    "edit_category": _of_category,
    "edit_article": _of_article,
    "edit_user": _of_user,
    "word_report": of_draft,
}
"""verb -> what stands on file of the row that it corrects."""
_RECLASSIFIED = ("kind", "urgency", "category", "complained_unit")
"""Fields that stand on file in the form that reclassifies a case."""


def _of_case(verb: Verb, case: Case) -> Filled:
    filled: Filled = MultiDict()
    for name, said in own_typed(verb, case):
        filled.add(name, said)
    for name in plain_names(verb):
        if name == "caller":
            caller = masked_caller(case)
            filled.update({f"caller.{part}": caller.get(part, "") for part in ("name", "phone")})
        elif name == "complained_unit":
            filled[name] = case.complained_unit.code if case.complained_unit else ""
        elif name == "category":
            filled[name] = _chosen(case.category)
        elif hasattr(case, name) and (verb.name == "edit_case" or name in _RECLASSIFIED):
            filled[name] = typed_as(getattr(case, name))
    return filled


def _typed(row: Any, *names: str, own: Verb | None = None, **more: str) -> Filled:
    filled: Filled = MultiDict({**{name: typed_as(getattr(row, name)) for name in names}, **more})
    for name, said in own_typed(own, row) if own is not None else ():
        filled.add(name, said)
    return filled
