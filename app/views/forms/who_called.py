"""Who called, asked in the form: the same number with another name, or a name though anonymous. A
person answers it; nothing is decided by itself. [procedure 1]"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import func, select

from app import words
from app.models import Caller, Case, ToldAs
from app.rules.callers import ANOTHER, name_key
from app.stages.acceptance import of_number, typed_of
from app.verbs import Verb
from app.views.actor import language, reader
from app.views.forms.form import Ask
from app.views.pages.masking import masked_name, masked_phone

PERSON, STAYS = "caller.person", "stays_anonymous"
"""The fields with which the two questions are answered."""
ANSWERS = (PERSON, STAYS)
ASKING = ("register", "contact", "edit_case")
"""The forms in which a caller is typed."""
MOST = 20
"""How many persons of one number are offered."""


def _said(msgid: str, **facts: object) -> str:
    return words.word(msgid, language(), **facts)


def as_answered(values: Mapping[str, Any], typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, once it was answered whether it stays anonymous."""
    answer = typed.get(STAYS) if anonymous_with_caller(values) else None
    if answer == "y":
        return {name: value for name, value in values.items() if name != "caller"}
    return {**values, "anonymous": False} if answer == "n" else dict(values)


def unanswered(values: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, without an answer to what is not asked."""
    caller = {name: said for name, said in (values.get("caller") or {}).items() if name != "person"}
    return {**values, "caller": caller} if "caller" in values else dict(values)


def anonymous_with_caller(values: Mapping[str, Any]) -> bool:
    """Whether somebody is anonymous, and yet named."""
    caller = values.get("caller") or {}
    return bool(values.get("anonymous") and (caller.get("name") or caller.get("phone")))


def anonymous_or_not(typed: Mapping[str, str]) -> Ask:
    """The choice between the two."""
    options = [("y", _said("question.who.stays")), ("n", _said("question.who.named"))]
    return Ask(STAYS, _said("question.who.anonymous_choice"), options, chosen=typed.get(STAYS, ""))


def _typed(verb: Verb, case: Case | None, values: Mapping[str, Any]) -> tuple[str, str]:
    """The name and the number that are meant: in a correction, what stands but for what is
    given."""
    caller = dict(values.get("caller") or {})
    if verb.name == "edit_case" and caller and case is not None and case.caller is not None:
        caller = {**typed_of(case.caller, case.told_as), **caller}
    return str(caller.get("name", "")), str(caller.get("phone", ""))


def others_of_number(verb: Verb, case: Case | None, values: Mapping[str, Any]) -> Sequence[Caller]:
    """The persons who are on file with the number that was typed, and not with the name: none where
    the name is one of theirs, or where nobody had a name yet. What is to be asked has to be known,
    so no scope narrows it."""
    if verb.name not in ASKING or values.get("anonymous") or not values.get("caller"):
        return ()
    name, phone = _typed(verb, case, values)
    known = _of_number(phone) if phone else ()
    if not known or len(_named_alike(known, name_key(name))) == 1:
        return ()
    corrected = case.caller_id if case is not None and verb.name == "edit_case" else None
    return _with_a_name(known, corrected)


def _with_a_name(callers: Sequence[Caller], but: int | None) -> Sequence[Caller]:
    return [caller for caller in callers if caller.named and caller.id != but]


def _of_number(phone: str) -> Sequence[Caller]:
    """The persons of a number, the newest first."""
    query = (
        select(Caller)
        .where(Caller.id.in_(of_number(reader(), phone)), Caller.number != "")
        .order_by(Caller.id.desc())
        .limit(MOST)
    )
    return reader().scalars(query.execution_options(unscoped=True)).all()


def _named_alike(callers: Sequence[Caller], named: str) -> set[int]:
    """Those of some callers who have a name, on file or as it was typed on a case."""
    alike = {caller.id for caller in callers if caller.named == named}
    if not named:
        return alike
    told = select(ToldAs.caller_id).where(
        ToldAs.caller_id.in_([caller.id for caller in callers]), ToldAs.named == named
    )
    return alike | {*reader().scalars(told.execution_options(unscoped=True))}


def who_of_them(others: Sequence[Caller], typed: Mapping[str, str]) -> Ask:
    """The choice among the persons of a number, covered, each with the newest of their cases; and
    somebody else."""
    newest = select(Case.caller_id, func.max(Case.number)).where(
        Case.caller_id.in_([caller.id for caller in others])
    )
    rows = reader().execute(newest.group_by(Case.caller_id)).all()
    cases = {row[0]: row[1] for row in rows}
    options = [
        (str(caller.id), _said("question.who.same", person=_called(caller, cases.get(caller.id))))
        for caller in others
    ]
    options.append((ANOTHER, _said("question.who.another")))
    label = words.field("same_person", language())
    return Ask(PERSON, label, options, chosen=typed.get(PERSON, ""))


def _called(caller: Caller, case: str | None) -> str:
    name = masked_name(caller.name) or _said("question.who.nameless")
    return " ".join(filter(None, (name, masked_phone(caller.phone), case)))
