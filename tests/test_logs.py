"""What the processes say of their work: lines that a machine reads, about ids and counts, with
nobody's words."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import text
from structlog.contextvars import clear_contextvars

from app.logs import logger, write_lines
from tests.commands import ROOT
from tests.views.canaries import CALLER, WORDS
from tests.views.panel import Panel

WORD = "QZnobodysZQ"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What this process writes to standard error, as a server's would; the test's own logging is
    put back."""
    root = logging.getLogger()
    before = (root.handlers[:], root.level)
    clear_contextvars()
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    write_lines("web", "DEBUG", plain=False)
    yield written
    clear_contextvars()
    root.handlers[:], level = before
    root.setLevel(level)


def _told(written: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in written.getvalue().splitlines()]


def test_a_line_is_json_with_time_level_process_and_what_happened(lines: io.StringIO) -> None:
    logger("duban.pass").info("pass", wake="sweep", cases=3)
    logging.getLogger("duban").warning("%s of %s", 1, 2)
    ours, plain = _told(lines)
    assert ours.keys() == {"event", "wake", "cases", "logger", "level", "process", "time"}
    assert (ours["event"], ours["level"], ours["process"]) == ("pass", "info", "web")
    assert ours["time"].endswith("+08:00")
    assert (plain["event"], plain["level"]) == ("1 of 2", "warning")


def test_an_error_is_told_by_its_kind_and_where_it_was_without_what_it_says(
    lines: io.StringIO,
) -> None:
    """What a program says of a value that it cannot use is that value. Seen failing with the
    message in the line."""
    for ask in (logging.getLogger("duban").exception, logger("duban").exception):
        try:
            int(WORD)
        except ValueError:
            ask("it failed")
    for told in _told(lines):
        assert (told["event"], told["error"]) == ("it failed", "ValueError")
        assert "test_logs.py" in told["at"][-1]
    assert WORD not in lines.getvalue()


def test_an_error_of_the_machine_says_what_it_is(lines: io.StringIO) -> None:
    try:
        raise OSError(28, "No space left on device")
    except OSError:
        logging.getLogger("duban").exception("it failed")
    assert _told(lines)[0]["said"] == "[Errno 28] No space left on device"


def test_a_request_is_told_by_its_page_its_account_and_its_seconds(
    lines: io.StringIO, sqlite_panel: Panel
) -> None:
    browser = sqlite_panel.of("operator")
    answer = browser.get(
        "/cases/list/?q_number=" + WORD, headers={"X-Request-Id": "from-the-proxy-1"}
    )
    told = _told(lines)[-1]
    assert (told["event"], told["endpoint"], told["code"]) == (
        "request",
        "Cases.list",
        answer.status_code,
    )
    assert told["account"] > 0 and told["seconds"] >= 0
    assert told["request"] == answer.headers["X-Request-Id"] == "from-the-proxy-1"
    assert WORD not in lines.getvalue()


@pytest.mark.parametrize(
    "named", ["short", "with blank inside", 'quote"quote"', "x" * 65, "工单工单工单工单"]
)
def test_a_request_is_named_by_the_panel_where_nobody_fit_to_has_named_it(
    sqlite_panel: Panel, named: str
) -> None:
    """A name that is none, or comes from elsewhere than the web server before the panel."""
    header = {"X-Request-Id": named.encode().decode("latin-1")}
    assert sqlite_panel.browser().get("/login/", headers=header).headers["X-Request-Id"] != named
    stranger = sqlite_panel.browser("10.9.9.9").get(
        "/login/", headers={"X-Request-Id": "from-a-stranger"}
    )
    assert stranger.headers["X-Request-Id"] != "from-a-stranger"


def test_no_line_holds_a_word_of_a_caller_a_case_or_a_password(
    lines: io.StringIO, panel: Panel
) -> None:
    """Through every kind of answer: done, refused, not found, not to be read, broken. Seen failing
    with the address in the line of a request."""
    browser = panel.of("operator")
    fields = {
        "kind": "help",
        "channel": "phone",
        "urgency": "normal",
        "narrative": f"{WORD}门前路灯不亮已有三天，请尽快修复。",
        "caller.name": CALLER,
        "caller.phone": "13700001111",
        "place": WORDS["WATER"],
    }
    assert browser.post("/do/register", fields).status_code in (200, 302)
    assert browser.post("/do/register", {**fields, "kind": WORD}).status_code == 422
    assert browser.get(f"/cases/list/?q_number={WORD}&{WORD}=13700001111").status_code == 200
    assert browser.get(f"/cases/show/{WORD}").status_code == 404
    assert browser.get(f"/{WORD}").status_code == 404
    assert panel.browser().login(WORD, WORD).status_code == 401
    _break(panel)
    assert (
        browser.post("/do/register", {**fields, "caller.phone": "13700002222"}).status_code == 500
    )
    said = lines.getvalue()
    assert {told["code"] for told in _told(lines) if told["event"] == "request"} >= {
        422,
        404,
        401,
        500,
    }
    assert any("error" in told for told in _told(lines)), "the broken one is told"
    for word in (WORD, CALLER, WORDS["WATER"], "13700001111", "13700002222", "pass phrase"):
        assert word not in said, word


def _break(panel: Panel) -> None:
    """A database that fails in the middle of a registration."""
    with panel.desk.engine.begin() as connection:
        connection.execute(text("ALTER TABLE contact RENAME TO contact_gone"))


def test_a_terminal_is_written_to_for_eyes() -> None:
    """And everything else for machines."""
    code = "from app.logs import write_lines, logger; write_lines('web', plain={}); logger('x').info('done', n=1)"
    for plain, holds in ((True, "n=1"), (None, '"n": 1')):
        done = subprocess.run(
            [sys.executable, "-c", code.format(plain)],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=True,
        )
        assert holds in done.stderr
