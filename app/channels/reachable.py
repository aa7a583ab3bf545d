"""Which addresses the desk asks: an administrator types them, and none may lead into the network that
the desk stands in, or to the machine itself, unless the environment opens it (`DESK_ALLOWED_HOSTS`).

Checked when an address is saved and again when it is used: a name may lead elsewhere by then. What
was checked is what is connected to, by number; names are not resolved a second time.
"""

from __future__ import annotations

import queue
import re
import socket
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import SplitResult, urlsplit

from app.rules.refusal import NotAllowed

Number = IPv4Address | IPv6Address
PORTS = {"https": 443, "http": 80, "smtp": 25, "smtps": 465, "imap": 143, "imaps": 993}
"""What is spoken -> its usual port."""
CLOSED = ("http",)
"""What is spoken in the clear, and so only with hosts that the environment opens."""
USUAL = {
    "https": {443},
    "http": {80},
    "smtp": {25, 587},
    "smtps": {465},
    "imap": {143},
    "imaps": {993},
}
FIRST_FREE_PORT = 1024
"""From here on a service may listen anywhere."""
RESOLVING = 3.0
"""How long a name may take to be resolved, in seconds."""
MOST_SIGNS = 2000
_NAME = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*\.?")
_PUBLIC_6 = ip_network("2000::/3")
_TRANSLATED = ip_network("64:ff9b::/96")
_UNUSED = (ip_network("2002::/16"), ip_network("192.88.99.0/24"), ip_network("192.0.0.0/24"))


@dataclass(frozen=True)
class Allowed:
    """What the environment opens although it is inside: hosts by name or number, networks. With a
    port it is that port alone."""

    hosts: frozenset[tuple[str, int | None]] = frozenset()
    networks: tuple[IPv4Network | IPv6Network, ...] = ()

    @classmethod
    def read(cls, entries: Sequence[str]) -> Allowed:
        """From entries as `sms.lan`, `10.1.2.3:8080`, `::1`, `[fd00::1]:25` or `10.1.0.0/16`, which
        `config` has checked. Raises ValueError for another."""
        hosts, networks = set(), []
        for entry in entries:
            if "/" in entry:
                networks.append(ip_network(entry))
                continue
            bare = entry.count(":") > 1 and "[" not in entry
            parts = urlsplit(f"//[{entry}]" if bare else f"//{entry}")
            hosts.add((_host(parts), parts.port))
        return cls(frozenset(hosts), tuple(networks))

    def opens(self, host: str, port: int, numbers: Sequence[Number] = ()) -> bool:
        """Whether a host is opened by its name, or by every one of its numbers."""
        if {(host, port), (host, None)} & self.hosts:
            return True
        return bool(numbers) and all(self.has(number, port) for number in numbers)

    def has(self, number: Number, port: int) -> bool:
        """Whether a number is opened."""
        plain = _plain(number)
        return self.opens(str(plain), port) or any(plain in network for network in self.networks)


@dataclass(frozen=True)
class Address:
    """A host and port to be asked, and what is spoken there. The rest of what was typed - a path, a
    token - is not in it."""

    speaks: str
    host: str
    port: int


@dataclass(frozen=True)
class Pinned:
    """An address that was checked, with the numbers that it may be connected by."""

    address: Address
    numbers: tuple[Number, ...] = field(repr=False)


def web_address(typed: str) -> Address:
    """The host of an address that is typed as a whole. Raises NotAllowed: address_unusable (not an
    address of a web server), address_with_name (a name or password in it), address_port."""
    if len(typed) > MOST_SIGNS or not typed.isascii() or re.search(r"[\x00-\x20\x7f\\]", typed):
        raise NotAllowed("address_unusable")
    try:
        parts = urlsplit(typed)
        host, port = _host(parts), parts.port
    except ValueError as error:
        raise NotAllowed("address_unusable") from error
    if parts.scheme not in ("https", "http") or parts.fragment:
        raise NotAllowed("address_unusable")
    if "@" in parts.netloc:
        raise NotAllowed("address_with_name")
    return _ported(parts.scheme, host, port)


