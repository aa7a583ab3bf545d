"""The first page: what waits for this person, list by list, with counts; and the bell of notices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name
from sqlalchemy import Select, func, literal, select, union_all, update

from app.models import (
    Assignment,
    CalendarProposal,
    Case,
    Draft,
    Event,
    Notice,
    Referral,
    Reminder,
    Reply,
    Request,
    SlaRule,
    Suggestion,
    Supervision,
    Unit,
    Visit,
)
from app.roles import Actor
from app.rules import words
from app.rules.workdays import last_day
from app.rules.workflow import OPEN_ASSIGNMENT, OPEN_CASE, STANDING
from app.scope import seen_by
from app.verbs import possible
from app.views.actor import actor, language, now, reader, written
from app.views.base import page_of
from app.views.masking import know_callers, masked_text

Where = Callable[[Actor], list[Any]]
SHOWN = 50
BELL = 50


@dataclass(frozen=True)
class Queue:
    """A list of what waits: whose rows, which of them, since when or until when each matters. `brief`: cases beyond
    what the person reads in full, without a word of theirs; each leads to the form of this verb."""

    title: tuple[str, str]
    roles: tuple[str, ...]
    model: Any
    where: Where
    when: str = ""
    page: str = ""
    brief: str = ""


def _case(*states: str) -> Where:
    return lambda who: [Case.state.in_(states)]


def _own(*conditions: Any) -> Where:
    """Rows of the person's unit."""
    return lambda who: [Assignment.unit_id == (who.unit_id or 0), *conditions]


def _to_visit(who: Actor) -> list[Any]:
    """The visits that are his: a leader's matter the room's, any other a visitor's, all the centre head's."""
    leaders = select(Case.id).where(Case.leader_assigned.is_(True))
    room, visitor = who.is_a(*_ROOM), who.is_a("visitor")
    mine = Visit.case_id.in_(leaders) if room else Visit.case_id.not_in(leaders)
    return [Visit.state == "pending", *([] if who.is_a("centre_head") or (room and visitor) else [mine])]


_CENTRE, _ROOM, _UNIT = ("allocator", "centre_head"), ("officer", "supervision_head"), ("unit_staff", "unit_head")

