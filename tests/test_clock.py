"""The clock: one for every process of a desk."""

from __future__ import annotations

import time
from datetime import datetime, timedelta

from app.clock import clock_from
from app.rules.workdays import BEIJING

START = datetime(2025, 9, 30, 8, 29, 30, tzinfo=BEIJING)


def test_time_runs_on_from_the_moment_named() -> None:
    clock = clock_from(START)
    first = clock()
    time.sleep(0.05)
    assert START <= first < clock() < START + timedelta(seconds=5)


def test_clocks_begun_later_agree_where_they_name_the_same_real_moment() -> None:
    since = datetime.now(BEIJING) - timedelta(minutes=7)
    one = clock_from(START, since)
    time.sleep(0.2)
    other = clock_from(START, since)
    before, between, after = one(), other(), one()
    assert before <= between <= after
    assert START + timedelta(minutes=7) <= before < START + timedelta(minutes=8)


def test_without_a_moment_it_is_the_real_time_in_beijing() -> None:
    assert datetime.now(BEIJING) <= clock_from(None)() <= datetime.now(BEIJING)
    assert clock_from(None)().utcoffset() == timedelta(hours=8)
