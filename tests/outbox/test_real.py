"""With the real supervisor, ticker and worker and nobody's help, to a gateway and a mail server that are
real."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
import requests
from redis import Redis
from rq import Worker

from app.channels.line import Limits, Network
from app.channels.reachable import Allowed
from app.database import reading
from app.ledger import verify
from app.models import Delivery, Notice
from jobs.outbox import channels
from jobs.queue import queue_on
from jobs.timetable import OUTBOX_QUEUE
from tests.channels.posts import posting
from tests.channels.sinks import Handler, Sink, answering, dripping, hanging, sinking
from tests.databases import Desk
from tests.office import Office, moment
from tests.outbox.posts import MOBILE, SMS, deliveries, post, way
from tests.supervised import Duban, gone, sqlite_data, waited

SECRET = "canary-of-a-gateway-key"
PASSWORD = "canary-of-a-mail-password"
CALLER = {"name": "金丝雀", "phone": "13912345678"}
MAILBOX = "liaison@water.example"
TAKEN = json.dumps({"ok": "true", "id": "m1"}).encode()
SECONDS = 90


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Desk]:
    """A desk with its data folder; on PostgreSQL the folder holds the key only."""
    with sqlite_data(request.getfixturevalue("sqlite_template"), tmp_path / "data") as made:
        if request.param == "sqlite":
            yield made
            return
    (tmp_path / "data" / "desk.db").unlink()
    yield request.getfixturevalue("postgres_desk")


def gateway(office: Office, at: str, name: str, sink: Sink) -> None:
    """A text gateway at a sink."""
    way(
        office,
        at,
        name,
        "http",
        settings={**SMS, "url": sink.url, "body": {**SMS["body"], "secret": "{secret}"}},  # type: ignore[dict-item]
        secrets={"secret": SECRET},
    )


def mail(office: Office, at: str, name: str, port: int) -> None:
    """The office's mail server."""
    told: dict[str, Any] = {"host": "127.0.0.1", "port": port, "security": "plain"}
    way(office, at, name, "smtp", settings={**told, "sender": "desk@office.example"})


def reached(office: Office, at: str, unit: str, value: str = MOBILE) -> None:
    """A unit with a number and a mailbox."""
    office.unit(unit)
    office.do(at, "it_admin", "set_address", unit=unit, kind="mobile", value=value)
    office.do(at, "it_admin", "set_address", unit=unit, kind="mail", value=MAILBOX)


def told_of(sink: Sink) -> list[dict[str, Any]]:
    """What a sink was asked."""
    return [json.loads(one.body) for one in sink.asked]


@pytest.mark.timeout(300)
@pytest.mark.long
def test_an_overdue_assignments_reminder_is_at_gateway_and_mail_server_within_90_s_of_its_sweep(
    desk: Desk, tmp_path: Path
) -> None:
    office = Office(desk)
    with sinking() as sink, posting() as mails:
        sink.behave = answering(200, TAKEN)
        gateway(office, "2025-09-24 09:00", "sms", sink)
        mail(office, "2025-09-24 09:01", "mail", mails.port)
        reached(office, "2025-09-24 09:02", "WATER")
        case = office.allocated("2025-09-25 09:00", "R", caller=CALLER)
        office.sweep("2025-09-29")
        url = "" if desk.sqlite else desk.url
        settings = {
            "DATABASE_URL": url,
            "DESK_CLOCK": "2025-09-30T08:30:00",
            "DESK_WORKERS": "1",
            "DESK_ALLOWED_HOSTS": "127.0.0.1",
        }
        with Duban(tmp_path / "data", **settings) as duban:
            waited(lambda: office.reminders("R"), 120, f"the sweep\n{duban.said}")
            swept = time.monotonic()

            def there() -> bool:
                sms = [
                    one for one in told_of(sink) if one["template"] in ("T_reminder", "T_several")
                ]
                return bool(sms and any("催办" in _text(one) for one in mails.mails))

            waited(there, SECONDS, f"the reminder\n{duban.said}")
            assert time.monotonic() - swept < SECONDS
            waited(lambda: "delivery.taken" in office.events("R"), 30, f"the event\n{duban.said}")
            with Redis.from_url(duban.redis_url) as redis:
                in_redis = b"".join(_all_of(redis)).decode(errors="replace")
            pages = _pages(duban)
            assert duban.stop() == 0
        _says_number_and_due_day(office, sink, mails, case.number or "")
        said = "\n".join([duban.said, in_redis, pages, *_logs(tmp_path / "data")])
    for canary in (MOBILE, MAILBOX, SECRET, *CALLER.values()):
        assert canary not in said, canary
    with reading(desk.sessions) as session:
        assert verify(session, desk.key) == []


