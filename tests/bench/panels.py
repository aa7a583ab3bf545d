"""What pages, an intake, an export and a report cost, over offices of ten thousand, a hundred
thousand and a million cases; beside bare Flask with SQLAlchemy Core and django-helpdesk where these
are at hand."""

from __future__ import annotations

import math
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text

from app.database import reading, transaction
from app.models import Case, Report
from app.stages.reporting import file_drafts, period_of
from app.stages.reporting.contents import counted
from app.stages.reporting.drafting import Due
from app.stages.reporting.live import totals
from app.stages.reporting.summary import drift
from app.sweep.figures import count_figures
from tests.bench import peer
from tests.bench.filler import NOW
from tests.bench.filling import fill
from tests.bench.measure import ROUNDS, meter_of
from tests.bench.walking import WHO, Meter, addresses
from tests.databases import Desk, desk_at, lay_postgres
from tests.people import People
from tests.servers import PostgresCluster
from tests.views.panel import Panel, panel_over

Say = Callable[..., None]
OFTEN = 40
MONTH = (date(2026, 2, 1), date(2026, 2, 28))
LIST, DEEP = "/cases/list/", "/cases/list/?page=39"
SLOW_MS = 300


@contextmanager
def filled(
    cluster: PostgresCluster, sizes: Sequence[int], folder: Path
) -> Iterator[dict[int, Panel]]:
    """A panel over an office of each size, a third of its cases open."""
    lay_postgres(cluster, "panel_laid")
    made: dict[int, Panel] = {}
    opened: list[Any] = []
    try:
        for n in sizes:
            desk = desk_at(cluster.database(f"panel_{n}", "panel_laid"))
            opened.append(desk)
            people = People(desk.__enter__()).hire("WATER", "HOUSING")
            fill(people.desk, n)
            panel = panel_over(people.desk, folder / str(n), NOW)
            opened.append(panel)
            made[n] = panel.__enter__()
        yield made
    finally:
        for context in reversed(opened):
            context.__exit__(None, None, None)


@dataclass(frozen=True)
class Clock:
    """CPU seconds of this process and of the cluster."""

    cluster: PostgresCluster

    def each(self, work: Callable[[], Any], times: int = OFTEN) -> float:
        """CPU ms of one of so many."""
        work()
        server, own = meter_of(self.cluster.pid), time.process_time()
        for _ in range(times):
            work()
        mine = time.process_time() - own
        time.sleep(0.2)
        return (mine + meter_of(self.cluster.pid) - server) * 1e3 / times


def _got(panel: Panel, role: str, address: str) -> Callable[[], Any]:
    browser = panel.of(WHO[role])

    def work() -> None:
        answer = browser.get(address)
        assert answer.status_code == 200, (address, answer.status_code)

    return work


def _words(n: int) -> str:
    return "".join(chr(random.randint(0x4E00, 0x8E00)) for _ in range(n))  # noqa: S311


def _demand(more: dict[str, str]) -> dict[str, str]:
    """The form of a demand that is like no other."""
    return {
        "kind": "help",
        "channel": "phone",
        "urgency": "normal",
        "narrative": _words(40),
        "demand": _words(10),
        "place": _words(6),
        "caller.name": _words(3),
        "caller.phone": f"139{random.randint(0, 10**8 - 1):08}",  # noqa: S311
        "category": "1",
        **more,
    }


KINDS: dict[str, dict[str, str]] = {
    "ordinary": {},
    "a suggestion": {"kind": "suggestion"},
    "a leader's words": {
        "channel": "leader",
        "leader.level": "county",
        "leader.name": "李县长",
        "leader.text": "请研究",
    },
    "a unit complained of": {"kind": "complaint", "complained_unit": "WATER"},
}


def _enter(panel: Panel, more: dict[str, str]) -> None:
    answer = panel.of("operator").post("/do/register", _demand(more))
    assert answer.status_code == 302, answer.text[-2000:]


