"""Sentences that forms offer: put in in one way, the office's own first, those of the catalogue until it
has set some."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from app import words
from app.models import Draft, Reply
from app.rules.office import REQUIREMENTS, SENTENCES
from app.stages.table import VERBS
from app.views.forms.field_looks import LONG
from app.views.forms.sentences import OFFERED, STARTS
from tests.databases import Desk
from tests.people import People
from tests.views.panel import Panel, panel_over
from tests.views.test_unit_forms import rows

HEAD = "head@WATER"
OWN = "经核查，管网老化所致，已更换。\n经核查，系计划停水，已公告。"


@pytest.fixture
def people(desk: Desk) -> People:
    made = People(desk, "2025-06-09 09:00").hire("WATER")
    case = made.case(kind="consultation")
    made.do("allocator", "allocate", case, unit="WATER")
    return made


@pytest.fixture
def panel(people: People, tmp_path: Path) -> Iterator[Panel]:
    with panel_over(people.desk, tmp_path / "data", people.now) as made:
        yield made


def offered(page: str, field: str) -> list[str]:
    """The sentences in the list below a field."""
    found = re.search(rf'<select[^>]*name="sentence.{field}".*?</select>', page, re.S)
    told = re.findall(r'<option value="\d+">([^<]*)</option>', found[0]) if found else []
    return [html.unescape(said) for said in told]


def said_in(page: str, field: str) -> list[str]:
    found = re.search(rf'<textarea[^>]*name="{field}"[^>]*>\s*([^<]*)</textarea>', page)
    assert found is not None, field
    return found[1].replace("\r", "").split("\n")


def test_every_setting_of_sentences_is_offered_where_there_is_room_for_it() -> None:
    assert {name for fields in OFFERED.values() for name in fields.values()} == set(SENTENCES)
    assert set(STARTS) == set(SENTENCES)
    for verb, fields in OFFERED.items():
        assert set(fields) <= {one.name for one in VERBS[verb].fields} & LONG, verb


def test_what_the_office_has_not_set_starts_with_the_catalogue(panel: Panel) -> None:
    page = panel.of(HEAD).get("/do/reply/1").text
    assert offered(page, "opinion") == words.word("form.sentences.opinion", "zh").splitlines()
    english = panel.of(HEAD)
    english.get("/lang/en")
    page = english.get("/do/reply/1").text
    assert offered(page, "opinion") == words.word("form.sentences.opinion", "en").splitlines()


def test_the_offices_own_sentences_come_first_and_alone(people: People, panel: Panel) -> None:
    people.plainly("it_admin", "change_setting", name="sentences.opinion", value=OWN)
    page = panel.of("staff@WATER").get("/do/draft_reply/1").text
    assert offered(page, "opinion") == OWN.splitlines()
    assert offered(page, "next_step") == words.word("form.sentences.next_step", "zh").splitlines()


def test_a_field_of_the_same_name_offers_what_its_own_verb_is_about(panel: Panel) -> None:
    browser = panel.of(HEAD)
    returned = offered(browser.get("/do/request_return/1").text, "reason")
    longer = offered(browser.get("/do/request_extension/1").text, "reason")
    assert returned and longer and not set(returned) & set(longer)


def test_a_sentence_is_put_in_once_and_nothing_is_done(panel: Panel) -> None:
    browser = panel.of(HEAD)
    typed = {"opinion": "已到现场。", "sentence.opinion": "0", "insert": "opinion"}
    first = said_in(browser.post("/do/reply/1", typed).text, "opinion")
    assert first[0] == "已到现场。" and len(first) == 2
    again = browser.post("/do/reply/1", {**typed, "opinion": "\n".join(first)}).text
    assert said_in(again, "opinion") == first
    assert rows(panel, Reply) == rows(panel, Draft) == []


@pytest.mark.parametrize("chosen", ["99", "-1", "x", "", "٣"])
def test_a_sentence_that_is_not_offered_puts_nothing_in(panel: Panel, chosen: str) -> None:
    typed = {"opinion": "已到现场。", "sentence.opinion": chosen, "insert": "opinion"}
    answer = panel.of(HEAD).post("/do/reply/1", typed)
    assert answer.status_code == 200 and said_in(answer.text, "opinion") == ["已到现场。"]


@pytest.mark.parametrize("name", [REQUIREMENTS, "sentences.public_answer"])
def test_the_form_of_a_setting_begins_with_what_is_offered_now(panel: Panel, name: str) -> None:
    page = panel.of("it_admin").get(f"/do/change_setting?name={name}").text
    assert said_in(page, "value") == words.word(STARTS[name], "zh").splitlines()
