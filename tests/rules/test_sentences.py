"""Every refusal has a sentence in both languages, and its facts fill it."""

from __future__ import annotations

import ast
import string
from functools import cache
from pathlib import Path

import pytest

from app.rules.refusal import NotAllowed
from app.rules.sentences import SENTENCES, sentence

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
        for text in SENTENCES[msgid]:
            assert wanted(text) <= facts, f"{msgid}: {text}"


def test_no_sentence_is_left_over() -> None:
    through_helpers = {
        "rule_of_another_kind",
        "rule_out_of_bounds",
        "unknown_rule",
        "evaluation_not_100",
    }
    through_helpers |= {
        "accounts_there",
        "cases_there",
        "sample_unfinished",
        "username_wrong",
        "password_is_the_name",
        "password_too_common",
        "password_too_short",
    }
    assert set(SENTENCES) - set(raised()) <= through_helpers


def test_a_sentence_is_told_in_the_language_asked_for() -> None:
    no = NotAllowed("too_many_assists", most=5)
    assert sentence(no) == "协办单位最多5个。"
    assert sentence(no, "en") == "There are at most 5 assists."
