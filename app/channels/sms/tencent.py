"""Tencent Cloud's short message service: SendSms of version 2021-01-11, signed by TC3-HMAC-SHA256.

Source: 腾讯云 短信 SendSms (cloud.tencent.com/document/product/382/55981), 签名方法 v3
(cloud.tencent.com/document/api/213/30654), 错误码.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from app.channels.channel import Sent
from app.channels.http import Answer, Request
from app.channels.reasons import sent
from app.channels.sms.gateway import Filled, at_path

URL = "https://sms.tencentcloudapi.com/"
CONTENT = "application/json; charset=utf-8"
MEANINGS: Mapping[str, str] = {
    "InvalidParameterValue.IncorrectPhoneNumber": "receiver_wrong",
    "FailedOperation.PhoneNumberInBlacklist": "receiver_unwilling",
    "FailedOperation.ContainSensitiveWord": "content_refused",
    "UnsupportedOperation.ContainSensitiveWord": "content_refused",
    "InvalidParameterValue.ProhibitedUseUrlInTemplateParameter": "content_refused",
    "InvalidParameterValue.TemplateParameterFormatError": "content_refused",
    "InvalidParameterValue.TemplateParameterLengthLimit": "field_too_long",
    "InvalidParameterValue.ContentLengthLimit": "field_too_long",
    "LimitExceeded.PhoneNumberDailyLimit": "receiver_had_enough",
    "LimitExceeded.PhoneNumberOneHourLimit": "receiver_had_enough",
    "LimitExceeded.PhoneNumberThirtySecondLimit": "receiver_had_enough",
    "LimitExceeded.PhoneNumberSameContentDailyLimit": "receiver_had_enough",
    "FailedOperation.InsufficientBalanceInSmsPackage": "out_of_money",
    "UnauthorizedOperation.SerivceSuspendDueToArrears": "out_of_money",
    "FailedOperation.SignatureIncorrectOrUnapproved": "set_up_wrong",
    "FailedOperation.TemplateIncorrectOrUnapproved": "set_up_wrong",
    "FailedOperation.TemplateParamSetNotMatchApprovedTemplate": "set_up_wrong",
    "InvalidParameterValue.SdkAppIdNotExist": "set_up_wrong",
    "InvalidParameterValue.TemplateIdNotExist": "set_up_wrong",
    "AuthFailure.SignatureExpire": "clock_differs",
}
"""Tencent's code -> our word; of others the first part tells."""
FIRST_PARTS: Mapping[str, str] = {
    "AuthFailure": "credentials_wrong",
    "UnauthorizedOperation": "credentials_wrong",
    "LimitExceeded": "too_many",
    "RequestLimitExceeded": "too_many",
    "InternalError": "out_of_order",
    "InvalidAction": "set_up_wrong",
    "MissingParameter": "set_up_wrong",
}
_AGAIN = {
    "LimitExceeded.PhoneNumberDailyLimit": 3600,
    "LimitExceeded.PhoneNumberOneHourLimit": 3600,
    "LimitExceeded.PhoneNumberSameContentDailyLimit": 3600,
    "LimitExceeded.PhoneNumberThirtySecondLimit": 30,
}


@dataclass(frozen=True)
class Tencent:
    """An account of Tencent Cloud's. `application`: SmsSdkAppId; `sign_name`: the signature that
    stands before the text."""

    account: str
    secret: str = field(repr=False)
    application: str
    sign_name: str
    url: str = field(default=URL, repr=False)
    region: str = "ap-guangzhou"

    def secrets(self) -> tuple[str, ...]:
        """The key, its name, and the address, which may hold a token."""
        return self.secret, self.account, self.url

    def request(self, message: Filled) -> Request:
        """SendSms as JSON; the fields go by their order."""
        body = json.dumps(
            {
                "PhoneNumberSet": [f"+86{message.to}"],
                "SmsSdkAppId": self.application,
                "SignName": self.sign_name,
                "TemplateId": message.template,
                "TemplateParamSet": [value for _, value in message.values],
                "SessionContext": message.key,
            },
            ensure_ascii=False,
        ).encode()
        host = urlsplit(self.url).netloc
        headers = {
            "Authorization": authorization(
                self.account, self.secret, "sms", host, "SendSms", message.at, body
            ),
            "Content-Type": CONTENT,
            "X-TC-Action": "SendSms",
            "X-TC-Version": "2021-01-11",
            "X-TC-Timestamp": str(int(message.at.timestamp())),
            "X-TC-Region": self.region,
        }
        return Request(self.url, body, headers)

    def verdict(self, answer: Answer, hidden: tuple[str, ...]) -> Sent:
        """By the status of the one number that was asked for, or the error of the whole request."""
        told = None if answer.failed else at_path(answer.told(), "Response")
        status = at_path(told, "SendStatusSet.0")
        code = at_path(told, "Error.Code") or at_path(status, "Code")
        if code == "Ok" and 200 <= answer.status < 300:
            return sent("taken", reference=at_path(status, "SerialNo"), hidden=hidden)
        if not isinstance(code, str) or code == "Ok":
            return answer.verdict() or sent("answer_unreadable")
        word = MEANINGS.get(code) or FIRST_PARTS.get(code.partition(".")[0], "refused")
        return sent(word, theirs=code, again_in=_AGAIN.get(code, 0), hidden=hidden)


def authorization(
    account: str, secret: str, service: str, host: str, action: str, at: datetime, body: bytes
) -> str:
    """The header of TC3-HMAC-SHA256 for a POST of JSON: the key is derived from the day, the
    service and a fixed word."""
    day = at.astimezone(UTC).strftime("%Y-%m-%d")
    headers = "content-type;host;x-tc-action"
    canonical = "\n".join(
        (
            "POST",
            "/",
            "",
            f"content-type:{CONTENT}",
            f"host:{host}",
            f"x-tc-action:{action.lower()}",
            "",
            headers,
            hashlib.sha256(body).hexdigest(),
        )
    )
    scope = f"{day}/{service}/tc3_request"
    told = "\n".join(
        (
            "TC3-HMAC-SHA256",
            str(int(at.timestamp())),
            scope,
            hashlib.sha256(canonical.encode()).hexdigest(),
        )
    )
    key = f"TC3{secret}".encode()
    for part in (day, service, "tc3_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    signature = hmac.digest(key, told.encode(), "sha256").hex()
    return (
        f"TC3-HMAC-SHA256 Credential={account}/{scope}, "
        f"SignedHeaders={headers}, Signature={signature}"
    )
