"""What the example of a verb shows, once it is applied: collected by no run of its own, but in the
copy that `tests/test_example_of_a_verb.py` makes."""

from __future__ import annotations

from sqlalchemy import select

from app.database import reading
from app.models import Case, Event, Notice
from app.stages.rights import RIGHTS
from tests.people import People
from tests.test_refusals import handling
from tests.views.panel import Panel, refused

VERB = "mark_danger"
EVENT = "case.endangered"


def test_the_right_belongs_to_the_roles_of_the_row() -> None:
    assert {role for role, rights in RIGHTS.items() if VERB in rights} == {
        "unit_staff",
        "unit_head",
    }


def test_it_is_offered_its_form_shows_it_is_done_and_recorded_once(empty: Panel) -> None:
    people = People(empty.desk).hire("WATER")
    case = handling()(people)
    empty.now = people.now
    address, head = f"/do/{VERB}/{case}", empty.of("head@WATER")
    assert f'href="{address}"' in head.get(f"/cases/{case}").text
    form = head.get(address)
    assert form.status_code == 200
    assert "标记危险" in form.text and 'name="words"' in form.text
    assert empty.of("operator").get(address).status_code == 403
    assert head.post(address, {"words": "燃气泄漏"}).status_code == 302
    with reading(empty.desk.sessions) as session:
        assert session.get_one(Case, case).dangerous
        event = session.scalars(select(Event).where(Event.kind == EVENT)).one()
        told = session.scalars(select(Notice.recipient).where(Notice.event_id == event.id))
        assert list(told) == ["allocator"]
    assert refused(head.post(address, {"words": "燃气泄漏"})) == "nothing_changed"
    assert "标记危险" in head.get(f"/cases/{case}").text
