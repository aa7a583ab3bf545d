"""The dossier: its pages in the procedure's order, its files, and that it is made once, whole,
whatever happens."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import text

from app import papers
from app.database import transaction
from app.files import content_of, keep, path_of
from app.ledger import verify
from app.ledger.signers import add_signing
from app.ledger.signing import name_of_key, pem, public_half
from app.models import Dossier, Event, File, Referral, Supplement
from app.papers import records
from app.papers.dossier import make_waiting
from app.papers.outcomes import redo_pages
from app.papers.verifying import script_sha256
from app.rules.refusal import NotAllowed
from app.stages.accountability import draft_contents
from app.stages.papers import frozen
from tests.commands import Running
from tests.databases import KEY, SIGNING, Desk
from tests.office import moment
from tests.papers.maker import NOW
from tests.papers.samples import GOOD, PDF, PNG
from tests.papers.test_files import fields
from tests.room import Room

ROOT = Path(__file__).resolve().parents[2]
CALLER = {"name": "李秀英", "phone": "13912345678"}
PAGES = (
    "移送卷宗",
    "目录",
    "移送函",
    "审批表",
    "事项报告",
    "单位与责任人",
    "时间线与工作日计算",
    "工单、派单与签收",
    "催办、送达与答复",
    "督办通知、反馈与结论",
    "签发文书副本",
    "重复投诉与回访（诉求人已隐去）",
    "审核、责任认定与重办",
    "单位说明与本人陈述",
    "复核",
    "有利于承办单位的情况",
    "所引规定",
    "证据目录",
    "接收回执",
    "备考表",
)
"""The pages of a dossier, in the procedure's order."""


@pytest.fixture
def room(desk: Desk, tmp_path: Path) -> Room:
    room = Room(desk)
    room.data = tmp_path / "data"
    return room


def unmade(room: Room, **approval: Any) -> Path:
    """A sealed dossier whose files are not made yet, with a file of the unit in it; the data
    folder."""
    data = room.data
    assert data is not None
    room.to("register", caller=CALLER, narrative="李秀英反映滨河路路面塌陷，电话13912345678。")
    room.to("sign_for")
    attach(room, "staff@WATER", "handling", PDF)
    room.to("approve_referral", **approval)
    room.makes_dossiers = False
    room.to("seal_referral")
    room.makes_dossiers = True
    return data


def attach(room: Room, who: str, kind: str, content: bytes, at: str = "2025-06-09 10:10") -> File:
    assert room.data is not None
    kept = keep(room.data, f"{kind}.pdf", content)
    row: File = room.do(at, who, "attach", "A", **fields(kept, kind))
    return row


def recorded(room: Room) -> list[Dossier]:
    return room.rows(Dossier)


def tree(folder: Path) -> dict[str, bytes]:
    """Name -> content of every file below a folder, those of leases left out."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".lease" not in path.name
    }


def sums(folder: Path) -> None:
    done = subprocess.run(
        ["sha256sum", "-c", "--strict", "SHA256SUMS"], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


def made(room: Room, **approval: Any) -> Path:
    """The directory of a dossier that is made."""
    data = unmade(room, **approval)
    (zipped,) = make_waiting(room.desk.sessions, data, NOW)
    return zipped.with_suffix("")


def words(pdf: bytes) -> str:
    return re.sub(
        r"\s", "", "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    )


def maker(room: Room, data: Path, step: str = "") -> Running:
    return Running("tests.papers.maker", [room.desk.url, str(data), step], os.environ)


# --- the guard ---


def test_nothing_is_sent_before_the_dossiers_files_are_on_record(room: Room) -> None:
    data = unmade(room)
    assert room.refused("2025-06-16 09:00", "officer", "send_referral", "A") == "dossier_not_made"
    (zipped,) = make_waiting(room.desk.sessions, data, NOW)
    room.to("send_referral")
    row = recorded(room)[0]
    assert (row.version, row.name, row.size) == (1, zipped.stem, zipped.stat().st_size)
    assert row.sha256 == hashlib.sha256(zipped.read_bytes()).hexdigest()
    payload = {"version": 1, "sha256": row.sha256, "size": row.size}
    payload |= {"signed_with": row.signed_with, "script": row.script_sha256}
    assert (row.signed_with, row.script_sha256) == (name_of_key(SIGNING), script_sha256())
    assert room.told("referral.made", "A") == [payload]


@pytest.mark.parametrize("statement", ["DELETE FROM dossier", "UPDATE dossier SET sha256 = 'x'"])
def test_nobody_changes_what_is_on_record_of_a_dossier(room: Room, statement: str) -> None:
    made(room)
    with pytest.raises(Exception, match="append-only"), transaction(room.desk.sessions) as session:
        session.execute(text(statement))


def test_an_abandoned_referral_needs_no_files(room: Room) -> None:
    data = unmade(room)
    room.do("2025-06-12 11:00", "officer", "abandon_referral", "A")
    assert make_waiting(room.desk.sessions, data, NOW) == []


# --- its pages ---


def pages_of(pdf: Path | bytes) -> list[str]:
    reader = PdfReader(io.BytesIO(pdf) if isinstance(pdf, bytes) else pdf)
    return [re.sub(r"\s", "", page.extract_text()) for page in reader.pages]


def firsts_of(pdf: Path) -> dict[str, int]:
    """Heading -> the number of the page on which it stands, as the file's own outline has it."""
    reader = PdfReader(pdf)
    found: Any = reader.outline
    return {one.title: (reader.get_destination_page_number(one) or 0) + 1 for one in found}


