"""The verb table: its verbs, who has a right to them, what their forms refuse, and the two-person
rules."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from datetime import date, datetime
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import retried, transaction
from app.models import SUBJECTS, Assignment, Case, Draft, Event
from app.roles import Actor
from app.rules.refusal import NotAllowed
from app.stages.rights import RIGHTS
from app.verbs import VERBS, Field, Verb, perform
from app.verbs.typed import value_of
from tests.databases import Desk
from tests.people import UNITS, People, actor, everybody, fingerprint
from tests.test_refusals import (
    BAD,
    EXPLAINED,
    GOOD,
    LISTED,
    REVIEWING,
    Setup,
    after,
    handling,
    item,
    nothing,
    registered,
    replied,
    visiting,
)
from tests.verbs import (
    WRONG,
    example,
    otherwise_given,
    roles_of,
    unlisted,
    where_it_applies,
    without_example,
)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
def people(request: pytest.FixtureRequest) -> People:
    """Everybody of three units. A form refuses before the database is asked, so PostgreSQL is for
    the long run."""
    desk: Desk = request.getfixturevalue(f"{request.param}_desk")
    return People(desk).hire(*UNITS)


# The table.


def test_the_table_has_the_verbs_of_the_procedure_and_no_others() -> None:
    assert unlisted(VERBS.values()) == []


def test_every_verb_belongs_to_the_roles_that_the_procedure_gives_it_to() -> None:
    assert otherwise_given(VERBS.values()) == []
    given = {verb: {role for role, rights in RIGHTS.items() if verb in rights} for verb in VERBS}
    assert given == {verb: set(roles_of(verb)) for verb in VERBS}


def test_every_field_of_a_verb_has_an_example() -> None:
    assert without_example(VERBS.values()) == []


def test_no_right_names_a_verb_that_is_not_there() -> None:
    assert {verb for rights in RIGHTS.values() for verb in rights} == set(VERBS)


def _performed(now: datetime, who: Actor, verb: str, case: int, session: Session) -> Any:
    return perform(session, now, who, verb, case=case)


def test_a_role_without_the_right_is_refused_every_verb_and_nothing_is_written(
    people: People,
) -> None:
    case = handling()(people)
    before = fingerprint(people.desk)
    tried = 0
    for word in everybody("WATER"):
        with transaction(people.desk.sessions) as session:
            who = actor(session, word)
            roles = who.roles
        for verb in VERBS:
            if roles.isdisjoint(roles_of(verb)):
                with pytest.raises(NotAllowed, match="no_right"):
                    refused = partial(_performed, people.now, who, verb, case)
                    retried(people.desk.sessions, refused)
                tried += 1
    assert tried > 900
    assert fingerprint(people.desk) == before


# The forms.


def _refusal(p: People, verb: Verb, case: Any, **fields: Any) -> str:
    """The message id with which somebody who has the right is refused."""
    roles = roles_of(verb.name)
    word = "head@WATER" if "unit_head" in roles else roles[0]
    with pytest.raises(NotAllowed) as no:
        p.plainly(word, verb.name, None if verb.target == "none" else case, **fields)
    return str(no.value.msgid)


def _forms(case: int | None) -> Iterator[tuple[Verb, dict[str, Any]]]:
    for verb in VERBS.values():
        yield verb, {one.name: example(verb.name, one, case) for one in verb.fields if one.required}


def test_a_form_refuses_what_it_does_not_know_and_what_it_lacks(people: People) -> None:
    case = handling()(people)
    before = fingerprint(people.desk)
    for verb, form in _forms(case):
        assert _refusal(people, verb, case, **form, mood="bad") == "unknown_field", verb.name
        for name in form:
            lacking = {other: value for other, value in form.items() if other != name}
            assert _refusal(people, verb, case, **lacking) == "field_missing", (verb.name, name)
    assert fingerprint(people.desk) == before


REFUSED_AS = {"field_wrong", "unknown_unit", "not_found", "field_too_long", "line_unread"}


def test_what_a_person_types_is_read_as_what_it_means(people: People) -> None:
    """A number, yes and no, days and counts come as a form has them: as text, in any width."""
    read = {"int": ("３", 3), "bool": ("否", False), "counts": ("WATER 2", {"WATER": 2})}
    read["days"] = ("2027年1月4日 上班", {date(2027, 1, 4): "work"})
    id = handling()(people)
    with transaction(people.desk.sessions) as session:
        for kind, (text, meant) in read.items():
            assert value_of(session, Field("it", kind), text) == meant, kind
        case = session.get_one(Case, id)
        assert value_of(session, Field("it", "case"), f" {case.number} ") is case


def test_a_form_refuses_a_value_of_another_kind(people: People) -> None:
    case = handling()(people)
    before = fingerprint(people.desk)
    for verb, form in _forms(case):
        for one in verb.fields:
            for value in WRONG.get(one.kind, ()):
                if one.clears and value == "":
                    continue
                asked = {**form, **where_it_applies(verb, one), one.name: value}
                found = _refusal(people, verb, case, **asked)
                assert found in REFUSED_AS, (verb.name, one.name, value, found)
    assert fingerprint(people.desk) == before


def test_every_kind_of_field_has_values_that_it_cannot_take() -> None:
    kinds = {one.kind for verb in VERBS.values() for one in verb.fields}
    assert kinds - {"any"} == set(WRONG)


NOBODYS = (0, -1, 10**6, 2**62, 2**70, True, "1", 1.5, [1])
"""Ids that are no row's."""


