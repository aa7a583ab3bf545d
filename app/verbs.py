"""The verb table: every verb of the procedure with its stage function, its fields and its target.

Nothing else calls a stage verb. `perform` refuses a person without the right, cleans what was typed, locks the case,
finds the row and calls the stage; buttons, forms, API and story player are drawn from the same table.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from app.ledger import lock_cases
from app.models import Assignment, Case, Category, Referral, Reminder, Request, Supervision, Unit
from app.roles import DRAFTED, Actor
from app.rules import limits
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING, NoCalendar, beijing, last_day
from app.rules.workflow import OPEN_ASSIGNMENT, STANDING, UNSENT
from app.stages import (
    acceptance,
    accountability,
    allocation,
    handling,
    office,
    redo,
    reminder,
    reporting,
    supervision,
    visit,
)
from app.stages import calendar as calendars

Run = Callable[..., Any]
REPORT_KINDS = ("weekly", "monthly", "quarterly", "yearly")


@dataclass(frozen=True)
class Field:
    """One field of a verb's form: `kind` is text, int, bool, date, moment, choice, unit, units, case, leader, caller,
    names, parts, days, counts or any."""

    name: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Verb:
    """One verb: the stage it belongs to, what it acts on, the function behind it and the fields of its form; `alone`
    where it may also be done without what it acts on."""

    name: str
    stage: str
    target: str
    run: Run
    fields: tuple[Field, ...] = ()
    kind: str = ""
    states: tuple[str, ...] = ()
    alone: bool = False


def _f(name: str, kind: str = "text", *choices: str) -> Field:
    """A field; its name ends in `!` where it is required."""
    return Field(name.rstrip("!"), kind, name.endswith("!"), choices)


def _c(name: str, choices: Sequence[str]) -> Field:
    return Field(name.rstrip("!"), "choice", name.endswith("!"), tuple(choices))


def _caller(values: dict[str, Any]) -> dict[str, Any]:
    """The form's caller as the stage takes him: name and phone."""
    caller = values.pop("caller", None) or {}
    return {**values, "caller_name": str(caller.get("name") or ""), "caller_phone": str(caller.get("phone") or "")}


def _register(session: Session, now: datetime, actor: Actor, **values: Any) -> Case:
    complained = values.pop("complained_unit", None)
    if complained is not None:
        values["complained_unit_id"] = complained.id
    return acceptance.register(session, now, actor, **_category(session, _caller(values)))


def _category(session: Session, values: dict[str, Any]) -> dict[str, Any]:
    """A category is named by its name in forms and stories."""
    name = values.pop("category", None)
    if name is not None:
        found = session.scalars(select(Category.id).where(Category.name == name).limit(1)).first()
        if found is None:
            raise NotAllowed("unknown_category")
        values["category_id"] = found
    return values


def _contact(session: Session, now: datetime, actor: Actor, case: Case | None = None, **values: Any) -> Any:
    return acceptance.contact(session, now, actor, case, **_caller(values))


def _reclassify(session: Session, now: datetime, actor: Actor, case: Case, **values: Any) -> Case:
    return allocation.reclassify(session, now, actor, case, **_category(session, values))


def _submit(session: Session, now: datetime, actor: Actor, case: Case, reason: str) -> Any:
    return allocation.submit(session, now, actor, case, reason)


def _open_supervision(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    unit: Unit | None,
    ground: str | None = None,
    **terms: Any,
) -> Supervision:
    """Open a candidate on a ground (the oldest, where none is named), or by hand with a reason."""
    reason = terms.pop("reason", "")
    rows = supervision.items(session, case, _unit_id(actor, unit), ground)
    waiting = [row for row in rows if row.state == "candidate"]
    if waiting:
        return supervision.open_candidate(session, now, actor, waiting[0], **terms)
    if ground not in (None, "by_hand"):
        raise NotAllowed("not_a_candidate", state=rows[-1].state if rows else "")
    one = _assignment(session, actor, case, unit, None)
    if any(row.state in STANDING and row.assignment_id == one.id for row in rows):
        raise NotAllowed("item_stands")
    return supervision.open_by_hand(session, now, actor, one, reason=reason, **terms)


