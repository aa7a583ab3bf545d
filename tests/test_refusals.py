"""Every refusal that the desk knows is provoked once, through the verb table, and writes
nothing."""

from __future__ import annotations

import ast
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select, update
from werkzeug.security import generate_password_hash

from app.database import transaction
from app.files import Scanner, content_of, keep
from app.models import Case, Person, Setting, Supervision, Unit, UnitPost
from app.rules.files import MOST_BYTES
from app.rules.refusal import NotAllowed
from app.stages.acceptance.looking_up import AN_HOUR
from app.stages.access import note_access
from app.stages.logins import refuse_try, tried_wrongly
from app.stages.visit.internet import looked
from app.verbs import VERBS, perform
from tests.databases import Desk, postgres_copy, sqlite_copy
from tests.papers.samples import BOMB, MACROS, NOT_TAKEN, REFUSED
from tests.people import UNITS, People, actor, fingerprint
from tests.servers import PostgresCluster

APP = Path(__file__).parents[1] / "app"
Act = Callable[[], Any]
Scene = Callable[[People], Act]
Setup = Callable[[People], int | None]
Step = tuple[Any, ...]


# What the code says.


def _strings(node: ast.expr, where: ast.AST, functions: dict[str, ast.FunctionDef]) -> set[str]:
    """The message ids that an expression can be: a word, either of two, or what a called function
    returns."""
    if isinstance(node, ast.Constant):
        return {node.value} if isinstance(node.value, str) else set()
    if isinstance(node, ast.IfExp):
        return _strings(node.body, where, functions) | _strings(node.orelse, where, functions)
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        called = functions[node.func.id]
        returned = [
            one.value for one in ast.walk(called) if isinstance(one, ast.Return) and one.value
        ]
        return set().union(*(_strings(one, called, functions) for one in returned))
    if isinstance(node, ast.Name):
        given = [
            one.value
            for one in ast.walk(where)
            if isinstance(one, ast.Assign) and ast.unparse(one.targets[0]) == node.id
        ]
        if given:
            return set().union(*(_strings(one, where, functions) for one in given))
    raise AssertionError(f"cannot tell which message id this is: {ast.unparse(node)}")


def message_ids(sources: Iterator[str]) -> set[str]:
    """Every message id that is given to `NotAllowed` in these sources."""
    trees = [ast.parse(source) for source in sources]
    defined = [one for tree in trees for one in ast.walk(tree) if isinstance(one, ast.FunctionDef)]
    functions = {one.name: one for one in defined}
    found: set[str] = set()
    for function in defined:
        for node in ast.walk(function):
            if (
                isinstance(node, ast.Call)
                and ast.unparse(node.func).rpartition(".")[2] == "NotAllowed"
            ):
                found |= _strings(node.args[0], function, functions)
    return found


# How to come to where something is refused.


def nothing(p: People) -> None:
    """An empty desk."""


def registered(**given: Any) -> Setup:
    return lambda p: p.case(**given)


def after(setup: Setup, *steps: Step) -> Setup:
    """What was set up, then steps: (who, verb, fields), ("to", moment), ("sweep", day) or a
    function of the people."""

    def whole(p: People) -> int | None:
        case = setup(p)
        for step in steps:
            if callable(step[0]):
                step[0](p)
            elif step[0] in ("to", "sweep"):
                getattr(p, step[0])(step[1])
            else:
                p.do(step[0], step[1], case, **(step[2] if len(step) > 2 else {}))
        return case

    return whole


def when(setup: Setup, word: str, verb: str, **fields: Any) -> Scene:
    """A scene: after the setup somebody does what is refused."""

    def scene(p: People) -> Act:
        case = setup(p)
        return lambda: p.do(word, verb, case, **fields)

    return scene


def handling(assists: tuple[str, ...] = (), **given: Any) -> Setup:
    return after(
        registered(**given), ("allocator", "allocate", {"unit": "WATER", "assists": list(assists)})
    )


def replied(**given: Any) -> Setup:
    return after(handling(**given), ("head@WATER", "reply"))


def visiting(**given: Any) -> Setup:
    return after(replied(**given), ("examiner", "examine", {"passes": True}))


GOOD: dict[str, Any] = {"truth": "proven", "solved": "solved", "satisfied": "satisfied"}
BAD: dict[str, Any] = GOOD | {"satisfied": "dissatisfied"}
RESPONSIBLE = ("examiner", "review_responsibility", {"unit_responsible": True})
REVIEWING = after(visiting(), ("visitor", "record_visit", BAD))
AGAIN = (
    ("head@WATER", "reply"),
    ("examiner", "examine", {"passes": True}),
    ("visitor", "record_visit", BAD),
)
REDO_FAILED = after(REVIEWING, RESPONSIBLE, *AGAIN, RESPONSIBLE, *AGAIN, RESPONSIBLE)
REMINDED = after(
    handling(), ("sweep", "2025-06-10"), ("sweep", "2025-06-13"), ("sweep", "2025-06-17")
)
PROPOSED = after(handling(), ("centre_head", "propose"))
LISTED = after(PROPOSED, ("sweep", "2025-06-10"))
ITEM: tuple[tuple[str, tuple[Step, ...]], ...] = (
    ("opened", (("officer", "open_supervision"),)),
    ("fed_back", (("head@WATER", "feed_back"),)),
    ("finding", (("officer", "draft_finding", {"finding": "duty", "persons": ["WATER_staff"]}),)),
    ("confirmed", (("supervision_head", "confirm_finding"),)),
    (
        "heard",
        (
            ("head@WATER", "record_statement"),
            ("officer", "record_statement", {"person": "WATER_staff"}),
        ),
    ),
    ("concluded", (("officer", "conclude"),)),
    ("drafted", (("sweep", "2025-06-10"),)),
    ("completed", (("officer", "complete_referral"),)),
    ("reviewed", (("supervision_head", "review_referral"),)),
    ("approved", (("leader", "open_paper"), ("leader", "approve_referral"))),
    ("sealed", (("officer", "seal_referral"),)),
    ("sent", (("to", "2025-06-13 09:00"), ("officer", "send_referral"))),
    ("received", (("officer", "record_receipt"),)),
)


