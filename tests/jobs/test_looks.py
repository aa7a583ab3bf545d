"""When the bot looks again is right: a bot that looks at every case in every sweep does nothing
else."""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select, text, update

from app.database import transaction
from app.models import Case, Event
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING
from app.story.theatre.player import perform_story, read
from app.sweep import sweep
from tests.databases import Desk
from tests.office import Office
from tests.record import rows

STORIES = sorted((Path(__file__).parent.parent / "stories").glob("*.yaml"))
UNITS = ("WATER", "ROADS", "POWER")
START = date(2026, 1, 26)
"""Three weeks before Spring Festival: rest days, a make-up Saturday on 02-28, then ordinary
weeks."""
DAYS = 50
DATED = "县长"
SATISFIED = {"truth": "proven", "solved": "solved", "satisfied": "satisfied"}


@contextmanager
def looked_at_everything(desk: Desk) -> Iterator[None]:
    """Every sweep of this desk looks at every case, whatever was written down."""

    def begin(
        connection: Any, cursor: Any, statement: str, given: Any, context: Any, many: bool
    ) -> None:
        if statement.startswith("INSERT INTO run "):
            cursor.execute("UPDATE hotline_case SET look_again_at = '2004-01-01 00:00:00.000000'")

    event.listen(desk.engine, "before_cursor_execute", begin)
    try:
        yield
    finally:
        event.remove(desk.engine, "before_cursor_execute", begin)


_PLAYED = [
    pytest.param(path, id=path.stem, marks=[pytest.mark.long] if n % 8 else [])
    for n, path in enumerate(STORIES)
]


@pytest.mark.parametrize("path", _PLAYED)
def test_a_story_goes_the_same_when_every_case_is_looked_at_in_every_sweep(
    sqlite_desk: Desk, path: Path
) -> None:
    with looked_at_everything(sqlite_desk):
        _, differences = perform_story(sqlite_desk.sessions, read(path))
    assert differences == []


