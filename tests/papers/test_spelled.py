"""No paper of a confidential case shows what its callers gave, in whatever spelling: allocation,
reminder, instruction, redo, supervision notice, the day's list as page and sheet, the dossier.
[procedure 1: identity never reaches a unit]"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader
from python_calamine import CalamineWorkbook

from app import papers
from app.database import reading, transaction
from app.models import Assignment, InstructionNotice, Reminder, SupervisionList
from app.papers.dossier import make_waiting
from app.rules.covering import covered
from app.rules.folding import plain
from app.stages.covers import hidden_of
from app.stages.papers import frozen
from tests.databases import Desk
from tests.papers.maker import NOW
from tests.room import Room
from tests.spellings import ONE_LANDLINE, ONE_MOBILE, SOME_LANDLINE, SOME_MOBILE, landline, mobile

NAME = "阿卜杜拉·买买提"
NAMES = (
    NAME,
    "阿卜杜拉•买买提",
    "阿卜杜拉・买买提",
    "阿卜杜拉买买提",
    "买买提‧阿卜杜拉",
    "阿卜 杜拉 买买提",
    "阿卜杜拉.买买提",
)
IDENTITY = ("610102198001011234", "610102 19800101 1234", "６１０１０２１９８００１０１１２３４")
SPELT = (*SOME_MOBILE, *SOME_LANDLINE, *NAMES, *IDENTITY)
"""All that the callers gave, in every spelling, one by one."""
TOLD = "".join(f"请联系{one}回复。" for one in SPELT)
LEAKS = (
    "2222",
    "3333",
    "835012",
    "350123",
    "912835",
    "二二二",
    "三三三",
    "三五零",
    "610102",
    "1980010",
    "阿卜",
    "买买提",
    "杜拉",
)
"""What nobody of a unit may read, blanks and signs left out."""
CALLER, SECOND = {"name": NAME, "phone": ONE_MOBILE}, {"name": "", "phone": ONE_LANDLINE}


@pytest.fixture
def room(desk: Desk, tmp_path: Path) -> Room:
    made = Room(desk)
    made.data = tmp_path / "data"
    return made


def readable(told: str) -> list[str]:
    """What can be read of the callers."""
    bare = re.sub(r"[\W_]", "", plain(told))
    return [leak for leak in LEAKS if leak in bare]


def words(pdf: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


def hushed(room: Room, kind: str, id: int) -> None:
    """A paper as it was frozen, and its pages."""
    with transaction(room.desk.sessions) as session:
        held = frozen(session, kind, id)
    assert not readable(str(held)), (kind, readable(str(held)))
    assert not readable(words(papers.pdf(kind, held))), kind


def confidential(room: Room, **more: Any) -> None:
    """A confidential case of one caller, about which a second called as well."""
    room.do(
        "2025-06-09 09:00",
        "operator",
        "register",
        "A",
        kind="help",
        confidential=True,
        caller=CALLER,
        narrative=TOLD,
        demand=TOLD,
        **more,
    )
    room.do(
        "2025-06-09 09:05", "operator", "contact", "A", kind="repeat", words=TOLD, caller=SECOND
    )


def test_what_was_written_down_would_be_readable() -> None:
    """The tests below could not pass by looking for nothing."""
    assert set(readable(TOLD)) == set(LEAKS)


def test_allocation_reminder_instruction_and_the_days_list_show_nothing_of_the_callers(
    room: Room,
) -> None:
    confidential(room)
    room.do("2025-06-09 09:10", "allocator", "allocate", "A", unit="WATER")
    leader = {"level": "county", "name": "张县长", "text": TOLD}
    room.do("2025-06-09 10:00", "centre_head", "instruct", "A", leader=leader)
    hushed(room, "allocation", room.assignment("A").id)
    hushed(room, "instruction", room.row(InstructionNotice).id)
    room.do("2025-06-09 12:00", "centre_head", "propose", "A", reason=TOLD)
    room.sweeps("2025-06-10", "2025-06-17")
    for row in room.rows(Reminder):
        hushed(room, "reminder", row.id)
    listed = room.rows(SupervisionList)
    room.do("2025-06-17 10:00", "officer", "strike_row", "A", reason=TOLD, ground="by_hand")
    room.allocated("2025-06-17 12:00", "B")
    room.do("2025-06-17 13:00", "centre_head", "propose", "B")
    room.sweep("2025-06-18")
    assert room.rows(Reminder) and len(room.rows(SupervisionList)) > len(listed) > 0
    for row in room.rows(SupervisionList):
        with transaction(room.desk.sessions) as session:
            held = frozen(session, "list", row.id)
        book = CalamineWorkbook.from_filelike(io.BytesIO(papers.list_xlsx(held)))
        cells = [book.get_sheet_by_name(name).to_python() for name in book.sheet_names]
        for said in (str(held), str(cells), words(papers.list_pdf(held))):
            assert not readable(said), readable(said)


def test_the_redo_notice_shows_nothing_of_the_callers(room: Room) -> None:
    confidential(room)
    room.do("2025-06-09 09:10", "allocator", "allocate", "A", unit="WATER")
    room.do("2025-06-09 10:00", "head@WATER", "reply", "A")
    room.do("2025-06-09 11:00", "examiner", "examine", "A", passes=True)
    bad = {"truth": "proven", "solved": "unsolved", "satisfied": "dissatisfied", "words": TOLD}
    room.do("2025-06-09 14:00", "visitor", "record_visit", "A", **bad)
    room.do(
        "2025-06-09 15:00",
        "examiner",
        "review_responsibility",
        "A",
        unit_responsible=True,
        grounds=TOLD,
    )
    hushed(room, "redo", room.row(Assignment, round=2).id)


def test_the_supervision_notice_and_the_dossier_show_nothing_of_the_callers(room: Room) -> None:
    """Neither its pages nor a file that goes with it; with what the unit wrote back as well."""
    confidential(room)
    room.done = 1
    room.to("open_supervision", requirement=TOLD, reason=TOLD)
    hushed(room, "supervision", room.item.id)
    room.to("feed_back", words=TOLD)
    room.to("conclude", conclusion=TOLD)
    room.to("complete_referral", report=TOLD, proposal=TOLD)
    room.makes_dossiers = False
    room.to("seal_referral")
    room.makes_dossiers = True
    assert room.data is not None
    (zipped,) = make_waiting(room.desk.sessions, room.data, NOW)
    folder = zipped.with_suffix("")
    assert not readable(words((folder / "dossier.pdf").read_bytes()))
    for name in ("events.jsonl", "MANIFEST.json", "SHA256SUMS"):
        said = re.sub(r"[0-9a-f]{64}", "", (folder / name).read_text("utf-8"))
        assert not readable(said), (name, readable(said))


def drawn(spellings: st.SearchStrategy[str]) -> Iterator[str]:
    """Two thousand spellings of one number."""
    found: list[str] = []

    @settings(max_examples=2000, derandomize=True, deadline=None, database=None)
    @given(spellings)
    def keep(one: str) -> None:
        found.append(one)

    keep()
    return iter(found)


@pytest.mark.parametrize("spellings", [mobile(), landline()], ids=["mobile", "landline"])
def test_two_thousand_spellings_of_a_number_are_on_no_paper_that_a_unit_is_given(
    room: Room, spellings: st.SearchStrategy[str]
) -> None:
    """Each as it is covered by what stands on file of the case, and all of them in one paper."""
    told = [f"请联系{one}回复。" for one in drawn(spellings)]
    assert len(told) >= 2000 and len(set(told)) >= 1000
    room.do(
        "2025-06-09 09:00",
        "operator",
        "register",
        "A",
        kind="help",
        confidential=True,
        caller=CALLER,
        narrative="".join(told),
    )
    room.do(
        "2025-06-09 09:05", "operator", "contact", "A", kind="repeat", words=TOLD, caller=SECOND
    )
    room.do("2025-06-09 09:10", "allocator", "allocate", "A", unit="WATER")
    with reading(room.desk.sessions) as session:
        known = hidden_of(session, [room.id("A")])[room.id("A")]
    left = [one for one in told if readable(covered(one, known))]
    assert not left, left[:5]
    with transaction(room.desk.sessions) as session:
        held = str(frozen(session, "allocation", room.assignment("A").id))
    assert not readable(held), readable(held)
