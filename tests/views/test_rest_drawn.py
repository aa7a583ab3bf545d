"""What the data interface says of itself, asked for as drawn from it: whatever the parameters say,
the answer is one that its document names, and never an error of the desk's own."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import jsonschema
import pytest
import schemathesis
from hypothesis import given, settings, strategies

from tests.views.panel import Browser, Panel
from tests.views.test_rest import document

WHO = ("allocator", "head@HOUSING")


def drawn(browser: Browser) -> tuple[Any, dict[str, Any]]:
    """Requests drawn from the document, good and bad ones, and the document."""
    told = document(browser)
    schema = schemathesis.openapi.from_dict(told)
    operations = [found.ok() for found in schema.get_all_operations()]
    modes = list(schemathesis.GenerationMode)
    every = [
        operation.as_strategy(generation_mode=mode) for operation in operations for mode in modes
    ]
    return strategies.one_of(every), told


def asking(browser: Browser, examples: int) -> Callable[[], None]:
    """What asks for so many examples and holds each answer to the document."""
    requests, told = drawn(browser)

    @settings(max_examples=examples)
    @given(requests)
    def ask(case: Any) -> None:
        sent = case.as_transport_kwargs(base_url="http://localhost")
        answer = browser.client.open(
            sent["url"], method=sent["method"], query_string=sent.get("params"), buffered=True
        )
        assert answer.status_code < 500, (sent["method"], sent["url"], sent.get("params"))
        if answer.status_code == 200 and sent["method"] == "GET" and answer.is_json:
            known = told["paths"][case.path]["get"]["responses"]["200"]
            schema = known["content"]["application/json"]["schema"]
            jsonschema.validate(json.loads(answer.text), schema)

    return ask


@pytest.mark.parametrize("word", WHO)
def test_fifty_drawn_requests_get_an_answer_of_the_document(sqlite_panel: Panel, word: str) -> None:
    asking(sqlite_panel.of(word), 50)()


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("word", WHO)
def test_a_thousand_drawn_requests_get_an_answer_of_the_document(panel: Panel, word: str) -> None:
    """The same on either database."""
    asking(panel.of(word), 1_000)()
