"""P18: the memory of everything that `python -m app run` starts, after a thousand requests."""

from __future__ import annotations

import http.cookiejar
import re
import tempfile
import time
import urllib.parse
import urllib.request
from pathlib import Path

from tests.supervised import Duban, children_of, processes, waited

PASSWORD = "a pass phrase of the bench"
READERS = ("allocator", "officer", "operator", "water_staff")
PAGES = ("/", "/cases/list/", "/cases/5", "/notices/")
REQUESTS = 1_000
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


def pss(data: Path) -> dict[str, float]:
    """Megabytes of each process that was started on a data folder, what several share divided among
    them."""
    found = {}
    for pid, command in _with_children(processes(data)).items():
        lines = (Path("/proc") / str(pid) / "smaps_rollup").read_text().splitlines()
        found[f"{pid} {command[-40:]}"] = (
            sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
        )
    return found


def _with_children(known: dict[int, str]) -> dict[int, str]:
    """These processes and what they started: Redis writes over what it was started with, so it is
    found by who started it only."""
    found, waiting = dict(known), list(known)
    while waiting:
        for pid in children_of(waiting.pop()):
            if pid not in found:
                waiting.append(pid)
                found[pid] = (Path("/proc") / str(pid) / "cmdline").read_text().replace("\0", " ")
    return {pid: command for pid, command in found.items() if command}


def _browser(port: int, name: str) -> urllib.request.OpenerDirector:
    opener = urllib.request.build_opener(
        urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    with opener.open(f"http://127.0.0.1:{port}/login/") as answer:
        token = _TOKEN.search(answer.read().decode())
    assert token is not None
    fields = {"csrf_token": token[1], "username": name, "password": PASSWORD}
    with opener.open(
        f"http://127.0.0.1:{port}/login/", urllib.parse.urlencode(fields).encode()
    ) as answer:
        assert "/login/" not in answer.url, f"{name} cannot log in"
    return opener


def of_all() -> dict[str, float]:
    """What each process takes after a thousand requests of four people, on a fresh sample
    office."""
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as folder:
        data = Path(folder) / "data"
        with Duban(data, DESK_DEMO_PASSWORD=PASSWORD) as desk:
            waited(lambda: f":{desk.port}" in desk.said, 900, f"the sample office\n{desk.said}")
            waited(lambda: (data / "run" / "children.json").exists(), 60, "the children")
            desk.at_work(120)
            readers = [_browser(desk.port, name) for name in READERS]
            for n in range(REQUESTS):
                page = PAGES[n // len(READERS) % len(PAGES)]
                try:
                    readers[n % len(READERS)].open(f"http://127.0.0.1:{desk.port}{page}").read()
                except urllib.error.HTTPError as error:
                    assert error.code in (403, 404), (page, error.code)  # noqa: PT017
            time.sleep(5)
            taken = pss(data)
            assert any("valkey" in name or "redis" in name for name in taken), taken
            return taken
