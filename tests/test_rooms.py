"""The shape of the repository: what import-linter cannot see. Read from the source, nothing is run."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.roles import RIGHTS
from app.verbs import VERBS

ROOT = Path(__file__).parent.parent
CLOCKS = {"now", "today", "utcnow", "time", "monotonic"}


def sources(*folders: str) -> dict[Path, ast.Module]:
    """Every module below folders (or a file), parsed."""
    paths: list[Path] = []
    for folder in folders:
        place = ROOT / folder
        paths += [place] if place.suffix == ".py" else sorted(place.rglob("*.py"))
    return {path.relative_to(ROOT): ast.parse(path.read_text("utf-8")) for path in paths}


def imported(tree: ast.Module) -> Iterator[str]:
    """The modules that a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last part of the name that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            yield name, node


def writes_a_state(tree: ast.Module) -> Iterator[int]:
    """Lines that set `.state`, pass `state=` to a table's `values`, or write it in SQL."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AugAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (t.lineno for t in targets if isinstance(t, ast.Attribute) and t.attr.startswith("state"))
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and "SET state" in node.value:
            yield node.lineno
    for name, call in calls(tree):
        if name == "values" and any(word.arg in ("state", "state_event_id") for word in call.keywords):
            yield call.lineno


def test_only_the_ledger_writes_a_state() -> None:
    found = {
        f"{path}:{line}"
        for path, tree in sources("app", "jobs").items()
        if not path.is_relative_to("app/ledger") and path != Path("app/sweep.py")
        for line in writes_a_state(tree)
    }
    assert found == set()


def test_the_sweep_sets_the_state_of_facts_only() -> None:
    """Facts are plain rows read from the database; the ledger writes the rows behind them."""
    lines = [*writes_a_state(sources("app/sweep.py")[Path("app/sweep.py")])]
    assert len(lines) == 1
    assert "row.state = effect.to" in (ROOT / "app/sweep.py").read_text("utf-8").splitlines()[lines[0] - 1]


@pytest.mark.parametrize("folder", ["app/stages", "app/ledger", "app/models", "app/rules"])
def test_stages_never_commit_nor_read_the_clock(folder: str) -> None:
    found = []
    for path, tree in sources(folder).items():
        for name, call in calls(tree):
            owner = getattr(getattr(call.func, "value", None), "id", "")
            if name in ("commit", "rollback", "begin_nested"):
                found.append(f"{path}:{call.lineno} {name}")
            if name in CLOCKS and owner in ("datetime", "date", "time", "dt"):
                found.append(f"{path}:{call.lineno} reads the clock")
    assert found == []


def test_stages_never_send_enqueue_or_read_the_environment() -> None:
    forbidden = {"config", "os", "requests", "rq", "redis", "smtplib", "imaplib", "socket", "subprocess", "flask"}
    for path, tree in sources("app/stages", "app/ledger").items():
        assert forbidden.isdisjoint(name.split(".")[0] for name in imported(tree)), path


def test_rules_know_nothing_but_the_standard_library() -> None:
    for path, tree in sources("app/rules").items():
        for name in imported(tree):
            top = name.split(".")[0]
            assert top in sys.stdlib_module_names or name.startswith("app.rules"), f"{path} imports {name}"


def test_only_the_edges_read_the_settings() -> None:
    allowed = {Path("app/cli.py"), Path("app/web.py"), Path("app/views/health.py")}
    found = {path for path, tree in sources("app", "jobs").items() if "config" in set(imported(tree))}
    edges = {path for path in found if path.is_relative_to("jobs") or path.is_relative_to("app/supervisor")}
    assert Path("jobs/sweeps.py") not in edges
    assert found - edges <= allowed


def test_every_verb_is_a_stage_function_with_a_role() -> None:
    files = (ROOT / "app/stages").glob("*.py"), (ROOT / "app/stages").glob("*/__init__.py")
    stages = {path.stem for path in files[0]} | {path.parent.name for path in files[1]}
    for verb in VERBS.values():
        assert verb.stage in stages, verb.name
        module = inspect.getmodule(verb.run)
        assert module is not None and module.__name__.startswith(("app.verbs", "app.stages."))
        assert any(verb.name in rights for rights in RIGHTS.values()), f"nobody may {verb.name}"


def test_every_right_is_a_verb() -> None:
    assert {right for rights in RIGHTS.values() for right in rights} <= set(VERBS)


def test_nothing_but_the_verb_table_calls_a_stage_verb() -> None:
    verbs = {verb.run.__name__ for verb in VERBS.values() if verb.run.__module__.startswith("app.stages")}
    for path, tree in sources("app", "jobs").items():
        if path.is_relative_to("app/verbs") or path.is_relative_to("app/stages"):
            continue
        taken = {
            name.name
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and str(node.module).startswith("app.stages")
            for name in node.names
        }
        assert taken.isdisjoint(verbs), f"{path} imports {taken & verbs}"


def test_jobs_sweeps_holds_no_loop() -> None:
    path = ROOT / "jobs" / "sweeps.py"
    trees = [ast.parse(path.read_text("utf-8"))] if path.exists() else []
    loops = [node for tree in trees for node in ast.walk(tree) if isinstance(node, (ast.For, ast.While))]
    assert loops == []


def test_exceptions_are_caught_whole_only_in_the_sweep() -> None:
    found = []
    for path, tree in sources("app", "jobs").items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ExceptHandler) and getattr(node.type, "id", None) in (None, "Exception"):
                found += [] if isinstance(node.type, (ast.Tuple, ast.Attribute)) else [str(path)]
    assert set(found) <= {"app/sweep.py"}


def test_every_module_says_what_it_is_for_and_is_used() -> None:
    trees = sources("app", "jobs", "migrations", "tests", "config.py")
    used = {name for path, tree in trees.items() for name in imported(tree)}
    for path, tree in sources("app").items():
        assert ast.get_docstring(tree), f"{path} has no docstring"
        module = ".".join(path.with_suffix("").parts)
        if path.name in ("__init__.py", "__main__.py"):
            continue
        assert module in used, f"nobody uses {module}"


def test_public_functions_say_what_they_do() -> None:
    missing = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in sources("app", "jobs", "migrations/triggers.py", "migrations/upgrade.py").items()
        for node in tree.body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef))
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert missing == []


def test_the_top_level_and_the_packages_asked_for_are_there() -> None:
    for name in ("app", "jobs", "tests", "config.py", "requirements.txt", "README.md"):
        assert (ROOT / name).exists(), name
    lock = (ROOT / "requirements.txt").read_text("utf-8").lower()
    for package in ("flask-appbuilder", "sqlalchemy", "rq", "redis", "requests", "pytest"):
        assert f"\n{package}==" in f"\n{lock}", package


def test_no_table_is_named_in_core_selects_of_verbs() -> None:
    """The unit scope sees ORM statements only, so the verb table asks for models, never for bare tables."""
    for path in (ROOT / "app/verbs").glob("*.py"):
        assert "__table__" not in path.read_text("utf-8"), path
