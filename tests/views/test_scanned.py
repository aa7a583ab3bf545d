"""The office's scanner, met on a form; and how its absence is told."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from app.views.actor import Desk
from jobs.health import findings
from tests.papers.samples import PDF
from tests.papers.test_scanner import EICAR, script
from tests.people import fingerprint
from tests.views.canaries import cases_of
from tests.views.panel import Panel, refused


@pytest.fixture
def scanning(sqlite_panel: Panel, tmp_path: Path) -> Iterator[Panel]:
    """A panel whose office has a scanner."""
    desk: Desk = sqlite_panel.app.extensions["desk"]
    changed = dataclasses.replace(desk.settings, scanner=script(tmp_path))
    sqlite_panel.app.extensions["desk"] = dataclasses.replace(desk, settings=changed)
    yield sqlite_panel
    sqlite_panel.app.extensions["desk"] = desk


def _send(panel: Panel, content: bytes, who: str = "operator") -> object:
    case = cases_of(panel.desk, "HOUSING")[1]
    return panel.of(who).post(
        f"/do/attach/{case}", {"kind": "other", "upload": (BytesIO(content), "a.txt")}
    )


def test_a_file_in_which_the_scanner_finds_something_is_refused_on_the_form(
    scanning: Panel,
) -> None:
    for who in ("operator", "staff@HOUSING"):
        scanning.of(who)
        before = fingerprint(scanning.desk)
        answer = _send(scanning, EICAR, who)
        assert refused(answer) == "file_infected"
        assert "Eicar-Signature" in answer.text  # type: ignore[attr-defined]
        assert fingerprint(scanning.desk) == before
    assert _send(scanning, PDF).status_code == 302  # type: ignore[attr-defined]


def test_a_scan_of_a_leaders_words_is_scanned_too(scanning: Panel) -> None:
    """As every file that comes with a form."""
    case = cases_of(scanning.desk, "HOUSING")[0]
    leader = {
        "leader.level": "county",
        "leader.name": "县长",
        "leader.text": "请速办并报",
        "leader.document": "1号",
    }
    answer = scanning.of("centre_head").post(
        f"/do/instruct/{case}", {**leader, "leader.scan": (BytesIO(EICAR), "a.txt")}
    )
    assert refused(answer) == "file_infected"
    assert "请速办并报" in answer.text


def test_a_scanner_that_cannot_be_run_is_told_by_the_check_the_bots_page_and_the_probe(
    scanning: Panel,
) -> None:
    desk: Desk = scanning.app.extensions["desk"]
    for command, told in (("/nowhere/scan --x", True), (desk.settings.scanner, False)):
        changed = dataclasses.replace(desk.settings, scanner=command)
        scanning.app.extensions["desk"] = dataclasses.replace(desk, settings=changed)
        assert ("scanner_missing" in [one.code for one in findings(changed, scanning.now)]) is told
        assert ("/nowhere/scan" in scanning.of("it_admin").get("/bot/list/").text) is told
        assert ("scanner_missing" in scanning.browser().get("/readyz").text) is told
        assert (refused(_send(scanning, PDF)) == "file_unscanned") if told else True  # type: ignore[arg-type]
