"""The life of a paper: frozen by the event that issues it, made once as a PDF, the same bytes ever
after; void and reprinted papers say so; numbers are gapless whatever happens."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pylopdf_fonts_zh_cn
import pytest
from pypdf import PdfReader
from sqlalchemy import select

from app.database import reading, transaction
from app.ledger import verify
from app.models import Event, Paper, PaperPrint, Reminder, Report, SupervisionList
from app.papers.issued import Issued, issued, make_notices
from app.papers.layouts import LAYOUTS
from app.rules.refusal import NotAllowed
from app.stages.papers import base_of
from app.story.theatre.cast import actor_named, unit_named
from app.verbs import perform
from jobs.files import lost_files
from tests.databases import KEY, Desk
from tests.office import Office, moment
from tests.papers.everything import issue_all

NOW = moment("2025-07-10 10:00")
OTHER_WORDING = "编号{case_number}一事（{assignment}）应于{by}办结，请于{reply_by}书面答复。\n{again}\n请予重视。"


@pytest.fixture
def office(desk: Desk) -> Office:
    return Office(desk)


def reminded(office: Office) -> int:
    """A reminder of 13 June 2025: its id."""
    office.allocated("2025-06-09 09:00", "A")
    office.sweeps("2025-06-10", "2025-06-13")
    return office.row(Reminder).id


def words(path: Path) -> str:
    pages = PdfReader(io.BytesIO(path.read_bytes())).pages
    return re.sub(r"\s", "", "".join(page.extract_text() for page in pages))


def opened(desk: Desk, data: Path, kind: str, id: int) -> Issued:
    return issued(desk.sessions, data, NOW, kind, id)


def told(desk: Desk, data: Path) -> list[str]:
    with reading(desk.sessions) as session:
        return [lost.told("en") for lost in lost_files(session, data)]


# --- frozen with its event ---


def test_a_paper_is_frozen_in_the_transaction_of_the_event_that_issues_it(desk: Desk) -> None:
    """Of every kind: its row stands as soon as its number does, and no other event seals it."""
    issue_all(desk)
    office = Office(desk)
    kinds = {base_of(row.kind) for row in office.rows(Paper)}
    assert kinds >= LAYOUTS.keys() - {"dossier", "identity", "verify", "handover"}
    assert not office.rows(Event, kind="record.sealed", actor="bot", subject="case")[1:]
    with reading(desk.sessions) as session:
        assert list(verify(session, KEY)) == []


def test_a_paper_keeps_the_wording_and_its_version_with_which_it_was_issued(
    office: Office, tmp_path: Path
) -> None:
    first = reminded(office)
    setting = {"name": "wording.reminder", "value": OTHER_WORDING}
    office.do("2025-06-13 10:00", "it_admin", "change_setting", **setting)
    office.allocated("2025-06-16 09:00", "B", unit="ROADS")
    office.sweeps("2025-06-17", "2025-06-20")
    facts = {
        row.subject_id: json.loads(row.facts)["wording"]
        for row in office.rows(Paper, kind="reminder")
    }
    second = office.row(Reminder).id
    assert (facts[first]["version"], facts[second]["version"]) == (0, 1)
    pages = [words(opened(office.desk, tmp_path, "reminder", id).path) for id in (first, second)]
    assert ["请予重视" in page for page in pages] == [False, True]


def test_what_is_rolled_back_leaves_neither_paper_nor_number(office: Office) -> None:
    office.do("2025-06-09 09:00", "operator", "register", "A", kind="consultation")
    at, id = moment("2025-06-09 10:00"), office.id("A")
    with pytest.raises(ZeroDivisionError), transaction(office.desk.sessions) as session:
        unit_named(session, "WATER")
        perform(session, at, actor_named(session, "allocator"), "allocate", case=id, unit="WATER")
        assert session.scalars(select(Paper.number)).all() == ["神热线交〔2025〕1号"]
        raise ZeroDivisionError
    assert office.rows(Paper) == []
    office.do("2025-06-09 11:00", "allocator", "allocate", "A", unit="WATER")
    assert office.row(Paper).number == "神热线交〔2025〕1号"


# --- made once ---


def test_the_pdf_of_a_paper_is_made_once_and_served_from_then_on(
    office: Office, tmp_path: Path
) -> None:
    id = reminded(office)
    first = opened(office.desk, tmp_path, "reminder", id)
    stat = first.path.stat()
    again = opened(office.desk, tmp_path, "reminder", id)
    assert first == again and again.path.stat().st_mtime_ns == stat.st_mtime_ns
    (row,) = office.rows(PaperPrint)
    assert (row.sha256, row.n, row.void) == (first.sha256, 1, False)
    made = office.rows(Event, kind="paper.made")
    assert [json.loads(event.payload)["sha256"] for event in made] == [first.sha256]
    with reading(office.desk.sessions) as session:
        assert list(verify(session, KEY)) == []


def test_every_paper_has_the_same_bytes_whatever_fonts_settings_and_zone_do_later(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    papers = issue_all(desk)
    before = {name: opened(desk, tmp_path, *paper) for name, paper in papers.items()}
    bytes_before = {name: made.path.read_bytes() for name, made in before.items()}
    own = tmp_path / "fonts"
    own.mkdir()
    font = Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSansSC-Regular.otf"
    (own / font.name).write_bytes(font.read_bytes())
    office = Office(desk)
    for name, value in (("office", "别的中心"), ("wording.reminder", OTHER_WORDING)):
        office.do("2026-07-01 10:00", "it_admin", "change_setting", name=name, value=value)
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    try:
        for name, paper in papers.items():
            after = issued(desk.sessions, tmp_path, moment("2026-07-10 10:00"), *paper)
            assert after.sha256 == before[name].sha256, name
            assert after.path.read_bytes() == bytes_before[name], name
    finally:
        monkeypatch.undo()
        time.tzset()


def test_a_paper_first_opened_after_the_settings_changed_says_what_it_was_issued_with(
    office: Office, tmp_path: Path
) -> None:
    id = reminded(office)
    office.do("2025-07-01 10:00", "it_admin", "change_setting", name="office", value="别的中心")
    told = words(opened(office.desk, tmp_path, "reminder", id).path)
    assert "神木市12345市长热线服务中心" in told and "别的中心" not in told


def test_many_who_open_a_paper_first_at_once_get_the_same_file(
    office: Office, tmp_path: Path
) -> None:
    id, ready, got = reminded(office), threading.Barrier(4, timeout=30), list[str]()

    def open_it() -> None:
        ready.wait()
        got.append(opened(office.desk, tmp_path, "reminder", id).sha256)

    threads = [threading.Thread(target=open_it) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(got) == 4 and len(set(got)) == 1
    assert len(office.rows(PaperPrint)) == 1


def test_there_is_no_pdf_of_what_was_not_issued(office: Office, tmp_path: Path) -> None:
    for kind in (*LAYOUTS, "feedback_1", "poem"):
        with pytest.raises(NotAllowed, match="not_found"):
            opened(office.desk, tmp_path, kind, 99)


def test_what_was_covered_after_the_issue_is_covered_in_what_is_printed_first(
    office: Office, tmp_path: Path
) -> None:
    office.allocated("2025-06-09 09:00", "A", narrative="红梅理发店门前路灯不亮，请尽快修复。")
    office.do("2025-06-09 10:00", "operator", "cover", "A", more=["红梅理发店"])
    told = words(opened(office.desk, tmp_path, "allocation", office.assignment("A").id).path)
    assert "红梅理发店" not in told and "门前路灯不亮" in told


# --- lost, reprinted ---


@pytest.mark.parametrize("how", ["gone", "altered"])
def test_a_lost_pdf_is_a_finding_and_a_reprint_says_so(
    office: Office, tmp_path: Path, how: str
) -> None:
    id = reminded(office)
    first = opened(office.desk, tmp_path, "reminder", id)
    content = first.path.read_bytes()
    assert told(office.desk, tmp_path) == []
    first.path.unlink() if how == "gone" else first.path.write_bytes(content + b"!")
    assert told(office.desk, tmp_path) != []
    again = opened(office.desk, tmp_path, "reminder", id)
    assert again.reprint and again.sha256 != first.sha256
    assert "重印" in words(again.path) and again.number in words(again.path)
    assert told(office.desk, tmp_path) != [], "the reprint mends nothing"
    assert opened(office.desk, tmp_path, "reminder", id) == again
    first.path.write_bytes(content)
    assert told(office.desk, tmp_path) == []
    assert opened(office.desk, tmp_path, "reminder", id) == first, "restored from a backup"


def test_the_pdf_of_a_list_or_report_that_is_lost_is_a_finding_of_the_office(
    desk: Desk, tmp_path: Path
) -> None:
    issue_all(desk)
    office = Office(desk)
    made = [
        opened(desk, tmp_path, kind, office.row(model).id)
        for kind, model in (("list", SupervisionList), ("scores", Report))
    ]
    before = {*told(desk, tmp_path)}
    for one in made:
        one.path.unlink()
    lost = {*told(desk, tmp_path)} - before
    assert len([said for said in lost if said.startswith("paper ")]) == len(lost) == 2


# --- void ---


def test_a_void_reminder_keeps_its_number_and_says_that_it_is_void(
    office: Office, tmp_path: Path
) -> None:
    id = reminded(office)
    before = opened(office.desk, tmp_path, "reminder", id)
    office.do("2025-06-13 11:00", "centre_head", "void_reminder", "A", reason="误发。")
    after = opened(office.desk, tmp_path, "reminder", id)
    assert (before.void, after.void) == (False, True)
    assert "作废" in words(after.path) and after.number == before.number
    assert after.number in words(after.path)
    assert "作废" not in words(before.path)


@pytest.mark.parametrize("verb", ["recall", "reassign"])
def test_a_paper_is_void_when_its_assignment_is_recalled_or_reassigned(
    office: Office, tmp_path: Path, verb: str
) -> None:
    office.allocated("2025-06-09 09:00", "A", assists=["ROADS"])
    ids = [office.assignment("A", unit).id for unit in ("WATER", "ROADS")]
    given = {"reason": "交办有误。"} if verb == "reassign" else {}
    office.do("2025-06-09 10:00", "centre_head", verb, "A", **given)
    assert [opened(office.desk, tmp_path, "allocation", id).void for id in ids] == [True, True]


def test_a_paper_is_not_void_because_its_case_was_withdrawn_or_an_assist_waived(
    office: Office, tmp_path: Path
) -> None:
    office.allocated("2025-06-09 09:00", "A", assists=["ROADS"])
    lead, assist = (office.assignment("A", unit).id for unit in ("WATER", "ROADS"))
    office.do("2025-06-09 10:00", "allocator", "waive_assist", "A", unit="ROADS", reason="不需。")
    office.do("2025-06-09 11:00", "allocator", "withdraw", "A", reason="诉求人撤回。")
    for id in (lead, assist):
        assert not opened(office.desk, tmp_path, "allocation", id).void


def test_a_returned_notice_is_reprinted_void_where_both_hold(
    office: Office, tmp_path: Path
) -> None:
    id = reminded(office)
    office.do("2025-06-13 11:00", "centre_head", "void_reminder", "A", reason="误发。")
    opened(office.desk, tmp_path, "reminder", id).path.unlink()
    again = opened(office.desk, tmp_path, "reminder", id)
    assert again.void and again.reprint
    assert {"作废", "重印"} <= set(re.findall("作废|重印", words(again.path)))


# --- the notices of a sweep ---


def test_the_notices_of_a_sweep_are_made_before_anybody_asks(
    office: Office, tmp_path: Path
) -> None:
    reminded(office)
    at = moment("2025-06-13 08:31")
    assert make_notices(office.desk.sessions, tmp_path, at) == 1
    assert make_notices(office.desk.sessions, tmp_path, at) == 0
    (row,) = office.rows(PaperPrint)
    id = office.row(Reminder).id
    assert opened(office.desk, tmp_path, "reminder", id).sha256 == row.sha256


_KILLED = """
import sys
from pathlib import Path
from app.database import engine_from
from app.papers.issued import issued
from tests.databases import sessions_on
from tests.office import moment
from app.sweep import sweep
sessions = sessions_on(engine_from(sys.argv[1]))
print("ready", flush=True)
sweep(sessions, moment("2025-06-13"))
for id in range(1, 13):
    issued(sessions, Path(sys.argv[2]), moment("2025-06-13 09:00"), "reminder", id)
