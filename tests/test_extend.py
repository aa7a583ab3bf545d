"""What an office adds is held against rules before anything runs, each fault in a sentence that
says what to change; and what it adds of cases is seen by who sees the case. [docs/extend.md]"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from flask_appbuilder import ModelView, action, expose
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import Column, DateTime, ForeignKey, Integer, String, Table
from sqlalchemy.orm import DeclarativeBase

from app import words
from app.models import Case
from app.own import Channel, Own, Paper, Wrong, load
from app.roles import PAGES, ROLES
from app.stages.own_rows import saving
from app.stages.rights import RIGHTS
from app.stages.verb import NO_CASE, Verb, field
from app.verbs import VERBS
from app.worklists import QUEUES
from tests.recipes import OFFICE, ROOT, apply, copy_of_the_tree, run


class Base(DeclarativeBase):
    """Tables of their own, that no other test meets."""


for name in ("unit", "hotline_case", "caller"):
    Table(name, Base.metadata, Column("id", Integer, primary_key=True))


def table(name: str, **columns: Any) -> type[Any]:
    """A table of an office's own, as its model below `app` would make it."""
    told: dict[str, Any] = {
        "__tablename__": name,
        "__module__": "app.models.own",
        "__str__": lambda row: "row",
        "id": Column(Integer, primary_key=True),
        "plate": Column(String(20), nullable=False),
    }
    return type(name.title(), (Base,), {**told, **columns})


def view(name: str, model: Any, **more: Any) -> type[Any]:
    """A plain view of Flask-AppBuilder over it."""
    return type(name, (ModelView,), {"datamodel": SQLAInterface(model), **more})


def _unit() -> Any:
    return Column(Integer, ForeignKey("unit.id"), nullable=False)


GOOD = table("good", unit_id=_unit())
ENTRY: Mapping[str, Any] = {"roles": ("centre_head",), "scope": "unit_id"}


class WithRoute(ModelView):  # type: ignore[misc]
    datamodel = SQLAInterface(GOOD)

    @expose("/more")
    def more(self) -> str:
        return ""


class WithAction(ModelView):  # type: ignore[misc]
    datamodel = SQLAInterface(GOOD)

    @action("close", "Close", "Sure?", "fa-x")
    def close(self, items: Any) -> Any:
        return items


FAULTS: list[tuple[Any, dict[str, Any], str]] = [
    (object, {}, "a page is a ModelView of Flask-AppBuilder"),
    (view("A", GOOD), {"roles": ()}, "say who opens it: roles="),
    (view("B", GOOD), {"roles": ("chief",)}, "there is no role chief"),
    (view("C", GOOD), {"scope": ""}, "say whose rows it shows: scope="),
    (
        view("D", GOOD),
        {"scope": "case_id"},
        "has no column case_id: add it, or take scope='office'",
    ),
    (view("Cases", GOOD), {}, "a page of the desk has this name"),
    (view("Wells", GOOD), {"category": "Units"}, "its category Units is a page of the desk"),
    (WithRoute, {}, "brings routes of its own .more.: make each a verb"),
    (WithAction, {}, "brings routes of its own .close.: make each a verb"),
    (
        view("E", table("e", caller_id=Column(Integer, ForeignKey("caller.id")))),
        {"scope": "office"},
        "keeps or names a caller",
    ),
    (
        view("F", table("f", who=Column(Integer, ForeignKey("caller.id")))),
        {"scope": "office"},
        "keeps or names a caller",
    ),
    (
        view("G", table("g", phone=Column(String(20)))),
        {"scope": "office"},
        "keeps or names a caller",
    ),
    (
        view("H", table("h", where=Column(Integer, ForeignKey("unit.id")))),
        {"scope": "office"},
        "points to unit as unit_id",
    ),
    (
        view("I", table("i", unit_id=Column(Integer, ForeignKey("unit.id")))),
        {},
        "has to point to unit and never be empty",
    ),
    (view("J", table("j", at=Column(DateTime))), {"scope": "office"}, "is a moment: type it with"),
    (view("K", table("k", state=Column(String(9)))), {"scope": "office"}, "only the ledger moves"),
    (
        view("L", table("category_of", __module__="flask.elsewhere")),
        {"scope": "office"},
        "is a table of the desk",
    ),
]


