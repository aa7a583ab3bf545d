"""The one table of verbs, and how a form's fields become a stage function's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.models import Assignment, Case, Referral, Supervision, Unit, VisitRecord
from app.models.columns import facts_of
from app.roles import DRAFTED, Actor
from app.rules import files as filing
from app.rules import limits
from app.rules.office import SETTINGS
from app.rules.refusal import NotAllowed
from app.rules.workflow import LIVE, STANDING, UNSENT
from app.stages import (
    acceptance,
    accountability,
    allocation,
    changes,
    delivery,
    directory,
    files,
    handling,
    loading,
    office,
    people,
    redo,
    reminder,
    reporting,
    supervision,
    visit,
)
from app.stages import calendar as calendars
from app.verbs.form import Field, Verb, of_column
from app.verbs.form import choice as _c
from app.verbs.form import field as _f
from app.verbs.targets import assignment_of, referral_meant, unit_id_of
from app.verbs.typed import id_of


def _facts(model: type[Any]) -> tuple[Field, ...]:
    """The fields of the columns of a table that are marked as facts."""
    return tuple(of_column(column) for column in facts_of(model).values())


REPORT_KINDS = ("weekly", "monthly", "quarterly", "yearly")


def _caller(values: dict[str, Any]) -> dict[str, Any]:
    """The form's caller as the stage takes him: name and phone, and which person of the number he
    is."""
    caller = values.pop("caller", None) or {}
    named = {"caller_name": "name", "caller_phone": "phone", "same_person": "person"}
    return {**values, **{name: str(caller.get(part) or "") for name, part in named.items()}}


def _register(session: Session, now: datetime, actor: Actor, **values: Any) -> Case:
    complained = values.pop("complained_unit", None)
    if complained is not None:
        values["complained_unit_id"] = complained.id
    name = values.pop("category", None)
    if name:
        values["category"] = _category_named(name)
    return acceptance.register(session, now, actor, **_caller(values))


def _category_named(named: str) -> Select[int]:
    """A query for the id of the category that a form or a story names: by its path, by its name
    where only one has it, or by its id."""
    return directory.category_named(named)


def _category(session: Session, values: dict[str, Any]) -> dict[str, Any]:
    """A category is named by its path in forms and stories."""
    name = values.pop("category", None)
    if name == "":
        values["category_id"] = None
    elif name is not None:
        found = session.scalars(_category_named(name)).first()
        if found is None:
            raise NotAllowed("unknown_category")
        values["category_id"] = found
    return values


def _contact(
    session: Session, now: datetime, actor: Actor, case: Case | None = None, **values: Any
) -> Any:
    return acceptance.contact(session, now, actor, case, **_caller(values))


def _reclassify(session: Session, now: datetime, actor: Actor, case: Case, **values: Any) -> Case:
    return allocation.reclassify(session, now, actor, case, **_category(session, values))


def _edit_case(session: Session, now: datetime, actor: Actor, case: Case, **values: Any) -> Case:
    if "complained_unit" in values:
        complained = values.pop("complained_unit")
        values["complained_unit_id"] = complained.id if complained is not None else None
    caller = dict(values.pop("caller", None) or {})
    person = str(caller.pop("person", ""))
    return acceptance.edit_case(
        session, now, actor, case, caller=caller, same_person=person, **_category(session, values)
    )


def _open_supervision(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    unit: Unit | None,
    ground: str | None = None,
    item: int | None = None,
    **terms: Any,
) -> Supervision:
    """Open a candidate on a ground (the only one, where none is named), or by hand with a
    reason."""
    reason = terms.pop("reason", "")
    rows = supervision.items(session, case, unit_id_of(actor, unit), ground)
    if item is not None:
        rows = [row for row in rows if row.id == id_of(item)]
    waiting = [row for row in rows if row.state == "candidate"]
    if len(waiting) > 1:
        raise NotAllowed("name_one", n=len(waiting))
    if waiting:
        return supervision.open_candidate(session, now, actor, waiting[0], **terms)
    if ground not in (None, "by_hand") or item is not None:
        raise NotAllowed("not_a_candidate", state=rows[-1].state if rows else "")
    one = _supervised(session, actor, case, unit)
    if any(row.state in STANDING and row.assignment_id == one.id for row in rows):
        raise NotAllowed("item_stands")
    return supervision.open_by_hand(session, now, actor, one, reason=reason, **terms)


def _supervised(session: Session, actor: Actor, case: Case, unit: Unit | None) -> Assignment:
    """The assignment on which an item is opened by hand: the named unit's, else the lead's where no
    other unit works on the case."""
    if unit is None:
        query = select(Assignment.unit_id).where(
            Assignment.case_id == case.id, Assignment.state.in_(LIVE)
        )
        units = set(session.scalars(query))
        if len(units) > 1:
            raise NotAllowed("name_one", n=len(units))
    return assignment_of(session, actor, case, unit, None)


def _draft_finding(
    session: Session,
    now: datetime,
    actor: Actor,
    item: Supervision,
    persons: Sequence[str] = (),
    **values: Any,
) -> Supervision:
    """Persons are told by the ids of their posts, or by names that mean one; the post is held on
    the date of the fault."""
    on = supervision.fault_on(session.get_one(Assignment, item.assignment_id), now.date())
    posts = [supervision.post_of(session, item.unit_id, person, on).id for person in persons]
    return supervision.draft_finding(session, now, actor, item, post_ids=posts, **values)


def _defer(
    session: Session, now: datetime, actor: Actor, item: Supervision, **values: Any
) -> Supervision:
    case = session.get_one(Case, item.case_id)
    kept = calendars.office_at(session, now).kept(case.allocated_at)
    days = values.pop("workdays", None) or kept.deferral_workdays
    return supervision.defer(session, now, actor, item, workdays=days, **values)


def _load_calendar(
    session: Session, now: datetime, actor: Actor, days: Mapping[date, str], **values: Any
) -> Any:
    return loading.load_calendar(
        session, now, actor, {day: word == "work" for day, word in days.items()}, **values
    )


def _first_response(
    session: Session, now: datetime, actor: Actor, one: Assignment, words: str
) -> Assignment:
    return handling.first_response(session, now, actor, one, words)


def _to_read(
    session: Session, actor: Actor, case: Case, unit: Unit | None, item: int | None
) -> Referral:
    """The referral whose paper is meant: the one that waits for its approval, else the only one."""
    found = referral_meant(session, actor, case, unit, ("reviewed",), item)
    others = accountability.referrals(session, case.id, unit_id_of(actor, unit))
    if found.state != "reviewed" and item is None and len(others) > 1:
        raise NotAllowed("name_one", n=len(others))
    return found


def _open_paper(
    session: Session,
    now: datetime,
    actor: Actor,
    case: Case,
    unit: Unit | None,
    paper: str = "referral",
    referral: int | None = None,
    notice: int | None = None,
    item: int | None = None,
) -> Any:
    """Open a paper of a case: one that went to a unit, or a referral's - of the row or the item
    that is named, else of the one meant."""
    if paper != "referral":
        return delivery.open_notice(
            session, now, actor, case, paper, unit_id_of(actor, unit), notice
        )
    if referral is not None:
        return accountability.open_paper(
            session, now, actor, accountability.referral_of(session, case.id, referral)
        )
    return accountability.open_paper(
        session, now, actor, _to_read(session, actor, case, unit, item)
    )


_REASON, _WORDS = _f("reason!"), _f("words!")
_ACCEPT = _f("accept!", "bool")
_RULING = (_ACCEPT, _f("words"))
_DUE = (_f("workdays", "int"), _f("due_on", "date"))
_VISIT: tuple[Field, ...] = (
    _c("method", visit.METHODS),
    _f("reached", "bool"),
    _c("truth", visit.TRUTHS),
    _c("solved", visit.SOLVED),
    _c("satisfied", visit.SATISFIED),
    _c("why", ("result", "attitude", "timeliness", "other")),
    _f("words"),
    _f("place"),
    _f("met"),
    _f("contacted_by_unit", "bool"),
    _f("evidence"),
)
_VISIT += _facts(VisitRecord)
_VISITED = tuple(replace(one, required=one.name in ("method", "reached")) for one in _VISIT)
_REGISTER: tuple[Field, ...] = (
    _c("kind!", limits.KINDS),
    _f("narrative!"),
    _c("channel", limits.CHANNELS),
    _c("urgency", limits.URGENCIES),
    _f("complex", "bool"),
    _f("anonymous", "bool"),
    _f("confidential", "bool"),
    _f("caller", "caller"),
    _f("leader", "leader"),
    _f("received_at", "moment"),
    _f("wants_reply", "bool"),
    _f("category"),
    _f("place"),
    _f("complained_unit", "unit"),
    _f("complained_person"),
    _f("demand"),
    _f("dangerous", "bool"),
    _f("paper_form"),
    _f("repeat_check"),
    _f("suggestion", "bool"),
)
_REGISTER += _facts(Case)
_EDIT = tuple(
    replace(one, required=False, clears=one.kind in ("text", "unit", "caller"))
    for one in _REGISTER
    if f"{one.name}_id" in acceptance.FACTS
    or one.name in acceptance.FACTS
    or one.name in facts_of(Case)
)
_UNIT = (_f("code!"), _f("name!", most=120), _f("superior", "unit"), *_facts(Unit))
_CORRECTED = tuple(
    replace(one, clears=one.name in facts_of(Unit) and one.kind == "text") for one in _UNIT
)
_CATEGORY = (_f("name!"), _f("parent"))
_TERM = (_f("duty"), _f("cadre_authority"), _f("to_on", "date"))
_ACCOUNT = (_f("first_name!"), _f("roles!", "names"), _f("unit", "unit"))
_ROW = _f("id!", "int")
_REPLY = (
    _f("opinion"),
    _f("next_step"),
    _f("step_on", "date"),
    _f("public_answer"),
    _f("contacted", "bool"),
    _f("contacted_at", "moment"),
    _f("contact_number"),
    _f("why_not_contacted"),
    _f("found_true", "bool"),
    _f("beyond_duty", "bool"),
    _f("solved", "bool"),
    _f("why_unsolved"),
    _f("handling"),
    _f("evidence"),
)
_PERIOD = (_c("kind!", REPORT_KINDS), _f("first!", "date"))
_CANDIDATE, _NOTICE = ("candidate",), ("opened", "reissued")

_VERBS = (
    Verb("register", "acceptance", "none", _register, _REGISTER),
    Verb("edit_case", "acceptance", "case", _edit_case, _EDIT),
    Verb(
        "contact",
        "acceptance",
        "case",
        _contact,
        (
            _c("kind!", acceptance.CONTACT_KINDS),
            _c("channel", limits.CHANNELS),
            _f("words"),
            _f("caller", "caller"),
            _f("received_at", "moment"),
        ),
        alone=True,
    ),
    Verb("merge", "acceptance", "case", acceptance.merge, (_f("into!", "case"),)),
    Verb("split", "acceptance", "case", acceptance.split, (_f("parts!", "parts"),)),
    Verb(
        "refuse",
        "acceptance",
        "case",
        acceptance.refuse,
        (_c("reason!", acceptance.REFUSALS), _f("words!"), _f("re_explained", "bool")),
    ),
    Verb("confirm_refusal", "acceptance", "case", acceptance.confirm_refusal, (_ACCEPT,)),
    Verb("hand_on", "acceptance", "case", acceptance.hand_on, (_c("line!", acceptance.LINES),)),
    Verb("withdraw", "acceptance", "case", acceptance.withdraw, (_REASON,)),
    Verb(
        "screen_suggestion",
        "acceptance",
        "case",
        acceptance.screen_suggestion,
        (_f("keep!", "bool"), _WORDS),
    ),
    Verb("comment_suggestion", "acceptance", "case", acceptance.comment_suggestion, (_WORDS,)),
    Verb(
        "attach",
        "acceptance",
        "case",
        files.attach,
        (
            _c("kind!", filing.KINDS),
            _f("name!", most=filing.MOST_CHARACTERS),
            _f("sha256!"),
            _f("size!", "int"),
            _f("media_type!"),
            _f("referral", "id"),
        ),
    ),
    Verb("open_file", "acceptance", "case", files.open_file, (_f("file!", "id"),)),
    Verb(
        "reveal",
        "acceptance",
        "case",
        acceptance.reveal,
        (_c("purpose!", acceptance.PURPOSES), _f("reason")),
    ),
    Verb(
        "cover", "acceptance", "case", acceptance.cover, (_f("more", "names"), _f("less", "names"))
    ),
    Verb("answer_directly", "allocation", "case", allocation.answer_directly, (_f("answer!"),)),
    Verb(
        "allocate",
        "allocation",
        "case",
        allocation.allocate,
        (_f("unit!", "unit"), _f("assists", "units")),
    ),
    Verb("submit", "allocation", "case", allocation.submit, (_REASON, _f("to_leader"))),
    Verb(
        "instruct",
        "allocation",
        "case",
        allocation.instruct,
        (_f("leader!", "leader"), _f("unit", "unit")),
    ),
    Verb(
        "reclassify",
        "allocation",
        "case",
        _reclassify,
        (
            _REASON,
            _c("kind", limits.KINDS),
            _c("urgency", limits.URGENCIES),
            _f("confidential", "bool"),
            _f("category"),
            _f("complex", "bool"),
            _f("dangerous", "bool"),
            _f("suggestion", "bool"),
        ),
    ),
    Verb("confirm_lifting", "allocation", "case", allocation.confirm_lifting, _RULING),
    Verb("recall", "allocation", "case", allocation.recall),
    Verb("reassign", "allocation", "case", allocation.reassign, (_REASON,)),
    Verb(
        "rule_on_return", "allocation", "assignment", allocation.rule_on_return, _RULING, "return"
    ),
    Verb(
        "rule_on_extension",
        "allocation",
        "assignment",
        allocation.rule_on_extension,
        _RULING,
        "extension",
    ),
    Verb(
        "rule_on_explanation",
        "allocation",
        "assignment",
        allocation.rule_on_explanation,
        _RULING,
        "explanation",
    ),
    Verb(
        "rule_on_interim",
        "allocation",
        "assignment",
        allocation.rule_on_interim,
        _RULING,
        "interim",
    ),
    Verb("waive_assist", "allocation", "assignment", allocation.waive_assist, (_REASON,), "assist"),
    Verb("sign_for", "handling", "assignment", handling.sign_for),
    Verb("first_response", "handling", "assignment", _first_response, (_WORDS,)),
    Verb("request_return", "handling", "assignment", handling.request_return, (_REASON,)),
    Verb(
        "request_extension",
        "handling",
        "assignment",
        handling.request_extension,
        (_f("workdays!", "int"), _REASON),
    ),
    Verb(
        "explain",
        "handling",
        "assignment",
        handling.explain,
        (
            _WORDS,
            _f("promised_on!", "date"),
            _c("category", ("material", "weather", "owner", "funds", "other")),
        ),
    ),
    Verb(
        "reply_interim",
        "handling",
        "assignment",
        handling.reply_interim,
        (_f("promised_on!", "date"), _f("opinion"), _f("next_step")),
    ),
    Verb("reply", "handling", "assignment", handling.reply, _REPLY),
    Verb("remind", "reminder", "assignment", reminder.remind),
    Verb("void_reminder", "reminder", "reminder", reminder.void_reminder, (_REASON,)),
    Verb("propose", "supervision", "assignment", supervision.propose, (_REASON,)),
    Verb(
        "open_supervision",
        "supervision",
        "room",
        _open_supervision,
        (_f("ground"), _f("requirement!"), _f("reason"), *_DUE),
    ),
    Verb("decline", "supervision", "item", supervision.decline, (_REASON,), states=_CANDIDATE),
    Verb(
        "defer", "supervision", "item", _defer, (_REASON, _f("workdays", "int")), states=_CANDIDATE
    ),
    Verb("strike_row", "supervision", "item", supervision.strike_row, (_REASON,)),
    Verb("feed_back", "supervision", "item", supervision.feed_back, (_WORDS,), states=_NOTICE),
    Verb(
        "clear",
        "supervision",
        "item",
        supervision.clear,
        (_f("new_date", "date"),),
        states=(*_NOTICE, "fed_back"),
    ),
    Verb(
        "reissue",
        "supervision",
        "item",
        supervision.reissue,
        (_f("requirement!"), *_DUE),
        states=("fed_back",),
    ),
    Verb(
        "draft_finding",
        "supervision",
        "item",
        _draft_finding,
        (_c("finding!", supervision.FINDINGS), _WORDS, _f("persons", "names")),
        states=("fed_back", *_NOTICE),
    ),
    Verb(
        "confirm_finding",
        "supervision",
        "item",
        supervision.confirm_finding,
        (_ACCEPT, _c("finding", supervision.FINDINGS)),
        states=("finding",),
    ),
    Verb(
        "record_statement",
        "supervision",
        "item",
        supervision.record_statement,
        (_WORDS, _f("person")),
        states=("confirmed",),
    ),
    Verb(
        "conclude",
        "supervision",
        "item",
        supervision.conclude,
        (_f("conclusion!"),),
        states=("heard", "confirmed"),
    ),
    Verb(
        "ask_review",
        "supervision",
        "item",
        supervision.ask_review,
        (_WORDS,),
        states=("concluded",),
        ended=("closed",),
    ),
    Verb(
        "rule_on_review",
        "supervision",
        "item",
        supervision.rule_on_review,
        _RULING,
        states=("concluded",),
        ended=("closed",),
    ),
    Verb(
        "close_supervision",
        "supervision",
        "item",
        supervision.close_supervision,
        (_c("outcome!", supervision.OUTCOMES),),
        states=("concluded",),
    ),
    Verb("record_visit", "visit", "case", visit.record_visit, _VISITED),
    Verb("amend_visit", "visit", "case", visit.amend_visit, (_REASON, *_VISIT)),
    Verb(
        "examine",
        "redo",
        "assignment",
        redo.examine,
        (_f("passes!", "bool"), _c("reason", redo.REASONS), _f("words")),
    ),
    Verb(
        "review_responsibility",
        "redo",
        "case",
        redo.review_responsibility,
        (_f("unit_responsible!", "bool"), _f("grounds"), _c("excluded_as", redo.EXCLUDED)),
    ),
    Verb(
        "complete_referral",
        "accountability",
        "referral",
        accountability.complete_referral,
        (_f("report!"), _f("proposal!")),
        states=("drafted",),
    ),
    Verb(
        "review_referral",
        "accountability",
        "referral",
        accountability.review_referral,
        states=("drafted",),
    ),
    Verb(
        "open_paper",
        "accountability",
        "paper",
        _open_paper,
        (_c("paper", ("referral", *delivery.NOTICES)), _f("referral", "id"), _f("notice", "id")),
    ),
    Verb(
        "approve_referral",
        "accountability",
        "referral",
        accountability.approve_referral,
        (_f("leader"), _f("scan"), _f("with_identity", "bool")),
        states=("reviewed",),
    ),
    Verb(
        "send_back_referral",
        "accountability",
        "referral",
        accountability.send_back_referral,
        (_REASON,),
        states=("reviewed", "drafted"),
    ),
    Verb(
        "seal_referral",
        "accountability",
        "referral",
        accountability.seal_referral,
        states=("approved",),
    ),
    Verb(
        "send_referral",
        "accountability",
        "referral",
        accountability.send_referral,
        states=("sealed",),
    ),
    Verb(
        "record_receipt",
        "accountability",
        "referral",
        accountability.record_receipt,
        states=("sent", "received"),
    ),
    Verb(
        "record_outcome",
        "accountability",
        "referral",
        accountability.record_outcome,
        (_c("outcome!", accountability.OUTCOMES), _f("words"), _f("due_on", "date")),
        states=("received",),
    ),
    Verb(
        "supplement_referral",
        "accountability",
        "referral",
        accountability.supplement_referral,
        (_WORDS,),
        states=("received", "sent"),
    ),
    Verb(
        "abandon_referral",
        "accountability",
        "referral",
        accountability.abandon_referral,
        (_REASON,),
        states=UNSENT,
    ),
    Verb(
        "issue_report",
        "reporting",
        "none",
        reporting.issue_report,
        (*_PERIOD, _f("leaks", "counts")),
    ),
    Verb("contest_figures", "reporting", "none", reporting.contest_figures, (_ROW, _WORDS)),
    Verb(
        "reissue_report",
        "reporting",
        "none",
        reporting.reissue_report,
        (*_PERIOD, _REASON, _f("leaks", "counts")),
    ),
    Verb("load_calendar", "calendar", "none", _load_calendar, (_f("days!", "days"), _f("reason"))),
    Verb("approve_calendar", "calendar", "none", loading.approve_calendar, (_ACCEPT,)),
    Verb(
        "change_rule",
        "calendar",
        "none",
        calendars.change_rule,
        (_f("name!"), _f("value!", "any"), _f("valid_from", "date"), _f("reason")),
    ),
    Verb("approve_rule", "calendar", "none", calendars.approve_rule, (_ACCEPT,)),
    Verb(
        "succeed_unit",
        "office",
        "none",
        office.succeed_unit,
        (_f("unit!", "unit"), _f("successor!", "unit")),
    ),
    Verb("add_unit", "office", "none", directory.add_unit, _UNIT),
    Verb(
        "edit_unit",
        "office",
        "none",
        directory.edit_unit,
        (_ROW, *_CORRECTED, _f("active", "bool")),
    ),
    Verb(
        "add_post",
        "office",
        "none",
        directory.add_post,
        (
            _f("unit!", "unit"),
            _f("person!"),
            _c("post!", directory.POSTS),
            _f("from_on!", "date"),
            *_TERM,
        ),
    ),
    Verb(
        "edit_post",
        "office",
        "none",
        directory.edit_post,
        (_ROW, *(replace(one, clears=one.kind == "text") for one in _TERM)),
    ),
    Verb("add_category", "office", "none", directory.add_category, _CATEGORY),
    Verb(
        "edit_category",
        "office",
        "none",
        directory.edit_category,
        (_ROW, *_CATEGORY, _f("active", "bool")),
    ),
    Verb(
        "change_setting",
        "office",
        "none",
        directory.change_setting,
        (_c("name!", tuple(SETTINGS)), _f("value!")),
    ),
    Verb("add_user", "people", "none", changes.add_user, (_f("username!"), *_ACCOUNT)),
    Verb("edit_user", "people", "none", changes.edit_user, (_ROW, *_ACCOUNT, _f("active", "bool"))),
    Verb(
        "change_password",
        "people",
        "none",
        people.change_password,
        (_f("old_password!"), _f("password!")),
    ),
    Verb("reset_password", "people", "none", changes.reset_password, (_ROW,)),
    Verb("reset_second_factor", "people", "none", changes.reset_second_factor, (_ROW,)),
    Verb(
        "add_role",
        "people",
        "none",
        changes.add_role,
        (_f("name!", most=64), _f("rights!", "names")),
    ),
    Verb("edit_role", "people", "none", changes.edit_role, (_ROW, _f("rights!", "names"))),
    Verb("confirm_account", "people", "none", changes.confirm_account, (_ACCEPT,)),
)


def _drafting(name: str, head: Verb) -> Verb:
    """The verb with which staff drafts what the head files with `head`: the same fields."""

    def run(session: Session, now: datetime, actor: Actor, one: Assignment, **values: Any) -> Any:
        return handling.draft(session, now, actor, one, head.name, values)

    return Verb(name, "handling", "assignment", run, head.fields)


VERBS: dict[str, Verb] = {verb.name: verb for verb in _VERBS}
VERBS |= {name: _drafting(name, VERBS[head]) for name, head in DRAFTED.items()}
