"""The sample office: what stands in it after ninety days, on both databases, and what it
refuses."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

import chinese_calendar
import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import selectinload
from werkzeug.security import check_password_hash

import config
from app.database import reading, transaction
from app.ledger import verify
from app.models import (
    SUBJECTS,
    Assignment,
    Caller,
    Case,
    Category,
    Contact,
    Dossier,
    Draft,
    Event,
    Instruction,
    Notice,
    NoticeRead,
    Person,
    Reply,
    Report,
    Run,
    Setting,
    SlaRule,
    Suggestion,
    SupervisionList,
    Unit,
    UnitPost,
)
from app.rules.limits import CHANNELS, KINDS, URGENCIES
from app.rules.workdays import BEIJING
from app.rules.workflow import MAY_BECOME
from app.stages.founding import SetupRefused
from app.stages.reporting.summary import drift
from app.stages.rights import RIGHTS
from app.story.messages.replay import messages
from app.story.sample.matters import Callers, patterns
from app.story.sample.office import MARK, members, refuse_unless_fresh, usernames
from app.story.sample.password import sample_password
from app.story.sample.play import CASES, fill_sample
from app.story.sample.scenes import scenes
from app.story.theatre.cast import actor_named
from app.words import state
from tests.commands import command
from tests.databases import KEY, Desk, postgres_copy, sqlite_copy
from tests.people import fingerprint
from tests.servers import PostgresCluster
from tests.views.panel import panel_over

ROOT = Path(__file__).parent.parent
REAL = (
    Path(os.environ.get("DESK_MESSAGES", ROOT.parent / "shared" / "data"))
    / "messages-answered.csv.gz"
)
NOW = datetime(2025, 10, 15, 10, 20, tzinfo=BEIJING)
"""A Wednesday morning: the National Day holiday and two worked weekend days lie in the ninety days
before."""
PASSWORD = "the sample's password"
CENTRE = [
    "operator",
    "allocator",
    "allocator2",
    "centre_head",
    "examiner",
    "examiner2",
    "visitor",
    "visitor2",
    "officer",
    "officer2",
    "supervision_head",
    "leader",
    "committee",
    "it_admin",
    "log_auditor",
]
RESTS = [
    (subject, state)
    for subject, states in MAY_BECOME.items()
    for state in states
    if state is not None
]
"""Every state that a row can rest in: no state is passed through within a moment."""


@dataclass
class Sample:
    """A sample office that was played: where, what it told, how long the processor worked."""

    desk: Desk
    data: Path
    told: list[int]
    open_doors: list[int]
    seconds: float

    def rows(self, query: Any) -> Sequence[Any]:
        """What a query finds."""
        with reading(self.desk.sessions) as session:
            return list(session.execute(query).all())

    def scalars(self, query: Any) -> list[Any]:
        """The first column of what a query finds."""
        with reading(self.desk.sessions) as session:
            return list(session.scalars(query))

    def count(self, model: type[Any], *where: Any) -> int:
        """How many rows there are."""
        return int(self.scalars(select(func.count()).select_from(model).where(*where))[0])


def fill(desk: Desk, data: Path, cases: int, now: datetime = NOW) -> Sample:
    """Play the sample office on an empty desk."""
    told: list[int] = []
    open_doors: list[int] = []

    def say(percent: int, line: str) -> None:
        told.append(percent)
        with reading(desk.sessions) as session:
            open_doors.append(len(session.scalars(select(Person.id).where(Person.active)).all()))

    started = time.process_time()
    fill_sample(desk.sessions, now, PASSWORD, data, say, cases)
    return Sample(desk, data, told, open_doors, time.process_time() - started)


@pytest.fixture(scope="module")
def whole(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """The sample office as `demo` makes it, on SQLite."""
    folder = tmp_path_factory.mktemp("sample")
    with sqlite_copy(sqlite_template, folder / "desk.db") as desk:
        yield fill(desk, folder, CASES)


@pytest.fixture(scope="module")
def few(
    postgres: PostgresCluster, postgres_template: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sample]:
    """The sample office with few cases beside its scenes, on PostgreSQL."""
    with postgres_copy(postgres, postgres_template, "sample_desk") as desk:
        yield fill(desk, tmp_path_factory.mktemp("few"), len(scenes()) + 30)


@pytest.fixture(scope="module")
def scenes_only(
    sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sample]:
    """The sample office with few cases beside its scenes, on SQLite."""
    folder = tmp_path_factory.mktemp("scenes")
    with sqlite_copy(sqlite_template, folder / "desk.db") as desk:
        yield fill(desk, folder, len(scenes()) + 30)


@pytest.fixture(
    scope="module",
    params=[
        "scenes_only",
        *(pytest.param(name, marks=pytest.mark.long) for name in ("whole", "few")),
    ],
)
def sample(request: pytest.FixtureRequest) -> Sample:
    """Both, one after another."""
    made: Sample = request.getfixturevalue(request.param)
    return made


@pytest.mark.parametrize(("subject", "state"), RESTS)
def test_every_state_in_which_a_row_can_rest_has_a_row(
    sample: Sample, subject: str, state: str
) -> None:
    assert sample.count(SUBJECTS[subject], SUBJECTS[subject].state == state) >= 1


@pytest.mark.parametrize(
    ("subject", "state"), sorted({tuple(scene.leaves.split()) for scene in scenes()})
)
def test_a_scene_leaves_a_state_that_there_is(subject: str, state: str) -> None:
    assert state in MAY_BECOME[subject]


@pytest.mark.long
def test_there_are_about_three_hundred_cases_and_no_two_alike(whole: Sample) -> None:
    # A suggestion of which a leader made a matter is told once more, as his case.
    again = Case.split_from_id.is_not(None) & (Case.channel == "leader")
    narratives = whole.scalars(select(Case.narrative).where(~again))
    assert 280 <= len(narratives) <= 350
    assert len(set(narratives)) == len(narratives)
    assert all("{" not in text and "None" not in text for text in narratives)
    assert len({one.says for one in patterns()}) == len(patterns()) > 80


@pytest.mark.long
def test_it_takes_no_longer_than_a_minute(whole: Sample) -> None:
    assert whole.seconds < 60
    assert whole.told == sorted(set(whole.told)) and whole.told[0] == 0 and whole.told[-1] == 100


def test_it_ends_exactly_at_now_and_began_ninety_days_before(sample: Sample) -> None:
    lived = Event.kind != "record.sealed"  # what stood before anybody came
    first, last = sample.rows(select(func.min(Event.at), func.max(Event.at)).where(lived))[0]
    assert NOW - timedelta(days=90) <= first and last <= NOW
    assert sample.scalars(select(func.max(Run.looked_at)))[0] == NOW
    received = sample.scalars(select(func.max(Case.registered_at)))[0]
    assert NOW - received < timedelta(days=2)


def test_people_work_on_working_days_in_working_hours(sample: Sample) -> None:
    for at, actor in sample.rows(select(Event.at, Event.actor).where(Event.actor != "bot")):
        assert chinese_calendar.is_workday(at.date()), (at, actor)
        assert (8, 40) <= (at.hour, at.minute) < (18, 0), (at, actor)


def test_the_record_is_whole_and_the_summary_counts_it(sample: Sample) -> None:
    with reading(sample.desk.sessions) as session:
        assert verify(session, KEY, None) == []
        assert drift(session, (NOW - timedelta(days=91)).date(), NOW.date()) == {}


def test_no_look_of_the_bot_failed(sample: Sample) -> None:
    assert sample.count(Case, Case.look_failures > 0) == 0
    assert sample.count(Run, Run.failures > 0) == 0


def test_nobody_made_a_case_but_by_the_verbs(sample: Sample) -> None:
    cases = set(sample.scalars(select(Case.id)))
    born = sample.scalars(
        select(Event.chain).where(Event.kind == "case.registered", Event.from_state.is_(None))
    )
    assert set(born) == cases and len(born) == len(cases)


def test_the_accounts_are_these_and_hold_their_roles(sample: Sample) -> None:
    wanted = {name: (name.rstrip("2"), None) for name in CENTRE}
    with reading(sample.desk.sessions) as session:
        units = {unit.id: unit.code for unit in session.scalars(select(Unit))}
        people = session.scalars(select(Person).options(selectinload(Person.roles))).all()
        found = {one.username: one for one in people}
        held = {
            one.username: ([role.name for role in one.roles], units.get(one.unit_id or 0))
            for one in people
        }
    for code in units.values():
        wanted |= {f"{code}_staff": ("unit_staff", code), f"{code}_head": ("unit_head", code)}
    assert held == {name: ([role], unit) for name, (role, unit) in wanted.items()}
    assert set(usernames()) == set(wanted) and {role for role, _ in wanted.values()} == set(RIGHTS)
    assert all(one.active for one in people)
    for name in ("operator", "water_staff", "water_head", "it_admin"):
        assert check_password_hash(found[name].password or "", PASSWORD)
        assert not check_password_hash(found[name].password or "", PASSWORD.upper())
    assert len({one.password for one in people}) == 1


def test_nobody_can_log_in_before_it_is_finished(sample: Sample) -> None:
    assert set(sample.open_doors) == {0}


def test_a_story_finds_its_people_among_the_accounts(sample: Sample) -> None:
    with transaction(sample.desk.sessions) as session:
        before = session.scalar(select(func.count()).select_from(Person))
        head, second = actor_named(session, "head@water"), actor_named(session, "allocator#2")
        assert (head.name, second.name) == ("water_head", "allocator2")
        assert session.scalar(select(func.count()).select_from(Person)) == before


def test_each_unit_has_head_deputy_and_liaison_with_duty_and_authority(sample: Sample) -> None:
    posts = sample.scalars(select(UnitPost))
    names = {row.code: row for row in sample.scalars(select(Unit))}
    assert len(names) >= 12 and set(names) == set(members())
    for code, unit in names.items():
        held = {row.post for row in posts if row.unit_id == unit.id and row.to_on is None}
        assert {"head", "liaison"} <= held, code
        assert {row.post for row in posts if row.unit_id == unit.id} >= {
            "head",
            "deputy",
            "liaison",
        }
    assert all(row.duty and row.cadre_authority for row in posts)


def test_one_unit_changed_its_head_in_these_ninety_days(sample: Sample) -> None:
    heads = sample.scalars(
        select(UnitPost).where(UnitPost.post == "head").order_by(UnitPost.from_on)
    )
    changed = [row for row in heads if row.to_on is not None]
    assert len(changed) == 1 and (NOW - timedelta(days=90)).date() < changed[0].to_on < NOW.date()
    following = [row for row in heads if row.unit_id == changed[0].unit_id and row.to_on is None]
    assert [row.from_on for row in following] == [changed[0].to_on + timedelta(days=1)]
    assert following[0].person != changed[0].person


def test_categories_are_a_tree_of_two_levels(sample: Sample) -> None:
    rows = {row.id: row for row in sample.scalars(select(Category))}
    upper = [row for row in rows.values() if row.parent_id is None]
    assert len(upper) >= 12 and len(rows) - len(upper) >= 40
    assert all(rows[row.parent_id].parent_id is None for row in rows.values() if row.parent_id)
    assert len({row.name for row in rows.values()}) == len(rows)


@pytest.mark.long
def test_demands_are_of_all_kinds_channels_and_urgencies(whole: Sample) -> None:
    for column, words in ((Case.kind, KINDS), (Case.channel, CHANNELS), (Case.urgency, URGENCIES)):
        assert set(whole.scalars(select(column).distinct())) == set(words)
    for flag in (
        Case.anonymous,
        Case.confidential,
        Case.complex,
        Case.leader_assigned,
        Case.sampled,
        Case.suggestion,
    ):
        assert whole.count(Case, flag) >= 2, flag
    assert whole.count(Case, Case.paper_form != "") >= 3
    assert {"repeat", "chase", "invalid", "demand"} <= set(
        whole.scalars(select(Contact.kind).distinct())
    )


@pytest.mark.parametrize(
    "kind",
    [
        "case.merged",
        "case.split",
        "case.withdrawn",
        "case.refused",
        "case.refusal_proposed",
        "case.handed_on",
        "case.took_over",
        "case.reopened",
        "case.instructed",
        "case.filed",
        "case.redo_ordered",
        "case.redo_failed",
        "case.reclassified",
        "caller.revealed",
        "caller.flagged",
        "assignment.responded",
        "assignment.succeeded",
        "assignment.auto_signed",
        "assignment.warned",
        "assignment.overdue",
        "visit.amended",
        "supervision.deferred",
        "supervision.struck",
        "supervision.watched",
        "referral.supplemented",
        "unit.succeeded",
        "list.issued",
        "report.issued",
        "rule.proposed",
    ],
)
def test_it_happened_once_at_least(sample: Sample, kind: str) -> None:
    assert sample.count(Event, Event.kind == kind) >= 1


def test_work_waits_for_its_people(sample: Sample) -> None:
    assert sample.count(Draft, Draft.used_at.is_(None)) >= 3
    read = select(NoticeRead.event_id)
    assert sample.count(Notice, Notice.event_id.not_in(read)) >= 20
    assert sample.count(Notice, Notice.event_id.in_(read)) > sample.count(
        Notice, Notice.event_id.not_in(read)
    )
    kept = Counter(sample.scalars(select(Suggestion.kept)))
    assert min(kept[True], kept[False], kept[None]) >= 1
    assert sample.count(SlaRule, SlaRule.approved_at.is_(None), SlaRule.refused_at.is_(None)) == 1


def test_lists_and_reports_are_out(sample: Sample) -> None:
    assert sample.count(SupervisionList) >= 3
    assert [
        (row.kind, row.first.isoformat())
        for row in sample.scalars(select(Report).order_by(Report.first))
    ] == [
        ("monthly", "2025-08-01"),
        ("monthly", "2025-09-01"),
    ]


def test_what_was_sealed_has_its_files(sample: Sample) -> None:
    made = sample.scalars(select(Dossier))
    assert len(made) >= 6 and {row.version for row in made} == {1, 2}
    assert all((sample.data / "dossiers" / row.name).exists() for row in made)


@pytest.mark.long
def test_units_have_a_character(whole: Sample) -> None:
    """The water bureau is late, the housing bureau is not."""
    share = {}
    for code in ("water", "housing"):
        rows = whole.scalars(
            select(Assignment)
            .join(Unit, Unit.id == Assignment.unit_id)
            .where(Unit.code == code, Assignment.round == 1)
        )
        share[code] = sum(row.overdue_for is not None for row in rows) / len(rows)
    assert share["water"] > 0.3 > 0.12 > share["housing"]


def test_a_unit_was_dissolved_into_another(sample: Sample) -> None:
    gone = sample.scalars(select(Unit).where(Unit.active.is_(False)))
    assert [row.code for row in gone] == ["heating"] and gone[0].successor_id is not None


def test_it_is_marked_as_a_sample(sample: Sample) -> None:
    assert sample.scalars(select(Setting.value).where(Setting.name == MARK)) == ["true"]


def told(sample: Sample) -> list[Any]:
    """Everything that happened, with the words of every case."""
    columns = (
        Event.chain,
        Event.seq,
        Event.at,
        Event.actor,
        Event.kind,
        Event.subject,
        Event.to_state,
    )
    happened = [
        tuple(row) for row in sample.rows(select(*columns).order_by(Event.chain, Event.seq))
    ]
    cases = [
        tuple(row)
        for row in sample.rows(select(Case.number, Case.narrative, Case.place).order_by(Case.id))
    ]
    return happened + cases


@pytest.mark.long
def test_the_same_now_makes_the_same_office_on_either_database(
    few: Sample, sqlite_template: Path, tmp_path: Path
) -> None:
    with sqlite_copy(sqlite_template, tmp_path / "desk.db") as desk:
        again = fill(desk, tmp_path, len(scenes()) + 30)
        assert told(again) == told(few)


@pytest.mark.parametrize(
    "now",
    [
        "2025-10-04 23:00",
        "2027-03-01 10:15",
        "2026-02-20 12:00",
        "2025-09-30 08:29",
        "2026-05-09 17:58",
    ],
)
@pytest.mark.long
def test_it_can_be_made_at_any_moment(sqlite_template: Path, tmp_path: Path, now: str) -> None:
    """In a holiday, in the evening, in a year without a calendar, on a make-up day."""
    at = datetime.fromisoformat(now).replace(tzinfo=BEIJING)
    with sqlite_copy(sqlite_template, tmp_path / "desk.db") as desk:
        made = fill(desk, tmp_path, len(scenes()), at)
        for subject, state in RESTS:
            assert made.count(SUBJECTS[subject], SUBJECTS[subject].state == state), (subject, state)
        assert made.scalars(select(func.max(Event.at)))[0] <= at


def shingles(text: str, n: int = 14) -> set[str]:
    """Every run of so many characters of a text."""
    return {text[place : place + n] for place in range(len(text) - n + 1)}


def test_nothing_is_copied_from_real_messages() -> None:
    """No run of fourteen characters of what we invented stands in a real message or answer."""
    callers = Callers(Random(1))
    ours: set[str] = set()
    for one in patterns() * 2:
        matter = callers.matter(one.unit)
        ours |= shingles(matter.narrative) | shingles(matter.answer)
    texts = [
        text for row in (messages(REAL) if REAL.exists() else []) for text in (row.body, row.answer)
    ]
    assert [run for text in texts for run in shingles(text) & ours] == []
    assert shingles("一二三四", 3) == {"一二三", "二三四"}


def test_no_caller_has_a_number_that_could_be_somebodys(sample: Sample) -> None:
    numbers = sample.scalars(select(Caller.phone))
    assert len(numbers) > 50
    assert all(
        number.startswith("129") and len(number) == 11 and number.isdigit() for number in numbers
    )


def test_a_database_with_an_account_a_case_or_half_a_sample_is_refused(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        refuse_unless_fresh(session)
        actor_named(session, "operator")
    before = fingerprint(desk)
    with pytest.raises(SetupRefused) as no:
        fill(desk, Path("/nowhere"), 1)
    assert (no.value.msgid, no.value.facts) == ("accounts_there", {"accounts": 1})
    assert fingerprint(desk) == before
    with transaction(desk.sessions) as session:
        session.add(Setting(name=MARK, value="true"))
    with transaction(desk.sessions) as session, pytest.raises(SetupRefused) as no:
        refuse_unless_fresh(session)
    assert no.value.msgid == "sample_unfinished"


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """`python -m app demo` on an empty folder, and what it printed."""
    data = tmp_path_factory.mktemp("demo")
    done = command(data, "demo", DESK_CLOCK="2025-10-15T10:20")
    assert done.returncode == 0, done.stderr
    return data, done.stdout


@pytest.mark.long
def test_demo_prints_how_far_it_is_and_the_password_it_made(shown: tuple[Path, str]) -> None:
    data, printed = shown
    lines = printed.splitlines()
    assert lines[0].startswith("  0% ") and any(line.startswith("100% ") for line in lines)
    kept = data / "demo-password"
    assert kept.stat().st_mode & 0o777 == 0o600
    password = kept.read_text("utf-8").strip()
    assert len(password) >= 12 and any(password in line and str(kept) in line for line in lines)
    assert any("water_head" in line and "log_auditor" in line for line in lines)


@pytest.mark.long
def test_demo_twice_refuses_with_a_sentence(shown: tuple[Path, str]) -> None:
    data, _ = shown
    password = (data / "demo-password").read_text("utf-8")
    again = command(data, "demo")
    assert again.returncode == 2 and "已有" in again.stderr and "Traceback" not in again.stderr
    assert (data / "demo-password").read_text("utf-8") == password
    assert (
        command(
            data, "init", DESK_ADMIN="chief", DESK_ADMIN_PASSWORD="a long enough word"
        ).returncode
        == 2
    )
    assert command(data, "verify").returncode == 0


def test_demo_is_refused_in_production(tmp_path: Path) -> None:
    config.load({"DESK_DATA": str(tmp_path)})
    done = command(tmp_path, "demo", DESK_ENV="production")
    assert done.returncode == 2 and "production" in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "desk.db").exists()


def test_a_password_that_is_given_is_not_kept(tmp_path: Path) -> None:
    made, kept = sample_password(tmp_path, None)
    assert kept is not None and sample_password(tmp_path, None) == (made, kept)
    assert sample_password(tmp_path, "a password given") == ("a password given", None)
    assert list(tmp_path.iterdir()) == []
    assert json.dumps(made).isascii()


def test_every_instruction_matter_and_suggestion_leads_a_leader_to_its_result(
    sample: Sample,
) -> None:
    query = select(Instruction.words, Case.id, Case.number, Case.state, Case.closed_as, Reply.id)
    query = query.join(Case, Case.id == Instruction.case_id)
    passed = (Reply.assignment_id == Case.lead_assignment_id) & (Reply.state == "passed")
    given = sample.rows(query.outerjoin(Reply, passed).order_by(Instruction.id))
    kept = sample.scalars(
        select(Case.number).join(Suggestion).where(Suggestion.kept.is_(True)).order_by(Case.id)
    )
    submitted = sample.scalars(select(Case.number).where(Case.state == "submitted"))
    assert given and kept and submitted
    assert any(row.state == "closed" for row in given)
    with panel_over(sample.desk, sample.data, NOW) as panel:
        leader, unit = panel.browser(), panel.browser()
        assert leader.login("leader", PASSWORD).status_code == 302
        assert unit.login("water_staff", PASSWORD).status_code == 302
        mine = leader.get("/instructions/mine").text
        pages, at = "", 0
        while at == 0 or f"page={at}" in pages:
            pages += leader.get(f"/instructions/ledger?part=all&page={at}").text
            at += 1
        sections = pages.split("<section")[1:]
        for row in given:
            (section,) = [one for one in sections if row.number in one and row.words in one] or [""]
            assert state("case", row.state, "zh") in section, row.number
            # How a matter ended: what the public was told, or what the caller said of it.
            if row.state == "closed":
                assert "结果" in section or row.id is None, row.number
        for number in (*kept, *submitted):
            assert number in mine, number
        for address in ("/instructions/mine", "/instructions/ledger?part=all"):
            assert unit.get(address).status_code == 403, address