def _draft_finding(
    session: Session, now: datetime, actor: Actor, item: Supervision, persons: Sequence[str] = (), **values: Any
) -> Supervision:
    """Persons are named by their names; the post is the one held on the date of the fault."""
    due = session.get_one(Assignment, item.assignment_id).due_at
    fault_on = min(last_day(due), now.date())
    posts = [supervision.post_of(session, item.unit_id, person, fault_on).id for person in persons]
    return supervision.draft_finding(session, now, actor, item, post_ids=posts, **values)


def _defer(session: Session, now: datetime, actor: Actor, item: Supervision, **values: Any) -> Supervision:
    days = values.pop("workdays", None) or calendars.office_at(session, now).limits.deferral_workdays
    return supervision.defer(session, now, actor, item, workdays=days, **values)


def _load_calendar(session: Session, now: datetime, actor: Actor, days: Mapping[date, str], **values: Any) -> Any:
    return calendars.load_calendar(session, now, actor, {day: word == "work" for day, word in days.items()}, **values)


def _first_response(session: Session, now: datetime, actor: Actor, one: Assignment, words: str) -> Assignment:
    return handling.first_response(session, now, actor, one, words)


_REASON, _WORDS = _f("reason!"), _f("words!")
_RULING = (_f("accept!", "bool"), _f("words"))
_DUE = (_f("workdays", "int"), _f("due_on", "date"))
_VISIT = (
    _c("method", visit.METHODS), _f("reached", "bool"), _c("truth", visit.TRUTHS), _c("solved", visit.SOLVED),
    _c("satisfied", visit.SATISFIED), _c("why", ("result", "attitude", "timeliness", "other")), _f("words"),
    _f("place"), _f("met"), _f("contacted_by_unit", "bool"), _f("evidence"),
)  # fmt: skip
_VISITED = tuple(Field(one.name, one.kind, one.name in ("method", "reached"), one.choices) for one in _VISIT)
_REGISTER = (
    _c("kind!", limits.KINDS), _f("narrative!"), _c("channel", limits.CHANNELS), _c("urgency", limits.URGENCIES),
    _f("complex", "bool"), _f("anonymous", "bool"), _f("confidential", "bool"), _f("caller", "caller"),
    _f("leader", "leader"), _f("received_at", "moment"), _f("wants_reply", "bool"), _f("category"), _f("place"),
    _f("complained_unit", "unit"), _f("complained_person"), _f("demand"), _f("dangerous", "bool"), _f("paper_form"),
    _f("repeat_check"), _f("suggestion", "bool"),
)  # fmt: skip
_REPLY = (
    _f("opinion"), _f("next_step"), _f("step_on", "date"), _f("public_answer"), _f("contacted", "bool"),
    _f("contacted_at", "moment"), _f("contact_number"), _f("why_not_contacted"), _f("found_true", "bool"),
    _f("beyond_duty", "bool"), _f("solved", "bool"), _f("why_unsolved"), _f("handling"), _f("evidence"),
)  # fmt: skip
_PERIOD = (_c("kind!", REPORT_KINDS), _f("first!", "date"))
_CANDIDATE, _NOTICE = ("candidate",), ("opened", "reissued")