def part(pdf: Path, title: str) -> str:
    """The words of a part of a dossier, from its heading to the next one."""
    firsts = firsts_of(pdf)
    names = list(firsts)
    after = [*names[names.index(title) + 1 :], ""][0]
    last = firsts.get(after, len(PdfReader(pdf).pages))
    told = "".join(pages_of(pdf)[firsts[title] - 1 : last])
    start = told.index(re.sub(r"\s", "", title))
    return told[start : told.index(after, start + 1)] if after else told[start:]


def test_the_pages_stand_in_the_procedures_order(room: Room) -> None:
    pdf = made(room) / "dossier.pdf"
    firsts, pages = firsts_of(pdf), pages_of(pdf)
    assert list(firsts) == list(PAGES[2:])
    assert list(firsts.values()) == sorted(firsts.values())
    assert pages[0].startswith(PAGES[0]) and pages[1].startswith(PAGES[1])
    for title, n in firsts.items():
        assert re.search(rf"{re.escape(title)}[·.]*{n}(?!\d)", pages[1]), title
    for n, page in enumerate(pages, 1):
        assert page.endswith(f"—{n}—")


def test_no_page_is_nearly_empty(room: Room) -> None:
    """Seen failing where each part began on a new page: half of them held under five lines."""
    for n, page in enumerate(PdfReader(made(room) / "dossier.pdf").pages, 1):
        lines = [line for line in page.extract_text().splitlines() if line.strip()]
        assert len(lines) > 5, (n, lines)


def test_a_copy_of_each_paper_as_it_was_issued_goes_along(room: Room) -> None:
    """Its file is the paper as the panel prints it, and its pages are pages of the dossier."""
    folder = made(room)
    with transaction(room.desk.sessions) as session:
        paper = frozen(session, "supervision", room.item.id)
    assert (folder / "papers" / "002-supervision.pdf").read_bytes() == papers.pdf(
        "supervision", paper
    )
    told, pages = part(folder / "dossier.pdf", "签发文书副本"), pages_of(folder / "dossier.pdf")
    for name in ("001-allocation.pdf", "002-supervision.pdf"):
        content = (folder / "papers" / name).read_bytes()
        assert hashlib.sha256(content).hexdigest() in told
        copied = pages_of(content)[0]
        (n,) = [n for n, page in enumerate(pages, 1) if copied in page]
        assert f"第{n}页" in told


def test_what_speaks_for_the_unit_stands_beside_what_does_not(room: Room) -> None:
    told = part(made(room) / "dossier.pdf", "有利于承办单位的情况")
    assert "2025-06-0910:00承办单位自行签收神热线交〔2025〕1号" in told
    assert "2025-06-0915:00承办单位按期反馈神政督〔2025〕1号" in told


def test_the_units_feedback_and_statement_are_facts_of_the_report(room: Room) -> None:
    told = part(made(room) / "dossier.pdf", "事项报告")
    assert "2025-06-0915:00承办单位反馈神政督〔2025〕1号（期限内）" in told
    assert "2025-06-1011:00承办单位提交书面说明" in told


