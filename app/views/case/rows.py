"""What hangs on a case, kind by kind, as one person sees it: one statement for the page of a case
and for its forms."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    Integer,
    Text,
    cast,
    false,
    func,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)
from sqlalchemy import case as either

from app.models import (
    Assignment,
    Case,
    Contact,
    Draft,
    Instruction,
    InstructionNotice,
    Lifting,
    Referral,
    Reminder,
    Reply,
    Request,
    Supervision,
    Unit,
    Visit,
    VisitRecord,
)
from app.models.columns import Moment
from app.models.file import File
from app.roles import Actor
from app.rules.files import IDENTIFYING
from app.verbs.offers import REVIEW_ASKED, REVIEWABLE, TO_RESPOND
from app.views.actor import now, reader

_NAMES = (
    "subject",
    "id",
    "state",
    "kind",
    "number",
    "unit_id",
    "unit",
    "round",
    "at",
    "due_at",
    "due_clock",
    "own_at",
    "own_clock",
    "words",
    "more",
    "mark",
    "paper",
)


def _part(model: type[Any], case: Case, *, unit: bool = True, **columns: Any) -> Any:
    """One kind of row that hangs on a case, in the columns that all kinds share."""
    empty = {
        "state": "",
        "kind": "",
        "number": "",
        "round": 0,
        "at": None,
        "due_at": None,
        "due_clock": None,
        "own_at": None,
        "own_clock": None,
        "words": "",
        "more": "",
        "mark": "",
        "paper": "",
    }
    types = {"at": Moment, "due_at": Moment, "own_at": Moment, "round": Integer}
    given = {**empty, **columns}
    shown_ = {
        name: cast(null(), types.get(name, Text)) if value is None else value
        for name, value in given.items()
    }
    cells = [literal(model.__tablename__).label("subject"), model.id.label("id")]
    cells += [_text(shown_[name]).label(name) for name in ("state", "kind", "number")]
    held = model.unit_id if unit else null()
    cells += [
        cast(held, Integer).label("unit_id"),
        (Unit.name if unit else cast(null(), Text)).label("unit"),
    ]
    cells += [_typed(shown_[name], types.get(name, Text)).label(name) for name in _NAMES[7:]]
    query = select(*cells).where(model.case_id == case.id)
    return query.join(Unit, Unit.id == model.unit_id) if unit else query


def _typed(value: Any, type_: Any) -> Any:
    """A cell of a union. SQLite would make a number of a moment that is cast, so a moment is only
    told to be one."""
    return type_coerce(value, Moment) if type_ is Moment else cast(value, type_)


def _text(value: Any) -> Any:
    return cast(value, Text) if not isinstance(value, str) else literal(value)


def _parts(case: Case, who: Actor) -> list[Any]:
    """The kinds of rows that a person sees on a case. A unit sees its own; the lead also what its
    assists answer."""
    own = (who.unit_id or 0) if who.of_a_unit else None
    leads = own is not None and case.lead_unit_id == own
    held = [
        _part(
            Assignment,
            case,
            state=Assignment.state,
            kind=Assignment.role,
            number=Assignment.number,
            round=Assignment.round,
            at=Assignment.allocated_at,
            due_at=Assignment.due_at,
            due_clock=Assignment.due_clock,
            own_at=Assignment.sign_at,
            own_clock=Assignment.sign_clock,
            mark=either(
                (
                    Assignment.response_at.is_not(None) & Assignment.first_response_at.is_(None),
                    TO_RESPOND,
                ),
                else_="",
            ),
            paper=either((Assignment.return_at.is_(None), "redo"), else_="allocation"),
        ),
        _part(
            Reply,
            case,
            state=Reply.state,
            kind=func.coalesce(Reply.refusal, ""),
            round=Reply.round,
            at=Reply.filed_at,
            words=Reply.public_answer,
            more=func.coalesce(Reply.refusal_words, ""),
        ),
    ]
    others = [
        _part(
            Request,
            case,
            state=Request.state,
            kind=Request.kind,
            round=Request.round,
            at=Request.filed_at,
            due_at=Request.own_at,
            due_clock=Request.own_clock,
            words=Request.words,
        ),
        _part(
            Reminder,
            case,
            state=Reminder.state,
            number=Reminder.number,
            round=Reminder.round,
            at=Reminder.issued_at,
            due_at=Reminder.reply_by_at,
            due_clock=Reminder.reply_by_clock,
            paper="reminder",
        ),
        _part(
            InstructionNotice,
            case,
            number=InstructionNotice.number,
            at=InstructionNotice.issued_at,
            paper="instruction",
        ),
        _part(
            Supervision,
            case,
            state=Supervision.state,
            kind=Supervision.ground,
            number=func.coalesce(Supervision.notice_number, Supervision.number),
            round=Supervision.round,
            at=Supervision.opened_at,
            due_at=_heard_or(Supervision.due_at),
            due_clock=_heard_or(Supervision.due_clock),
            own_at=Supervision.own_at,
            own_clock=Supervision.own_clock,
            words=Supervision.requirement,
            mark=_review(),
            paper="supervision",
        ),
    ]
    if own is not None:
        assists = select(Assignment.id).where(
            Assignment.case_id == case.id, Assignment.role == "assist"
        )
        of_assists = (
            (Assignment.role == "assist", Reply.assignment_id.in_(assists))
            if leads
            else (false(), false())
        )
        held = [
            one.where(or_(Unit.id == own, theirs))
            for one, theirs in zip(held, of_assists, strict=True)
        ]
        others = [one.where(Unit.id == own) for one in others]
        others.append(
            _part(Draft, case, unit=False, kind=Draft.verb, at=Draft.drafted_at).where(
                Draft.unit_id == own, Draft.used_at.is_(None)
            )
        )
    others.append(
        _part(
            Instruction,
            case,
            unit=False,
            kind=Instruction.level,
            number=Instruction.document,
            at=Instruction.entered_at,
            words=Instruction.words,
            more=Instruction.leader,
            due_clock=cast(Instruction.due_on, Text),
        )
    )
    found = [
        *held,
        *others,
        _part(
            Visit,
            case,
            unit=False,
            state=Visit.state,
            kind=Visit.satisfied,
            round=Visit.round,
            at=Visit.planned_at,
            words=Visit.solved,
            more=_said_at_the_visit(who),
        ),
    ]
    if "Contacts" in who.pages:
        # The first is the demand itself, which the page begins with.
        called = _part(
            Contact,
            case,
            unit=False,
            kind=Contact.kind,
            at=Contact.received_at,
            words=Contact.words,
        )
        found.append(called.where(Contact.kind != "demand"))
    referrals = _part(
        Referral,
        case,
        state=Referral.state,
        number=Referral.number,
        at=Referral.drafted_at,
        due_at=Referral.send_by_at,
        due_clock=Referral.send_by_clock,
    )
    if who.is_a("officer", "supervision_head", "leader"):
        found.append(referrals)
    elif "sealed" in who.scopes:
        found.append(referrals.where(Referral.sent_at.is_not(None)))
    if "confirm_lifting" in who.rights:
        found.append(
            _part(Lifting, case, unit=False, at=Lifting.at).where(Lifting.decided_at.is_(None))
        )
    attached = _part(
        File, case, unit=False, kind=File.kind, number=File.name, at=File.added_at, words=File.size
    )
    if own is not None:
        centres = File.unit_id.is_(None) & File.kind.not_in(
            IDENTIFYING if case.confidential else ()
        )
        attached = attached.where(File.referral_id.is_(None), or_(centres, File.unit_id == own))
    return [*found, attached]


def _heard_or(due: Any) -> Any:
    """The unit's clock on an item: for its feedback, and while it is heard the hearing."""
    heard = Supervision.heard_at if due is Supervision.due_at else Supervision.heard_clock
    return either((Supervision.state == "confirmed", heard), else_=due)