class Walk:
    """A random history: what people do on each day, the same whoever plays it."""

    def __init__(self, seed: int) -> None:
        self.dice = random.Random(seed)
        self.letters: list[str] = []

    def day(self, day: date) -> list[tuple[datetime, str, str, str | None, dict[str, Any]]]:
        """What people try on a day: (when, who, verb, case, fields)."""
        moves = []
        if len(self.letters) < 6 and self.dice.random() < 0.5:
            moves += self.opened(day)
        for _ in range(self.dice.randrange(5) if self.letters else 0):
            moves.append(self.move(day))
        return sorted(moves, key=lambda one: one[0])

    def moment(self, day: date) -> datetime:
        """Some minute of a day, often one at which something begins or the bot looks."""
        hour, minute = self.dice.choice(
            [(0, 0), (8, 29), (8, 30), (8, 31), (10, 0), (15, 40), (23, 59)]
        )
        return datetime(day.year, day.month, day.day, hour, minute, tzinfo=BEIJING)

    def opened(self, day: date) -> list[tuple[datetime, str, str, str | None, dict[str, Any]]]:
        letter = "ABCDEFGH"[len(self.letters)]
        self.letters.append(letter)
        at = self.moment(day)
        urgency = self.dice.choice(["normal", "normal", "normal", "urgent", "emergency"])
        fields: dict[str, Any] = {
            "kind": self.dice.choice(["consultation", "help", "complaint"]),
            "urgency": urgency,
        }
        if self.dice.random() < 0.3:
            fields["leader"] = {"level": "county", "name": DATED, "text": "请速办", "date": day}
        units = self.dice.sample(UNITS, 2)
        assists = units[1:] if self.dice.random() < 0.4 else []
        return [
            (at, "operator", "register", letter, fields),
            (at, "allocator", "allocate", letter, {"unit": units[0], "assists": assists}),
        ]

    def move(self, day: date) -> tuple[datetime, str, str, str | None, dict[str, Any]]:
        at, dice = self.moment(day), self.dice
        letter, unit = dice.choice(self.letters), dice.choice(UNITS)
        ahead = day + timedelta(days=dice.randrange(1, 12))
        yes = dice.random() < 0.6
        head, ruled = f"head@{unit}", {"accept": yes, "unit": unit}
        who, verb, fields = dice.choice(
            [
                (head, "sign_for", {}),
                (head, "reply", {}),
                (head, "reply", {}),
                (head, "explain", {"promised_on": ahead}),
                (head, "reply_interim", {"promised_on": ahead}),
                (head, "request_extension", {"workdays": dice.randrange(1, 8)}),
                (head, "request_return", {}),
                ("allocator", "rule_on_return", ruled),
                ("allocator", "rule_on_extension", ruled),
                ("allocator", "rule_on_explanation", ruled),
                ("allocator", "rule_on_interim", ruled),
                ("examiner", "examine", {"passes": yes, "unit": unit}),
                ("operator", "contact", {"kind": "repeat"}),
                ("operator", "contact", {"kind": "chase"}),
                ("allocator", "recall", {}),
                ("centre_head", "reassign", {}),
                ("allocator", "allocate", {"unit": unit}),
                ("allocator", "withdraw", {}),
                ("allocator", "merge", {"into": dice.choice(self.letters)}),
                ("allocator", "waive_assist", {}),
                (
                    "allocator",
                    "reclassify",
                    {"urgency": dice.choice(["normal", "urgent", "emergency"])},
                ),
                ("allocator", "reclassify", {"kind": "complaint"}),
                ("allocator", "submit", {}),
                (
                    "leader",
                    "instruct",
                    {"leader": {"level": "county", "name": DATED, "due_on": ahead}, "unit": unit},
                ),
                ("centre_head", "void_reminder", {"unit": unit}),
                ("centre_head", "remind", {"unit": unit}),
                ("centre_head", "propose", {"unit": unit}),
                ("officer", "open_supervision", {"unit": unit}),
                ("officer", "open_supervision", {}),
                ("officer", "decline", {}),
                ("officer", "defer", {}),
                (head, "feed_back", {}),
                ("officer", "clear", {"new_date": ahead}),
                ("officer", "clear", {}),
                ("officer", "reissue", {}),
                ("officer", "draft_finding", {"finding": "inaction"}),
                ("supervision_head", "confirm_finding", {"accept": yes}),
                ("officer", "conclude", {}),
                (head, "ask_review", {}),
                ("supervision_head", "rule_on_review", {"accept": yes}),
                ("officer", "close_supervision", {}),
                ("officer", "abandon_referral", {}),
                ("visitor", "record_visit", SATISFIED),
                (
                    "visitor",
                    "record_visit",
                    {"truth": "untrue", "solved": "unsolved", "satisfied": "dissatisfied"},
                ),
                ("examiner#2", "review_responsibility", {"unit_responsible": yes}),
            ]
        )
        return at, who, verb, letter, fields


def _try(
    office: Office, at: datetime, who: str, verb: str, case: str | None, fields: dict[str, Any]
) -> str:
    """How a verb went: `done`, or why it was refused."""
    try:
        if verb == "merge" and (fields["into"] == case or fields["into"] not in office.ids):
            return "not tried"
        if verb != "register" and case not in office.ids:
            return "not there"
        office.do(at, who, verb, case, **fields)
    except NotAllowed as no:
        return str(no)
    return "done"


def _calendar(office: Office, at: datetime, day: date, worked: bool) -> str:
    try:
        office.do(at, "it_admin", "load_calendar", days={day: "work" if worked else "rest"})
        office.do(at, "centre_head", "approve_calendar")
    except NotAllowed as no:
        return str(no)
    return "done"


def _look_at_everything(desk: Desk, at: datetime) -> None:
    """At 08:30 every case, at any other time the emergencies."""
    every = update(Case).values(look_again_at=at)
    with transaction(desk.sessions) as session:
        session.execute(every if at.hour == 8 else every.where(Case.urgency == "emergency"))


