"""The shape of the repository: what import-linter cannot see. Read from the source and from what
was put together; nothing is run."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml
from flask import Flask

import config
from app.roles import PAGES
from app.stages.rights import RIGHTS
from app.verbs import VERBS
from app.views.forms.view import WITHOUT_FORM
from app.views.register import VIEWS
from app.web import create_app
from tests.verbs import forms_of, without_words

ROOT = Path(__file__).parent.parent
CLOCKS = {"now", "today", "utcnow", "time", "monotonic"}
STATE_COLUMNS = ("state", "state_event_id")
EDGES = ("app/cli", "app/web.py", "app/supervisor", "app/views", "jobs")
"""Where the outside is met: a command line, a process, a request, a job. The settings are read
there and handed in."""


def sources(*folders: str) -> dict[Path, ast.Module]:
    """Every module below folders (or a file), parsed."""
    paths: list[Path] = []
    for folder in folders:
        place = ROOT / folder
        paths += [place] if place.suffix == ".py" else sorted(place.rglob("*.py"))
    return {path.relative_to(ROOT): _parsed(path) for path in paths}


@cache
def _parsed(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def imported(tree: ast.Module) -> Iterator[str]:
    """The modules that a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{name.name}" for name in node.names)


def strings(tree: ast.Module) -> Iterator[str]:
    """Every string that is written in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value


def calls(tree: ast.Module) -> Iterator[tuple[str, ast.Call]]:
    """Every call with the last part of the name that is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = (
                node.func.attr
                if isinstance(node.func, ast.Attribute)
                else getattr(node.func, "id", "")
            )
            yield name, node


