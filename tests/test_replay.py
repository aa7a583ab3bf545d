"""The replay of messages: counted again here, message by message, from the procedure alone."""

from __future__ import annotations

import csv
import json
import os
import subprocess
from collections import Counter
from datetime import date, datetime, time, timedelta
from pathlib import Path

import chinese_calendar
import pytest
from sqlalchemy import text

from app.database import engine_from, reading, sessions_from
from app.ledger import verify
from app.rules.workdays import BEIJING
from app.story.messages.replay import Message, counts, messages, replay
from app.sweep import sweep
from app.words import both
from tests.commands import command
from tests.databases import KEY, Desk

ROOT = Path(__file__).parent.parent
REAL = (
    Path(os.environ.get("DESK_MESSAGES", ROOT.parent / "shared" / "data"))
    / "messages-answered.csv.gz"
)
HEADER = ["留言编号", "留言用户", "留言主题", "留言时间", "留言详情", "答复意见", "答复时间"]
ROWS = [
    [
        "1",
        "u1",
        "路灯不亮",
        "2025-09-23 09:00:00",
        "路灯坏了很久，晚上看不见路。",
        "已修好。",
        "2025-09-29 23:59:59",
    ],
    [
        "2",
        "u2",
        "停水",
        "2025-09-23 09:00:00",
        "小区停水三天没有人管。",
        "已恢复。",
        "2025-09-30 08:30:00",
    ],
    [
        "3",
        "u3",
        "停水",
        "2025-09-23 09:00:00",
        "小区停水三天没有人管。",
        "已恢复。",
        "2025-09-30 08:30:01",
    ],
    [
        "4",
        "u4",
        "停气",
        "2025-09-26 23:59:59",
        "停气了，家里做不了饭。",
        "处理中",
        "2025-10-14 10:00:00",
    ],
    ["5", "u5", "噪音", "2025-10-05 00:00:00", "\n\n\t夜间施工，\n老人睡不着。", "", ""],
    ["6", "u6", "短", "2025/9/28 7:05", "短", "收到", "2025-11-03 08:00:00"],
]


def write(path: Path) -> Path:
    """A file like the real one."""
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([HEADER, *ROWS])
    return path


def workday(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day))


def after(day: date, n: int) -> date:
    """The n-th working day after a day, counted one by one."""
    while n:
        day += timedelta(days=1)
        n -= workday(day)
    return day


def _first(days: list[date], since: date, answered: datetime | None, working: bool) -> date | None:
    """The first sweep from a day on, before the answer; on a working day where that is asked
    for."""
    for day in days:
        if day >= since and (workday(day) or not working):
            at = datetime.combine(day, time(8, 30), BEIJING)
            return None if answered is not None and answered <= at else day
    return None


def expected(found: list[Message]) -> Counter[str]:
    """What the bot must do, worked out for each message by itself."""
    tally: Counter[str] = Counter()
    ends = [message.answered_at for message in found if message.answered_at]
    day, last = found[0].at.date(), max(ends).date() + timedelta(days=1)
    days = [day + timedelta(days=n) for n in range((last - day).days + 1)]
    for message in found:
        due = after(message.at.date(), 5)
        seen = [d for d in days if datetime.combine(d, time(8, 30), BEIJING) >= message.at]
        warned = _first(
            [d for d in seen if d <= due],
            min(d for d in _warn_days(due)),
            message.answered_at,
            True,
        )
        tally["assignment.warned"] += warned is not None
        overdue = _first(seen, due + timedelta(days=1), message.answered_at, False)
        tally["assignment.overdue"] += overdue is not None
        reminded = _first(seen, due + timedelta(days=1), message.answered_at, True)
        if reminded is None:
            continue
        tally["reminder.issued"] += 1
        reply_by = after(reminded, 2)
        tally["reminder.lapsed"] += (
            _first(seen, reply_by + timedelta(days=1), message.answered_at, False) is not None
        )
        tally["supervision.watched"] += (
            _first(seen, reply_by + timedelta(days=1), message.answered_at, True) is not None
        )
        silent = after(reply_by, 5) + timedelta(days=1)
        tally["silent"] += _first(seen, silent, message.answered_at, True) is not None
    return tally


def _warn_days(due: date) -> list[date]:
    """The days on which the next working day is the due day or later."""
    return [day for n in range(20) if after(day := due - timedelta(days=n), 1) >= due]


def _compared(told: dict[str, object], wanted: Counter[str]) -> None:
    events = dict(told["events"])  # type: ignore[call-overload]
    assert events.pop("supervision.listed") == (
        {"silent": wanted["silent"]} if wanted["silent"] else {}
    )
    for kind in [kind for kind in wanted if kind != "silent"]:
        assert events.pop(kind) == wanted[kind], kind
    assert set(events.values()) == {0}


def _replayed(desk: Desk, found: list[Message]) -> dict[str, object]:
    for _ in replay(desk.sessions, found):
        pass
    with reading(desk.sessions) as session:
        return counts(session, len(found), 0.0)


def _tables(desk: Desk) -> dict[str, int]:
    with desk.engine.connect() as connection:
        names = (
            "event",
            "notice",
            "reminder",
            "supervision",
            "supervision_list",
            "assignment",
            "series",
            "run",
        )
        return {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar() or 0
            for name in names
        }


def test_each_message_is_counted_as_the_procedure_says(desk: Desk, tmp_path: Path) -> None:
    found = messages(write(tmp_path / "messages.csv"))
    assert len(found) == len(ROWS)
    told = _replayed(desk, found)
    wanted = expected(found)
    assert wanted["reminder.issued"] == 4 and wanted["silent"] == 2, (
        "the rows hold both sides of 08:30"
    )
    _compared(told, wanted)


