"""What every page of the panel stands on: one base, held to when the panel starts, and a session
that only reads. [flask-appbuilder: one base view that every screen inherits, asserted at start]"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask_appbuilder import BaseView, CompactCRUDMixin, MasterDetailView, ModelView
from flask_appbuilder.charts.views import DirectByChartView
from flask_appbuilder.models.sqla.interface import SQLAInterface
from sqlalchemy import delete, insert, update

from app.models import Caller, Case, Contact, Unit
from app.views import register
from app.views.actor import reader
from app.views.pages.base import DeskView
from app.views.pages.row_query import DeskInterface
from app.views.register import VIEWS, wrong
from app.words.columns import COLUMNS
from tests.databases import Desk
from tests.people import fingerprint
from tests.views.panel import Panel, settings_of


def test_every_view_is_of_the_base(empty: Panel) -> None:
    """The pages of rows of Flask-AppBuilder's own are not among them, nor charts, nor an API."""
    with empty.app.app_context():
        assert {view.__name__: wrong(view()) for view in VIEWS if wrong(view())} == {}


class Plain(ModelView):  # type: ignore[misc]
    datamodel = SQLAInterface(Unit)


class Nameless(BaseView):  # type: ignore[misc]
    route_base = "/nameless"
    class_permission_name = ""


class WithRoutes(DeskView):
    datamodel = DeskInterface(Unit)
    page = "Units"

    def __init__(self) -> None:
        super().__init__()
        self.exclude_route_methods = set()


class Writing(DeskView):
    datamodel = SQLAInterface(Unit)
    page = "Units"


class Compact(CompactCRUDMixin, DeskView):  # type: ignore[misc]
    datamodel = DeskInterface(Unit)
    page = "Units"


class Callers(DeskView):
    datamodel = DeskInterface(Contact)
    page = "Contacts"

    def __init__(self) -> None:
        super().__init__()
        self.show_columns = self.search_columns = [*self.show_columns, "caller_id"]


class Hidden(DeskView):
    datamodel = DeskInterface(Case)
    page = "Cases"

    def __init__(self) -> None:
        super().__init__()
        self.order_columns = [*self.order_columns, "head_hash"]


class Dotted(DeskView):
    datamodel = DeskInterface(Contact)
    page = "Contacts"

    def __init__(self) -> None:
        super().__init__()
        self.show_columns = [*self.show_columns, "case.number"]


@pytest.mark.parametrize(
    "view", [Plain, Nameless, WithRoutes, Writing, Compact, Callers, Hidden, Dotted]
)
def test_a_view_that_is_not_of_the_base_stops_the_panel_from_starting(
    sqlite_desk: Desk, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, view: type[Any]
) -> None:
    """Seen failing without `wrong`: each would have been served."""
    from app.web import create_app

    monkeypatch.setattr(register, "VIEWS", (*VIEWS, view))
    with pytest.raises(TypeError, match=f"{view.__name__}: it|{view.__name__}: a page"):
        create_app(settings_of(sqlite_desk, tmp_path))


@pytest.mark.parametrize("kind", [MasterDetailView, DirectByChartView])
def test_no_master_detail_and_no_chart(empty: Panel, kind: type[Any]) -> None:
    assert wrong(kind.__new__(kind)) == "it is of a kind that the desk does not have"


def test_no_table_of_callers_has_a_label_and_none_is_a_page() -> None:
    """What has no label is on no page, in no search and in no export."""
    assert Caller.__tablename__ not in COLUMNS
    assert not {name for columns in COLUMNS.values() for name in columns} & register.PERSONAL


def _adds() -> None:
    reader().add(Unit(code="X", name="X"))
    reader().commit()


def _changes() -> None:
    unit = reader().query(Unit).first()
    unit.name = "another"
    reader().commit()


def _deletes() -> None:
    reader().delete(reader().query(Unit).first())
    reader().commit()


WRITES: dict[str, Callable[[], Any]] = {
    "adds": _adds,
    "changes": _changes,
    "deletes": _deletes,
    "inserts": lambda: reader().execute(insert(Unit).values(code="X", name="X")),
    "updates": lambda: reader().execute(update(Unit).values(name="another")),
    "deletes all": lambda: reader().execute(delete(Case)),
}


@pytest.mark.parametrize("way", WRITES)
def test_what_a_request_reads_with_writes_nothing(sqlite_panel: Panel, way: str) -> None:
    """Seen failing without `flush` and `_only_reads`: SQLite turns a transaction that reads into
    one that writes."""
    before = fingerprint(sqlite_panel.desk)
    sqlite_panel.of("centre_head")
    before = fingerprint(sqlite_panel.desk)
    with (
        sqlite_panel.app.test_request_context(),
        pytest.raises(TypeError, match="the panel's session reads"),
    ):
        WRITES[way]()
    assert fingerprint(sqlite_panel.desk) == before


def test_the_base_writes_no_row_by_itself() -> None:
    """`SQLAInterface.add`, `edit` and `delete` commit by themselves: the desk's refuse."""
    datamodel = DeskInterface(Unit)
    for way in (datamodel.add, datamodel.edit, datamodel.delete):
        with pytest.raises(TypeError, match="written by verbs"):
            way(Unit(code="X", name="X"))


def test_the_menu_says_which_page_this_is(sqlite_panel: Panel) -> None:
    for address, label in (
        ("/", "我的工作"),
        ("/cases/list/", "工单"),
        ("/reminders/list/?q_state=open", "催办"),
    ):
        page = sqlite_panel.of("allocator").get(address).text
        (said,) = re.findall(r'<a [^>]*aria-current="page">(.*?)</a>', page, re.DOTALL)
        assert re.sub(r' <span class="n" id="work-n">\d*</span>', "", said) == label
        assert page.count('aria-current="page"') == 1