@pytest.mark.parametrize(("page", "given", "said"), FAULTS)
def test_a_page_that_cannot_be_used_is_refused_with_what_to_change(
    page: Any, given: dict[str, Any], said: str
) -> None:
    own, before = Own(), dict(PAGES)
    own.add_view(page, "Name", **{**ENTRY, **given})
    with pytest.raises(Wrong, match=said):
        load(own)
    assert before == PAGES, "nothing is in place"


def test_each_fault_is_a_sentence_and_all_are_said_at_once() -> None:
    own = Own()
    own.add_view(view("M", GOOD), "Name")
    own.add_view(view("N", GOOD), "Name", roles=("chief",), scope="office")
    with pytest.raises(Wrong) as told:
        load(own)
    lines = str(told.value).splitlines()
    assert len(lines) == 3
    assert all(line.startswith("app/extend.py, add_view(") and line[-1] == "." for line in lines)


def test_verbs_channels_and_papers_are_held_to_rules_as_well() -> None:
    own = Own()
    row = {"run": saving(GOOD, False), "on": NO_CASE, "event": "row.saved"}
    own.add_verb(Verb("register", roles=("chief",), **row), label=("登", "x"))
    own.add_verb(
        Verb("wash", stage="nowhere", fields=(field("soap_of_mine"),), roles=(), **row),
        label=("洗", "x"),
    )
    own.add_channel(Channel("phone", ("电话", "Phone"), dict))
    own.add_channel(Channel("a b", ("甲", "A"), dict))
    own.add_paper(Paper("reminder", ("单", "P"), "Nowhere", dict, dict))
    with pytest.raises(Wrong) as told:
        load(own)
    for said in (
        "the desk has a verb of this name",
        "there is no role chief",
        "its stage nowhere is none",
        "say who opens it",
        "its fields soap_of_mine have no label",
        "there is a channel of this word",
        "its word has to be letters",
        "there is a paper of this kind",
        "there is no page Nowhere",
    ):
        assert said in str(told.value), said
    assert "wash" not in VERBS and "a b" not in words.VALUES["channel"]


def test_roles_and_lists_of_work_are_held_to_rules_as_well() -> None:
    own = Own()
    own.add_role("operator", label=("甲", "A"))
    own.add_role("a b", label=("乙", "B"), scope="unit", pages=("Users",), verbs=("add_user", "x"))
    where: Any = lambda who, at: []  # noqa: E731
    own.add_worklist("to_allocate", label=("甲", "A"), roles=("chief",), model=Case, where=where)
    own.add_worklist("c d", label=("乙", "B"), roles=(), model=object, where=where)
    own.add_worklist(
        "due", label=("丙", "C"), roles=("operator",), model=Case, where=where, when="dou_at"
    )
    with pytest.raises(Wrong) as told:
        load(own)
    for said in (
        "there is a role of this name",
        "its name has to be letters, figures and _, 40 at most",
        "say whose cases it reads",
        "there is no page Users that it may open",
        "there is no verb add_user, x that it may do",
        "there is a list of this name",
        "there is no role chief",
        "its name has to be letters, figures and _.",
        "its model is a table of app/models",
        "its table has no column dou_at",
    ):
        assert said in str(told.value), said
    assert "a b" not in ROLES and "due" not in QUEUES


def test_the_desk_as_it_comes_has_nothing_unfinished() -> None:
    load(Own())
    assert all(role in words.VALUES["role"] for role in RIGHTS)


@pytest.mark.parametrize(
    "module", ["app.web", "app.cli", "jobs.worker", "jobs.sweeps", "migrations.triggers"]
)
def test_every_process_that_serves_works_or_migrates_reads_what_the_office_added(
    module: str,
) -> None:
    told = f"import sys, {module}; sys.exit('app.extend' not in sys.modules)"
    done = subprocess.run([sys.executable, "-c", told], cwd=ROOT, timeout=100, check=False)
    assert done.returncode == 0


