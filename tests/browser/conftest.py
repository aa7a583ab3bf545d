"""A sample office served on a free port, and a Chromium that looks at it."""

from __future__ import annotations

import fcntl
import os
import re
import shutil
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, Request, sync_playwright
from werkzeug.serving import make_server

import config
from app.clock import Clock, clock_from
from app.database import engine_from, sessions_from
from app.papers.dossier import make_waiting
from app.rules.workdays import BEIJING, sweep_on
from app.story.sample.play import fill_sample
from app.sweep import sweep
from app.web import create_app
from migrations.upgrade import upgrade
from tests.servers import free_port

NOW = datetime(2025, 11, 12, 10, 20, tzinfo=BEIJING)
PASSWORD = "a pass phrase for the browser"
ARTEFACTS = Path(__file__).parents[2] / "artefacts" / "screenshots"
"""Where the pictures are kept, for whoever wants to look at them."""
TYPED = "JSON.stringify({...sessionStorage, 'htmx-current-path-for-history': undefined})"
"""What a window has kept of what was typed: htmx notes there which page it shows, nothing else."""
CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), ""
)
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


@dataclass
class Served:
    """The panel of a sample office: its address and its application."""

    address: str
    app: Flask


class Turned:
    """A clock that runs on from where it was set."""

    def __init__(self, start: datetime) -> None:
        self.running = clock_from(start)

    def __call__(self) -> datetime:
        return self.running()

    def to(self, moment: datetime) -> None:
        """Set it on; it never goes back."""
        assert moment >= self()
        self.running = clock_from(moment)


@dataclass
class Town(Served):
    """A panel whose clock can be turned on."""

    clock: Turned

    def morning(self, *days: str) -> None:
        """Let the bot look at half past eight of each of the days; it is nine then."""
        desk = self.app.extensions["desk"]
        for day in days:
            self.clock.to(sweep_on(date.fromisoformat(day)))
            done = sweep(desk.sessions, self.clock())
            assert (done.failures, done.error) == (0, None)
            make_waiting(desk.sessions, desk.settings.data, self.clock())
        self.clock.to(self.clock() + timedelta(minutes=30))


def _made(folders: pytest.TempPathFactory) -> Path:
    """The sample office that the processes of one run share: whoever comes first makes it."""
    base = folders.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    data = shared / "sample-office"
    with (shared / "sample-office.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (data / "made").exists():
            data.mkdir()
            settings = config.load({"DESK_DATA": str(data)})
            engine = engine_from(settings.database_url)
            upgrade(engine)
            sessions = sessions_from(engine, settings.ledger_key, signing=settings.signing_keys)
            fill_sample(sessions, NOW, PASSWORD, data, lambda percent, told: None, cases=0)
            engine.dispose()
            (data / "made").touch()
    return data


@contextmanager
def served(data: Path, clock: Clock) -> Iterator[Served]:
    """The panel over a folder, by a clock, served by threads of this process."""
    settings = config.load({"DESK_DATA": str(data)})
    app = create_app(settings, clock)
    port = free_port()
    server = make_server("127.0.0.1", port, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield Served(f"http://127.0.0.1:{port}", app)
    server.shutdown()
    thread.join(10)


@pytest.fixture(scope="session")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A sample office with every list filled, served by threads of this process."""
    data = tmp_path_factory.mktemp("office")
    shutil.copytree(_made(tmp_path_factory), data, dirs_exist_ok=True)
    with served(data, clock_from(NOW)) as made:
        yield made


@pytest.fixture
def town(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    """Another sample office, whose clock tests turn on and whose bot looks when they say so."""
    data = tmp_path_factory.mktemp("town")
    shutil.copytree(_made(tmp_path_factory), data, dirs_exist_ok=True)
    turned = Turned(NOW)
    with served(data, turned) as made:
        yield Town(made.address, made.app, turned)


def click_and_see(patched: pytest.MonkeyPatch) -> None:
    """Have every click wait for the page it leads to, to its end. Playwright's own comes back when
    that page begins, and what is asked of it then may not be there yet."""
    of_page, of_locator = Page.click, Locator.click

    def on_page(page: Page, selector: str, **more: Any) -> None:
        of_page(page, selector, **more)
        page.wait_for_load_state()

    def on_locator(locator: Locator, **more: Any) -> None:
        of_locator(locator, **more)
        locator.page.wait_for_load_state()

    patched.setattr(Page, "click", on_page)
    patched.setattr(Locator, "click", on_locator)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The system's Chromium. Where there is none the tests fail: it is never a reason to skip."""
    assert CHROMIUM, (
        "Chromium is missing: install it (Debian: apt-get install chromium fonts-noto-cjk)"
    )
    with sync_playwright() as playwright, pytest.MonkeyPatch.context() as patched:
        click_and_see(patched)
        # Chromium asks the proxy of the environment for nothing: it speaks to this machine only.
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=SWITCHES, env=dict(os.environ)
        )
        yield browser
        browser.close()


@dataclass
class Window:
    """One person's window: his page, and what went wrong or left the machine."""

    page: Page
    address: str
    outside: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    def login(self, username: str) -> None:
        """Log in with the form."""
        self.page.goto(f"{self.address}/login/")
        self.page.fill("input[name=username]", username)
        self.page.fill("input[name=password]", PASSWORD)
        self.page.click("main button[type=submit]")
        self.page.wait_for_selector("header form button", state="attached")

    def account(self, selector: str) -> None:
        """Choose something of the menu below one's own name."""
        self.page.click("header .who > button")
        self.page.click(selector)

    def leave(self) -> None:
        """Log out."""
        self.account("header form button")

    def open(self, path: str) -> None:
        """Open a page of the panel."""
        self.page.goto(self.address + path)

    def keep(self, name: str) -> Path:
        """A picture of the whole page."""
        ARTEFACTS.mkdir(parents=True, exist_ok=True)
        path = ARTEFACTS / f"{name}.png"
        self.page.screenshot(path=str(path), full_page=True)
        return path

    def words(self) -> str:
        """What stands on the page when its script has run, the choices of its forms among it."""
        self.page.wait_for_load_state("load")
        return str(self.page.inner_text("body"))


@contextmanager
def looking(address: str, chromium: Browser, width: int, height: int) -> Iterator[Window]:
    """A window in Chinese, of a size, that notes what goes wrong in it and what leaves the machine."""
    context = chromium.new_context(locale="zh-CN", viewport={"width": width, "height": height})
    made = Window(context.new_page(), address)

    def asked(request: Request) -> None:
        if not re.match(rf"{re.escape(address)}/|data:", request.url):
            made.outside.append(request.url)

    context.on("request", asked)
    made.page.on("pageerror", lambda error: made.errors.append(str(error)))
    made.page.on(
        "console", lambda told: made.errors.append(told.text) if told.type == "error" else None
    )
    yield made
    context.close()
    assert made.outside == [], "a request left the machine"


@pytest.fixture
def window(office: Served, chromium: Browser) -> Iterator[Window]:
    """A fresh window in Chinese."""
    with looking(office.address, chromium, 1440, 900) as made:
        yield made
