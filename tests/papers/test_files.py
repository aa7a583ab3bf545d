"""Files of a case: what the store takes, how it keeps it, and who attaches and opens what."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from app.database import transaction
from app.files import Kept, content_of, keep, kind_of, path_of
from app.models import Event, File
from app.rules.files import ALSO, MEDIA, MOST_BYTES, TAKEN, clean_name
from app.rules.refusal import NotAllowed
from app.views.forms.field_looks import ACCEPTED
from app.words import VALUES, said, sentence, value, word
from tests.databases import Desk
from tests.papers.samples import BOMB, CSV_WITH_DDE, GOOD, HOSTILE, PDF, PNG, REFUSED
from tests.room import Room

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def room(desk: Desk, tmp_path: Path) -> Room:
    room = Room(desk)
    room.data = tmp_path
    return room


# --- the store ---


@pytest.mark.parametrize("kind", GOOD)
def test_a_file_is_known_by_its_content_whatever_it_is_called(tmp_path: Path, kind: str) -> None:
    kept = keep(tmp_path, "照片.exe", GOOD[kind])
    assert MEDIA[kept.media_type] == kind.split()[0]
    assert (kept.name, kept.size) == (f"照片.{kind.split()[0]}", len(GOOD[kind]))
    assert kept.sha256 == hashlib.sha256(GOOD[kind]).hexdigest()
    assert content_of(tmp_path, kept.sha256) == GOOD[kind]


def test_there_is_a_sample_of_every_kind_that_is_taken() -> None:
    assert {kind.split()[0] for kind in GOOD} | {"csv"} == {*MEDIA.values()}
    assert len(GOOD) >= 40 and len(HOSTILE) >= 25


@pytest.mark.parametrize("what", HOSTILE)
def test_what_would_act_by_itself_is_refused_by_the_name_of_the_part_and_not_stored(
    tmp_path: Path, what: str
) -> None:
    content, part = HOSTILE[what]
    with pytest.raises(NotAllowed, match="^file_active") as no:
        keep(tmp_path, "通知.docx", content)
    assert no.value.facts == {"part": part}
    for tongue in ("zh", "en"):
        assert value("file_part", part, tongue) in said(no.value, tongue)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("what", REFUSED)
def test_what_is_not_on_the_list_is_refused_with_a_sentence_and_not_stored(
    tmp_path: Path, what: str
) -> None:
    make, msgid = REFUSED[what]
    with pytest.raises(NotAllowed) as no:
        keep(tmp_path, "扫描件.pdf", make())
    assert no.value.msgid == msgid
    assert list(tmp_path.iterdir()) == []


def test_the_sentence_about_what_is_taken_names_every_kind_and_so_does_the_form() -> None:
    named = {
        "docx": "Word",
        "doc": "Word",
        "xlsx": "Excel",
        "xls": "Excel",
        "pptx": "PowerPoint",
        "ppt": "PowerPoint",
        "tif": "TIFF",
        "txt": "text",
        "webp": "WebP",
    }
    for tongue in ("zh", "en"):
        words = word("files.taken", tongue)
        for ending in MEDIA.values():
            told = {"zh": {"text": "文本"}, "en": {}}[tongue]
            name = named.get(ending, ending.upper())
            assert told.get(name, name) in words, (tongue, ending)
        assert words in sentence(NotAllowed("file_type"), tongue)
    assert ACCEPTED.split(",") == [f".{ending}" for ending in TAKEN]


def test_every_part_that_a_refusal_names_has_words() -> None:
    used = {
        node.args[0].value
        for path in (ROOT / "app/files").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", "") in ("active", "wrapped")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert len(used) > 10
    assert used <= set(VALUES["file_part"])


@pytest.mark.parametrize(
    ("given", "content", "kept"),
    [
        ("run.bat", "png", "run.png"),
        ("x.exe", "gif", "x.gif"),
        ("现场.JPEG", "jpg", "现场.JPEG"),
        ("通知.wps", "doc", "通知.wps"),
        ("通知.wps", "docx", "通知.wps"),
        ("表.et", "xls", "表.et"),
        ("表.doc", "xls", "表.xls"),
        ("a.html", "txt", "a.txt"),
        ("报告1.2", "pdf", "报告1.2.pdf"),
        ("报告", "pdf", "报告.pdf"),
        (".htaccess", "txt", "htaccess.txt"),
        ("con", "jpg", "_con.jpg"),
        ("NUL.txt", "txt", "_NUL.txt"),
        ("a.jpg:b.exe", "jpg", "a.jpg_b.jpg"),
        ("长" * 130, "pdf", "长" * 116 + ".pdf"),
        ("a.pdf.lnk", "pdf", "a.pdf"),
        ("录音.m4a", "m4a", "录音.m4a"),
        ("a.tiff", "tif", "a.tiff"),
    ],
)
def test_a_name_comes_out_under_the_ending_of_the_content(
    tmp_path: Path, given: str, content: str, kept: str
) -> None:
    assert keep(tmp_path, given, GOOD[content]).name == kept


def test_a_table_is_known_from_other_words_by_its_name_alone(tmp_path: Path) -> None:
    """And may hold no cell that asks another program; as words it starts nothing."""
    words = "姓名,电话\r\n张三,-1\r\n".encode("gb18030")
    assert [
        (one.name, one.media_type)
        for one in (keep(tmp_path, "a.csv", words), keep(tmp_path, "a.txt", words))
    ] == [("a.csv", "text/csv"), ("a.txt", "text/plain")]
    with pytest.raises(NotAllowed) as no:
        keep(tmp_path, "a.csv", CSV_WITH_DDE)
    assert no.value.facts == {"part": "dde"}
    assert keep(tmp_path, "a.txt", CSV_WITH_DDE).name == "a.txt"


DANGEROUS = frozenset(
    {
        "exe",
        "bat",
        "cmd",
        "com",
        "scr",
        "pif",
        "hta",
        "js",
        "jse",
        "vbs",
        "vbe",
        "wsf",
        "wsh",
        "ps1",
        "lnk",
        "url",
        "reg",
        "msi",
        "jar",
        "cpl",
        "html",
        "htm",
        "svg",
        "mht",
        "chm",
        "docm",
        "xlsm",
        "dotm",
        "iso",
        "img",
        "rtf",
    }
)
SEEDS = [*GOOD.values(), *(content for content, _ in HOSTILE.values())]
HEADS = st.sampled_from([seed[:n] for seed in SEEDS for n in (4, 16, 64, 600, len(seed))])


@given(
    head=HEADS,
    tail=st.binary(max_size=400),
    cut=st.integers(0, 700),
    flip=st.integers(0, 255),
    stem=st.text(max_size=20),
    ending=st.sampled_from([*sorted(DANGEROUS), *TAKEN, ""]),
)
@settings(
    max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_whatever_is_sent_is_kept_whole_under_a_harmless_name_or_refused(
    tmp_path: Path, head: bytes, tail: bytes, cut: int, flip: int, stem: str, ending: str
) -> None:
    """Never anything else: no upload of any bytes ends in an error of the desk's own."""
    content = bytearray(head + tail)
    if content:
        content[cut % len(content)] ^= flip
    try:
        kept = keep(tmp_path, f"{stem}.{ending}", bytes(content))
    except NotAllowed as no:
        assert no.msgid.startswith("file_") and said(no, "zh")
        return
    assert content_of(tmp_path, kept.sha256) == content
    last = kept.name.rpartition(".")[2].casefold()
    assert last in TAKEN and last not in DANGEROUS
    assert last == MEDIA[kept.media_type] or last in ALSO[MEDIA[kept.media_type]]


