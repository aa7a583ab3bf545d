"""How many of the alike messages the repeat check finds, without number and place; and that the
command says so."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from app.rules.similarity import STRIKING, SUGGESTED
from app.rules.workdays import BEIJING
from app.story.messages.recall import recall
from app.story.messages.replay import Message, messages
from tests.databases import Desk
from tests.test_replay import REAL, ROWS, command, needs_messages, write

LEAST = 0.95
PART = (date(2018, 9, 1), date(2018, 11, 30))
"""The days of which the real messages are looked at in every run; the long run looks at all."""
AT = datetime(2026, 3, 2, 9, tzinfo=BEIJING)
LAMP = "滨河新区三号楼前路灯坏了半个月，晚上看不见路，请尽快修复。"


def _message(n: int, body: str, user: str, days: float = 0) -> Message:
    return Message(str(n), user, "", AT + timedelta(days=days, minutes=n), body, "", None)


def test_what_is_alike_within_ninety_days_is_found_and_told(desk: Desk) -> None:
    again, later = LAMP.replace("半个月", "一个月"), "滨河新区三号楼前的路灯又坏了，夜里看不见路。"
    said = [
        (LAMP, "a"),
        ("西街十号门前污水外溢多日无人处理，气味很大。", "b"),
        (LAMP, "a"),
        (again, "c"),
        (later, "d"),
    ]
    found = [_message(n, body, user) for n, (body, user) in enumerate(said)]
    told = recall(desk.sessions, [*found, _message(5, LAMP, "e", days=91)])
    assert (told.share(STRIKING, False), told.share(STRIKING, True)) == ((3, 3), (2, 2))
    assert told.share(SUGGESTED, False) == (6, 6)
    lines = list(told.lines(2))
    assert lines[:2] == [
        "likeness >= 0.8, all: 3 of 3, recall 1.000",
        "likeness >= 0.8, other callers: 2 of 2, recall 1.000",
    ]
    assert [line.split()[0] for line in lines[4:]].count("4") == 2


@needs_messages
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("days", [PART, pytest.param((None, None), marks=pytest.mark.long)])
def test_of_real_messages_by_other_callers_nearly_all_that_are_alike_are_found(
    sqlite_desk: Desk, days: tuple[date | None, date | None]
) -> None:
    told = recall(sqlite_desk.sessions, messages(REAL, *days))
    found, there = told.share(STRIKING, True)
    assert there and found >= LEAST * there, (found, there)


def test_the_command_prints_recall_and_what_a_person_should_read(tmp_path: Path) -> None:
    done = command(tmp_path / "d", "recall", str(write(tmp_path / "messages.csv")), "--pairs", "3")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("likeness >= 0.8, all: 1 of 1, recall 1.000\n")
    assert ROWS[1][4] not in done.stdout