QUEUES: dict[str, Queue] = {
    "mine": Queue(("我登记的未办结工单", "My open cases"), ("operator",), Case,
                  lambda who: [Case.operator_id == who.id, Case.state.in_(OPEN_CASE)], "registered_at"),
    "to_allocate": Queue(("待分派", "To allocate"), _CENTRE, Case, _case("registered"), "own_at"),
    "refusals": Queue(("待确认不予受理", "Refusals to confirm"), _CENTRE, Case,
                      lambda who: [Case.refusal_proposed_by_id.is_not(None), Case.state == "registered"], "own_at"),
    "rulings": Queue(("待审定申请", "Requests to rule on"), _CENTRE, Request,
                     lambda who: [Request.state == "pending"], "own_at"),
    "submitted_out": Queue(("呈办待批", "Submitted to leaders"), _CENTRE, Case, _case("submitted"), "own_at"),
    "suggestions": Queue(("待筛选建议", "Suggestions to screen"), ("centre_head",), Suggestion,
                         lambda who: [Suggestion.screened_at.is_(None)], "marked_at"),
    "watched": Queue(("关注中", "Watched"), ("centre_head",), Assignment,
                     lambda who: [Assignment.watched.is_(True), Assignment.state.in_(OPEN_ASSIGNMENT)], "due_at"),
    "rules": Queue(("待批准规则", "Rules to approve"), ("centre_head",), SlaRule,
                   lambda who: [SlaRule.approved_at.is_(None), SlaRule.refused_at.is_(None)], "changed_at", "Rules"),
    "calendars": Queue(("待批准日历", "Calendars to approve"), ("centre_head",), CalendarProposal,
                       lambda who: [CalendarProposal.approved_at.is_(None), CalendarProposal.refused_at.is_(None)],
                       "proposed_at", "CalendarProposals"),
    "overdue": Queue(("逾期交办件", "Overdue assignments"), ("allocator", "centre_head", "officer", "supervision_head"),
                     Assignment, lambda who: [Assignment.state.in_(OPEN_ASSIGNMENT),
                                              Assignment.overdue_for.is_not(None)], "due_at"),
    "to_examine": Queue(("待审核答复", "Replies to examine"), ("examiner", "centre_head"), Reply,
                        lambda who: [Reply.state == "filed"], "filed_at"),
    "to_review": Queue(("待责任认定", "To review for responsibility"), ("examiner", "centre_head"), Case,
                       _case("reviewing"), "own_at"),
    "to_visit": Queue(("待回访", "To visit"), ("visitor", "centre_head", *_ROOM), Visit,
                      lambda who: _to_visit(who), "planned_at"),
    "sampled": Queue(("待回访的直接答复", "Direct answers to visit"), ("visitor", "centre_head"), Case,
                     lambda who: [Case.state == "visiting", Case.mode == "direct"], "own_at"),
    "to_sign": Queue(("待签收", "To sign for"), _UNIT, Assignment, _own(Assignment.state == "allocated"), "sign_at"),
    "to_answer": Queue(("待办理", "To answer"), _UNIT, Assignment,
                       _own(Assignment.state.in_(("signed", "return_pending"))), "due_at"),
    "refused_replies": Queue(("被退回的答复", "Replies refused"), _UNIT, Assignment,
                             _own(Assignment.state == "reply_refused"), "due_at"),
    "reminded": Queue(("待答复催办", "Reminders to answer"), _UNIT, Reminder,
                      lambda who: [Reminder.unit_id == (who.unit_id or 0), Reminder.state == "open"], "reply_by_at"),
    "unit_overdue": Queue(("本单位逾期", "Overdue here"), _UNIT, Assignment,
                          _own(Assignment.state.in_(OPEN_ASSIGNMENT), Assignment.overdue_for.is_not(None)), "due_at"),
    "to_feed_back": Queue(("待反馈督办", "Notices to answer"), _UNIT, Supervision,
                          lambda who: [Supervision.unit_id == (who.unit_id or 0),
                                       Supervision.state.in_(("opened", "reissued", "confirmed"))], "due_at"),
    "drafts": Queue(("待审批草稿", "Drafts to approve"), ("unit_head",), Draft,
                    lambda who: [Draft.unit_id == (who.unit_id or 0), Draft.used_at.is_(None)], "drafted_at"),
    "candidates": Queue(("待决定督办建议", "Candidates"), _ROOM, Supervision,
                        lambda who: [Supervision.state == "candidate"], "own_at"),
    "items": Queue(("督办中", "Items under way"), _ROOM, Supervision,
                   lambda who: [Supervision.state.in_([one for one in STANDING if one != "candidate"])], "due_at"),
    "room_overdue": Queue(("督查室逾期", "The room's own overdue"), _ROOM, Supervision,
                          lambda who: [Supervision.own_overdue_for.is_not(None),
                                       Supervision.own_overdue_for == Supervision.own_at,
                                       Supervision.state.in_(STANDING)], "own_at"),
    "findings": Queue(("待确认认定", "Findings to confirm"), ("supervision_head",), Supervision,
                      lambda who: [Supervision.state == "finding"], "own_at"),
    "reviews": Queue(("待裁定复核", "Reviews to rule on"), ("supervision_head",), Supervision,
                     lambda who: [Supervision.state == "concluded", Supervision.review_asked_at.is_not(None),
                                  Supervision.review_accepted.is_(None)], "own_at"),
    "referrals": Queue(("移送卷宗", "Referrals"), _ROOM, Referral,
                       lambda who: [Referral.state.in_(("drafted", "reviewed", "approved", "sealed", "sent",
                                                        "received"))], "send_by_at", "Referrals"),
    "referrals_overdue": Queue(("移送逾期", "Referrals overdue"), _ROOM, Referral,
                               lambda who: [Referral.own_overdue_for.is_not(None),
                                            Referral.own_overdue_for == Referral.own_at,
                                            Referral.state.not_in(("closed", "abandoned"))], "own_at"),
    "to_instruct": Queue(("待批示", "To instruct"), ("leader",), Case, _case("submitted"), "own_at"),
    "in_brief": Queue(("办理中工单摘要", "Cases under way, in brief"), ("leader",), Case, _case("handling"),
                      "registered_at", brief="instruct"),
    "to_approve": Queue(("待审批移送", "Referrals to approve"), ("leader",), Referral,
                        lambda who: [Referral.state == "reviewed"], "own_at", "Referrals"),
    "dossiers": Queue(("移送卷宗", "Dossiers"), ("committee",), Referral,
                      lambda who: [Referral.sent_at.is_not(None)], "sent_at", "Referrals"),
}  # fmt: skip
"""Every list of work, with the roles that have it. The scope holds for the rows; the counts say it in themselves."""