@pytest.mark.parametrize(
    "what", ["newlines", "blanks", "brackets", "numbers", "commas", "streams", "objects", "names"]
)
def test_looking_into_a_file_takes_time_in_proportion_to_it(what: str) -> None:
    """What is made to keep a looker busy: eight times as much takes no more than sixteen times as
    long. Counted in characters that are looked at, it would be a count; the lookers are the
    library's, so it is a slope."""
    unit = {
        "newlines": b"\n",
        "blanks": b" ",
        "brackets": b"<a ",
        "numbers": b"1 ",
        "commas": b",=a|",
        "names": b"/JS /A ",
        "streams": b"stream\n",
        "objects": b"1 0 obj<</Type/ObjStm>>stream\n",
    }[what]
    head = b"%PDF-1.4\n" if what in ("streams", "objects", "names") else b"a"

    def seconds(n: int) -> float:
        content = head + unit * (n // len(unit))
        best = []
        for _ in range(3):
            start = time.process_time()
            with suppress(NotAllowed):
                kind_of(content, "a.csv")
            best.append(time.process_time() - start)
        return min(best)

    assert seconds(1_600_000) < 16 * max(seconds(200_000), 0.01)


def test_a_file_has_at_most_20_mb_and_is_not_empty(tmp_path: Path) -> None:
    assert keep(tmp_path, "a.pdf", PDF.ljust(MOST_BYTES, b"\n")).size == MOST_BYTES
    with pytest.raises(NotAllowed, match="^file_too_big") as no:
        keep(tmp_path, "a.pdf", PDF.ljust(MOST_BYTES + 1, b"\n"))
    assert sentence(no.value, "zh") == "文件不得超过20MB。"
    with pytest.raises(NotAllowed, match="^file_empty"):
        keep(tmp_path, "a.pdf", b"")


def test_unpacked_a_document_has_at_most_100_mb_whatever_it_says_of_itself(tmp_path: Path) -> None:
    with pytest.raises(NotAllowed, match="^file_unpacked"):
        keep(tmp_path, "a.docx", BOMB)
    size = (101 * 1024**2).to_bytes(4, "little")
    assert BOMB.count(size) == 2
    with pytest.raises(NotAllowed, match="^file_(unpacked|broken)"):
        keep(tmp_path, "a.docx", BOMB.replace(size, (1000).to_bytes(4, "little")))


def test_a_file_is_stored_once_readable_by_nobody_else_and_leaves_no_draft(tmp_path: Path) -> None:
    one, other = keep(tmp_path, "一.pdf", PDF), keep(tmp_path, "二.pdf", PDF)
    assert one.sha256 == other.sha256
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert files == [path_of(tmp_path, one.sha256)]
    assert files[0].stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("word", ["../../etc/passwd", "", "A" * 64, "a" * 63, "a" * 64 + "\n"])
def test_only_a_sha256_leads_to_a_file(tmp_path: Path, word: str) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        path_of(tmp_path, word)


def test_a_file_that_is_gone_or_altered_is_told_so(tmp_path: Path) -> None:
    kept = keep(tmp_path, "a.pdf", PDF)
    path_of(tmp_path, kept.sha256).write_bytes(PDF + b" ")
    with pytest.raises(NotAllowed, match="^file_lost"):
        content_of(tmp_path, kept.sha256)
    path_of(tmp_path, kept.sha256).unlink()
    with pytest.raises(NotAllowed, match="^file_lost"):
        content_of(tmp_path, kept.sha256)


FULL = """
import resource, sys
from pathlib import Path
from app.files import keep
resource.setrlimit(resource.RLIMIT_FSIZE, (1000, 1000))
try:
    keep(Path(sys.argv[1]), "a.txt", b"x" * 5000)
except OSError as full:
    print(full.errno)
"""


def test_a_full_disk_leaves_no_half_file(tmp_path: Path) -> None:
    """The size of what this process may write is limited, as a full disk would."""
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)], cwd=ROOT, capture_output=True, text=True
    )
    assert done.stdout.strip() == "27", done.stderr
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("C:\\照片\\现场.jpg", "现场.jpg"),
        ("../../etc/passwd", "passwd"),
        ("a\x00b\r\n.pdf", "ab.pdf"),
        ("\u202egpj.exe", "gpj.exe"),
        ("...", "file"),
        ("", "file"),
        (" 报告 .pdf ", "报告 .pdf"),
        ("长" * 200 + ".pdf", "长" * 116 + ".pdf"),
        ("长" * 130, "长" * 120),
        ("x." + "y" * 150, "x." + "y" * 118),
    ],
)
def test_of_a_name_no_path_and_no_control_remain_and_at_most_120_characters(
    given: str, kept: str
) -> None:
    assert clean_name(given) == kept
    assert len(clean_name(given)) <= 120


