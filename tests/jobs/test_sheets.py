"""Sheets of other platforms: each row once, what is wrong is listed, and who is stopped goes on."""

from __future__ import annotations

import csv
import gzip
import io
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter
from sqlalchemy import func, select

import config
from app.channels.sheets import rows_of
from app.database import reading, transaction
from app.files.store import keep
from app.models import Message, Sheet, SheetFault, SheetProgress
from app.roles import BOT
from app.rules.refusal import NotAllowed
from app.stages.inbox.sheets import columns_before, hand_over_sheet
from jobs.desk import Desk as Here
from jobs.sheets import take_in_sheet
from tests.databases import KEY, SIGNING, Desk
from tests.office import moment

NOW = moment("2026-06-08 09:00")
HEADING = ["编号", "标题", "内容", "时间", "姓名", "电话", "类型"]
COLUMNS = {
    "number": "编号",
    "subject": "标题",
    "words": "内容",
    "at": "时间",
    "name": "姓名",
    "phone": "电话",
    "kind": "类型",
}
ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("DESK_MESSAGES") or "/nowhere") / "messages-answered.csv.gz"


def here_of(desk: Desk, folder: Path) -> Here:
    settings = config.load({"DESK_DATA": str(folder), "DATABASE_URL": desk.url})
    settings = replace(settings, ledger_key=KEY, signing_keys=(SIGNING,))
    return Here(settings, desk.engine, desk.sessions, lambda: NOW)


def written(rows: Sequence[Sequence[str]], charset: str = "utf-8") -> bytes:
    text = io.StringIO()
    csv.writer(text).writerows(rows)
    return text.getvalue().encode(charset)


def workbook(rows: Sequence[Sequence[Any]], first: int = 0) -> bytes:
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as book:
        sheet, day = book.add_worksheet(), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        for at, row in enumerate(rows, first):
            for place, cell in enumerate(row):
                if isinstance(cell, datetime):
                    sheet.write_datetime(at, place, cell, day)
                else:
                    sheet.write(at, place, cell)
    return file.getvalue()


def handed(
    here: Here,
    content: bytes,
    name: str = "a.csv",
    columns: dict[str, str] | None = None,
    sender: str = "市平台",
) -> Sheet:
    kept = keep(here.settings.data, name, content)
    with transaction(here.sessions) as session:
        return hand_over_sheet(
            session,
            NOW,
            BOT,
            sender,
            kept.name,
            kept.sha256,
            kept.size,
            kept.media_type,
            json.dumps(columns or COLUMNS),
        )


def told(here: Here, sheet: Sheet) -> tuple[int, int, int, int]:
    """(rows, taken, known, wrong) of a sheet that is finished."""
    with reading(here.sessions) as session:
        row = session.get_one(SheetProgress, sheet.id)
        assert row.finished_at is not None
        return row.rows, row.taken, row.known, row.wrong


def messages(here: Here) -> list[Message]:
    with reading(here.sessions) as session:
        return list(session.scalars(select(Message).order_by(Message.id)))


def two_hundred() -> list[list[str]]:
    """Two hundred rows, 37 of them wrong."""
    rows = [
        [
            f"N{at}",
            "标题",
            f"第{at}件事，请处理。",
            "2026-06-01 09:30",
            "王某",
            "13900000001",
            "求助",
        ]
        for at in range(200)
    ]
    for at in range(0, 70, 10):
        rows[at][0] = ""
    for at in range(1, 101, 10):
        rows[at][2] = " \t\n"
    for at in range(2, 102, 10):
        rows[at][3] = "昨天"
    for at in range(3, 53, 10):
        rows[at][3] = "2031-01-01"
    for at in range(4, 44, 10):
        rows[at][4] = "王" * 81
    rows[199][0], rows[199][2] = "N198", "别的内容，编号相同"
    return [HEADING, *rows]


