"""The office's mailbox, read over IMAP: what lies above the last number that was read, one mail at a
time, its size first. No mark of the mailbox is changed: what was read is the desk's to know, so that
a person may look at the same mailbox, and two desks at one."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime

from imap_tools import BaseMailBox
from imap_tools.errors import ImapToolsError, MailboxLoginError

from app.channels.line import Limits, Line, Network
from app.channels.reachable import Pinned, checked, server_address
from app.rules.refusal import NotAllowed

MOST_BYTES = 25 * 1024 * 1024
"""Of larger mails headers and the beginning of their text are read. [reach, In]"""
BEGINNING = 1024 * 1024
"""So much of the body of a mail that is too large is read, in bytes."""
LIMITS = Limits(connect=5.0, read=20.0, whole=300.0)
"""A mailbox is read by a job, not while somebody waits."""
MOST_HEADERS = 4 * 1024 * 1024
_SIZE, _DATE = re.compile(rb"RFC822\.SIZE (\d+)"), re.compile(rb'INTERNALDATE "([^"]+)"')
_LONG_AGO = datetime(1970, 1, 1, tzinfo=UTC)
IN_THE_CLEAR = "imap"


@dataclass(frozen=True)
class Account:
    """A mailbox and who may read it: `speaks` is imaps, or imap for a host that the environment
    opens."""

    speaks: str
    host: str
    port: int
    user: str = field(repr=False)
    password: str = field(repr=False)
    folder: str = "INBOX"


@dataclass(frozen=True)
class Fetched:
    """A mail as it lies in the mailbox: its number, its size in bytes, when it came there, and its
    content; `whole` is False where only the beginning was read."""

    uid: int
    size: int
    at: datetime
    raw: bytes = field(repr=False)
    whole: bool = True


class Unreadable(Exception):
    """A mailbox cannot be read. `code` says why, in a word of ours: what servers say quotes
    addresses."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Client(imaplib.IMAP4):
    """imaplib's client over a connection that was checked and is cut off in time."""

    def __init__(self, connect: Callable[[], socket.socket], timeout: float) -> None:
        self._line = connect
        super().__init__("", 0, timeout)

    def _create_socket(self, timeout: float | None = None) -> socket.socket:
        return self._line()


class _Box(BaseMailBox):
    """imap_tools' mailbox with that client."""

    def __init__(self, client: _Client) -> None:
        self._made = client
        super().__init__()

    def _get_mailbox_client(self) -> imaplib.IMAP4:
        return self._made


class Mailbox:
    """An open mailbox: `validity` is its UIDVALIDITY. Numbers count within it alone."""

    def __init__(self, box: BaseMailBox, validity: int) -> None:
        self._box, self.validity = box, validity

    def above(self, uid: int) -> list[int]:
        """The numbers of the mails above one, rising. A server gives the last one for a range that
        begins behind it, so they are looked through again."""
        found = (int(one) for one in self._box.uids(f"UID {uid + 1}:*"))
        return sorted(one for one in found if one > uid)

    def fetched(self, uid: int) -> Fetched | None:
        """A mail by its number, no mark changed; None where it is gone by now."""
        told = b" ".join(self._parts(uid, "(RFC822.SIZE INTERNALDATE)"))
        size = _SIZE.search(told)
        if size is None:
            return None
        octets, at = int(size.group(1)), _moment(told)
        if octets <= MOST_BYTES:
            raw = self._literal(uid, "(BODY.PEEK[])")
            return None if raw is None else Fetched(uid, octets, at, raw)
        headers = self._literal(uid, f"(BODY.PEEK[HEADER]<0.{MOST_HEADERS}>)")
        body = self._literal(uid, f"(BODY.PEEK[TEXT]<0.{BEGINNING}>)")
        if headers is None or body is None:
            return None
        return Fetched(uid, octets, at, headers + body, whole=False)

    def _parts(self, uid: int, wanted: str) -> list[bytes]:
        state, data = self._box.client.uid("FETCH", str(uid), wanted)
        if state != "OK":
            raise Unreadable("mailbox_refuses")
        return [
            piece
            for part in data
            if part
            for piece in (part if isinstance(part, tuple) else (part,))
        ]

    def _literal(self, uid: int, wanted: str) -> bytes | None:
        state, data = self._box.client.uid("FETCH", str(uid), wanted)
        if state != "OK":
            raise Unreadable("mailbox_refuses")
        return next((part[1] for part in data if isinstance(part, tuple)), None)


def _moment(told: bytes) -> datetime:
    found = _DATE.search(told)
    if found is None:
        return _LONG_AGO
    try:
        return datetime.strptime(found.group(1).decode().strip(), "%d-%b-%Y %H:%M:%S %z")
    except ValueError:
        return _LONG_AGO


def reachable(network: Network, account: Account) -> Pinned:
    """The server of an account, checked as when it is saved. Raises NotAllowed as
    `reachable.checked` does, and address_in_the_clear for plain IMAP to the outside."""
    address = server_address(account.speaks, account.host, account.port)
    found = checked(address, network.allowed, network.limits.resolve)
    opened = network.allowed.opens(address.host, address.port, found.numbers)
    if account.speaks == IN_THE_CLEAR and not opened:
        raise NotAllowed("address_in_the_clear")
    return found


@contextmanager
def opened(network: Network, account: Account) -> Iterator[Mailbox]:
    """A mailbox, open as long as this lasts. Raises Unreadable, with a word of ours for whatever
    was in the way."""
    try:
        pinned = reachable(network, account)
    except NotAllowed as no:
        raise Unreadable(no.msgid) from None
    with Line(network.limits) as line:
        try:
            box = _Box(_Client(lambda: _connected(network, line, pinned, account), LIMITS.read))
        except (OSError, imaplib.IMAP4.error, ValueError) as error:
            raise Unreadable(_said(error, line)) from None
        try:
            yield _selected(box, account)
        except MailboxLoginError:
            raise Unreadable("credentials_wrong") from None
        except (OSError, imaplib.IMAP4.error, ImapToolsError) as error:
            raise Unreadable(_said(error, line)) from None
        finally:
            with suppress(OSError, imaplib.IMAP4.error, ImapToolsError):
                box.client.shutdown()


def _connected(network: Network, line: Line, pinned: Pinned, account: Account) -> socket.socket:
    plain = line.connect(pinned)
    if account.speaks == IN_THE_CLEAR:
        return plain
    context = ssl.create_default_context(cafile=network.authorities)
    return context.wrap_socket(plain, server_hostname=pinned.address.host)


def _selected(box: _Box, account: Account) -> Mailbox:
    if account.user.isascii() and account.password.isascii():
        box.login(account.user, account.password, None)
    else:
        box.login_utf8(account.user, account.password, None)
    box.folder.set(account.folder, readonly=True)
    _, told = box.client.response("UIDVALIDITY")
    if not told or told[0] is None:
        raise Unreadable("mailbox_refuses")
    return Mailbox(box, int(told[0]))


def _said(error: Exception, line: Line) -> str:
    """Why a mailbox could not be read, in a word of ours."""
    if isinstance(error, ssl.SSLCertVerificationError):
        return "certificate_wrong"
    if line.late or isinstance(error, TimeoutError):
        return "timed_out"
    return "not_reached" if isinstance(error, OSError) else "mailbox_refuses"
