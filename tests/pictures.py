"""Makes the pictures of the help sheets and of the README anew: `python -m tests.pictures` plays a
sample office, opens the first page of each role in Chromium and writes what it sees into
`docs/help/pictures`; then the pages that the README shows, into `docs/pictures`."""

from __future__ import annotations

import io
import tempfile
import threading
from datetime import datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

import config
from app.clock import clock_from
from app.database import engine_from, sessions_from
from app.rules.workdays import BEIJING
from app.story.sample.play import fill_sample
from app.views.help import PICTURES, SHEETS
from app.web import create_app
from migrations.upgrade import upgrade
from tests.browser.conftest import CHROMIUM, PASSWORD, SWITCHES
from tests.servers import free_port

NOW = datetime(2025, 11, 12, 10, 20, tzinfo=BEIJING)
CASES = 60
SCREEN, PHONE = (1280, 760), (390, 780)
WIDEST, QUALITY = 1000, 60
SEEN_BY = {
    "unit_staff": "water_staff",
    "unit_head": "water_head",
}
"""role -> the account of the sample that has it, where that is not called the same."""
ON_A_PHONE = ("unit_staff",)
SHOWN = Path(__file__).parents[1] / "docs" / "pictures"
TALL_PHONE = (390, 640)
ASKED = "section.list:has(h2 a:has-text('待审定申请'))"
OF_THE_README = {
    "intake": ("operator", SCREEN, "/do/register", ""),
    "triage": ("allocator", SCREEN, "/work/to_allocate", "#content a.gist"),
    "case": ("allocator", SCREEN, "/", f"{ASKED} li:nth-child(2) a.gist"),
    "reply": ("water_staff", TALL_PHONE, "/", ".unit-card a.btn:has-text('起草回复')"),
    "visits": ("visitor", SCREEN, "/visits/queue", ""),
    "room": ("officer", SCREEN, "/supervision/room", ""),
}
"""picture -> the account that sees it, how large, the page, and what is clicked there."""
TYPED = {
    "caller.phone": "13900002468",
    "narrative": "麟州街公交站旁边自来水井盖前天被车压碎，只用树枝插着，晚上看不清",
    "place": "神木市麟州街",
}
"""What an operator has typed in the picture of an intake."""


def main() -> None:
    """Write a picture for every sheet."""
    with tempfile.TemporaryDirectory() as folder:
        address, server = _served(Path(folder))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
            for sheet in sorted(SHEETS.glob("*.md")):
                _of_role(browser, address, sheet.stem)
            for name in OF_THE_README:
                _of_page(browser, address, name)
            browser.close()
        server.shutdown()


def _served(data: Path) -> tuple[str, object]:
    """The address of a sample office, and its server."""
    settings = config.load({"DESK_DATA": str(data)})
    engine = engine_from(settings.database_url)
    upgrade(engine)
    sessions = sessions_from(engine, settings.ledger_key, signing=settings.signing_keys)
    fill_sample(sessions, NOW, PASSWORD, data, lambda percent, told: None, cases=CASES)
    engine.dispose()
    port = free_port()
    server = make_server("127.0.0.1", port, create_app(settings, clock_from(NOW)), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{port}", server


def _of_role(browser: Browser, address: str, role: str) -> None:
    """The first page of a role."""
    size = PHONE if role in ON_A_PHONE else SCREEN
    page = _logged_in(browser, address, SEEN_BY.get(role, role), size)
    (SHEETS / PICTURES).mkdir(exist_ok=True)
    _taken(page, SHEETS / PICTURES / f"{role}.webp")


def _of_page(browser: Browser, address: str, name: str) -> None:
    """A page that the README shows."""
    account, size, path, clicked = OF_THE_README[name]
    page = _logged_in(browser, address, account, size)
    page.goto(address + path)
    if clicked:
        page.locator(clicked).first.click()
        page.wait_for_load_state("networkidle")
    if name == "intake":
        for field, told in TYPED.items():
            page.locator(f"[name='{field}']").press_sequentially(told)
        page.wait_for_timeout(2000)
    if size == TALL_PHONE:
        page.locator("main form.verb").scroll_into_view_if_needed()
    _taken(page, SHOWN / f"{name}.webp")


def _logged_in(browser: Browser, address: str, account: str, size: tuple[int, int]) -> Page:
    """The first page of an account, without what only a sample says."""
    viewport = {"width": size[0], "height": size[1]}
    page = browser.new_context(locale="zh-CN", viewport=viewport).new_page()  # type: ignore[arg-type]
    page.goto(f"{address}/login/")
    page.fill("input[name=username]", account)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_selector("header form button", state="attached")
    while page.locator(".banners button").count():
        page.locator(".banners button").first.click()
    return page


def _taken(page: Page, path: Path) -> None:
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.thumbnail((WIDEST, WIDEST))
    picture.save(path, quality=QUALITY, method=6)
    page.context.close()


if __name__ == "__main__":
    main()
