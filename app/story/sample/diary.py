"""The time of the sample office: what is to happen, moment by moment, and the bot's pass each
morning in between."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Generator, Iterator
from datetime import date, datetime, time, timedelta
from random import Random

from app.rules.workdays import BEIJING, Calendar, sweep_on

DAYS = timedelta(days=90)
OPENS, CLOSES = time(8, 40), time(17, 55)
"""Between which times of a working day people do anything; the bot looks at 08:30."""
Life = Generator[datetime, None, None]
"""Somebody's or something's course: it yields the moment at which it goes on."""


class Hours:
    """Working time, by the calendar: the ninety days that end now, and moments within them."""

    def __init__(self, calendar: Calendar, now: datetime) -> None:
        self.calendar = calendar
        self.now = now
        first = (now - DAYS).date() + timedelta(days=1)
        days = [first + timedelta(days=n) for n in range((now.date() - first).days + 1)]
        self.days = days
        self.workdays = [day for day in days if calendar.is_workday(day)]
        whole = [day for day in self.workdays if datetime.combine(day, CLOSES, BEIJING) <= now]
        self.last_whole = whole[-1]
        """The last working day that is over."""

    def day(self, n: int, before: int) -> date:
        """The n-th working day of a scene that ends `before` working days before the last whole
        one."""
        place = self.workdays.index(self.last_whole) - before + n
        if place < 0:
            raise ValueError("the scene begins before the ninety days")
        if place < len(self.workdays):
            return self.workdays[place]
        return self.calendar.after(self.workdays[-1], place - len(self.workdays) + 1)

    def within(self, moment: datetime) -> datetime:
        """The moment itself, where it lies in working time, else the next opening with the minutes
        it had."""
        day, minutes = moment.date(), timedelta(minutes=moment.minute / 2, seconds=moment.second)
        if self.calendar.is_workday(day):
            opens = datetime.combine(day, OPENS, BEIJING)
            if moment < opens:
                return opens + minutes
            if moment < datetime.combine(day, CLOSES, BEIJING):
                return moment
        return datetime.combine(self.calendar.after(day), OPENS, BEIJING) + minutes

    def later(self, moment: datetime, dice: Random, low: float, high: float) -> datetime:
        """Some working hours later, between `low` and `high` of them."""
        left = timedelta(hours=dice.uniform(low, high))
        at = self.within(moment)
        while True:
            closes = datetime.combine(at.date(), CLOSES, BEIJING)
            if at + left < closes:
                return at + left
            left -= closes - at
            at = datetime.combine(self.calendar.after(at.date()), OPENS, BEIJING)

    def some_time(self, day: date, dice: Random) -> datetime:
        """Some moment of a day's working time."""
        return datetime.combine(day, OPENS, BEIJING) + timedelta(seconds=dice.randrange(9 * 3600))

    def workdays_after(self, moment: datetime, n: int, dice: Random) -> datetime:
        """Some moment of the n-th working day after one (of the rest of the same day, for none)."""
        if n == 0:
            return self.later(moment, dice, 0.3, 2)
        return self.some_time(self.calendar.after(moment.date(), n), dice)


class Diary:
    """Goes through the ninety days: lives go on at their moments, the bot looks in between, and it
    ends at now."""

    def __init__(self, hours: Hours, look: Callable[[datetime], None]) -> None:
        self.hours = hours
        self.look = look
        self.now = datetime.combine(hours.days[0], time(0), BEIJING)
        self._waiting: list[tuple[datetime, int, Life]] = []
        self._put = 0
        for day in hours.days:
            self.put(self._looking(sweep_on(day)))

    def _looking(self, at: datetime) -> Life:
        yield at
        self.look(at)

    def look_at(self, at: datetime) -> None:
        """Let the bot look at a moment of its own, as it does every minute after emergencies."""
        self.put(self._looking(at))

    def put(self, life: Life) -> None:
        """Let a life begin: it names its first moment at once."""
        self._push(life)

    def _push(self, life: Life) -> None:
        at = next(life, None)
        if at is None:
            return
        if at < self.now:
            raise ValueError(f"{at} lies before {self.now}")
        self._put += 1
        heapq.heappush(self._waiting, (at, self._put, life))

    def go(self) -> Iterator[datetime]:
        """Go on to now, telling each moment that has come; what would be later stays undone."""
        while self._waiting and self._waiting[0][0] <= self.hours.now:
            self.now, _, life = heapq.heappop(self._waiting)
            self._push(life)
            yield self.now
        self.now = self.hours.now
        self.look(self.now)
        yield self.now
