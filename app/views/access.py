"""The access log 查阅日志, as the log auditor reads it."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import select

from app import words
from app.models import Access, Case
from app.views.actor import language, reader
from app.views.pages.base import DeskView
from app.views.pages.filters import OfRow
from app.views.pages.row_query import DeskInterface


class AccessLog(DeskView):
    """Who came and looked: by account, case, address and kind."""

    datamodel = DeskInterface(Access)
    page = "AccessLog"
    exact, persons = ("address",), ("account",)
    lined = False
    filters = ("kind", "account", "at", "page", "case")
    empty = "list.empty_looks"

    def _equal(self, name: str, kind: str, operator: str, value: str) -> tuple[Any, Any]:
        """Of a case the number is enough: the log holds it, though its reader sees no case."""
        if name == "case":
            known = select(Case.id).where(Case.number == value).execution_options(unscoped=True)
            return OfRow, reader().scalar(known) or 0
        return super()._equal(name, kind, operator, value)

    def value(self, item: Any, name: str) -> str:
        """A case by its number alone, a page by its name, and what somebody was shown a caller
        for."""
        if name == "filters" and item.kind == "revealed" and item.filters:
            return words.value(
                "purpose", str(json.loads(item.filters).get("purpose", "")), language()
            )
        if name == "page" and item.page:
            return words.page(item.page, language())
        return super().value(item, name)