_VERBS = (
    Verb("register", "acceptance", "none", _register, _REGISTER),
    Verb("contact", "acceptance", "case", _contact, (
        _c("kind!", acceptance.CONTACT_KINDS), _c("channel", limits.CHANNELS), _f("words"), _f("caller", "caller"),
        _f("received_at", "moment")), alone=True),
    Verb("merge", "acceptance", "case", acceptance.merge, (_f("into!", "case"),)),
    Verb("split", "acceptance", "case", acceptance.split, (_f("parts!", "parts"),)),
    Verb("refuse", "acceptance", "case", acceptance.refuse, (
        _c("reason!", acceptance.REFUSALS), _f("words!"), _f("re_explained", "bool"))),
    Verb("confirm_refusal", "acceptance", "case", acceptance.confirm_refusal, (_f("accept", "bool"),)),
    Verb("hand_on", "acceptance", "case", acceptance.hand_on, (_c("line!", acceptance.LINES),)),
    Verb("withdraw", "acceptance", "case", acceptance.withdraw, (_REASON,)),
    Verb("screen_suggestion", "acceptance", "case", acceptance.screen_suggestion, (_f("keep!", "bool"), _WORDS)),
    Verb("reveal", "acceptance", "case", acceptance.reveal, (_REASON,)),
    Verb("answer_directly", "allocation", "case", allocation.answer_directly, (_f("answer!"),)),
    Verb("allocate", "allocation", "case", allocation.allocate, (_f("unit!", "unit"), _f("assists", "units"))),
    Verb("submit", "allocation", "case", _submit, (_REASON,)),
    Verb("instruct", "allocation", "case", allocation.instruct, (_f("leader!", "leader"), _f("unit", "unit"))),
    Verb("reclassify", "allocation", "case", _reclassify, (
        _REASON, _c("kind", limits.KINDS), _c("urgency", limits.URGENCIES), _f("confidential", "bool"),
        _f("category"), _f("complex", "bool"), _f("suggestion", "bool"))),
    Verb("recall", "allocation", "case", allocation.recall),
    Verb("reassign", "allocation", "case", allocation.reassign, (_REASON,)),
    Verb("rule_on_return", "allocation", "assignment", allocation.rule_on_return, _RULING, "return"),
    Verb("rule_on_extension", "allocation", "assignment", allocation.rule_on_extension, _RULING, "extension"),
    Verb("rule_on_explanation", "allocation", "assignment", allocation.rule_on_explanation, _RULING, "explanation"),
    Verb("rule_on_interim", "allocation", "assignment", allocation.rule_on_interim, _RULING, "interim"),
    Verb("waive_assist", "allocation", "assignment", allocation.waive_assist, (_REASON,), "assist"),
    Verb("sign_for", "handling", "assignment", handling.sign_for),
    Verb("first_response", "handling", "assignment", _first_response, (_WORDS,)),
    Verb("request_return", "handling", "assignment", handling.request_return, (_REASON,)),
    Verb("request_extension", "handling", "assignment", handling.request_extension, (_f("workdays!", "int"), _REASON)),
    Verb("explain", "handling", "assignment", handling.explain, (
        _WORDS, _f("promised_on!", "date"), _c("category", ("material", "weather", "owner", "funds", "other")))),
    Verb("reply_interim", "handling", "assignment", handling.reply_interim, (
        _f("promised_on!", "date"), _f("opinion"), _f("next_step"))),
    Verb("reply", "handling", "assignment", handling.reply, _REPLY),
    Verb("remind", "reminder", "assignment", reminder.remind),
    Verb("void_reminder", "reminder", "reminder", reminder.void_reminder, (_REASON,)),
    Verb("propose", "supervision", "assignment", supervision.propose, (_REASON,)),
    Verb("open_supervision", "supervision", "room", _open_supervision, (
        _f("ground"), _f("requirement!"), _f("reason"), *_DUE)),
    Verb("decline", "supervision", "item", supervision.decline, (_REASON,), states=_CANDIDATE),
    Verb("defer", "supervision", "item", _defer, (_REASON, _f("workdays", "int")), states=_CANDIDATE),
    Verb("strike_row", "supervision", "item", supervision.strike_row, (_REASON,)),
    Verb("feed_back", "supervision", "item", supervision.feed_back, (_WORDS,), states=_NOTICE),
    Verb("clear", "supervision", "item", supervision.clear, (_f("new_date", "date"),), states=(*_NOTICE, "fed_back")),
    Verb("reissue", "supervision", "item", supervision.reissue, (_f("requirement!"), *_DUE), states=("fed_back",)),
    Verb("draft_finding", "supervision", "item", _draft_finding, (
        _c("finding!", supervision.FINDINGS), _WORDS, _f("persons", "names")), states=("fed_back", *_NOTICE)),
    Verb("confirm_finding", "supervision", "item", supervision.confirm_finding, (
        _f("accept", "bool"), _c("finding", supervision.FINDINGS)), states=("finding",)),
    Verb("record_statement", "supervision", "item", supervision.record_statement, (
        _WORDS, _f("person")), states=("confirmed",)),
    Verb("conclude", "supervision", "item", supervision.conclude, (
        _f("conclusion!"),), states=("heard", "confirmed")),
    Verb("ask_review", "supervision", "item", supervision.ask_review, (_WORDS,), states=("concluded",)),
    Verb("rule_on_review", "supervision", "item", supervision.rule_on_review, _RULING, states=("concluded",)),
    Verb("close_supervision", "supervision", "item", supervision.close_supervision, (
        _c("outcome!", supervision.OUTCOMES),), states=("concluded",)),
    Verb("record_visit", "visit", "case", visit.record_visit, _VISITED),
    Verb("amend_visit", "visit", "case", visit.amend_visit, (_REASON, *_VISIT)),
    Verb("examine", "redo", "assignment", redo.examine, (
        _f("passes!", "bool"), _c("reason", redo.REASONS), _f("words"))),
    Verb("review_responsibility", "redo", "case", redo.review_responsibility, (
        _f("unit_responsible!", "bool"), _f("grounds"), _c("excluded_as", redo.EXCLUDED))),
    Verb("complete_referral", "accountability", "referral", accountability.complete_referral, (
        _f("report!"), _f("proposal!")), states=("drafted",)),
    Verb("review_referral", "accountability", "referral", accountability.review_referral, states=("drafted",)),
    Verb("open_paper", "accountability", "referral", accountability.open_paper, states=("reviewed",)),
    Verb("approve_referral", "accountability", "referral", accountability.approve_referral, (
        _f("leader"), _f("scan"), _f("with_identity", "bool")), states=("reviewed",)),
    Verb("send_back_referral", "accountability", "referral", accountability.send_back_referral, (
        _REASON,), states=("reviewed", "drafted")),
    Verb("seal_referral", "accountability", "referral", accountability.seal_referral, states=("approved",)),
    Verb("send_referral", "accountability", "referral", accountability.send_referral, states=("sealed",)),
    Verb("record_receipt", "accountability", "referral", accountability.record_receipt, states=("sent", "received")),
    Verb("record_outcome", "accountability", "referral", accountability.record_outcome, (
        _c("outcome!", accountability.OUTCOMES), _f("words"), _f("due_on", "date")), states=("received",)),
    Verb("supplement_referral", "accountability", "referral", accountability.supplement_referral, (
        _WORDS,), states=("received", "sent")),
    Verb("abandon_referral", "accountability", "referral", accountability.abandon_referral, (_REASON,), states=UNSENT),
    Verb("issue_report", "reporting", "none", reporting.issue_report, (*_PERIOD, _f("leaks", "counts"))),
    Verb("reissue_report", "reporting", "none", reporting.reissue_report, (*_PERIOD, _REASON, _f("leaks", "counts"))),
    Verb("load_calendar", "calendar", "none", _load_calendar, (_f("days!", "days"), _f("reason"))),
    Verb("approve_calendar", "calendar", "none", calendars.approve_calendar, (_f("accept", "bool"),)),
    Verb("change_rule", "calendar", "none", calendars.change_rule, (
        _f("name!"), _f("value!", "any"), _f("valid_from", "date"), _f("reason"))),
    Verb("approve_rule", "calendar", "none", calendars.approve_rule, (_f("accept", "bool"),)),
    Verb("succeed_unit", "office", "none", office.succeed_unit, (_f("unit!", "unit"), _f("successor!", "unit"))),
)  # fmt: skip


