"""The rows of the generated pages for programs: what the page shows, to whom it shows it, found by
the search of the page and by nothing else. [flask-appbuilder: a filter is an oracle]"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest
from flask_jwt_extended import create_access_token
from sqlalchemy import select

from app.database import reading
from app.models import Access
from app.views.pages.rest import Rows
from tests.views.canaries import CALLER, WORDS
from tests.views.panel import Browser, Panel

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


def document(browser: Browser) -> dict[str, Any]:
    """What the interface says of itself to somebody."""
    found: dict[str, Any] = json.loads(browser.get("/api/v1/_openapi").text)
    return found


def lists(browser: Browser) -> dict[str, list[dict[str, Any]]]:
    """address -> its parameters, of every table that somebody may read."""
    paths = document(browser)["paths"]
    return {
        path: told["get"]["parameters"] for path, told in paths.items() if not path.endswith("}")
    }


def told(browser: Browser, address: str) -> dict[str, Any]:
    """What an address answers; it must be an answer."""
    answer = browser.get(address)
    assert answer.status_code == 200, (address, answer.text)
    found: dict[str, Any] = json.loads(answer.text)
    return found


def sought(browser: Browser, address: str, **fields: str) -> str:
    """The address of a search whose words were typed into the form of the list page."""
    page = address.removeprefix("/api/v1")
    browser.get(f"{page}list/")
    answer = browser.post(f"{page}list/", fields)
    assert answer.status_code == 303, answer.text
    return f"{address}?{urlsplit(answer.location).query}"


def test_a_program_reads_what_the_page_shows(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.of("head@HOUSING")
    page = told(browser, "/api/v1/assignments/?size=2&way=asc")
    assert len(page["result"]) == 2 and page["count"] >= 5
    shown = browser.get("/assignments/list/").text
    for row in page["result"]:
        assert row["unit"] in shown and row["number"] in shown
    one = told(browser, f"/api/v1/assignments/{page['ids'][0]}")
    assert one["result"]["number"] == page["result"][0]["number"]


def test_the_filters_of_flask_appbuilder_are_read_by_the_search_of_the_page(
    sqlite_panel: Panel,
) -> None:
    browser = sqlite_panel.of("allocator")
    rison = "(filters:!((col:kind,opr:eq,value:suggestion)),page_size:2,columns:!(number,kind))"
    as_json = json.dumps({"filters": [{"col": "kind", "opr": "eq", "value": "suggestion"}]})
    plain = told(browser, "/api/v1/cases/?q_kind=suggestion")
    assert plain["count"] == 3
    found = told(browser, f"/api/v1/cases/?q={quote(rison)}")
    assert found["count"] == 3 and len(found["result"]) == 2
    assert [*found["result"][0]] == ["id", "kind", "number"]
    assert told(browser, f"/api/v1/cases/?q={quote(as_json)}")["count"] == 3


@pytest.mark.parametrize(
    "query",
    [
        "q_narrative=13800138",
        "q=(filters:!((col:narrative,opr:ct,value:x)))",
        "q=(filters:!((col:narrative,opr:eq,value:x)))",
        "q=(filters:!((col:caller,opr:eq,value:1)))",
        "q=(filters:!((col:caller.phone,opr:eq,value:1)))",
        "q=(filters:!((col:query_code,opr:eq,value:'1')))",
        "q=(order_column:caller_id)",
        "q=(order_column:narrative)",
        "q=(columns:!(query_code))",
        "q=(columns:!(caller.phone))",
        "q=(select_columns:!(caller_id))",
        "q=(keys:!(none))",
        "q=!",
        "q=((((",
        "q=" + "(a:" * 600,
        "q={",
        "q=1&q=2",
        "order=narrative",
        "order=caller_id",
        "order=head_hash",
        "way=up",
        "q_nothing=1",
        "page=100000",
        "page=-1",
        "page=9999999999999999999999",
        "q=(page:9999999999999999999999)",
        "q=(page_size:-1)",
        "size=0",
        "size=101",
        "size=x",
        "asked=x",
        "from_received_at=yesterday",
        "q_kind=nothing",
        "q_unit=99999999999999999999",
        "work=nothing",
    ],
)
def test_what_cannot_be_read_is_said_and_nothing_is_answered(
    sqlite_panel: Panel, query: str
) -> None:
    """Flask-AppBuilder answers wild keys and numbers with 500, and a filter on any column."""
    answer = sqlite_panel.of("allocator").get(f"/api/v1/cases/?{query}")
    assert answer.status_code == 400, (query, answer.status_code)
    assert set(json.loads(answer.text)) == {"message"}


@pytest.mark.parametrize("key", ["0", "-1", "x", "1" * 30, "2147483648", "%00", "1e3", "²"])
def test_a_row_that_is_not_there_and_one_that_is_not_seen_are_the_same_404(
    sqlite_panel: Panel, key: str
) -> None:
    browser = sqlite_panel.of("head@HOUSING")
    own = {row["id"] for row in told(browser, "/api/v1/assignments/?size=100")["result"]}
    every = told(sqlite_panel.of("centre_head"), "/api/v1/assignments/?size=100")["ids"]
    foreign = next(id for id in every if id not in own)
    hidden = browser.get(f"/api/v1/assignments/{foreign}")
    assert hidden.status_code == 404
    missing = browser.get(f"/api/v1/assignments/{key}")
    assert (missing.status_code, missing.text) == (404, hidden.text)


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
@pytest.mark.parametrize("address", ["/api/v1/cases/", "/api/v1/cases/1", "/api/v1/_openapi"])
def test_nothing_is_written_through_it(sqlite_panel: Panel, method: str, address: str) -> None:
    """With the token of the session: a refusal for want of it would hide a way that writes."""
    browser = sqlite_panel.of("centre_head")
    browser.get("/")
    headers = {"X-CSRFToken": browser.token}
    answer = getattr(browser.client, method)(
        address, json={"state": "closed"}, headers=headers, buffered=True
    )
    assert answer.status_code == 405


def test_no_token_is_given_and_none_is_taken(sqlite_panel: Panel) -> None:
    """A session of a browser, and nothing else: neither the login nor the accounts of
    Flask-AppBuilder's own interface are there."""
    nobody = sqlite_panel.browser()
    for address in ("/api/v1/security/login", "/api/v1/security/refresh", "/api/v1/users/"):
        assert nobody.get(address).status_code in (401, 404)
    with sqlite_panel.of("allocator").client.session_transaction() as session:
        account = session["_user_id"]
    with sqlite_panel.app.app_context():
        token = create_access_token(account, fresh=True)
    headers = {"Authorization": f"Bearer {token}"}
    answer = nobody.client.get("/api/v1/cases/", headers=headers, buffered=True)
    assert answer.status_code == 401 and answer.is_json


