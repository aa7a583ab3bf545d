"""Mail that leaves the desk, against real mail servers: what they say is understood, nothing that is told
becomes a header, and nobody holds the desk up."""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import pytest

from app.channels import Sent
from app.channels.line import Network
from app.channels.mail import Mail, mailbox
from app.rules.refusal import NotAllowed
from tests.channels.messages import AT, KEY, MAILBOX, SECRET, WORDS, told
from tests.channels.posts import (
    Post,
    drip,
    flood,
    greeting,
    leave,
    playing,
    posting,
    silence,
)
from tests.channels.sinks import SHORT, Papers, Sink, home, papers

SENDER = "desk@hotline.example"
NAME = "post.test"
WHOLE = SHORT.whole + 0.6


def mail(post: Post, **changed: Any) -> Mail:
    given: dict[str, Any] = {
        "network": home(),
        "host": "127.0.0.1",
        "port": post.port,
        "security": "plain",
        "sender": SENDER,
        "name": "神木市市长热线",
        "clock": lambda: AT,
    }
    return Mail(**{**given, **changed})


def sent(post: Post, **changed: Any) -> Sent:
    return mail(post, **changed).send(told(to=MAILBOX))


def test_a_mail_arrives_as_it_was_told_under_its_own_number() -> None:
    with posting() as post:
        found = sent(post)
    assert (found.outcome, found.reference) == ("taken", f"{KEY}@hotline.example")
    one = post.only()
    assert one["Message-ID"] == f"<{KEY}@hotline.example>"
    assert one["From"] == f"神木市市长热线 <{SENDER}>"
    assert one["To"] == MAILBOX
    assert one["Subject"] == "催办：SM20250930-0012"
    assert one["Auto-Submitted"] == "auto-generated"
    assert parsedate_to_datetime(str(one["Date"])) == AT
    assert one.get_content() == f"{WORDS}\r\n"
    assert (post.mails[0].mail_from, post.mails[0].rcpt_tos) == (SENDER, [MAILBOX])


def test_a_mail_that_is_sent_again_has_the_same_number() -> None:
    with posting() as post:
        sent(post)
        sent(post)
    numbers = {message.content.split(b"Message-ID: ")[1].split()[0] for message in post.mails}
    assert len(post.mails) == 2
    assert numbers == {f"<{KEY}@hotline.example>".encode()}


@pytest.mark.parametrize(
    ("said", "answer", "code", "outcome"),
    [
        ("RCPT", "550 no such user", "receiver_wrong", "refused"),
        ("RCPT", "551 gone", "receiver_wrong", "refused"),
        ("RCPT", "552 full", "receiver_wrong", "refused"),
        ("RCPT", "554 relay access denied", "set_up_wrong", "away"),
        ("RCPT", "450 greylisted", "receiver_had_enough", "busy"),
        ("RCPT", "451 try later", "out_of_order", "away"),
        ("RCPT", "421 closing", "out_of_order", "away"),
        ("MAIL", "451 local error", "out_of_order", "away"),
        ("MAIL", "452 too many", "too_many", "busy"),
        ("MAIL", "550 not you", "set_up_wrong", "away"),
        ("MAIL", "530 log in first", "credentials_wrong", "away"),
        ("DATA", "550 looks like spam", "content_refused", "refused"),
        ("DATA", "554 no", "content_refused", "refused"),
        ("DATA", "451 try later", "out_of_order", "away"),
        ("DATA", "452 too many", "too_many", "busy"),
    ],
)
def test_what_a_server_says_is_understood(said: str, answer: str, code: str, outcome: str) -> None:
    with posting(**{said: answer}) as post:
        found = sent(post)
    assert (found.code, found.outcome, found.theirs) == (code, outcome, answer[:3])
    assert found.again_in == (300 if answer[0] == "4" else 0)
    assert post.mails == []


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "liaison",
        "a@b@c",
        "liaison@water.example,other@evil.example",
        "liaison@water.example\r\nBcc: other@evil.example",
        "liaison@water.example>\r\nRCPT TO:<other@evil.example",
        "<liaison@water.example>",
        "李@water.example",
        "liaison@水.example",
        "a b@water.example",
        '"a b"@water.example',
        "liaison@[127.0.0.1]",
        "liaison@-water.example",
        "a..b@water.example",
        "a" * 250 + "@b.cn",
    ],
)
def test_what_is_not_one_mail_address_gets_nothing(typed: str, sentinel: Sink) -> None:
    post = Post(port=sentinel.port)
    found = mail(post).send(told(to=typed))
    assert (found.code, found.outcome) == ("receiver_wrong", "refused")
    assert not mailbox(typed)
    with pytest.raises(NotAllowed, match="mail_sender"):
        mail(post, sender=typed)