"""


@pytest.mark.long
@pytest.mark.parametrize("milliseconds", [5, 20, 60, 120, 250, 500, 900])
def test_who_is_killed_at_any_moment_while_issuing_leaves_nothing_or_a_whole_paper(
    office: Office, tmp_path: Path, milliseconds: int
) -> None:
    """And numbers without a gap: what was not issued is issued by the next sweep."""
    for letter in "ABCDEFGHIJKL":
        office.allocated("2025-06-09 09:00", letter)
    office.sweeps("2025-06-10", "2025-06-12")
    given = [sys.executable, "-c", _KILLED, office.desk.url, str(tmp_path)]
    with subprocess.Popen(given, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        time.sleep(milliseconds / 1000)
        process.send_signal(signal.SIGKILL)
    _whole(office, tmp_path)
    office.sweep("2025-06-13")
    reminders = office.rows(Reminder)
    assert [row.number for row in reminders] == [f"神热线催〔2025〕{n}号" for n in range(1, 13)]
    for row in reminders:
        opened(office.desk, tmp_path, "reminder", row.id)
    _whole(office, tmp_path)


def _whole(office: Office, data: Path) -> None:
    """Each reminder has its paper, each print its file, and the record is whole."""
    reminders = {row.id for row in office.rows(Reminder)}
    assert {row.subject_id for row in office.rows(Paper, kind="reminder")} == reminders
    assert told(office.desk, data) == []
    with reading(office.desk.sessions) as session:
        assert list(verify(session, KEY)) == []
    drafts = [name for _, _, names in os.walk(data) for name in names if name.endswith(".pdf")]
    assert len(drafts) >= len(office.rows(PaperPrint))


def test_no_issued_paper_names_a_caller(desk: Desk, tmp_path: Path) -> None:
    papers = issue_all(desk, "李秀英（电话13912345678）反映路面塌陷，请尽快处理。")
    for name, paper in papers.items():
        said = words(opened(desk, tmp_path, *paper).path)
        assert "李秀英" not in said and "13912345678" not in said, name
