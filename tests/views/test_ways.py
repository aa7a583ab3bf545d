"""What has to be done first: a refusal that asks for it leads there, and the form says so beforehand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import words
from app.roles import PAGES
from app.rules.refusal import NotAllowed
from app.stages.table import VERBS
from app.views.forms.ways import AGAINST, DONE_BY, STANDS_ON
from tests.databases import Desk
from tests.office import moment
from tests.people import People
from tests.room import Room
from tests.views.panel import Panel, msgid, panel_over


def ways(page: str, box: str) -> list[str]:
    """The addresses that a box of the page leads to."""
    found = re.search(rf'<div class="{box}".*?</div>', page, re.S)
    return re.findall(r'href="([^"]+)"', found[0]) if found else []


@pytest.mark.parametrize("name", [*DONE_BY, *STANDS_ON, *AGAINST.values()])
def test_every_refusal_that_leads_on_is_one_and_leads_to_a_verb_or_a_page(name: str) -> None:
    assert words.known(f"refusal.{name}")
    assert DONE_BY.get(name, "register") in VERBS
    assert STANDS_ON.get(name, "Units") in PAGES
    assert name in DONE_BY or name in STANDS_ON


@pytest.fixture
def room(desk: Desk) -> Room:
    made = Room(desk)
    made.to("review_referral")
    return made


@pytest.fixture
def panel(room: Room, tmp_path: Path) -> Iterator[Panel]:
    with panel_over(room.desk, tmp_path / "data", moment("2025-06-11 14:00")) as made:
        yield made


def test_an_approval_shows_the_paper_before_and_its_refusal_leads_there(
    room: Room, panel: Panel
) -> None:
    leader, address = panel.of("leader"), f"/do/approve_referral/{room.id('A')}"
    paper = f"/referrals/{room.referral.id}/paper.pdf"
    page = leader.get(address).text
    assert ways(page, "flash warning") == [paper]
    assert words.said(NotAllowed("paper_not_opened"), "zh") in page
    answer = leader.post(address, {"with_identity": "n"})
    assert msgid(answer) == "paper_not_opened" and ways(answer.text, "refusal") == [paper]
    assert leader.get(paper).status_code == 200
    page = leader.get(address).text
    assert ways(page, "flash warning") == [] and page.count(paper) == 1, "beside the form"
    assert leader.post(address, {"with_identity": "n"}).status_code == 302
    assert room.referral.state == "approved"


def test_a_paper_opened_beside_an_open_form_is_enough(room: Room, panel: Panel) -> None:
    leader, address = panel.of("leader"), f"/do/approve_referral/{room.id('A')}"
    leader.get(address)
    assert leader.get(f"/referrals/{room.referral.id}/paper.pdf").status_code == 200
    assert leader.post(address).status_code == 302


def test_who_enters_an_approval_on_paper_is_not_sent_to_the_paper_first(
    room: Room, panel: Panel
) -> None:
    page = panel.of("officer#2").get(f"/do/approve_referral/{room.id('A')}").text
    assert ways(page, "flash warning") == []
    assert 'name="leader"' in page and 'name="scan"' in page


@pytest.fixture
def refusal(desk: Desk, tmp_path: Path) -> Iterator[Panel]:
    """A case whose refusal an operator proposed."""
    people = People(desk, "2025-06-09 09:00").hire("WATER")
    case = people.case()
    people.do("operator", "refuse", case, reason="court", words="请向法院提出。")
    with panel_over(desk, tmp_path / "data", people.now) as made:
        yield made


def test_a_proposal_that_holds_allocation_is_one_click_away(refusal: Panel) -> None:
    allocator = refusal.of("allocator")
    assert ways(allocator.get("/do/allocate/1").text, "flash warning") == ["/do/confirm_refusal/1"]
    answer = allocator.post("/do/allocate/1", {"unit": "WATER"})
    assert msgid(answer) == "refusal_undecided"
    assert ways(answer.text, "refusal") == ["/do/confirm_refusal/1"]


def test_nobody_is_led_to_what_they_may_not_do(panel: Panel, room: Room) -> None:
    page = panel.of("supervision_head").get(f"/do/review_referral/{room.id('A')}").text
    assert not any("/do/" in href for href in ways(page, "flash warning"))