def test_persons_held_their_post_on_the_date_of_the_fault_which_is_named(room: Room) -> None:
    told = part(made(room) / "dossier.pdf", "单位与责任人")
    assert "认定所涉日期2025年6月10日" in told and "WATER_head" in told


def test_each_fact_of_the_report_names_the_page_of_its_evidence(room: Room) -> None:
    pdf = made(room) / "dossier.pdf"
    report, firsts = part(pdf, "事项报告"), firsts_of(pdf)
    assert f"确认认定第{firsts['督办通知、反馈与结论']}页" in report
    copy = next(n for n, page in enumerate(pages_of(pdf), 1) if page.startswith("副本2督办通知单"))
    assert f"神政督〔2025〕1号督办，限2025年6月12日24时前反馈第{copy}页" in report


def test_the_timeline_counts_working_days_and_names_the_days_of_each_clock(room: Room) -> None:
    told = words((made(room) / "dossier.pdf").read_bytes())
    assert "2025-06-1008:30" not in told
    assert "起草移送系统2" in told, "drafted on the second working day after the allocation"
    assert "06-10、06-11、06-12、06-13、06-16" in told and "15个工作日" in told


def test_each_paper_is_shown_with_how_it_was_served(room: Room) -> None:
    """The allocation was opened by the unit before it signed; the supervision notice was fed back
    on the same day."""
    room.to("allocate")
    room.do("2025-06-09 09:50", "staff@WATER", "open_paper", "A", paper="allocation")
    room.to("seal_referral")
    assert room.data is not None
    (made_,) = (room.data / "dossiers").glob("*/dossier.pdf")
    titles = ("工单、派单与签收", "督办通知、反馈与结论", "事项报告", "时间线与工作日计算")
    case, supervision, report, timeline = (part(made_, title) for title in titles)
    assert "2025-06-0909:50首次打开" in case
    assert "2025-06-0915:00签收送达" in supervision
    assert "2025-06-0909:50神热线交〔2025〕1号送达（首次打开）" in report
    assert "2025-06-0915:00神政督〔2025〕1号送达（签收送达）" in report
    assert "2025-06-0909:50打开文书" in timeline


def test_the_closing_of_an_exhausted_redo_is_no_verdict_for_the_unit(room: Room) -> None:
    """Three rounds found the unit responsible; the centre head's closing says that no round is
    left."""
    room.to("feed_back")
    bad = {"truth": "proven", "solved": "unsolved", "satisfied": "dissatisfied"}
    review = ("review_responsibility", "A")
    for hour in (15, 18, 21):
        room.do(f"2025-06-09 {hour}:10", "head@WATER", "reply", "A")
        room.do(f"2025-06-09 {hour}:20", "examiner", "examine", "A", passes=True)
        room.do(f"2025-06-09 {hour}:30", "visitor", "record_visit", "A", **bad)
        room.do(
            f"2025-06-09 {hour}:40", "examiner#2", *review, unit_responsible=True, grounds="未处理"
        )
    room.do("2025-06-09 22:00", "centre_head", *review, unit_responsible=False, grounds="仍未处理")
    room.to("draft")
    with transaction(room.desk.sessions) as session:
        referral = session.get_one(Referral, room.referral.id)
        (table,) = [
            block
            for block in redo_pages(draft_contents(session, NOW, referral))
            if "结论" in str(block)
        ]
    verdicts = re.findall("非?单位责任|重办已满，结案", str(table))
    assert verdicts == ["单位责任", "单位责任", "单位责任", "重办已满，结案"]


def test_what_is_not_served_yet_is_said_so(room: Room) -> None:
    room.to("draft")
    with transaction(room.desk.sessions) as session:
        referral = session.get_one(Referral, room.referral.id)
        facts = draft_contents(session, moment("2025-06-10 23:00"), referral)
    notice = facts["notices"][0]
    assert (notice["served"]["at"], notice["served"]["how"]) == (
        "2025-06-09T15:00:00+08:00",
        "signed",
    )
    assert records.served({"served": {**notice["served"], "at": None}}) == "尚未送达"
    before = {"at": "2025-06-11T00:00:00+08:00", "opened": False}
    assert records.how_served({"served": before}) == "视为送达", "sealed before how was told"


