"""A large dossier: how long it takes, and that nobody waits for it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from pypdf import PdfReader

from app.files import keep
from app.papers.dossier import make_waiting
from tests.databases import Desk
from tests.papers.maker import NOW
from tests.papers.samples import PNG
from tests.papers.test_dossier import maker, recorded
from tests.papers.test_files import fields
from tests.room import Room

PAGES, FILES, SECONDS = 40, 20, 8.0
"""What a dossier of this size may take. [trust, The dossier]"""


def large(desk: Desk, data: Path) -> Room:
    """A sealed dossier of many pages and files, not made yet."""
    room = Room(desk)
    room.data = data
    room.to("sign_for")
    for n in range(FILES):
        kept = keep(data, f"{n}.png", PNG)
        room.do("2025-06-09 10:10", "staff@WATER", "attach", "A", **fields(kept, "handling"))
    for n in range(60):
        words = f"第{n}次来电：路面仍未修复，雨天积水，行人和车辆通行困难。"
        room.do("2025-06-09 10:20", "operator", "contact", "A", kind="chase", words=words)
    room.to("complete_referral", report="经核查，该路段路面破损，承办单位逾期未处理。" * 800)
    room.to("approve_referral")
    room.makes_dossiers = False
    room.to("seal_referral")
    return room


@pytest.mark.long
def test_forty_pages_and_twenty_attachments_take_eight_seconds_at_most(
    desk: Desk, tmp_path: Path
) -> None:
    room = large(desk, tmp_path / "data")
    began = time.monotonic()
    (zipped,) = make_waiting(desk.sessions, tmp_path / "data", NOW)
    seconds = time.monotonic() - began
    folder = zipped.with_suffix("")
    assert len(PdfReader(folder / "dossier.pdf").pages) >= PAGES
    assert len(list((folder / "attachments").iterdir())) == FILES
    assert seconds <= SECONDS, seconds
    assert len(recorded(room)) == 1


@pytest.mark.long
def test_while_a_dossier_is_typeset_others_write_to_its_case(desk: Desk, tmp_path: Path) -> None:
    """Each contact is recorded within a second, though another process typesets."""
    room = large(desk, tmp_path / "data")
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(maker(room, tmp_path / "data").ended)
        longest = 0.0
        while not done.done():
            began = time.monotonic()
            room.do("2025-06-12 10:30", "operator", "contact", "A", kind="chase")
            longest = max(longest, time.monotonic() - began)
            time.sleep(0.2)
        assert done.result().returncode == 0
    assert longest < 1.0, longest
