"""Who tries passwords: how often, from where, at whose cost. [trust, Access: a lock is never for
ever]"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

import config
from app.rules.refusal import NotAllowed
from app.stages.logins import FIRST_WAIT, FREE_TRIES, KNOWN_FOR, LONGEST_WAIT
from app.views.login import door as door_module
from app.views.login import security as people
from app.views.login.door import FROM_A_KNOWN, FROM_A_STRANGER, FROM_STRANGERS, REDIS_SECONDS, Door
from tests.servers import ValkeyServer
from tests.views.panel import HASH, PASSWORD, Browser, Panel
from tests.views.test_access import id_of, rows

WRONG = "a wrong pass phrase"
HERE, ELSEWHERE = "10.1.1.1", "10.6.6.6"


def _guess(
    panel: Panel, name: str, address: str, times: int = 1, password: str = WRONG
) -> list[int]:
    panel.app.config["AUTH_DB_FAKE_PASSWORD_HASH_CHECK"] = HASH
    return [panel.browser(address).login(name, password).status_code for _ in range(times)]


def _known(panel: Panel, name: str, address: str) -> None:
    assert panel.browser(address).login(name).status_code == 302


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Each password that was looked at, as the real function is asked."""
    found: list[str] = []
    real = people.check_password_hash

    def told(hash: str, password: str) -> bool:
        found.append(password)
        return real(hash, password)

    monkeypatch.setattr(people, "check_password_hash", told)
    return found


# By address and in all.


def test_an_address_where_nobody_came_in_is_turned_away_before_a_password_is_looked_at(
    panel: Panel, hashed: list[str]
) -> None:
    """Seen failing with the limit asked after the hash."""
    name, most = panel.account("operator"), FROM_A_STRANGER[0].amount
    told = _guess(panel, "nobody-there", ELSEWHERE, most + 3)
    assert told == [401] * most + [429] * 3
    assert len(hashed) == most
    assert _guess(panel, name, ELSEWHERE, password=PASSWORD) == [429], "neither does the right one"
    assert _guess(panel, name, HERE, password=PASSWORD) == [302], "others are not"


def test_who_is_turned_away_is_told_for_how_long_and_keeps_the_name_he_typed(
    sqlite_panel: Panel,
) -> None:
    _guess(sqlite_panel, "nobody-there", ELSEWHERE, FROM_A_STRANGER[0].amount)
    answer = sqlite_panel.browser(ELSEWHERE).login("my-name", WRONG)
    seconds = int(answer.headers["Retry-After"])
    assert 0 < seconds <= 61 and f"请{seconds}秒后再试" in answer.text
    assert 'value="my-name"' in answer.text and WRONG not in answer.text


def test_a_known_address_may_try_oftener_and_a_login_begins_the_count_anew(
    sqlite_panel: Panel,
) -> None:
    """A whole unit may stand behind one address."""
    name, most = sqlite_panel.account("operator"), FROM_A_KNOWN[0].amount
    _known(sqlite_panel, name, HERE)
    assert _guess(sqlite_panel, "nobody-there", HERE, most - 1) == [401] * (most - 1)
    _known(sqlite_panel, name, HERE)
    assert _guess(sqlite_panel, "nobody-there", HERE, most + 1) == [401] * most + [429]


def test_an_address_is_known_for_ninety_days(sqlite_panel: Panel) -> None:
    name = sqlite_panel.account("operator")
    _known(sqlite_panel, name, HERE)
    sqlite_panel.now += KNOWN_FOR + timedelta(seconds=1)
    most = FROM_A_STRANGER[0].amount
    assert _guess(sqlite_panel, "nobody-there", HERE, most + 1)[-1] == 429