def item(state: str, *steps: Step) -> Setup:
    """A supervision item that has come to a state, and further steps."""
    names = [name for name, _ in ITEM]
    way = [step for _, part in ITEM[: names.index(state) + 1] for step in part]
    return after(handling(complex=True), *way, *steps)


def _setting(name: str, value: str) -> Callable[[People], None]:
    def write(p: People) -> None:
        with transaction(p.desk.sessions) as session:
            session.add(Setting(name=name, value=value))

    return write


def _two(word: str, verb: str, **first: Any) -> Scene:
    """Merge one case into another, after steps on the other."""

    def scene(p: People) -> Act:
        one, other = p.case(), p.case()
        if first:
            p.do(first["who"], first["does"], other)
        return lambda: p.do(word, verb, one, into=other)

    return scene


def _drafts_nothing(p: People) -> Act:
    case = handling()(p)
    return lambda: p.plainly("staff@WATER", "draft_reply", case, opinion=" \n")


def _drafted_twice(p: People) -> Act:
    case = handling()(p)
    draft = p.do("staff@WATER", "draft_explanation", case, **EXPLAINED).id
    p.plainly("head@WATER", "explain", case, draft=draft)
    p.do("allocator", "rule_on_explanation", case, accept=False)
    return lambda: p.plainly("head@WATER", "explain", case, draft=draft)


def _without_posts(p: People) -> None:
    """Nobody is known to have held a post: else who asked is recused before it is seen that it was
    they."""
    with transaction(p.desk.sessions) as session:
        session.execute(update(UnitPost).values(to_on=date(2020, 1, 1)))


def _draft_that_was(verb: str, who: str, **fields: Any) -> Scene:
    def scene(p: People) -> Act:
        case = handling()(p)
        draft = p.do("staff@WATER", "draft_explanation", case, **EXPLAINED).id
        p.plainly(who, verb, case, **fields)
        return lambda: p.plainly("head@WATER", "explain", case, draft=draft)

    return scene


def _draft_replaced(p: People) -> Act:
    case = handling()(p)
    draft = p.do("staff@WATER", "draft_explanation", case, **EXPLAINED).id
    p.plainly("staff@WATER", "draft_explanation", case, draft=draft, **EXPLAINED)
    return lambda: p.plainly("head@WATER", "explain", case, draft=draft)


_TERMS: dict[str, Any] = {
    "substitute": "WATER_staff",
    "from_on": date(2025, 6, 12),
    "to_on": date(2025, 6, 16),
}


def _substituted(before: bool = False, **terms: Any) -> Scene:
    def scene(p: People) -> Act:
        if before:
            p.plainly("head@WATER", "name_substitute", **_TERMS)
        return lambda: p.plainly("head@WATER", "name_substitute", **{**_TERMS, **terms})

    return scene


def _substitution_over(p: People) -> Act:
    row = p.plainly("head@WATER", "name_substitute", **_TERMS)
    p.plainly("head@WATER", "end_substitute", id=row.id)
    return lambda: p.plainly("head@WATER", "end_substitute", id=row.id)


def _draft_of_nothing(p: People) -> Act:
    case = registered()(p)
    return lambda: p.plainly("allocator", "allocate", case, unit="WATER", draft=1)


EXPLAINED: dict[str, Any] = {
    "words": "因配件缺货施工受阻，现已协调厂家调货并排定工期。",
    "promised_on": date(2025, 6, 12),
}
_EXPLAIN = ("head@WATER", "explain", EXPLAINED)
_REFUSED = ("allocator", "rule_on_explanation", {"accept": False})
_CONTEST = {"id": 1, "words": "逾期件数有误。"}
_DRAFTED = after(registered(), ("sweep", "2025-07-01"))
_FIRST = {"kind": "weekly", "first": date(2025, 5, 26)}
_JUNE = {"kind": "monthly", "first": date(2025, 6, 1)}
_ANSWER = {"id": 1, "accept": False, "words": "经核对，数据无误。"}
_NOTED = after(_DRAFTED, ("head@WATER", "contest_figures", _CONTEST))
_RULE = ("it_admin", "change_rule")


def _namesakes(p: People) -> None:
    """Two persons of one name hold posts in the unit."""
    with transaction(p.desk.sessions) as session:
        unit = session.query(Unit).filter_by(code="WATER").one()
        for post in ("deputy", "liaison"):
            session.add(
                UnitPost(unit_id=unit.id, person="张伟", post=post, from_on=date(2024, 1, 1))
            )


_POST = ((lambda p: p.post("officer", "WATER", "2018-01-01", "2024-01-01")),)
_LATE = ("to", "2025-06-17 09:00")
_ADD = ("it_admin", "add_user")
_WHO: dict[str, Any] = {"username": "lihua", "first_name": "李华"}


def _edit(p: People, word: str, whose: str, **changed: Any) -> None:
    p.do(word, "edit_user", id=p.person(whose).id, first_name="某人", **changed)


_NEW = "another bird flew in"


def _tried(p: People, *kinds: str) -> Act:
    """Somebody's sixth try from an address, after five wrong ones and what was before them."""
    id = p.person("operator").id or 0
    with transaction(p.desk.sessions) as session:
        for kind in (*kinds, *["login_failed"] * 5):
            note_access(session, p.now, kind, "10.1.1.1", id)
            if kind == "login_failed":
                tried_wrongly(session, p.now, id, "10.1.1.1")

    def again() -> None:
        with transaction(p.desk.sessions) as session:
            refuse_try(session, p.now, session.get_one(Person, id), "10.1.1.1")

    return again


def _looked_up_too_often(p: People) -> Act:
    for _ in range(AN_HOUR):
        p.plainly("operator", "look_up", number="13800138002")
    return lambda: p.plainly("operator", "look_up", number="13800138002")


def _looks(**asked: str) -> Scene:
    return lambda p: lambda: p.plainly("operator", "look_up", **asked)


