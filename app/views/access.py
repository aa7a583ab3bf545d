"""The access log 查阅日志, as the log auditor reads it."""

from __future__ import annotations

import json
from typing import Any

from app import words
from app.models import Access
from app.views.actor import language
from app.views.pages.base import DeskView
from app.views.pages.row_query import DeskInterface


class AccessLog(DeskView):
    """Who came and looked: by account, case, address and kind."""

    datamodel = DeskInterface(Access)
    page = "AccessLog"
    exact = ("address",)

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
