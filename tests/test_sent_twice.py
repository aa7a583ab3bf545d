"""A form is done once, however often it is sent: every verb, on both databases."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import func, select
from werkzeug.test import Client

import config
from app.cli.rehearsal import open_panel
from app.database import reading
from app.ledger import verify
from app.models import Case, Event, File, SentForm
from app.story.theatre.hand import Hand
from app.story.theatre.panel import OpenPanel, through
from app.story.theatre.player import MakeHand, perform_story, read
from tests.databases import SIGNING, Desk, sqlite_copy
from tests.test_story import STORIES
from tests.test_story_panel import CHOSEN, EVERY_VERB
from tests.twice import Twice

IN_EVERY_RUN = (EVERY_VERB[0],)
LEAST = 3
"""How many forms the shortest of the stories sends."""


@pytest.fixture
def told() -> list[tuple[str, int, str, str]]:
    """(path, code, where it leads, message id) of every form that was sent twice at once."""
    return []


@pytest.fixture
def panel(tmp_path: Path, told: list[tuple[str, int, str, str]]) -> OpenPanel:
    """The real panel, in browsers that send every form of a verb three times."""
    settings = config.load({"DESK_DATA": str(tmp_path / "settings")})

    @contextmanager
    def opened(
        url: str, data: Path, clock: Callable[[], datetime]
    ) -> Iterator[Callable[[], Client]]:
        ours = dataclasses.replace(
            settings, ledger_key=b"the key of the tests' own ledger", signing_keys=(SIGNING,)
        )
        with open_panel(ours, url, data, clock) as browsers:
            made = type("Browser", (Twice, type(browsers())), {"told": told})
            yield partial(made, browsers().application, use_cookies=True)

    return opened


@pytest.fixture
def twin(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    """Another empty desk, on which the same is done straight."""
    with sqlite_copy(sqlite_template, tmp_path / "twin") as made:
        yield made


def events_after(desk: Desk, stem: str, hand: MakeHand) -> Counter[tuple[str, str, str]]:
    """How often each event stands in the chain of each case, by the case's number, when a story was
    played: exactly as it is told. An id may be passed over: PostgreSQL does not give one again that
    was taken by what was not kept."""
    _, differences = perform_story(desk.sessions, read(STORIES[stem]), hand=hand)
    assert differences == []
    with reading(desk.sessions) as session:
        assert verify(session, desk.key) == []
        numbers = {row.id: row.number for row in session.execute(select(Case.id, Case.number))}
        told = session.scalars(select(Event))
        return Counter((numbers.get(row.chain or 0, ""), row.kind, row.subject) for row in told)


def done_once(
    desk: Desk, twin: Desk, stem: str, panel: OpenPanel, told: list[tuple[str, int, str, str]]
) -> None:
    """Every form of a story is sent twice at once and once more, and the record is the same as when
    its people act straight."""
    thrice, once = events_after(desk, stem, through(panel)), events_after(twin, stem, Hand)
    # A scan comes with a form of the panel only, and who logs in there has an account with a
    # password; a paper is printed where it is opened.
    assert {kind for _, kind, _ in thrice - once} <= {
        *("case.attached", "record.sealed", "paper.made"),
    }
    # Straight, a leader opens the paper that is not before him yet; in the panel he has no way to
    # it.
    assert {kind for _, kind, _ in once - thrice} <= {"paper.opened"}
    with reading(desk.sessions) as session:
        files = Counter((row.case_id, row.name) for row in session.scalars(select(File)))
    assert set(files.values()) <= {1}, files
    # The form of a paper only leads to the paper: nothing is done by it that could be done twice.
    sent = [
        one
        for one in told
        if (one[1] == 302 and not one[0].startswith("/do/open_paper/"))
        or (one[1] == 200 and one[0].startswith(("/do/reveal/", "/do/confirm_account")))
    ]
    with reading(desk.sessions) as session:
        kept = session.scalar(select(func.count()).select_from(SentForm))
    assert kept == len(sent) >= LEAST


@pytest.mark.parametrize("stem", IN_EVERY_RUN)
def test_a_form_sent_twice_at_once_and_once_more_is_done_once(
    sqlite_desk: Desk,
    twin: Desk,
    panel: OpenPanel,
    told: list[tuple[str, int, str, str]],
    stem: str,
) -> None:
    done_once(sqlite_desk, twin, stem, panel, told)


@pytest.mark.long
@pytest.mark.parametrize("stem", [stem for stem in CHOSEN if stem not in IN_EVERY_RUN])
def test_every_verbs_form_sent_twice_at_once_and_once_more_is_done_once(
    sqlite_desk: Desk,
    twin: Desk,
    panel: OpenPanel,
    told: list[tuple[str, int, str, str]],
    stem: str,
) -> None:
    """The chosen stories together leave no verb out (tests/test_story_panel.py)."""
    done_once(sqlite_desk, twin, stem, panel, told)


@pytest.mark.long
@pytest.mark.parametrize("stem", CHOSEN)
def test_every_verbs_form_sent_twice_at_once_and_once_more_is_done_once_on_postgresql(
    postgres_desk: Desk,
    twin: Desk,
    panel: OpenPanel,
    told: list[tuple[str, int, str, str]],
    stem: str,
) -> None:
    done_once(postgres_desk, twin, stem, panel, told)