def test_a_case_that_is_not_there_is_refused_whatever_its_number(people: People) -> None:
    handling()(people)
    before = fingerprint(people.desk)
    for verb, form in _forms(1):
        for number in NOBODYS if verb.target != "none" else ():
            assert _refusal(people, verb, number, **form) == "not_found", (verb.name, number)
    assert fingerprint(people.desk) == before


@pytest.mark.parametrize("number", NOBODYS)
def test_a_draft_that_is_not_there_is_refused_whatever_its_number(
    people: People, number: Any
) -> None:
    case = handling()(people)
    assert _refusal(people, VERBS["reply"], case, draft=number) == "not_found"


@pytest.mark.parametrize("number", NOBODYS)
def test_an_item_that_is_not_there_is_refused_whatever_its_number(
    people: People, number: Any
) -> None:
    case = item("opened")(people)
    before = fingerprint(people.desk)
    assert (
        _refusal(people, VERBS["clear"], case, item=number, new_date=date(2025, 6, 20))
        == "not_found"
    )
    assert (
        _refusal(people, VERBS["open_supervision"], case, item=number, requirement="限期")
        == "not_a_candidate"
    )
    assert fingerprint(people.desk) == before


@pytest.mark.parametrize("ground", (5, True, ["silent"], "x" * 41, "\0"))
def test_a_ground_that_is_no_word_is_refused(people: People, ground: Any) -> None:
    case = item("opened")(people)
    with pytest.raises(NotAllowed) as no:
        people.plainly("officer", "decline", case, ground=ground, reason="不必督办")
    assert no.value.msgid in REFUSED_AS | {"not_a_candidate"}


def test_text_longer_than_its_column_is_refused_on_both_databases(people: People) -> None:
    """Every field of text or of a choice fits its column: what is longer is refused before the
    database sees it."""
    case = handling()(people)
    before = fingerprint(people.desk)
    form = {"kind": "help", "narrative": "长" * 20}
    columns = {"place": 200, "complained_person": 80, "paper_form": 40}
    longer: list[dict[str, Any]] = [{name: "长" * (most + 1)} for name, most in columns.items()]
    longer += [{"caller": {"name": "长" * 81}}, {"caller": {"phone": "1" * 41}}]
    for one in longer:
        assert _refusal(people, VERBS["register"], case, **form, **one) == "field_too_long", one
    assert fingerprint(people.desk) == before
    people.case(place="长" * 200, caller={"name": "长" * 80, "phone": "1" * 20})