def test_the_rules_cited_are_those_of_the_date_of_the_fault_with_their_days(room: Room) -> None:
    """The finding comes on 10 June 2025, before the unit's due date: of two versions of an article
    the later one."""
    text_ = (
        "〔2018-03-20至2025-06-09〕《监察法》旧条\n〔2025-06-10至今〕《监察法》新条\n《办理规程》"
    )
    room.do("2025-06-09 08:00", "it_admin", "change_setting", name="dossier.rules", value=text_)
    told = words((made(room) / "dossier.pdf").read_bytes())
    assert "《监察法》新条2025-06-10至今" in told and "《办理规程》—" in told
    assert "《监察法》旧条" not in told


def test_statements_or_a_note_that_none_came(room: Room) -> None:
    room.post("赵六", "deputy", "2024-01-01")
    room.to("draft_finding", persons=["WATER_head", "赵六"])
    room.to("confirm_finding")
    room.do("2025-06-10 11:00", "head@WATER", "record_statement", "A", words="单位的说明。")
    room.sweeps("2025-06-11", "2025-06-14")
    room.do("2025-06-16 09:00", "officer", "conclude", "A")
    room.sweep("2025-06-17")
    told = json.loads(_contents(room, "2025-06-17 09:00"))
    pdf = words(papers.pdf("dossier", told))
    assert "单位的说明。" in pdf and "赵六在规定期限内，未收到陈述。" in pdf
    told["unit_statement"] = ""
    assert "在规定期限内，未收到单位的书面说明。" in words(papers.pdf("dossier", told))


def _contents(room: Room, at: str) -> str:
    with transaction(room.desk.sessions) as session:
        return json.dumps(
            draft_contents(session, moment(at), session.get_one(Referral, room.referral.id))
        )


def test_what_is_not_sealed_is_marked_as_a_draft(room: Room) -> None:
    room.to("complete_referral")
    facts = json.loads(_contents(room, "2025-06-11 10:30"))
    assert facts["draft"] is True
    assert "草稿" in words(papers.pdf("dossier", facts))
    assert "草稿" not in words(papers.pdf("dossier", {**facts, "draft": False}))


def test_the_approver_opens_the_pages_as_they_are_before_the_seal(room: Room) -> None:
    room.to("review_referral")
    facts = json.loads(room.do("2025-06-11 14:00", "leader", "open_paper", "A"))
    told = words(papers.pdf("dossier", facts))
    assert "草稿" in told and room.referral.report in told
    room.done += 1
    room.to("seal_referral")
    sealed = json.loads(room.do("2025-06-12 11:00", "leader", "open_paper", "A"))
    assert sealed["draft"] is False and sealed["matter"] == facts["matter"]


def test_an_attachment_of_many_pages_is_listed_with_their_number(room: Room) -> None:
    room.to("sign_for")
    assert room.data is not None
    attach(
        room,
        "staff@WATER",
        "handling",
        papers.pdf(
            "identity", {"case_number": "1", "callers": [CALLER | {"case_number": "1"}] * 60}
        ),
    )
    room.to("seal_referral")
    told = words((room.data / "dossiers" / recorded(room)[0].name / "dossier.pdf").read_bytes())
    assert "电子原件2" in told or "电子原件3" in told


def test_every_notice_and_its_feedback_is_in_it(room: Room) -> None:
    room.to("open_supervision", requirement="第一次的要求。")
    room.to("feed_back", words="第一次的反馈。")
    room.do("2025-06-09 16:00", "officer", "reissue", "A", requirement="第二次的要求。")
    room.do("2025-06-09 17:00", "head@WATER", "feed_back", "A", words="第二次的反馈。")
    room.to("seal_referral")
    notices = json.loads(room.referral.sealed or "")["notices"]
    assert [(one["n"], one["requirement"], one["feedback"]["words"]) for one in notices] == [
        (1, "第一次的要求。", "第一次的反馈。"),
        (2, "第二次的要求。", "第二次的反馈。"),
    ]


def test_words_state_facts_and_rules_never_guilt(room: Room) -> None:
    told = words((made(room) / "dossier.pdf").read_bytes())
    assert "涉嫌" in told and "反映" in told
    for guilt in ("违法犯罪", "构成犯罪", "有罪", "罪行"):
        assert guilt not in told


# --- the caller ---


