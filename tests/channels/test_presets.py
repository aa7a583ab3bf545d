"""The three providers: signed as in the worked examples of their public documents, asked as they want
to be asked, and understood in what they answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote

import pytest

from app.channels import REASONS, Sent
from app.channels.sms import Aliyun, Gateway, Mas, Sms, Tencent, aliyun, mas, tencent
from tests.channels.messages import ACCOUNT, AT, KEY, PHONE, SECRET, TEMPLATES, VALUES, told
from tests.channels.sinks import Sink, answering, home


def test_aliyun_signs_as_in_the_example_of_its_short_message_service() -> None:
    """阿里云 短信服务 API, 请求签名 (help.aliyun.com/document_detail/56189.html): the parameters, the
    key testSecret, and the signature of the GET that the page works out."""
    parameters = {
        "AccessKeyId": "testId",
        "Action": "SendSms",
        "Format": "XML",
        "OutId": "123",
        "PhoneNumbers": "15300000001",
        "RegionId": "cn-hangzhou",
        "SignName": "阿里云短信测试专用",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466",
        "SignatureVersion": "1.0",
        "TemplateCode": "SMS_71390007",
        "TemplateParam": '{"customer":"test"}',
        "Timestamp": "2017-07-12T02:42:19Z",
        "Version": "2017-05-25",
    }
    assert aliyun.signed("GET", parameters, "testSecret") == "zJDF+Lrzhj/ThnlvIToysFRq6t4="


def test_aliyun_signs_as_in_the_example_of_the_rpc_style() -> None:
    """阿里云 API, RPC 风格 签名机制 (DescribeRegions of ECS), the key testsecret."""
    parameters = {
        "AccessKeyId": "testid",
        "Action": "DescribeRegions",
        "Format": "XML",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf",
        "SignatureVersion": "1.0",
        "Timestamp": "2016-02-23T12:46:24Z",
        "Version": "2014-05-26",
    }
    assert aliyun.signed("GET", parameters, "testsecret") == "OLeaidS1JvxuMvnyHOwuJ+uX5qY="


def test_tencent_signs_as_in_the_example_of_its_third_method() -> None:
    """腾讯云 API, 签名方法 v3 (cloud.tencent.com/document/api/213/30654): the key is 32 asterisks, the
    body has the name 未命名 escaped."""
    body = (
        b'{"Limit": 1, "Filters": [{"Values": ["\\u672a\\u547d\\u540d"], "Name": "instance-name"}]}'
    )
    found = tencent.authorization(
        "AKID" + "*" * 32,
        "*" * 32,
        "cvm",
        "cvm.tencentcloudapi.com",
        "DescribeInstances",
        datetime.fromtimestamp(1551113065, UTC),
        body,
    )
    assert found == (
        f"TC3-HMAC-SHA256 Credential=AKID{'*' * 32}/2019-02-25/cvm/tc3_request, "
        "SignedHeaders=content-type;host;x-tc-action, "
        "Signature=10b1a37a7301a02ca19a647ad722d5e43b4b3cff309d421d85b46093f6ab6c4f"
    )


def test_the_mac_of_mas_is_that_of_the_example_in_its_manual() -> None:
    """中国移动 云MAS, HTTP 接口使用手册, 普通短信: ecName, apId, secretKey, mobiles, content, sign,
    addSerial, and their mac."""
    found = mas.mac(
        "政企分公司测试", "demo0", "123qwe", "13800138000", "移动改变生活。", "DWItALe3A", ""
    )
    assert found == "7997ddb079db2155b517b21b2a812370"


ACCOUNTS: dict[str, Any] = {
    "aliyun": lambda url: Aliyun(ACCOUNT, SECRET, "神木市长热线", url),
    "tencent": lambda url: Tencent(ACCOUNT, SECRET, "1400006666", "神木市长热线", url),
    "mas": lambda url: Mas("神木市热线", ACCOUNT, SECRET, "DWItALe3A", "01", url),
}


def sms(gateway: Gateway) -> Sms:
    return Sms(home(), gateway, TEMPLATES, lambda: AT, lambda: "nonce-1")


def sent_by(name: str, sink: Sink, status: int, body: Any) -> Sent:
    """What becomes of a reminder whose gateway answers so."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    sink.behave = answering(status, raw)
    url = f"http://127.0.0.1:{sink.port}/"
    return sms(ACCOUNTS[name](url)).send(told())


def test_aliyun_is_asked_with_a_signed_form(sink: Sink) -> None:
    found = sent_by("aliyun", sink, 200, {"Code": "OK", "Message": "OK", "BizId": "9006195^0"})
    assert (found.outcome, found.reference) == ("taken", "9006195^0")
    form = dict(parse_qsl(sink.asked[0].body.decode(), strict_parsing=True))
    signature = form.pop("Signature")
    assert form == {
        "AccessKeyId": ACCOUNT,
        "Action": "SendSms",
        "Format": "JSON",
        "OutId": KEY,
        "PhoneNumbers": PHONE,
        "RegionId": "cn-hangzhou",
        "SignName": "神木市长热线",
        "SignatureMethod": "HMAC-SHA1",
        "SignatureNonce": "nonce-1",
        "SignatureVersion": "1.0",
        "TemplateCode": "SMS_71390007",
        "TemplateParam": form["TemplateParam"],
        "Timestamp": "2025-09-30T00:30:05Z",
        "Version": "2017-05-25",
    }
    assert json.loads(form["TemplateParam"]) == VALUES
    query = "&".join(f"{name}={quote(form[name], safe='-_.~')}" for name in sorted(form))
    whole = f"POST&%2F&{quote(query, safe='-_.~')}".encode()
    digest = hmac.new(f"{SECRET}&".encode(), whole, hashlib.sha1).digest()
    assert signature == base64.b64encode(digest).decode()


