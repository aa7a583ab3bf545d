"""The data interface 数据接口: the document that describes it for programs and the page that
describes it for people, each of what the person who asks may read."""

from __future__ import annotations

from typing import Any

from flask import Response
from flask_appbuilder import BaseView
from flask_appbuilder import expose as expose_page
from flask_appbuilder.api import expose
from flask_appbuilder.api.manager import OpenApi
from flask_appbuilder.security.decorators import has_access

from app import words
from app.views.actor import actor, language
from app.views.pages.openapi import parameters
from app.views.pages.rest import Rows


def readable(appbuilder: Any) -> list[Rows]:
    """The tables whose pages the person of this request may open, in the order of the pages."""
    return [
        view
        for view in appbuilder.baseviews
        if isinstance(view, Rows) and view.class_permission_name in actor().pages
    ]


class Document(OpenApi):
    """The OpenAPI document."""

    route_base = "/api/v1"
    class_permission_name = "Home"
    base_permissions = ["can_get"]
    csrf_exempt = False

    @expose("/_openapi")
    @has_access
    def get(self) -> Response:
        """What may be read, described for programs."""
        spec = self._create_api_spec("v1")
        for rows in readable(self.appbuilder):
            rows.add_api_spec(spec)
        answer: Response = self.response(200, **spec.to_dict())
        return answer


class Documentation(BaseView):
    """The page of documentation: it loads nothing from elsewhere."""

    route_base = "/api/v1"
    class_permission_name = "Home"
    base_permissions = ["can_page"]
    default_view = "page"

    @expose_page("/")
    @has_access
    def page(self) -> Any:
        """What may be read, described for people."""
        return self.render_template(
            "desk/interface.html",
            title=words.word("rest.title", language()),
            tables=[_told(rows) for rows in readable(self.appbuilder)],
        )


def _told(rows: Rows) -> dict[str, Any]:
    view = rows.view
    labels = view.labels()
    return {
        "title": view.title_here(),
        "address": f"{rows.route_base}/",
        "columns": [(name, labels[name]) for name in view.show_columns],
        "parameters": [parameter["name"] for parameter in parameters(view)],
        "order": view.offered(),
    }