# Drafts.

DRAFTS: dict[str, tuple[str, Setup, dict[str, Any], str]] = {
    "draft_return": ("request_return", handling(), {"reason": "不属本单位职责。"}, "request"),
    "draft_extension": (
        "request_extension",
        handling(),
        {"workdays": 3, "reason": "工程量大。"},
        "request",
    ),
    "draft_explanation": ("explain", handling(), EXPLAINED, "request"),
    "draft_interim": (
        "reply_interim",
        handling(),
        {"promised_on": date(2025, 6, 12), "opinion": "已查明原因。", "next_step": "更换阀门。"},
        "request",
    ),
    "draft_reply": (
        "reply",
        handling(),
        {
            "opinion": "已修复。",
            "next_step": "回访诉求人。",
            "step_on": date(2025, 6, 12),
            "public_answer": "已修复。",
            "contacted": True,
            "contacted_at": datetime(2025, 6, 9, 8, 30),  # noqa: DTZ001
        },
        "reply",
    ),
    "draft_feedback": (
        "feed_back",
        item("opened"),
        {"words": "已按要求整改。"},
        "supervision.fed_back",
    ),
    "draft_statement": (
        "record_statement",
        item("confirmed"),
        {"words": "情况说明。"},
        "supervision.stated",
    ),
}
"""what staff drafts -> the verb of the head, where, the fields, and where 自审 is marked: a row or an
event."""


def _self_approved(p: People, where: str) -> bool:
    with transaction(p.desk.sessions) as session:
        if "." not in where:
            rows = session.scalars(select(SUBJECTS[where])).all()
            return bool(rows[-1].self_approved)
        payload = session.scalars(select(Event.payload).where(Event.kind == where)).all()[-1]
        return bool(json.loads(payload)["self_approved"])


def test_every_draft_is_of_a_verb_of_the_head() -> None:
    assert set(DRAFTS) == {verb for verb in VERBS if verb.startswith("draft_")} - {"draft_finding"}


@pytest.mark.parametrize("verb", DRAFTS)
def test_staff_drafts_and_the_head_approves(people: People, verb: str) -> None:
    files, setup, fields, where = DRAFTS[verb]
    case = setup(people)
    draft = people.plainly("staff@WATER", verb, case, **fields)
    with pytest.raises(NotAllowed, match="no_right"):
        people.plainly("staff@WATER", files, case, draft=draft.id)
    with pytest.raises(NotAllowed, match="not_found"):
        people.plainly("head@HOUSING", files, case, draft=draft.id)
    other = "reply" if files == "explain" else "explain"
    with pytest.raises(NotAllowed, match="not_found"):
        people.plainly("head@WATER", other, case, draft=draft.id)
    people.plainly("head@WATER", files, case, draft=draft.id)
    assert not _self_approved(people, where)
    with transaction(people.desk.sessions) as session:
        assert session.get_one(Draft, draft.id).used_at == people.now


@pytest.mark.parametrize("verb", DRAFTS)
@pytest.mark.parametrize("drafted", (True, False))
def test_what_the_head_drafted_himself_is_marked_as_approved_by_himself(
    people: People, verb: str, drafted: bool
) -> None:
    files, setup, fields, where = DRAFTS[verb]
    case = setup(people)
    if drafted:
        draft = people.plainly("head@WATER", verb, case, **fields)
        people.plainly("head@WATER", files, case, draft=draft.id)
    else:
        people.plainly("head@WATER", files, case, **fields)
    assert _self_approved(people, where)


def test_the_head_may_change_a_draft_in_approving_it(people: People) -> None:
    case = handling()(people)
    draft = people.plainly("staff@WATER", "draft_extension", case, workdays=3, reason="工程量大。")
    request = people.plainly("head@WATER", "request_extension", case, draft=draft.id, workdays=2)
    assert (request.workdays, request.words) == (2, "工程量大。")


