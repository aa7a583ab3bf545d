"""What a person does is reached from the first page by links and by nothing else."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import pytest
from werkzeug.exceptions import HTTPException

from app.stages.rights import RIGHTS
from app.views.forms.view import WITHOUT_FORM
from tests.bench.walking import WHO
from tests.databases import sqlite_copy
from tests.ledger.rich import LAST, played
from tests.views.panel import Panel, panel_over

pytestmark = pytest.mark.long
_LINK = re.compile(r'(?:href|hx-get)="(/[^"]*)"')
LIKE = 20
"""So many pages of a rule are opened."""
NOT_FOLLOWED = ("/lang/", "/theme/", "/assets/", "/static/", "/kits/", "/bootstrap/", "/papers/")
APART = {"open_paper", "edit_role", "reset_second_factor"}
"""What the paper itself does when it is opened; and what is about a role of the office's own or a
second factor, which nobody has in this office."""


@pytest.fixture(scope="module")
def panel(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Panel]:
    """The panel over the office in which everything happened."""
    folder = tmp_path_factory.mktemp("reached")
    with sqlite_copy(sqlite_template, folder / "desk.db") as desk:
        played(desk, folder / "data")
        with panel_over(desk, folder / "data", LAST) as made:
            yield made


def forms_reached(panel: Panel, role: str) -> set[str]:
    """The verbs whose forms links lead to from the first page of a role. Raises AssertionError where
    a link leads nowhere."""
    browser = panel.of(WHO[role])
    rules = panel.app.url_map.bind("localhost")
    waiting, seen, opened, found = deque(["/"]), {"/"}, Counter[str](), set[str]()
    while waiting:
        address = waiting.popleft()
        answer = browser.get(address)
        page = answer.text if answer.mimetype == "text/html" else ""
        links = [answer.location] if answer.location else _LINK.findall(page)
        for link in map(unescape, links):
            path = link.partition("#")[0]
            if path in seen or path.startswith(NOT_FOLLOWED):
                continue
            seen.add(path)
            try:
                endpoint, _ = rules.match(path.partition("?")[0], method="GET")
            except HTTPException:
                raise AssertionError(f"{address} leads to {path}, which is nowhere") from None
            if endpoint.startswith("Verbs."):
                found.add(endpoint.removeprefix("Verbs."))
            elif opened[endpoint] < LIKE:
                opened[endpoint] += 1
                waiting.append(path)
    return found


@pytest.mark.parametrize("role", WHO)
def test_the_form_of_every_verb_of_a_role_is_reached_by_links_from_its_first_page(
    panel: Panel, role: str
) -> None:
    """In an office where every table has a row."""
    missing = {*RIGHTS[role]} - {*WITHOUT_FORM} - APART - forms_reached(panel, role)
    assert missing == set()
