"""A field of each kind is made through the pages by IT and the centre head, then asked by the form and
read on the case."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect
from werkzeug.serving import make_server

from tests.browser.conftest import Window, looking
from tests.browser.hand import DESK, PHONE, WIDE
from tests.databases import Desk
from tests.people import People
from tests.servers import free_port
from tests.views.panel import PASSWORD, Panel, panel_over

pytestmark = [pytest.mark.long, pytest.mark.timeout(300)]
FIELDS = (
    {"code": "plate", "label": "门牌号", "kind": "text", "group": "现场情况"},
    {"code": "story", "label": "发生经过", "kind": "long", "group": "现场情况"},
    {"code": "area", "label": "积水面积", "kind": "number", "unit_word": "平方米", "default": "5"},
    {"code": "photo", "label": "已拍照", "kind": "bool", "required": "y"},
    {"code": "road", "label": "道路类别", "kind": "choice", "choices": "主干道\n次干道\n支路"},
    {"code": "hits", "label": "影响用户", "kind": "choices", "choices": "居民\n商户\n学校"},
    {
        "code": "since",
        "label": "开始日期",
        "kind": "date",
        "only_if": "kind",
        "answers": "投诉",
    },
    {"code": "proof", "label": "现场凭据", "kind": "file"},
)
LISTS = ("kind", "required", "only_if", "subject", "for_units")


@pytest.fixture
def panel(sqlite_desk: Desk, tmp_path: Path) -> Iterator[tuple[Panel, str]]:
    people = People(sqlite_desk).hire("WATER")
    with panel_over(sqlite_desk, tmp_path, people.now) as made:
        port = free_port()
        server = make_server("127.0.0.1", port, made.app, threaded=True)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield made, f"http://127.0.0.1:{port}"
        server.shutdown()
        thread.join(10)


@contextmanager
def at(
    panel: tuple[Panel, str], chromium: Browser, who: str, size: tuple[int, int] = DESK
) -> Iterator[Window]:
    """The window of somebody who has logged in."""
    with looking(panel[1], chromium, *size) as window:
        window.open("/login/")
        window.page.fill("input[name=username]", panel[0].account(who))
        window.page.fill("input[name=password]", PASSWORD)
        window.page.click("main button[type=submit]")
        yield window
        assert [one for one in window.errors if "422" not in one] == []


def put(window: Window, **said: str) -> None:
    """Fill fields of a form by their names."""
    for name, value in said.items():
        found = window.page.locator(f"[name='{name}']").first
        if name in LISTS or name == "accept":
            found.select_option(value)
        else:
            found.fill(value)


def test_a_field_of_each_kind_is_made_through_the_pages_by_it_and_the_centre_head(
    panel: tuple[Panel, str], chromium: Browser, tmp_path: Path
) -> None:
    with at(panel, chromium, "it_admin") as it:
        for said in FIELDS:
            it.open("/do/propose_field")
            put(it, subject="case", **said)
            with it.page.context.expect_page() as opened:
                it.page.click("button[name=preview]")
            shown = opened.value
            shown.wait_for_load_state()
            expect(shown.locator("main")).to_contain_text(said["label"])
            shown.close()
            it.page.locator("form.verb button[type=submit]:not([name])").click()
            expect(it.page.locator(".flash.success").first).to_be_visible()
        it.open("/extrafields/list/")
        it.keep("extra-fields-list")
        it.open("/do/propose_field")
        it.keep("extra-fields-propose")
    with at(panel, chromium, "centre_head") as head:
        for said in FIELDS:
            head.open("/extrafields/list/?work=extra_fields")
            head.page.locator("table.rows a", has_text=said["label"]).first.click()
            head.page.get_by_role("link", name="确认扩展字段").first.click()
            expect(head.page.locator(".matters, .card.matter").first).to_contain_text(said["label"])
            put(head, accept="y")
            head.keep("extra-fields-confirm")
            head.page.locator("form.verb button[type=submit]").first.click()
            expect(head.page.locator(".flash.success").first).to_be_visible()
    proof = tmp_path / "proof.txt"
    proof.write_text("现场凭据", "utf-8")
    with at(panel, chromium, "operator", PHONE) as phone:
        phone.open("/do/register")
        assert phone.page.evaluate(WIDE) <= 0
        phone.keep("extra-fields-intake-phone")
    with at(panel, chromium, "operator") as operator:
        page = operator.page
        operator.open("/do/register")
        expect(page.locator("#f-x_area")).to_have_value("5")
        expect(page.locator("#f-x_since")).to_be_hidden()
        page.locator("label[for^=f-kind-]", has_text="投诉").click()
        expect(page.locator("#f-x_since")).to_be_visible()
        put(operator, narrative="南门外路口积水很深，行人过不去。", x_plate="槐安里七号")
        put(operator, **{"caller.name": "李四", "x_story": "先漏水", "x_area": "十二"})
        page.locator("#f-x_road").select_option("支路")
        page.locator("[name=x_hits][value=商户]").check()
        put(operator, x_since="2025-06-01")
        operator.keep("extra-fields-intake")
        page.locator("form.verb button[type=submit]").first.click()
        expect(page.locator("#f-x_area-wrong")).to_be_visible()
        expect(page.locator("#f-x_photo-wrong")).to_be_visible()
        expect(page.locator("#f-x_plate")).to_have_value("槐安里七号")
        operator.keep("extra-fields-refused")
        put(operator, x_area="12.5")
        page.locator("#f-x_photo").select_option("y")
        page.locator("#f-x_proof").set_input_files(str(proof))
        page.locator("form.verb button[type=submit]").first.click()
        operator.open("/cases/1")
        for told in (
            "槐安里七号",
            "先漏水",
            "12.5 平方米",
            "支路",
            "商户",
            "2025-06-01",
            "proof.txt",
        ):
            expect(page.locator("main")).to_contain_text(told)
        operator.keep("extra-fields-case")