def test_a_mail_address_of_usual_signs_is_one() -> None:
    assert all(map(mailbox, ("a.b+c@water.gov.cn", "o'neil@x-y.example", "1@2.cn", "a@localhost")))


@pytest.mark.parametrize(
    "words",
    [
        "催办\r\nBcc: other@evil.example\r\n\r\nbody",
        "催办\nX-A: b",
        "催办\rX-A: b",
        "a\x00b\x0bc\x85d\u2028e\u2029f",
        "=?utf-8?b?DQpCY2M6IG90aGVy?=",
        "==??utf-8?q?=0D=0ABcc:_other?=",
        "=?utf-8?q?=0D=0ABcc:_other?= =?utf-8?q?=0D=0ABcc:_other?=",
        "a" * 5000,
        "\ud83d办",
    ],
)
def test_nothing_that_is_told_becomes_a_header_or_another_receiver(words: str) -> None:
    with posting() as post:
        found = mail(post, name=words).send(told(to=MAILBOX, subject=words, text=words))
    assert found.outcome == "taken"
    one = post.only()
    assert set(one.keys()) == {
        *("Auto-Submitted", "Content-Transfer-Encoding", "Content-Type", "Date", "From"),
        *("MIME-Version", "Message-ID", "Subject", "To"),
    }
    assert len(one.keys()) == 9
    assert post.mails[0].rcpt_tos == [MAILBOX]
    assert len(str(one["Subject"])) <= 200


def test_lines_that_begin_with_a_dot_and_long_lines_arrive() -> None:
    text = ".\r\n..\nQUIT\n" + "长" * 5000
    with posting() as post:
        mail(post).send(told(to=MAILBOX, text=text))
    assert post.only().get_content().replace("\r\n", "\n") == text.replace("\r\n", "\n") + "\n"


SCRIPTS = [
    (silence, "no_connection", "away"),
    (drip, "no_connection", "away"),
    (greeting(1, silence), "out_of_order", "away"),
    (greeting(1, drip), "out_of_order", "away"),
    (greeting(1, flood), "out_of_order", "away"),
    (greeting(2, leave), "out_of_order", "away"),
    (greeting(9, silence), "answer_late", "unknown"),
    (greeting(9, drip), "answer_late", "unknown"),
    (greeting(9, leave), "answer_lost", "unknown"),
    (greeting(9, flood), "answer_lost", "unknown"),
]


@pytest.mark.parametrize(("script", "code", "outcome"), SCRIPTS)
def test_nobody_holds_the_desk_up_and_a_lost_answer_is_not_known(
    script: Any, code: str, outcome: str
) -> None:
    with playing(script) as post:
        began = time.monotonic()
        found = sent(post)
        seconds = time.monotonic() - began
    assert (found.code, found.outcome) == (code, outcome)
    assert seconds < WHOLE


def test_what_was_taken_stays_taken_where_the_server_does_not_say_good_bye() -> None:
    def taken(found: Any) -> None:
        found.sendall(b"250 OK\r\n")
        leave(found)

    with playing(greeting(9, taken)) as post:
        assert sent(post).outcome == "taken"