def test_the_caller_is_on_no_page_in_no_event_and_in_no_list(room: Room) -> None:
    folder = made(room)
    whole = words((folder / "dossier.pdf").read_bytes()) + "".join(
        (folder / name).read_text("utf-8")
        for name in ("events.jsonl", "MANIFEST.json", "SHA256SUMS")
    )
    assert "李秀英" not in whole and "13912345678" not in whole
    assert "〔诉求人〕反映" in whole
    assert not (folder / "identity.pdf").exists()


def test_a_separate_sheet_holds_the_caller_where_the_approver_ticked_it(room: Room) -> None:
    folder = made(room, with_identity=True)
    assert "李秀英13912345678" in words((folder / "identity.pdf").read_bytes())
    assert "李秀英" not in words((folder / "dossier.pdf").read_bytes())


@pytest.mark.parametrize("ticked", [True, False])
def test_files_that_may_show_the_caller_go_along_only_where_it_is_ticked(
    room: Room, ticked: bool
) -> None:
    assert room.data is not None
    room.to("sign_for")
    attach(room, "staff@WATER", "contact", GOOD["mp3"])
    attach(room, "staff@WATER", "handling", PNG)
    room.to("approve_referral", **({"with_identity": True} if ticked else {}))
    room.to("seal_referral")
    folder = room.data / "dossiers" / recorded(room)[0].name
    names = {path.name for path in (folder / "attachments").iterdir()}
    assert names == {"002-handling.png"} | ({"001-contact.mp3"} if ticked else set())
    told = words((folder / "dossier.pdf").read_bytes())
    assert hashlib.sha256(GOOD["mp3"]).hexdigest() in told, "named, with its SHA-256, either way"
    assert ("不附（可能显示诉求人）" in told) is not ticked
    sums(folder)


# --- the files ---


def test_sha256sum_passes_in_the_directory_and_after_unzip(room: Room, tmp_path: Path) -> None:
    folder = made(room)
    sums(folder)
    with zipfile.ZipFile(folder.with_suffix(".zip")) as packed:
        packed.extractall(tmp_path / "unpacked")
    unpacked = tmp_path / "unpacked" / folder.name
    sums(unpacked)
    assert tree(unpacked) == tree(folder)
    assert {"dossier.pdf", "events.jsonl", "attachments/001-handling.pdf", "MANIFEST.json"} < tree(
        folder
    ).keys()


def test_one_changed_byte_is_caught(room: Room) -> None:
    folder = made(room)
    pdf = bytearray((folder / "dossier.pdf").read_bytes())
    pdf[100] ^= 1
    (folder / "dossier.pdf").write_bytes(pdf)
    done = subprocess.run(
        ["sha256sum", "-c", "SHA256SUMS"], cwd=folder, capture_output=True, text=True
    )
    assert done.returncode == 1 and "dossier.pdf: FAILED" in done.stdout


def test_the_manifest_names_case_version_files_chain_head_and_who_formed_it_when(
    room: Room,
) -> None:
    folder = made(room)
    manifest = json.loads((folder / "MANIFEST.json").read_text("utf-8"))
    sealed = room.row(Event, kind="referral.sealed")
    assert manifest["chain_heads"] == [
        {"chain": room.id("A"), "seq": sealed.seq, "hash": sealed.hash}
    ]
    assert (manifest["case"], manifest["version"]) == (room.case("A").number, 1)
    assert (manifest["formed_at"], manifest["extracted_by"]) == (
        "2025-06-12T10:00:00+08:00",
        "officer",
    )
    listed = {one["name"]: (one["sha256"], one["size"]) for one in manifest["files"]}
    files = tree(folder)
    assert listed == {
        name: (hashlib.sha256(content).hexdigest(), len(content))
        for name, content in files.items()
        if name not in ("MANIFEST.json", "SHA256SUMS", "SHA256SUMS.sig")
    }