def queues_of(who: Actor) -> dict[str, Queue]:
    """The lists that a person has."""
    return {key: queue for key, queue in QUEUES.items() if who.is_a(*queue.roles)}


def counted(who: Actor) -> dict[str, int]:
    """How much waits in each list, in one statement."""
    own = queues_of(who)
    if not own:
        return {}
    parts = [
        select(literal(key).label("key"), func.count().label("n")).select_from(one.model).where(*one.where(who))
        for key, one in own.items()
    ]  # fmt: skip
    query = union_all(*parts).execution_options(unscoped=True)
    return {row.key: row.n for row in reader().execute(query)}


def _rows(who: Actor, queue: Queue, page: int) -> Select[Any]:
    """The rows of a list: the case, the unit, the moment that matters; those that press most come first."""
    model, when = queue.model, getattr(queue.model, queue.when)
    columns = [model.id.label("row"), when.label("at"), Case.id.label("case"), Case.number, Case.kind, Case.urgency,
               Case.place, Case.narrative, Case.state]  # fmt: skip
    query = select(*columns, Unit.name.label("unit")).where(*queue.where(who))
    if model is not Case:
        # A visit is of a caller: of a case that was merged into another one, its own.
        query = query.join(Case, Case.id == getattr(model, "caller_case_id", model.case_id))
    holder = model.unit_id if hasattr(model, "unit_id") else Case.lead_unit_id
    query = query.outerjoin(Unit, Unit.id == holder)
    return query.order_by(when, model.id).offset(page * SHOWN).limit(SHOWN + 1)


class Home(BaseView):
    """The first page and the lists behind it."""

    route_base = ""
    class_permission_name = "Home"
    base_permissions = ["can_home"]
    default_view = "home"

    @expose("/")
    def home(self) -> Any:
        """What waits for this person."""
        who, tongue = actor(), language()
        if who.id is None:
            return redirect(url_for("Login.login"))
        counts = counted(who)
        lists = [
            {"title": words.word(queue.title, tongue), "n": counts.get(key, 0), "href": self._href(key, queue)}
            for key, queue in queues_of(who).items()
        ]  # fmt: skip
        alone = [one for one in possible(who) if one.target == "none" and not one.name.startswith("edit_")
                 and one.name != "reset_password" or one.alone]  # fmt: skip
        starts = [(url_for(f"Verbs.{one.name}"), words.title(one.name, tongue)) for one in alone]
        return self.render_template("desk/home.html", title="", lists=lists, starts=starts)

    def _href(self, key: str, queue: Queue) -> str:
        return url_for(f"{queue.page}.list") if queue.page else url_for("Home.work", key=key)

    @expose("/work/<key>")
    @has_access
    @permission_name("home")
    def work(self, key: str) -> Any:
        """One list."""
        who, tongue = actor(), language()
        queue = queues_of(who).get(key)
        if queue is None or queue.page:
            abort(404)
        page = page_of(request.args.get("page"), 200)
        rows = reader().execute(_rows(who, queue, page).execution_options(unscoped=bool(queue.brief))).all()
        at = now()
        if not who.reads_as_typed and not queue.brief:
            know_callers(row.case for row in rows)
        lines = [
            {
                "href": _leads_to(queue, row.case), "number": row.number,
                "kind": words.value("kind", row.kind, tongue), "urgency": words.value("urgency", row.urgency, tongue),
                "unit": row.unit or "", "state": words.state("case", row.state, tongue),
                "words": "" if queue.brief else _words(who, row),
                "at": _shown(row.at, queue.when), "late": bool(row.at and queue.when.endswith("_at") and row.at <= at
                                                              and queue.when in ("due_at", "own_at", "reply_by_at",
                                                                                 "sign_at")),
            }
            for row in rows[:SHOWN]
        ]  # fmt: skip
        title, more = words.word(queue.title, tongue), len(rows) > SHOWN
        return self.render_template("desk/work.html", title=title, rows=lines, page=page, more=more, key=key)