def _weak(p: People, password: str) -> Act:
    """Somebody's own new password; `name` is his user name with figures around it."""
    row = p.person("operator")
    with transaction(p.desk.sessions) as session:
        session.get_one(Person, row.id).password = generate_password_hash(
            "the old birds", method="pbkdf2:sha256:1"
        )
    told = f"{row.username}1234567" if password == "name" else password
    return partial(p.do, "operator", "change_password", old_password="the old birds", password=told)


def _again(p: People) -> Act:
    """The same account, proposed a second time."""
    p.do(*_ADD, **_WHO, roles=["operator"])
    return partial(p.do, *_ADD, **_WHO, roles=["operator"])


def _confirm(p: People, who: str, whose: str = "operator", then: str = "") -> Act:
    """A reset that waits, and somebody who would confirm it - after the account was closed, where
    that is said."""
    made = p.do("it_admin", "reset_password", id=p.person(whose).id)
    if then:
        _edit(p, "it_admin", whose, roles=[whose], active=False)
    return partial(p.do, who, "confirm_account", row=made.id)


def _role(p: People, name: str) -> int:
    with transaction(p.desk.sessions) as session:
        return session.scalars(select(Role.id).where(Role.name == name)).one()


def _kept(content: bytes, scanner: str = "true") -> Scene:
    """A file that the store does not take; what it would have stored is below a folder that is gone
    afterwards."""

    def act() -> None:
        with tempfile.TemporaryDirectory() as folder:
            keep(Path(folder), "扫描件.pdf", content, Scanner(scanner))

    return lambda p: act


def _unmade(p: People) -> Act:
    """A referral is sealed, and the files of its dossier are not made yet."""
    case = item("approved")(p)
    with transaction(p.desk.sessions) as session:
        perform(session, p.now, actor(session, "officer"), "seal_referral", case=case)
    p.to("2025-06-13 09:00")
    return lambda: p.do("officer", "send_referral", case)


_SAID = {"title": "水费怎么缴", "text": "可在网上缴纳。"}


def _article(*steps: Step) -> Setup:
    """An article that a unit drafted, then steps."""
    return after(nothing, ("staff@WATER", "add_article", _SAID), *steps)


def _looked(p: People, code: str) -> None:
    """A code is opened by who answers a visit by internet."""
    with transaction(p.desk.sessions) as session:
        looked(session, p.now, code)