def test_tencent_is_asked_with_signed_json(sink: Sink) -> None:
    answer = {"Response": {"SendStatusSet": [{"SerialNo": "2028:f825", "Code": "Ok"}]}}
    found = sent_by("tencent", sink, 200, answer)
    assert (found.outcome, found.reference) == ("taken", "2028:f825")
    (one,) = sink.asked
    assert json.loads(one.body) == {
        "PhoneNumberSet": [f"+86{PHONE}"],
        "SmsSdkAppId": "1400006666",
        "SignName": "神木市长热线",
        "TemplateId": "SMS_71390007",
        "TemplateParamSet": [*VALUES.values()],
        "SessionContext": KEY,
    }
    assert one.headers["X-TC-Action"] == "SendSms"
    assert one.headers["X-TC-Version"] == "2021-01-11"
    assert one.headers["X-TC-Timestamp"] == str(int(AT.timestamp()))
    signed = tencent.authorization(
        ACCOUNT, SECRET, "sms", one.headers["Host"], "SendSms", AT, one.body
    )
    assert one.headers["Authorization"] == signed
    assert one.headers["Content-Type"] == tencent.CONTENT


def test_mas_is_asked_with_json_in_base64(sink: Sink) -> None:
    answer = {"success": True, "rspcod": "success", "msgGroup": "0930083005001000123456"}
    found = sent_by("mas", sink, 200, answer)
    assert (found.outcome, found.reference) == ("taken", "0930083005001000123456")
    form = json.loads(base64.b64decode(sink.asked[0].body))
    joined = "神木市热线" + ACCOUNT + SECRET + "SMS_71390007" + PHONE
    joined += '["SM20250930-0012","10月9日"]' + "DWItALe3A" + "01"
    assert form == {
        "ecName": "神木市热线",
        "apId": ACCOUNT,
        "templateId": "SMS_71390007",
        "mobiles": PHONE,
        "params": '["SM20250930-0012","10月9日"]',
        "sign": "DWItALe3A",
        "addSerial": "01",
        "mac": hashlib.md5(joined.encode(), usedforsecurity=False).hexdigest(),
    }
    assert SECRET not in json.dumps(form)


def aliyun_says(code: str) -> dict[str, Any]:
    return {"Code": code, "Message": f"no {PHONE} {SECRET}", "RequestId": "F655A8D5"}


def tencent_says(code: str) -> dict[str, Any]:
    status = {"SerialNo": "", "PhoneNumber": f"+86{PHONE}", "Code": code, "Message": "no"}
    return {"Response": {"SendStatusSet": [status], "RequestId": "a0aabda6"}}


def tencent_fails(code: str) -> dict[str, Any]:
    return {"Response": {"Error": {"Code": code, "Message": "no"}, "RequestId": "ed93f3cb"}}


def mas_says(code: str) -> dict[str, Any]:
    return {"success": False, "rspcod": code, "msgGroup": ""}


