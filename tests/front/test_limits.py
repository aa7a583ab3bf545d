"""How often the front listens, and what it says to who tries numbers: the same whether they are
anybody's."""

from __future__ import annotations

import io
import re
import time
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

import config
from app import words
from app.front import limits, looking
from app.models import Case
from app.web import create_app
from tests.databases import KEY, SIGNING, Desk
from tests.front.conftest import NOW, WORDS, filled, hidden, receipt_of
from tests.room import Room

ELSEWHERE = "198.51.100.7"
CASE = ("by", "case")


def panel_of(desk: Desk, data: Path, **settings: str) -> Flask:
    (data / "ledger.key").write_bytes(KEY)
    (data / "signing.key").write_bytes(SIGNING)
    told = {"DESK_DATA": str(data), "DATABASE_URL": desk.url, "REDIS_URL": f"unix://{data}/none"}
    return create_app(config.load({**told, **settings}), lambda: NOW)


@pytest.fixture
def client(sqlite_desk: Desk, data: Path) -> FlaskClient:
    """A browser of nobody, at a panel that serves the front itself."""
    return panel_of(sqlite_desk, data).test_client()


@pytest.fixture
def case(sqlite_desk: Desk) -> Case:
    """A case that is being worked on."""
    room = Room(sqlite_desk)
    room.allocated("2025-06-09 09:10", "A")
    return room.case("A")


def looks(
    client: FlaskClient, number: str, code: str, of: str = "203.0.113.5", **more: str
) -> tuple[int, str]:
    asked = {"by": "case", "number": number, "code": code, **more}
    answer = client.post("/front/status", data=asked, headers={"X-Forwarded-For": of})
    return answer.status_code, answer.text


def wrong_code(case: Case) -> str:
    return "111111" if case.query_code != "111111" else "222222"


def test_a_thousand_requests_of_one_address_are_held_back_while_anothers_go_through(
    client: FlaskClient,
) -> None:
    def sends(of: str, words: str) -> tuple[int, str]:
        form = {**hidden(client.get("/front/").text), **filled(words)}
        answer = client.post("/front/", data=form, headers={"X-Forwarded-For": of})
        return answer.status_code, answer.text

    came = [sends("203.0.113.5", f"{WORDS}{n}") for n in range(1000)]
    taken = sum(code == 200 for code, _ in came)
    assert taken == limits.POSTS[0].amount
    code, page = came[-1]
    assert code == 429 and f"{WORDS}999" in page and "李桂兰" in page
    code, page = sends(ELSEWHERE, WORDS)
    assert code == 200 and receipt_of(page)


def test_reading_is_not_counted(client: FlaskClient) -> None:
    assert {client.get("/front/status").status_code for _ in range(200)} == {200}


def test_a_wrong_code_and_a_number_of_nobody_are_answered_alike(
    client: FlaskClient, case: Case
) -> None:
    def timed(number: str) -> tuple[float, int, str]:
        began = time.monotonic()
        code, page = looks(client, number, wrong_code(case))
        return time.monotonic() - began, code, page

    known, unknown = timed(str(case.number)), timed("209901010001")
    assert known[1:] == unknown[1:] and known[1] == 404
    assert min(known[0], unknown[0]) >= looking.LEAST_SECONDS
    assert looks(client, str(case.number), case.query_code)[0] == 200


@pytest.mark.parametrize("anybodys", [True, False])
def test_five_wrong_lock_a_number_at_that_address_whether_it_is_anybodys_or_not(
    client: FlaskClient, case: Case, monkeypatch: pytest.MonkeyPatch, anybodys: bool
) -> None:
    monkeypatch.setattr(looking, "LEAST_SECONDS", 0.0)
    number = str(case.number) if anybodys else "209901010001"
    for _ in range(5):
        assert looks(client, number, wrong_code(case))[0] == 404
    code, page = looks(client, number, case.query_code)
    assert code == 429 and "15分钟" in page
    typed = f"　{number[:4]} {number[4:]}"
    assert looks(client, typed, case.query_code)[0] == 429, "however it is typed"
    assert looks(client, str(case.number), case.query_code, ELSEWHERE)[0] == 200