def _drafting(name: str, head: Verb) -> Verb:
    """The verb with which staff drafts what the head files with `head`: the same fields."""

    def run(session: Session, now: datetime, actor: Actor, one: Assignment, **values: Any) -> Any:
        return handling.draft(session, now, actor, one, head.name, values)

    return Verb(name, "handling", "assignment", run, head.fields)


VERBS: dict[str, Verb] = {verb.name: verb for verb in _VERBS}
VERBS |= {name: _drafting(name, VERBS[head]) for name, head in DRAFTED.items()}


_LONGEST = {
    "place": 200, "met": 80, "complained_person": 80, "paper_form": 40, "contact_number": 40, "scan": 200,
    "document": 80, "name": 80, "phone": 40, "ground": 40, "leader": 80,
}  # fmt: skip
"""field -> how many characters its column takes."""
_YEARS = range(1949, 2200)
"""The years that a date may lie in: beyond them a clock cannot be worked out."""
_WORDS_OF_A_LEADER = ("level", "name", "text", "document", "scan")


def _text(value: Any) -> str:
    """Text that both databases can keep: no NUL, no half of a pair. A whole number is taken as its digits."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    if not isinstance(value, str) or "\0" in value:
        raise ValueError
    value.encode()
    return value


def _fitting(name: str, value: Any) -> str:
    """Text no longer than its column."""
    words, most = _text(value), _LONGEST.get(name)
    if most is not None and len(words) > most:
        raise NotAllowed("field_too_long", field=name, most=most)
    return words


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError
    return value


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError
    return value


def _day(value: Any) -> date:
    if isinstance(value, datetime):
        raise ValueError
    day = value if isinstance(value, date) else date.fromisoformat(_text(value))
    if day.year not in _YEARS:
        raise ValueError
    return day


def _moment(value: Any) -> datetime:
    """A moment on Beijing's clock; one without a zone is meant so."""
    moment = value if isinstance(value, datetime) else datetime.fromisoformat(_text(value))
    if moment.year not in _YEARS:
        raise ValueError
    return moment.astimezone(BEIJING) if moment.tzinfo else moment.replace(tzinfo=BEIJING)


