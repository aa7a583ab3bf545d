"""What is played for trying out: the sample office, stories, real messages. The one place that
imports `app.story`, and itself imported only where one of its commands runs."""

from __future__ import annotations

import json
import sys
import time
from argparse import Namespace
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from werkzeug.test import Client

import config
from app.database import Sessions, engine_from, reading, transaction
from app.stages.founding import hashed
from app.story.messages import recall as recalling
from app.story.messages import replay as replaying
from app.story.messages.covered import listed
from app.story.messages.room import dossiers
from app.story.sample.office import refuse_unless_fresh, usernames
from app.story.sample.password import sample_password
from app.story.sample.play import fill_sample
from app.story.theatre import player
from app.story.theatre.cast import let_in
from app.story.theatre.hand import Hand
from app.story.theatre.panel import through
from app.story.theatre.stage import SIGNS, Theatre
from app.supervisor import ready
from app.words import both
from jobs import filling
from jobs.servable import opened, sessions_of


def demo(settings: config.Config, given: Namespace) -> int:
    """Fill an empty database with the sample office: ninety days of invented people and cases, up
    to now."""
    if settings.production:
        print(both("shell.sample.not_here"), file=sys.stderr)
        return 2
    now = ready.clock_of(settings)
    ready.prepare(settings, now)
    sessions = opened(settings)
    with transaction(sessions) as session:
        refuse_unless_fresh(session)
    password, kept = sample_password(settings.data, settings.demo_password)
    with filling.told_as_made(settings.data):
        fill_sample(sessions, now, password, settings.data, partial(_told, settings.data))
    print(f"{both('shell.accounts')}: {', '.join(usernames())}")
    print(
        f"{both('shell.password')}: {password} ({kept})"
        if kept
        else f"{both('shell.password')}: DESK_DEMO_PASSWORD",
        flush=True,
    )
    return 0


def _told(data: Path, percent: int, line: str) -> None:
    """Say how far the sample office is, here and on the login page."""
    filling.tell(data, percent, line)
    print(f"{percent:3}% {line}", flush=True)


def covered(settings: config.Config, given: Namespace) -> int:
    """List what would be covered in a CSV file of messages, for a person to read."""
    counts: Counter[str] = Counter()
    for line in listed(given.file, given.columns, counts):
        print(line)
    print(
        "  ".join(f"{kind}: {n}" for kind, n in sorted(counts.items()))
        or both("shell.covers_nothing")
    )
    return 0


def recall(settings: config.Config, given: Namespace) -> int:
    """Say how many of the alike messages in a file the repeat check would have proposed."""
    with (
        Theatre(settings.database_url, settings.ledger_key) as theatre,
        theatre.empty() as sessions,
    ):
        told = recalling.recall(sessions, replaying.messages(given.file, given.first, given.last))
    for line in told.lines(given.pairs):
        print(line)
    return 0


def play(settings: config.Config, given: Namespace) -> int:
    """Play stories, each on an empty database of its own."""
    failed = 0
    told: list[dict[str, Any]] = []
    signed = replace(settings, signing_keys=(SIGNS,))
    hand = through(partial(open_panel, signed)) if given.through_panel else Hand
    for path, story, events, lines in player.play(
        given.files, settings.database_url, settings.ledger_key, hand
    ):
        if given.json:
            told += [event.plain(story.letter) for event in events]
            continue
        failed += bool(lines)
        print("\n".join([f"FAILED {path}", *lines]) if lines else f"ok {path}")
    if given.json:
        print(json.dumps(told, ensure_ascii=False))
    return 1 if failed else 0


@contextmanager
def open_panel(
    settings: config.Config, url: str, data: Path, clock: Callable[[], datetime]
) -> Iterator[Callable[[], Client]]:
    """The panel over a story's own database, by the story's clock: gives new browsers."""
    from app.web import create_app  # It loads the whole of Flask, which no other command needs.

    rehearsed = replace(settings, env="demo", database_url=url, data=data)
    app = create_app(rehearsed, clock)
    try:
        yield app.test_client
    finally:
        with app.app_context():
            app.extensions["sqlalchemy"].engine.dispose()


def replay(settings: config.Config, given: Namespace) -> int:
    """Replay real messages and print what the bot did."""
    if given.keep is None and given.dossiers:
        print(both("shell.dossiers_need_a_folder"), file=sys.stderr)
        return 2
    if given.keep is None:
        with (
            Theatre(settings.database_url, settings.ledger_key) as theatre,
            theatre.empty() as sessions,
        ):
            _replayed(sessions, given)
        return 0
    given.keep.mkdir(parents=True, exist_ok=True)
    if (given.keep / "desk.db").exists():
        print(both("shell.folder_not_empty", folder=given.keep), file=sys.stderr)
        return 2
    password = settings.demo_password
    settings = config.load({"DESK_DATA": str(given.keep)})
    engine = engine_from(settings.database_url)
    ready.bring_up(settings, engine, ready.clock_of(settings))
    sessions = sessions_of(settings, engine)
    _replayed(sessions, given)
    _let_in(sessions, settings.data, password, quiet=given.json)
    engine.dispose()
    return 0


def _let_in(sessions: Sessions, data: Path, given: str | None, quiet: bool) -> None:
    """Give the people of a kept replay one password, so that the panel can be looked at over it."""
    password, kept = sample_password(data, given)
    with transaction(sessions) as session:
        names = let_in(session, hashed(password))
    if not quiet:
        print(f"{both('shell.accounts')}: {', '.join(names)}", file=sys.stderr)
        print(f"{both('shell.password')}: {kept or 'DESK_DEMO_PASSWORD'}", file=sys.stderr)


def _replayed(sessions: Sessions, given: Namespace) -> None:
    started = time.monotonic()
    found = replaying.messages(given.file, given.first, given.last)
    for done, whole in replaying.replay(sessions, found):
        if not given.json and done % 500 == 0:
            print(f"{done}/{whole}", file=sys.stderr)
    with reading(sessions) as session:
        told = replaying.counts(session, len(found), started)
    if given.dossiers:
        told["dossiers"] = [path.name for path in dossiers(sessions, given.keep, given.dossiers)]
    print(json.dumps(told, ensure_ascii=False))
