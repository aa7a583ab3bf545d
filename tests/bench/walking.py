"""Every page of every role as addresses, and what each of them asks of a PostgreSQL database:
statements, blocks, time.

A block is a page of 8 KB that the server looked at, found in memory or not: it is the same each
time.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote

from flask_appbuilder import BaseView
from sqlalchemy import text

from app.models import Message
from app.roles import PAGES
from app.stages.rights import RIGHTS
from app.views.pages.base import COUNTED_TO, PAGE, DeskView
from app.views.waiting import SIZES
from app.worklists import QUEUES
from tests.bench.filler import NOW
from tests.databases import Desk
from tests.views.panel import Browser, Panel

WHO = {role: role for role in RIGHTS} | {"unit_staff": "staff@WATER", "unit_head": "head@WATER"}
THERE, NOT_THERE, ONE_SIGN = "积水", "绝无此词", "积"
EXPORTED = 1000
SOME = 9
"""So many cases are opened: one of each group of open ones, as they follow each other."""
_STATISTICS = (
    "SELECT coalesce(sum(calls), 0), coalesce(sum(shared_blks_hit + shared_blks_read), 0), "
    "coalesce(sum(total_exec_time), 0), coalesce(max(mean_exec_time), 0) "
    "FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid WHERE d.datname = current_database() "
    "AND toplevel AND query NOT ILIKE '%pg_stat_statements%' "
    "AND query !~* '^(begin|commit|rollback|set|show|savepoint|release)'"
)
_FORGET = (
    "SELECT pg_stat_statements_reset(0, oid, 0) FROM pg_database WHERE datname = current_database()"
)


@dataclass(frozen=True)
class Asked:
    """What a page asked of the database: statements, blocks read, milliseconds in all and of the
    slowest."""

    statements: int
    blocks: int
    ms: float
    slowest: float
    status: int = 200


class Meter:
    """Measures pages of a panel over PostgreSQL."""

    def __init__(self, desk: Desk) -> None:
        self.quiet = desk.engine.execution_options(isolation_level="AUTOCOMMIT")
        with self.quiet.connect() as connection:
            connection.execute(text("CREATE EXTENSION IF NOT EXISTS pg_stat_statements"))

    def page(self, browser: Browser, address: str) -> Asked:
        """What one request for an address asks, of an export its first thousand rows."""
        if "/export.csv" in address:
            return self.asked(lambda: _exported(browser, address))
        return self.asked(lambda: browser.get(address).status_code)

    def asked(self, work: Callable[[], int | None]) -> Asked:
        """What some work asks, which gives an answer's status."""
        with self.quiet.connect() as connection:
            connection.execute(text(_FORGET))
            status = work() or 0
            statements, blocks, ms, slowest = connection.execute(text(_STATISTICS)).one()
        return Asked(int(statements), int(blocks), float(ms), float(slowest), status)


def _exported(browser: Browser, address: str) -> int:
    answer = browser.client.get(address, buffered=False)
    lines = 0
    for part in answer.iter_encoded():
        lines += part.count(b"\n")
        if lines > EXPORTED:
            break
    answer.close()
    return answer.status_code


def addresses(panel: Panel, role: str, browser: Browser) -> Iterator[str]:
    """Every address of a role: the first page, its lists of work, its generated lists - first,
    deep, narrowed, in each order that is offered, searched -, some cases, an export."""
    yield "/"
    yield "/notices/"
    for key, queue in QUEUES.items():
        if (
            role not in queue.roles or queue.model is Message
        ):  # The walk of the inbox finds its lists.
            continue
        if queue.page:
            yield f"/{queue.page.lower()}/list/?work={key}"
        else:
            yield f"/work/{key}"
            yield f"/work/{key}?page={COUNTED_TO // SIZES[0] - 1}"
    for page, roles in PAGES.items():
        if role in roles:
            yield from _of_page(panel, page, browser)
    if role in PAGES["Cases"]:
        yield from _cases(browser)


def _cases(browser: Browser) -> Iterator[str]:
    found = re.findall(r'href="(/cases/\d+)"', browser.get("/cases/list/").text)
    assert found, "nobody's list of cases is empty"
    yield from dict.fromkeys(found[:SOME])


def view_of(panel: Panel, page: str) -> BaseView:
    """The page of a name."""
    return next(
        one
        for one in panel.app.extensions["appbuilder"].baseviews
        if getattr(one, "page", "") == page
    )


def _of_page(panel: Panel, page: str, browser: Browser) -> Iterator[str]:
    view, base = view_of(panel, page), f"/{page.lower()}/list/"
    yield base
    if not isinstance(view, DeskView):
        tabs = re.findall(rf'href="({base}\?work=\w+)"', browser.get(base).text)
        yield from dict.fromkeys(tabs)
        return
    yield f"{base}?size=100"
    yield f"{base}?page={COUNTED_TO // PAGE - 1}"
    shown = browser.get(base).text
    for name in view.order_columns:
        if f"order={name}&" in shown.replace("&amp;", "&"):
            yield from (f"{base}?order={name}&way={way}" for way in ("asc", "desc"))
    for name in view.search_columns:
        yield from (f"{base}?{asked}" for asked in _asked(view, name, shown))
    yield f"/{page.lower()}/export.csv"


def _asked(view: DeskView, name: str, shown: str) -> Iterator[str]:
    kind, known = view._kind(name), view.operators(name)
    if "empty" in known:
        yield f"op_{name}=empty"
    if kind == "text":
        yield from (f"q_{name}={quote(word)}" for word in (THERE, NOT_THERE, ONE_SIGN))
        words = (f"op_{name}={how}&q_{name}={quote(THERE)}" for how in known[1:] if how != "empty")
        yield from words
    elif kind == "bool":
        yield from (f"q_{name}={value}" for value in "yn")
    elif kind == "number":
        yield f"q_{name}=1"
        yield f"op_{name}=between&from_{name}=1&to_{name}=2"
    elif kind in ("date", "moment", "clock"):
        day = NOW.date() - timedelta(days=2)
        yield f"from_{name}={day}&to_{name}={day}"
        yield f"from_{name}={day}"
    elif kind == "relation" and name == "case":
        yield f"q_case=C{10**12 + 100}"
    else:
        found = re.search(rf'<select[^>]*name="q_{name}".*?</select>', shown, re.DOTALL)
        values = re.findall(r'value="([^"]+)"', found[0]) if found else []
        # Of units the first, which holds most: of what fits few rows all are read, and these grow
        # with the others.
        chosen = values[:1] if "unit" in name else dict.fromkeys((*values[:1], *values[-1:]))
        yield from (f"q_{name}={quote(value)}" for value in chosen)
