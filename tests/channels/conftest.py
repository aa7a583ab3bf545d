"""Servers that stand for gateways, robots and mail servers, and a resolver that leads where a test
wants."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest

from tests.channels.sinks import Papers, Sink, papers, sinking

NAME = "gateway.test"


@pytest.fixture
def sink() -> Iterator[Sink]:
    """A web server on this machine."""
    with sinking() as found:
        yield found


@pytest.fixture
def sentinel() -> Iterator[Sink]:
    """A web server on this machine that nobody is to reach."""
    with sinking() as found:
        yield found
        assert found.connections == 0, "somebody was led inside"


@pytest.fixture(scope="session")
def trusted(tmp_path_factory: pytest.TempPathFactory) -> Papers:
    """Papers for gateway.test."""
    return papers(tmp_path_factory.mktemp("trusted") / "papers", NAME)


@pytest.fixture
def names(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[list[str]]]:
    """name -> the numbers that the machine's resolver says of it, one list after the other, the
    last for ever. Numbers are themselves."""
    known: dict[str, list[list[str]]] = {}
    real = socket.getaddrinfo

    def lookup(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host not in known:
            return real(host, port, *args, **kwargs)
        answers = known[host]
        numbers = answers.pop(0) if len(answers) > 1 else answers[0]
        return [found for number in numbers for found in real(number, port, *args, **kwargs)]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    return known
