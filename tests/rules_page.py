"""The page of rules: one row for each sentence of the procedure, with its verb, its function and
its test.

This module reads both: it splits the procedure into sections, sentences and table rows, and parses
the page. It is also a pytest plugin: a full run fails where a test that the page names did not run.
`python -m tests.rules_page` prints a row for each sentence that has none.
"""

from __future__ import annotations

import ast
import importlib
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
PROCEDURE = ROOT.parent / "shared" / "design" / "procedure.md"
"""The procedure itself; it stands beside the project, not in it."""
PAGES = Path("docs") / "rules"
STORY = "tests/test_story.py::test_story"
WORDS = 6
NO_RULES = ("Chinese terms",)
"""Sections without rules: the list of words."""
ABBREVIATIONS = ("e.g.", "i.e.", "cf.", "no.", "art.", "vs.")
_END = re.compile(r"""(?:[.。!][)\]"”]*|\?(?=\s+[A-Z]))(?=\s)""")


@dataclass(frozen=True)
class Row:
    """One row of the page."""

    section: str
    words: str
    verbs: tuple[str, ...]
    functions: tuple[str, ...]
    tests: tuple[str, ...]
    file: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Which sentence it is about."""
        return self.section, self.words


def stripped(text: str) -> str:
    """Text without Markdown's marks: links become their words, bold, italics and backticks fall
    away."""
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
    return " ".join(re.sub(r"[*`]", "", text).split())


def sections(markdown: str) -> dict[str, list[str]]:
    """The lines of each section by its short name: `preamble`, the number of a numbered one, else
    its first title words. Fenced code is left out."""
    found: dict[str, list[str]] = {"preamble": []}
    name, fenced = "preamble", False
    for line in markdown.splitlines():
        if line.lstrip().startswith("```"):
            fenced = not fenced
        elif not fenced and line.startswith("## "):
            name = _short(line[3:].strip())
            found[name] = []
        elif not fenced and not line.startswith("# "):
            found[name].append(line)
    return {name: lines for name, lines in found.items() if name not in NO_RULES}


def _short(title: str) -> str:
    number = re.match(r"(\d+)\.", title)
    return number.group(1) if number else title.partition("(")[0].strip()


def _is_separator(line: str) -> bool:
    return bool(re.fullmatch(r"[\s|:-]+", line)) and "-" in line


def cells(line: str) -> list[str]:
    """The cells of a table's line."""
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _blocks(lines: list[str]) -> Iterator[str]:
    """Paragraphs, bullets and table rows, each as one line of text; a table's head is left out."""
    held: list[str] = []
    for at, line in enumerate(lines):
        table = line.lstrip().startswith("|")
        if held and (table or not line.strip() or re.match(r"\s*(?:[-+]|\d+\.)\s", line)):
            yield " ".join(held)
            held = []
        if table:
            head = at + 1 < len(lines) and _is_separator(lines[at + 1])
            if not head and not _is_separator(line):
                yield "|" + " ".join(cells(line))
        elif line.strip():
            held.append(re.sub(r"^\s*[-+]\s", "", line).strip())
    if held:
        yield " ".join(held)


def sentences_of(text: str) -> list[str]:
    """The sentences of a paragraph without marks: they end at a full stop before a space (not that
    of an abbreviation, not before a bracketed source), or at a question mark before a capital."""
    found, start = [], 0
    for end in _END.finditer(text):
        said, rest = text[start : end.end()].strip(), text[end.end() :].lstrip()
        if not said.lower().rstrip(')]"”').endswith(ABBREVIATIONS) and not rest.startswith("["):
            found.append(said)
            start = end.end()
    left = text[start:].strip()
    return [*found, left] if left else found


def sentences(markdown: str) -> dict[str, list[str]]:
    """All sentences and table rows of each section, without marks."""
    found: dict[str, list[str]] = {}
    for name, lines in sections(markdown).items():
        found[name] = []
        for block in _blocks(lines):
            text = stripped(block)
            found[name] += [text[1:].strip()] if text.startswith("|") else sentences_of(text)
    return found


def words_of(sentence: str) -> list[str]:
    """The words of a sentence; a lone `|` is none, so that a table's cell can hold them."""
    return [word for word in sentence.split() if word != "|"]


def keys(markdown: str) -> list[tuple[str, str]]:
    """(section, first words) of each sentence, in order: as many words as it takes to be the only
    one."""
    found = []
    for name, said in sentences(markdown).items():
        split = [words_of(sentence) for sentence in said]
        found += [(name, " ".join(words[: _enough(words, split)])) for words in split]
    return found


def _enough(words: list[str], others: list[list[str]]) -> int:
    n = WORDS
    while n < len(words) and sum(other[:n] == words[:n] for other in others) > 1:
        n += 1
    return n


def rows(root: Path = ROOT) -> list[Row]:
    """The rows of all parts of the page, in order."""
    return [row for path in sorted((root / PAGES).glob("*.md")) for row in _rows(path)]


def _rows(path: Path) -> Iterator[Row]:
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("|") or _is_separator(line) or line.startswith("| § "):
            continue
        got = cells(line)
        if len(got) != 5:
            raise ValueError(f"{path.name}: five cells make a row, not {line!r}")
        yield Row(got[0], stripped(got[1]), *(_several(cell) for cell in got[2:]), path.name)