def intake(say: Say, cluster: PostgresCluster, panel: Panel, folder: Path) -> float:
    """P8 and P10: an intake over HTTP, its form already open."""
    browser, meter = panel.of("operator"), Meter(panel.desk)
    most = 0
    for kind, more in KINDS.items():
        browser.key("/do/register")
        _enter(panel, more)
        browser.key("/do/register")
        asked = meter.asked(lambda more=more: _enter(panel, more))  # type: ignore[misc]
        most = max(most, asked.statements)
        say("", f"an intake of {kind} asks {asked.statements} statements")
    say(
        "P10",
        f"at most {most} statements an intake, its key, seals and pairs among them (at most 12)",
        most <= 12,
    )
    clock, ours, bare = Clock(cluster), [], []
    raw = peer.bare(folder, cluster)
    for _ in range(ROUNDS):
        ours.append(_sent(clock, panel))
        if raw is not None:
            bare.append(clock.each(raw))
    mine = statistics.median(ours)
    if raw is None:
        say(
            "P8",
            f"intake {mine:.1f} ms CPU; left out: bare Flask + Core (no raw/app.py in {folder})",
        )
        return mine
    ratio = mine / statistics.median(bare)
    plain = statistics.median(bare)
    say(
        "P8",
        f"intake {mine:.1f} ms CPU, bare Flask + Core {plain:.2f}: {ratio:.1f} times (at most 5)",
        ratio <= 5,
    )
    return mine


def _sent(clock: Clock, panel: Panel) -> float:
    """CPU ms of sending the form, without that of opening it."""
    browser, spent = panel.of("operator"), 0.0
    for n in range(OFTEN):
        browser.key("/do/register")
        server, own = meter_of(clock.cluster.pid), time.process_time()
        _enter(panel, {})
        spent += time.process_time() - own
        if n == OFTEN - 1:
            del server
    total = clock.each(lambda: (browser.key("/do/register"), _enter(panel, {})))
    opened = clock.each(lambda: (browser.marks.clear(), browser.key("/do/register")))
    return total - opened


def lists(say: Say, cluster: PostgresCluster, made: dict[int, Panel]) -> float:
    """P13 and P14: the list of cases, first and deep, and a unit's; CPU ms of the first page of the
    largest office."""
    clock, first, last = Clock(cluster), min(made), max(made)
    for role, address, name in (
        ("allocator", LIST, "first"),
        ("allocator", DEEP, "deep"),
        ("unit_staff", LIST, "a unit's first"),
    ):
        found: dict[int, list[float]] = {n: [] for n in made}
        for _ in range(ROUNDS):
            for n, panel in made.items():
                found[n].append(clock.each(_got(panel, role, address)))
        cost = {n: statistics.median(values) for n, values in found.items()}
        slope = math.log10(cost[last] / cost[first]) / math.log10(last / first)
        told = ", ".join(f"{n:,}: {ms:.1f}" for n, ms in cost.items())
        say(
            "P13",
            f"list of cases, {name} page: {told} ms CPU, slope {slope:.3f} (at most 0.05)",
            slope <= 0.05,
        )
    _statements(say, made[last])
    own, all_of_them = (
        clock.each(_got(made[last], role, LIST)) for role in ("unit_staff", "allocator")
    )
    say(
        "P13",
        f"a unit's list of cases {own:.1f} ms CPU, the centre's {all_of_them:.1f} (at most 3 times)",
        own <= 3 * all_of_them,
    )
    return all_of_them


def _statements(say: Say, panel: Panel) -> None:
    meter, most, same = Meter(panel.desk), 0, True
    with reading(panel.desk.sessions) as session:
        case = session.query(Case.id).order_by(Case.id.desc()).limit(1).scalar()
    for role in ("allocator", "visitor", "examiner", "head@WATER"):
        browser = panel.of(role)
        numbers = []
        for address in ("/", f"{LIST}?size=25", f"{LIST}?size=100"):
            browser.get(address)
            numbers.append(meter.page(browser, address).statements)
        same, most = same and numbers[1] == numbers[2], max(most, *numbers)
    browser = panel.of("allocator")
    browser.get(f"/cases/{case}")
    most = max(most, meter.page(browser, f"/cases/{case}").statements)
    say(
        "P14",
        f"home, list and case page ask at most {most} statements (at most 10), 25 rows and 100 rows "
        f"{'the same' if same else 'not the same'}",
        same and most <= 10,
    )


def drafted(desk: Desk, first: date) -> float:
    """Draft the report of a month as the bot does; the seconds that it was counted, while nothing is
    locked."""
    period, began = period_of("monthly", first), time.perf_counter()
    with reading(desk.sessions) as session:
        found = counted(session, NOW, period, {})
    seconds = time.perf_counter() - began
    with transaction(desk.sessions) as session:
        file_drafts(session, NOW, Due([(period, found)]))
    return seconds


def figures(say: Say, panel: Panel) -> None:
    """The figures of days: all of them counted once, then those of a month read."""
    began = time.perf_counter()
    count_figures(panel.desk.sessions, NOW)
    say("", f"figures of all days counted in {time.perf_counter() - began:.1f} s")
    began = time.perf_counter()
    with reading(panel.desk.sessions) as session:
        for by in ("unit", "category", ""):
            totals(session, by, *MONTH)
    told = (time.perf_counter() - began) * 1000
    say("P16", f"live figures of a month {told:.0f} ms (at most 300)", told <= 300)