SCENES: dict[str, Scene] = {
    # the verb table
    "unknown_verb": when(registered(), "allocator", "demolish"),
    "no_right": when(registered(), "visitor", "withdraw"),
    "field_missing": when(registered(), "allocator", "allocate"),
    "unknown_field": when(registered(), "allocator", "withdraw", mood="bad"),
    "field_wrong": when(handling(), "examiner", "examine", passes="perhaps"),
    "field_too_long": when(nothing, "operator", "register", kind="help", place="长" * 201),
    "unknown_unit": when(registered(), "allocator", "allocate", unit="NOBODY"),
    "not_found": when(handling(), "head@HOUSING", "sign_for"),
    "not_drafted": _draft_of_nothing,
    "draft_used": _drafted_twice,
    "draft_empty": _drafts_nothing,
    "draft_returned": _draft_that_was("send_back_draft", "head@WATER", words="请补充日期。"),
    "draft_discarded": _draft_that_was("discard_draft", "staff@WATER"),
    "draft_replaced": _draft_replaced,
    "substitute_days_wrong": _substituted(from_on=date(2025, 6, 1)),
    "substitute_too_long": _substituted(to_on=date(2026, 6, 1)),
    "no_colleague": _substituted(substitute="HOUSING_staff"),
    "substituted_already": _substituted(before=True),
    "substitution_over": _substitution_over,
    # (1) acceptance
    "narrative_too_short": when(nothing, "operator", "register", kind="help", narrative="漏水"),
    "caller_missing": when(nothing, "operator", "register", kind="help", caller={}),
    "name_one": when(
        after(handling(("ROADS",)), ("head@WATER", "explain"), ("head@ROADS", "explain")),
        "allocator",
        "rule_on_explanation",
        accept=True,
    ),
    "phone_wrong": when(
        nothing, "operator", "register", kind="help", caller={"name": "某甲", "phone": "12345abc"}
    ),
    "anonymous_with_caller": when(
        nothing, "operator", "register", kind="help", anonymous=True, caller={"name": "王丽"}
    ),
    "unknown_person": when(
        nothing,
        "operator",
        "register",
        kind="help",
        caller={"name": "王丽", "phone": "13911110001", "person": "赵六"},
    ),
    "unknown_category": when(nothing, "operator", "register", kind="help", category="没有的类别"),
    "received_in_the_future": when(
        nothing,
        "operator",
        "register",
        kind="help",
        received_at=datetime(2025, 6, 9, 10),  # noqa: DTZ001
    ),
    "entered_too_late": when(
        nothing, "operator", "register", kind="help", received_at="2025-06-03T09:00"
    ),
    "paper_form_missing": when(
        nothing, "operator", "register", kind="help", received_at="2025-06-06T09:00", paper_form=""
    ),
    "leader_level": when(
        nothing, "operator", "register", kind="help", leader={"level": "village", "name": "甲"}
    ),
    "leader_words": when(
        nothing, "operator", "register", kind="help", leader={"level": "city", "name": ""}
    ),
    "leader_date_not_after_today": when(
        registered(), "leader", "instruct", leader={"due_on": date(2025, 6, 9)}
    ),
    "unknown_kind": when(
        registered(),
        "allocator",
        "split",
        parts=[{"kind": "plea", "narrative": "另一件完全不同的事情。"}],
    ),
    "no_parts": when(registered(), "allocator", "split", parts=[]),
    "case_ended": when(
        after(registered(), ("allocator", "withdraw")), "operator", "contact", kind="repeat"
    ),
    "closed_too_long": when(
        after(registered(), ("operator", "answer_directly"), ("to", "2025-09-08 09:00")),
        "operator",
        "contact",
        kind="repeat",
    ),
    "merge_into_itself": lambda p: partial(p.do, "allocator", "merge", (one := p.case()), into=one),
    "lead_ended": _two("allocator", "merge", who="operator", does="hand_on"),
    "explain_once_more": when(registered(), "operator", "refuse", reason="no_new_fact"),
    "words_missing": when(registered(), "operator", "refuse", words=" "),
    "lifting_undecided": when(
        after(registered(confidential=True), ("allocator", "reclassify", {"confidential": False})),
        "allocator",
        "reclassify",
        confidential=False,
    ),
    "nothing_proposed": when(registered(), "allocator", "confirm_refusal"),
    "reason_missing": when(registered(), "allocator", "withdraw", reason=" "),
    "report_at_least_urgent": when(
        registered(kind="report", dangerous=True), "allocator", "reclassify", urgency="normal"
    ),
    "not_a_suggestion": when(registered(), "centre_head", "screen_suggestion", keep=True),
    "screened_already": when(
        after(registered(kind="suggestion"), ("centre_head", "screen_suggestion", {"keep": True})),
        "centre_head",
        "screen_suggestion",
        keep=False,
    ),
    "not_his_entry": when(registered(), "operator#2", "edit_case", place="某处"),
    "no_caller": when(registered(anonymous=True), "allocator", "reveal"),
    "confidential": when(handling(confidential=True), "head@WATER", "reveal"),
    "withheld": when(handling(complained_person="张科长"), "head@WATER", "reveal"),
    "look_up_whole": _looks(number="138001"),
    "look_up_four": _looks(number="13800138002", name="张三"),
    "looked_up_too_often": _looked_up_too_often,
    # (2) allocation
    "not_registered": when(handling(), "operator", "answer_directly"),
    "unit_inactive": when(
        after(
            registered(),
            ((lambda p: p.do("it_admin", "succeed_unit", unit="WATER", successor="ROADS")),),
        ),
        "allocator",
        "allocate",
        unit="WATER",
    ),
    "no_liaison": when(
        after(registered(), ((lambda p: p.without_liaison("WATER")),)),
        "allocator",
        "allocate",
        unit="WATER",
    ),
    "too_many_assists": when(
        registered(), "allocator", "allocate", unit="WATER", assists=["HOUSING"] * 6
    ),
    "unit_named_twice": when(
        registered(), "allocator", "allocate", unit="WATER", assists=["WATER"]
    ),
    "third_allocation": when(
        after(
            handling(),
            ("centre_head", "reassign"),
            ("allocator", "allocate", {"unit": "HOUSING"}),
            ("centre_head", "reassign"),
        ),
        "allocator",
        "allocate",
        unit="ROADS",
    ),
    "not_for_direct_answer": when(registered(kind="complaint"), "operator", "answer_directly"),
    "answer_missing": when(registered(), "operator", "answer_directly", answer=" "),
    "instruction_without_scan": when(
        registered(), "centre_head", "instruct", unit="WATER", leader={"scan": ""}
    ),
    "unknown_leader": when(registered(), "allocator", "submit", to_leader="nobody"),
    "submitted_to_another": when(
        after(registered(), ("allocator", "submit", {"to_leader": "leader2"})),
        "leader",
        "instruct",
        unit="WATER",
    ),
    "nothing_to_instruct": when(registered(), "leader", "instruct"),
    "allocated_already": when(handling(), "leader", "instruct", unit="HOUSING"),
    "no_assignment": when(registered(), "centre_head", "remind"),
    "nothing_changed": when(registered(), "allocator", "reclassify", kind="help"),
    "stays_covered": when(
        registered(caller={"name": "张建国", "phone": "13800138002"}),
        "operator",
        "cover",
        less=["张建国"],
    ),
    "signed_already": when(after(handling(), ("staff@WATER", "sign_for")), "allocator", "recall"),
    "not_his_allocation": when(handling(), "allocator#2", "recall"),
    "not_in_handling": when(registered(), "allocator", "recall"),
    "nothing_pending": when(handling(), "allocator", "rule_on_return", accept=True),
    "refusal_undecided": when(
        after(registered(), ("operator", "refuse")), "allocator", "allocate", unit="WATER"
    ),
    "weekday_differs": when(
        handling(), "head@WATER", "explain", promised_on="2025年6月12日（周五）"
    ),
    "own_request": when(
        after(handling(), ("head@WATER", "request_extension"), (_without_posts,)),
        "head@WATER+allocator",
        "rule_on_extension",
        unit="WATER",
        accept=True,
    ),
    "promise_past": when(
        after(handling(), _EXPLAIN, ("to", "2025-06-13 00:00")),
        "allocator",
        "rule_on_explanation",
        accept=True,
    ),
    "not_an_assist": when(handling(), "allocator", "waive_assist", unit="WATER"),
    "assist_answered": when(
        after(handling(("HOUSING",)), ("head@HOUSING", "reply")),
        "allocator",
        "waive_assist",
        unit="HOUSING",
    ),
    # handling
    "not_to_sign": when(
        after(handling(), ("head@WATER", "request_return")), "staff@WATER", "sign_for"
    ),
    "not_an_emergency": when(handling(), "staff@WATER", "first_response"),
    "responded_already": when(
        after(handling(urgency="emergency"), ("staff@WATER", "first_response")),
        "head@WATER",
        "first_response",
    ),
    "not_open": when(replied(), "head@WATER", "request_return"),
    "return_pending": when(
        after(handling(), ("head@WATER", "request_return")), "head@WATER", "reply"
    ),
    "too_late_to_return": when(
        after(handling(), ("to", "2025-06-11 00:00")), "head@WATER", "request_return"
    ),
    "returned_once": when(
        after(
            handling(),
            ("head@WATER", "request_return"),
            ("allocator", "rule_on_return", {"accept": False}),
        ),
        "head@WATER",
        "request_return",
    ),
    "too_late_to_extend": when(
        after(handling(), ("to", "2025-06-17 00:00")), "head@WATER", "request_extension"
    ),
    "extension_too_long": when(handling(), "head@WATER", "request_extension", workdays=11),
    "extended_once": when(
        after(handling(), ("head@WATER", "request_extension")), "head@WATER", "request_extension"
    ),
    "later_than_lead": when(
        handling(("HOUSING",)), "head@HOUSING", "request_extension", workdays=2
    ),
    "promise_not_after_today": when(
        handling(), "head@WATER", "explain", promised_on=date(2025, 6, 9)
    ),
    "promise_too_far": when(handling(), "head@WATER", "explain", promised_on=date(2025, 7, 1)),
    "promised_already": when(after(handling(), _EXPLAIN), *_EXPLAIN[:2]),
    "promised_twice": when(
        after(handling(), _EXPLAIN, _REFUSED, _EXPLAIN, _REFUSED), *_EXPLAIN[:2]
    ),
    "explanation_too_short": when(handling(), "head@WATER", "explain", words="正在修"),
    "no_handling_opinion": when(handling(), "head@WATER", "reply", opinion="已收到，正在办理。"),
    "no_next_step": when(handling(), "head@WATER", "reply", next_step=" "),
    "assist_open": when(handling(("HOUSING",)), "head@WATER", "reply"),
    "public_answer_missing": when(handling(), "head@WATER", "reply", public_answer=" "),
    "caller_not_contacted": when(handling(), "head@WATER", "reply", contacted=False),
    # (3) reminder
    "not_a_workday": when(after(handling(), ("to", "2025-06-21 10:00")), "centre_head", "remind"),
    "not_due_for_reminder": when(handling(), "centre_head", "remind"),
    "no_reminder": when(handling(), "centre_head", "void_reminder"),
    "reminder_not_open": when(
        after(REMINDED, ("centre_head", "void_reminder")), "centre_head", "void_reminder"
    ),
    # (4) supervision
    "proposed_already": when(PROPOSED, "centre_head", "propose"),
    "not_a_candidate": when(item("opened"), "officer", "decline"),
    "item_stands": when(item("opened"), "officer", "open_supervision"),
    "date_not_after_today": when(
        handling(), "officer", "open_supervision", due_on=date(2025, 6, 9)
    ),
    "workdays_out_of_bounds": when(handling(), "officer", "open_supervision", workdays=61),
    "deferral_too_long": when(LISTED, "officer", "defer", workdays=6),
    "deferred_once": when(after(LISTED, ("officer", "defer")), "officer", "defer"),
    "not_kept": when(registered(kind="suggestion"), "leader", "comment_suggestion", words="请研究"),
    "date_of_no_matter": when(
        after(
            registered(kind="suggestion"),
            ("centre_head", "screen_suggestion", {"keep": True, "words": "可行"}),
        ),
        "leader",
        "comment_suggestion",
        words="阅",
        then="filed",
        due_on=date(2025, 6, 20),
    ),
    "article_waits": when(_article(), "head@WATER", "edit_article", id=1, **_SAID),
    "article_ended": when(
        _article(("centre_head", "approve_article"), ("head@WATER", "end_article", {"id": 1})),
        "head@WATER",
        "edit_article",
        id=1,
        **_SAID,
    ),
    "code_not_good": lambda p: lambda: _looked(p, "0123456789"),
    "not_listed": when(item("opened"), "officer", "strike_row"),
    "struck_already": when(after(LISTED, ("officer", "strike_row")), "officer", "strike_row"),
    "no_notice_open": when(item("fed_back"), "head@WATER", "feed_back"),
    "not_to_clear": when(item("finding"), "officer", "clear", new_date=date(2025, 6, 20)),
    "no_reply_to_clear": when(item("opened"), "officer", "clear"),
    "no_feedback": when(item("opened"), "officer", "reissue"),
    "reissued_enough": when(
        item("fed_back", *(("officer", "reissue"), ("head@WATER", "feed_back")) * 2),
        "officer",
        "reissue",
    ),
    "finding_too_early": when(item("opened"), "officer", "draft_finding", finding="duty"),
    "held_no_post": when(
        item("fed_back"), "officer", "draft_finding", finding="duty", persons=["某甲"]
    ),
    "several_of_this_name": when(
        item("fed_back", (_namesakes,)),
        "officer",
        "draft_finding",
        finding="duty",
        persons=["张伟"],
    ),
    "recused": when(item("fed_back", _POST), "officer", "draft_finding", finding="duty"),
    "no_finding": when(item("fed_back"), "supervision_head", "confirm_finding"),
    "own_finding": when(
        item("fed_back", ("supervision_head", "draft_finding", {"finding": "duty"})),
        "supervision_head",
        "confirm_finding",
    ),
    "another_finding": when(
        item("finding"), "supervision_head", "confirm_finding", finding="untrue"
    ),
    "not_in_hearing": when(item("finding"), "head@WATER", "record_statement"),
    "hearing_over": when(
        item("confirmed", ("to", "2025-06-13 00:00")), "head@WATER", "record_statement"
    ),
    "stated_already": when(
        item("confirmed", ("head@WATER", "record_statement")), "head@WATER", "record_statement"
    ),
    "not_named": when(item("confirmed"), "officer", "record_statement", person="WATER_head"),
    "not_heard": when(item("confirmed"), "officer", "conclude"),
    "not_concluded": when(item("heard"), "head@WATER", "ask_review"),
    "review_asked_once": when(
        item("concluded", ("head@WATER", "ask_review")), "head@WATER", "ask_review"
    ),
    "too_late_for_review": when(
        item("concluded", ("to", "2025-06-13 00:00")), "head@WATER", "ask_review"
    ),
    "no_review_asked": when(item("concluded"), "supervision_head", "rule_on_review", accept=True),
    "review_open": when(
        item("concluded", ("head@WATER", "ask_review")),
        "officer",
        "close_supervision",
        outcome="nothing",
    ),
    # (5) reporting
    "period_not_aligned": when(
        nothing, "centre_head", "issue_report", kind="quarterly", first=date(2025, 2, 1)
    ),
    "period_not_over": when(
        nothing, "centre_head", "issue_report", kind="monthly", first=date(2025, 6, 1)
    ),
    "report_issued": when(
        after(nothing, ("centre_head", "issue_report", _FIRST)),
        "centre_head",
        "issue_report",
        **_FIRST,
    ),
    "report_not_drafted": when(
        nothing, "centre_head", "issue_report", kind="monthly", first=date(2025, 5, 1)
    ),
    "contest_open": when(_DRAFTED, "centre_head", "issue_report", **_JUNE),
    "contest_unanswered": when(_NOTED, "centre_head", "issue_report", **_JUNE),
    "contest_answered": when(
        after(_NOTED, ("centre_head", "answer_contest", _ANSWER)),
        "centre_head",
        "answer_contest",
        **_ANSWER,
    ),
    "unknown_case": when(_DRAFTED, "centre_head", "word_report", id=1, typical="20250609999"),
    "typical_confidential": when(
        after(registered(confidential=True), ("sweep", "2025-07-01")),
        "centre_head",
        "word_report",
        id=1,
        typical="202506090001",
    ),
    "typical_too_many": when(
        _DRAFTED, "centre_head", "word_report", id=1, typical=" ".join(map(str, range(11)))
    ),
    "contest_over": when(
        after(_DRAFTED, ("to", "2025-07-20 09:00")), "head@WATER", "contest_figures", **_CONTEST
    ),
    "contested_already": when(
        after(_DRAFTED, ("head@WATER", "contest_figures", _CONTEST)),
        "head@WATER",
        "contest_figures",
        **_CONTEST,
    ),
    "report_not_issued": when(nothing, "centre_head", "reissue_report", reason="更正", **_FIRST),
    "leaks_below_zero": when(nothing, "centre_head", "issue_report", leaks={"WATER": -1}, **_FIRST),
    "evaluation_setting": when(
        after(nothing, (_setting("evaluation.signing.colour", "1"),)),
        "centre_head",
        "issue_report",
        **_FIRST,
    ),
    "evaluation_not_100": when(
        after(nothing, (_setting("evaluation.signing.weight", "11"),)),
        "centre_head",
        "issue_report",
        **_FIRST,
    ),
    # (6) visit
    "anonymous_not_visited": when(handling(anonymous=True), "visitor", "record_visit", **GOOD),
    "nothing_to_visit": when(handling(), "visitor", "record_visit", **GOOD),
    "visited_by_others": when(visiting(), "officer", "record_visit", **GOOD),
    "outcome_missing": when(visiting(), "visitor", "record_visit", truth="proven", solved="solved"),
    "place_missing": when(visiting(), "visitor", "record_visit", method="onsite", place="", **GOOD),
    "nothing_to_amend": when(visiting(), "centre_head", "amend_visit"),
    "too_few_attempts": when(
        after(visiting(), ("visitor", "record_visit", GOOD)),
        "centre_head",
        "amend_visit",
        reached=False,
    ),
    "handled_it_himself": when(
        after(
            registered(),
            ("centre_head", "answer_directly"),
            ("operator", "contact", {"kind": "repeat"}),
            ("allocator", "allocate", {"unit": "WATER"}),
            ("head@WATER", "reply"),
        ),
        "centre_head",
        "examine",
        passes=True,
    ),
    "examined_it_himself": when(
        after(replied(), ("centre_head", "examine", {"passes": True})),
        "centre_head",
        "record_visit",
        **GOOD,
    ),
    "visited_it_himself": when(
        after(visiting(), ("centre_head", "record_visit", BAD)),
        "centre_head",
        "review_responsibility",
        unit_responsible=True,
    ),
    # (7) redo
    "no_reply": when(handling(), "examiner", "examine", passes=True),
    "unknown_reason": when(replied(), "examiner", "examine", passes=False, reason=None),
    "not_in_review": when(visiting(), *RESPONSIBLE[:2], unit_responsible=True),
    "grounds_missing": when(REVIEWING, *RESPONSIBLE[:2], unit_responsible=False, grounds=" "),
    "exclusion_missing": when(
        REVIEWING, *RESPONSIBLE[:2], unit_responsible=False, excluded_as=None
    ),
    "redo_failed_already": when(REDO_FAILED, *RESPONSIBLE[:2], unit_responsible=True),
    # (8) accountability
    "referral_state": when(item("drafted"), "officer", "seal_referral"),
    "not_completed": when(item("drafted"), "supervision_head", "review_referral"),
    "completed_it_himself": when(
        item("drafted", ("supervision_head", "complete_referral")),
        "supervision_head",
        "review_referral",
    ),
    "paper_not_opened": when(item("reviewed"), "leader", "approve_referral"),
    "approval_without_scan": when(item("reviewed"), "officer#2", "approve_referral", scan=""),
    "drafted_part_of_it": when(
        item(
            "drafted", ("officer#2", "complete_referral"), ("supervision_head", "review_referral")
        ),
        "officer",
        "approve_referral",
    ),
    "completed_or_reviewed_it_himself": when(item("reviewed"), "officer", "approve_referral"),
    "review_may_be_asked": when(item("sealed"), "officer", "send_referral"),
    "dossier_not_made": lambda p: _unmade(p),
    "nothing_to_receive": when(item("received"), "officer", "record_receipt"),
    # people
    "unknown_role": when(nothing, *_ADD, **_WHO, roles=["king"]),
    "own_role": lambda p: partial(_edit, p, "it_admin", "it_admin", roles=["operator"]),
    "role_stands_alone": when(nothing, *_ADD, **_WHO, roles=["it_admin", "operator"]),
    "unit_role_stands_alone": when(
        nothing, *_ADD, **_WHO, roles=["unit_head", "examiner"], unit="WATER"
    ),
    "unit_missing": when(nothing, *_ADD, **_WHO, roles=["unit_head"]),
    "username_taken": when(nothing, *_ADD, **_WHO | {"username": "Operator"}, roles=["operator"]),
    "username_wrong": when(nothing, *_ADD, **_WHO | {"username": "李华"}, roles=["operator"]),
    "password_too_short": lambda p: _weak(p, "eleven char"),
    "password_is_the_name": lambda p: _weak(p, "name"),
    "password_too_common": lambda p: _weak(p, "password1234"),
    "password_wrong": when(
        nothing, "operator", "change_password", old_password="not it at all", password=_NEW
    ),
    "account_locked": lambda p: _tried(p),
    "too_soon": lambda p: _tried(p, "login"),
    "change_waits": _again,
    "confirmed_by_another": lambda p: _confirm(p, "log_auditor"),
    "own_account": lambda p: _confirm(p, "centre_head", "centre_head"),
    "changed_since": lambda p: _confirm(p, "centre_head", then="closed"),
    "last_administrator": lambda p: partial(
        _edit, p, "it_admin", "it_admin", roles=["it_admin"], active=False
    ),
    "right_not_for_roles": when(nothing, "it_admin", "add_role", name="夜班", rights=["add_user"]),
    "role_name_taken": when(nothing, "it_admin", "add_role", name="operator", rights=["Cases"]),
    "role_is_built_in": lambda p: partial(
        p.do, "it_admin", "edit_role", id=_role(p, "operator"), rights=["Cases"]
    ),
    # the directory
    "code_taken": when(nothing, "it_admin", "add_unit", code="WATER", name="又一个水务局"),
    "category_taken": when(
        after(nothing, ((lambda p: p.do("it_admin", "add_category", name="供水")),)),
        "it_admin",
        "add_category",
        name="供水",
    ),
    # files
    "file_empty": _kept(b""),
    "file_too_big": _kept(b"%PDF-".ljust(MOST_BYTES + 1, b"\n")),
    "file_type": _kept(NOT_TAKEN["text with a NUL"]),
    "file_active": _kept(MACROS["docx with macros"]),
    "file_broken": _kept(NOT_TAKEN["a torn document"]),
    "file_locked": _kept(REFUSED["a docx under a password"][0]()),
    "file_wrapped": _kept(NOT_TAKEN["a plain zip"]),
    "file_infected": _kept(b"words", "sh -c 'echo Eicar FOUND; exit 1'"),
    "file_unscanned": _kept(b"words", "false-scanner-that-is-not-there"),
    "file_unpacked": _kept(BOMB),
    "file_lost": lambda p: lambda: content_of(Path("nowhere"), "0" * 64),
    # calendar and office
    "no_days": when(nothing, "it_admin", "load_calendar", days={}),
    "day_outside_calendar": when(
        nothing, "it_admin", "load_calendar", days={date(2029, 1, 1): "rest"}
    ),
    "own_proposal": when(
        after(nothing, ("it_admin", "load_calendar", {"days": {date(2027, 1, 4): "rest"}})),
        "it_admin>centre_head",
        "approve_calendar",
    ),
    "unknown_rule": when(nothing, *_RULE, name="mood_workdays", value=3),
    "rule_of_another_kind": when(nothing, *_RULE, name="help_workdays", value="5"),
    "rule_out_of_bounds": when(nothing, *_RULE, name="help_workdays", value=0),
    "rule_in_the_past": when(
        nothing, *_RULE, name="help_workdays", value=6, valid_from=date(2025, 6, 9)
    ),
    "no_successor": when(nothing, "it_admin", "succeed_unit", unit="WATER", successor="WATER"),
}
"""message id -> a scene in which a verb is refused with it."""