def test_a_draft_that_is_refused_may_be_approved_later(people: People) -> None:
    """Nothing is written with a refusal: neither is the draft used up."""
    case = after(handling(), ("head@WATER", "request_return"))(people)
    draft = people.do("staff@WATER", "draft_reply", case, **DRAFTS["draft_reply"][2])
    with pytest.raises(NotAllowed, match="return_pending"):
        people.plainly("head@WATER", "reply", case, draft=draft.id)
    people.do("allocator", "rule_on_return", case, accept=False)
    people.plainly("head@WATER", "reply", case, draft=draft.id)


# Separation of duties: (where, who may not, who may, the verb and its fields, the message id).

_SAMPLED = (
    (lambda p: p.do("it_admin", "change_rule", name="sample_in_ten", value=10),),
    (lambda p: p.do("centre_head", "approve_rule"),),
)
_REVIEW = ("head@WATER", "ask_review")
_BY_HEAD = ("supervision_head", "draft_finding", {"finding": "duty"})
_ON_PAPER: dict[str, Any] = {"leader": "县长", "scan": "审批扫描件.pdf"}
_COMPLETED_BY_2 = ("officer#2", "complete_referral")
_REVIEWED = ("supervision_head", "review_referral")
APART: dict[str, tuple[Setup, str, str, str, dict[str, Any], str]] = {
    "who answered directly does not visit": (
        after(
            nothing,
            *_SAMPLED,
            (lambda p: p.case(),),
        ),
        "centre_head",
        "visitor",
        "record_visit",
        GOOD,
        "handled_it_himself",
    ),
    "who answered directly does not examine": (
        after(
            registered(),
            ("centre_head", "answer_directly"),
            ("operator", "contact", {"kind": "repeat"}),
            ("allocator", "allocate", {"unit": "WATER"}),
            ("head@WATER", "reply"),
        ),
        "centre_head",
        "examiner",
        "examine",
        {"passes": True},
        "handled_it_himself",
    ),
    "who approved the unit's reply does not examine": (
        replied(),
        "head@WATER+examiner",
        "examiner",
        "examine",
        {"passes": True, "unit": "WATER"},
        "recused",
    ),
    "who approved the unit's reply does not visit": (
        visiting(),
        "head@WATER+visitor",
        "visitor",
        "record_visit",
        GOOD,
        "handled_it_himself",
    ),
    "who examined does not visit": (
        after(replied(), ("centre_head", "examine", {"passes": True})),
        "centre_head",
        "visitor",
        "record_visit",
        GOOD,
        "examined_it_himself",
    ),
    "who visited does not review responsibility": (
        after(visiting(), ("centre_head", "record_visit", BAD)),
        "centre_head",
        "examiner",
        "review_responsibility",
        {"unit_responsible": True},
        "visited_it_himself",
    ),
    "who visited does not examine the redo": (
        after(
            visiting(),
            ("centre_head", "record_visit", BAD),
            ("examiner", "review_responsibility", {"unit_responsible": True}),
            ("head@WATER", "reply"),
        ),
        "centre_head",
        "examiner",
        "examine",
        {"passes": True},
        "visited_it_himself",
    ),
    "who asked does not rule": (
        after(handling(), ("head@WATER", "request_extension")),
        "head@WATER+allocator",
        "allocator",
        "rule_on_extension",
        {"accept": True, "unit": "WATER"},
        "recused",
    ),
    "who loaded the calendar does not approve it": (
        after(nothing, ("it_admin", "load_calendar", {"days": {date(2027, 1, 4): "rest"}})),
        "it_admin>centre_head",
        "centre_head",
        "approve_calendar",
        {},
        "own_proposal",
    ),
    "who changed a rule does not approve it": (
        after(nothing, ("it_admin", "change_rule", {"name": "help_workdays", "value": 6})),
        "it_admin>centre_head",
        "centre_head",
        "approve_rule",
        {},
        "own_proposal",
    ),
    "who drafted a finding does not confirm it": (
        item("fed_back", _BY_HEAD),
        "supervision_head",
        "supervision_head#2",
        "confirm_finding",
        {},
        "own_finding",
    ),
    "who drafted a finding does not send it back": (
        item("fed_back", _BY_HEAD),
        "supervision_head",
        "supervision_head#2",
        "confirm_finding",
        {"accept": False},
        "own_finding",
    ),
    "who drafted a finding does not rule on its review": (
        item(
            "fed_back",
            _BY_HEAD,
            ("supervision_head#2", "confirm_finding"),
            ("head@WATER", "record_statement"),
            ("officer", "conclude"),
            _REVIEW,
        ),
        "supervision_head",
        "supervision_head#2",
        "rule_on_review",
        {"accept": True},
        "own_finding",
    ),
    "who concluded does not rule on the review": (
        item("heard", ("supervision_head", "conclude"), _REVIEW),
        "supervision_head",
        "supervision_head#2",
        "rule_on_review",
        {"accept": True},
        "own_finding",
    ),
    "who completed a referral does not review it": (
        item("drafted", ("supervision_head", "complete_referral")),
        "supervision_head",
        "supervision_head#2",
        "review_referral",
        {},
        "completed_it_himself",
    ),
    "who completed a referral does not enter its approval": (
        item("drafted", _COMPLETED_BY_2, _REVIEWED),
        "officer#2",
        "supervision_head#2",
        "approve_referral",
        _ON_PAPER,
        "completed_or_reviewed_it_himself",
    ),
    "who reviewed a referral does not enter its approval": (
        item("drafted", _COMPLETED_BY_2, _REVIEWED),
        "supervision_head",
        "supervision_head#2",
        "approve_referral",
        _ON_PAPER,
        "completed_or_reviewed_it_himself",
    ),
    "who drafted a part of it does not enter its approval": (
        item("drafted", _COMPLETED_BY_2, _REVIEWED),
        "officer",
        "supervision_head#2",
        "approve_referral",
        _ON_PAPER,
        "drafted_part_of_it",
    ),
    "another leader has not opened the paper": (
        item("reviewed", ("leader", "open_paper")),
        "leader#2",
        "leader",
        "approve_referral",
        {},
        "paper_not_opened",
    ),
}


