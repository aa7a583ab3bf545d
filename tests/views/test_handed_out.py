"""Whatever the panel hands out as a file is in the access log: every route is asked for every row,
and where a file comes back, a row of the log came with it."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from tests.views.crawl import asked, ids, rules_of
from tests.views.panel import Panel
from tests.views.test_access import rows

PEOPLE = ("supervision_head", "centre_head", "log_auditor", "leader", "head@WATER")
HANDED_OUT = {
    "Files.open",
    "Letters.letter",
    "Papers.of",
    "Referrals.dossier",
    "Referrals.paper",
    "SupervisionLists.pdf",
    "SupervisionLists.sheet",
}
"""The routes of which a file is given out to somebody of these, beside the exports of pages."""


def _is_file(answer: TestResponse) -> bool:
    return answer.status_code == 200 and (
        "attachment" in answer.headers.get("Content-Disposition", "")
        or answer.mimetype.startswith(("application/pdf", "application/zip", "application/vnd"))
    )


@pytest.mark.long
def test_every_file_that_is_handed_out_leaves_a_row_in_the_access_log(sqlite_panel: Panel) -> None:
    """Seen failing with the lists of the supervision room, as a sheet and as a PDF."""
    panel, known, found = sqlite_panel, ids(sqlite_panel.desk), set()
    for who in PEOPLE:
        browser = panel.of(who)
        for rule in rules_of(panel):
            if "GET" not in (rule.methods or ()) or rule.endpoint.startswith("Verbs."):
                continue
            # An export is one page whatever is asked of it, and the ids of the others are few.
            few = known[:9] if rule.arguments else []
            before = len(rows(panel.desk))
            for address, _, answer in asked(panel, browser, rule, few):
                if not _is_file(answer):
                    before = len(rows(panel.desk))
                    continue
                answer.close()
                after = len(rows(panel.desk))
                assert after > before, f"{who} {address}"
                found.add(rule.endpoint)
                before = after
    exports = {endpoint for endpoint in found if endpoint.endswith((".export", ".export_sheet"))}
    assert found - exports == HANDED_OUT and len(exports) > 20


@pytest.mark.parametrize("kind", ["xlsx", "pdf"])
def test_a_list_of_the_room_that_is_taken_along_is_in_the_access_log(
    sqlite_panel: Panel, kind: str
) -> None:
    sqlite_panel.of("supervision_head")
    before = rows(sqlite_panel.desk, kind="paper_opened")
    answer = sqlite_panel.of("supervision_head").get(f"/supervisionlists/1/list.{kind}")
    assert answer.status_code == 200
    [row] = rows(sqlite_panel.desk, kind="paper_opened")[len(before) :]
    assert row.page == "SupervisionLists" and '"number"' in row.filters
