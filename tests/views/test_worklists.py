"""Worklists: what is somebody's to do stands in his list, and what is another's does not."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.databases import Desk
from tests.office import moment
from tests.room import Room
from tests.views.panel import Panel, panel_over


@pytest.fixture
def room(desk: Desk) -> Room:
    return Room(desk)


@pytest.fixture
def panel(room: Room, tmp_path: Path) -> Iterator[Panel]:
    with panel_over(room.desk, tmp_path / "data", moment("2025-06-17 10:00")) as made:
        yield made


def listed(panel: Panel, room: Room, who: str, key: str) -> set[str]:
    """The letters of the cases in a list; they are as many as the first page says."""
    page = panel.of(who).get(f"/work/{key}").text
    return {letter for letter in room.ids if (room.case(letter).number or "?") in page}


def test_a_leaders_matter_waits_for_the_rooms_visit_and_any_other_for_the_visitors(room: Room, panel: Panel) -> None:
    leader = {"level": "county", "name": "李县长", "text": "请办理"}
    for letter, more in (("A", {}), ("B", {"leader": leader})):
        room.allocated("2025-06-16 09:10", letter, kind="help", **more)
        room.do("2025-06-16 14:00", "head@WATER", "reply", letter)
        room.do("2025-06-16 15:00", "examiner", "examine", letter, passes=True)
    found = {who: listed(panel, room, who, "to_visit") for who in ("visitor", "officer", "centre_head")}
    assert found == {"visitor": {"A"}, "officer": {"B"}, "centre_head": {"A", "B"}}
    assert panel.of("visitor").get(f"/cases/{room.id('B')}").status_code == 404


def test_a_direct_answer_that_was_drawn_waits_for_its_visit(room: Room, panel: Panel) -> None:
    room.number("sample_in_ten", 10)
    room.do("2025-06-16 09:00", "operator", "register", "A", kind="consultation")
    room.do("2025-06-16 09:10", "operator", "answer_directly", "A")
    assert listed(panel, room, "visitor", "sampled") == {"A"}


def test_a_referral_that_the_room_is_late_with_is_on_its_red_list(room: Room, panel: Panel) -> None:
    room.to("complete_referral")
    room.sweeps("2025-06-12", "2025-06-13")
    assert listed(panel, room, "supervision_head", "referrals_overdue") == set()
    room.sweeps("2025-06-14", "2025-06-16")
    assert listed(panel, room, "supervision_head", "referrals_overdue") == {"A"}
