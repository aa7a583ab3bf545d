"""No text that a person reads stands in code, and nothing switches by the language but the catalogues."""

from __future__ import annotations

import ast
import re
import runpy
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.words.catalogues import ROOT, python_files, templates

CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
"""Chinese, and the signs that only Chinese texts have."""
ENGLISH = re.compile(r"[A-Za-z]{2,}[,;:.]?\s+[a-z]+\b")
"""Two words or more."""
OF_MACHINES = re.compile(
    r"\b(SELECT|FROM|JOIN|WHERE|AND|AS|CAST|IS|UPDATE|CONFLICT|TEMPORARY|FACTOR)\b|[<>]|charset=|max-age|filename="
)
"""What marks SQL, HTML and heads of answers."""
READ_IN_A_SHELL = ("app/cli", "app/supervisor", "jobs")
"""Where what is raised is read by an office's IT people, not by programmers alone."""
DATA = {
    "app/channels/sms/templates.py": "how the desk writes days and hours",
    "app/rules/covering": "how people spell names, numbers and places",
    "app/rules/arrangement.py": "the State Council's wording",
    "app/rules/articles.py": "how a rule's days are written",
    "app/rules/callers.py": "signs within names",
    "app/rules/evaluation": "the bands of the procedure, which reports freeze",
    "app/rules/extra.py": "how people part words",
    "app/rules/folding.py": "how people write signs",
    "app/rules/gist.py": "how operators begin what they were told",
    "app/rules/office.py": "an office's own names, which it changes",
    "app/rules/roster.py": "how people part names",
    "app/stages/naming.py": "the short word of the numbers that an office changes",
    "app/rules/opinion.py": "phrases that say nothing",
    "app/rules/phones": "how people write numbers",
    "app/rules/telling.py": "an office's own texts, which it changes",
    "app/rules/wording.py": "an office's own wordings of papers, which it changes",
    "app/stages/outbox/addresses.py": "how people part names",
    "app/stages/outbox/digests.py": "the language of the texts, an office's own",
    "app/rules/reading": "how people write days",
    "app/ledger/numbers.py": "a number of the record",
    "app/models/acceptance.py": "the sign between the parts of a category's path",
    "app/papers/figures/document.py": "names of fonts",
    "app/papers/fonts.py": "what stands for a sign that no font has",
    "app/papers/given": "what goes along with a dossier, and is read where there is nothing of ours",
    "app/stages/named.py": "how people write a category's path",
    "app/ledger/proof/series.py": "a number of the record",
    "app/stages/reporting/issue.py": "a number of the record",
    "app/views/figures/downloads.py": "a number of the record",
    "app/supervisor/panel.py": "the name of the program",
    "app/story": "the sample office and the stories",
}
"""Where Chinese is data, and what it is."""
SWITCHES = runpy.run_path(str(ROOT / ".ci" / "measure.py"))["SWITCH"]
ENGLISH_DATA = {
    "app/database.py": "what triggers and drivers say, by which faults are told apart",
    "app/faults.py": "a mark in the log",
    "app/files/compound.py": "names of streams in files",
    "app/measures.py": "what Prometheus shows beside a number",
    "app/papers/given": "what goes along with a dossier, and is read where there is nothing of ours",
    "app/papers/verifying.py": "what is typed to verify a dossier",
    "app/own": "what a programmer reads who adds to the desk",
    "app/rules/limits.py": "the procedure's words for a rule",
    "app/rules/seals": "why a column is sealed or not: read by tests",
    "app/stages/acceptance/refusals.py": "a word of the record",
    "app/stages/factors.py": "what a key is derived for",
    "app/stages/office/overdue.py": "words of the record",
    "app/stages/outbox": "what keys are derived for",
    "app/stages/reporting/drafting.py": "a word of the record",
    "app/stages/roster": "what keys are derived for",
    "app/stages/table.py": "what a programmer reads at the start",
    "app/story": "the sample office and the stories",
    "app/views/forms/applies.py": "looks",
    "app/views/forms/fields.py": "classes of style",
    "app/views/forms/unit_words.py": "why a field is no unit's to read: read by tests",
    "app/views/login/slips.py": "what a key is derived for",
    "app/views/machines": "what Prometheus and probes read",
    "app/views/office.py": "names of filters",
    "app/views/reader.py": "what a programmer reads who lets a page write",
    "app/views/register.py": "what a programmer reads at the start",
}
"""Where English stands in code, and why."""


def docstrings(tree: ast.AST) -> set[int]:
    """What is said about code, to who reads code."""
    return {
        id(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }


def strings(tree: ast.AST, apart: set[int]) -> Iterator[tuple[int, str]]:
    """(line, string) of each string of a module, but for some nodes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in apart:
            yield node.lineno, node.value


def chinese(path: Path) -> list[int]:
    """The lines of a file with a string in Chinese."""
    tree = ast.parse(path.read_text("utf-8"))
    return [line for line, said in strings(tree, docstrings(tree)) if CHINESE.search(said)]


def for_programmers(tree: ast.AST, shell: bool) -> set[int]:
    """What a log says, and what is raised where nobody but a programmer reads it."""
    lines = [
        node
        for node in ast.walk(tree)
        if (isinstance(node, ast.Raise) and not shell)
        or (
            isinstance(node, ast.Call)
            and getattr(getattr(node.func, "value", 0), "id", "") == "log"
        )
    ]
    return {id(node) for line in lines for node in ast.walk(line)}


def english(path: Path) -> list[int]:
    """The lines of a file with an English sentence."""
    tree = ast.parse(path.read_text("utf-8"))
    shell = any(path.is_relative_to(ROOT / place) for place in READ_IN_A_SHELL)
    apart = docstrings(tree) | for_programmers(tree, shell)
    return [
        line
        for line, said in strings(tree, apart)
        if ENGLISH.search(said) and not OF_MACHINES.search(said)
    ]


def is_data(path: Path, places: Iterable[str] = DATA) -> bool:
    return any(path.is_relative_to(ROOT / place) for place in places)


def test_no_english_sentence_stands_in_code_but_named_ones() -> None:
    files = [path for path in python_files() if not is_data(path, ENGLISH_DATA)]
    found = {str(path.relative_to(ROOT)): english(path) for path in files}
    assert {path: lines for path, lines in found.items() if lines} == {}


def test_every_named_place_of_english_holds_some() -> None:
    for place in ENGLISH_DATA:
        files = [ROOT / place] if place.endswith(".py") else (ROOT / place).rglob("*.py")
        assert any(english(path) for path in files), place


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
