"""Every view of the panel, in the order of the procedure, each held to the one base when the panel
starts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask_appbuilder import BaseView, CompactCRUDMixin, MasterDetailView, ModelView
from flask_appbuilder.api import BaseApi
from flask_appbuilder.charts.views import BaseChartView
from sqlalchemy import Engine

from app import extend
from app.own.tables import insist_on_database
from app.roles import PAGES
from app.views.acceptance import Cases, Categories, Contacts, Suggestions
from app.views.access import AccessLog
from app.views.accountability import Referrals
from app.views.accounts import AccountChanges, Roles, Users
from app.views.allocation import Assignments
from app.views.articles import Articles, ArticleVersions
from app.views.bell import Bell
from app.views.calendar import Calendar, CalendarProposals, Rules
from app.views.extra_fields import ExtraFields
from app.views.figures.live import LiveFigures
from app.views.files import Files
from app.views.find import Find
from app.views.forms.intake import Intake
from app.views.forms.view import Verbs
from app.views.handling import Replies, Requests, Substitutes
from app.views.help import Help
from app.views.inbox import Inbox
from app.views.kept_views import KeptViews
from app.views.keys import Keys
from app.views.leaders import LedInstructions
from app.views.mailboxes import Mailboxes
from app.views.many.page import Many
from app.views.menu import IN_CATEGORIES, add_categories, category_of, label_of
from app.views.office import Bot, Events, Posts, Settings, Units
from app.views.openapi_pages import Document, Documentation
from app.views.own import OwnPapers, pages_of
from app.views.pages.base import DeskView
from app.views.pages.declared import NOT_HERE, labelled
from app.views.pages.related import key_to
from app.views.pages.rest import rows_of_page
from app.views.pages.row_query import DeskInterface
from app.views.papers import Forms, Letters, Papers, Slips
from app.views.praise import Praise
from app.views.presence import Presence
from app.views.reach import Addresses, Choices, Deliveries, Gateways
from app.views.redo import Responsibilities
from app.views.reminder import Reminders
from app.views.reporting import ReportDrafts, Reports
from app.views.rosters import Rosters
from app.views.setup import Setup
from app.views.sheets import Sheets
from app.views.supervision import Supervision, SupervisionLists
from app.views.triage.page import Triage
from app.views.visit import VisitRecords, Visits
from app.worklists import QUEUES

VIEWS: tuple[type[Any], ...] = (
    Bell,
    Verbs,
    Intake,
    Many,
    Triage,
    Presence,
    Find,
    Help,
    Keys,
    KeptViews,
    Files,
    Papers,
    Forms,
    Letters,
    Slips,
    Inbox,
    Sheets,
    Cases,
    Contacts,
    Suggestions,
    Articles,
    ArticleVersions,
    Praise,
    Categories,
    LedInstructions,
    Assignments,
    Requests,
    Replies,
    Reminders,
    Supervision,
    SupervisionLists,
    Visits,
    VisitRecords,
    Responsibilities,
    Referrals,
    Reports,
    ReportDrafts,
    LiveFigures,
    Units,
    Posts,
    Substitutes,
    Calendar,
    CalendarProposals,
    Rules,
    Settings,
    Mailboxes,
    Users,
    Roles,
    AccountChanges,
    Setup,
    Rosters,
    ExtraFields,
    Deliveries,
    Gateways,
    Addresses,
    Choices,
    Bot,
    Events,
    AccessLog,
)


RELATED: dict[type[Any], tuple[type[Any], ...]] = {
    Articles: (ArticleVersions,),
    Units: (Posts, Substitutes, Users, Assignments, Supervision),
    Categories: (Cases,),
    Users: (AccountChanges,),
    Roles: (AccountChanges,),
}
"""page -> the pages whose rows stand as tabs on the page of a row that they point to, besides those
that the page names itself."""
PERSONAL = frozenset(
    {
        "caller",
        "caller_id",
        "caller_case_id",
        "phone",
        "query_code",
        "password",
        "email",
        "session_version",
        "look_error",
    }
)
"""Columns that no generated page may show, search, order by or export. [trust, The caller]"""
_SETS = (
    *("list_columns", "read_columns", "show_columns", "search_columns"),
    *("order_columns", "export_columns"),
)
_NEVER = (MasterDetailView, CompactCRUDMixin, BaseChartView, BaseApi)
"""What Flask-AppBuilder brings that shows rows past the scope, or loads whole tables and other
people's scripts."""