def test_the_last_sweep_run_again_writes_nothing_but_its_run_row(
    desk: Desk, tmp_path: Path
) -> None:
    _replayed(desk, messages(write(tmp_path / "messages.csv")))
    with desk.engine.connect() as connection:
        last = connection.execute(text("SELECT max(looked_at) FROM run")).scalar()
    at = datetime.fromisoformat(str(last)).replace(tzinfo=BEIJING)
    before = _tables(desk)
    sweep(desk.sessions, at)
    assert _tables(desk) == before | {"run": before["run"] + 1}


def test_from_and_to_are_beijing_dates_both_included(tmp_path: Path) -> None:
    path = write(tmp_path / "messages.csv")
    assert [m.id for m in messages(path, date(2025, 9, 26), date(2025, 10, 5))] == ["4", "6", "5"]
    assert [m.id for m in messages(path, date(2025, 9, 27), date(2025, 10, 4))] == ["6"]


def test_counts_are_read_back_from_the_event_table(desk: Desk, tmp_path: Path) -> None:
    from migrations import triggers

    told = _replayed(desk, messages(write(tmp_path / "messages.csv")))
    with desk.engine.begin() as connection:
        triggers.drop(connection)
        connection.execute(
            text(
                "DELETE FROM event WHERE id = (SELECT min(id) FROM event WHERE kind = 'reminder.issued')"
            )
        )
    with reading(desk.sessions) as session:
        again = counts(session, len(ROWS), 0.0)
    assert again["events"]["reminder.issued"] == told["events"]["reminder.issued"] - 1  # type: ignore[index]


def test_keep_leaves_a_database_that_verifies(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    given = ["replay", str(write(tmp_path / "m.csv")), "--keep", str(kept)]
    done = command(tmp_path / "d", *given, "--json")
    assert json.loads(done.stdout)["messages"] == len(ROWS), done.stderr
    whole = command(kept, "verify")
    assert (whole.returncode, whole.stdout) == (0, f"{both('shell.record_whole')}\n")
    again = command(tmp_path / "d", *given)
    assert again.returncode == 2 and "holds a database already" in again.stderr


def test_listed_cases_are_played_to_sealed_dossiers_that_check(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    given = [
        "replay",
        str(write(tmp_path / "m.csv")),
        "--keep",
        str(kept),
        "--dossiers",
        "2",
        "--json",
    ]
    done = command(tmp_path / "d", *given)
    told = json.loads(done.stdout or "null")
    assert told, done.stderr
    assert told["events"]["supervision.listed"] == {"silent": 2}
    assert len(told["dossiers"]) == 2
    for name in told["dossiers"]:
        zipped = kept / "dossiers" / name
        summed = subprocess.run(
            ["sha256sum", "-c", "--strict", "SHA256SUMS"],
            cwd=zipped.with_suffix(""),
            capture_output=True,
            text=True,
            check=False,
        )
        assert summed.returncode == 0 and "dossier.pdf: OK" in summed.stdout
    whole = command(kept, "verify")
    assert (whole.returncode, whole.stdout) == (0, f"{both('shell.record_whole')}\n")


def test_more_dossiers_than_listed_cases_are_refused_with_a_sentence(tmp_path: Path) -> None:
    given = [
        "replay",
        str(write(tmp_path / "m.csv")),
        "--keep",
        str(tmp_path / "kept"),
        "--dossiers",
        "3",
    ]
    done = command(tmp_path / "d", *given)
    assert (done.returncode, done.stderr.splitlines()[-1]) == (
        2,
        "2 listed cases wait for the room, not 3",
    )
    alone = command(tmp_path / "d", *given[:2], "--dossiers", "1")
    assert alone.returncode == 2 and "--keep" in alone.stderr


needs_messages = pytest.mark.skipif(
    not REAL.exists(), reason="the real messages are not beside the project"
)


@pytest.mark.long
@pytest.mark.timeout(900)
@needs_messages
def test_all_messages_in_five_minutes_counted_alike(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    done = command(tmp_path / "d", "replay", str(REAL), "--keep", str(kept), "--json")
    told = json.loads(done.stdout)
    assert told["messages"] == 2816
    assert told["seconds"] < 300
    _compared(told, expected(messages(REAL)))
    assert command(kept, "verify").returncode == 0
    engine = engine_from(f"sqlite:///{kept / 'desk.db'}")
    desk = Desk(engine, sessions_from(engine, (kept / "ledger.key").read_bytes()), "")
    with engine.connect() as connection:
        last = connection.execute(text("SELECT max(looked_at) FROM run")).scalar()
    before = _tables(desk)
    sweep(desk.sessions, datetime.fromisoformat(str(last)).replace(tzinfo=BEIJING))
    assert _tables(desk) == before | {"run": before["run"] + 1}
    engine.dispose()


@pytest.mark.long
@pytest.mark.timeout(600)
@needs_messages
def test_a_year_counts_alike_and_its_record_is_whole_on_both_databases(
    sqlite_desk: Desk, postgres_desk: Desk
) -> None:
    found = messages(REAL, date(2018, 1, 1), date(2018, 12, 31))
    one, other = _replayed(sqlite_desk, found), _replayed(postgres_desk, found)
    assert {**one, "seconds": 0} == {**other, "seconds": 0}
    _compared(one, expected(found))
    for desk in (sqlite_desk, postgres_desk):
        with reading(desk.sessions) as session:
            assert verify(session, KEY) == []