OF_CASES = """
with office() as (people, panel):
    first, second = people.case(), people.case()
    people.do("allocator", "allocate", first, unit="WATER")
    people.do("allocator", "allocate", second, unit="HOUSING")
    water, housing = panel.of("head@WATER"), panel.of("head@HOUSING")
    assert "登记车辆" in water.get(f"/cases/{first}").text
    made = water.post(f"/do/add_vehicle/{first}", {"plate": "陕K12345"})
    assert made.status_code == 302, made.text
    assert water.post(f"/do/add_vehicle/{second}", {"plate": "陕K1"}).status_code == 404
    assert "陕K12345" in water.get("/vehicles/list/").text
    assert "陕K12345" not in housing.get("/vehicles/list/").text
    assert housing.get("/vehicles/show/1").status_code == 404
    assert housing.get("/api/v1/vehicles/1").status_code == 404
    assert "陕K12345" in panel.of("allocator").get("/vehicles/list/").text
    edit = water.get("/vehicles/edit/1").location
    changed = water.post(edit, {"id": "1", "plate": "陕K99999"})
    assert changed.status_code == 302, changed.text
    other = panel.of("allocator").post(f"/do/edit_vehicle/{second}", {"id": "1", "plate": "x"})
    assert other.status_code == 422
    assert "陕K99999" in water.get("/vehicles/show/1").text
    assert "填写台账" in water.get(f"/cases/{first}").text
"""


@pytest.mark.long
@pytest.mark.timeout(300)
def test_rows_of_cases_are_seen_and_saved_by_who_sees_the_case(tmp_path: Path) -> None:
    folder = copy_of_the_tree(tmp_path / "tree")
    apply("view", folder)
    model = folder / "app/models/vehicle.py"
    text = model.read_text("utf-8").replace("UnitKey", "CaseKey").replace("unit_id", "case_id")
    text = text.replace("posts import Unit", "acceptance import Case").replace("unit: ", "case: ")
    model.write_text(text.replace("Mapped[Unit]", "Mapped[Case]"), "utf-8")
    entry = folder / "app/extend.py"
    changed = (
        entry.read_text("utf-8").replace('"unit_id"', '"case_id"').replace('"unit":', '"case":')
    )
    entry.write_text(changed.replace('("centre_head",', '("allocator",'), "utf-8")
    done = run(folder, OFFICE + OF_CASES)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]


IN_THE_MENU = """
with office() as (people, panel):
    page = panel.of("head@WATER").get("/").text
    menu = page.partition('<nav class="menu')[2].partition("</nav>")[0]
    office, own = menu.index(">设置<"), menu.index(">车队<")
    assert office < menu.index('"/posts/list/"') < menu.index('"/vehicles/list/">车辆') < own
    assert own < menu.index('"/trips/list/">出车')
    centre = panel.of("centre_head").get("/").text
    assert "/vehicles/list/" in centre and ">车队<" not in centre
"""
TRIP = """

class Trip(Model):
    __tablename__ = "trip"

    id: Mapped[Id]
    unit_id: Mapped[UnitKey]
    reason: Mapped[str] = mapped_column(String(20))
    unit: Mapped[Unit] = relationship()

    def __str__(self) -> str:
        return self.reason
"""
TRIPS = """from app.models.vehicle import Trip


class Trips(ModelView):
    datamodel = SQLAInterface(Trip)


appbuilder.add_view(Trips, "出车", roles=("unit_head",), scope="unit_id", category="车队")
"""


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_page_of_an_offices_own_stands_in_the_menu_below_its_category(tmp_path: Path) -> None:
    """In a category of the desk behind its pages; another category behind the desk's, for who may
    open a page of it."""
    folder = copy_of_the_tree(tmp_path / "tree")
    apply("view", folder)
    model, entry = folder / "app/models/vehicle.py", folder / "app/extend.py"
    model.write_text(model.read_text("utf-8") + TRIP, "utf-8")
    migration = folder / "migrations/versions/9001_vehicle.py"
    told = migration.read_text("utf-8").replace("import Vehicle", "import Trip, Vehicle")
    migration.write_text(told + "    Trip.__table__.create(op.get_bind())\n", "utf-8")
    told = entry.read_text("utf-8").replace(
        'scope="unit_id")', 'scope="unit_id", category="office")'
    )
    entry.write_text(told.replace("load(appbuilder)", TRIPS + "load(appbuilder)"), "utf-8")
    done = run(folder, OFFICE + IN_THE_MENU)
    assert done.returncode == 0, done.stdout + done.stderr[-3000:]
