"""What the tests of the catalogues read: the ids that code, templates and tables name, and the texts."""

from __future__ import annotations

import ast
import string
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from jinja2 import Environment, nodes

from app.words.catalogue import CATALOGUES

ROOT = Path(__file__).parents[2]
LANGUAGES = ("zh", "en")
Calls = Iterator[tuple[str, str, set[str]]]


@cache
def extracted() -> frozenset[str]:
    """The message ids that code, templates and tables name."""
    with (ROOT / "babel.cfg").open() as lines:
        methods, options = parse_mapping_cfg(lines)
    found = set()
    for folder in ("app", "jobs"):
        told = [
            (one.removeprefix(f"{folder}/"), how) for one, how in methods if one.startswith(folder)
        ]
        given = {one.removeprefix(f"{folder}/"): each for one, each in options.items()}
        for _, _, said, _, _ in extract_from_dir(ROOT / folder, told, given):
            found.add(said if isinstance(said, str) else said[0])
    return frozenset(found)


def texts(language: str) -> dict[str, tuple[str, ...]]:
    """message id -> its text, or its plurals."""
    return dict(CATALOGUES.of(language).messages)


def placeholders(text: str) -> set[str]:
    """The facts that a text wants."""
    return {name.split(".")[0] for _, name, _, _ in string.Formatter().parse(text) if name}


def python_files() -> Iterator[Path]:
    """The code of Duban."""
    for folder in ("app", "jobs"):
        yield from sorted((ROOT / folder).rglob("*.py"))


def templates() -> list[Path]:
    """The templates of the panel."""
    return sorted((ROOT / "app/templates").rglob("*.html"))


def _laid(arguments: list[ast.expr]) -> set[str]:
    """The facts of a message that are laid out beside its id."""
    tables = [one for one in arguments[1:2] if isinstance(one, ast.Dict)]
    return {str(getattr(key, "value", "**")) for table in tables for key in table.keys}


def calls() -> Calls:
    """(function, its first argument, facts given) of each call with a word in front."""
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                facts = {word.arg or "**" for word in node.keywords} | _laid(node.args)
                said = getattr(node.func, "attr", getattr(node.func, "id", ""))
                yield said, str(node.args[0].value), facts
    for path in templates():
        for call in (
            Environment(autoescape=True).parse(path.read_text("utf-8")).find_all(nodes.Call)
        ):
            if getattr(call.node, "name", "") == "_" and isinstance(call.args[0], nodes.Const):
                facts = {word.key for word in call.kwargs}
                yield "_", str(call.args[0].value), facts
