"""Robots: what counts is `errcode`, not the status; who speaks too often is silent for a while."""

from __future__ import annotations

import base64
import json
import subprocess
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app.channels import REASONS
from app.channels.robots import DINGTALK, PACE, WECOM, DingTalk, WeCom, signed
from tests.channels.messages import AT, SECRET, TOKEN, WORDS, told
from tests.channels.sinks import Sink, answering, home


def robots(sink: Sink) -> dict[str, Any]:
    return {
        "wecom": WeCom(home(), f"{sink.url}?key={TOKEN}"),
        "dingtalk": DingTalk(home(), f"{sink.url}?access_token={TOKEN}", SECRET, lambda: AT),
    }


def said(sink: Sink, name: str, answer: Any, status: int = 200) -> Any:
    raw = answer if isinstance(answer, bytes) else json.dumps(answer).encode()
    sink.behave = answering(status, raw)
    return robots(sink)[name].send(told())


@pytest.mark.parametrize("name", ["wecom", "dingtalk"])
def test_a_robot_says_subject_and_words_in_its_group(sink: Sink, name: str) -> None:
    found = said(sink, name, {"errcode": 0, "errmsg": "ok"})
    assert (found.outcome, found.code) == ("taken", "taken")
    (one,) = sink.asked
    text = f"催办：SM20250930-0012\n{WORDS}"
    assert json.loads(one.body) == {"msgtype": "text", "text": {"content": text}}
    assert TOKEN in one.path


def test_dingtalk_gets_the_moment_and_a_signature_as_openssl_makes_it(sink: Sink) -> None:
    """钉钉 开放平台, 自定义机器人安全设置, 加签: HMAC-SHA256 over timestamp, new line and secret."""
    said(sink, "dingtalk", {"errcode": 0})
    query = parse_qs(urlsplit(sink.asked[0].path).query, strict_parsing=True)
    millis = int(AT.timestamp()) * 1000
    raw = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", SECRET, "-binary"],
        input=f"{millis}\n{SECRET}".encode(),
        capture_output=True,
        check=True,
    ).stdout
    assert query == {
        "access_token": [TOKEN],
        "timestamp": [str(millis)],
        "sign": [base64.b64encode(raw).decode()],
    }
    assert SECRET not in sink.asked[0].path
    assert signed(millis, SECRET) == query["sign"][0]


def test_a_robot_without_a_secret_is_asked_at_its_address(sink: Sink) -> None:
    sink.behave = answering(200, b'{"errcode":0}')
    DingTalk(home(), f"{sink.url}?access_token={TOKEN}").send(told())
    assert sink.asked[0].path == f"/send?access_token={TOKEN}"


@pytest.mark.parametrize(
    ("name", "errcode", "code", "outcome", "again_in"),
    [
        ("wecom", 45009, "too_many", "busy", 60),
        ("wecom", 93000, "credentials_wrong", "away", 0),
        ("wecom", 45002, "content_refused", "refused", 0),
        ("wecom", -1, "out_of_order", "away", 0),
        ("wecom", 123456, "refused", "refused", 0),
        ("dingtalk", 130101, "too_many", "busy", 600),
        ("dingtalk", 410100, "too_many", "busy", 600),
        ("dingtalk", 310000, "credentials_wrong", "away", 0),
        ("dingtalk", 400102, "set_up_wrong", "away", 0),
        ("dingtalk", 430104, "content_refused", "refused", 0),
    ],
)
def test_a_status_of_200_with_an_errcode_was_not_taken(
    sink: Sink, name: str, errcode: int, code: str, outcome: str, again_in: int
) -> None:
    found = said(sink, name, {"errcode": errcode, "errmsg": f"no {TOKEN}"})
    assert (found.code, found.outcome) == (code, outcome)
    assert (found.again_in, found.theirs) == (again_in, str(errcode))


@pytest.mark.parametrize("name", ["wecom", "dingtalk"])
@pytest.mark.parametrize(
    ("answer", "status", "code"),
    [
        (b"ok", 200, "answer_unreadable"),
        ({}, 200, "answer_unreadable"),
        ({"errcode": "0"}, 200, "answer_unreadable"),
        ({"errcode": False}, 200, "answer_unreadable"),
        ([0], 200, "answer_unreadable"),
        ({"errcode": 0}, 500, "out_of_order"),
        ({"errcode": 0}, 302, "redirected"),
    ],
)
def test_only_an_errcode_of_0_was_taken(
    sink: Sink, name: str, answer: Any, status: int, code: str
) -> None:
    assert said(sink, name, answer, status).code == code


def test_both_may_speak_twenty_times_a_minute_and_are_then_silent_for_ten() -> None:
    assert (PACE.messages, PACE.seconds, PACE.silence) == (20, 60, 600)


@pytest.mark.parametrize(("name", "most"), [("wecom", 2048), ("dingtalk", 20000)])
def test_what_is_too_long_for_a_robot_is_cut_between_signs(
    sink: Sink, name: str, most: int
) -> None:
    sink.behave = answering(200, b'{"errcode":0}')
    robots(sink)[name].send(told(subject="", text="办" * most))
    content = json.loads(sink.asked[0].body)["text"]["content"]
    assert most - 6 < len(content.encode()) <= most
    assert content.strip("办") == "…"


def test_half_a_sign_is_said_as_a_question_mark(sink: Sink) -> None:
    sink.behave = answering(200, b'{"errcode":0}')
    robots(sink)["wecom"].send(told(subject="", text="a\ud83d"))
    assert json.loads(sink.asked[0].body)["text"]["content"] == "a?"


@pytest.mark.parametrize("table", [WECOM, DINGTALK])
def test_every_meaning_is_a_word_of_ours(table: dict[int, tuple[str, int]]) -> None:
    assert {word for word, _ in table.values()} <= set(REASONS)
