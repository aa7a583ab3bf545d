"""A gateway that an administrator describes."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
from typing import Any
from urllib.parse import parse_qsl

import pytest

from app.channels.sms import Generic, Sms
from app.rules.refusal import NotAllowed
from tests.channels.messages import ACCOUNT, AT, KEY, PHONE, SECRET, TEMPLATES, WORDS, told
from tests.channels.sinks import Sink, answering, home


def gateway(sink: Sink, **described: Any) -> Generic:
    given: dict[str, Any] = {
        "url": sink.url,
        "account": ACCOUNT,
        "secret": SECRET,
        "body": {"phone": "{to}", "sign": "{sign}"},
        "success_path": "code",
        "success": "0",
    }
    return Generic(**{**given, **described})


def sent(sink: Sink, answer: Any = None, status: int = 200, **described: Any) -> Any:
    raw = answer if isinstance(answer, bytes) else json.dumps(answer or {"code": 0}).encode()
    sink.behave = answering(status, raw)
    sms = Sms(home(), gateway(sink, **described), TEMPLATES, lambda: AT, lambda: "nonce-1")
    return sms.send(told())


def test_the_example_of_mas_can_be_described_whole(sink: Sink) -> None:
    """中国移动 云MAS, HTTP 接口使用手册, 普通短信: the mac of the manual's example, and its body as
    JSON in base64."""
    described = Generic(
        url=sink.url,
        account="demo0",
        secret="123qwe",
        body={
            "ecName": "政企分公司测试",
            "apId": "{account}",
            "mobiles": "{to}",
            "content": "{text}",
            "sign": "DWItALe3A",
            "addSerial": "",
            "mac": "{sign}",
        },
        success_path="success",
        success="true",
        form="base64",
        digest="md5",
        over="政企分公司测试{account}{secret}{to}{text}DWItALe3A",
        code_path="rspcod",
        reference_path="msgGroup",
    )
    sink.behave = answering(200, b'{"success":true,"rspcod":"success","msgGroup":"0930"}')
    found = Sms(home(), described, TEMPLATES, lambda: AT).send(told(text="移动改变生活。"))
    assert (found.outcome, found.reference) == ("taken", "0930")
    body = json.loads(base64.b64decode(sink.asked[0].body))
    assert body["mac"] == "7997ddb079db2155b517b21b2a812370"
    assert (body["mobiles"], body["content"]) == ("13800138000", "移动改变生活。")


@pytest.mark.parametrize("digest", ["md5", "sha1", "sha256"])
@pytest.mark.parametrize("keyed", [False, True])
@pytest.mark.parametrize("encoding", ["hex", "base64"])
def test_each_digest_is_that_of_openssl(
    sink: Sink, digest: str, keyed: bool, encoding: str
) -> None:
    sent(sink, digest=digest, keyed=keyed, encoding=encoding, over="{account}|{to}|{stamp}|{nonce}")
    over = f"{ACCOUNT}|{PHONE}|20250930083005|nonce-1"
    key = ["-hmac", SECRET] if keyed else []
    raw = subprocess.run(
        ["openssl", "dgst", f"-{digest}", *key, "-binary"],
        input=over.encode(),
        capture_output=True,
        check=True,
    ).stdout
    wanted = raw.hex() if encoding == "hex" else base64.b64encode(raw).decode()
    assert json.loads(sink.asked[0].body) == {"phone": PHONE, "sign": wanted}


def test_every_part_is_filled_in(sink: Sink) -> None:
    parts = (
        *("account", "secret", "to", "template", "text", "key", "nonce"),
        *("seconds", "millis", "stamp", "moment", "list_text", "params_text"),
    )
    body = {name: f"{{{name}}}" for name in parts}
    sent(sink, body={**body, "list": "{list}", "params": "{params}", "one": "-{field.no}-"})
    assert json.loads(sink.asked[0].body) == {
        "account": ACCOUNT,
        "secret": SECRET,
        "to": PHONE,
        "template": "SMS_71390007",
        "text": WORDS,
        "key": KEY,
        "nonce": "nonce-1",
        "seconds": str(int(AT.timestamp())),
        "millis": str(int(AT.timestamp()) * 1000),
        "stamp": "20250930083005",
        "moment": "2025-09-30T00:30:05Z",
        "list_text": '["SM20250930-0012","10月9日"]',
        "params_text": '{"no":"SM20250930-0012","day":"10月9日"}',
        "list": ["SM20250930-0012", "10月9日"],
        "params": {"no": "SM20250930-0012", "day": "10月9日"},
        "one": "-SM20250930-0012-",
    }


def test_a_form_and_headers_are_filled_in_too(sink: Sink) -> None:
    sent(
        sink,
        form="form",
        body={"to": "{to}", "day": "{field.day}", "n": "{field.none}"},
        headers={"X-Sign": "{sign}", "X-Words": "a{text}"},
        digest="sha256",
        over="{to}",
    )
    (one,) = sink.asked
    form = dict(parse_qsl(one.body.decode(), keep_blank_values=True))
    assert form == {"to": PHONE, "day": "10月9日", "n": ""}
    assert one.headers["X-Sign"] == hashlib.sha256(PHONE.encode()).hexdigest()
    assert one.headers["X-Words"] == "acanary words:  asks"


def test_a_part_is_filled_in_once_whatever_is_in_it(sink: Sink) -> None:
    """Words that look like a part do not fetch the secret."""
    sink.behave = answering(200, b'{"code":0}')
    sms = Sms(home(), gateway(sink, body={"t": "{text}"}), TEMPLATES, lambda: AT)
    sms.send(told(text="{secret}"))
    assert json.loads(sink.asked[0].body) == {"t": "{secret}"}


@pytest.mark.parametrize(
    ("answer", "path", "value", "taken"),
    [
        ({"code": 0}, "code", "0", True),
        ({"code": "0"}, "code", "0", True),
        ({"code": False}, "code", "0", False),
        ({"ok": True}, "ok", "true", True),
        ({"data": [{"state": "OK"}]}, "data.0.state", "OK", True),
        ({"data": [{"state": "OK"}]}, "data.1.state", "OK", False),
        ({"data": {"state": {"a": "OK"}}}, "data.state", "OK", False),
        ({"other": 1}, "code", "0", False),
        ([0], "0", "0", True),
    ],
)
def test_what_was_taken_is_told_by_a_value_at_a_path(
    sink: Sink, answer: Any, path: str, value: str, taken: bool
) -> None:
    found = sent(sink, answer, success_path=path, success=value)
    assert (found.outcome == "taken") == taken


@pytest.mark.parametrize(
    ("status", "answer", "code"),
    [
        (200, {"code": 45009}, "too_many"),
        (400, {"code": 45009}, "too_many"),
        (200, {"code": 7}, "refused"),
        (500, {"code": 7}, "out_of_order"),
        (500, {"code": 0}, "out_of_order"),
        (200, b"OK", "answer_unreadable"),
        (200, b"0", "answer_unreadable"),
    ],
)
def test_else_the_meaning_of_its_code_tells_and_else_the_status(
    sink: Sink, status: int, answer: Any, code: str
) -> None:
    found = sent(sink, answer, status, code_path="code", meanings={"45009": "too_many"})
    assert found.code == code


@pytest.mark.parametrize(
    ("described", "why"),
    [
        ({"body": {"a": "{nothing}"}}, "gateway_part"),
        ({"over": "{to}{sign}"}, "gateway_part"),
        ({"headers": {"X": "{nothing}"}}, "gateway_part"),
        ({"success": ""}, "gateway_success"),
        ({"success_path": ""}, "gateway_success"),
        ({"headers": {"Host": "evil"}}, "gateway_header"),
        ({"headers": {"X: Y": "a"}}, "gateway_header"),
        ({"headers": {"X": "a\r\nHost: evil"}}, "gateway_header"),
        ({"meanings": {"1": "no_word_of_ours"}}, "gateway_meaning"),
    ],
)
def test_a_description_that_cannot_work_is_refused_when_it_is_made(
    described: dict[str, Any], why: str
) -> None:
    with pytest.raises(NotAllowed, match=why):
        gateway(Sink(), **described)


def test_a_brace_of_other_words_stays(sink: Sink) -> None:
    sent(sink, body={"a": "{不是} {} { to } {{to}}"})
    assert json.loads(sink.asked[0].body) == {"a": f"{{不是}} {{}} {{ to }} {{{PHONE}}}"}