def _past_the_form(setup: Setup, word: str, verb: str, **values: Any) -> Scene:
    """The stage's own guard: what the form would have refused first reaches the stage by another
    door."""

    def scene(p: People) -> Act:
        case = setup(p)

        def act() -> None:
            with transaction(p.desk.sessions) as session:
                targets = {"case": select(Case), "item": select(Supervision)}
                query = targets.get(VERBS[verb].target)
                row = [] if query is None else [session.scalars(query).one()]
                VERBS[verb].run(session, p.now, actor(session, word), *row, **values)

        assert case is None or VERBS[verb].target != "none"
        return act

    return scene


_REGISTER = {"kind": "help", "narrative": "某某路段路灯不亮，夜间出行不便。"}
BEHIND_THE_FORM: dict[str, Scene] = {
    "not_of_a_unit": _past_the_form(nothing, "operator", "add_article", **_SAID),
    "unknown_channel": _past_the_form(
        nothing, "operator", "register", channel="pigeon", **_REGISTER
    ),
    "unknown_urgency": _past_the_form(nothing, "operator", "register", urgency="mild", **_REGISTER),
    "unknown_contact": _past_the_form(registered(), "operator", "contact", kind="sigh"),
    "unknown_line": _past_the_form(registered(), "operator", "hand_on", line="911"),
    "rule_line_wrong": when(
        nothing, "it_admin", "change_setting", name="dossier.rules", value="〔自2018年〕监察法"
    ),
    "unknown_setting": _past_the_form(
        nothing, "it_admin", "change_setting", name="mood", value="好"
    ),
    "unknown_report": _past_the_form(
        nothing, "centre_head", "issue_report", kind="daily", first=date(2025, 6, 2)
    ),
    "unknown_method": _past_the_form(
        visiting(), "visitor", "record_visit", method="dream", reached=True
    ),
    "unknown_finding": _past_the_form(
        item("fed_back"), "officer", "draft_finding", finding="guilt", words="认定"
    ),
    "unknown_outcome": _past_the_form(
        item("concluded"), "officer", "close_supervision", outcome="prison"
    ),
}
"""Message ids that a form's list of choices keeps anybody from seeing: the stage refuses all the
same."""
UNSEEN = {
    "not_a_post_of_the_unit": "the form names persons, and looks up their posts in that unit alone"
}
"""message id -> why nobody can come to see it."""
OF_THE_PANEL = {
    "file_not_drawn": "tests/views/test_previews.py",
    "line_unread": "tests/views/test_bad_input.py",
    "changed_meanwhile": "tests/views/test_corrections.py",
    "form_too_old": "tests/views/test_once.py",
    "sent_otherwise": "tests/views/test_once.py",
    "row_moved": "tests/views/test_which_row.py",
}
"""message id -> the test that provokes it: only a form, which stays open, comes to it."""

