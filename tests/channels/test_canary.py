"""What leaves the channels - returned, logged, raised - holds no telephone, no secret, no token and no
word that was told, whatever the other side makes of them: here it quotes all that it was sent."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import quote

import pytest
import structlog

from app.channels import Channel, Sent
from app.channels.mail import Mail
from app.channels.reasons import REASONS, sent
from app.channels.robots import DingTalk, WeCom
from app.channels.sms import Aliyun, Generic, Mas, Sms, Tencent
from app.logs import write_lines
from tests.channels.messages import (
    ACCOUNT,
    AT,
    MAILBOX,
    PHONE,
    SECRET,
    TEMPLATES,
    TOKEN,
    WORDS,
    told,
)
from tests.channels.posts import greeting, leave, playing, posting
from tests.channels.sinks import (
    SHORT,
    Handler,
    Sink,
    answering,
    closing,
    closing_half_way,
    dripping,
    flooding,
    hanging,
    home,
)

CANARIES = (PHONE, MAILBOX, SECRET, ACCOUNT, TOKEN, WORDS, "SM20250930-0012", "10月9日")


def nowhere_in(text: str) -> None:
    for canary in CANARIES:
        for form in (canary, quote(canary, safe=""), json.dumps(canary)[1:-1]):
            assert form not in text, f"{form} in {text[:300]}"


def channels(sink: Sink) -> dict[str, Channel]:
    url = f"{sink.url}?key={TOKEN}"
    described = Generic(
        url=url,
        account=ACCOUNT,
        secret=SECRET,
        body={"to": "{to}", "text": "{text}", "key": "{secret}"},
        success_path="ok",
        success="yes",
        code_path="code",
        reference_path="reference",
    )
    gateways: dict[str, Any] = {
        "aliyun": Aliyun(ACCOUNT, SECRET, "热线", url),
        "tencent": Tencent(ACCOUNT, SECRET, "1", "热线", url),
        "mas": Mas("热线", ACCOUNT, SECRET, "s", "", url),
        "generic": described,
    }
    return {
        **{name: Sms(home(), one, TEMPLATES, lambda: AT) for name, one in gateways.items()},
        "wecom": WeCom(home(), url),
        "dingtalk": DingTalk(home(), url, SECRET, lambda: AT),
    }


def quoting(status: int, taken: bool, what: Callable[[Handler], str]) -> Callable[..., None]:
    """Answer with what was sent in each place that a channel reads."""

    def behave(handler: Handler) -> None:
        said = what(handler)
        status_of_one = {"SerialNo": said, "Code": "Ok" if taken else said, "Message": said}
        body = {
            "Code": "OK" if taken else said,
            "BizId": said,
            "Message": said,
            "Response": {"SendStatusSet": [status_of_one]},
            "success": taken,
            "rspcod": "success" if taken else said,
            "msgGroup": said,
            "ok": "yes" if taken else "no",
            "code": said,
            "reference": said,
            "errcode": 0 if taken else said,
            "errmsg": said,
        }
        raw = json.dumps(body).encode()
        answering(status, raw, X_Said=quote(said), Retry_After=quote(said))(handler)

    return behave


def everything(handler: Handler) -> str:
    (one,) = handler.sink.asked[-1:]
    return f"{one.path} {one.headers} {one.body!r} {PHONE} {SECRET} {WORDS}"


def only(canary: str) -> Callable[[Handler], str]:
    return lambda handler: canary


BEHAVIOURS: dict[str, Any] = {
    **{
        f"{name}-{status}-{taken}": quoting(status, taken, what)
        for name, what in (
            ("all", everything),
            *((canary, only(canary)) for canary in (PHONE, SECRET, ACCOUNT, TOKEN, WORDS)),
            ("begun", only(SECRET[:12])),
            ("number", only(PHONE[:7])),
            ("field", only("SM20250930-0012")),
        )
        for status in (200, 400, 500)
        for taken in (True, False)
    },
    "redirect": lambda handler: answering(302, b"", Location=handler.path)(handler),
    "hanging": hanging,
    "dripping": dripping(b"HTTP/1.1 200 OK\r\n\r\n"),
    "flooding": flooding,
    "closing": closing,
    "half": closing_half_way,
    "no_http": lambda handler: handler.wfile.write(f"{handler.path} no\r\n\r\n".encode()),
    "bad_header": lambda handler: handler.wfile.write(
        f"HTTP/1.1 200 OK\r\n{handler.path}\r\n{SECRET}: {PHONE}\r\n\r\n".encode()
    ),
}
SLOW = {"hanging", "dripping"}


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Every line that anything logs, as a process that logs everything would write it."""
    caplog.set_level(logging.DEBUG)
    for name in ("urllib3", "requests", "smtplib", "imaplib", "charset_normalizer"):
        logging.getLogger(name).setLevel(logging.NOTSET)
    yield caplog
    logging.getLogger("urllib3").setLevel("WARNING")


