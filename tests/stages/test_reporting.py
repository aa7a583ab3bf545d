"""(5) reporting: each sentence of the section, over one June that people and the bot played
through."""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, func, select, text, update
from sqlalchemy.orm import Session

from app.database import Sessions, reading, transaction
from app.ledger import Entry, move_many, verify
from app.ledger.chain import canonical
from app.models import (
    Case,
    Category,
    DayCount,
    Event,
    Notice,
    Reply,
    Report,
    Setting,
    Suggestion,
    Unit,
)
from app.models.columns import clock
from app.roles import BOT
from app.rules.evaluation import rate
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING
from app.stages.calendar import office_at
from app.stages.office import succeed_unit
from app.stages.reporting import (
    changes,
    drift,
    figures,
    issue_report,
    period_of,
    recount,
    reissue_report,
)
from app.story.theatre.cast import actor_named, unit_named
from app.story.theatre.player import Story, perform_story, read
from app.verbs import perform
from migrations import triggers
from tests.databases import Desk, sqlite_copy
from tests.office import Office

JUNE = """
05-20 09:00 operator    register       K kind=help category=路面
05-20 09:10 allocator   allocate       K unit=WATER
05-20 10:00 staff@WATER sign_for       K
06-03 09:00 operator    register       A kind=help category=管网
06-03 09:10 allocator   allocate       A unit=WATER
06-03 10:00 staff@WATER sign_for       A
06-09 10:00 head@WATER  reply          A
06-09 15:00 examiner    examine        A passes=true
06-10 10:00 visitor     record_visit   A truth=proven solved=solved satisfied=satisfied
06-03 09:20 operator    register       B kind=complaint category=管网 channel=wechat place=滨河路
06-03 09:30 allocator   allocate       B unit=WATER
06-16 10:00 operator    contact        B kind=repeat
06-18 14:00 officer     open_supervision B
06-19 10:00 head@WATER  reply          B
06-19 15:00 examiner    examine        B passes=true
06-20 10:00 visitor     record_visit   B truth=untrue solved=unsolved satisfied=dissatisfied
06-23 10:00 examiner    review_responsibility B unit_responsible=true
06-04 09:00 operator    register       C kind=help category=路面 place=滨河路
06-04 09:10 allocator   allocate       C unit=HOUSING
06-04 10:00 staff@HOUSING sign_for     C
06-06 10:00 head@HOUSING reply         C
06-09 10:00 examiner    examine        C passes=false
06-10 10:00 head@HOUSING reply         C
06-10 15:00 examiner    examine        C passes=true
06-11 10:00 visitor     record_visit   C truth=proven solved=partly satisfied=basically
06-05 09:00 operator    register       D kind=help channel=web
06-05 09:10 allocator   allocate       D unit=HOUSING
06-05 11:00 head@HOUSING request_return D
06-06 09:00 allocator   rule_on_return D accept=false
06-09 10:30 head@HOUSING reply         D
06-09 15:30 examiner    examine        D passes=true
06-10 10:30 visitor     record_visit   D truth=proven solved=solved satisfied=declined
06-06 09:00 operator    register       E kind=help
06-06 09:10 allocator   allocate       E unit=WATER
06-06 10:00 head@WATER  request_return E
06-06 15:00 allocator   rule_on_return E accept=true
06-06 16:00 allocator   allocate       E unit=HOUSING
06-06 17:00 staff@HOUSING sign_for     E
06-10 11:00 head@HOUSING reply         E
06-10 15:30 examiner    examine        E passes=true
06-11 11:00 visitor     record_visit   E reached=false
06-12 11:00 visitor     record_visit   E reached=false
06-12 16:00 visitor     record_visit   E reached=false
06-09 09:00 operator    register       F kind=help
06-09 09:10 allocator   allocate       F unit=HOUSING
06-10 09:00 head@HOUSING reply         F
06-10 14:00 examiner    examine        F passes=true
06-11 12:00 visitor     record_visit   F truth=untrue solved=unsolved satisfied=dissatisfied
06-12 09:00 examiner    review_responsibility F unit_responsible=false excluded_as=law
06-10 09:00 operator    register       G kind=consultation
06-10 09:30 operator    answer_directly G
06-11 09:00 operator    register       H kind=suggestion category=路面
06-11 09:10 allocator   allocate       H unit=HOUSING
06-12 10:00 head@HOUSING reply         H
06-12 15:00 examiner    examine        H passes=true
06-13 10:00 visitor     record_visit   H truth=proven solved=solved satisfied=satisfied
06-13 15:00 centre_head screen_suggestion H keep=true words=可列入年度道路计划
06-26 09:00 operator    register       I kind=help confidential=true place=滨河路
06-26 09:10 allocator   allocate       I unit=WATER
06-26 10:00 staff@WATER sign_for       I
06-12 09:00 operator    register       J kind=help
06-12 09:10 allocator   allocate       J unit=WATER
06-12 10:30 allocator   recall         J
06-13 09:00 operator    answer_directly J
06-13 09:00 operator    register       L kind=help urgency=emergency
06-13 09:10 allocator   allocate       L unit=HOUSING
06-13 09:30 staff@HOUSING sign_for     L
06-13 12:00 head@HOUSING reply_interim L promised_on=2025-06-16
06-13 15:00 allocator   rule_on_interim L accept=true
06-16 10:00 head@HOUSING reply         L
06-16 15:00 examiner    examine        L passes=true
06-17 10:00 visitor     record_visit   L truth=proven solved=solved satisfied=satisfied
"""
"""Who did what, 2025. The Water bureau is late, the Housing bureau diligent; K was late before the
month began. 05-31 to 06-02 are rest days."""
FIRST, COUNTED = date(2025, 6, 1), datetime(2025, 7, 1, 9, tzinfo=BEIJING)
ISSUED, LATER = (datetime(2025, 7, day, 9, tzinfo=BEIJING) for day in (7, 8))
"""When June is counted; when its report may be issued, as units could say what they think of its draft,
and a day later."""


