"""What a working day is, and when a clock runs out: pure arithmetic over a list of days handed in.

Civil Code art. 201: the day on which a period begins is not counted. Art. 203: where a period ends
on a rest day it ends on the next working day, at 24:00; we count working days only, so a counted
period always ends on one.
"""

from __future__ import annotations

import json
from bisect import bisect_left, bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta, timezone
from functools import lru_cache
from typing import Any

BEIJING = timezone(timedelta(hours=8), "Asia/Shanghai")
"""The county's zone. China has had no summer time since 1991 and the table of days begins in
2004."""
SWEEP_AT = time(8, 30)
"""The moment of the day at which the bot looks. [procedure 0]"""
_TICK = timedelta(microseconds=1)
OFFICIAL, PROVISIONAL = "official", "provisional"
PROVISIONAL_RESTS = frozenset({(1, 1), (5, 1), (5, 2), (10, 1), (10, 2), (10, 3)})
"""The fixed holidays (month, day) that are taken for granted in a year without a calendar.
[procedure 0]"""


class NoCalendar(LookupError):
    """The table of days ends before the day asked for: the horizon must be filled first."""


def provisional_workday(day: date) -> bool:
    """Whether a day is worked as far as one can know before the year's calendar is out. [procedure
    0]"""
    return day.weekday() < 5 and (day.month, day.day) not in PROVISIONAL_RESTS


def beijing(moment: datetime) -> datetime:
    """The same moment on Beijing's clock; a moment without a zone is refused with ValueError."""
    if moment.tzinfo is BEIJING:
        return moment
    if moment.tzinfo is None:
        raise ValueError("a moment needs a zone")
    return moment.astimezone(BEIJING)


def minute(moment: datetime) -> str:
    """A moment as people write it: its day and its minute."""
    return moment.strftime("%Y-%m-%d %H:%M")


def midnight_after(day: date) -> datetime:
    """24:00 of a day: the next midnight, exclusive end of the day."""
    return datetime.combine(day + timedelta(days=1), time(0), BEIJING)


def sweep_on(day: date) -> datetime:
    """08:30 of a day, Beijing time."""
    return datetime.combine(day, SWEEP_AT, BEIJING)


