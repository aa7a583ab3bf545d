"""No text that a person reads stands in code, and nothing switches by the language but the catalogues."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from tests.words.catalogues import ROOT, python_files, templates

CHINESE = re.compile(r"[\u4e00-\u9fff]")
DATA = {
    "app/rules/covering": "how people spell names, numbers and places",
    "app/rules/arrangement.py": "the State Council's wording",
    "app/rules/articles.py": "how a rule's days are written",
    "app/rules/evaluation": "the bands of the procedure, which reports freeze",
    "app/rules/folding.py": "how people write signs",
    "app/rules/gist.py": "how operators begin a demand",
    "app/rules/office.py": "an office's own names, which it changes",
    "app/rules/opinion.py": "phrases that say nothing",
    "app/rules/phones": "how people write numbers",
    "app/rules/reading": "how people write days",
    "app/ledger/numbers.py": "a number of the record",
    "app/ledger/proof/series.py": "a number of the record",
    "app/stages/reporting/issue.py": "a number of the record",
    "app/supervisor/panel.py": "the name of the program",
    "app/story": "the sample office and the stories",
}
"""Where Chinese is data, and what it is."""
SWITCHES = re.compile(
    r"\bif zh\b|\b(?:tongue|language|language\(\)|locale)\s*[!=]=|\[\s*language\s*==|[!=]=\s*['\"](?:zh|en)['\"]"
)


def docstrings(tree: ast.AST) -> set[int]:
    """What is said about code, to who reads code."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def chinese(path: Path) -> list[int]:
    """The lines of a file with a string in Chinese."""
    tree = ast.parse(path.read_text("utf-8"))
    about = docstrings(tree)
    return [
        node.lineno
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in about
        and CHINESE.search(node.value)
    ]


def is_data(path: Path) -> bool:
    return any(path.is_relative_to(ROOT / place) for place in DATA)


def test_no_chinese_text_stands_in_code_but_data() -> None:
    found = {
        str(path.relative_to(ROOT)): chinese(path) for path in python_files() if not is_data(path)
    }
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_every_place_of_data_holds_some() -> None:
    for place in DATA:
        files = [ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py")
        assert any(chinese(path) for path in files), place


def test_no_chinese_text_stands_in_a_template_or_script() -> None:
    scripts = (ROOT / "app/static").glob("*.js")
    papers = (ROOT / "app/papers").glob("*.typ")
    texts = [path.read_text("utf-8") for path in (*templates(), *scripts)]
    assert [text for text in texts if CHINESE.search(text)] == []
    code = [re.sub(r"//.*", "", path.read_text("utf-8")) for path in papers]
    assert [text for text in code if CHINESE.search(text)] == []


def test_nothing_switches_by_the_language_but_the_catalogues() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{n}"
        for path in (*python_files(), *templates())
        for n, line in enumerate(path.read_text("utf-8").splitlines(), 1)
        if SWITCHES.search(line)
    ]
    assert found == []