def _value(word: str) -> Any:
    if word in ("true", "false"):
        return word == "true"
    return date.fromisoformat(word) if word.startswith("2025-") else word


def _step(line: str) -> dict[str, Any]:
    day, hour, who, verb, letter, *fields = line.split()
    given = {name: _value(word) for name, word in (field.split("=") for field in fields)}
    return {"at": f"2025-{day} {hour}", "as": who, "do": verb, "case": letter, **given}


def play(sessions: Sessions, month: str = JUNE) -> Story:
    """A month, played through the verb table with a sweep every morning."""
    with transaction(sessions) as session:
        above = Category(name="供水")
        session.add_all([above, Category(name="路面")])
        session.flush()
        session.add(Category(name="管网", parent_id=above.id))
    steps = sorted(
        (_step(line) for line in month.strip().splitlines()), key=lambda step: str(step["at"])
    )
    days = [date(2025, 5, 20) + timedelta(days=n) for n in range(43)]
    story = Story(Path("june"), steps, days, {}, {}, [], [])
    _, lines = perform_story(sessions, story)
    assert [line for line in lines if not line.startswith("+")] == []
    return story


def issue(
    session: Session,
    now: datetime = ISSUED,
    kind: str = "monthly",
    first: date = FIRST,
    **more: Any,
) -> Report:
    return issue_report(session, now, actor_named(session, "centre_head"), kind, first, **more)


def reissue(
    session: Session, reason: str = "数据更正", now: datetime = LATER, **more: Any
) -> Report:
    return reissue_report(
        session, now, actor_named(session, "centre_head"), "monthly", FIRST, reason, **more
    )