def _text(envelope: Any) -> str:
    found = message_from_bytes(envelope.content, policy=default)
    body = found.get_body()  # type: ignore[attr-defined]
    return str(body.get_content())


def _says_number_and_due_day(office: Office, sink: Sink, mails: Any, number: str) -> None:
    (told,) = [one for one in told_of(sink) if one["template"] in ("T_reminder", "T_several")]
    values = told["values"] if isinstance(told["values"], dict) else json.loads(told["values"])
    assert told["to"] == MOBILE and values["number"] == number
    # Two working days after Tuesday the 30th; the holiday lies between.
    assert values["due"] == "2025-10-10"
    (letter,) = [one for one in mails.mails if "催办" in _text(one)]
    assert number in _text(letter) and "2025-10-10" in _text(letter)
    assert letter.rcpt_tos == [MAILBOX]
    everything = json.dumps(told_of(sink), ensure_ascii=False) + "".join(map(_text, mails.mails))
    for identity in CALLER.values():
        assert identity not in everything.replace(f'"to": "{CALLER["phone"]}"', "")


def _all_of(redis: Redis) -> Iterator[bytes]:
    """Every key of a Redis and what it holds."""
    for key in redis.scan_iter():
        yield key
        yield redis.dump(key) or b""
        if redis.type(key) == b"hash":
            yield b"".join(part for pair in redis.hgetall(key).items() for part in pair)


def _logs(data: Path) -> Iterator[str]:
    for path in (data / "run").glob("*"):
        if path.is_file():
            yield path.read_text("utf-8", errors="replace")


def _pages(duban: Duban) -> str:
    """What somebody reads who has not logged in, and what is not there."""
    with requests.Session() as browser:
        return "".join(
            browser.get(f"http://127.0.0.1:{duban.port}{path}", timeout=30).text
            for path in ("/deliveries/show/1", "/gateways/list/", "/nothing", "/healthz")
        )


ROBOT = json.dumps({"errcode": 45009, "errmsg": "api freq out of limit"}).encode()


@pytest.mark.parametrize(
    "database", ["sqlite_desk", pytest.param("postgres_desk", marks=pytest.mark.long)]
)
@pytest.mark.long
def test_a_way_that_hangs_drips_says_451_or_45009_delays_no_other(
    request: pytest.FixtureRequest, database: str
) -> None:
    desk: Desk = request.getfixturevalue(database)
    office = Office(desk)
    at = "2025-06-03 08:00"
    with ExitStack() as all_of_them:
        good, hangs, drips, robot = [all_of_them.enter_context(sinking()) for _ in range(4)]
        mails = all_of_them.enter_context(posting(DATA="451 later"))
        arrived: list[float] = []

        def taken(handler: Handler) -> None:
            arrived.append(time.monotonic())
            answering(200, TAKEN)(handler)

        good.behave, hangs.behave, drips.behave = taken, hanging, dripping(b"HTTP/1.1 200 OK\r\n")
        robot.behave = answering(200, ROBOT)
        for name, sink in (("a-hangs", hangs), ("b-drips", drips), ("good", good)):
            gateway(office, at, name, sink)
        mail(office, at, "mail", mails.port)
        way(office, at, "robot", "wecom", secrets={"url": robot.url})
        reached(office, at, "WATER")
        office.do(
            at,
            "it_admin",
            "choose_ways",
            notice="allocated",
            ways="a-hangs b-drips mail robot good",
        )
        for place in range(5):
            office.allocated(moment("2025-06-03 09:00") + timedelta(minutes=place), f"C{place}")  # type: ignore[arg-type]
        limits = Limits(connect=1.0, read=4.0, whole=6.0, resolve=1.0)
        network = Network(Allowed.read(("127.0.0.1",)), limits)
        began = time.monotonic()
        post(desk, "2025-06-03 10:00", channels(network, False))
        whole = time.monotonic() - began
    assert len(arrived) == 5 and max(arrived) - began < 3.0 < whole, "the others hung meanwhile"
    stands = {
        name: Counter(row.stands for row in deliveries(office, way=name))
        for name in ("good", "a-hangs", "b-drips", "mail", "robot")
    }
    assert stands["good"] == {"taken": 5}
    assert stands["mail"] == stands["robot"] == {"waiting": 5}
    assert stands["a-hangs"]["taken"] == stands["b-drips"]["taken"] == 0
    assert {row.attempts for row in deliveries(office) if row.way in ("mail", "robot")} == {0}
    errors = {row.error for row in deliveries(office) if row.error}
    assert errors <= {"answer_late", "answer_lost", "answer_unreadable", "out_of_order", "too_many"}


