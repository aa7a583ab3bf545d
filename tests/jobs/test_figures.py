"""The job that counts the figures of days, and what it finds."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from app.database import reading, transaction
from app.models import FigureCount, FigureState
from app.rules.workdays import BEIJING
from jobs import figures
from jobs.health import desk_findings
from tests.databases import Desk
from tests.office import Office


class Here:
    """What a process of the bot holds, over a desk of tests, at a moment of theirs."""

    def __init__(self, desk: Desk, at: str) -> None:
        self.sessions = desk.sessions
        self.at = datetime.fromisoformat(at).replace(tzinfo=BEIJING)

    def now(self) -> datetime:
        return self.at


def test_touched_days_are_counted_by_day_and_all_open_months_once_a_night(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    office = Office(desk)
    office.allocated("2025-06-10 09:00", "A", "WATER", kind="help")

    def counted(at: str) -> dict[str, int]:
        monkeypatch.setattr(figures, "desk", lambda: Here(desk, at))
        return figures.count_touched()

    assert counted("2025-06-10 12:00")["numbers"] > 0
    assert counted("2025-06-10 12:10") == {"numbers": 0, "wrong": 0}
    counted("2025-06-19 23:00")
    with transaction(desk.sessions) as session:
        told = update(FigureCount).where(FigureCount.measure == "registered").values(n=5)
        session.execute(told)
    later = "2025-06-20 02:00"
    assert counted(later)["wrong"] == 1
    assert counted("2025-06-20 02:10")["wrong"] == 0
    with reading(desk.sessions) as session:
        assert session.get_one(FigureState, 1).checked_at == Here(desk, later).at
    found = desk_findings(desk.sessions, Here(desk, later).at, tmp_path)
    (told_of,) = [one for one in found if one.code == "figures_differ"]
    said = told_of.said("zh")
    assert "2025-06-10" in said and "受理工单" in said and "5" in said
    assert counted("2025-06-21 02:00") == {"numbers": 0, "wrong": 0}
    found = desk_findings(desk.sessions, Here(desk, later).at, tmp_path)
    assert [one.code for one in found if one.code == "figures_differ"] == []
