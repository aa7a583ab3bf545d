"""What is typed to search for stands in no address, no log and no history: the form is sent, and
the address that answers it holds the words sealed. Paging, order, export and the way back go on
from there. [trust, The caller]"""

from __future__ import annotations

import logging
import re
import threading
from html import unescape
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
import requests
from werkzeug.serving import make_server
from werkzeug.test import TestResponse

from app.views.pages.base import DeskView
from app.views.register import VIEWS
from tests.servers import free_port
from tests.views.canaries import CALLER
from tests.views.panel import PASSWORD, Browser, Panel

NUMBER, NAME = "13987654321", "欧阳不可见"
ROLES = (
    "operator",
    "allocator",
    "centre_head",
    "examiner",
    "visitor",
    "staff@HOUSING",
    "head@HOUSING",
    "officer",
    "supervision_head",
    "leader",
    "committee",
    "it_admin",
    "log_auditor",
)
PAGES = sorted(f"/{view.page.lower()}/list/" for view in VIEWS if issubclass(view, DeskView))
_TYPED = re.compile(r'<input [^>]*type="text" name="(q_\w+)"')
_ADDRESS = re.compile(r'(?:href|action|formaction|src)="([^"]*)"')


def search(browser: Browser, page: str, **fields: str) -> TestResponse:
    """The page that answers a search, as a browser is led to it."""
    browser.get(page)
    answer = browser.post(page, fields)
    assert answer.status_code == 303, answer.text
    return browser.get(answer.location)


def addresses(answer: TestResponse) -> list[str]:
    """Every address that stands on a page."""
    return [unquote(unescape(one)) for one in _ADDRESS.findall(answer.text)]


@pytest.mark.parametrize("word", ROLES)
def test_what_is_typed_into_any_search_of_any_role_stands_in_no_address(
    sqlite_panel: Panel, word: str
) -> None:
    """Typed into every field of every page's form: not where it leads, nor in a link or a form of the page it leads to
    - nor further on, in another order, on the next page. The form itself shows it."""
    browser, seen, typed = sqlite_panel.of(word), 0, f"{NAME}{NUMBER}"
    for page in PAGES:
        form = browser.get(page)
        fields = _TYPED.findall(form.text) if form.status_code == 200 else []
        if not fields:
            continue
        assert 'class="search filters" method="post"' in form.text, page
        answer = browser.post(page, dict.fromkeys(fields, typed))
        assert answer.status_code == 303
        led = answer.location
        for _ in range(2):
            assert not _told(led), (page, led)
            shown = browser.get(led)
            assert shown.status_code == 200 and f'value="{typed}"' in shown.text, page
            assert not [one for one in addresses(shown) if _told(one)], page
            led = next((one for one in addresses(shown) if "order=" in one), led)
        seen += 1
    assert seen or word in ("leader", "committee")


def _told(address: str) -> bool:
    return NUMBER in unquote(address) or NAME in unquote(address)