def _mapping(value: Any, *known: str) -> dict[str, Any]:
    if not isinstance(value, Mapping) or not set(value) <= set(known):
        raise ValueError
    return dict(value)


def _leader(value: Any) -> dict[str, Any]:
    leader = _mapping(value, *_WORDS_OF_A_LEADER, "due_on", "date")
    return {
        name: _day(one) if name in ("due_on", "date") else _fitting(name, one)
        for name, one in leader.items() if one is not None
    }  # fmt: skip


def _person(value: Any) -> dict[str, Any]:
    return {name: _fitting(name, one) for name, one in _mapping(value, "name", "phone").items()}


def _part(value: Any) -> dict[str, Any]:
    return {name: _text(one) for name, one in _mapping(value, "kind", "narrative").items()}


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list | tuple):
        raise ValueError
    return list(value)


def _days(value: Any) -> dict[date, str]:
    if not isinstance(value, Mapping):
        raise ValueError
    days = {_day(day): word for day, word in value.items()}
    if any(word not in ("work", "rest") for word in days.values()):
        raise ValueError
    return days


def _counts(value: Any) -> dict[str, int]:
    if not isinstance(value, Mapping):
        raise ValueError
    return {_text(name): _whole(n) for name, n in value.items()}


_CLEAN: dict[str, Callable[[Any], Any]] = {
    "int": _whole, "bool": _truth, "date": _day, "moment": _moment, "choice": _text, "leader": _leader,
    "caller": _person, "days": _days, "counts": _counts, "any": lambda value: value, "units": _list,
    "names": lambda value: [_text(one) for one in _list(value)],
    "parts": lambda value: [_part(one) for one in _list(value)],
}  # fmt: skip


def _unit(session: Session, code: Any) -> Unit:
    if isinstance(code, Unit):
        return code
    try:
        found = session.scalars(select(Unit).where(Unit.code == _text(code))).first()
    except ValueError:
        found = None
    if found is None:
        raise NotAllowed("unknown_unit", unit=str(code))
    return found


def _cleaned(session: Session, verb: Verb, values: Mapping[str, Any]) -> dict[str, Any]:
    """What was typed, checked against the verb's fields: unknown, missing and wrong ones are refused by name."""
    known = {one.name: one for one in verb.fields}
    for name in values:
        if name not in known:
            raise NotAllowed("unknown_field", field=name)
    clean: dict[str, Any] = {}
    for name, one in known.items():
        value = values.get(name)
        if value is None:
            if one.required:
                raise NotAllowed("field_missing", field=name)
            continue
        clean[name] = _value(session, one, value)
    return clean


