"""The bell: what one person has read is read by nobody else, and a case that was given back is no
longer led to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select

from app.database import transaction
from app.models import NoticeRead
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
    people.do("operator", "contact", 1, kind="repeat", words="仍未解决")
    told = panel.of("allocator").get("/notices/").text
    assert told.count("重复投诉") <= 1


def test_the_bell_of_who_has_no_roles_notices_is_empty(panel: Panel) -> None:
    assert bold(panel.of("committee")) == 0
    assert panel.of("committee").post("/notices/read").status_code == 302
