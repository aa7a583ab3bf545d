"""Asking a web server: in a bounded time, an answer of a bounded length, nobody followed, nothing taken
from the environment, and only the number that was checked."""

from __future__ import annotations

import gzip
import os
import resource
import socket
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from app.channels.http import Answer, Request, ask
from app.channels.line import Limits, Network
from app.channels.reachable import Allowed
from tests.channels.sinks import (
    SHORT,
    Papers,
    Sink,
    answering,
    closing,
    closing_half_way,
    dripping,
    flooding,
    hanging,
    home,
    papers,
    sinking,
)

WHOLE = SHORT.whole + 0.6
"""How long a send may take here: its limit, and what a busy machine adds."""


def asked(url: str, network: Network | None = None) -> tuple[Answer, float]:
    """What comes of a request, and after how many seconds."""
    began = time.monotonic()
    answer = ask(network or home(), Request(url, b'{"a":1}', {"X-One": "two"}))
    return answer, time.monotonic() - began


def test_a_request_goes_out_as_it_was_written_and_its_answer_comes_back(sink: Sink) -> None:
    sink.behave = answering(200, b'{"errcode":0}')
    answer, _ = asked(f"{sink.url}?key=1%2F2&b")
    assert (answer.failed, answer.status, answer.told()) == ("", 200, {"errcode": 0})
    assert answer.verdict() is None
    (one,) = sink.asked
    assert (one.method, one.path, one.body) == ("POST", "/send?key=1%2F2&b", b'{"a":1}')
    assert one.headers["X-One"] == "two"
    assert one.headers["Host"] == f"127.0.0.1:{sink.port}"
    assert not {"Cookie", "Authorization"} & set(one.headers)


@pytest.mark.parametrize(
    ("status", "code", "outcome"),
    [
        (500, "out_of_order", "away"),
        (502, "out_of_order", "away"),
        (503, "out_of_order", "away"),
        (408, "out_of_order", "away"),
        (401, "credentials_wrong", "away"),
        (403, "credentials_wrong", "away"),
        (404, "set_up_wrong", "away"),
        (429, "too_many", "busy"),
        (400, "refused", "refused"),
        (422, "refused", "refused"),
    ],
)
def test_a_status_alone_tells(sink: Sink, status: int, code: str, outcome: str) -> None:
    sink.behave = answering(status, b"<html>no</html>", Retry_After="120")
    found = asked(sink.url)[0].verdict()
    assert found is not None
    assert (found.code, found.outcome, found.theirs) == (code, outcome, str(status))
    assert found.again_in == 120


