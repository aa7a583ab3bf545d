"""Every view of the panel, in the order of the procedure."""

from __future__ import annotations

from typing import Any

from app.views.acceptance import Cases, Categories, Contacts, Suggestions
from app.views.accountability import Referrals
from app.views.allocation import Assignments
from app.views.calendar import Calendar, CalendarProposals, Rules
from app.views.files import Files
from app.views.handling import Replies, Requests
from app.views.home import Bell
from app.views.office import Bot, Events, Posts, Settings, Units
from app.views.papers import Papers
from app.views.people import Roles, Users
from app.views.redo import Responsibilities
from app.views.reminder import Reminders
from app.views.reporting import Reports
from app.views.supervision import Supervision, SupervisionLists
from app.views.verbs import Verbs
from app.views.visit import VisitRecords, Visits

VIEWS: tuple[type[Any], ...] = (
    Bell, Verbs, Files, Papers, Cases, Contacts, Suggestions, Categories, Assignments, Requests, Replies, Reminders,
    Supervision, SupervisionLists, Visits, VisitRecords, Responsibilities, Referrals, Reports, Units, Posts, Calendar,
    CalendarProposals, Rules, Settings, Users, Roles, Bot, Events,
)  # fmt: skip


def register(appbuilder: Any) -> None:
    """Register every view; the address of a page's endpoint is the page's name."""
    for view in VIEWS:
        one = view()
        page = getattr(one, "page", "")
        appbuilder.add_view_no_menu(one, endpoint=page or view.__name__)
