"""The bell: what one person has read is read by nobody else, and a case that was given back is no
longer led to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import select

from app import words
from app.database import transaction
from app.models import Event, Notice, NoticeRead, Person
from tests.databases import Desk
from tests.people import People
from tests.views.panel import Browser, Panel, panel_over


@pytest.fixture
def people(desk: Desk) -> People:
    return People(desk, "2025-06-09 09:00").hire("WATER", "ROADS")


@pytest.fixture
def panel(people: People, tmp_path: Path) -> Iterator[Panel]:
    case = people.case(kind="consultation")
    people.do("allocator", "allocate", case, unit="WATER")
    with panel_over(people.desk, tmp_path / "data", people.now) as made:
        yield made


def bold(browser: Browser) -> int:
    return browser.get("/notices/").text.count("<td><b>")


def test_what_a_clerk_has_read_stays_unread_for_his_head_and_his_colleagues(
    people: People, panel: Panel
) -> None:
    """Seen failing with one moment of reading for all of a unit."""
    clerk, head = panel.of("staff@WATER"), panel.of("head@WATER")
    before = bold(head)
    assert before == bold(clerk) > 0
    assert clerk.post("/notices/read").status_code == 302
    assert (bold(clerk), bold(head)) == (0, before)
    assert clerk.post("/notices/read").status_code == 302, "marked again, nothing changes"
    people.do("staff@WATER", "sign_for", 1)
    people.do("operator", "contact", 1, kind="chase", words="什么时候能修好")
    assert (bold(clerk), bold(head)) == (1, before + 1), "what came since is unread for both"
    with transaction(people.desk.sessions) as session:
        readers = set(session.scalars(select(NoticeRead.person_id)))
    assert readers == {people.person("staff@WATER").id}


def test_an_event_told_to_two_roles_of_one_person_is_one_notice(
    people: People, panel: Panel
) -> None:
    """An answered case is opened again: told to allocator and examiner, and he is both."""
    case = people.case(kind="consultation")
    people.do("operator", "answer_directly", case)
    with transaction(people.desk.sessions) as session:
        person = session.get_one(Person, people.person("allocator").id)
        person.roles.append(session.scalars(select(Role).where(Role.name == "examiner")).one())
    people.do("operator", "contact", case, kind="repeat", words="仍未解决")
    with transaction(people.desk.sessions) as session:
        reopened = select(Notice.recipient).join(Event, Event.id == Notice.event_id)
        told = session.scalars(reopened.where(Event.kind == "case.reopened")).all()
        assert len(told) == 2, "it is written for each role"
    page = panel.enter("allocator").get("/notices/").text
    assert page.count(words.event("case.reopened", "zh")) == 1


def test_the_bell_of_who_has_no_roles_notices_is_empty(panel: Panel) -> None:
    assert bold(panel.of("committee")) == 0
    assert panel.of("committee").post("/notices/read").status_code == 302