@pytest.mark.parametrize("rule", APART)
def test_two_persons(people: People, rule: str) -> None:
    setup, who_not, who, verb, fields, msgid = APART[rule]
    case = setup(people)
    if rule == "who answered directly does not visit":
        with transaction(people.desk.sessions) as session:
            case = session.scalars(select(Case.id)).one()
        people.do("centre_head", "answer_directly", case)
    before = fingerprint(people.desk)
    with pytest.raises(NotAllowed, match=f"^{msgid}"):
        people.do(who_not, verb, case, **fields)
    assert fingerprint(people.desk) == before
    people.do(who, verb, case, **fields)


# Recusal 回避.

RECUSED: dict[str, tuple[Setup, str, dict[str, Any]]] = {
    "draft_finding": (item("fed_back"), "officer#2", {"finding": "duty"}),
    "confirm_finding": (item("finding"), "supervision_head#2", {}),
    "conclude": (item("heard"), "officer#2", {}),
    "rule_on_review": (item("concluded", _REVIEW), "supervision_head#2", {"accept": False}),
    "complete_referral": (item("drafted"), "officer#2", {}),
    "review_referral": (item("completed"), "supervision_head#2", {}),
    "send_back_referral": (item("completed"), "supervision_head#2", {}),
    "approve_referral": (item("reviewed", ("leader", "open_paper")), "leader", {}),
    "seal_referral": (item("approved"), "officer#2", {}),
    "examine": (replied(), "examiner#2", {"passes": True}),
    "review_responsibility": (REVIEWING, "examiner#2", {"unit_responsible": True}),
    "decline": (LISTED, "officer#2", {}),
    "defer": (LISTED, "officer#2", {"workdays": 1}),
    "strike_row": (LISTED, "officer#2", {}),
    "clear": (item("fed_back"), "officer#2", {"new_date": "2025-07-31"}),
    "reissue": (item("fed_back"), "officer#2", {}),
    "close_supervision": (item("concluded"), "officer#2", {"outcome": "nothing"}),
    "abandon_referral": (item("drafted"), "officer#2", {}),
    "supplement_referral": (item("received"), "officer#2", {}),
    **{
        f"rule_on_{kind}": (
            after(handling(), ("head@WATER", verb)),
            "allocator#2",
            {"accept": False},
        )
        for kind, verb in (
            ("return", "request_return"),
            ("extension", "request_extension"),
            ("explanation", "explain"),
            ("interim", "reply_interim"),
        )
    },
}
"""verb -> where, who, the fields: what nobody does about a unit where he held a post in the last
three years."""