def sweep_not_before(moment: datetime) -> datetime:
    """The first 08:30 that is not before a moment."""
    day = beijing(moment).date()
    today = sweep_on(day)
    return today if today >= moment else sweep_on(day + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Deadline:
    """A clock that was started: when it runs out, and how that was worked out.

    `at` is exclusive; `start` is the day (or, for hours, the date) it started on, not counted; `n`
    the working days or hours; `unit` one of workdays, named (a date that a person named), hours;
    `counted` the working days; `floor` a day below which it may not end, because a unit was told
    so.
    """

    at: datetime
    start: date
    n: int
    unit: str = "workdays"
    basis: str = OFFICIAL
    counted: tuple[date, ...] = ()
    floor: date | None = None

    @property
    def on(self) -> date:
        """The last day of the clock: for hours the date of the moment, else the day before the
        midnight."""
        return beijing(self.at).date() if self.unit == "hours" else last_day(self.at)

    def trace(self) -> str:
        """How it was worked out, as compact JSON: what is stored beside the moment."""
        return _trace(self)


@lru_cache(maxsize=256)
def _trace(one: Deadline) -> str:
    """Of one deadline, which a thousand rows of one day share."""
    return json.dumps(
        {
            "start": one.start.isoformat(),
            "n": one.n,
            "unit": one.unit,
            "basis": one.basis,
            "days": [day.isoformat() for day in one.counted],
            "floor": one.floor and one.floor.isoformat(),
        },
        separators=(",", ":"),
        sort_keys=True,
    )


def deadline_from(at: datetime, trace: str) -> Deadline:
    """The deadline that `Deadline.trace` wrote down."""
    raw: dict[str, Any] = json.loads(trace)
    return Deadline(
        at,
        date.fromisoformat(raw["start"]),
        raw["n"],
        raw["unit"],
        raw["basis"],
        tuple(date.fromisoformat(day) for day in raw["days"]),
        date.fromisoformat(raw["floor"]) if raw["floor"] else None,
    )


@lru_cache(maxsize=4096)
def unit_of(trace: str) -> str | None:
    """The unit that `Deadline.trace` wrote down; None in a row that tells none. Many rows of a batch
    have the same trace."""
    unit: str | None = json.loads(trace).get("unit")
    return unit


def last_day(at: datetime) -> date:
    """The last day before an exclusive end (midnight, or the office's 18:00 cut-off)."""
    return (beijing(at) - _TICK).date()


@dataclass(frozen=True)
class Calendar:
    """A list of days handed in: `workdays` sorted, `first`..`last` what it covers, `provisional`
    the days whose status is a guess; `day_ends` the hour (24, or an office's 18) at which a counted
    day ends."""

    workdays: Sequence[date]
    first: date
    last: date
    provisional: frozenset[date] = field(default_factory=frozenset)
    day_ends: int = 24
    # `replace` leaves them behind: a calendar whose days end at another hour has other clocks.
    _runs: dict[tuple[date, int], Deadline] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @classmethod
    def of(
        cls,
        days: Mapping[date, bool],
        provisional: frozenset[date] = frozenset(),
        day_ends: int = 24,
    ) -> Calendar:
        """A calendar from day -> worked?, without gaps."""
        ordered = sorted(days)
        return cls(
            [day for day in ordered if days[day]], ordered[0], ordered[-1], provisional, day_ends
        )

    def to_midnight(self) -> Calendar:
        """The same days, each to its 24:00: for what no office's cut-off shortens."""
        return replace(self, day_ends=24)

    def _known(self, day: date) -> None:
        if not self.first <= day <= self.last:
            raise NoCalendar(day.isoformat())

    def is_workday(self, day: date) -> bool:
        """Whether a day is worked, make-up days (调休) included; NoCalendar outside the table."""
        self._known(day)
        place = bisect_left(self.workdays, day)
        return place < len(self.workdays) and self.workdays[place] == day

    def after(self, day: date, n: int = 1) -> date:
        """The n-th working day strictly after a day (n >= 1); NoCalendar past the table."""
        self._known(day)
        place = bisect_right(self.workdays, day) + n - 1
        if place >= len(self.workdays):
            raise NoCalendar(f"{n} working days after {day.isoformat()}")
        return self.workdays[place]

    def before(self, day: date) -> date:
        """The last working day strictly before a day; NoCalendar before the table."""
        self._known(day)
        place = bisect_left(self.workdays, day) - 1
        if place < 0:
            raise NoCalendar(f"a working day before {day.isoformat()}")
        return self.workdays[place]

    def between(self, start: date, end: date) -> int:
        """How many working days lie in start < day <= end."""
        return bisect_right(self.workdays, end) - bisect_right(self.workdays, start)

    def counted(self, start: date, end: date) -> tuple[date, ...]:
        """The working days in start < day <= end."""
        return tuple(
            self.workdays[bisect_right(self.workdays, start) : bisect_right(self.workdays, end)]
        )

    def end_of(self, day: date) -> datetime:
        """The exclusive end of a counted day: 24:00, or the office's cut-off."""
        if self.day_ends == 24:
            return midnight_after(day)
        return datetime.combine(day, time(self.day_ends), BEIJING)

    def basis(self, start: date, end: date) -> str:
        """`provisional` when any day after start up to end is only guessed or not in the table,
        else `official`."""
        if end > self.last:
            return PROVISIONAL
        day = start + timedelta(days=1)
        while day <= end:
            if day in self.provisional:
                return PROVISIONAL
            day += timedelta(days=1)
        return OFFICIAL

    def run(self, start: date, n: int, floor: date | None = None) -> Deadline:
        """A clock of n working days from a day (not counted), not ending before `floor`."""
        if floor is not None:
            return self._run(start, n, floor)
        held = self._runs.get((start, n))
        if held is None:
            held = self._runs[start, n] = self._run(start, n, None)
        return held

    def _run(self, start: date, n: int, floor: date | None) -> Deadline:
        end = self.after(start, n)
        if floor is not None and floor > end:
            end = floor
        return Deadline(
            self.end_of(end),
            start,
            n,
            "workdays",
            self.basis(start, end),
            self.counted(start, end),
            floor,
        )

    def name(self, day: date, start: date) -> Deadline:
        """A date that a person named: it stands as named, a rest day too; NoCalendar past the
        table. [procedure 0]"""
        self._known(day)
        return Deadline(
            self.end_of(day), start, 0, "named", self.basis(start, day), self.counted(start, day)
        )

    def again(self, deadline: Deadline) -> Deadline:
        """The deadline worked out anew by this calendar: longer or the same, never shorter.
        [procedure 0]"""
        if deadline.unit == "hours":
            return deadline
        if (
            deadline.unit == "named"
        ):  # the date stands; what is known of the days before it may have changed
            basis = self.basis(deadline.start, deadline.on)
            return replace(deadline, basis=basis, counted=self.counted(deadline.start, deadline.on))
        new = self.run(deadline.start, deadline.n, max(deadline.floor or deadline.on, deadline.on))
        # The same day may end earlier by now, where the office took up an 18:00 cut-off.
        return new if new.at >= deadline.at else replace(new, at=deadline.at)

    def extended(self, deadline: Deadline, n: int) -> Deadline:
        """n working days more, counted from the old due date."""
        longer = self.run(deadline.on, n)
        if deadline.unit == "workdays" and deadline.floor is None and self.is_workday(deadline.on):
            return self.run(deadline.start, deadline.n + n, floor=longer.on)
        return longer


def hours(start: datetime, n: int) -> Deadline:
    """An hour clock: natural time, day and night. [procedure 0]"""
    start = beijing(start)
    return Deadline(start + timedelta(hours=n), start.date(), n, "hours")