def test_a_redirect_to_this_machine_is_not_followed(sqlite_desk: Desk) -> None:
    office, at = Office(sqlite_desk), "2025-06-03 08:00"
    with sinking() as sink, sinking() as sentinel:
        sink.behave = answering(302, b"", Location=sentinel.url)
        gateway(office, at, "sms", sink)
        reached(office, at, "WATER")
        office.allocated("2025-06-03 09:00", "A")
        post(sqlite_desk, "2025-06-03 09:01")
        assert sentinel.connections == 0
    (row,) = deliveries(office, way="sms", kind="allocated")
    assert (row.stands, row.error, row.attempts) == ("waiting", "redirected", 0)


def test_a_gateway_inside_is_not_asked_unless_the_environment_opens_it(sqlite_desk: Desk) -> None:
    office, at = Office(sqlite_desk), "2025-06-03 08:00"
    with sinking() as sentinel:
        gateway(office, at, "sms", sentinel)
        reached(office, at, "WATER")
        office.allocated("2025-06-03 09:00", "A")
        post(sqlite_desk, "2025-06-03 09:01", channels(Network(), False))
        assert sentinel.connections == 0
    (row,) = deliveries(office, way="sms", kind="allocated")
    assert (row.stands, row.error) == ("waiting", "address_not_allowed")


def test_what_only_pretends_is_refused_in_production(sqlite_desk: Desk) -> None:
    office, at = Office(sqlite_desk), "2025-06-03 08:00"
    way(office, at, "pretend")
    office.allocated("2025-06-03 09:00", "A")
    post(sqlite_desk, "2025-06-03 09:01", channels(Network(), True))
    assert {(row.stands, row.error) for row in deliveries(office)} == {
        ("waiting", "set_up_wrong"),
        ("waiting", ""),
    }


CASES, KILLS = 250, 3


def sender(duban: Duban) -> int:
    """The process of the worker that tells people, which works beside the first of the others."""

    def living() -> list[int]:
        with Redis.from_url(duban.redis_url) as redis:
            known = Worker.all(queue=queue_on(redis, OUTBOX_QUEUE), serializer="json")
        return [one.pid for one in known if one.pid and not gone(one.pid)]

    return int(waited(living, 60, "who tells people")[0])


@pytest.mark.long
@pytest.mark.timeout(900)
def test_killed_worker_and_ticker_lose_nothing_and_repeat_one_message_a_kill_and_way_at_most(
    desk: Desk, tmp_path: Path
) -> None:
    office, at = Office(desk), "2025-09-24 08:00"
    with sinking() as sink, posting() as mails:

        def slowly(handler: Handler) -> None:
            time.sleep(0.15)
            answering(200, TAKEN)(handler)

        sink.behave = slowly
        gateway(office, at, "sms", sink)
        mail(office, at, "mail", mails.port)
        reached(office, at, "WATER")
        for place in range(CASES):
            now = moment("2025-09-24 09:00") + timedelta(seconds=place)
            office.do(
                now, "operator", "register", f"C{place}", kind="help", anonymous=True, caller=None
            )
            office.do(now, "allocator", "allocate", f"C{place}", unit="WATER")
        settings = {
            "DATABASE_URL": "" if desk.sqlite else desk.url,
            "DESK_CLOCK": "2025-09-24T10:00:00",
            "DESK_WORKERS": "1",
            "DESK_ALLOWED_HOSTS": "127.0.0.1",
        }
        dice = random.Random(7)
        with Duban(tmp_path / "data", **settings) as duban:
            for n in range(KILLS):
                before = len(sink.asked)
                waited(lambda: len(sink.asked) > before + 5, 150, f"kill {n}\n{duban.said}")  # noqa: B023
                time.sleep(dice.random())
                for pid in (sender(duban), duban.pid("ticker")):
                    os.kill(pid, signal.SIGKILL)
            waited(lambda: _all_taken(desk), 400, f"all of it\n{duban.said}")
            assert duban.stop() == 0
        rows = deliveries(office)
        keys = Counter(one["key"] for one in told_of(sink))
        letters = Counter(
            message_from_bytes(one.content)["Message-ID"].strip("<>").partition("@")[0]  # type: ignore[arg-type]
            for one in mails.mails
        )
    for name, seen in (("sms", keys), ("mail", letters)):
        made = {row.key for row in rows if row.way == name}
        assert len(made) == CASES and set(seen) == made, name
        assert sum(seen.values()) - len(made) <= KILLS, name
    assert {row.stands for row in rows} == {"taken"} and len({row.key for row in rows}) == len(rows)
    with reading(desk.sessions) as session:
        assert session.query(Notice).filter(Notice.taken_at.is_(None)).count() == 0
        assert verify(session, desk.key) == []


def _all_taken(desk: Desk) -> bool:
    with reading(desk.sessions) as session:
        taken = session.query(Delivery).filter(
            Delivery.stands == "taken", Delivery.noted_at.is_not(None)
        )
        return taken.count() == 2 * CASES