# --- attaching and opening ---


def put(
    room: Room, who: str, at: str = "2025-06-09 11:00", kind: str = "handling", content: bytes = PDF
) -> Any:
    assert room.data is not None
    kept = keep(room.data, "现场.pdf", content)
    return room.do(at, who, "attach", "A", **fields(kept, kind))


def fields(kept: Kept, kind: str = "handling") -> dict[str, Any]:
    return {
        "kind": kind,
        "name": kept.name,
        "sha256": kept.sha256,
        "size": kept.size,
        "media_type": kept.media_type,
    }


def test_a_file_is_attached_with_its_sha256_on_the_record_and_no_name(room: Room) -> None:
    room.to("sign_for")
    row = put(room, "staff@WATER")
    assert (row.kind, row.size, row.media_type, row.unit_id) == (
        "handling",
        len(PDF),
        "application/pdf",
        1,
    )
    sha256 = hashlib.sha256(PDF).hexdigest()
    payload = {
        "file": row.id,
        "kind": "handling",
        "sha256": sha256,
        "size": len(PDF),
        "referral": None,
    }
    assert room.told("case.attached", "A") == [payload]


def test_a_units_people_attach_to_their_own_cases_only(room: Room) -> None:
    room.to("sign_for")
    kept = keep(room.data or Path(), "a.pdf", PDF)
    assert (
        room.refused("2025-06-09 11:00", "staff@HOUSING", "attach", "A", **fields(kept))
        == "not_found"
    )
    assert room.refused("2025-06-09 11:00", "head@HOUSING", "open_file", "A", file=1) == "not_found"
    assert room.rows(File) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"sha256": "x"},
        {"size": 0},
        {"size": MOST_BYTES + 1},
        {"media_type": "text/html"},
        {"kind": "secret"},
    ],
)
def test_what_the_store_did_not_say_is_refused_by_the_name_of_its_field(
    room: Room, wrong: dict[str, Any]
) -> None:
    room.to("sign_for")
    given = {**fields(keep(room.data or Path(), "a.pdf", PDF)), **wrong}
    assert room.refused("2025-06-09 11:00", "staff@WATER", "attach", "A", **given) == "field_wrong"