@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "gbk", "utf-16"])
def test_of_two_hundred_rows_thirty_seven_are_wrong_and_the_others_go_in(
    desk: Desk, tmp_path: Path, charset: str
) -> None:
    here = here_of(desk, tmp_path)
    sheet = handed(here, written(two_hundred(), charset))
    take_in_sheet(here, sheet)
    assert told(here, sheet) == (200, 163, 0, 37)
    with reading(desk.sessions) as session:
        faults = session.scalars(select(SheetFault).order_by(SheetFault.row)).all()
    by_why: dict[str, int] = {}
    for fault in faults:
        by_why[fault.why] = by_why.get(fault.why, 0) + 1
    assert by_why == {
        "sheet_cell_missing": 17,
        "sheet_date_unread": 10,
        "sheet_date_ahead": 5,
        "sheet_too_long_cell": 4,
        "sheet_number_twice": 1,
    }
    assert faults[0].row == 2
    first = messages(here)[0]
    assert (first.sender, first.name, first.phone, first.kind) == (
        "市平台",
        "王某",
        "13900000001",
        "help",
    )
    assert first.received_at == moment("2026-06-01 09:30")


def test_a_second_time_the_same_sheet_writes_nothing(desk: Desk, tmp_path: Path) -> None:
    here = here_of(desk, tmp_path)
    take_in_sheet(here, handed(here, written(two_hundred())))
    again = handed(here, written(two_hundred()))
    take_in_sheet(here, again)
    assert told(here, again) == (200, 0, 163, 37)
    assert len(messages(here)) == 163
    other = handed(here, written(two_hundred()), sender="另一平台")
    take_in_sheet(here, other)
    assert told(here, other)[1] == 163


def test_dates_stand_as_text_as_numbers_and_as_dates_and_rows_keep_their_places(
    desk: Desk, tmp_path: Path
) -> None:
    here = here_of(desk, tmp_path)
    whens: list[Any] = [
        datetime(2026, 6, 1, 9, 30),  # noqa: DTZ001
        46174.39583333333,
        "2026-06-01 09:30",
        "2026年6月1日 9时30分",
        "2026/6/1 9:30",
    ]
    rows = [[at + 1, "标题", f"第{at}件事", when, "", "", ""] for at, when in enumerate(whens)]
    rows.append([99, "标题", "只有日期", "2026-06-01", "", "", ""])
    rows.append(["", "标题", "没有编号", "", "", "", ""])
    take_in_sheet(here, handed(here, workbook([HEADING, *rows]), "a.xlsx"))
    found = messages(here)
    assert [row.received_at for row in found[:5]] == [moment("2026-06-01 09:30")] * 5
    assert found[5].received_at == moment("2026-06-01 00:00")
    assert [json.loads(row.facts)["number"] for row in found] == ["1", "2", "3", "4", "5", "99"]
    with reading(desk.sessions) as session:
        assert session.scalars(select(SheetFault.row)).all() == [8]


def test_rows_that_are_empty_in_a_workbook_count() -> None:
    rows = rows_of(
        workbook([["编号", "内容"], [], ["1", "x"]]),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    )
    assert rows == [["编号", "内容"], ["", ""], ["1", "x"]]


def test_a_body_of_nine_thousand_signs_with_blank_lines_before_it_comes_in_whole(
    desk: Desk, tmp_path: Path
) -> None:
    here = here_of(desk, tmp_path)
    body = "\n\n\t\t" + "长" * 9_000 + "\n尾"
    take_in_sheet(here, handed(here, written([HEADING, ["1", "", body, "", "", "", ""]])))
    assert messages(here)[0].words == body.strip()


def test_what_is_no_sheet_says_so(desk: Desk, tmp_path: Path) -> None:
    for content, media in (
        (b"PK\x03\x04nothing", "application/vnd.ms-excel"),
        (b"one line", "text/csv"),
        (b"", "text/csv"),
        (b"a\xff\xffb,c\n\xff\xff,d\n", "text/csv"),
    ):
        with pytest.raises(NotAllowed) as no:
            rows_of(content, media)
        assert no.value.msgid in ("sheet_unreadable", "sheet_empty")
    here = here_of(desk, tmp_path)
    gone = handed(here, written([["甲", "乙"], ["1", "x"]]))
    take_in_sheet(here, gone)
    with reading(desk.sessions) as session:
        assert session.get_one(SheetProgress, gone.id).failed == "sheet_column_gone"


def test_what_columns_mean_is_remembered_for_each_sender(desk: Desk, tmp_path: Path) -> None:
    here = here_of(desk, tmp_path)
    handed(here, written(two_hundred()))
    with reading(desk.sessions) as session:
        assert columns_before(session, "市平台") == COLUMNS
        assert columns_before(session, "别的") == {}