def known_columns(view: DeskView) -> set[str]:
    """The columns that a page may name: those with a label, and what it tells beside them."""
    return {*labelled(view.datamodel.obj), *view.extra} - {*view.hidden}


def wrong(view: Any) -> str:
    """Why a view may not be registered, or nothing: it has to be of the base, under a permission of
    its own."""
    if isinstance(view, _NEVER) or not isinstance(view, BaseView):
        return "it is of a kind that the desk does not have"
    if not getattr(view, "class_permission_name", "") or not view.base_permissions:
        return "it names no permission"
    return _wrong_page(view) if isinstance(view, ModelView) else ""


def _wrong_page(view: ModelView) -> str:
    """Why a page of rows may not be registered, or nothing."""
    if not isinstance(view, DeskView):
        return "a page of rows is a DeskView"
    if not view.exclude_route_methods >= NOT_HERE or not isinstance(view.datamodel, DeskInterface):
        return "it brings routes or writes of Flask-AppBuilder's"
    apart = [page.__name__ for page in view.related_views if not _points_to(page, view)]
    why = f"no relation leads to it from its related views {apart}" if apart else ""
    return _wrong_columns(view) or why


def _wrong_columns(view: DeskView) -> str:
    """Why a page may not show the columns that it names, or nothing."""
    shown = {name for columns in _SETS for name in getattr(view, columns)}
    unknown = {*shown, *view.own_labels, *view.formatters_columns} - known_columns(view)
    if unknown:
        return f"it names what is no column with a label: {sorted(unknown)}"
    # A dotted column would be joined under an alias, which the scope does not reach.
    dotted = {name for name in shown if "." in name}
    beyond = (shown & PERSONAL) | (shown - {*view.show_columns}) | dotted
    return f"it shows what it may not: {sorted(beyond)}" if beyond else ""


def _points_to(related: type[Any], view: Any) -> bool:
    """Whether the rows of a related view, which has to be of the base, point to those of a view."""
    return issubclass(related, DeskView) and bool(key_to(related(), view.datamodel.obj))


def insist_on_lists() -> None:
    """Raises TypeError where a list of work names a page that is none, or one that its people may
    not open."""
    for key, queue in QUEUES.items():
        if queue.page and queue.page not in PAGES:
            raise TypeError(f"app/worklists/table.py, {key}: there is no page {queue.page}")
        closed = [role for role in queue.roles if queue.page and role not in PAGES[queue.page]]
        if closed:
            raise TypeError(
                f"app/worklists/table.py, {key}: {', '.join(closed)} may not open the page {queue.page}"
            )


def register(appbuilder: Any, engine: Engine) -> None:
    """Register every view, those of the office's own after the desk's; the address of a page's
    endpoint is the page's name. TypeError where one is not of the base."""
    insist_on_lists()
    insist_on_database(extend.appbuilder.views, engine)
    pages: dict[str, Any] = {}
    for kind in (*VIEWS, *pages_of(extend.appbuilder.views)):
        view = _insisted(kind)
        page = getattr(view, "page", "")
        appbuilder.add_view_no_menu(view, endpoint=page or kind.__name__)
        if isinstance(view, DeskView):
            appbuilder.add_view_no_menu(rows_of_page(view), endpoint=f"{page}Rows")
        if page:
            pages[page] = view
    if extend.appbuilder.papers:
        appbuilder.add_view_no_menu(OwnPapers)
    appbuilder.add_view_no_menu(Document)
    appbuilder.add_view_no_menu(Documentation)
    _add_to_menu(appbuilder, pages)


def _insisted(kind: type[Any]) -> Any:
    """A view of a kind, with all pages that stand as its tabs; TypeError where it is not of the
    base."""
    view = kind()
    view.related_views = [*getattr(view, "related_views", ()), *RELATED.get(kind, ())]
    why = wrong(view)
    if why:
        raise TypeError(f"{kind.__name__}: {why}")
    return view


def _add_to_menu(appbuilder: Any, pages: Mapping[str, Any]) -> None:
    """Add every page to the menu, in the order of its category; those of the office's own after
    them, in the category that they name."""
    add_categories(appbuilder.menu)
    named = {entry.page: entry.category for entry in extend.appbuilder.views}
    order = [page for group in IN_CATEGORIES.values() for page in group]
    for page in sorted(pages, key=lambda page: order.index(page) if page in order else len(order)):
        category = category_of(page) or named.get(page, "")
        appbuilder.add_link(page, "", label=label_of(page), category=category, baseview=pages[page])