def report(say: Say, cluster: PostgresCluster, panel: Panel) -> None:
    """P16: a month's report drafted, its page, and the summary against a recount."""
    figures(say, panel)
    took = drafted(panel.desk, MONTH[0])
    say("P16", f"a month's report counted in {took:.1f} s (at most 10)", took <= 10)
    people = People(panel.desk)
    people.now = NOW + timedelta(days=7)
    people.plainly("centre_head", "issue_report", kind="monthly", first=MONTH[0])
    with reading(panel.desk.sessions) as session:
        id = session.query(Report.id).order_by(Report.id.desc()).limit(1).scalar()
        whole = drift(session, *MONTH) == {}
    ms = Clock(cluster).each(_got(panel, "centre_head", f"/reports/show/{id}"))
    say(
        "P16",
        f"page of a month's report {ms:.1f} ms CPU (at most 100), the month's summary "
        f"{'equals' if whole else 'DIFFERS from'} a recount",
        whole and ms <= 100,
    )


def export(say: Say, cluster: PostgresCluster, panel: Panel, n: int) -> None:
    """All cases of an office as CSV."""
    browser, clock = panel.of("allocator"), Clock(cluster)

    def work() -> None:
        answer = browser.client.get("/cases/export.csv", buffered=False)
        rows = sum(part.count(b"\r\n") for part in answer.iter_encoded())
        assert rows > n, rows

    server, own = meter_of(clock.cluster.pid), time.process_time()
    work()
    seconds = time.process_time() - own
    time.sleep(0.2)
    seconds += meter_of(clock.cluster.pid) - server
    say(
        "",
        f"export of {n:,} rows {seconds:.1f} s CPU (at most 25 for 100,000)",
        seconds <= 25 * n / 100_000,
    )
    if seconds > 25 * n / 100_000:
        say("EXP", "the export is too slow", False)


def beside_a_report(say: Say, panel: Panel) -> None:
    """Contacts while a report is counted, against contacts alone."""
    people = People(panel.desk)
    people.now = NOW
    people.know("operator")
    with reading(panel.desk.sessions) as session:
        case = session.query(Case.id).filter_by(state="handling").limit(1).scalar()
    people.do("operator", "contact", case, kind="supplement")
    alone = _waits(people, case, 30)
    running = threading.Thread(target=lambda: drafted(panel.desk, date(2026, 1, 1)))
    running.start()
    beside: list[float] = []
    while running.is_alive():
        beside += _waits(people, case, 1)
    running.join()
    assert beside, "no contact was made while the report was counted: nothing was measured"
    slowest, usual = max(beside), max(alone)
    say(
        "REP",
        f"a contact beside a running report waits {slowest * 1e3:.0f} ms at most ({len(beside)} of them), alone "
        f"{usual * 1e3:.0f} ms (at most 3 times)",
        slowest <= 3 * max(usual, 0.02),
    )


def _waits(people: People, case: int, n: int) -> list[float]:
    found = []
    for _ in range(n):
        started = time.perf_counter()
        people.do("operator", "contact", case, kind="supplement")
        found.append(time.perf_counter() - started)
    return found


def pages(say: Say, panel: Panel, n: int) -> None:
    """Every page of every role of an office: what each asks; none takes longer than 300 ms in the
    database."""
    meter, slow = Meter(panel.desk), []
    print(f"     {'role':16} {'statements':>10} {'blocks':>8} {'SQL ms':>8}  page", flush=True)
    for role, word in WHO.items():
        browser = panel.of(word)
        for address in addresses(panel, role, browser):
            asked = meter.page(browser, address)
            assert asked.status == 200, (role, address, asked.status)
            if asked.ms > SLOW_MS or "?" not in address:
                print(
                    f"     {role:16} {asked.statements:10} {asked.blocks:8} {asked.ms:8.1f}  {address}",
                    flush=True,
                )
            if asked.ms > SLOW_MS:
                slow.append((role, address, round(asked.ms)))
    say(
        "PAGE",
        f"of all pages at {n:,} cases {len(slow)} take more than {SLOW_MS} ms in the database: {slow[:12]}",
        not slow,
    )


def planned(panel: Panel) -> None:
    """Let the planner know what is there, after all that was written."""
    with panel.desk.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("VACUUM ANALYZE"))