def test_the_events_are_the_chain_up_to_the_seal_as_it_was_hashed(room: Room) -> None:
    """Each line's hash is worked out here again, from the line alone and the one before it."""
    data = unmade(room)
    room.do("2025-06-12 10:01", "operator", "contact", "A", kind="repeat")
    make_waiting(room.desk.sessions, data, NOW)
    path = data / "dossiers" / recorded(room)[0].name / "events.jsonl"
    before, found = "", [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    for n, line in enumerate(found, 1):
        payload = hashlib.sha256(line["payload"].encode()).hexdigest()
        hashed = [
            "duban/event/2",
            before,
            line["chain"],
            n,
            line["at"],
            line["actor"],
            line["kind"],
            line["subject"],
            line["subject_id"],
            line["from_state"],
            line["to_state"],
            payload,
            line["key_name"],
        ]
        body = json.dumps(hashed, ensure_ascii=False, separators=(",", ":"))
        before = hashlib.sha256(body.encode()).hexdigest()
        assert before == line["hash"]
    assert found[-1]["kind"] == "referral.sealed"


def test_made_twice_it_has_the_same_bytes_whatever_happened_since(
    room: Room, tmp_path: Path
) -> None:
    """Also when the second is made years later, from the record and the papers of the first."""
    data = unmade(room)
    shutil.copytree(data, tmp_path / "again")
    make_waiting(room.desk.sessions, data, NOW)
    shutil.copytree(data / "papers", tmp_path / "again" / "papers")
    room.do("2025-06-12 12:00", "operator", "contact", "A", kind="repeat")
    room.do("2025-06-12 13:00", "centre_head", "reclassify", "A", kind="report")
    attach(room, "officer", "other", PNG, "2025-06-12 14:00")
    with transaction(room.desk.sessions) as session:
        session.execute(text("INSERT INTO setting (name, value) VALUES ('room', '别的督查室')"))
        triggers_off(room, session)
        session.execute(text("DELETE FROM dossier"))
    make_waiting(room.desk.sessions, tmp_path / "again", moment("2031-01-01 09:00"))
    assert tree(tmp_path / "again" / "dossiers") == tree(data / "dossiers")


def triggers_off(room: Room, session: Any) -> None:
    on = "" if room.desk.sqlite else " ON dossier"
    session.execute(text(f"DROP TRIGGER guard_dossier_delete{on}"))


def test_a_supplement_makes_a_volume_of_its_own_and_overwrites_nothing(room: Room) -> None:
    assert room.data is not None
    room.to("sign_for")
    attach(room, "staff@WATER", "handling", PDF)
    room.to("record_receipt")
    before = tree(room.data / "dossiers")
    attach(room, "officer", "other", PNG, "2025-06-17 10:30")
    room.do(
        "2025-06-17 11:00", "officer", "supplement_referral", "A", words="新查明李秀英以外的事实。"
    )
    after = tree(room.data / "dossiers")
    assert {name: content for name, content in after.items() if "-v2" not in name} == before
    folder = room.data / "dossiers" / recorded(room)[1].name
    sums(folder)
    told = words((folder / "dossier.pdf").read_bytes())
    assert "补充卷（第1册）" in told and "新查明" in told
    assert [path.name for path in (folder / "attachments").iterdir()] == ["001-other.png"], (
        "what is new only"
    )
    assert [row.version for row in recorded(room)] == [1, 2]
    assert room.rows(Supplement)[0].n == 1


def test_the_filled_receipt_goes_into_a_supplement(room: Room) -> None:
    """The dossier holds the blank form; what the committee filled in comes back on paper."""
    assert room.data is not None
    room.to("send_referral")
    blank = part(room.data / "dossiers" / recorded(room)[0].name / "dossier.pdf", "接收回执")
    assert "接收人" in blank and "（接收单位盖章）" in blank
    attach(room, "officer", "other", PDF, "2025-06-17 09:30")
    room.to("record_receipt")
    at, words_ = "2025-06-17 11:00", "附接收回执原件扫描件。"
    room.do(at, "officer", "supplement_referral", "A", words=words_)
    folder = room.data / "dossiers" / recorded(room)[1].name
    (name,) = (path.name for path in (folder / "attachments").iterdir())
    assert (folder / "attachments" / name).read_bytes() == PDF
    assert words_ in part(folder / "dossier.pdf", "补充说明")


def test_a_volume_sealed_before_a_key_was_changed_is_signed_with_the_one_of_its_time(
    room: Room,
) -> None:
    """Whenever its files are made, they are the same; without that key none are made, and it is
    said which is missing."""
    data, fresh = unmade(room), b"\x05" * 32
    with transaction(room.desk.sessions) as session:
        add_signing(session, NOW, fresh)
    held = room.desk.sessions.kw["info"]
    held["signing_keys"] = (fresh,)
    with pytest.raises(NotAllowed, match="signing_key_missing"):
        make_waiting(room.desk.sessions, data, NOW)
    held["signing_keys"] = (fresh, SIGNING)
    (zipped,) = make_waiting(room.desk.sessions, data, NOW)
    assert recorded(room)[0].signed_with == name_of_key(SIGNING)
    assert (zipped.with_suffix("") / "signing-key.pem").read_bytes() == pem(public_half(SIGNING))


# --- what may go wrong ---

STEPS = (
    "read_volume",
    "volume_files",
    "write_whole:1",
    "write_whole:4",
    "write_zip",
    "rename",
    "sync_folder",
    "record_dossier",
)
"""Where a maker is killed: before it reads, renders, writes, zips, puts in place, or records."""


@pytest.mark.parametrize(
    "step",
    [pytest.param(step, marks=[] if step in STEPS[3:6] else pytest.mark.long) for step in STEPS],
)
def test_a_maker_killed_half_way_leaves_nothing_that_counts_and_the_next_one_makes_it_whole(
    room: Room, step: str
) -> None:
    data = unmade(room)
    assert maker(room, data, step).ended().returncode == -9
    assert recorded(room) == []
    assert room.refused("2025-06-16 09:00", "officer", "send_referral", "A") == "dossier_not_made"
    again = maker(room, data).ended()
    (row,) = recorded(room)
    assert (again.returncode, again.stdout) == (0, f"{row.name}.zip\n")
    folder = data / "dossiers" / row.name
    sums(folder)
    assert hashlib.sha256(folder.with_suffix(".zip").read_bytes()).hexdigest() == row.sha256
    left = {
        path.name for path in (data / "dossiers").iterdir() if not path.name.startswith(".lease")
    }
    assert left == {row.name, f"{row.name}.zip"}
    assert room.events("A").count("referral.made") == 1
    with transaction(room.desk.sessions) as session:
        assert verify(session, KEY) == []


def test_two_makers_at_once_make_one_dossier(room: Room) -> None:
    data = unmade(room)
    two = [maker(room, data), maker(room, data)]
    ends = [one.ended() for one in two]
    (row,) = recorded(room)
    assert [end.returncode for end in ends] == [0, 0]
    assert sorted(end.stdout for end in ends) == ["", f"{row.name}.zip\n"]
    sums(data / "dossiers" / row.name)
    assert room.events("A").count("referral.made") == 1


def test_a_full_disk_leaves_no_half_dossier(room: Room) -> None:
    data = unmade(room)
    full = maker(room, data, "full:20000").ended()
    assert (full.returncode, full.stdout) == (3, "error 27\n")
    assert recorded(room) == []
    assert tree(data / "dossiers") == {}
    assert [
        path for path in (data / "dossiers").iterdir() if not path.name.startswith(".lease")
    ] == []
    make_waiting(room.desk.sessions, data, NOW)
    sums(data / "dossiers" / recorded(room)[0].name)


def test_an_attachment_that_is_gone_from_the_store_is_told_and_nothing_is_made(room: Room) -> None:
    data = unmade(room)
    path_of(data, hashlib.sha256(PDF).hexdigest()).unlink()
    with pytest.raises(NotAllowed, match="^file_lost"):
        make_waiting(room.desk.sessions, data, NOW)
    assert (recorded(room), tree(data / "dossiers")) == ([], {})
    keep(data, "办理.pdf", PDF)
    assert content_of(data, hashlib.sha256(PDF).hexdigest()) == PDF
    assert len(make_waiting(room.desk.sessions, data, NOW)) == 1


def test_one_that_cannot_be_made_holds_up_no_other(
    room: Room, caplog: pytest.LogCaptureFixture
) -> None:
    data = unmade(room)
    path_of(data, hashlib.sha256(PDF).hexdigest()).unlink()
    other = Room(room.desk)
    other.makes_dossiers = False
    other.to("seal_referral")
    with pytest.raises(NotAllowed, match="^file_lost"):
        make_waiting(room.desk.sessions, data, NOW)
    assert [row.referral_id for row in recorded(room)] == [other.referral.id]
    assert f"volume 1 of referral {room.referral.id} was not made" in caplog.text


def test_what_was_not_sealed_cannot_be_recorded(room: Room) -> None:
    from app.stages.accountability import Made, record_dossier

    room.to("approve_referral")
    with transaction(room.desk.sessions) as session:
        referral = session.get_one(Referral, room.referral.id)
        with pytest.raises(ValueError, match="not sealed"):
            record_dossier(session, NOW, referral, Made("x", "a" * 64, 1, "", ""))
