"""Which addresses the desk asks: none inside unless the environment opens it."""

from __future__ import annotations

import socket
import time
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest

from app.channels.http import Request, ask
from app.channels.line import Network
from app.channels.reachable import Allowed, checked, outside, server_address, web_address
from app.rules.refusal import NotAllowed
from config import ConfigError, load
from tests.channels.sinks import SHORT, Sink

INSIDE = (
    *("127.0.0.1", "127.8.9.10", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1"),  # noqa: S104
    *("169.254.169.254", "100.64.0.1", "100.100.100.200", "224.0.0.1", "239.1.1.1"),
    *("255.255.255.255", "240.0.0.1", "192.0.2.1", "198.18.0.1", "192.0.0.8", "192.88.99.1"),
    *("::", "::1", "fe80::1", "fec0::1", "fc00::1", "fd12::1", "ff02::1", "ff0e::1"),
    *("::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::127.0.0.1"),
    *("64:ff9b::7f00:1", "64:ff9b::a00:1", "64:ff9b:1::1", "2002:7f00:1::", "2001:0:7f00:1::"),
    *("2001:db8::1", "100::1", "5f00::1"),
)
OUTSIDE = ("8.8.8.8", "112.35.1.155", "2400:3200::1", "::ffff:8.8.8.8", "64:ff9b::808:808")


def refused(address: str, *allowed: str) -> str:
    """The id of the refusal of an address that is typed."""
    with pytest.raises(NotAllowed) as found:
        checked(web_address(address), Allowed.read(allowed), 2.0)
    assert found.value.facts == {}
    return found.value.msgid


@pytest.mark.parametrize("number", INSIDE)
def test_no_number_inside_is_asked(number: str) -> None:
    assert not outside(ip_address(number))
    host = f"[{number}]" if ":" in number else number
    assert refused(f"https://{host}/send") == "address_inside"


@pytest.mark.parametrize("number", OUTSIDE)
def test_a_number_outside_is_asked(number: str) -> None:
    host = f"[{number}]" if ":" in number else number
    found = checked(web_address(f"https://{host}:8443/send"), Allowed())
    assert [*map(str, found.numbers)] == [str(ip_address(number))]
    assert found.address.port == 8443


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f000001", "127.1", "0177.0.0.1", "0x7f.1", "localhost", "localhost."],
)
def test_this_machine_is_known_however_it_is_written(host: str) -> None:
    assert refused(f"https://{host}/") == "address_inside"


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("", "address_unusable"),
        ("sms.example.cn/send", "address_unusable"),
        ("ftp://sms.example.cn/", "address_unusable"),
        ("file:///etc/passwd", "address_unusable"),
        ("gopher://sms.example.cn/", "address_unusable"),
        ("https:///send", "address_unusable"),
        ("https://sms_example.cn/", "address_unusable"),
        ("https://短信.cn/", "address_unusable"),
        ("https://sms.example.cn/ HTTP/1.1", "address_unusable"),
        ("https://sms.example.cn/\r\nX: y", "address_unusable"),
        ("https://sms.example.cn\\@10.0.0.1/", "address_unusable"),
        ("https://sms.example.cn/#part", "address_unusable"),
        ("https://[fe80::1%25eth0]/", "address_unusable"),
        ("https://[fe80::1%eth0]/", "address_unusable"),
        ("https://sms.example.cn:http/", "address_unusable"),
        ("https://sms.example.cn:70000/", "address_unusable"),
        ("https://" + "a" * 3000, "address_unusable"),
        ("https://user@sms.example.cn/", "address_with_name"),
        ("https://user:password@sms.example.cn/", "address_with_name"),
        ("https://8.8.8.8:22/", "address_port"),
        ("https://8.8.8.8:25/", "address_port"),
        ("https://8.8.8.8:0/", "address_port"),
        ("http://8.8.8.8:443/", "address_port"),
        ("http://8.8.8.8/", "address_in_the_clear"),
        ("https://nowhere.invalid/", "address_unknown"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_with_its_reason(typed: str, why: str) -> None:
    assert refused(typed) == why


@pytest.mark.parametrize(
    ("speaks", "host", "port", "why"),
    [
        ("smtp", "127.0.0.1", 25, "address_inside"),
        ("smtps", "::1", 465, "address_inside"),
        ("imaps", "10.0.0.1", None, "address_inside"),
        ("imap", "8.8.8.8", 22, "address_port"),
        ("smtp", "8.8.8.8", 465, "address_port"),
        ("smtp", "mail.example.cn/path", 25, "address_unusable"),
        ("smtp", "user@mail.example.cn", 25, "address_unusable"),
        ("smtp", "mail.example.cn:25", None, "address_unusable"),
        ("smtp", "mail.example.cn\r\nRCPT", 25, "address_unusable"),
        ("smtp", "", 25, "address_unusable"),
    ],
)
def test_the_host_of_a_mail_server_is_looked_at_alike(
    speaks: str, host: str, port: int | None, why: str
) -> None:
    with pytest.raises(NotAllowed, match=why):
        checked(server_address(speaks, host, port), Allowed())


def test_the_usual_ports_of_mail_servers_are_their_own() -> None:
    for speaks, port in (("smtp", 25), ("smtps", 465), ("imap", 143), ("imaps", 993)):
        assert checked(server_address(speaks, "8.8.8.8"), Allowed()).address.port == port
    assert checked(server_address("smtp", "8.8.8.8", 587), Allowed()).address.port == 587


@pytest.mark.parametrize(
    ("entry", "address", "opened"),
    [
        ("10.1.2.3", "http://10.1.2.3:8080/", True),
        ("10.1.2.3", "http://10.1.2.4:8080/", False),
        ("10.1.2.3:8080", "http://10.1.2.3:8080/", True),
        ("10.1.2.3:8080", "http://10.1.2.3:8081/", False),
        ("10.1.2.3:9", "http://10.1.2.3:9/", True),
        ("10.1.0.0/16", "https://10.1.2.3/", True),
        ("10.1.0.0/16", "https://10.1.2.3:22/", False),
        ("10.1.0.0/16", "https://10.2.2.3/", False),
        ("10.1.0.0/16", "https://[::ffff:10.1.2.3]/", True),
        ("localhost", "http://localhost:8080/", True),
        ("localhost", "http://LOCALHOST.:8080/", True),
        ("localhost", "http://127.0.0.1:8080/", False),
        ("[fd00::1]:8080", "https://[fd00::1]:8080/", True),
        ("fd00::/8", "https://[fd00::1]/", True),
        ("fd00::1", "http://[fd00::1]:8080/", True),
        ("fd00::1", "http://[fd00::2]:8080/", False),
        ("112.35.1.155:1992", "http://112.35.1.155:1992/sms/tmpsubmit", True),
    ],
)
def test_the_environment_opens_what_it_names_and_nothing_beside_it(
    entry: str, address: str, opened: bool
) -> None:
    if opened:
        assert checked(web_address(address), Allowed.read([entry])).numbers
    else:
        assert refused(address, entry) in ("address_inside", "address_port")


def test_one_number_inside_among_those_of_a_name_closes_it(names: dict[str, Any]) -> None:
    names["gateway.test"] = [["8.8.8.8", "10.0.0.1"]]
    assert refused("https://gateway.test/") == "address_inside"
    assert refused("http://gateway.test/", "10.0.0.1") == "address_in_the_clear"
    assert checked(web_address("https://gateway.test/"), Allowed.read(["10.0.0.1"]))
    names["gateway.test"] = [["8.8.8.8", "8.8.4.4"]]
    assert len(checked(web_address("https://gateway.test/"), Allowed()).numbers) == 2


def test_a_name_that_led_outside_when_it_was_saved_is_looked_at_again_when_it_is_asked(
    names: dict[str, Any], sentinel: Sink
) -> None:
    names["gateway.test"] = [["8.8.8.8"], ["127.0.0.1"]]
    url = f"https://gateway.test:{sentinel.port}/send"
    assert checked(web_address(url), Allowed())
    assert ask(Network(limits=SHORT), Request(url, b"", {})).failed == "address_not_allowed"


def test_a_resolver_that_does_not_answer_is_waited_for_so_long(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(2) or [])
    began = time.monotonic()
    with pytest.raises(NotAllowed, match="address_unknown"):
        checked(web_address("https://gateway.test/"), Allowed(), 0.1)
    assert time.monotonic() - began < 1


@pytest.mark.parametrize(
    ("said", "hosts"),
    [
        ("", ()),
        ("sms.lan", ("sms.lan",)),
        (
            "sms.lan, 10.1.2.3:8080 10.2.0.0/16,[fd00::1]:25 fd00::/8 [fd00::2] ::1",
            (
                "sms.lan",
                "10.1.2.3:8080",
                "10.2.0.0/16",
                "[fd00::1]:25",
                "fd00::/8",
                "[fd00::2]",
                "::1",
            ),
        ),
    ],
)
def test_the_environment_names_hosts_and_networks(
    tmp_path: Path, said: str, hosts: tuple[str, ...]
) -> None:
    settings = load({"DESK_DATA": str(tmp_path), "DESK_ALLOWED_HOSTS": said})
    assert settings.allowed_hosts == hosts
    assert Allowed.read(settings.allowed_hosts)


@pytest.mark.parametrize(
    "said",
    [
        "http://sms.lan",
        "10.1.2.3/8",
        "10.1.2.3:99999",
        "a@b",
        "短信",
        "sms.lan/x",
        "[::g]",
        "*",
        "a?b",
    ],
)
def test_what_the_environment_names_and_is_no_host_is_refused(tmp_path: Path, said: str) -> None:
    with pytest.raises(ConfigError, match=r"^DESK_ALLOWED_HOSTS .*\.$"):
        load({"DESK_DATA": str(tmp_path), "DESK_ALLOWED_HOSTS": said})