def _history(desk: Desk, seed: int, looks: bool) -> tuple[list[str], list[Any]]:
    """Play a random history; how each verb went, and what the bot wrote."""
    walk, office, went = Walk(seed), Office(desk), []
    for code in UNITS:
        office.unit(code)
    down = walk.dice.randrange(DAYS) if walk.dice.random() < 0.5 else None
    for n in range(DAYS):
        day = START + timedelta(days=n)
        tried = walk.day(day)
        if walk.dice.random() < 0.04:
            other = day + timedelta(days=walk.dice.randrange(2, 9))
            at = datetime(day.year, day.month, day.day, 11, tzinfo=BEIJING)
            went.append(f"{at} calendar {_calendar(office, at, other, walk.dice.random() < 0.5)}")
        # On some days nobody sweeps; an emergency is looked at every minute, here every few hours.
        hours = [] if down is not None and down <= n < down + 4 else [(8, 30), (12, 0), (23, 59)]
        sweeps = [datetime(day.year, day.month, day.day, *hour, tzinfo=BEIJING) for hour in hours]
        for at, _, move in sorted(
            [(move[0], 0, move) for move in tried] + [(at, 1, None) for at in sweeps],
            key=lambda one: one[:2],
        ):
            if move is not None:
                went.append(f"{at} {move[1]} {move[2]} {move[3]} {_try(office, *move)}")
                continue
            if not looks:
                _look_at_everything(desk, at)
            done = sweep(desk.sessions, at)
            assert done.failures == 0, done.error
    query = (
        select(Event.at, Event.chain, Event.kind, Event.payload)
        .where(Event.actor == "bot", Event.kind != "record.sealed")
        .order_by(Event.id)
    )
    return went, sorted(
        (row.at.isoformat(), row.chain, row.kind, row.payload) for row in rows(desk, query)
    )


@pytest.mark.parametrize(
    "seed",
    [
        0,
        *(
            pytest.param(n, marks=[pytest.mark.long, pytest.mark.timeout(300)])
            for n in range(1, 60)
        ),
    ],
)
def test_a_random_history_goes_the_same_with_looks_and_without(
    desk: Desk, twin: Desk, seed: int
) -> None:
    went, did = _history(desk, seed, looks=True)
    went_too, did_too = _history(twin, seed, looks=False)
    first = next((n for n, (a, b) in enumerate(zip(did, did_too, strict=False)) if a != b), None)
    story = json.dumps(
        [line for line in went if line.endswith("done")], indent=1, ensure_ascii=False
    )
    assert did == did_too, f"{first is not None and (did[first], did_too[first])}\n{story}"
    assert went == went_too
    assert sum(line.endswith("done") for line in went) > 20


def test_a_calendar_that_is_loaded_makes_the_bot_look_at_every_case_anew(desk: Desk) -> None:
    """Overdue since Friday, to be reminded of on Monday; on Saturday the Sunday becomes a working
    day."""
    office = Office(desk)
    office.allocated("2026-03-10 09:00", "A", kind="consultation")
    office.sweeps("2026-03-11", "2026-03-14")
    assert office.days("assignment.overdue", "A") == ["2026-03-14"]
    assert (
        _calendar(office, datetime(2026, 3, 14, 11, tzinfo=BEIJING), date(2026, 3, 15), True)
        == "done"
    )
    office.sweep("2026-03-15")
    assert office.days("reminder.issued", "A") == ["2026-03-15"]


def test_a_closed_case_is_not_looked_at_again(desk: Desk) -> None:
    office = Office(desk)
    office.allocated("2026-03-02 09:00", "A")
    office.do("2026-03-03 10:00", "head@WATER", "reply", "A")
    office.do("2026-03-03 11:00", "examiner", "examine", "A", passes=True)
    office.do("2026-03-03 12:00", "visitor", "record_visit", "A", **SATISFIED)
    office.sweep("2026-03-04")
    with desk.engine.connect() as connection:
        assert (
            connection.execute(text("SELECT look_again_at FROM hotline_case")).scalar_one() is None
        )