def taken_of_stages(tree: ast.Module) -> Iterator[str]:
    """The names that a module takes from stages: imported by themselves, or as an attribute of an
    imported module."""
    stages = {"app.stages"}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and f"{node.module}.".startswith("app.stages."):
            yield from (name.name for name in node.names)
            stages |= {name.asname or name.name for name in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module == "app":
            stages |= {name.asname or name.name for name in node.names if name.name == "stages"}
        elif isinstance(node, ast.Import):
            stages |= {
                name.asname
                for name in node.names
                if name.asname and name.name.startswith("app.stages")
            }
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            of = ast.unparse(node.value)
            if any(of == one or of.startswith(f"{one}.") for one in stages):
                yield node.attr


def writes_a_state(tree: ast.Module) -> Iterator[int]:
    """Lines that set `.state`, pass `state=` to a table's `values`, or write it in SQL."""
    for node in ast.walk(tree):
        if isinstance(node, (ast.Assign, ast.AugAssign)):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            yield from (
                t.lineno
                for t in targets
                if isinstance(t, ast.Attribute) and t.attr in STATE_COLUMNS
            )
        if (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and "SET state" in node.value
        ):
            yield node.lineno
    for name, call in calls(tree):
        if name == "values" and any(word.arg in STATE_COLUMNS for word in call.keywords):
            yield call.lineno


def test_only_the_ledger_writes_a_state() -> None:
    found = {
        f"{path}:{line}"
        for path, tree in sources("app", "jobs").items()
        if not path.is_relative_to("app/ledger") and path != Path("app/stages/deciding.py")
        for line in writes_a_state(tree)
    }
    assert found == set()


def test_the_sweep_sets_the_state_of_facts_only() -> None:
    """Facts are plain rows read from the database; the ledger writes the rows behind them."""
    deciding = "app/stages/deciding.py"
    lines = [*writes_a_state(sources(deciding)[Path(deciding)])]
    assert len(lines) == 1
    assert (
        "row.state = effect.to" in (ROOT / deciding).read_text("utf-8").splitlines()[lines[0] - 1]
    )


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
    forbidden = {
        "config",
        "os",
        "requests",
        "rq",
        "redis",
        "smtplib",
        "imaplib",
        "socket",
        "subprocess",
        "flask",
    }
    for path, tree in sources("app/stages", "app/ledger").items():
        assert forbidden.isdisjoint(name.split(".")[0] for name in imported(tree)), path


def test_rules_know_nothing_but_the_standard_library() -> None:
    for path, tree in sources("app/rules").items():
        for name in imported(tree):
            top = name.split(".")[0]
            assert top in sys.stdlib_module_names or name.startswith("app.rules"), (
                f"{path} imports {name}"
            )


def test_only_the_edges_read_the_settings() -> None:
    found = {
        path for path, tree in sources("app", "jobs").items() if "config" in set(imported(tree))
    }
    assert [
        str(path) for path in found if not any(path.is_relative_to(edge) for edge in EDGES)
    ] == []
    assert Path("jobs/sweeps.py") not in found


def test_every_verb_is_a_stage_function_with_a_role() -> None:
    files = (ROOT / "app/stages").glob("*.py"), (ROOT / "app/stages").glob("*/__init__.py")
    stages = {path.stem for path in files[0]} | {path.parent.name for path in files[1]}
    for verb in VERBS.values():
        assert verb.stage in stages, verb.name
        module = inspect.getmodule(verb.run)
        assert module is not None and module.__name__.startswith(("app.verbs", "app.stages."))
        assert any(verb.name in rights for rights in RIGHTS.values()), f"nobody may {verb.name}"


def test_every_verb_has_its_form_with_a_title_and_a_label_for_each_field() -> None:
    assert without_words(VERBS.values()) == []


@pytest.fixture(scope="module")
def panel(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The panel, put together and never asked."""
    return create_app(config.load({"DESK_DATA": str(tmp_path_factory.mktemp("panel"))}))


def routes_of(app: Flask, endpoint: str) -> dict[str, set[str]]:
    """address -> its methods, of one endpoint."""
    ways = {"GET", "POST", "PUT", "PATCH", "DELETE"}
    return {
        str(rule): set(rule.methods or ()) & ways
        for rule in app.url_map.iter_rules()
        if rule.endpoint == endpoint
    }


def test_every_verb_has_its_route(panel: Flask) -> None:
    for verb in VERBS.values():
        if verb.name in WITHOUT_FORM:
            assert set(routes_of(panel, "Files.open")) == {"/files/<int:id>"}
            continue
        found = routes_of(panel, f"Verbs.{verb.name}")
        assert set(found) == forms_of(verb), verb.name
        assert all(ways == {"GET", "POST"} for ways in found.values()), verb.name


def test_no_route_does_a_verb_that_is_not_in_the_table(panel: Flask) -> None:
    of_verbs = {
        rule.endpoint for rule in panel.url_map.iter_rules() if str(rule).startswith("/do/")
    }
    assert of_verbs == {f"Verbs.{name}" for name in VERBS if name not in WITHOUT_FORM}


def done_in(tree: ast.Module) -> Iterator[str]:
    """The verbs that a module of tests does: named in a call that performs one, or by the address
    of the form that it sends."""
    for name, call in calls(tree):
        for given in call.args:
            if isinstance(given, ast.Constant) and isinstance(given.value, str):
                if name in ("do", "perform", "plainly") and given.value in VERBS:
                    yield given.value
                elif name == "post" and given.value.startswith("/do/"):
                    yield given.value.removeprefix("/do/").partition("?")[0].partition("/")[0]


def done_in_tests() -> set[str]:
    """Every verb that a test does, or that is a step of a story; the random walk may leave one
    out."""
    found = {
        verb
        for path, tree in sources("tests").items()
        if not path.is_relative_to("tests/walk")
        for verb in done_in(tree)
    }
    for story in (ROOT / "tests/stories").glob("*.yaml"):
        found |= {
            str(step.get("do")) for step in yaml.safe_load(story.read_text("utf-8"))["people"]
        }
    return found


@pytest.mark.parametrize(
    ("source", "verbs"),
    [
        ("perform(session, NOW, actor, 'reply', case=1)", ["reply"]),
        ("office.do('2025-06-06', 'head', 'reply')", ["reply"]),
        ("head.post('/do/reply/1?item=2', {})", ["reply"]),
        ("assert 'reply' in page.find('reply')", []),
        ("head.get('/do/reply/1')", []),
    ],
)
def test_a_verb_counts_as_done_where_it_is_done(source: str, verbs: list[str]) -> None:
    assert [*done_in(ast.parse(source))] == verbs


def test_every_verb_is_done_in_a_test() -> None:
    undone = set(VERBS) - done_in_tests()
    assert [f"{verb}: no test does it; tell a story in tests/stories." for verb in undone] == []


def test_every_view_names_its_permission() -> None:
    names = {
        view.__name__: getattr(view, "page", "") or view.class_permission_name for view in VIEWS
    }
    assert {
        view: name
        for view, name in names.items()
        if name not in {*PAGES, "Verbs", "Bell", "Find", "Help", "Home", "Keys"}
    } == {}
    assert set(PAGES) <= set(names.values()), "a page that nobody can open"


WITHOUT_A_CHECK = {
    "Login.login",
    "Login.code",
    "Login.logout",
    "Home.home",
    "Home.theme",
    "Bell.count",
}
"""What is there before anybody has logged in: the login itself, and the first page, which leads to
it; and what a page that is left open asks for, which looks itself whether there is a session."""


def _exposed(tree: ast.Module) -> Iterator[tuple[str, ast.FunctionDef]]:
    """Every method with a route: `Class.method`, and its definition."""
    for owner in (node for node in ast.walk(tree) if isinstance(node, ast.ClassDef)):
        for one in (node for node in owner.body if isinstance(node, ast.FunctionDef)):
            if any(
                isinstance(said, ast.Call) and ast.unparse(said.func) == "expose"
                for said in one.decorator_list
            ):
                yield f"{owner.name}.{one.name}", one


def _checked(method: ast.FunctionDef) -> bool:
    """Whether a method asks for its permission, or only says that there is nothing."""
    if any(ast.unparse(said) == "has_access" for said in method.decorator_list):
        return True
    told = [
        line
        for line in method.body
        if not (isinstance(line, ast.Expr) and isinstance(line.value, ast.Constant))
    ]
    return "sm.has_access(" in ast.unparse(told[0]) or [ast.unparse(line) for line in told] == [
        "abort(404)"
    ]


def test_every_route_of_a_view_asks_for_its_permission() -> None:
    exposed = {name: one for tree in sources("app/views").values() for name, one in _exposed(tree)}
    assert {name for name, one in exposed.items() if not _checked(one)} == WITHOUT_A_CHECK


def test_every_right_is_a_verb() -> None:
    assert {right for rights in RIGHTS.values() for right in rights} <= set(VERBS)


def test_nothing_but_the_verb_table_calls_a_stage_verb() -> None:
    verbs = {
        verb.run.__name__ for verb in VERBS.values() if verb.run.__module__.startswith("app.stages")
    }
    for path, tree in sources("app", "jobs").items():
        if path.is_relative_to("app/verbs") or path.is_relative_to("app/stages"):
            continue
        taken = set(taken_of_stages(tree))
        assert taken.isdisjoint(verbs), f"{path} takes {taken & verbs}"


@pytest.mark.parametrize(
    "source",
    [
        "from app.stages.handling import reply",
        "from app.stages.handling import reply as answer",
        "from app.stages import handling\nhandling.reply(1)",
        "from app.stages import handling as h\nx = h.reply",
        "import app.stages.handling\napp.stages.handling.reply(1)",
        "import app.stages.handling as h\nh.reply(1)",
        "from app import stages\nstages.handling.reply(1)",
        "import app\napp.stages.handling.reply(1)",
        "from app.stages import supervision\nsupervision.items.reply(1)",
    ],
)
def test_a_verb_that_is_taken_from_a_stage_is_seen_however_it_is_written(source: str) -> None:
    assert "reply" in set(taken_of_stages(ast.parse(source)))


def test_what_is_named_like_a_verb_and_is_of_no_stage_is_none() -> None:
    source = "from app.stages import handling\nfrom app.views import forms\nforms.reply(1)\nrow.handling.reply"
    assert "reply" not in set(taken_of_stages(ast.parse(source)))


LOOPS = (
    *(ast.For, ast.AsyncFor, ast.While),
    *(ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp),
)


def test_jobs_sweeps_holds_no_loop() -> None:
    (tree,) = sources("jobs/sweeps.py").values()
    assert [node.lineno for node in ast.walk(tree) if isinstance(node, LOOPS)] == []


def caught_whole(tree: ast.Module) -> Iterator[int]:
    """Lines that catch whatever is raised and do not raise it again, however it is written."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            last = node.body[-1]
            if _whole(node.type) and not (isinstance(last, ast.Raise) and last.exc is None):
                yield node.lineno
    for name, call in calls(tree):
        if name == "suppress" and any(map(_whole, call.args)):
            yield call.lineno


def _whole(caught: ast.expr | None) -> bool:
    parts = caught.elts if isinstance(caught, ast.Tuple) else [caught]
    names = [ast.unparse(part).rpartition(".")[2] if part else "" for part in parts]
    return not {"", "Exception", "BaseException"}.isdisjoint(names)


def test_exceptions_are_caught_whole_only_in_the_sweep() -> None:
    found = {str(path) for path, tree in sources("app", "jobs").items() if [*caught_whole(tree)]}
    assert found == {"app/sweep/__init__.py", "app/sweep/batch.py"}


@pytest.mark.parametrize(
    ("caught", "whole"),
    [
        ("except: pass", True),
        ("except Exception: pass", True),
        ("except BaseException as error: raise OSError from error", True),
        ("except (OSError, builtins.Exception): pass", True),
        ("except OSError: pass", False),
        ("except BaseException:\n    undo()\n    raise", False),
    ],
)
def test_what_is_caught_whole_is_seen_however_it_is_written(caught: str, whole: bool) -> None:
    assert bool([*caught_whole(ast.parse(f"try: do()\n{caught}"))]) == whole
    assert [*caught_whole(ast.parse("with contextlib.suppress(Exception): do()"))] == [1]


def test_every_module_says_what_it_is_for_and_is_used() -> None:
    trees = sources("app", "jobs", "migrations", "tests", "config.py")
    used = {name for path, tree in trees.items() for name in imported(tree)}
    named = "\n".join(said for tree in trees.values() for said in strings(tree))
    for path, tree in sources("app").items():
        assert ast.get_docstring(tree), f"{path} has no docstring"
        module = ".".join(path.with_suffix("").parts)
        if path.name in ("__init__.py", "__main__.py") or "given" in path.parts:
            continue  # what is given along with a dossier is run where there is nothing of ours
        assert module in used or f"python:{module}" in named, f"nobody uses {module}"


def test_public_functions_say_what_they_do() -> None:
    missing = [
        f"{path}:{node.lineno} {node.name}"
        for path, tree in sources(
            "app", "jobs", "migrations/triggers.py", "migrations/upgrade.py"
        ).items()
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
    """The unit scope sees ORM statements only, so the verb table asks for models, never for bare
    tables."""
    for path in (ROOT / "app/verbs").glob("*.py"):
        assert "__table__" not in path.read_text("utf-8"), path