def test_where_nobody_listens_nothing_was_sent() -> None:
    with posting() as post:
        pass
    assert sent(post).code == "no_connection"


def test_a_server_inside_is_asked_only_where_it_is_opened(sentinel: Sink) -> None:
    closed = Network(limits=SHORT)
    for host in ("127.0.0.1", "localhost"):
        found = sent(Post(port=sentinel.port), network=closed, host=host)
        assert (found.code, found.outcome) == ("address_not_allowed", "away")
    assert sent(Post(port=2525), network=closed, host="nowhere.invalid").code == "name_unknown"


def test_mail_in_the_clear_goes_only_to_what_is_opened() -> None:
    outside = Mail(Network(), "8.8.8.8", 25, "plain", SENDER)
    with pytest.raises(NotAllowed, match="address_in_the_clear"):
        outside.pinned()
    assert Mail(Network(), "8.8.8.8", 587, "starttls", SENDER).pinned().address.port == 587
    with pytest.raises(NotAllowed, match="address_port"):
        Mail(Network(), "8.8.8.8", 443, "tls", SENDER).pinned()


@pytest.fixture(scope="module")
def post_papers(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    return papers(tmp_path_factory.mktemp("post") / "papers", NAME)


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_over_tls_the_name_is_that_which_was_typed_and_the_number_that_which_was_checked(
    security: str, post_papers: Papers, names: dict[str, Any]
) -> None:
    names[NAME] = [["127.0.0.1"], ["8.8.8.8"]]
    with posting(
        **{security: post_papers.server()},  # type: ignore[arg-type]
        login=("desk", SECRET),
    ) as post:
        found = sent(
            post,
            network=home(SHORT, post_papers.authority),
            host=NAME,
            security=security,
            account="desk",
            password=SECRET,
        )
    assert found.outcome == "taken", found
    assert post.logins == [("desk", SECRET)]
    assert len(post.mails) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_is_not_trusted_gets_no_password_and_no_mail(
    security: str, post_papers: Papers, names: dict[str, Any], tmp_path: Path
) -> None:
    names[NAME] = [["127.0.0.1"]]
    other = papers(tmp_path / "other", "other.test")
    for given, authority in ((post_papers, None), (other, other.authority)):
        with posting(
            **{security: given.server()},  # type: ignore[arg-type]
            login=("desk", SECRET),
        ) as post:
            found = sent(
                post,
                network=home(SHORT, authority),
                host=NAME,
                security=security,
                account="desk",
                password=SECRET,
            )
        assert (found.code, found.outcome) == ("certificate_wrong", "away")
        assert (post.logins, post.mails) == ([], [])


def test_a_server_without_starttls_gets_no_password_and_no_mail() -> None:
    with posting(login=("desk", SECRET)) as post:
        found = sent(post, security="starttls", account="desk", password=SECRET)
    assert (found.code, found.outcome) == ("set_up_wrong", "away")
    assert (post.logins, post.mails) == ([], [])


def test_a_wrong_password_is_about_the_channel() -> None:
    with posting(login=("desk", "another")) as post:
        found = sent(post, account="desk", password=SECRET)
    assert (found.code, found.outcome, found.theirs) == ("credentials_wrong", "away", "535")
    with posting(login=("desk", SECRET), AUTH="454 not now") as post:
        found = sent(post, account="desk", password=SECRET)
    assert (found.code, found.outcome) == ("out_of_order", "away")
    with playing(greeting(9, leave)) as post:
        assert sent(post, account="desk", password=SECRET).code == "set_up_wrong"


@pytest.mark.long
def test_with_the_usual_limits_a_dripping_server_takes_fifteen_seconds() -> None:
    with playing(greeting(9, drip)) as post:
        began = time.monotonic()
        found = sent(post, network=Network(home().allowed))
        assert 14.5 < time.monotonic() - began < 16.5
    assert found.code == "answer_late"