def _value(session: Session, one: Field, value: Any) -> Any:
    if one.kind == "unit":
        return _unit(session, value)
    if one.kind == "case":
        return _case(session, value)
    try:
        clean = _fitting(one.name, value) if one.kind == "text" else _CLEAN[one.kind](value)
    except (TypeError, ValueError, OverflowError):
        raise NotAllowed("field_wrong", field=one.name) from None
    if one.kind == "choice" and clean not in one.choices:
        raise NotAllowed("field_wrong", field=one.name)
    return [_unit(session, code) for code in clean] if one.kind == "units" else clean


def _id(value: Any) -> int | None:
    """A row's id as both databases can look it up, or None where it can be nobody's."""
    known = isinstance(value, int) and not isinstance(value, bool) and 0 < value < 2**62
    return value if known else None


def _case(session: Session, id: Any) -> Case:
    found = session.get(Case, id) if _id(id) else None
    if found is None:
        raise NotAllowed("not_found")
    return found


def _lock(session: Session, id: int, values: Mapping[str, Any]) -> Case:
    """Lock a case with those it is merged with, and read it as it is now."""
    case = _case(session, id)
    ids = {case.id, case.merged_into_id or case.id}
    other = values.get("into")
    if isinstance(other, Case):
        ids.add(other.id)
    query = select(Case.id).where(or_(Case.merged_into_id.in_(ids), Case.id.in_(ids)))
    lock_cases(session, session.scalars(query).all())
    query_all = select(Case).where(Case.id.in_(ids)).execution_options(populate_existing=True, unscoped=True)
    session.scalars(query_all).all()
    return case


def _unit_id(actor: Actor, unit: Unit | None) -> int | None:
    """The unit meant: a unit's people mean their own, whatever they name."""
    if actor.unit_id is None:
        return unit.id if unit else None
    if unit is not None and unit.id != actor.unit_id:
        raise NotAllowed("not_found")
    return actor.unit_id


def _assignment(session: Session, actor: Actor, case: Case, unit: Unit | None, verb: Verb | None) -> Assignment:
    """The assignment meant: the unit's own, the named unit's, the one the verb can be about, or the lead's."""
    unit_id = _unit_id(actor, unit)
    if unit_id is not None:
        return handling.held_by(session, case, unit_id)
    if verb is not None and verb.target == "assignment" and verb.kind:
        query = select(Assignment).where(Assignment.case_id == case.id)
        if verb.kind == "assist":
            query = query.where(Assignment.role == "assist", Assignment.state.in_(OPEN_ASSIGNMENT))
        else:
            pending = select(Request.assignment_id).where(Request.kind == verb.kind, Request.state == "pending")
            query = query.where(Assignment.id.in_(pending))
        row = session.scalars(query.order_by(Assignment.id).limit(1)).first()
        if row is not None:
            return row
    return allocation.lead_assignment(session, case)


def _reminder(session: Session, actor: Actor, case: Case, unit: Unit | None) -> Reminder:
    one = _assignment(session, actor, case, unit, None)
    query = select(Reminder).where(Reminder.assignment_id == one.id).order_by(Reminder.id.desc())
    row = session.scalars(query.limit(1)).first()
    if row is None:
        raise NotAllowed("no_reminder")
    return row


def _item(
    session: Session, actor: Actor, case: Case, unit: Unit | None, ground: str | None, states: Sequence[str]
) -> Supervision:
    """The item meant: the first in a state that the verb is about, else the newest that stands, else the newest."""
    rows = supervision.items(session, case, _unit_id(actor, unit), ground)
    for wanted in (states, STANDING):
        fitting = [row for row in rows if row.state in wanted]
        if fitting:
            return fitting[0]
    if not rows:
        raise NotAllowed("not_found")
    return rows[-1]


def _referral(session: Session, actor: Actor, case: Case, unit: Unit | None, states: Sequence[str]) -> Referral:
    """The referral meant: the first in a state that the verb is about, in the order of the states, or the newest."""
    rows = accountability.referrals(session, case.id, _unit_id(actor, unit))
    if not rows:
        raise NotAllowed("not_found")
    return next((row for wanted in states for row in rows if row.state == wanted), rows[-1])


