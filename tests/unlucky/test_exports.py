"""Exports take a processor for as long as they run: one for each person, few at once, the others
are told so."""

from __future__ import annotations

import html
import resource
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import pytest
from werkzeug.test import TestResponse

from app.views.pages.export_places import PLACES
from tests.views.panel import Browser, Panel

EXPORT = "/cases/export.csv"
READERS = ("operator", "allocator", "centre_head", "examiner")


def begun(browser: Browser) -> TestResponse:
    """An export of which the first lines were read."""
    answer = browser.client.get(EXPORT)
    if answer.status_code == 200:
        next(iter(answer.response))
    return answer


def test_a_second_export_of_the_same_person_is_refused_in_words_until_the_first_has_ended(
    sqlite_panel: Panel,
) -> None:
    browser = sqlite_panel.of("operator")
    first = begun(browser)
    second = begun(browser)
    assert second.status_code == 429 and int(second.headers["Retry-After"]) > 0
    assert "您的上一个导出还没有完成" in html.unescape(second.text)
    first.close()
    assert browser.get(EXPORT).status_code == 200


@pytest.mark.parametrize("tongue", ["zh", "en"])
def test_more_than_two_exports_at_once_are_refused_in_words(
    sqlite_panel: Panel, tongue: str
) -> None:
    with ExitStack() as open_ones:
        for who in READERS[:PLACES]:
            # Each in a thread of its own, as the server has it: an answer that is being read keeps
            # its request.
            hand = open_ones.enter_context(ThreadPoolExecutor(1))
            answer = hand.submit(begun, sqlite_panel.of(who)).result()
            assert answer.status_code == 200
            open_ones.callback(lambda one=answer, hand=hand: hand.submit(one.close).result())
        browser = sqlite_panel.of(READERS[PLACES])
        browser.get(f"/lang/{tongue}")
        answer = browser.get(EXPORT)
        assert answer.status_code == 503
        assert {"zh": "同时导出的人太多", "en": "Too many exports"}[tongue] in answer.text
    assert browser.get(EXPORT).status_code == 200


def test_an_export_that_breaks_or_is_never_read_gives_its_place_back(sqlite_panel: Panel) -> None:
    browser = sqlite_panel.of("operator")
    for _ in range(2 * PLACES):
        browser.client.get(EXPORT).close()
        assert browser.get(f"{EXPORT}?q_number=%00").status_code in (200, 302)
    assert browser.get(EXPORT).status_code == 200


@contextmanager
def _nothing_can_be_written() -> Iterator[None]:
    """As on a full disk: files are made and emptied, and none grows."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_an_export_that_a_full_disk_kept_from_beginning_holds_no_place(
    sqlite_panel: Panel,
) -> None:
    """Seen failing with the handle left open: all exports were refused until a restart."""
    browser = sqlite_panel.of("operator")
    for _ in range(2 * PLACES):
        with _nothing_can_be_written():
            assert browser.client.get(EXPORT).status_code == 507
    assert browser.get(EXPORT).status_code == 200