@pytest.mark.parametrize("verb", RECUSED)
def test_who_held_a_post_in_the_unit_in_the_last_three_years_is_recused(
    people: People, verb: str
) -> None:
    setup, who, fields = RECUSED[verb]
    case = setup(people)
    years_ago = people.now.date().replace(year=people.now.year - 3)
    people.post(who, "HOUSING", "2010-01-01")
    people.post(who, "WATER", "2010-01-01", years_ago.isoformat())
    before = fingerprint(people.desk)
    with pytest.raises(NotAllowed, match="^recused"):
        people.do(who, verb, case, **fields)
    assert fingerprint(people.desk) == before


@pytest.mark.parametrize("verb", RECUSED)
def test_who_left_the_unit_more_than_three_years_ago_is_not_recused(
    people: People, verb: str
) -> None:
    setup, who, fields = RECUSED[verb]
    case = setup(people)
    day_before = people.now.date().replace(year=people.now.year - 3, day=people.now.day - 1)
    people.post(who, "WATER", "2010-01-01", day_before.isoformat())
    people.do(who, verb, case, **fields)


def test_each_verb_that_recuses_is_walked_here() -> None:
    assert set(RECUSED) == {verb.name for verb in VERBS.values() if verb.recuses}


ABOUT_HIMSELF = (
    "draft_finding",
    "confirm_finding",
    "conclude",
    "rule_on_review",
    "complete_referral",
    "review_referral",
)


@pytest.mark.parametrize("verb", ABOUT_HIMSELF)
def test_nobody_acts_about_himself_even_where_the_office_asks_for_no_years_away(
    people: People, verb: str
) -> None:
    """He held the post on the date of the fault and has left it since: with no years asked for,
    that alone counts."""
    who = RECUSED[verb][1]
    name = people.person(who).username
    people.post(who, "WATER", "2010-01-01", "2025-06-17")
    people.do("it_admin", "change_rule", name="recusal_years", value=0)
    people.do("centre_head", "approve_rule")
    case = after(
        handling(),
        ("to", "2025-06-20 09:00"),
        ("officer", "open_supervision"),
        ("head@WATER", "feed_back"),
    )(people)
    named = ("officer", "draft_finding", {"finding": "duty", "persons": [name]})
    way: tuple[tuple[Any, ...], ...] = (
        named,
        ("supervision_head", "confirm_finding"),
        ("head@WATER", "record_statement"),
        ("officer", "record_statement", {"person": name}),
        ("officer", "conclude"),
        _REVIEW,
        ("sweep", "2025-06-23"),
        ("officer", "complete_referral"),
    )
    steps = {
        "draft_finding": 0,
        "confirm_finding": 1,
        "conclude": 4,
        "rule_on_review": 6,
        "complete_referral": 7,
    }
    after(lambda p: case, *way[: steps.get(verb, 8)])(people)
    fields = {"finding": "duty", "persons": [name]} if verb == "draft_finding" else RECUSED[verb][2]
    with pytest.raises(NotAllowed, match="^recused"):
        people.do(who, verb, case, **fields)


# Two at once.