def test_strangers_together_do_not_keep_out_who_comes_from_a_known_address(
    sqlite_panel: Panel, hashed: list[str]
) -> None:
    """From however many addresses they come."""
    name, most, each = (
        sqlite_panel.account("operator"),
        FROM_STRANGERS[0].amount,
        FROM_A_STRANGER[0].amount,
    )
    _known(sqlite_panel, name, HERE)
    sqlite_panel.tries_forgotten()
    hashed.clear()
    for n in range(most // each):
        assert set(_guess(sqlite_panel, "nobody-there", f"10.7.0.{n}", each)) == {401}
    assert _guess(sqlite_panel, "nobody-there", "10.8.0.1") == [429]
    assert len(hashed) == most
    _known(sqlite_panel, name, HERE)


def test_an_ipv6_network_counts_as_one_address(sqlite_panel: Panel) -> None:
    most = FROM_A_STRANGER[0].amount
    told = [
        _guess(sqlite_panel, "nobody-there", f"2001:db8:1:2::{n:x}")[0] for n in range(most + 1)
    ]
    assert told[-1] == 429
    assert _guess(sqlite_panel, "nobody-there", "2001:db8:1:3::1") == [401]


def test_the_access_log_is_told_of_who_is_turned_away_once_a_minute(panel: Panel) -> None:
    """Whoever floods the door does not flood the log."""
    _guess(panel, "nobody-there", ELSEWHERE, FROM_A_STRANGER[0].amount + 20)
    assert [(row.address, row.account_id) for row in rows(panel.desk, kind="limited")] == [
        (ELSEWHERE, None)
    ]
    assert len(rows(panel.desk, kind="login_failed")) == FROM_A_STRANGER[0].amount


# An account that somebody guesses at.


def test_guesses_from_elsewhere_never_keep_out_a_person_at_his_own_desk(panel: Panel) -> None:
    """Seen failing with the lock asked before the address."""
    name = panel.account("operator")
    _known(panel, name, HERE)
    for hour in range(3):
        assert _guess(panel, name, ELSEWHERE, 9) == [401] * 9
        panel.tries_forgotten()
        assert _guess(panel, name, ELSEWHERE, password=PASSWORD) == [401], "locked there"
        assert _guess(panel, name, HERE, password=PASSWORD) == [302], hour
        panel.now += timedelta(hours=1)


def test_guesses_at_his_own_desk_lead_to_a_wait_that_grows_and_to_no_lock(panel: Panel) -> None:
    """Thirty seconds after the fifth wrong one, then twice as long each time, a quarter of an hour
    at most."""
    name = panel.account("operator")
    _known(panel, name, HERE)
    assert _guess(panel, name, HERE, FREE_TRIES + 1) == [401] * (FREE_TRIES + 1)
    wait = FIRST_WAIT
    for _ in range(8):
        panel.tries_forgotten()
        panel.now += wait - timedelta(seconds=1)
        assert _guess(panel, name, HERE, password=PASSWORD) == [429], wait
        panel.now += timedelta(seconds=1)
        assert _guess(panel, name, HERE) == [401], wait
        wait = min(2 * wait, LONGEST_WAIT)
    assert wait == LONGEST_WAIT
    assert not rows(panel.desk, kind="locked")
    panel.now += wait
    panel.tries_forgotten()
    assert _guess(panel, name, HERE, password=PASSWORD) == [302]
    assert _guess(panel, name, HERE, FREE_TRIES) == [401] * FREE_TRIES, (
        "a login begins the count anew"
    )
    assert _guess(panel, name, HERE, password=PASSWORD) == [302]


def test_wrong_tries_of_the_day_before_make_nobody_wait(sqlite_panel: Panel) -> None:
    name = sqlite_panel.account("operator")
    _known(sqlite_panel, name, HERE)
    _guess(sqlite_panel, name, HERE, FREE_TRIES)
    sqlite_panel.now += timedelta(days=1)
    assert _guess(sqlite_panel, name, HERE, 2) == [401, 401]
    assert _guess(sqlite_panel, name, HERE, password=PASSWORD) == [302]


def test_a_wait_is_one_accounts_and_one_addresss(sqlite_panel: Panel) -> None:
    """A colleague at the same desk comes in, and so does the person at another desk of his."""
    name, other = sqlite_panel.account("operator"), sqlite_panel.account("visitor")
    for address in (HERE, "10.1.1.2"):
        _known(sqlite_panel, name, address)
    _known(sqlite_panel, other, HERE)
    _guess(sqlite_panel, name, HERE, FREE_TRIES + 1)
    assert _guess(sqlite_panel, name, HERE, password=PASSWORD) == [429]
    assert _guess(sqlite_panel, other, HERE, password=PASSWORD) == [302]
    assert _guess(sqlite_panel, name, "10.1.1.2", password=PASSWORD) == [302]
    assert [row.account_id for row in rows(sqlite_panel.desk, kind="limited")] == [
        id_of(sqlite_panel.desk, name)
    ]


def test_another_accounts_login_does_not_make_an_address_an_accounts_own(
    sqlite_panel: Panel,
) -> None:
    """Who guesses at a colleague's account from his own desk locks it there."""
    name, other = sqlite_panel.account("operator"), sqlite_panel.account("visitor")
    _known(sqlite_panel, other, HERE)
    assert _guess(sqlite_panel, name, HERE, FREE_TRIES + 1) == [401] * (FREE_TRIES + 1)
    assert len(rows(sqlite_panel.desk, kind="locked")) == 1
    assert _guess(sqlite_panel, name, HERE, password=PASSWORD) == [401]


# Where it is counted.


@pytest.fixture
def valkey() -> Iterator[ValkeyServer]:
    with ValkeyServer() as server:
        yield server


def _doors(data: Path, url: str, n: int) -> list[Door]:
    settings = config.load({"DESK_DATA": str(data), "REDIS_URL": url, "SECRET_KEY": "s" * 40})
    return [Door(settings) for _ in range(n)]


def _passes(door: Door, *who: str) -> bool:
    try:
        door.passes(FROM_A_STRANGER, *who)
    except NotAllowed:
        return False
    return True


def test_all_processes_count_together(valkey: ValkeyServer, tmp_path: Path) -> None:
    doors, most = _doors(tmp_path, valkey.url, 2), FROM_A_STRANGER[0].amount
    assert [_passes(doors[n % 2], "from", HERE) for n in range(most + 2)] == [True] * most + [
        False
    ] * 2
    doors[0].forget(FROM_A_STRANGER, "from", HERE)
    assert _passes(doors[1], "from", HERE)


def test_without_redis_each_process_counts_for_itself_and_asks_again_later(
    valkey: ValkeyServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Gone, deaf or emptied: nobody is kept waiting for it twice, and nobody gets in unlimited."""
    (door,), most = _doors(tmp_path, valkey.url, 1), FROM_A_STRANGER[0].amount
    assert _passes(door, "from", HERE)
    os.kill(valkey.pid, signal.SIGSTOP)
    began = time.monotonic()
    assert [_passes(door, "from", HERE) for _ in range(most + 1)] == [True] * most + [False]
    assert time.monotonic() - began < 3 * REDIS_SECONDS
    os.kill(valkey.pid, signal.SIGCONT)
    monkeypatch.setattr(door_module, "WITHOUT_REDIS", 0.0)
    later = time.monotonic() + 31
    monkeypatch.setattr(door_module.time, "monotonic", lambda: later)
    assert _passes(door, "from", HERE), "counted in Redis again, where few were"
    valkey.forget()
    assert [_passes(door, "from", HERE) for _ in range(most + 1)] == [True] * most + [False]


def test_a_door_without_a_redis_is_none_the_worse(tmp_path: Path) -> None:
    (door,) = _doors(tmp_path, f"unix://{tmp_path}/nowhere", 1)
    most = FROM_A_STRANGER[0].amount
    assert [_passes(door, "from", HERE) for _ in range(most + 1)] == [True] * most + [False]


def test_many_tries_at_once_are_counted_each(sqlite_panel: Panel, hashed: list[str]) -> None:
    """None slips through between the question and the count."""
    browsers = [sqlite_panel.browser(ELSEWHERE) for _ in range(24)]
    for browser in browsers:
        browser.get("/login/")
    told: list[int] = []

    def guess(browser: Browser) -> None:
        answer = browser.post("/login/", {"username": "nobody-there", "password": WRONG})
        told.append(answer.status_code)

    threads = [threading.Thread(target=guess, args=(browser,)) for browser in browsers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    most = FROM_A_STRANGER[0].amount
    assert sorted(told) == [401] * most + [429] * (len(browsers) - most)
    assert len(hashed) == most