OF_REACH = {
    **dict.fromkeys(
        (
            "field_answers",
            "field_choices",
            "field_code_wrong",
            "field_condition",
            "field_file_seen",
            "field_hangs_on_hidden",
            "field_hangs_on_it",
            "field_in_the_past",
            "field_is_another",
            "field_of_units",
            "field_too_many",
        ),
        "tests/stages/test_extra_fields.py",
    ),
    "field_waits_for_another": "tests/stages/test_configuration.py",
    "file_without_case": "tests/views/test_extra_fields.py",
    **dict.fromkeys(
        (
            "address_in_the_clear",
            "address_inside",
            "address_port",
            "address_unknown",
            "address_unusable",
            "address_with_name",
        ),
        "tests/channels/test_reachable.py",
    ),
    **dict.fromkeys(
        (
            "address_wrong",
            "delivery_stands",
            "gateway_name_wrong",
            "gateway_setting",
            "gateway_template",
            "mail_sender",
            "no_own_address",
            "owner_missing",
            "pretend_in_production",
            "test_waits",
            "unknown_way",
        ),
        "tests/outbox/test_deciding.py",
    ),
    **dict.fromkeys(
        ("gateway_header", "gateway_meaning", "gateway_part", "gateway_success"),
        "tests/channels/test_generic.py",
    ),
    **dict.fromkeys(("hours_wrong", "text_fields_wrong"), "tests/outbox/test_callers.py"),
    **dict.fromkeys(("message_joins_no_case", "message_not_taken"), "tests/stages/test_inbox.py"),
    "photo_unreadable": "tests/front/test_limits.py",
    "no_paper_of_it": "tests/views/test_paper_forms.py",
    **dict.fromkeys(
        (
            "wording_accuses",
            "wording_lacks_fields",
            "wording_not_alone",
            "wording_unknown_fields",
            "wording_unreadable",
        ),
        "tests/rules/test_wording.py",
    ),
    **dict.fromkeys(
        (
            "sheet_cell_missing",
            "sheet_column_gone",
            "sheet_columns_missing",
            "sheet_date_ahead",
            "sheet_date_unread",
            "sheet_empty",
            "sheet_number_twice",
            "sheet_too_long",
            "sheet_too_long_cell",
            "sheet_unreadable",
        ),
        "tests/jobs/test_sheets.py",
    ),
    **dict.fromkeys(
        (
            "roster_cell_missing",
            "roster_cell_too_long",
            "roster_cell_unread",
            "roster_cycle",
            "roster_guard",
            "roster_no_sheet",
            "roster_number_wrong",
            "roster_too_long",
            "roster_twice",
            "roster_unknown",
            "roster_waits",
            "slips_key_gone",
            "slips_of_another",
        ),
        "tests/stages/test_roster.py",
    ),
    **dict.fromkeys(
        (
            "config_no_unit",
            "config_too_long",
            "config_twice",
            "config_unknown",
            "config_unreadable",
        ),
        "tests/stages/test_configuration.py",
    ),
    "signing_key_missing": "tests/test_signing_key.py",
}
"""message id -> the test that provokes it with what it needs around it: servers, files, mails, ways
out."""