def test_a_program_whose_session_has_ended_is_told_so_and_led_to_no_page(
    sqlite_panel: Panel,
) -> None:
    browser = sqlite_panel.enter("allocator")
    with browser.client.session_transaction() as session:
        session["sv"] = -1
    answer = browser.get("/api/v1/cases/")
    assert answer.status_code == 401 and answer.is_json
    assert browser.get("/api/v1/cases/").status_code == 401


def test_each_read_stands_in_the_access_log(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.of("officer")
    told(browser, "/api/v1/cases/?q_kind=suggestion&size=2")
    told(browser, sought(browser, "/api/v1/cases/", q_narrative="13912345678"))
    told(browser, "/api/v1/cases/1")
    with reading(sqlite_panel.desk.sessions) as session:
        query = select(Access).where(Access.kind == "read_by_program").order_by(Access.id)
        rows = session.scalars(query).all()
    assert [(row.page, row.rows, row.case_id) for row in rows] == [
        ("Cases", 2, None),
        ("Cases", 0, None),
        ("Cases", 1, 1),
    ]
    assert json.loads(rows[0].filters) == {"q_kind": "suggestion"}
    assert "13912345678" not in rows[1].filters


@pytest.mark.parametrize("word", ROLES)
def test_nobody_reads_a_caller_there_nor_another_units_word(sqlite_panel: Panel, word: str) -> None:
    """All tables, all pages of them: neither a confidential caller nor, for a unit, another unit's
    word."""
    browser, read = sqlite_panel.of(word), 0
    foreign = [canary for unit, canary in WORDS.items() if unit != "HOUSING" and "@" in word]
    for address in lists(browser):
        found = told(browser, f"{address}?size=100")
        text = json.dumps(found, ensure_ascii=False)
        text += "".join(browser.get(f"{address}{id}").text for id in found["ids"][:4])
        assert CALLER not in text, address
        assert not [canary for canary in foreign if canary in text], address
        read += len(found["result"])
    assert read


def _asked(parameters: list[dict[str, Any]]) -> list[str]:
    """A query for every word of every parameter that may be chosen, and for every order."""
    found = []
    for parameter in parameters:
        words = parameter["schema"].get("enum", [])
        found += [f"{parameter['name']}={quote(word)}" for word in words]
    return found


def probes(unit: str, number: str) -> tuple[str, ...]:
    """What somebody types who wants to know whether a caller called: his name, his number, parts
    of both."""
    name = f"{CALLER}{unit}"
    return (name, name[:3], number, number[:7], number[-4:])


@pytest.mark.long
@pytest.mark.parametrize("word", ["staff@HOUSING", "head@HOUSING"])
def test_no_filter_and_no_order_tells_a_unit_of_a_caller_or_of_another_unit(
    sqlite_panel: Panel, word: str
) -> None:
    """Each canary is asked for in every field that is typed, and every choice and order is read:
    what finds nothing counts nothing. (Flask-AppBuilder's `ct 13800138` counts 1, `13900` 0.)"""
    browser, asked = sqlite_panel.of(word), 0
    foreign = [canary for unit, canary in WORDS.items() if unit != "HOUSING"]
    wanted = [*foreign, *probes("HOUSING", "13909121003"), *probes("WATER", "13909120003")]
    for address, parameters in lists(browser).items():
        typed = typed_of(sqlite_panel, address)
        for column in typed:
            for canary in wanted:
                found = told(browser, sought(browser, address, **{f"q_{column}": canary}))
                assert found["count"] == 0, (address, column, canary)
                asked += 1
        for query in _asked(parameters):
            answer = browser.get(f"{address}?{query}&size=100")
            assert answer.status_code == 200, (address, query, answer.text)
            assert not [one for one in (*foreign, CALLER) if one in answer.text], (address, query)
    assert asked > 100


def typed_of(panel: Panel, address: str) -> list[str]:
    """The columns of a table in whose search something is typed."""
    with panel.app.test_request_context():
        rows = next(
            view
            for view in panel.app.extensions["appbuilder"].baseviews
            if isinstance(view, Rows) and f"{view.route_base}/" == address
        )
        return [
            name
            for name in rows.view.search_columns
            if not rows.view.stays(f"q_{name}", "1") and rows.view._kind(name) == "text"
        ]


def test_who_reads_texts_as_typed_finds_them_and_reads_them_covered(sqlite_panel: Panel) -> None:
    """The centre searches for what it may read; what leaves the panel is covered as an export is."""
    browser = sqlite_panel.of("allocator")
    address = sought(browser, "/api/v1/cases/", q_narrative="小区第2号楼")
    assert "asked" in parse_qs(urlsplit(address).query)
    found = told(browser, address)
    assert found["count"] == 3


def test_a_search_of_another_session_is_gone(sqlite_panel: Panel) -> None:
    address = sought(sqlite_panel.of("allocator"), "/api/v1/cases/", q_narrative="路面")
    answer = sqlite_panel.of("centre_head").get(address)
    assert answer.status_code == 400


def test_the_document_names_what_may_be_read_and_nothing_else(sqlite_panel: Panel) -> None:
    paths = document(sqlite_panel.of("log_auditor"))["paths"]
    assert {path.split("/")[3] for path in paths} == {
        "accountchanges",
        "bot",
        "events",
        "accesslog",
    }
    assert {way for operations in paths.values() for way in operations} == {"get"}


def test_the_page_of_documentation_loads_nothing_from_elsewhere(sqlite_panel: Panel) -> None:
    page = sqlite_panel.of("allocator").get("/api/v1/").text
    assert "/api/v1/cases/" in page and "/api/v1/events/" not in page
    assert "//" not in page.replace("<!--", "")


def test_an_error_is_told_to_a_program_as_json(sqlite_panel: Panel) -> None:
    answer = sqlite_panel.of("it_admin").get("/api/v1/cases/")
    assert answer.status_code == 403 and answer.is_json and "message" in json.loads(answer.text)
