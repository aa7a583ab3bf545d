"""Fields of the office's own: defined by two, in versions, each with what it is for and hangs on; what
cannot stand is refused in a sentence."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select

from app import words
from app.database import reading, transaction
from app.models import Case, Category, Event, ExtraField, ExtraValue
from app.rules.refusal import NotAllowed
from app.stages.extras import asked, known
from tests.databases import Desk
from tests.extras import KINDS, define
from tests.people import People


@pytest.fixture
def people(desk: Desk) -> People:
    made = People(desk).hire("WATER")
    with transaction(desk.sessions) as session:
        above = Category(name="道路", active=True)
        session.add_all([above, Category(name="供水", active=True)])
        session.flush()
        session.add(Category(name="坑洼", parent_id=above.id, active=True))
    return made


def proposed(people: People, kind: str = "text", **more: Any) -> int:
    usual = {"code": "plate", "subject": "case", "for_units": True, **KINDS[kind], "kind": kind}
    return int(people.plainly("it_admin", "propose_field", **{**usual, **more}).id)


def held(people: People, case: int) -> dict[str, Any]:
    with reading(people.desk.sessions) as session:
        extra = session.get_one(Case, case).extra
    return dict(json.loads(extra)) if extra else {}


def asks(people: People, day: date | None = None) -> list[str]:
    with reading(people.desk.sessions) as session:
        ones = known(session, day or people.now.date())
    return [one.code for one in asked(ones, "case")]


def refused(people: People, word: str, verb: str, case: int | None = None, **given: Any) -> str:
    with pytest.raises(NotAllowed) as no:
        people.do(word, verb, case, **given)
    for tongue in words.SPOKEN:
        assert "{" not in words.said(no.value, tongue, verb)
    return no.value.msgid


def test_one_person_alone_makes_no_field(people: People) -> None:
    row = proposed(people)
    assert asks(people) == []
    assert refused(people, "it_admin", "approve_field", row=row, accept=True) == "no_right"
    assert refused(people, "operator", "register", kind="help", x_plate="七号") == "unknown_field"
    people.plainly("centre_head", "approve_field", row=row, accept=True)
    assert asks(people) == ["plate"]
    with reading(people.desk.sessions) as session:
        kinds = session.scalars(select(Event.kind).where(Event.kind.like("field.%")))
        assert sorted(kinds) == ["field.changed", "field.proposed"]


def test_who_proposed_it_does_not_confirm_it_and_what_is_turned_down_is_never_asked(
    people: People,
) -> None:
    row = proposed(people)
    both = {"row": row, "accept": True}
    assert refused(people, "it_admin>centre_head", "approve_field", **both) == "own_proposal"
    people.plainly("centre_head", "approve_field", row=row, accept=False)
    assert asks(people) == []
    assert refused(people, "centre_head", "approve_field", **both) == "row_moved"


def test_a_version_counts_from_its_day_and_one_retired_is_asked_no_more_and_stays(
    people: People,
) -> None:
    define(people, "road", "case", "choice")
    case = people.case(x_road="支路")
    later = date(2025, 6, 12)
    more = {"choices": ["支路", "巷道"], "label": "路别", "valid_from": later}
    define(people, "road", "case", "choice", **more)
    assert refused(people, "operator", "register", kind="help", x_road="巷道") == "field_wrong"
    people.to("2025-06-12 09:00")
    assert held(people, people.case(x_road="巷道")) == {"road": "巷道"}
    define(people, "road", "case", "choice", choices=["支路", "巷道"], off=True)
    assert asks(people) == []
    assert refused(people, "operator", "register", kind="help", x_road="巷道") == "unknown_field"
    assert held(people, case) == {"road": "支路"}
    with reading(people.desk.sessions) as session:
        assert known(session, people.now.date())["road"].label == "道路"
        assert len(session.scalars(select(ExtraField)).all()) == 3


def test_it_is_asked_of_its_branch_of_categories_alone(people: People) -> None:
    define(people, "plate", "case", "text", category="道路", required=True)
    assert held(people, people.case(category="供水", x_plate="七号")) == {}
    assert held(people, people.case(category="道路／坑洼", x_plate="七号")) == {"plate": "七号"}
    assert refused(people, "operator", "register", kind="help", category="道路") == "field_missing"
    people.case(category="供水")
    people.case()


def test_it_must_say_something_only_where_what_it_hangs_on_is_answered_so(people: People) -> None:
    hangs = {"only_if": "urgency", "answers": ["急件"], "required": True}
    define(people, "size", "case", "number", **hangs)
    assert refused(people, "operator", "register", kind="help", urgency="urgent") == "field_missing"
    assert held(people, people.case(urgency="urgent", x_size="7")) == {"size": "7"}
    assert held(people, people.case(urgency="normal", x_size="读不懂")) == {}


def test_a_field_hangs_on_another_of_the_offices_own(people: People) -> None:
    define(people, "road", "case", "choice")
    define(people, "lanes", "case", "number", label="车道", only_if="x_road", answers=["主干道"])
    assert held(people, people.case(x_road="支路", x_lanes="2")) == {"road": "支路"}
    case = people.case(x_road="主干道", x_lanes="2")
    people.plainly("operator", "edit_case", case, x_road="支路")
    assert held(people, case) == {"road": "支路"}, "what does not apply any more is taken out"
    with reading(people.desk.sessions) as session:
        left = session.scalars(select(ExtraValue.field).where(ExtraValue.row_id == case)).all()
    assert left == ["road"]


def test_a_correction_leaves_what_it_does_not_name_and_empties_what_it_empties(
    people: People,
) -> None:
    define(people, "road", "case", "choice", required=True)
    define(people, "plate", "case", "text", label="门牌")
    case = people.case(x_road="支路", x_plate="七号")
    people.plainly("operator", "edit_case", case, x_plate="八号")
    assert held(people, case) == {"road": "支路", "plate": "八号"}
    people.plainly("operator", "edit_case", case, x_plate="")
    assert held(people, case) == {"road": "支路"}
    assert refused(people, "operator", "edit_case", case, x_road="") == "field_missing"


WRONG: Mapping[str, tuple[str, dict[str, Any]]] = {
    "a code that is none": ("field_code_wrong", {"code": "Plate"}),
    "another kind": ("field_is_another", {"code": "road", "kind": "text"}),
    "another row": ("field_is_another", {"code": "road", "subject": "visit", "kind": "choice"}),
    "one choice": ("field_choices", {"kind": "choice", "choices": ["支路"]}),
    "a long choice": ("field_too_long", {"kind": "choice", "choices": ["支" * 41, "路"]}),
    "a day that is over": ("field_in_the_past", {"valid_from": date(2025, 6, 6)}),
    "a category that is none": ("unknown_category", {"category": "水利"}),
    "a condition that is none": ("field_condition", {"only_if": "narrative", "answers": ["是"]}),
    "on itself": (
        "field_condition",
        {"code": "road", "kind": "choice", "only_if": "x_road", "answers": ["支路"]},
    ),
    "an answer that is none": ("field_answers", {"only_if": "urgency", "answers": ["很急"]}),
    "no answer": ("field_answers", {"only_if": "urgency"}),
    "a default that is none": ("field_wrong", {"kind": "number", "default": "十二"}),
    "a default file": ("field_wrong", {"kind": "file", "default": "a.pdf"}),
    "a reply that units do not see": ("field_of_units", {"subject": "reply", "for_units": False}),
    "a file that units do not see": ("field_file_seen", {"kind": "file", "for_units": False}),
    "seen on what is hidden": (
        "field_hangs_on_hidden",
        {"only_if": "x_hidden", "answers": ["是"], "for_units": True},
    ),
    "hidden while one seen hangs on it": (
        "field_hangs_on_it",
        {"code": "road", "kind": "choice", "choices": ["支路", "主干道"], "for_units": False},
    ),
    "without the answer on which one hangs": (
        "field_hangs_on_it",
        {"code": "road", "kind": "choice", "choices": ["支路", "次干道"]},
    ),
}


@pytest.fixture
def hung(people: People) -> People:
    """An office with a field on which another hangs, and one that units do not see."""
    define(people, "road", "case", "choice")
    define(people, "lanes", "case", "number", label="车道", only_if="x_road", answers=["主干道"])
    define(people, "hidden", "case", "bool", label="内部", for_units=False)
    return people


def test_what_cannot_stand_is_refused_in_a_sentence(hung: People) -> None:
    for what, (msgid, given) in WRONG.items():
        usual = {"code": "plate", "subject": "case", "label": "门牌", "kind": "text"}
        said = {**usual, "for_units": True, **given}
        if said["kind"] == "choice":
            said = {"choices": ["支路", "主干道"], **said}
        assert refused(hung, "it_admin", "propose_field", **said) == msgid, what


def test_no_form_takes_more_than_forty(people: People) -> None:
    for n in range(40):
        define(people, f"field_{n:02d}", "case", "bool", label=f"字段{n}")
    usual = {"code": "one_more", "subject": "case", "label": "门牌", "kind": "text"}
    assert refused(people, "it_admin", "propose_field", **usual) == "field_too_many"


def test_a_contact_without_a_case_keeps_its_fields(people: People) -> None:
    define(people, "plate", "contact", "text")
    row = people.do("operator", "contact", kind="invalid", x_plate="七号")
    with reading(people.desk.sessions) as session:
        found = session.execute(select(ExtraValue.field, ExtraValue.value, ExtraValue.row_id)).all()
    assert [tuple(one) for one in found] == [("plate", "七号", row.id)]