def _leads_to(queue: Queue, case: int) -> str:
    """Where a line leads: to the case's page, or to the one form that a person has for a case he reads in brief."""
    return url_for(f"Verbs.{queue.brief}", case=case) if queue.brief else url_for("Cases.page_of_case", id=case)


def _words(who: Actor, row: Any) -> str:
    """What a line tells of the matter: to a unit the place only; callers covered as everywhere."""
    told = row.place if who.of_a_unit else f"{row.place} {row.narrative}"
    return (told if who.reads_as_typed else masked_text(told, row.case))[:60]


def _shown(at: Any, when: str) -> str:
    if at is None:
        return ""
    if when in ("due_at", "own_at", "reply_by_at", "sign_at") and not (at.hour or at.minute):
        return str(last_day(at).isoformat())
    return str(at.strftime("%Y-%m-%d %H:%M"))


def page_order(page: str) -> int:
    """The order of pages in the menu: that of the procedure."""
    from app.roles import PAGES

    return list(PAGES).index(page)


class Bell(BaseView):
    """Notices: to the person's roles and his unit. Read is read for all of a role."""

    route_base = "/notices"
    class_permission_name = "Bell"
    base_permissions = ["can_list"]

    @expose("/")
    @has_access
    @permission_name("list")
    def list(self) -> Any:
        """The newest notices."""
        tongue = language()
        query = (
            select(Notice.event_id, Notice.recipient, Notice.at, Notice.read_at, Event.kind, Event.chain, Case.number)
            .join(Event, Event.id == Notice.event_id).outerjoin(Case, Case.id == Event.chain)
            .where(Notice.recipient.in_(seen_by(actor()).told)).order_by(Notice.event_id.desc()).limit(BELL)
            .execution_options(unscoped=True)
        )  # fmt: skip
        reads = "Cases" in actor().pages
        rows = [
            {
                "what": words.word(words.EVENT_TITLES.get(row.kind, (row.kind, row.kind)), tongue), "at": row.at,
                "unread": row.read_at is None, "number": row.number,
                "href": url_for("Cases.page_of_case", id=row.chain) if row.number and reads else None,
            }
            for row in reader().execute(query)
        ]  # fmt: skip
        return self.render_template("desk/bell.html", title="消息" if tongue == "zh" else "Notices", rows=rows)

    @expose("/read", methods=["POST"])
    @has_access
    @permission_name("list")
    def read(self) -> Any:
        """Mark all as read."""
        told, at = seen_by(actor()).told, now()
        query = update(Notice).where(Notice.recipient.in_(told), Notice.read_at.is_(None)).values(read_at=at)
        written(lambda session: session.execute(query))
        return redirect(url_for("Bell.list"))


def unread(who: Actor) -> int:
    """How many notices nobody of his has read, counted to 99."""
    told = seen_by(who).told
    query = select(Notice.event_id).where(Notice.recipient.in_(told), Notice.read_at.is_(None)).limit(100)
    counted_ = select(func.count()).select_from(query.subquery()).execution_options(unscoped=True)
    return int(reader().scalar(counted_) or 0)
