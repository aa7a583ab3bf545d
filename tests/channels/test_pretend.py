"""The sample office's gateway: it keeps what it is given, marked, and no office in earnest has it."""

from __future__ import annotations

import threading

import pytest

from app.channels.pretend import Kept, Pretend
from app.rules.refusal import NotAllowed
from tests.channels.messages import KEY, told


def test_what_it_takes_can_be_read_and_is_marked() -> None:
    kept = Kept()
    found = Pretend(kept, production=False).send(told())
    assert (found.outcome, found.reference) == ("taken", f"pretend-{KEY}")
    assert kept.all() == [(f"pretend-{KEY}", told())]


def test_a_message_that_is_sent_again_is_kept_once() -> None:
    kept = Kept()
    gateway = Pretend(kept, production=False)
    threads = [threading.Thread(target=gateway.send, args=(told(),)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gateway.send(told(key="another"))
    assert [reference for reference, _ in kept.all()] == [f"pretend-{KEY}", "pretend-another"]


def test_it_is_refused_in_production() -> None:
    with pytest.raises(NotAllowed, match="pretend_in_production"):
        Pretend(Kept(), production=True)
