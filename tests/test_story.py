"""The procedure as stories: each is played on an empty desk and must go exactly as it is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import delete, text

from app.database import reading, transaction
from app.ledger import verify
from app.models import Event
from app.story.theatre.player import perform_story, read
from app.story.theatre.record import told
from migrations import triggers
from tests.commands import command
from tests.databases import Desk

HERE = Path(__file__).parent
STORIES = {path.stem: path for path in sorted((HERE / "stories").glob("*.yaml"))}
SIMPLE = HERE / "stories" / "redo-twice.yaml"

BY_INTERNET = "visit-by-internet-settles-a-case-as-a-call-does"
SCENARIOS = (
    "all-the-way",
    "extension-undecided",
    "leader-matter",
    "make-up-sunday",
    "promise-missed",
    "redo-twice",
    "reminder-across-national-day",
    "silence-is-listed",
    "the-assist-is-late-too",
)
HERE_TOO = {*SCENARIOS, BY_INTERNET, *list(STORIES)[::30]}
"""The stories that are played on PostgreSQL in every run; the others in the long one."""


def _played(kind: str, stem: str) -> Any:
    now = kind == "sqlite" or stem in HERE_TOO
    return pytest.param(kind, stem, id=f"{kind}-{stem}", marks=[] if now else pytest.mark.long)


PLAYED = [_played(kind, stem) for stem in STORIES for kind in ("sqlite", "postgres")]


@pytest.mark.parametrize(("kind", "stem"), PLAYED)
def test_story(request: pytest.FixtureRequest, kind: str, stem: str) -> None:
    """What the bot did, no more and no less; how cases stand; and the record is whole."""
    desk: Desk = request.getfixturevalue(f"{kind}_desk")
    _, differences = perform_story(desk.sessions, read(STORIES[stem]))
    assert differences == []
    with reading(desk.sessions) as session:
        assert verify(session, desk.key) == []


def test_play_prints_ok_for_a_story_that_goes_as_told(desk: Desk, tmp_path: Path) -> None:
    done = command(
        tmp_path / "data",
        "play",
        str(SIMPLE),
        str(SIMPLE),
        DATABASE_URL="" if desk.sqlite else desk.url,
    )
    assert (done.returncode, done.stdout) == (0, f"ok {SIMPLE}\n" * 2), done.stderr


def test_play_leaves_no_database_behind_on_postgresql(postgres_desk: Desk, tmp_path: Path) -> None:
    names = "SELECT count(*) FROM pg_database WHERE datname LIKE 'duban%'"
    command(tmp_path / "data", "play", str(SIMPLE), DATABASE_URL=postgres_desk.url)
    with postgres_desk.engine.connect() as connection:
        assert connection.execute(text(names)).scalar() == 0


def test_play_prints_differences_and_exits_1(tmp_path: Path) -> None:
    story = tmp_path / "wrong.yaml"
    story.write_text(
        SIMPLE.read_text("utf-8").replace("day: 2026-02-26", "day: 2026-02-27"), "utf-8"
    )
    done = command(tmp_path / "data", "play", str(story))
    assert done.returncode == 1
    assert "- {'day': '2026-02-27'" in done.stdout and "+ {'day': '2026-02-26'" in done.stdout


def test_play_json_prints_the_bots_events_and_exits_0(tmp_path: Path) -> None:
    done = command(tmp_path / "data", "play", "--json", str(SIMPLE))
    events = json.loads(done.stdout)
    assert done.returncode == 0
    listed = {"day": "2026-03-13", "event": "supervision.listed", "case": "A", "unit": "WATER"}
    assert {**listed, "ground": "redo_failed"} in events
    assert len(events) == 3


def test_a_step_that_must_be_refused_and_is_not_is_a_difference(desk: Desk, tmp_path: Path) -> None:
    story = tmp_path / "refused.yaml"
    step = "as: staff@WATER, do: sign_for, case: A}"
    story.write_text(
        SIMPLE.read_text("utf-8").replace(step, step.replace("}", ", refused: true}"), 1), "utf-8"
    )
    _, differences = perform_story(desk.sessions, read(story))
    assert any("was not refused" in line for line in differences)


def test_a_row_deleted_from_the_event_table_changes_what_is_told(desk: Desk) -> None:
    perform_story(desk.sessions, read(SIMPLE))
    with desk.engine.begin() as connection:
        triggers.drop(connection)
    with transaction(desk.sessions) as session:
        before = told(session)
        session.execute(delete(Event).where(Event.kind == "supervision.listed"))
        assert len(told(session)) == len(before) - 1