def held_back(found: Sent, lines: pytest.LogCaptureFixture) -> None:
    assert found.code in REASONS
    nowhere_in(repr(found))
    nowhere_in(found.message.both())
    nowhere_in("\n".join(record.getMessage() + str(record.exc_info) for record in lines.records))


@pytest.mark.parametrize("behaviour", [*BEHAVIOURS])
def test_nothing_of_a_message_comes_back_from_a_web_server(
    behaviour: str, sink: Sink, lines: pytest.LogCaptureFixture
) -> None:
    sink.behave = BEHAVIOURS[behaviour]
    found = channels(sink)
    for name in ["generic"] if behaviour in SLOW else found:
        held_back(found[name].send(told()), lines)


def test_nothing_of_a_message_comes_back_where_nobody_answers(
    lines: pytest.LogCaptureFixture,
) -> None:
    for channel in channels(Sink(port=1)).values():
        held_back(channel.send(told()), lines)


@pytest.mark.parametrize("said", ["MAIL", "RCPT", "DATA", "AUTH"])
@pytest.mark.parametrize("status", ["450", "550"])
def test_nothing_of_a_mail_comes_back_from_a_mail_server(
    said: str, status: str, lines: pytest.LogCaptureFixture
) -> None:
    quoted = f"{status} <{MAILBOX}> {SECRET} {PHONE} {TOKEN}"
    with posting(login=(ACCOUNT, SECRET), **{said: quoted}) as post:
        mail = Mail(
            home(), "127.0.0.1", post.port, "plain", "a@b.cn", "", ACCOUNT, SECRET, lambda: AT
        )
        lines.clear()
        found = mail.send(told(to=MAILBOX))
    ours = [record for record in lines.records if not record.name.startswith(("mail.", "asyncio"))]
    assert found.theirs in (status, "535")
    nowhere_in(repr(found) + found.message.both())
    nowhere_in("\n".join(record.getMessage() for record in ours))


def test_nothing_of_a_mail_comes_back_from_one_that_hangs_up(
    lines: pytest.LogCaptureFixture,
) -> None:
    for after in range(5):
        with playing(greeting(after, leave)) as post:
            mail = Mail(home(SHORT), "127.0.0.1", post.port, "plain", "a@b.cn", clock=lambda: AT)
            held_back(mail.send(told(to=MAILBOX)), lines)


def test_no_channel_and_no_message_shows_what_it_holds_where_it_is_printed(sink: Sink) -> None:
    """A job's error page prints the locals of a function."""
    nowhere_in(repr(told()))
    for channel in channels(sink).values():
        nowhere_in(repr(channel).replace(ACCOUNT, ""))
    mail = Mail(home(), "post.test", 25, "plain", "a@b.cn", "", ACCOUNT, SECRET)
    nowhere_in(repr(mail))


def test_an_error_that_is_ours_says_nothing_of_what_was_told(
    sink: Sink, capsys: pytest.CaptureFixture[str]
) -> None:
    """A mistake of ours in the middle of a send is logged by its kind and place."""

    def broken() -> Any:
        raise RuntimeError("broken clock")

    write_lines("test", plain=False)
    try:
        channel = DingTalk(home(), f"{sink.url}?key={TOKEN}", SECRET, broken)
        with pytest.raises(RuntimeError) as found:
            channel.send(told())
        structlog.stdlib.get_logger("duban.test").error("job", exc_info=found.value)
    finally:
        structlog.reset_defaults()
    nowhere_in(capsys.readouterr().err)


@pytest.mark.parametrize(
    ("theirs", "kept"),
    [
        ("isv.OUT_OF_SERVICE", "isv.OUT_OF_SERVICE"),
        ("LimitExceeded.AppDailyLimit", "LimitExceeded.AppDailyLimit"),
        (45009, "45009"),
        (-1, "-1"),
        (True, ""),
        (None, ""),
        ({"a": 1}, ""),
        (PHONE, ""),
        (int(PHONE), ""),
        ("canary", ""),
        ("someone said this", ""),
        ("a" * 65, ""),
        ("<script>", ""),
        ("isv.A\n", ""),
    ],
)
def test_of_the_other_sides_code_only_what_is_one_is_kept(theirs: Any, kept: str) -> None:
    assert sent("refused", theirs=theirs, hidden=(SECRET,)).theirs == kept
