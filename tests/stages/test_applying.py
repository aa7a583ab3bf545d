"""Fields that do not always apply: one place decides, and what does not apply reaches no verb, whoever
sends it."""

from __future__ import annotations

import pytest

from app.models import Reply, VisitRecord
from app.stages.applying import applying, conditions
from app.stages.table import Misdeclared, collected
from app.stages.verb import NO_CASE, Field, Verb, When, choice, field, only
from app.verbs import VERBS
from tests.databases import Desk
from tests.room import Room

ASKED = (
    field("reached", "bool"),
    only(choice("satisfied", ("content", "not")), "reached", "y"),
    only(field("why"), "satisfied", "not"),
)


@pytest.mark.parametrize(
    ("answer", "kept"),
    [(True, True), ("y", True), ("是", True), (False, False), ("否", False), ("n", False)],
)
def test_a_field_applies_where_its_choice_is_answered_so_however_that_is_written(
    answer: object, kept: bool
) -> None:
    told = applying(ASKED, {"reached": answer, "satisfied": "not"})
    assert ("satisfied" in told) is kept


def test_what_hangs_on_a_field_that_does_not_apply_does_not_apply() -> None:
    told = applying(ASKED, {"reached": False, "satisfied": "not", "why": "慢"})
    assert told == {"reached": False}


@pytest.mark.parametrize("answer", [None, "", "perhaps", 5])
def test_what_hangs_on_a_choice_that_is_not_answered_may_apply(answer: object) -> None:
    """It is refused by its own name where it cannot be read."""
    assert applying(ASKED, {"reached": answer, "why": "慢"})["why"] == "慢"


def test_a_value_of_no_field_stays_to_be_refused_by_its_name() -> None:
    assert applying(ASKED, {"mood": "bad"}) == {"mood": "bad"}


def test_every_condition_of_the_table_can_be_met_and_missed() -> None:
    found = [
        (verb.name, when, next(one for one in verb.fields if one.name == when.choice))
        for verb in VERBS.values()
        for one in verb.fields
        for when in conditions(verb.fields, one.name)
    ]
    assert {"reply", "record_visit", "amend_visit", "examine", "refuse"} <= {
        one[0] for one in found
    }
    for verb, when, on in found:
        answers = ("y", "n") if on.kind == "bool" else on.choices
        assert set(when.answers) < set(answers), (verb, when)


def test_a_row_whose_condition_cannot_be_met_is_refused_in_a_sentence() -> None:
    def run() -> None: ...

    later = (Field("why", when=When("solved", ("n",))), Field("solved", "bool"))
    must = (Field("solved", "bool"), Field("why", required=True, when=When("solved", ("n",))))
    for fields, said in ((later, "a field before it"), (must, "always applies")):
        row = Verb("settle", run=run, on=NO_CASE, roles=("officer",), event="setting.changed")
        row = Verb(**{**vars(row), "fields": fields, "guarded": True})
        with pytest.raises(Misdeclared, match=said):
            collected([row])


@pytest.fixture
def room(desk: Desk) -> Room:
    return Room(desk)


def test_a_reply_that_solved_it_says_no_reason_why_not_whoever_sends_it(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A", kind="help")
    typed = {"contacted": True, "solved": True, "why_unsolved": "缺件", "why_not_contacted": "空号"}
    room.do("2025-06-09 14:00", "head@WATER", "reply", "A", **typed)
    (row,) = room.rows(Reply)
    assert (row.why_unsolved, row.why_not_contacted) == ("", "")


def test_what_does_not_apply_is_not_even_read(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A", kind="help")
    typed = {"contacted": False, "why_not_contacted": "空号", "contacted_at": "昨天下午"}
    room.do("2025-06-09 14:00", "head@WATER", "reply", "A", **typed)
    assert [row.contacted_at for row in room.rows(Reply)] == [None]


def to_visit(room: Room) -> None:
    room.allocated("2025-06-09 09:10", "A", kind="help")
    room.do("2025-06-09 14:00", "head@WATER", "reply", "A")
    room.do("2025-06-09 15:00", "examiner", "examine", "A", passes=True)


ON_SITE = {
    "method": "onsite",
    "reached": True,
    "place": "滨河路3号",
    "met": "王女士",
    "truth": "proven",
    "solved": "partly",
    "satisfied": "basically",
    "why": "timeliness",
}


def test_a_telephone_visit_has_no_place_and_who_is_content_says_no_why(room: Room) -> None:
    to_visit(room)
    told = {**ON_SITE, "method": "phone", "satisfied": "satisfied"}
    room.do("2025-06-10 09:00", "visitor", "record_visit", "A", **told)
    (row,) = room.rows(VisitRecord)
    assert (row.place, row.met, row.why, row.satisfied) == ("", "", None, "satisfied")


def test_a_visit_that_reached_nobody_has_no_outcome_at_all(room: Room) -> None:
    to_visit(room)
    told = {**ON_SITE, "reached": False, "contacted_by_unit": True}
    room.do("2025-06-10 09:00", "visitor", "record_visit", "A", **told)
    (row,) = room.rows(VisitRecord)
    assert (row.truth, row.solved, row.satisfied, row.why) == (None,) * 4
    assert (row.contacted_by_unit, row.place) == (None, "滨河路3号")


def test_what_a_correction_makes_not_apply_goes_from_what_stood(room: Room) -> None:
    to_visit(room)
    room.do("2025-06-10 09:00", "visitor", "record_visit", "A", **ON_SITE)
    changed = {"reason": "实为电话回访", "method": "phone"}
    room.do("2025-06-10 10:00", "centre_head", "amend_visit", "A", **changed)
    first, second = room.rows(VisitRecord)
    assert (first.place, first.met) == ("滨河路3号", "王女士")
    assert (second.place, second.met, second.why) == ("", "", "timeliness")
