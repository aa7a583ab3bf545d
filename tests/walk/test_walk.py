"""Random walks: people of all roles do what they may and may not, time goes by, the bot looks - and
the desk stands where a small model of the procedure stands, with the same events on its record."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import Phase, given, note, settings
from hypothesis import strategies as st

from app.rules.workflow import MAY_BECOME
from tests.databases import Desk, postgres_copy, sqlite_copy
from tests.servers import PostgresCluster
from tests.walk import rows
from tests.walk.model import PEOPLE, UNITS, WAYS_OUT
from tests.walk.steps import BEGINNINGS
from tests.walk.walk import Walk, begin, furnish, walk


@pytest.fixture(scope="module")
def template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("walk") / "desk.db"
    with sqlite_copy(sqlite_template, file) as desk:
        furnish(desk)
    return file


def steps(n: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, 2**32), min_size=n, max_size=n + 20)


def walks(
    beginning: str, n: int, examples: int, run: Callable[[Callable[[Desk], None]], None]
) -> None:
    """So many walks of so many steps, always the same ones; a failing one is made as short as may
    be, and told."""

    @settings(max_examples=examples, print_blob=False, phases=(Phase.generate, Phase.shrink))
    @given(steps(n))
    def one(numbers: list[int]) -> None:
        note(f"steps: {numbers}")
        run(lambda desk: walk(desk, numbers, beginning))

    one()


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_walk_agrees_with_the_procedure_and_every_state_has_a_way_out(
    template: Path, tmp_path: Path, beginning: str
) -> None:
    def run(do: Callable[[Desk], None]) -> None:
        with sqlite_copy(template, tmp_path / "walk.db") as desk:
            do(desk)

    walks(beginning, 30, 1, run)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_long_walks_agree_with_the_procedure(
    template: Path, tmp_path: Path, beginning: str
) -> None:
    def run(do: Callable[[Desk], None]) -> None:
        with sqlite_copy(template, tmp_path / "walk.db") as desk:
            do(desk)

    walks(beginning, 80, 15, run)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_walks_agree_with_the_procedure_on_postgresql(
    postgres: PostgresCluster, postgres_template: str, beginning: str
) -> None:
    name = f"walk_{list(BEGINNINGS).index(beginning)}"
    with postgres_copy(postgres, postgres_template, name) as desk:
        furnish(desk)
        desk.engine.dispose()

        def run(do: Callable[[Desk], None]) -> None:
            with postgres_copy(postgres, name, f"{name}_copy") as copy:
                do(copy)

        walks(beginning, 50, 3, run)


def test_a_walk_that_disagrees_is_seen(template: Path, tmp_path: Path) -> None:
    """The comparison itself: a model that forgets a row, a state or an event does not agree."""
    with sqlite_copy(template, tmp_path / "walk.db") as desk:
        one = Walk(desk)
        begin(one, BEGINNINGS["handled"])
        lead = one.m.cases[0].assignments[0]
        one.m.said.clear()
        one.m.say("assignment.signed")
        with pytest.raises(AssertionError, match="events"):
            one.check("an event too many")
        lead.state = "signed"
        with pytest.raises(AssertionError, match="the desk refuses it"):
            one.act(PEOPLE[0], "allocate", 0, {"unit": UNITS[0]}, None)
        with pytest.raises(AssertionError, match="assignment"):
            begin(one, ())


NAMES = {"request": "ask", "supervision": "item"}
"""What the model calls a subject of the desk's by another name."""


def test_the_model_knows_every_state_of_the_desk_and_a_way_out_of_each_that_is_not_final() -> None:
    for subject, states in MAY_BECOME.items():
        if subject == "reply":
            continue
        name = NAMES.get(subject, subject)
        named = {state for state in states if state is not None}
        open_ones = {state for known, state in WAYS_OUT if known == name}
        assert open_ones | set(rows.FINAL[name]) == named, subject
        assert not open_ones & set(rows.FINAL[name]), subject


def test_a_final_state_is_final_at_the_desk_or_waits_for_what_others_do() -> None:
    """A closed case may be reopened, a visit amended, a reminder opened again, a merged case take
    over: none has to."""
    may_go_on = {
        ("case", "closed"),
        ("case", "merged"),
        ("visit", "done"),
        ("visit", "unreachable"),
        ("reminder", "satisfied"),
    }
    going_on = {
        (NAMES.get(subject, subject), state)
        for subject, states in MAY_BECOME.items()
        for state, follow in states.items()
        if follow and state in rows.FINAL.get(NAMES.get(subject, subject), ())
    }
    assert going_on == may_go_on