def _review() -> Any:
    """Whether the conclusion of an item may be reviewed, or a review of it waits."""
    return either(
        (Supervision.review_asked_at.is_(None) & (Supervision.ask_at > now()), REVIEWABLE),
        (
            Supervision.review_asked_at.is_not(None) & Supervision.review_accepted.is_(None),
            REVIEW_ASKED,
        ),
        else_="",
    )


def _said_at_the_visit(who: Actor) -> Any:
    """What the caller said when he was visited last, for who may read the records of visits."""
    if "VisitRecords" not in who.pages:
        return ""
    newest = (
        select(VisitRecord.words)
        .where(VisitRecord.visit_id == Visit.id)
        .order_by(VisitRecord.id.desc())
        .limit(1)
    )
    return func.coalesce(newest.correlate(Visit).scalar_subquery(), "")


def rows_of(case: Case, who: Actor) -> dict[str, Sequence[Any]]:
    """What hangs on a case, by table, in one statement; the case itself among it."""
    rows: dict[str, list[Any]] = {"case": [case]}
    both = union_all(*_parts(case, who)).subquery()
    # The scope is in the parts: it does not reach into a union.
    query = select(*both.c).order_by(both.c.subject, both.c.id).execution_options(unscoped=True)
    for row in reader().execute(query):
        rows.setdefault(row.subject, []).append(row)
    return dict(rows)
