"""Stories as they are written: what people do and when, when the bot looks, what must come of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import yaml

from app.rules.workdays import BEIJING, sweep_on


@dataclass
class Story:
    """One file: its steps in order, its sweeps, what the bot must have done and how cases must
    stand at the end."""

    path: Path
    steps: list[dict[str, Any]]
    days: list[date]
    office: dict[str, Any]
    calendar: dict[date, bool]
    bot: list[dict[str, Any]]
    finally_: list[dict[str, Any]]
    cases: dict[str, int] = field(default_factory=dict)

    @property
    def start(self) -> datetime:
        """The first moment of the story."""
        moments = [moment_of(step["at"]) for step in self.steps] + [
            sweep_on(day) for day in self.days
        ]
        return min(moments)

    def letter(self, id: int) -> str:
        """The letter of a case."""
        return next((letter for letter, known in self.cases.items() if known == id), f"#{id}")


def moment_of(value: Any) -> datetime:
    """A story's moment: `2025-09-23 09:00`, Beijing time."""
    at = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return at.replace(tzinfo=BEIJING) if at.tzinfo is None else at


def day_of(value: Any) -> date:
    """A story's day: `2025-09-23`."""
    return value if isinstance(value, date) else date.fromisoformat(str(value))


def _days(first: date, last: date) -> Iterator[date]:
    for n in range((last - first).days + 1):
        yield first + timedelta(days=n)


def _down(spans: Sequence[Any]) -> set[date]:
    """The days of an outage: single ones, and `first..last`."""
    days: set[date] = set()
    for span in spans:
        first, _, last = str(span).partition("..")
        days.update(_days(day_of(first), day_of(last or first)))
    return days


def _sweeps(sweeps: Mapping[str, Any]) -> list[date]:
    """The days on which the bot looks."""
    if not sweeps:
        return []
    first, last, down = (
        day_of(sweeps["from"]),
        day_of(sweeps["to"]),
        _down(sweeps.get("down") or ()),
    )
    return [day for day in _days(first, last) if day not in down]


def read(path: Path) -> Story:
    """Read a story; ValueError names what is wrong with it."""
    raw = yaml.safe_load(path.read_text("utf-8"))
    if not isinstance(raw, Mapping) or "people" not in raw:
        raise ValueError(f"{path}: a story has people")
    calendar = {day_of(day): word == "work" for day, word in (raw.get("calendar") or {}).items()}
    return Story(
        path,
        sorted(raw["people"], key=lambda step: moment_of(step["at"])),
        _sweeps(raw.get("sweeps") or {}),
        dict(raw.get("office") or {}),
        calendar,
        list(raw.get("bot") or ()),
        list(raw.get("finally") or ()),
    )


def timeline(story: Story) -> Iterator[tuple[datetime, dict[str, Any] | None]]:
    """Steps and sweeps (None) in order; a step at 08:30 happens before that day's sweep."""
    moments: list[tuple[datetime, int, dict[str, Any] | None]] = [
        (moment_of(step["at"]), 0, step) for step in story.steps
    ]
    moments += [(sweep_on(day), 1, None) for day in story.days]
    for at, _, step in sorted(moments, key=lambda entry: entry[:2]):
        yield at, step
