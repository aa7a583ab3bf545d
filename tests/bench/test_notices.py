"""The notices of one sweep: frozen with it in as many questions as those of a small one, and their PDFs made by
the job, out of the web process, in time."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import func, select

from app.database import reading
from app.models import Paper, PaperPrint
from app.papers.issued import make_notices
from app.papers.kept import pdf_of
from app.sweep import sweep
from tests import seed
from tests.databases import Desk

pytestmark = pytest.mark.long
NOTICES, SECONDS = 500, 20
"""So many notices of one sweep are made within so many seconds, on two cores. [papers]"""


def test_five_hundred_notices_of_one_sweep_are_made_within_twenty_seconds(
    desk: Desk, tmp_path: Path
) -> None:
    seed.overdue(desk, NOTICES)
    assert sweep(desk.sessions, seed.NOW).failures == 0
    with reading(desk.sessions) as session:
        frozen = select(func.count()).where(Paper.kind == "reminder")
        assert session.scalar(frozen) == NOTICES, "with the sweep itself"
    began = time.monotonic()
    assert make_notices(desk.sessions, tmp_path, seed.NOW) == NOTICES
    took = time.monotonic() - began
    print(f"{NOTICES} notices in {took:.1f} s")  # noqa: T201 - what the bench measures
    assert took <= SECONDS
    with reading(desk.sessions) as session:
        sums = list(session.scalars(select(PaperPrint.sha256)))
    assert len(set(sums)) == NOTICES and all(pdf_of(tmp_path, one).is_file() for one in sums)
