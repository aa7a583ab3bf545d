"""docs/roles.md says what the verbs and app/roles.py hold, and each separation that it names has its test."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.roles import SCOPES
from app.stages.rights import RIGHTS
from tests.roles_page import CALLERS, PAGE, SCOPE_WORDS, SEPARATIONS, does, page

TESTS = Path(__file__).parent


def test_the_page_is_the_one_that_the_tables_make() -> None:
    assert PAGE.read_text("utf-8") == page(), "run `python -m tests.roles_page`"


@pytest.mark.parametrize("role", RIGHTS)
def test_each_role_is_there_with_every_verb_it_has(role: str) -> None:
    text = PAGE.read_text("utf-8")
    section = text.partition(f"`{role}`\n\n- Sees")[2].partition("\n## ")[0]
    assert section and all(f"`{verb}`" in section for verb in RIGHTS[role])
    assert len(list(does(role))) == len(set(RIGHTS[role]))


def test_every_role_has_words_for_what_it_sees() -> None:
    assert set(CALLERS) == set(RIGHTS)
    assert set(SCOPE_WORDS) == {*SCOPES.values(), None}


@pytest.mark.parametrize("held_by", [name for _, name in SEPARATIONS])
def test_each_separation_has_its_test(held_by: str) -> None:
    tests = "\n".join(
        path.read_text("utf-8") for path in TESTS.rglob("test_*.py") if path != Path(__file__)
    )
    stories = {path.stem for path in (TESTS / "stories").glob("*.yaml")}
    assert held_by in stories or any(
        line.startswith("def test_") and held_by in line for line in tests.splitlines()
    )