RACES: dict[
    str, tuple[Setup, tuple[str, str, dict[str, Any]], tuple[str, str, dict[str, Any]], str]
] = {
    "two allocators allocate": (
        registered(),
        ("allocator", "allocate", {"unit": "WATER"}),
        ("allocator#2", "allocate", {"unit": "HOUSING"}),
        "not_registered",
    ),
    "an operator answers, an allocator allocates": (
        registered(),
        ("operator", "answer_directly", {}),
        ("allocator", "allocate", {"unit": "WATER"}),
        "not_registered",
    ),
    "staff and head sign": (
        handling(),
        ("staff@WATER", "sign_for", {}),
        ("head@WATER", "sign_for", {}),
        "signed_already",
    ),
    "two allocators rule": (
        after(handling(), ("head@WATER", "request_extension")),
        ("allocator", "rule_on_extension", {"accept": True}),
        ("allocator#2", "rule_on_extension", {"accept": False}),
        "nothing_pending",
    ),
    "the unit asks for two extensions": (
        handling(),
        ("head@WATER", "request_extension", {}),
        ("head@WATER#2", "request_extension", {}),
        "extended_once",
    ),
    "two examiners examine": (
        replied(),
        ("examiner", "examine", {"passes": True}),
        ("examiner#2", "examine", {"passes": False}),
        "no_reply",
    ),
    "the room opens twice": (
        handling(),
        ("officer", "open_supervision", {}),
        ("officer#2", "open_supervision", {}),
        "item_stands",
    ),
    "a finding is confirmed and sent back": (
        item("finding"),
        ("supervision_head", "confirm_finding", {}),
        ("supervision_head#2", "confirm_finding", {"accept": False}),
        "no_finding",
    ),
    "a referral is sealed and abandoned": (
        item("sealed", ("to", "2025-06-13 09:00")),
        ("officer", "send_referral", {}),
        ("officer#2", "abandon_referral", {}),
        "referral_state",
    ),
}


@pytest.mark.parametrize("race", RACES)
def test_of_two_at_once_one_wins_and_the_other_is_refused(people: People, race: str) -> None:
    setup, *two, msgid = RACES[race]
    case = setup(people)
    for word, _, _ in two:
        people.person(word)
    ready, told = threading.Barrier(2, timeout=30), []

    def run(word: str, verb: str, fields: dict[str, Any]) -> None:
        ready.wait()
        try:
            people.do(word, verb, case, **fields)
            told.append("")
        except NotAllowed as no:
            told.append(no.msgid)

    threads = [threading.Thread(target=run, args=one) for one in two]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(told) == 2
    won, refused = sorted(told)
    assert won == ""
    assert refused in {msgid, "not_concluded"}


def test_who_read_the_row_before_another_moved_it_is_refused(postgres_desk: Desk) -> None:
    """He has read the assignment; meanwhile it is signed for; then he signs for what he has
    read."""
    p = People(postgres_desk).hire("WATER")
    case = handling()(p)
    reads: list[str] = []

    def work(session: Session) -> None:
        row = session.scalars(select(Assignment).where(Assignment.case_id == case)).one()
        reads.append(row.state)
        if len(reads) == 1:
            p.do("head@WATER", "sign_for", case)
        perform(session, p.now, actor(session, "staff@WATER"), "sign_for", case=case)

    with pytest.raises(NotAllowed, match="signed_already"):
        retried(postgres_desk.sessions, work)
    assert reads[0] == "allocated"


def test_who_read_the_case_before_another_moved_it_is_refused(postgres_desk: Desk) -> None:
    p = People(postgres_desk).hire("WATER", "HOUSING")
    case = p.case()
    with (
        pytest.raises(NotAllowed, match="not_registered"),
        transaction(postgres_desk.sessions) as session,
    ):
        assert session.get_one(Case, case).state == "registered"
        p.do("allocator", "allocate", case, unit="WATER")
        perform(
            session, p.now, actor(session, "allocator#2"), "allocate", case=case, unit="HOUSING"
        )