@pytest.mark.parametrize(
    ("name", "status", "answer", "code", "outcome"),
    [
        ("aliyun", 200, aliyun_says("isv.MOBILE_NUMBER_ILLEGAL"), "receiver_wrong", "refused"),
        ("aliyun", 200, aliyun_says("isv.BUSINESS_LIMIT_CONTROL"), "receiver_had_enough", "busy"),
        ("aliyun", 200, aliyun_says("isv.DAY_LIMIT_CONTROL"), "too_many", "busy"),
        ("aliyun", 200, aliyun_says("isv.AMOUNT_NOT_ENOUGH"), "out_of_money", "away"),
        ("aliyun", 200, aliyun_says("isv.SMS_TEMPLATE_ILLEGAL"), "set_up_wrong", "away"),
        ("aliyun", 200, aliyun_says("isv.SOMETHING_NEW"), "refused", "refused"),
        ("aliyun", 500, aliyun_says("isp.SYSTEM_ERROR"), "out_of_order", "away"),
        ("aliyun", 404, aliyun_says("InvalidAccessKeyId.NotFound"), "credentials_wrong", "away"),
        ("aliyun", 400, aliyun_says("SignatureDoesNotMatch"), "credentials_wrong", "away"),
        ("aliyun", 400, aliyun_says("InvalidTimeStamp.Expired"), "clock_differs", "away"),
        ("aliyun", 400, aliyun_says("Throttling.User"), "too_many", "busy"),
        ("aliyun", 500, aliyun_says("OK"), "out_of_order", "away"),
        ("aliyun", 200, {"Message": "OK"}, "answer_unreadable", "unknown"),
        ("aliyun", 200, b"<html>OK</html>", "answer_unreadable", "unknown"),
        (
            "tencent",
            200,
            tencent_says("FailedOperation.PhoneNumberInBlacklist"),
            "receiver_unwilling",
            "refused",
        ),
        (
            "tencent",
            200,
            tencent_says("LimitExceeded.PhoneNumberDailyLimit"),
            "receiver_had_enough",
            "busy",
        ),
        ("tencent", 200, tencent_says("LimitExceeded.AppDailyLimit"), "too_many", "busy"),
        ("tencent", 200, tencent_says("InvalidParameterValue.Other"), "refused", "refused"),
        (
            "tencent",
            200,
            tencent_fails("AuthFailure.SignatureFailure"),
            "credentials_wrong",
            "away",
        ),
        ("tencent", 200, tencent_fails("AuthFailure.SignatureExpire"), "clock_differs", "away"),
        ("tencent", 200, tencent_fails("RequestLimitExceeded"), "too_many", "busy"),
        ("tencent", 200, tencent_fails("InternalError"), "out_of_order", "away"),
        (
            "tencent",
            200,
            tencent_says("FailedOperation.InsufficientBalanceInSmsPackage"),
            "out_of_money",
            "away",
        ),
        ("tencent", 200, {"Response": {"SendStatusSet": []}}, "answer_unreadable", "unknown"),
        ("tencent", 200, [1], "answer_unreadable", "unknown"),
        ("mas", 200, mas_says("IllegalMac"), "credentials_wrong", "away"),
        ("mas", 200, mas_says("NoSignId"), "set_up_wrong", "away"),
        ("mas", 200, mas_says("InvalidMessage"), "content_refused", "refused"),
        ("mas", 200, {"success": "true", "rspcod": "success"}, "answer_unreadable", "unknown"),
        ("mas", 503, b"", "out_of_order", "away"),
    ],
)
def test_what_a_provider_says_is_understood(
    sink: Sink, name: str, status: int, answer: Any, code: str, outcome: str
) -> None:
    found = sent_by(name, sink, status, answer)
    assert (found.code, found.outcome) == (code, outcome)
    assert found.reference == ""


def test_the_code_of_a_provider_is_kept_to_be_looked_up(sink: Sink) -> None:
    assert sent_by("aliyun", sink, 200, aliyun_says("isv.OUT_OF_SERVICE")).theirs == (
        "isv.OUT_OF_SERVICE"
    )


@pytest.mark.parametrize("table", [aliyun.MEANINGS, tencent.MEANINGS, mas.MEANINGS])
def test_every_meaning_is_a_word_of_ours(table: dict[str, str]) -> None:
    assert set(table.values()) <= set(REASONS)


@pytest.mark.parametrize(
    "number",
    [PHONE, f"+86{PHONE}", f"0086 {PHONE}", "138 0013 8000", "138-0013-8000", f"86{PHONE}"],
)
def test_a_mobile_is_known_however_it_is_written(sink: Sink, number: str) -> None:
    sink.behave = answering(200, json.dumps({"Code": "OK"}).encode())
    found = sms(ACCOUNTS["aliyun"](f"http://127.0.0.1:{sink.port}/")).send(told(to=number))
    assert found.outcome == "taken"
    assert f"PhoneNumbers={PHONE}&" in sink.asked[0].body.decode()


@pytest.mark.parametrize(
    "number",
    [
        "",
        "0912-8330000",
        "12345678901",
        f"{PHONE},13900139000",
        "1380013800",
        "１３８００１３８０００",
    ],
)
def test_what_is_no_mobile_is_not_asked_for(sentinel: Sink, number: str) -> None:
    found = sms(ACCOUNTS["aliyun"](f"http://127.0.0.1:{sentinel.port}/")).send(told(to=number))
    assert (found.code, found.outcome) == ("receiver_wrong", "refused")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"kind": "unheard_of"}, "no_template"),
        ({"fields": {"number": "SM1"}}, "field_missing"),
        ({"fields": {"number": "SM20250930-0012-0013-0014", "due_on": ""}}, "field_too_long"),
    ],
)
def test_a_message_without_its_template_is_not_sent(
    sentinel: Sink, changed: dict[str, Any], code: str
) -> None:
    found = sms(ACCOUNTS["aliyun"](f"http://127.0.0.1:{sentinel.port}/")).send(told(**changed))
    assert (found.code, found.outcome) == (code, "refused")


def test_who_had_enough_waits_alone_and_whoever_sends_too_much_waits_with_all() -> None:
    assert Sent("busy", "receiver_had_enough").alone
    assert Sent("refused", "receiver_wrong").alone
    assert not Sent("busy", "too_many").alone
    assert not Sent("away", "out_of_money").alone


@pytest.mark.parametrize("key", ["", "a" * 65, "a b", "键", "a\r\nb", "-a", "a@b"])
def test_a_key_is_of_plain_signs(key: str) -> None:
    with pytest.raises(ValueError, match="key"):
        told(key=key)
