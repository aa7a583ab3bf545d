"""Worklists: what is somebody's to do stands in his list, and what is another's does not."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.databases import Desk
from tests.office import moment
from tests.room import Room
from tests.stages.test_redo import disputed, redo, replied
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


def test_a_leaders_matter_waits_for_the_rooms_visit_and_any_other_for_the_visitors(
    room: Room, panel: Panel
) -> None:
    leader = {"level": "county", "name": "李县长", "text": "请办理"}
    for letter, more in (("A", {}), ("B", {"leader": leader})):
        room.allocated("2025-06-16 09:10", letter, kind="help", **more)
        room.do("2025-06-16 14:00", "head@WATER", "reply", letter)
        room.do("2025-06-16 15:00", "examiner", "examine", letter, passes=True)
    found = {
        who: listed(panel, room, who, "to_visit") for who in ("visitor", "officer", "centre_head")
    }
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


def test_what_only_the_centre_head_may_close_after_two_redos_waits_for_no_examiner(
    room: Room, panel: Panel
) -> None:
    """Seen failing: the examiner's list held a case that the form then refused."""
    replied(room)
    for day in ("2025-06-10", "2025-06-11"):
        disputed(room, day)
        redo(room, day)
    disputed(room, "2025-06-12")
    room.do("2025-06-12 11:00", "examiner#2", "review_responsibility", "A", unit_responsible=True)
    found = {who: listed(panel, room, who, "to_review") for who in ("examiner", "centre_head")}
    assert found == {"examiner": set(), "centre_head": {"A"}}


def test_a_missed_first_response_is_shown_to_the_centre_and_the_unit_until_it_is_given(
    room: Room, panel: Panel
) -> None:
    room.allocated("2025-06-17 07:50", "A", urgency="emergency")
    room.allocated("2025-06-17 08:10", "B", urgency="emergency")
    found = {who: listed(panel, room, who, "unresponded") for who in ("allocator", "centre_head")}
    assert found == {"allocator": {"A"}, "centre_head": {"A"}}
    assert listed(panel, room, "head@WATER", "to_respond") == {"A", "B"}
    page = panel.of("allocator").get(f"/cases/{room.id('A')}").text
    assert "首次响应期限" in page and "2025-06-17 09:50" in page
    room.do("2025-06-17 09:58", "staff@WATER", "first_response", "A", words="已到现场，正在抢修。")
    assert listed(panel, room, "allocator", "unresponded") == set()
    assert listed(panel, room, "head@WATER", "to_respond") == {"B"}
    assert "首次响应期限" not in panel.of("allocator").get(f"/cases/{room.id('A')}").text


def test_a_reply_or_a_draft_of_an_ended_assignment_waits_for_nobody(
    room: Room, panel: Panel
) -> None:
    for letter in "ABC":
        room.allocated("2025-06-16 09:10", letter, assists=["GAS"])
        room.do("2025-06-16 14:00", "head@GAS", "reply", letter, unit="GAS")
        room.do("2025-06-16 14:00", "staff@WATER", "draft_reply", letter)
    room.do("2025-06-16 15:00", "centre_head", "reassign", "A")
    room.do("2025-06-16 15:00", "head@WATER", "reply", "B")
    room.do("2025-06-16 16:00", "examiner", "examine", "B", unit="WATER", passes=True)
    assert listed(panel, room, "examiner", "to_examine") == {"C"}
    assert listed(panel, room, "head@WATER", "drafts") == {"C"}


def test_a_draft_about_a_notice_waits_for_the_head_while_the_notice_does(
    room: Room, panel: Panel
) -> None:
    room.to("open_supervision")
    room.do("2025-06-09 11:00", "staff@WATER", "draft_feedback", "A")
    assert listed(panel, room, "head@WATER", "drafts") == {"A"}
    room.do("2025-06-09 12:00", "officer", "clear", "A", new_date=date(2025, 6, 20))
    assert listed(panel, room, "head@WATER", "drafts") == set()