ALL = SCENES | BEHIND_THE_FORM


def test_every_message_id_of_the_code_has_its_scene_and_every_scene_its_message_id() -> None:
    found = message_ids(path.read_text("utf-8") for path in APP.rglob("*.py"))
    elsewhere = OF_THE_PANEL | OF_REACH
    assert sorted(ALL.keys() | UNSEEN.keys() | elsewhere.keys()) == sorted(found)
    for msgid, test in elsewhere.items():
        assert f'"{msgid}"' in (APP.parent / test).read_text("utf-8")
    assert not SCENES.keys() & BEHIND_THE_FORM.keys()


def test_the_scan_reads_words_choices_and_what_helpers_return() -> None:
    source = """
def wrong(x):
    if x:
        return "b"
    return "c"
def stage(x):
    word = wrong(x)
    if word:
        raise NotAllowed(word, fact=1)
    raise refusal.NotAllowed("d" if x else "e")
"""
    assert message_ids(iter([source])) == {"b", "c", "d", "e"}
    with pytest.raises(AssertionError, match="cannot tell"):
        message_ids(iter(["def f(word):\n    raise NotAllowed(word)"]))


def refused(desk: Desk, msgid: str) -> None:
    """Play a scene: it is refused with that message id and no table of the database has changed."""
    act = ALL[msgid](People(desk))
    before = fingerprint(desk)
    with pytest.raises(NotAllowed) as no:
        act()
    assert no.value.msgid == msgid
    assert fingerprint(desk) == before


@pytest.fixture(scope="module")
def hired(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with its people: every scene starts from a copy."""
    file = tmp_path_factory.mktemp("hired") / "desk.db"
    with sqlite_copy(sqlite_template, file) as desk:
        People(desk).hire(*UNITS)
    return file


@pytest.mark.parametrize(
    "msgid",
    [
        pytest.param(msgid, marks=pytest.mark.long) if place % 2 else msgid
        for place, msgid in enumerate(ALL)
    ],
)
def test_it_is_refused_and_nothing_is_written(hired: Path, tmp_path: Path, msgid: str) -> None:
    with sqlite_copy(hired, tmp_path / "desk.db") as desk:
        refused(desk, msgid)


@pytest.mark.long
@pytest.mark.timeout(600)
def test_each_is_refused_and_nothing_is_written_on_postgresql(
    postgres: PostgresCluster, postgres_template: str
) -> None:
    with postgres_copy(postgres, postgres_template, "hired_desk") as desk:
        People(desk).hire(*UNITS)
        desk.engine.dispose()
        for msgid in ALL:
            with postgres_copy(postgres, "hired_desk", "refusal_desk") as copy:
                refused(copy, msgid)