@pytest.mark.parametrize("said", ["999999999999", "-1", "Wed, 21 Oct 2026 07:28:00 GMT", "１２"])
def test_a_pause_is_an_hour_at_most(sink: Sink, said: str) -> None:
    def behave(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 429 No\r\nContent-Length: 0\r\n")
        handler.wfile.write(f"Retry-After: {said}\r\n\r\n".encode())

    sink.behave = behave
    found = asked(sink.url)[0].verdict()
    assert found is not None
    assert found.again_in == (3600 if said == "999999999999" else 0)


@pytest.mark.parametrize("status", [300, 301, 302, 303, 307, 308])
def test_nobody_is_followed_elsewhere(sink: Sink, sentinel: Sink, status: int) -> None:
    sink.behave = answering(status, Location=f"http://127.0.0.1:{sentinel.port}/")
    found = asked(sink.url)[0].verdict()
    assert found is not None
    assert (found.code, found.theirs) == ("redirected", str(status))
    assert len(sink.asked) == 1


def test_no_proxy_and_no_password_is_taken_from_the_environment(
    sink: Sink, sentinel: Sink, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{sentinel.port}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login a password b\n")
    (tmp_path / "netrc").chmod(0o600)
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    assert asked(sink.url)[0].status == 200
    assert "Authorization" not in sink.asked[0].headers


def test_who_says_nothing_is_left_after_the_limit_of_reading(sink: Sink) -> None:
    sink.behave = hanging
    answer, seconds = asked(sink.url)
    assert (answer.failed, len(sink.asked)) == ("answer_late", 1)
    assert SHORT.read - 0.05 <= seconds < SHORT.read + 0.5


@pytest.mark.parametrize(
    "before",
    [
        b"",
        b"HTTP/1.1 200 OK\r\nX: ",
        b"HTTP/1.1 200 OK\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    ],
)
def test_who_answers_a_byte_at_a_time_is_cut_off_at_the_limit_of_the_whole_send(
    sink: Sink, before: bytes
) -> None:
    sink.behave = dripping(before)
    answer, seconds = asked(sink.url)
    assert answer.failed == "answer_late"
    assert seconds < WHOLE


def test_the_usual_limits_are_two_five_and_fifteen_seconds_and_64_kilobytes() -> None:
    assert Limits() == Limits(connect=2.0, read=5.0, whole=15.0, most=65536)


@pytest.mark.long
def test_with_the_usual_limits_a_dripping_server_takes_fifteen_seconds(sink: Sink) -> None:
    sink.behave = dripping(b"HTTP/1.1 200 OK\r\n\r\n")
    answer, seconds = asked(sink.url, home(Limits()))
    assert answer.failed == "answer_late"
    assert 14.5 < seconds < 16.5


def test_of_an_answer_without_end_so_much_is_read(sink: Sink) -> None:
    sink.behave = flooding
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer, seconds = asked(sink.url)
    assert answer.failed == "answer_too_long"
    assert len(answer.body) == SHORT.most + 1
    assert seconds < WHOLE
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024


def test_an_answer_of_64_kilobytes_is_read_whole(sink: Sink) -> None:
    body = b'"' + b"a" * (SHORT.most - 2) + b'"'
    sink.behave = answering(200, body)
    assert asked(sink.url)[0].body == body
    sink.behave = answering(200, body + b" ")
    assert asked(sink.url)[0].failed == "answer_too_long"


def test_a_packed_answer_is_not_unpacked(sink: Sink) -> None:
    """A few bytes could be gigabytes."""
    sink.behave = answering(200, gzip.compress(b"a" * 10_000_000), Content_Encoding="gzip")
    answer, _ = asked(sink.url)
    assert len(answer.body) < 20_000
    assert answer.told() is None
    assert sink.asked[0].headers["Accept-Encoding"] == "identity"


@pytest.mark.parametrize("body", [b"", b"no", b"\xff", b"[" * 60_000, b"1" * 60_000])
def test_an_answer_that_is_no_json_is_nothing(sink: Sink, body: bytes) -> None:
    sink.behave = answering(200, body)
    assert asked(sink.url)[0].told() is None


@pytest.mark.parametrize("behaviour", [closing, closing_half_way])
def test_after_a_lost_answer_nobody_knows_and_nothing_is_sent_twice(
    sink: Sink, behaviour: Any
) -> None:
    sink.behave = behaviour
    answer, _ = asked(sink.url)
    found = answer.verdict()
    assert found is not None
    assert (found.code, found.outcome) == ("answer_lost", "unknown")
    assert (len(sink.asked), sink.connections) == (1, 1)


def test_where_nobody_listens_nothing_was_sent() -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        found = asked(f"http://127.0.0.1:{silent.getsockname()[1]}/")[0].verdict()
    assert found is not None
    assert (found.code, found.outcome) == ("no_connection", "away")


def test_what_leads_inside_is_not_asked(sentinel: Sink) -> None:
    for url in (f"http://127.0.0.1:{sentinel.port}/", f"https://localhost:{sentinel.port}/"):
        assert asked(url, Network(limits=SHORT))[0].failed == "address_not_allowed"
    assert asked("not an address", Network())[0].failed == "address_not_allowed"
    assert asked("https://nowhere.invalid/", Network())[0].failed == "name_unknown"


@pytest.fixture
def sealed(trusted: Papers) -> Iterator[Sink]:
    """A web server over TLS, with papers for gateway.test."""
    with sinking(trusted.server()) as found:
        yield found


def at(sealed: Sink) -> str:
    return f"https://gateway.test:{sealed.port}/send"


def test_the_number_that_was_checked_is_asked_under_the_name_that_was_typed(
    sealed: Sink, sentinel: Sink, trusted: Papers, names: dict[str, Any]
) -> None:
    """The name leads elsewhere as soon as it was looked at."""
    names["gateway.test"] = [["127.0.0.1"], ["::1"], ["8.8.8.8"]]
    answer, _ = asked(at(sealed), home(SHORT, trusted.authority))
    assert answer.status == 200
    assert sealed.asked[0].headers["Host"] == f"gateway.test:{sealed.port}"
    assert names["gateway.test"] == [["::1"], ["8.8.8.8"]], "it was resolved again"


def test_the_next_number_is_tried_where_one_does_not_listen(
    sealed: Sink, trusted: Papers, names: dict[str, Any]
) -> None:
    names["gateway.test"] = [["::1", "127.0.0.99", "127.0.0.1"]]
    assert asked(at(sealed), home(SHORT, trusted.authority))[0].status == 200


def test_a_certificate_of_nobody_known_is_refused(sealed: Sink, names: dict[str, Any]) -> None:
    names["gateway.test"] = [["127.0.0.1"]]
    found = asked(at(sealed))[0].verdict()
    assert found is not None
    assert (found.code, found.outcome) == ("certificate_wrong", "away")
    assert sealed.asked == []


def test_a_certificate_for_another_name_is_refused(tmp_path: Path, names: dict[str, Any]) -> None:
    other = papers(tmp_path / "other", "other.test")
    names["gateway.test"] = [["127.0.0.1"]]
    with sinking(other.server()) as sealed:
        assert asked(at(sealed), home(SHORT, other.authority))[0].failed == "certificate_wrong"
        assert sealed.asked == []


def test_the_environment_adds_no_authority(
    sealed: Sink, trusted: Papers, names: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    names["gateway.test"] = [["127.0.0.1"]]
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.setenv(name, trusted.authority)
    assert asked(at(sealed))[0].failed == "certificate_wrong"


def test_over_tls_too_who_answers_a_byte_at_a_time_is_cut_off(
    sealed: Sink, trusted: Papers, names: dict[str, Any]
) -> None:
    names["gateway.test"] = [["127.0.0.1"]]
    sealed.behave = dripping(b"HTTP/1.1 200 OK\r\n\r\n")
    answer, seconds = asked(at(sealed), home(SHORT, trusted.authority))
    assert answer.failed == "answer_late"
    assert seconds < WHOLE


def test_who_never_ends_shaking_hands_is_cut_off_and_was_sent_nothing(
    names: dict[str, Any],
) -> None:
    names["gateway.test"] = [["127.0.0.1"]]
    with socket.create_server(("127.0.0.1", 0)) as server:

        def drip() -> None:
            found, _ = server.accept()
            with found:
                try:
                    found.sendall(b"\x16\x03\x03\x40\x00")
                    while True:
                        found.sendall(b"\x02")
                        time.sleep(0.05)
                except OSError:
                    return

        threading.Thread(target=drip, daemon=True).start()
        answer, seconds = asked(f"https://gateway.test:{server.getsockname()[1]}/")
    assert answer.failed in ("no_connection", "certificate_wrong")
    assert seconds < WHOLE


def test_a_send_leaves_no_thread_and_no_file_open(sink: Sink) -> None:
    for behaviour in (answering(200, b"{}"), hanging, closing, flooding):
        sink.behave = behaviour
        asked(sink.url)
    time.sleep(0.3)
    before = len(os.listdir("/proc/self/fd")), threading.active_count()
    for _ in range(5):
        for behaviour in (answering(200, b"{}"), hanging, closing, flooding):
            sink.behave = behaviour
            asked(sink.url)
    time.sleep(0.3)
    after = len(os.listdir("/proc/self/fd")), threading.active_count()
    assert after[0] <= before[0] + 2
    assert after[1] <= before[1] + 2


def test_the_body_is_said_to_be_as_long_as_it_is(sink: Sink) -> None:
    ask(home(), Request(sink.url, "短信".encode(), {"Content-Type": "text/plain"}))
    assert sink.asked[0].headers["Content-Length"] == "6"
    assert Allowed() == Network().allowed