def test_opening_a_file_is_on_the_record(room: Room) -> None:
    room.to("sign_for")
    row = put(room, "staff@WATER")
    opened = room.do("2025-06-09 12:00", "examiner", "open_file", "A", file=row.id)
    assert opened.sha256 == row.sha256
    event = room.row(Event, kind="file.opened")
    assert json.loads(event.payload) == {"file": row.id, "sha256": row.sha256}
    assert (
        room.refused("2025-06-09 12:00", "examiner", "open_file", "A", file=row.id + 1)
        == "not_found"
    )


def test_a_unit_sees_its_own_files_and_the_centres_never_another_units_nor_the_rooms(
    room: Room,
) -> None:
    room.do("2025-06-09 09:00", "operator", "register", "A", kind="help", complex=True)
    room.do("2025-06-09 09:10", "allocator", "allocate", "A", unit="WATER", assists=["HOUSING"])
    own, other, centre = (put(room, who) for who in ("staff@WATER", "staff@HOUSING", "operator"))
    for row in (own, centre):
        assert room.do("2025-06-09 12:00", "head@WATER", "open_file", "A", file=row.id).id == row.id
    assert (
        room.refused("2025-06-09 12:00", "head@WATER", "open_file", "A", file=other.id)
        == "not_found"
    )


@pytest.mark.parametrize("kind", ["certificate", "contact", "recording"])
def test_of_a_confidential_case_a_unit_opens_nothing_that_may_show_the_caller(
    room: Room, kind: str
) -> None:
    room.to("register", confidential=True)
    room.to("sign_for")
    row, plain = put(room, "operator", kind=kind), put(room, "operator", kind="scan", content=PNG)
    assert (
        room.refused("2025-06-09 12:00", "head@WATER", "open_file", "A", file=row.id)
        == "confidential"
    )
    assert room.do("2025-06-09 12:00", "head@WATER", "open_file", "A", file=plain.id).id == plain.id
    assert room.do("2025-06-09 12:00", "operator", "open_file", "A", file=row.id).id == row.id


def test_only_the_room_attaches_to_a_referral_and_a_unit_does_not_see_it(room: Room) -> None:
    room.to("complete_referral")
    kept = keep(room.data or Path(), "审批.png", PNG)
    given = {**fields(kept, "scan"), "referral": room.referral.id}
    assert room.refused("2025-06-11 10:30", "head@WATER", "attach", "A", **given) == "not_found"
    assert (
        room.refused("2025-06-11 10:30", "officer", "attach", "A", **{**given, "referral": 99})
        == "not_found"
    )
    row = room.do("2025-06-11 10:30", "officer", "attach", "A", **given)
    assert (
        room.refused("2025-06-11 10:40", "head@WATER", "open_file", "A", file=row.id) == "not_found"
    )


@pytest.mark.parametrize(
    "statement", ["DELETE FROM stored_file", "UPDATE stored_file SET sha256 = 'x'"]
)
def test_nobody_deletes_or_changes_a_file(room: Room, statement: str) -> None:
    room.to("sign_for")
    put(room, "staff@WATER")
    with pytest.raises(Exception, match="append-only"), transaction(room.desk.sessions) as session:
        session.execute(text(statement))
    assert len(room.rows(File)) == 1


def test_the_store_holds_what_the_record_says(room: Room) -> None:
    room.to("sign_for")
    row = put(room, "staff@WATER")
    assert room.data is not None and os.path.getsize(path_of(room.data, row.sha256)) == row.size