def _target(
    session: Session, actor: Actor, verb: Verb, case: Case, unit: Unit | None, ground: str | None
) -> Any:
    if verb.target == "assignment":
        return _assignment(session, actor, case, unit, verb)
    if verb.target == "reminder":
        return _reminder(session, actor, case, unit)
    if verb.target == "item":
        return _item(session, actor, case, unit, ground, verb.states)
    if verb.target == "referral":
        return _referral(session, actor, case, unit, verb.states)
    return case


def perform(
    session: Session,
    now: datetime,
    actor: Actor,
    name: str,
    /,
    case: int | None = None,
    unit: Any = None,
    ground: str | None = None,
    draft: int | None = None,
    **values: Any,
) -> Any:
    """Do a verb as an actor: what the stage returns. Raises NotAllowed with a message id, and nothing is written.

    `case` is a case's id; `unit` a unit's code where a case has several; `ground` where several candidates stand;
    `draft` a draft that the unit's head approves."""
    verb = VERBS.get(name)
    if verb is None:
        raise NotAllowed("unknown_verb", verb=name)
    if name not in actor.rights:
        raise NotAllowed("no_right", verb=name)
    for day in _named_days(verb, values):
        calendars.reach(session, beijing(now), day)
    try:
        return _perform(session, beijing(now), actor, verb, case, unit, ground, draft, values)
    except NoCalendar as beyond:
        last = calendars.office_at(session, beijing(now)).calendar.last
        raise NotAllowed("day_outside_calendar", day=str(beyond), last=last.isoformat()) from None


def _named_days(verb: Verb, values: Mapping[str, Any]) -> list[date]:
    """The dates that a person named for a clock to end on: the table of days must reach them."""
    dated = [one.name for one in verb.fields if one.kind == "date" and one.name not in ("first", "valid_from")]
    days = [values.get(name) for name in dated]
    leader = values.get("leader")
    if isinstance(leader, Mapping):
        days.append(leader.get("due_on"))
    return [day for day in map(_maybe_day, days) if day is not None]


def _maybe_day(value: Any) -> date | None:
    """A date, where that is what was typed; what is wrong with it is said when the field is cleaned."""
    try:
        return None if value is None else _day(value)
    except (TypeError, ValueError):
        return None


def _perform(
    session: Session,
    now: datetime,
    actor: Actor,
    verb: Verb,
    case: int | None,
    unit: Any,
    ground: str | None,
    draft: int | None,
    values: dict[str, Any],
) -> Any:
    taken = {one.name for one in verb.fields}
    meant = _unit(session, unit) if unit is not None else None
    if "unit" in taken and unit is not None:
        values, meant = {**values, "unit": meant}, None
    if ground is not None:
        ground = _value(session, Field("ground"), ground)
        values = {**values, "ground": ground} if "ground" in taken else values
    if verb.target == "none" or (verb.alone and case is None):
        return verb.run(session, now, actor, **_cleaned(session, verb, values))
    if case is None:
        raise NotAllowed("field_missing", field="case")
    pending = _cleaned(session, verb, values) if draft is None else dict(values)
    locked = _lock(session, case, pending)
    target = _target(session, actor, verb, locked, meant, ground)
    if draft is not None:
        pending = _from_draft(session, now, locked, actor, verb, draft, values)
    if verb.target == "room":
        return verb.run(session, now, actor, locked, meant, **pending)
    return verb.run(session, now, actor, target, **pending)


def _from_draft(
    session: Session, now: datetime, case: Case, actor: Actor, verb: Verb, draft: int, values: Mapping[str, Any]
) -> dict[str, Any]:
    """The fields of a draft, with what the head changed in them."""
    if verb.name not in DRAFTED.values() or actor.unit_id is None:
        raise NotAllowed("not_drafted", verb=verb.name)
    if _id(draft) is None:
        raise NotAllowed("not_found")
    one = handling.held_by(session, case, actor.unit_id)
    row = handling.use_draft(session, now, one, verb.name, draft)
    fields = _cleaned(session, verb, {**json.loads(row.fields), **values})
    return {**fields, "drafted_by": row.drafted_by_id}


def possible(actor: Actor) -> list[Verb]:
    """The verbs that an actor has a right to, in the order of the procedure."""
    return [verb for verb in VERBS.values() if verb.name in actor.rights]