def server_address(speaks: str, host: str, port: int | None = None) -> Address:
    """The address of a mail server: `speaks` is smtp, smtps, imap or imaps. Raises NotAllowed:
    address_unusable, address_port."""
    try:
        parts = urlsplit(f"//[{host}]" if ":" in host else f"//{host}")
        found = _host(parts)
        whole = found == host.lower().rstrip(".") and parts.port is None
    except ValueError as error:
        raise NotAllowed("address_unusable") from error
    if not whole:
        raise NotAllowed("address_unusable")
    return _ported(speaks, found, port)


def _ported(speaks: str, host: str, port: int | None) -> Address:
    return Address(speaks, host, PORTS[speaks] if port is None else port)


def _host(parts: SplitResult) -> str:
    """A host in the form in which hosts are compared. Raises ValueError where it is none."""
    host = parts.hostname or ""
    if ":" in host:
        if "%" in host:
            raise ValueError("a zone of this machine")
        return str(IPv6Address(host))
    if not _NAME.fullmatch(host) or len(host) > 253:
        raise ValueError("no host")
    return host.rstrip(".")


def checked(address: Address, allowed: Allowed, seconds: float = RESOLVING) -> Pinned:
    """An address that may be asked, with its numbers. Raises NotAllowed: address_port (a port that
    is no web or mail server's), address_unknown (the name leads nowhere, or not within `seconds`),
    address_inside (it leads into the network that the desk stands in), address_in_the_clear (what
    is sent would be readable on the way)."""
    named = allowed.opens(address.host, address.port)
    usual = address.port in USUAL[address.speaks] or FIRST_FREE_PORT <= address.port < 2**16
    if not usual and not named:
        raise NotAllowed("address_port")
    found = Pinned(address, resolved(address, seconds))
    opened = allowed.opens(address.host, address.port, found.numbers)
    if not opened and not all(
        outside(number) or allowed.has(number, address.port) for number in found.numbers
    ):
        raise NotAllowed("address_inside")
    if address.speaks in CLOSED and not opened:
        raise NotAllowed("address_in_the_clear")
    return found


def outside(number: Number) -> bool:
    """Whether a number is one of the public network's, and no other way of writing one that is
    not: no loopback, private, link-local, shared, reserved, multicast or unspecified one."""
    plain = _plain(number)
    if not plain.is_global or plain.is_multicast or any(plain in one for one in _UNUSED):
        return False
    return isinstance(plain, IPv4Address) or plain in _PUBLIC_6


def _plain(number: Number) -> Number:
    """The number that another one stands for: IPv4 written as, or translated to, IPv6."""
    if isinstance(number, IPv4Address):
        return number
    if number.ipv4_mapped:
        return number.ipv4_mapped
    if number in _TRANSLATED:
        return IPv4Address(int(number) & 0xFFFFFFFF)
    return number


def resolved(address: Address, seconds: float = RESOLVING) -> tuple[Number, ...]:
    """Every number of a host. Raises NotAllowed (address_unknown) where there is none, or none
    within so many seconds."""
    answers: queue.SimpleQueue[list[str]] = queue.SimpleQueue()
    # The system's resolver cannot be stopped; who waits for it can.
    threading.Thread(
        target=_resolve, args=(address.host, address.port, answers), daemon=True
    ).start()
    try:
        found = answers.get(timeout=seconds)
    except queue.Empty as error:
        raise NotAllowed("address_unknown") from error
    if not found:
        raise NotAllowed("address_unknown")
    return tuple(dict.fromkeys(ip_address(number.partition("%")[0]) for number in found))


def _resolve(host: str, port: int, answers: queue.SimpleQueue[list[str]]) -> None:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        answers.put([])
    else:
        answers.put([str(entry[4][0]) for entry in found])