@pytest.fixture(scope="module")
def june_file(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """June on SQLite, played once for the tests that only read or that work on a copy."""
    file = tmp_path_factory.mktemp("june") / "played.db"
    with sqlite_copy(sqlite_template, file) as desk:
        play(desk.sessions)
    return file


@pytest.fixture
def june(june_file: Path, tmp_path: Path) -> Iterator[Sessions]:
    with sqlite_copy(june_file, tmp_path / "june.db") as desk:
        yield desk.sessions


@pytest.fixture(scope="module")
def told(june_file: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The figures of June."""
    file = tmp_path_factory.mktemp("told") / "june.db"
    with sqlite_copy(june_file, file) as desk, reading(desk.sessions) as session:
        return june_of(session)


def june_of(session: Session, now: datetime = COUNTED) -> dict[str, Any]:
    """June as it is counted at a moment."""
    told = canonical(figures(session, now, period_of("monthly", FIRST), {}))
    found: dict[str, Any] = json.loads(told)
    return found


def refused(work: Callable[[], object]) -> str:
    with pytest.raises(NotAllowed) as no:
        work()
    return no.value.msgid


# --- periods ---


def test_weekly_monthly_quarterly_yearly() -> None:
    lasts = {
        kind: period_of(kind, first).last
        for kind, first in (
            ("weekly", date(2025, 12, 29)),
            ("monthly", date(2024, 2, 1)),
            ("monthly", date(2025, 12, 1)),
            ("quarterly", date(2025, 10, 1)),
            ("yearly", date(2025, 1, 1)),
        )
    }
    assert lasts == {
        "weekly": date(2026, 1, 4),
        "monthly": date(2025, 12, 31),
        "quarterly": date(2025, 12, 31),
        "yearly": date(2025, 12, 31),
    }
    assert period_of("monthly", date(2024, 2, 1)).last == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("kind", "first", "now", "msgid"),
    [
        ("daily", FIRST, ISSUED, "unknown_report"),
        ("weekly", date(2025, 6, 3), ISSUED, "period_not_aligned"),
        ("monthly", date(2025, 6, 2), ISSUED, "period_not_aligned"),
        ("quarterly", date(2025, 5, 1), ISSUED, "period_not_aligned"),
        ("yearly", date(2025, 2, 1), ISSUED, "period_not_aligned"),
        ("monthly", FIRST, datetime(2025, 6, 30, 23, 59, tzinfo=BEIJING), "period_not_over"),
        ("yearly", date(2025, 1, 1), ISSUED, "period_not_over"),
    ],
)
def test_a_report_is_issued_for_a_whole_period_that_is_over(
    desk: Desk, kind: str, first: date, now: datetime, msgid: str
) -> None:
    with transaction(desk.sessions) as session:
        assert refused(lambda: issue(session, now, kind, first)) == msgid


def test_a_report_is_issued_at_midnight_and_once(desk: Desk) -> None:
    """That of a week, which the bot does not draft unless the office wants it to."""
    week = date(2025, 6, 23)
    with transaction(desk.sessions) as session:
        issue(session, datetime(2025, 6, 30, tzinfo=BEIJING), "weekly", week)
        assert refused(lambda: issue(session, kind="weekly", first=week)) == "report_issued"
        issue(session, kind="weekly", first=date(2025, 6, 16))


def test_a_report_that_the_bot_drafts_is_not_issued_before_its_draft(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        at = datetime(2025, 7, 1, tzinfo=BEIJING)
        assert refused(lambda: issue(session, at)) == "report_not_drafted"


def test_numbers_are_gapless_per_kind_and_year(desk: Desk) -> None:
    office = Office(desk)
    office.allocated("2025-04-02 09:00", "A", kind="help")
    office.sweeps("2025-06-02", "2025-06-03")
    office.sweep("2026-01-04")
    with transaction(desk.sessions) as session:
        head = actor_named(session, "centre_head")
        rows = [issue(session, first=date(2025, month, 1)) for month in (4, 5)]
        rows.append(issue(session, kind="weekly", first=date(2025, 6, 23)))
        rows.append(
            issue(session, datetime(2026, 1, 9, 9, tzinfo=BEIJING), first=date(2025, 12, 1))
        )
        assert [row.number for row in rows] == [
            "12345市长热线运行情况通报〔2025〕第1期",
            "12345市长热线运行情况通报〔2025〕第2期",
            "12345市长热线每周情况通报〔2025〕第1期",
            "12345市长热线运行情况通报〔2026〕第1期",
        ]
        assert rows[0].issued_by_id == head.id


# --- volumes ---


def test_volumes_by_channel_kind_category_district_mode(told: dict[str, Any]) -> None:
    cases = told["volumes"]["cases"]
    assert cases["registered"] == 11, "K was registered in May"
    assert cases["by_channel"] == {"phone": 9, "wechat": 1, "web": 1}
    assert cases["by_kind"] == {"help": 8, "complaint": 1, "consultation": 1, "suggestion": 1}
    assert {one["name"]: one["n"] for one in cases["by_category"].values()} == {
        "供水／管网": 2,
        "路面": 2,
        "": 7,
    }
    assert cases["by_mode"] == {"transfer": 9, "direct": 2}
    assert cases["by_place"] == {"滨河路": 2, "other": 9}
    assert told["volumes"]["contacts"] == {
        "total": 12,
        "by_channel": {"phone": 10, "wechat": 1, "web": 1},
        "by_kind": {"demand": 11, "repeat": 1},
    }


def test_a_confidential_or_lone_place_is_not_named(told: dict[str, Any]) -> None:
    assert "滨河路" in told["volumes"]["cases"]["by_place"], "B and C; I is confidential"
    assert told["volumes"]["cases"]["by_place"]["滨河路"] == 2


def test_events_come_from_the_summary(told: dict[str, Any]) -> None:
    words = told["volumes"]["events"]
    assert (words["case.registered"], words["case.closed"], words["case.answered"]) == (11, 7, 2)
    assert (words["reminder.issued"], words["assignment.replied"]) == (1, 9)


WATER = {
    "allocated": 5,
    "on_time": 1,
    "late": 1,
    "open": 3,
    "overdue": 2,
    "returns": 1,
    "reminders": 1,
    "lapsed": 1,
    "supervised": 1,
    "redo": 1,
    "repeats": 1,
    "closed": 1,
    "unrated": 0,
    "rated": 2,
    "satisfaction": "50.00",
    "asked": 2,
    "partly": 0,
    "unreasonable": 0,
    "solved": "50.00",
    "average_workdays": "8.00",
}
HOUSING = {
    "allocated": 6,
    "on_time": 6,
    "late": 0,
    "open": 0,
    "overdue": 0,
    "returns": 0,
    "reminders": 0,
    "lapsed": 0,
    "supervised": 0,
    "redo": 0,
    "repeats": 0,
    "closed": 6,
    "unrated": 0,
    "rated": 3,
    "satisfaction": "100.00",
    "asked": 5,
    "partly": 1,
    "unreasonable": 0,
    "solved": "60.00",
    "average_workdays": "1.83",
}


@pytest.mark.parametrize(("code", "line"), [("WATER", WATER), ("HOUSING", HOUSING)])
def test_per_unit_allocated_to_average_days(
    told: dict[str, Any], code: str, line: dict[str, Any]
) -> None:
    assert {name: value for name, value in told["units"][code].items() if name != "name"} == line
    assert told["units"][code]["name"] == f"{code}单位"


def test_hot_topics_are_the_categories_with_most_contacts(told: dict[str, Any]) -> None:
    assert [(one["name"], one["contacts"], one["repeats"]) for one in told["hot_topics"]] == [
        ("供水／管网", 3, 1),
        ("路面", 2, 0),
    ]


def test_overdue_list_at_the_end_of_the_period(told: dict[str, Any]) -> None:
    assert [(key, row["due_on"], row["workdays_late"]) for key, row in told["overdue"].items()] == [
        ("202505200001/WATER/1", "2025-05-27", 23),
        ("202506030002/WATER/2", "2025-06-30", 0),
    ]


def test_the_suggestions_digest_tells_number_relevance_and_the_suggestions_own_words_covered(
    told: dict[str, Any],
) -> None:
    digest = told["suggestions"]["digest"]
    counts = {"marked": 1, "kept": 1, "dropped": 0, "waiting": 0}
    assert {name: told["suggestions"][name] for name in counts} == counts
    ((number, one),) = digest.items()
    assert (number, one["category"], one["relevance"]) == (
        "202506110001",
        "路面",
        "可列入年度道路计划",
    )
    assert "路面塌陷积水" in one["words"] and "139" not in one["words"]


def test_a_leaders_comment_on_a_suggestion_can_become_a_leader_assigned_case(
    june: Sessions,
) -> None:
    with transaction(june) as session:
        head, leader = actor_named(session, "centre_head"), actor_named(session, "leader")
        narrative = "建议在滨河路增设公交站点，方便居民出行。"
        case = perform(
            session,
            ISSUED,
            head,
            "register",
            kind="suggestion",
            narrative=narrative,
            caller={"name": "李女士"},
        )
        perform(
            session,
            ISSUED,
            head,
            "screen_suggestion",
            case=case.id,
            keep=True,
            words="李女士说便民",
        )
        july = period_of("monthly", date(2025, 7, 1))
        found = figures(session, datetime(2025, 8, 1, 9, tzinfo=BEIJING), july, {})
        assert list(found["suggestions"]["digest"]) == [case.number]
        # What the centre head writes is read by everybody too: seen failing, it stood as typed.
        relevance = found["suggestions"]["digest"][case.number]["relevance"]
        assert "李女士" not in relevance and "便民" in relevance
        words = {"level": "county", "name": "县长", "text": "请研究。"}
        commented = datetime(2025, 8, 1, 10, tzinfo=BEIJING)
        perform(session, commented, leader, "instruct", case=case.id, leader=words, unit="HOUSING")
        assert (case.leader_assigned, case.state) == (True, "handling")


def test_the_rooms_and_the_centres_own_overdue_work_is_counted(told: dict[str, Any]) -> None:
    overdue = (told["centre"]["room_overdue"], told["centre"]["centre_overdue"])
    assert overdue == (1, 1), (
        "a candidate of the room's, a suggestion that the centre did not screen"
    )


def test_what_the_centre_answered_itself_is_a_line_of_its_own(told: dict[str, Any]) -> None:
    assert told["centre"]["closed"] == 2


def test_the_countys_line_is_the_sum_of_all_units_and_the_centre(told: dict[str, Any]) -> None:
    rows = (WATER, HOUSING, told["centre"])
    for name in ("allocated", "on_time", "late", "closed", "rated", "asked", "repeats"):
        assert told["county"][name] == sum(row.get(name, 0) for row in rows), name
    assert told["county"]["in_time"] == "87.50", "7 of 8"
    assert told["county"]["satisfaction"] == "80.00", "4 of 5"
    assert told["county"]["solved"] == "57.14", "4 of 7"


def generated(seed: int) -> str:
    """What became of ten cases of June, drawn by a number: direct answers, units late or not, every
    outcome."""
    rng = random.Random(seed)
    lines = []
    for letter in "ABCDEFGHIJ":
        day = rng.randint(3, 9)
        unit = rng.choice(("WATER", "HOUSING", "PARKS"))
        lines.append(f"06-{day:02} 09:00 operator register {letter} kind=help")
        if rng.random() < 0.2:
            lines.append(f"06-{day:02} 10:00 operator answer_directly {letter}")
            continue
        lines.append(f"06-{day:02} 10:00 allocator allocate {letter} unit={unit}")
        done = day + rng.randint(1, 12)
        if rng.random() < 0.15:
            continue
        lines.append(f"06-{done:02} 11:00 head@{unit} reply {letter}")
        lines.append(
            f"06-{done:02} 15:00 examiner examine {letter} passes={str(rng.random() < 0.85).lower()}"
        )
        if lines[-1].endswith("false"):
            continue
        satisfied = rng.choice(("satisfied", "basically", "dissatisfied", "declined"))
        solved = rng.choice(("solved", "partly", "unsolved", "unreasonable"))
        reached = "false" if rng.random() < 0.1 else "true"
        outcome = f"truth=proven solved={solved} satisfied={satisfied}" if reached == "true" else ""
        lines.append(
            f"06-{done + 1:02} 11:00 visitor record_visit {letter} reached={reached} {outcome}"
        )
        if satisfied == "dissatisfied" and reached == "true":
            responsible = rng.random() < 0.5
            said = (
                "unit_responsible=true" if responsible else "unit_responsible=false excluded_as=law"
            )
            lines.append(f"06-{done + 2:02} 11:00 examiner review_responsibility {letter} {said}")
    return "\n".join(lines)


PLAIN = {
    "on_time": "SELECT count(*) FROM reply WHERE late = false AND state <> 'refused' AND {filed_at}",
    "late": "SELECT count(*) FROM reply WHERE late = true AND state <> 'refused' AND {filed_at}",
    "closed": "SELECT count(*) FROM hotline_case WHERE state = 'closed' AND {closed_at}",
    "rated": "SELECT count(*) FROM visit v WHERE state = 'done' AND satisfied <> 'declined' AND {ended_at} AND NOT "
    "EXISTS (SELECT 1 FROM responsibility r WHERE r.case_id = v.case_id AND r.excluded_as IS NOT NULL)",
    "pleased": "SELECT count(*) FROM visit WHERE state = 'done' AND satisfied IN ('satisfied', 'basically') "
    "AND {ended_at}",
    "asked": "SELECT count(*) FROM visit WHERE state = 'done' AND {ended_at}",
    "solved": "SELECT count(*) FROM visit WHERE state = 'done' AND solved = 'solved' AND {ended_at}",
}
"""The same again, in plain SQL, of offices where each case has one round and one visit."""


@pytest.mark.parametrize("seed", range(5))
def test_the_countys_rates_equal_a_plain_count_of_a_generated_office(desk: Desk, seed: int) -> None:
    play(desk.sessions, generated(seed))
    with transaction(desk.sessions) as session:
        told = json.loads(issue(session).figures)["county"]
        june = {
            name: f"{name} >= '2025-06-01 00:00:00' AND {name} < '2025-07-01 00:00:00'"
            for name in ("filed_at", "closed_at", "ended_at")
        }
        plain = {name: session.scalar(text(query.format(**june))) for name, query in PLAIN.items()}
    assert {name: told[name] for name in ("on_time", "late", "closed", "rated", "asked")} == {
        name: plain[name] for name in ("on_time", "late", "closed", "rated", "asked")
    }
    for name, part, of in (
        ("in_time", plain["on_time"], plain["on_time"] + plain["late"]),
        ("satisfaction", plain["pleased"], plain["rated"]),
        ("solved", plain["solved"], plain["asked"]),
    ):
        assert told[name] == (str(rate(part, of)) if of else None), name


def test_no_callers_words_name_or_number(told: dict[str, Any]) -> None:
    """But for the suggestions that were kept, which are told in their own words, covered."""
    whole = json.dumps({**told, "suggestions": None}, ensure_ascii=False)
    assert "诉求人" not in whole and "路面塌陷" not in whole and "139" not in whole


# --- evaluation ---


def item(told: dict[str, Any], code: str, name: str) -> tuple[int, int, dict[str, int]]:
    line = told["evaluation"]["units"][code]["items"][name]
    return line["numerator"], line["denominator"], line["excluded"]


def test_signed_in_time_of_allocated_less_accepted_returns(told: dict[str, Any]) -> None:
    # A and I; not B and its redo (signed by the bot), not E (returned); J was recalled and not
    # allocated at all.
    assert item(told, "WATER", "signing") == (2, 4, {"returned": 1, "running": 0})
    # D's return was refused too late to sign in time.
    assert item(told, "HOUSING", "signing") == (5, 6, {"returned": 0, "running": 0})


def test_what_may_still_be_signed_in_time_is_left_out(june: Sessions) -> None:
    with transaction(june) as session:
        allocator, operator = actor_named(session, "allocator"), actor_named(session, "operator")
        at = datetime(2025, 6, 30, 16, tzinfo=BEIJING)
        narrative = "小区门前路灯不亮，夜间出行不便，请处理。"
        case = perform(
            session,
            at,
            operator,
            "register",
            kind="help",
            narrative=narrative,
            caller={"name": "王先生"},
        )
        perform(session, at, allocator, "allocate", case=case.id, unit="HOUSING")
        found = june_of(session)
        assert item(found, "HOUSING", "signing") == (5, 6, {"returned": 0, "running": 1})
        again = june_of(session, LATER)
        assert item(again, "HOUSING", "signing") == (5, 7, {"returned": 0, "running": 0})


def test_answered_in_time_and_not_later_refused_of_what_fell_due(told: dict[str, Any]) -> None:
    # A in time; B late; B's redo due 06-30 at 24:00; J recalled before due; K fell due in May, I is
    # due in July.
    assert item(told, "WATER", "answering") == (1, 3, {"ended": 1})
    # C's first reply was refused, its second in time; L's emergency was met by an interim reply.
    assert item(told, "HOUSING", "answering") == (6, 6, {"ended": 0})


def test_satisfied_of_rated_with_refusals_unreachable_and_excluded_left_out(
    told: dict[str, Any],
) -> None:
    assert item(told, "WATER", "satisfaction") == (
        1,
        2,
        {"declined": 0, "unreachable": 0, "excluded": 0},
    )
    assert item(told, "HOUSING", "satisfaction") == (
        3,
        3,
        {"declined": 1, "unreachable": 1, "excluded": 1},
    )


def test_solved_of_asked(told: dict[str, Any]) -> None:
    assert item(told, "HOUSING", "solving")[:2] == (3, 5)


def test_redo_ordered_of_answered_and_refused_returns_of_allocated(told: dict[str, Any]) -> None:
    assert item(told, "WATER", "redo")[:2] == (1, 2)
    assert item(told, "HOUSING", "returns")[:2] == (1, 6)


def test_deductions_of_a_month(told: dict[str, Any]) -> None:
    water = told["evaluation"]["units"]["WATER"]
    assert water["deductions"] == {
        "reminder": "0.20",
        "lapsed": "0.50",
        "supervised": "2.00",
        "untrue": "5.00",
        "leak": "0.00",
        "referred": "0.00",
    }
    assert told["evaluation"]["units"]["HOUSING"]["deducted"] == "0.00", (
        "F was untrue, but is excluded"
    )
    assert (water["subtotal"], water["total"], water["band"]) == ("25.00", "17.30", "不合格")


def test_an_identity_leak_is_named_by_the_centre_head(june: Sessions) -> None:
    with transaction(june) as session:
        assert refused(lambda: issue(session, leaks={"NOBODY": 1})) == "unknown_unit"
        assert refused(lambda: issue(session, leaks={"WATER": -1})) == "leaks_below_zero"
        found = json.loads(issue(session, leaks={"HOUSING": 1}).figures)
        assert found["evaluation"]["units"]["HOUSING"]["deductions"]["leak"] == "10.00"
        assert refused(lambda: reissue(session, now=ISSUED)) == "nothing_changed", "the leak stands"
        assert "leaks" in {
            row["path"].partition("/")[0] for row in json.loads(reissue(session, leaks={}).changes)
        }


def test_fewer_than_5_closed_listed_not_ranked_others_within_their_tier(
    told: dict[str, Any],
) -> None:
    assert told["evaluation"]["not_ranked"] == ["WATER"]
    assert told["evaluation"]["ranking"] == {
        "3": [
            {
                "rank": 1,
                "unit": "HOUSING",
                "name": "HOUSING单位",
                "closed": 6,
                "total": "74.16",
                "band": "合格",
            }
        ]
    }


def test_points_are_settings_and_frozen_with_the_report(june: Sessions) -> None:
    """Those in force when it was counted."""
    with transaction(june) as session:
        session.add_all(
            [
                Setting(name="evaluation.deductions.untrue", value="6"),
                Setting(name="evaluationist", value=""),
            ]
        )
        session.flush()
        found = june_of(session)["evaluation"]
        assert found["units"]["WATER"]["deductions"]["untrue"] == "6.00"
        assert found["points"]["deductions"]["untrue"] == "6"
        issued = json.loads(issue(session).figures)["evaluation"]
        assert issued["points"]["deductions"]["untrue"] == "5"


# --- frozen ---


def test_figures_are_frozen_at_issue(june: Sessions) -> None:
    with transaction(june) as session:
        row = issue(session)
        before = row.figures
        triggers.drop(session.connection())  # they keep it from being changed at all
        session.execute(update(Reply).values(late=True))
        session.expire_all()
        assert session.get_one(Report, row.id).figures == before
        assert json.loads(before)["units"]["WATER"]["on_time"] == 1
        changed = {row["path"]: row["new"] for row in json.loads(reissue(session).changes)}
        assert changed["units/WATER/on_time"] == 0
        assert session.get_one(Report, row.id).figures == before


def test_a_report_is_the_same_whenever_it_is_computed(june: Sessions) -> None:
    with transaction(june) as session:
        period = period_of("monthly", FIRST)
        assert figures(session, ISSUED, period, {}) == figures(session, LATER, period, {})


def test_a_reissue_is_a_new_version_and_says_what_changed(june: Sessions) -> None:
    with transaction(june) as session:
        first = issue(session)
        visitor = actor_named(session, "centre_head")
        case = session.scalars(select(Suggestion.case_id)).one()
        perform(
            session,
            LATER,
            visitor,
            "amend_visit",
            case=case,
            satisfied="basically",
            reason="录音复核",
        )
        second = reissue(session)
        assert (second.version, second.number) == (2, f"{first.number}(第2版)")
        paths = {row["path"]: (row["old"], row["new"]) for row in json.loads(second.changes)}
        of_unit = f"by/unit/{unit_named(session, 'HOUSING').id}"
        assert {
            path: told for path, told in paths.items() if path.startswith((of_unit, "eval"))
        } == {
            "evaluation/units/HOUSING/counts/basically": (1, 2),
            "evaluation/units/HOUSING/counts/satisfied": (2, 1),
            f"{of_unit}/basically": (1, 2),
            f"{of_unit}/satisfied": (2, 1),
        }
        assert {path.partition("/")[0] for path in paths} == {"by", "evaluation"}
        assert session.get_one(Report, first.id).version == 1
        session.add(Setting(name="evaluation.deductions.untrue", value="6"))
        assert reissue(session).number == f"{first.number}(第3版)"
        assert issue(session, kind="monthly", first=date(2025, 5, 1)).number.endswith("第2期"), (
            "the number is kept"
        )


def test_a_reissue_needs_a_reason_an_issue_and_a_change(june: Sessions) -> None:
    with transaction(june) as session:
        assert refused(lambda: reissue(session)) == "report_not_issued"
        issue(session)
        assert refused(lambda: reissue(session, "  ")) == "reason_missing"
        assert refused(lambda: reissue(session)) == "nothing_changed"


def test_changes_name_the_path_the_old_and_the_new() -> None:
    old = {"a": {"x": 1, "y": [1]}, "gone": 1, "same": {"z": None}}
    new = {"a": {"x": 2, "y": [1, 2]}, "came": {"w": 1}, "same": {"z": None}}
    assert list(changes(old, new)) == [
        {"path": "a/x", "old": 1, "new": 2},
        {"path": "a/y", "old": [1], "new": [1, 2]},
        {"path": "came", "old": None, "new": {"w": 1}},
        {"path": "gone", "old": 1, "new": None},
    ]


def test_issue_and_reissue_stand_in_the_offices_chain_and_tell_the_leaders(june: Sessions) -> None:
    with transaction(june) as session:
        row = issue(session)
        session.add(Setting(name="evaluation.deductions.untrue", value="6"))
        reissue(session)
        issued = Event.kind.in_(("report.issued", "report.reissued"))
        told = session.execute(
            select(Event.kind, Event.chain, Event.payload).where(issued).order_by(Event.id)
        ).all()
        assert [(one.kind, one.chain) for one in told] == [
            ("report.issued", 0),
            ("report.reissued", 0),
        ]
        assert (
            json.loads(told[0].payload)["sha256"]
            == hashlib.sha256(row.figures.encode()).hexdigest()
        )
        query = select(func.count()).select_from(Notice).join(Event, Event.id == Notice.event_id)
        assert session.scalar(query.where(Notice.recipient == "leader", issued)) == 2
        assert verify(session, session.info["ledger_key"], 0) == []


def test_figures_are_canonical_json_without_floats(june: Sessions) -> None:
    with transaction(june) as session:
        text = issue(session).figures
    assert text == json.dumps(
        json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False
    )

    def no_float(word: str) -> None:
        raise AssertionError(word)

    json.loads(text, parse_float=no_float)


# --- the same on both databases, at any size ---


def test_the_same_report_on_sqlite_and_postgresql(
    told: dict[str, Any], postgres_desk: Desk
) -> None:
    play(postgres_desk.sessions)
    with transaction(postgres_desk.sessions) as session:
        issue(session)
        assert june_of(session) == told
        assert drift(session, date(2025, 5, 1), date(2025, 7, 31)) == {}
    with transaction(postgres_desk.sessions) as session:
        session.add(Setting(name="evaluation.deductions.untrue", value="6"))
        assert reissue(session).version == 2


@contextmanager
def statements(desk: Desk) -> Iterator[list[str]]:
    """The statements that are sent meanwhile."""
    sent: list[str] = []

    def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
        sent.append(statement)

    event.listen(desk.engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(desk.engine, "before_cursor_execute", note)


def add_cases(session: Session, first: int, n: int) -> None:
    """n more cases, numbered from `first` on a day in June, each allocated to one of three units
    and overdue."""
    at = datetime(2025, 6, 3, 9, tzinfo=BEIJING)
    office = office_at(session, at)
    units = [unit_named(session, code).id for code in ("WATER", "HOUSING", "ROADS")]
    sign, due = office.calendar.run(at.date(), 1), office.calendar.run(at.date(), 5)
    facts = {
        "channel": "phone",
        "received_at": at,
        "registered_at": at,
        "kind": "help",
        "query_code": "000000",
        "narrative": "路面塌陷积水，行人通行困难。",
        "demand": "",
        "repeat_check": "",
        "told_caller": "",
    }
    cases = [
        Entry(
            0,
            "case.registered",
            "case",
            to="registered",
            columns={"number": f"{place:06d}", **facts},
        )
        for place in range(first, first + n)
    ]
    move_many(session, at, BOT, cases)
    assignments = [
        Entry(
            case.chain,
            "assignment.allocated",
            "assignment",
            to="allocated",
            unit_id=units[place % 3],
            columns={
                "case_id": case.chain,
                "unit_id": units[place % 3],
                "round": 1,
                "role": "lead",
                "allocated_at": at,
                **clock("sign", sign),
                **clock("due", due),
            },
        )
        for place, case in enumerate(cases)
    ]
    move_many(session, at, BOT, assignments)


def test_a_constant_number_of_statements_between_50_and_500_cases(desk: Desk) -> None:
    counts = []
    for first, more in ((0, 50), (50, 450)):
        with transaction(desk.sessions) as session:
            add_cases(session, first, more)
        with transaction(desk.sessions) as session, statements(desk) as sent:
            found = figures(session, ISSUED, period_of("monthly", FIRST), {})
        counts.append(len(sent))
    assert counts[0] == counts[1] <= 40
    assert found["volumes"]["cases"]["registered"] == 500
    assert [one["overdue"] for one in found["units"].values()] == [167, 166, 167]
    assert len(found["overdue"]) == 500


def test_day_boundaries_are_beijings(desk: Desk) -> None:
    moments = (
        "2025-05-31 23:59:59",
        "2025-06-01 00:00:00",
        "2025-06-30 23:59:59",
        "2025-07-01 00:00:00",
    )
    narrative = "路面塌陷积水，行人通行困难。"
    with transaction(desk.sessions) as session:
        operator = actor_named(session, "operator")
        for moment in moments:
            at = datetime.fromisoformat(moment).replace(tzinfo=BEIJING)
            perform(
                session, at, operator, "register", kind="help", narrative=narrative, anonymous=True
            )
        found = june_of(session)["volumes"]
        assert (found["cases"]["registered"], found["events"]["case.registered"]) == (2, 2)
        assert found["contacts"]["total"] == 2


# --- the summary ---


def test_the_summary_equals_a_recount_from_the_record(june: Sessions) -> None:
    with transaction(june) as session:
        assert drift(session, date(2025, 5, 1), date(2025, 7, 31)) == {}
        counted = recount(session, date(2025, 6, 1), date(2025, 6, 30))
        assert sum(n for (*_, word), n in counted.items() if word == "case.registered") == 11
        water = session.scalars(select(Unit.id).where(Unit.code == "WATER")).one()
        mains = session.scalars(select(Category.id).where(Category.name == "管网")).one()
        assert counted[date(2025, 6, 13), water, mains, "reminder.issued"] == 1
        assert counted[date(2025, 6, 10), water, mains, "case.closed"] == 1


STORIES = (
    "all-the-way",
    "redo-exhausted-closes-with-its-item",
    "acceptance-withdrawing-a-lead-hands-over-to-the-oldest",
    "supervision-cleared-with-a-new-date",
    "visit-an-amended-outcome-moves-the-case",
)


@pytest.mark.parametrize("stem", STORIES)
def test_the_summary_of_a_story_equals_a_recount(desk: Desk, stem: str) -> None:
    story = read(Path(__file__).parents[1] / "stories" / f"{stem}.yaml")
    assert perform_story(desk.sessions, story)[1] == []
    with transaction(desk.sessions) as session:
        first, last = date(2000, 1, 1), date(2099, 12, 31)
        assert recount(session, first, last) != {}
        assert drift(session, first, last) == {}


def test_a_case_that_closes_with_its_item_is_counted_for_its_lead(desk: Desk) -> None:
    story = read(Path(__file__).parents[1] / "stories" / "redo-exhausted-closes-with-its-item.yaml")
    perform_story(desk.sessions, story)
    with transaction(desk.sessions) as session:
        closed = select(DayCount.unit_id, DayCount.n).where(DayCount.word == "case.closed")
        cases = session.scalars(select(Case).where(Case.closed_as == "redo_exhausted")).all()
        assert {(unit, n) for unit, n in session.execute(closed)} == {
            (one.lead_unit_id, 1) for one in cases
        }
        assert len(cases) == 4


def test_a_recount_shows_where_the_summary_was_changed(june: Sessions) -> None:
    day = date(2025, 6, 3)
    with transaction(june) as session:
        session.execute(
            update(DayCount)
            .where(DayCount.day == day, DayCount.word == "case.registered")
            .values(n=9)
        )
        assert set(drift(session, day, day).values()) == {(9, 2)}
        assert drift(session, date(2025, 6, 4), date(2025, 6, 30)) == {}


def test_a_later_category_or_successor_does_not_change_what_was_counted(june: Sessions) -> None:
    with transaction(june) as session:
        reason = "分类有误，按实际内容更正。"
        allocator = actor_named(session, "allocator")
        open_case = session.scalars(
            select(Event.chain).where(Event.kind == "case.redo_ordered")
        ).one()
        # What was corrected of other things before says nothing of a category.
        for told in ({"urgency": "urgent"}, {"category": "路面"}):
            perform(session, LATER, allocator, "reclassify", case=open_case, reason=reason, **told)
        water, housing = unit_named(session, "WATER"), unit_named(session, "HOUSING")
        succeed_unit(session, LATER, actor_named(session, "it_admin"), water, housing)
        assert drift(session, date(2025, 5, 1), date(2025, 7, 31)) == {}