def _several(cell: str) -> tuple[str, ...]:
    return tuple(one.strip() for one in stripped(cell).split("<br>"))


def resolve(dotted: str) -> Any:
    """What a dotted name in app stands for; ImportError or AttributeError where there is
    nothing."""
    parts = dotted.split(".")
    for n in range(len(parts), 0, -1):
        name = ".".join(parts[:n])
        try:
            found = importlib.import_module(name)
        except ModuleNotFoundError as missing:
            if missing.name is None or not name.startswith(missing.name):
                raise
            continue
        for part in parts[n:]:
            found = getattr(found, part)
        return found
    raise ModuleNotFoundError(dotted)


@cache
def _functions(path: Path) -> dict[str, bool]:
    """The test functions of a file, `Class::method` for methods, each with whether it is marked
    `long`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    all_long = any(
        _names_mark(one) for one in tree.body if isinstance(one, ast.Assign) and _long(one)
    )
    found: dict[str, bool] = {}
    for one in tree.body:
        if isinstance(one, ast.FunctionDef):
            found[one.name] = all_long or any(map(_long, one.decorator_list))
        elif isinstance(one, ast.ClassDef):
            of_class = all_long or any(map(_long, one.decorator_list))
            for inner in one.body:
                if isinstance(inner, ast.FunctionDef):
                    found[f"{one.name}::{inner.name}"] = of_class or any(
                        map(_long, inner.decorator_list)
                    )
    return found


def _names_mark(one: ast.Assign) -> bool:
    return any(isinstance(target, ast.Name) and target.id == "pytestmark" for target in one.targets)


def _long(node: ast.AST) -> bool:
    return any(
        isinstance(inner, ast.Attribute) and inner.attr == "long" for inner in ast.walk(node)
    )


def found(test: str, root: Path = ROOT) -> bool:
    """Whether a test that a row names is there: a story's file, or a test function in its file."""
    if test.startswith("story:"):
        return (root / "tests" / "stories" / f"{test.removeprefix('story:')}.yaml").is_file()
    file, _, name = test.partition("::")
    return (root / file).is_file() and name.partition("[")[0] in _functions(root / file)


def is_long(test: str, root: Path = ROOT) -> bool:
    """Whether a test is marked `long`, and so has a run of its own."""
    file, _, name = test.partition("::")
    path = root / file
    return bool(name) and path.is_file() and _functions(path).get(name.partition("[")[0], False)


def is_unshown(test: str) -> bool:
    """Whether a row says `later:` and what shows it then, or `none:` and why there is nothing to
    show."""
    mark, _, why = test.partition(":")
    return mark in ("later", "none") and bool(why.strip())


def ran_as(nodeid: str) -> str:
    """A test that ran, as the page names it: a story by its file, anything else without its
    parameters."""
    name, _, parameters = nodeid.partition("[")
    if name == STORY and parameters:
        return "story:" + parameters.removesuffix("]").partition("-")[2]
    return name


def did_not_run(root: Path, passed: set[str]) -> list[str]:
    """The tests that the page names and that did not pass in a full run; those marked `long` have
    their own run."""
    named = {
        test.partition("[")[0]: None
        for row in rows(root)
        for test in row.tests
        if not is_unshown(test)
    }
    return [test for test in named if test not in passed and not is_long(test, root)]


def pytest_configure(config: pytest.Config) -> None:
    # Of several processes, only the one that collects the reports counts.
    if not hasattr(config, "workerinput") and _full(config):
        config.pluginmanager.register(DidNotRun(config), "did-not-run")


def _full(config: pytest.Config) -> bool:
    """Whether this run is asked for all tests: no path, no name, no mark but `not long`."""
    chosen = config.args_source is pytest.Config.ArgsSource.ARGS
    options = (
        "keyword",
        "deselect",
        "lf",
        "failedfirst",
        "collectonly",
        "last_failed",
        "ignore",
        "ignore_glob",
    )
    narrowed = any(config.getoption(name, None) for name in options)
    return not chosen and not narrowed and config.getoption("markexpr", "") in ("", "not long")


class DidNotRun:
    """Fails a full run over a test that the page names and that did not pass in it."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.passed: set[str] = set()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" and report.passed:
            self.passed.add(ran_as(report.nodeid))

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> Iterator[None]:
        yield
        if session.exitstatus not in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            return
        missing = did_not_run(self.config.rootpath, self.passed)
        if missing:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED
        terminal = self.config.pluginmanager.get_plugin("terminalreporter")
        if terminal is None:
            return
        for test in missing:
            terminal.ensure_newline()
            terminal.write_line(f"{PAGES} names {test}, which did not pass in this run.", red=True)


def main() -> None:
    """Print a row for each sentence without one, with the whole sentence after it."""
    there = {row.key for row in rows()}
    markdown = PROCEDURE.read_text(encoding="utf-8")
    said = [one for group in sentences(markdown).values() for one in group]
    for (section, words), sentence in zip(keys(markdown), said, strict=True):
        if (section, words) not in there:
            sys.stdout.write(f"| {section} | {words} | - | - | - |\n    {sentence}\n")


if __name__ == "__main__":
    main()
