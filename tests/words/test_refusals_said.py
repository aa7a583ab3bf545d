"""Every refusal has a sentence in both languages, and its facts fill it."""

from __future__ import annotations

import ast
import string
from functools import cache
from pathlib import Path

import pytest

from app.extraction import RAISED_BY_NAME
from app.rules.refusal import NotAllowed
from app.words import sentence
from app.words.catalogue import CATALOGUES

APP = Path(__file__).parent.parent.parent / "app"


@cache
def raised() -> dict[str, list[set[str]]]:
    """message id -> the facts given with it, at each place that names it."""
    found: dict[str, list[set[str]]] = {}
    for path in APP.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "NotAllowed"
                and node.args
            ):
                facts = {str(word.arg) for word in node.keywords}
                for part in ast.walk(node.args[0]):
                    if isinstance(part, ast.Constant) and isinstance(part.value, str):
                        found.setdefault(part.value, []).append(facts)
    return found


def wanted(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


@pytest.mark.parametrize("msgid", sorted(raised()))
def test_every_refusal_has_a_sentence_that_its_facts_fill(msgid: str) -> None:
    for facts in raised()[msgid]:
        for language in ("zh", "en"):
            [text] = CATALOGUES.of(language).messages[f"refusal.{msgid}"]
            assert wanted(text) <= facts, f"{msgid}: {text}"


def test_a_refusal_whose_id_is_handed_on_is_raised_nowhere_else() -> None:
    code = "".join(
        path.read_text("utf-8") for path in APP.rglob("*.py") if path.stem != "extraction"
    )
    for msgid in RAISED_BY_NAME:
        assert msgid not in raised(), msgid
        assert f'"{msgid}"' in code, msgid


def test_a_sentence_is_told_in_the_language_asked_for() -> None:
    no = NotAllowed("too_many_assists", most=5)
    assert sentence(no, "zh") == "协办单位最多5个。"
    assert sentence(no, "en") == "There are at most 5 assists."
