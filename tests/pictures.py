"""Makes the pictures of the help sheets anew: `python -m tests.pictures` plays a sample office,
opens the first page of each role in Chromium and writes what it sees into `docs/help/pictures`."""

from __future__ import annotations

import io
import tempfile
import threading
from datetime import datetime
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, sync_playwright
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


def main() -> None:
    """Write a picture for every sheet."""
    with tempfile.TemporaryDirectory() as folder:
        address, server = _served(Path(folder))
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
            for sheet in sorted(SHEETS.glob("*.md")):
                _picture(browser, address, sheet.stem)
            browser.close()
        server.shutdown()


def _served(data: Path) -> tuple[str, object]:
    """The address of a sample office, and its server."""
    settings = config.load({"DESK_DATA": str(data)})
    engine = engine_from(settings.database_url)
    upgrade(engine)
    sessions = sessions_from(engine, settings.ledger_key)
    fill_sample(sessions, NOW, PASSWORD, data, lambda percent, told: None, cases=CASES)
    engine.dispose()
    port = free_port()
    server = make_server("127.0.0.1", port, create_app(settings, clock_from(NOW)), threaded=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{port}", server


def _picture(browser: Browser, address: str, role: str) -> None:
    """The first page of a role, without what only a sample says."""
    width, height = PHONE if role in ON_A_PHONE else SCREEN
    context = browser.new_context(locale="zh-CN", viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto(f"{address}/login/")
    page.fill("input[name=username]", SEEN_BY.get(role, role))
    page.fill("input[name=password]", PASSWORD)
    page.click("main button[type=submit]")
    page.wait_for_selector("header form button", state="attached")
    while page.locator(".banners button").count():
        page.locator(".banners button").first.click()
    picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    picture.thumbnail((WIDEST, WIDEST))
    (SHEETS / PICTURES).mkdir(exist_ok=True)
    picture.save(SHEETS / PICTURES / f"{role}.webp", quality=QUALITY, method=6)
    context.close()


if __name__ == "__main__":
    main()
