"""The WeChat account as a way out and as the place where media is fetched: tokens, template messages,
what an `errcode` means, what a kind of account may."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from app.channels import REASONS, Told
from app.channels.setup import built
from app.channels.sms import Slot, Template
from app.channels.wechat import MEANINGS, PRESETS, WeChat
from app.rules.refusal import NotAllowed
from tests.channels.sinks import Handler, Sink, answering, hanging, home

SECRET, OPENID = "the-secret-of-the-account", "oCaller0123456789abcdefghijk"
TEMPLATES = {
    "caller_closed": Template(
        "tpl-1", (Slot("number", "character_string1", 32), Slot("answer", "thing2", 20))
    )
}
TOLD = Told(
    "caller_closed", {"number": "202506090001", "answer": "已修好路灯。"}, OPENID, "", "", "key-1"
)


class Them:
    """WeChat's servers: they give tokens, and answer the rest as they are told."""

    def __init__(self, sink: Sink, *answers: Any) -> None:
        self.sink, self.answers, self.tokens = sink, list(answers), 0
        sink.behave = self.behave

    def behave(self, handler: Handler) -> None:
        if handler.path == "/cgi-bin/stable_token":
            self.tokens += 1
            told: Any = {"access_token": f"token-{self.tokens}", "expires_in": 7200}
        else:
            told = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        answering(200, body)(handler)


def account(sink: Sink, kind: str = "service", **more: Any) -> WeChat:
    url = f"http://127.0.0.1:{sink.port}"
    return WeChat(home(), "wx1", SECRET, TEMPLATES, kind, url, **more)


def test_a_template_message_goes_to_an_openid_under_its_key(sink: Sink) -> None:
    Them(sink, {"errcode": 0, "errmsg": "ok", "msgid": 200228332})
    found = account(sink).send(TOLD)
    assert (found.outcome, found.code) == ("taken", "taken")
    token, message = sink.asked
    assert json.loads(token.body)["secret"] == SECRET and SECRET not in token.path + message.path
    assert parse_qs(urlsplit(message.path).query) == {"access_token": ["token-1"]}
    assert json.loads(message.body) == {
        "touser": OPENID,
        "template_id": "tpl-1",
        "client_msg_id": "key-1",
        "data": {
            "character_string1": {"value": "202506090001"},
            "thing2": {"value": "已修好路灯。"},
        },
    }


def test_a_token_is_kept_until_five_minutes_before_its_end(sink: Sink) -> None:
    them, at = Them(sink, {"errcode": 0}), [0.0]
    used = account(sink, clock=lambda: at[0])
    used.send(TOLD), used.send(TOLD)
    assert them.tokens == 1
    at[0] = 7200.0 - 299
    used.send(TOLD)
    assert them.tokens == 2


def test_a_token_that_was_replaced_elsewhere_is_fetched_anew_once(sink: Sink) -> None:
    them = Them(sink, {"errcode": 40001}, {"errcode": 0})
    assert account(sink).send(TOLD).code == "taken" and them.tokens == 2
    them = Them(sink, {"errcode": 40001})
    assert account(sink).send(TOLD).code == "credentials_wrong" and them.tokens == 2


@pytest.mark.parametrize("code", sorted({*MEANINGS} - {40001, 40014, 42001}))
def test_each_errcode_has_its_meaning(sink: Sink, code: int) -> None:
    Them(sink, {"errcode": code, "errmsg": f"to {OPENID}"})
    found = account(sink).send(TOLD)
    assert found.code == MEANINGS[code][0] and found.outcome == REASONS[found.code]
    assert OPENID not in repr(found) and found.theirs == str(code)


def test_what_is_not_weixins_answer_is_unreadable_and_silence_is_late(sink: Sink) -> None:
    Them(sink, b"<html>")
    assert account(sink).send(TOLD).outcome == "unknown"
    sink.behave = hanging
    assert account(sink).send(TOLD).outcome in ("unknown", "away")


def test_only_who_is_an_openid_and_has_a_template_is_told(sink: Sink) -> None:
    used = account(sink)
    other = Told("caller_closed", TOLD.fields, "13800138000", "", "", "k")
    assert used.send(Told("warned", {}, OPENID, "", "", "k")).code == "no_template"
    assert used.send(Told("caller_closed", {}, OPENID, "", "", "k")).code == "field_missing"
    assert (
        account(sink).send(Told("caller_closed", TOLD.fields, "x y", "", "", "k")).code
        == "receiver_wrong"
    )
    assert other.to not in repr(other) and sink.asked == []


@pytest.mark.parametrize("kind", [kind for kind, may in PRESETS.items() if not may.templates])
def test_an_account_that_may_send_no_template_sends_none(sink: Sink, kind: str) -> None:
    assert account(sink, kind).send(TOLD).code == "set_up_wrong" and sink.asked == []


def test_media_is_fetched_and_gone_media_is_given_up(sink: Sink) -> None:
    Them(sink, b"\xff\xd8\xff picture")
    assert account(sink).media("media/1?").content == b"\xff\xd8\xff picture"
    assert parse_qs(urlsplit(sink.asked[-1].path).query)["media_id"] == ["media/1?"]
    Them(sink, {"errcode": 40007, "errmsg": "invalid media_id"})
    assert account(sink).media("m").gone
    Them(sink, {"errcode": -1})
    found = account(sink).media("m")
    assert not found.gone and found.failed is not None and found.failed.outcome == "away"
    assert account(sink, "unverified").media("m").gone


def test_an_administrator_describes_an_account() -> None:
    told = {
        "app_id": "wx1",
        "templates": {"test": {"id": "t", "fields": [["office", "thing1", 20]]}},
    }
    made = built("wechat", told, {"secret": SECRET})
    assert isinstance(made, WeChat) and SECRET not in repr(made)
    assert isinstance(
        built("wechat", {"app_id": "wx1", "account_kind": "unverified"}, {"secret": "s"}), WeChat
    )
    for wrong in (
        {**told, "account_kind": "x"},
        {"app_id": "wx1"},
        {"templates": told["templates"]},
    ):
        with pytest.raises(NotAllowed):
            built("wechat", wrong, {"secret": SECRET})
    with pytest.raises(NotAllowed):
        built("wechat", told, {})