def test_beyond_a_hundred_wrong_each_look_up_needs_a_sum_and_waits(
    client: FlaskClient, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(looking, "LEAST_SECONDS", 0.0)
    for n in range(100):
        assert looks(client, f"2099{n:08d}", "123456", f"192.0.2.{n}")[0] == 404
    number, code = str(case.number), case.query_code
    assert looks(client, number, code, ELSEWHERE)[0] == 422
    page = client.get("/front/status").text
    first, second = (int(told) for told in re.findall(r"算出 (\d+) \+ (\d+)", page)[0])
    token = re.findall(r'name="sum" value="([^"]+)"', page)[0]
    told = {"sum": token, "answer": str(first + second)}
    room = client.application.extensions["duban_front"]
    now = room.clock()
    assert not room.limits.sum_is_right(token, told["answer"], now), "not waited for"
    later = panel_clock(client, 4)
    assert not room.limits.sum_is_right(token, str(first + second + 1), later())
    assert looks(client, number, code, ELSEWHERE, **told)[0] == 200
    assert looks(client, number, code, ELSEWHERE, **told)[0] == 422, "a sum counts once"


def panel_clock(client: FlaskClient, seconds: int) -> object:
    """Turn the clock of the front on."""
    from dataclasses import replace
    from datetime import timedelta

    app = client.application
    room = app.extensions["duban_front"]
    moved = replace(room, clock=lambda: NOW + timedelta(seconds=seconds))
    app.extensions["duban_front"] = moved
    return moved.clock


@pytest.mark.long
def test_guessing_ten_thousand_codes_finds_nothing_and_locks_no_caller_out_elsewhere(
    client: FlaskClient, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From two thousand addresses, five codes each; the right one is among them."""
    monkeypatch.setattr(looking, "LEAST_SECONDS", 0.0)
    number, right = str(case.number), int(case.query_code)
    tried = [f"{(right + 200 + n) % 10**6:06d}" for n in range(9_999)] + [case.query_code]
    found = [
        looks(client, number, code, f"198.18.{n // 5 // 250}.{n // 5 % 250}")[0]
        for n, code in enumerate(tried)
    ]
    assert set(found) <= {404, 422, 429} and found.count(404) == 100
    page = client.get("/front/status").text
    first, second = (int(told) for told in re.findall(r"算出 (\d+) \+ (\d+)", page)[0])
    token = re.findall(r'name="sum" value="([^"]+)"', page)[0]
    panel_clock(client, 4)
    answer = {"sum": token, "answer": str(first + second)}
    assert looks(client, number, case.query_code, ELSEWHERE, **answer)[0] == 200


def test_no_number_and_no_address_stands_in_the_name_of_a_counter(
    client: FlaskClient, case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is counted stands in Redis, and a caller types a telephone where a number is asked."""
    monkeypatch.setattr(looking, "LEAST_SECONDS", 0.0)
    looks(client, "13800138000", "123456")
    door = client.application.extensions["desk_door"]
    kept = repr([*door._own.storage.events])
    assert "front" in kept and "13800138000" not in kept and "203.0.113.5" not in kept


@pytest.mark.parametrize("where", ["off", "https://front.example"])
def test_with_the_front_elsewhere_the_panel_has_no_page_for_nobody_but_login(
    sqlite_desk: Desk, data: Path, where: str
) -> None:
    client = panel_of(sqlite_desk, data, DESK_FRONT=where).test_client()
    for path in ("/front/", "/front/status", "/front/rate", "/front/assets/front.css"):
        assert client.get(path).status_code == 404
        assert client.post(path).status_code in (400, 404)
    assert client.get("/login/").status_code == 200


def test_a_page_of_the_front_sets_no_cookie_and_looks_at_no_session(client: FlaskClient) -> None:
    for answer in (client.get("/front/"), client.post("/front/", data=filled(WORDS))):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_a_form_with_a_key_of_nobodys_making_is_given_back_with_its_words(
    client: FlaskClient,
) -> None:
    for key in ("", "x", "a-1-b", "é" * 50, "1" * 500):
        answer = client.post("/front/", data={**filled(WORDS), "key": key})
        assert answer.status_code == 409 and WORDS in answer.text


def test_who_read_another_notice_is_asked_again(sqlite_desk: Desk, client: FlaskClient) -> None:
    form = {**hidden(client.get("/front/").text), **filled(WORDS)}
    Room(sqlite_desk).do(
        "2025-06-09 08:00",
        "it_admin",
        "change_setting",
        name="front.notice",
        value="{office}说明。",
    )
    client.application.extensions["duban_front"].behind._asked = -1000.0
    answer = client.post("/front/", data=form)
    assert (
        answer.status_code == 422 and "告知内容刚刚更新过" in answer.text and WORDS in answer.text
    )
    assert "神木市12345市长热线服务中心说明。" in answer.text


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("kind", "nothing"),
        ("words", "太短"),
        ("words", "长" * 4001),
        ("place", "地" * 201),
        ("position", "here"),
        ("name", ""),
        ("name", "名" * 41),
        ("phone", "123"),
        ("phone", ""),
        ("anonymous", "1"),
        ("consent", ""),
    ],
)
def test_each_field_says_what_is_wrong_and_nothing_is_lost(
    client: FlaskClient, field: str, typed: str
) -> None:
    form = {**hidden(client.get("/front/").text), **filled(WORDS), field: typed}
    answer = client.post("/front/", data=form)
    assert answer.status_code == 422 and 'class="wrong"' in answer.text
    assert form["words"] in answer.text and form["phone"] in answer.text


def test_signs_that_no_database_keeps_are_no_error(client: FlaskClient) -> None:
    form = {**hidden(client.get("/front/").text), **filled(f"{WORDS}\x00\x07\x1b[31m")}
    assert receipt_of(client.post("/front/", data=form).text)


def test_a_photograph_that_is_none_is_named_and_nothing_is_lost(client: FlaskClient) -> None:
    form = {**hidden(client.get("/front/").text), **filled(WORDS)}
    photos = (io.BytesIO(b"\xff\xd8\xff\xe0 no picture"), "路灯.jpg")
    answer = client.post("/front/", data={**form, "photos": photos})
    said = words.said_of("photo_unreadable", {"name": "路灯.jpg"}, "zh")
    assert answer.status_code == 422 and said in answer.text
    assert form["words"] in answer.text
