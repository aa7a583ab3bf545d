"""Keeping a view of a list, for oneself or shared with one's role or unit, and dropping one's own.
What was typed is kept in none: it may be a caller's number or name."""

from __future__ import annotations

from typing import Any

from flask import abort, current_app, flash, g, redirect, request, url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access, permission_name

from app import words
from app.ledger import View, drop_view, keep_view
from app.models.kept_view import LONGEST_NAME
from app.rules.covering import NOBODY, covered
from app.views.actor import actor, language, now, written
from app.views.pages.base import DeskView
from app.views.pages.viewed import NOT_KEPT

MOST = 12
"""So many views of a page are kept by one person."""
OWN = ("csrf_token", "of", "name", "with", "shown")
"""The fields of the form that are no part of what the list is asked."""


class KeptViews(BaseView):
    """The views that people keep."""

    route_base = "/views"
    class_permission_name = "Bell"
    base_permissions = ["can_list"]

    @expose("/keep", methods=["POST"])
    @has_access
    @permission_name("list")
    def keep(self) -> Any:
        """Keep what the list was narrowed to, under a name; one of the same name is written over."""
        view = _page_of(request.form.get("of", ""))
        name = request.form.get("name", "").strip()
        asked = [pair for pair in request.form.items(multi=True) if pair[0] not in OWN and pair[1]]
        here = url_for(f"{view.endpoint}.list")
        why = _hindered(view, name, asked)
        if why:
            flash(words.told(why, language()), "danger")
            return redirect(here, 303)
        chosen = request.form.getlist("shown")
        shown = [column for column in view.choosable() if column in chosen]
        kept = View(view.page, name, asked, shown, *_shared(request.form.get("with", "")))
        who, at = actor(), now()
        written(lambda session: keep_view(session, at, who.id or 0, kept))
        g.pop("desk_kept_views", None)
        flash(words.word("list.view_kept", language(), name=name), "success")
        mine = (one for one in view.kept_views() if one.name == name and one.person_id == who.id)
        found = next(mine, None)
        return redirect(view.kept_href(found) if found else here, 303)

    @expose("/<int:id>/drop", methods=["POST"])
    @has_access
    @permission_name("list")
    def drop(self, id: int) -> Any:
        """Keep a view of one's own no longer."""
        view, who = _page_of(request.form.get("of", "")), actor()
        written(lambda session: drop_view(session, who.id or 0, id))
        return redirect(url_for(f"{view.endpoint}.list"), 303)


def _page_of(name: str) -> DeskView:
    """The page whose view it is; 404 for what is none, or not this person's."""
    views = current_app.extensions["appbuilder"].baseviews
    pages = (view for view in views if isinstance(view, DeskView) and view.page == name)
    found = next(pages, None)
    if found is None or name not in actor().pages:
        abort(404)
    return found


def _hindered(view: DeskView, name: str, asked: list[tuple[str, str]]) -> words.Message | None:
    """Why a view cannot be kept; None where it can."""
    if not 0 < len(name) <= LONGEST_NAME or "\0" in name:
        return words.Message("list.view_name", {"n": LONGEST_NAME})
    if covered(name, NOBODY) != name:
        return words.Message("list.view_names_caller")
    if any(part in NOT_KEPT or not view.stays(part, value) for part, value in asked):
        return words.Message("list.view_typed")
    own = [one.name for one in view.kept_views() if one.person_id == actor().id]
    full = len(own) >= MOST and name not in own
    return words.Message("list.view_many", {"most": MOST}) if full else None


def _shared(with_: str) -> tuple[str | None, int | None]:
    """(role, unit) with whom a view is shared: one of the person's own, or none."""
    who = actor()
    if with_ == "unit":
        return None, who.unit_id
    return (with_ if with_ in who.roles else None), None