_CHILD = """
import sys, json
sys.path.insert(0, {root!r})
from dataclasses import replace
from pathlib import Path
import config
from app.database import engine_from, sessions_from
from jobs.desk import Desk as Here
from jobs.sheets import take_in_sheet
from app.models import Sheet
from tests.databases import KEY
from tests.jobs.test_sheets import NOW
settings = replace(config.load({{"DESK_DATA": {data!r}, "DATABASE_URL": {url!r}}}), ledger_key=KEY)
engine = engine_from({url!r})
sessions = sessions_from(engine, KEY)
with sessions() as session:
    sheet = session.get_one(Sheet, {id})
print("begins", flush=True)
take_in_sheet(Here(settings, engine, sessions, lambda: NOW), sheet)
"""


def killed_in_the_middle(here: Here, desk: Desk, sheet: Sheet, after: int) -> None:
    """Let another process take a sheet in, and kill it once so many rows are in."""
    code = _CHILD.format(root=str(ROOT), data=str(here.settings.data), url=desk.url, id=sheet.id)
    child = subprocess.Popen([sys.executable, "-c", code], cwd=ROOT)
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline and child.poll() is None:
        with reading(desk.sessions) as session:
            if session.get_one(SheetProgress, sheet.id).done >= after:
                break
        time.sleep(0.02)
    child.send_signal(signal.SIGKILL)
    child.wait(30)


@pytest.mark.long
def test_killed_in_the_middle_and_begun_again_each_row_is_there_once(
    desk: Desk, tmp_path: Path
) -> None:
    here = here_of(desk, tmp_path)
    rows = [HEADING] + [[f"N{at}", "", f"第{at}件事", "", "", "", ""] for at in range(3_000)]
    sheet = handed(here, written(rows))
    killed_in_the_middle(here, desk, sheet, 300)
    assert 0 < len(messages(here)) < 3_000
    take_in_sheet(here, sheet)
    assert told(here, sheet) == (3_000, 3_000, 0, 0)
    keys = [row.key for row in messages(here)]
    assert len(keys) == len({*keys}) == 3_000


@pytest.mark.long
@pytest.mark.skipif(not REAL.exists(), reason="no real messages: set DESK_MESSAGES")
def test_the_real_messages_go_in_with_exact_counts_and_lengths_and_a_second_time_none(
    desk: Desk, tmp_path: Path
) -> None:
    here = here_of(desk, tmp_path)
    content = gzip.decompress(REAL.read_bytes())
    columns = {"number": "留言编号", "subject": "留言主题", "at": "留言时间", "words": "留言详情"}
    sheet = handed(here, content, "messages.csv", columns)
    killed_in_the_middle(here, desk, sheet, 200)
    take_in_sheet(here, sheet)
    rows = [*csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline=""))]
    assert told(here, sheet) == (2_816, 2_816, 0, 0)
    found = {json.loads(row.facts)["number"]: row for row in messages(here)}
    assert len(found) == 2_816
    for row in rows:
        assert len(found[row["留言编号"]].words) == len(row["留言详情"].strip())
    again = handed(here, content, "messages.csv", columns)
    with reading(desk.sessions) as session:
        before = session.scalar(select(func.count()).select_from(Message))
    take_in_sheet(here, again)
    assert told(here, again) == (2_816, 0, 2_816, 0)
    with reading(desk.sessions) as session:
        assert session.scalar(select(func.count()).select_from(Message)) == before


def test_a_sheet_that_is_too_long_or_too_wide_says_how_long_it_may_be() -> None:
    for rows in ([["a"]] * 100_002, [["a"] * 201, ["b"]]):
        with pytest.raises(NotAllowed) as no:
            rows_of(written(rows), "text/csv")
        assert no.value.msgid == "sheet_too_long"
        assert no.value.facts == {"rows": 100_000, "columns": 200}


def test_what_a_sheet_needs_has_to_be_among_its_columns(desk: Desk, tmp_path: Path) -> None:
    here = here_of(desk, tmp_path)
    told = {name: COLUMNS[name] for name in ("subject", "name")}
    with pytest.raises(NotAllowed) as no:
        handed(here, written([HEADING, ["1", *[""] * 6]]), columns=told)
    assert no.value.msgid == "sheet_columns_missing"