def test_what_is_typed_stands_in_no_line_of_the_servers_log(
    sqlite_panel: Panel, caplog: pytest.LogCaptureFixture
) -> None:
    """A real server over a real socket, its access log read: of the search, of what it leads to, of
    the next order."""
    caplog.set_level(logging.DEBUG)
    sqlite_panel.account("operator")
    port = free_port()
    server = make_server("127.0.0.1", port, sqlite_panel.app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with requests.Session() as person:
            here = f"http://127.0.0.1:{port}"

            def token(text: str) -> str:
                return re.search(r'name="csrf_token"[^>]*value="([^"]+)"', text)[1]  # type: ignore[index]

            form = person.get(f"{here}/login/").text
            person.post(
                f"{here}/login/",
                {"csrf_token": token(form), "username": "operator", "password": PASSWORD},
            )
            form = person.get(f"{here}/cases/list/").text
            sent = {
                "csrf_token": token(form),
                "q_narrative": NUMBER,
                "q_place": NAME,
                "q_kind": "help",
            }
            shown = person.post(f"{here}/cases/list/", sent)
            assert shown.status_code == 200 and NUMBER in shown.text
            ordered = next(unescape(one) for one in _ADDRESS.findall(shown.text) if "order=" in one)
            assert NUMBER in person.get(here + ordered, headers={"Referer": shown.url}).text
            assert [step.status_code for step in shown.history] == [303]
    finally:
        server.shutdown()
        thread.join(10)
        server.server_close()
    lines = [unquote(record.getMessage()) for record in caplog.records]
    assert sum("/cases/list/" in line for line in lines) >= 4
    assert not [line for line in lines if NUMBER in line or NAME in line]
    assert any("q_kind=help" in line for line in lines)


def test_a_search_is_turned_ordered_exported_and_gone_back_to(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.of("head@HOUSING")
    found = search(browser, "/cases/list/", q_narrative="第２号楼", size="1")
    all_ = browser.get("/cases/list/").text
    assert re.search(r"共 (\d+) 条", found.text)[1] != re.search(r"共 (\d+) 条", all_)[1]  # type: ignore[index]
    links = addresses(found)
    ordered = browser.get(next(one for one in links if "order=" in one))
    assert re.search(r"共 (\d+) 条", ordered.text)[1] == re.search(r"共 (\d+) 条", found.text)[1]  # type: ignore[index]
    exported = browser.get(next(one for one in links if "export.csv" in one)).text
    assert "号楼" in exported and len(exported) < len(browser.get("/cases/export.csv").text)
    again = browser.get(found.request.path + "?" + found.request.query_string.decode())
    assert re.findall(r"<td>.*?</td>", again.text) == re.findall(r"<td>.*?</td>", found.text)


def test_what_is_chosen_stays_in_the_address_and_what_is_typed_does_not(
    sqlite_panel: Panel,
) -> None:
    browser = sqlite_panel.of("operator")
    browser.get("/cases/list/")
    sent = {
        "q_kind": "help",
        "from_registered_at": "2025-06-01",
        "q_wants_reply": "y",
        "q_narrative": "路灯",
    }
    sent |= {"q_place": ""}
    told = parse_qs(urlsplit(browser.post("/cases/list/", sent).location).query)
    assert {name: told[name] for name in told if name != "asked"} == {
        "q_kind": ["help"],
        "from_registered_at": ["2025-06-01"],
        "q_wants_reply": ["y"],
    }
    only = {"q_kind": "help"}
    assert browser.post("/cases/list/", only).location == "/cases/list/?q_kind=help"
    for typed in (
        {"q_kind": NUMBER},
        {"from_registered_at": NUMBER},
        {"work": NUMBER},
        {NUMBER: NUMBER},
        {"order": NUMBER},
        {"page": NUMBER},
        {"q_repeats": NUMBER},
        {"q_category": NUMBER},
    ):
        answer = browser.post("/cases/list/", typed)
        assert NUMBER not in unquote(answer.location), typed
        assert not [one for one in addresses(browser.get(answer.location)) if NUMBER in one], typed


def test_an_address_with_words_of_before_is_answered_and_no_link_repeats_them(
    sqlite_panel: Panel,
) -> None:
    """A bookmark of an older Duban: it still finds, and nothing on its page carries the words
    further."""
    browser = sqlite_panel.of("operator")
    answer = browser.get(f"/cases/list/?q_narrative={NUMBER}&q_kind=help")
    assert answer.status_code == 200 and f'value="{NUMBER}"' in answer.text
    assert not [one for one in addresses(answer) if NUMBER in one]


def test_what_is_sealed_opens_in_its_own_session_and_on_its_own_page_only(
    sqlite_panel: Panel,
) -> None:
    """Elsewhere the page says that it is gone, and shows no more than without it."""
    first = sqlite_panel.enter("operator")
    first.get("/cases/list/")
    led = first.post("/cases/list/", {"q_narrative": NUMBER}).location
    token = parse_qs(urlsplit(led).query)["asked"][0]
    other = sqlite_panel.enter("allocator")
    for browser, address in (
        (other, led),
        (first, f"/contacts/list/?asked={token}"),
        (first, f"/cases/list/?asked={token[:-3]}AAA"),
        (first, "/cases/list/?asked=x"),
        (first, "/cases/list/?asked=%E2%98%83"),
        (first, f"/cases/list/?asked={token}%00"),
    ):
        answer = browser.get(address)
        assert answer.status_code == 200 and NUMBER not in answer.text, address
        assert "已失效" in answer.text, address
    sent = other.get(led.replace("/list/", "/export.csv"))
    assert sent.status_code == 302 and "export" not in sent.location
    with sqlite_panel.browser() as nobody:
        back = nobody.get(led)
        assert back.status_code == 302 and token not in back.location


def test_a_search_that_is_too_long_says_what_it_leaves_out_and_its_address_stays_short(
    sqlite_panel: Panel,
) -> None:
    browser = sqlite_panel.of("operator")
    browser.get("/cases/list/")
    sent = {
        "q_narrative": "长" * 200,
        "q_demand": "字" * 200,
        "q_place": "句" * 200,
        "q_number": "段" * 200,
    }
    sent |= {f"q_{n}": "x" * 500 for n in range(200)}
    answer = browser.post("/cases/list/", sent)
    assert len(answer.location) < 4000
    assert "未按它查询" in browser.get(answer.location).text


def test_the_log_of_access_says_of_a_search_that_it_was_one_and_not_for_whom(
    sqlite_panel: Panel,
) -> None:
    browser = sqlite_panel.of("centre_head")
    found = search(browser, "/cases/list/", q_narrative=CALLER, q_kind="help")
    browser.get(next(one for one in addresses(found) if "export.csv" in one))
    told = sqlite_panel.of("log_auditor").get("/accesslog/list/?q_kind=exported").text
    assert "q_narrative" in told and CALLER not in told
