"""Asking a web server that somebody's setting names: one request, an answer of a bounded length in a
bounded time, nobody followed elsewhere, nothing read from the environment, certificates checked."""

from __future__ import annotations

import json
import logging
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import HTTPError
from urllib3.util import Retry

from app.channels.channel import Sent
from app.channels.line import Line, Network
from app.channels.reachable import Pinned, checked, web_address
from app.channels.reasons import sent
from app.rules.refusal import NotAllowed

for _part in ("connection", "connectionpool", "poolmanager", "response", "util.retry"):
    # Their lines, warnings too, hold the whole address that is asked, token included.
    logging.getLogger(f"urllib3.{_part}").setLevel(logging.CRITICAL)

_NOT_ALLOWED = {"address_unknown": "name_unknown"}
_MOST_WAIT = 3600
_BY_STATUS = {
    401: "credentials_wrong",
    403: "credentials_wrong",
    404: "set_up_wrong",
    405: "set_up_wrong",
    410: "set_up_wrong",
    408: "out_of_order",
    429: "too_many",
}


@dataclass(frozen=True)
class Request:
    """What is asked: `body` as it goes over the line."""

    url: str = field(repr=False)
    body: bytes = field(repr=False)
    headers: Mapping[str, str] = field(repr=False)
    method: str = "POST"


@dataclass(frozen=True)
class Answer:
    """What came back: a status and a body, or in `failed` our word for why nothing did."""

    failed: str = ""
    status: int = 0
    body: bytes = field(default=b"", repr=False)
    wait: int = 0

    def told(self) -> Any:
        """The body as JSON; None where it is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None

    def verdict(self) -> Sent | None:
        """What the failure or the status alone says; None where it is the body that tells."""
        if self.failed:
            return sent(self.failed)
        if 200 <= self.status < 300:
            return None
        return sent(self._word(), theirs=self.status, again_in=self.wait)

    def _word(self) -> str:
        if self.status >= 500:
            return "out_of_order"
        if 300 <= self.status < 400:
            return "redirected"
        return _BY_STATUS.get(self.status, "refused" if self.status >= 400 else "out_of_order")


def ask(network: Network, request: Request) -> Answer:
    """Send a request and read its answer. Raises nothing that the other side could bring about."""
    with Line(network.limits) as line:
        try:
            pinned = checked(web_address(request.url), network.allowed, network.limits.resolve)
        except NotAllowed as refusal:
            return Answer(_NOT_ALLOWED.get(refusal.msgid, "address_not_allowed"))
        with requests.Session() as session:
            session.trust_env = False
            session.mount(f"{pinned.address.speaks}://", _Adapter(line, pinned))
            return _answered(session, network, request, line)


def _answered(session: requests.Session, network: Network, request: Request, line: Line) -> Answer:
    limits = network.limits
    headers = {"Accept-Encoding": "identity", "User-Agent": "Duban", **request.headers}
    try:
        with session.request(
            request.method,
            request.url,
            data=request.body,
            headers=headers,
            timeout=(limits.connect, limits.read),
            allow_redirects=False,
            verify=network.authorities or True,
            stream=True,
        ) as response:
            body = _read(response, limits.most)
            status, wait = response.status_code, _wait(response.headers.get("Retry-After", ""))
    # What these say quotes the address, so nothing of them goes on.
    except (requests.RequestException, HTTPError, OSError, ValueError) as error:
        return Answer(_failed(error, line))
    if line.late:
        return Answer("answer_late")
    return Answer("answer_too_long" if len(body) > limits.most else "", status, body, wait)


def _read(response: requests.Response, most: int) -> bytes:
    """The body as it comes, a byte more than `most` at the most. Raises where it ends before it is
    whole."""
    body = b""
    while len(body) <= most:
        more = response.raw.read(most + 1 - len(body), decode_content=False)
        if not more:
            break
        body += more
    return body


def _failed(error: Exception, line: Line) -> str:
    """Our word for an error: once the request is on its way nobody knows whether it arrived."""
    if line.established:
        timed_out = line.late or isinstance(error, requests.Timeout)
        return "answer_late" if timed_out else "answer_lost"
    return "certificate_wrong" if _is_of_tls(error) else "no_connection"


def _is_of_tls(error: BaseException | None) -> bool:
    if isinstance(error, (requests.exceptions.SSLError, ssl.SSLCertVerificationError)):
        return True
    return error is not None and _is_of_tls(error.__cause__)


def _wait(said: str) -> int:
    """`Retry-After` in seconds, an hour at most; 0 for a date or nothing."""
    return min(int(said), _MOST_WAIT) if said.isascii() and said.isdigit() else 0


class _Adapter(HTTPAdapter):
    """Connects to the numbers that were checked, whatever the name leads to by now. The name stays
    in the Host header and is the one that the certificate has to bear."""

    def __init__(self, line: Line, pinned: Pinned) -> None:
        super().__init__(max_retries=Retry(0, read=0))
        self.poolmanager.pool_classes_by_scheme = _pools(line, pinned)


def _pools(line: Line, pinned: Pinned) -> dict[str, type[HTTPConnectionPool]]:
    class Plain(HTTPConnection):
        def _new_conn(self) -> Any:
            return line.connect(pinned)

        def connect(self) -> None:
            super().connect()
            line.established = True

    class Sealed(HTTPSConnection):
        def _new_conn(self) -> Any:
            return line.connect(pinned)

        def connect(self) -> None:
            super().connect()
            line.established = True

    class PlainPool(HTTPConnectionPool):
        ConnectionCls = Plain

    class SealedPool(HTTPSConnectionPool):
        ConnectionCls = Sealed

    return {"http": PlainPool, "https": SealedPool}
