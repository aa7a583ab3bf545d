"""Aliyun's short message service: SendSms of version 2017-05-25, signed in the RPC style.

Source: 阿里云 短信服务, API 概览 and 请求签名 (help.aliyun.com/document_detail/56189.html), 错误码.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC
from urllib.parse import quote

from app.channels.channel import Sent
from app.channels.http import Answer, Request
from app.channels.reasons import sent
from app.channels.sms.gateway import Filled, at_path

URL = "https://dysmsapi.aliyuncs.com/"
MEANINGS: Mapping[str, str] = {
    "isv.MOBILE_NUMBER_ILLEGAL": "receiver_wrong",
    "isv.BLACK_KEY_CONTROL_LIMIT": "content_refused",
    "isv.TEMPLATE_MISSING_PARAMETERS": "field_missing",
    "isv.TEMPLATE_PARAMS_ILLEGAL": "content_refused",
    "isv.PARAM_LENGTH_LIMIT": "field_too_long",
    "isv.PARAM_NOT_SUPPORT_URL": "content_refused",
    "isv.INVALID_JSON_PARAM": "content_refused",
    "isv.BUSINESS_LIMIT_CONTROL": "receiver_had_enough",
    "isv.DAY_LIMIT_CONTROL": "too_many",
    "isv.MONTH_LIMIT_CONTROL": "too_many",
    "Throttling.User": "too_many",
    "Throttling.Api": "too_many",
    "isv.AMOUNT_NOT_ENOUGH": "out_of_money",
    "isv.OUT_OF_SERVICE": "out_of_money",
    "isv.SMS_TEMPLATE_ILLEGAL": "set_up_wrong",
    "isv.SMS_SIGNATURE_ILLEGAL": "set_up_wrong",
    "isv.SMS_SIGN_ILLEGAL": "set_up_wrong",
    "isv.ACCOUNT_NOT_EXISTS": "credentials_wrong",
    "isv.ACCOUNT_ABNORMAL": "credentials_wrong",
    "isv.PRODUCT_UN_SUBSCRIPT": "set_up_wrong",
    "isv.PRODUCT_UNSUBSCRIBE": "set_up_wrong",
    "isv.DENY_IP_RANGE": "credentials_wrong",
    "isp.RAM_PERMISSION_DENY": "credentials_wrong",
    "isp.SYSTEM_ERROR": "out_of_order",
    "InvalidAccessKeyId.NotFound": "credentials_wrong",
    "InvalidAccessKeyId.Inactive": "credentials_wrong",
    "SignatureDoesNotMatch": "credentials_wrong",
    "IncompleteSignature": "credentials_wrong",
    "SignatureNonceUsed": "out_of_order",
    "InvalidTimeStamp.Expired": "clock_differs",
    "InvalidTimeStamp.Format": "clock_differs",
    "ServiceUnavailable": "out_of_order",
    "InternalError": "out_of_order",
}
"""Aliyun's code -> our word. Another `isv.` code is about the message."""
_LIMITED = {"isv.BUSINESS_LIMIT_CONTROL": 3600, "isv.DAY_LIMIT_CONTROL": 3600}


@dataclass(frozen=True)
class Aliyun:
    """An account of Aliyun's. `sign_name`: the signature that stands before the text."""

    account: str
    secret: str = field(repr=False)
    sign_name: str
    url: str = field(default=URL, repr=False)
    region: str = "cn-hangzhou"

    def secrets(self) -> tuple[str, ...]:
        """The key, its name, and the address, which may hold a token."""
        return self.secret, self.account, self.url

    def request(self, message: Filled) -> Request:
        """SendSms as a form."""
        parameters = {
            "AccessKeyId": self.account,
            "Action": "SendSms",
            "Format": "JSON",
            "OutId": message.key,
            "PhoneNumbers": message.to,
            "RegionId": self.region,
            "SignName": self.sign_name,
            "SignatureMethod": "HMAC-SHA1",
            "SignatureNonce": message.nonce,
            "SignatureVersion": "1.0",
            "TemplateCode": message.template,
            "TemplateParam": json.dumps(dict(message.values), ensure_ascii=False),
            "Timestamp": message.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Version": "2017-05-25",
        }
        signature = signed("POST", parameters, self.secret)
        body = f"Signature={_escaped(signature)}&{_query(parameters)}"
        return Request(
            self.url,
            body.encode(),
            {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"},
        )

    def verdict(self, answer: Answer, hidden: tuple[str, ...]) -> Sent:
        """By `Code`, which is OK or names what is wrong, whatever the status is."""
        told = None if answer.failed else answer.told()
        code = at_path(told, "Code")
        if code == "OK" and 200 <= answer.status < 300:
            return sent("taken", reference=at_path(told, "BizId"), hidden=hidden)
        if not isinstance(code, str) or code == "OK":
            return answer.verdict() or sent("answer_unreadable")
        word = MEANINGS.get(code) or (code.startswith("isv.") and "refused") or "out_of_order"
        return sent(word, theirs=code, again_in=_LIMITED.get(code, 0), hidden=hidden)


def signed(method: str, parameters: Mapping[str, str], secret: str) -> str:
    """The signature of a request in the RPC style: HMAC-SHA1, in base64, over the method, `/` and
    the sorted and escaped parameters."""
    told = "&".join((method, _escaped("/"), _escaped(_query(parameters))))
    return base64.b64encode(hmac.digest(f"{secret}&".encode(), told.encode(), "sha1")).decode()


def _query(parameters: Mapping[str, str]) -> str:
    return "&".join(
        f"{_escaped(name)}={_escaped(value)}" for name, value in sorted(parameters.items())
    )


def _escaped(text: str) -> str:
    return quote(text, safe="-_.~")
