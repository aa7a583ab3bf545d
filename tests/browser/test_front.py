"""The pages of the public, on a telephone: a demand with photographs comes in, its receipt tells how
it stands, so do number and code. Nothing leaves the machine, nothing tells whether a number is
anybody's."""

from __future__ import annotations

import io
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select

from app.clock import clock_from
from app.database import reading
from app.models import Case, Message, MessageFile, VisitRecord
from app.rules.workdays import BEIJING
from tests.browser.conftest import Served, Window, looking, served
from tests.browser.test_axe import AXE, FOUND, OVERFLOW
from tests.databases import KEY, SIGNING, Desk
from tests.room import Room
from tests.stages.test_visit_internet import FOUR, code, passed

WORDS = "幸福小区三号楼楼道灯坏了两个星期，晚上老人摔倒过，请尽快修好。"


@pytest.fixture
def phone(office: Served, chromium: Browser) -> Iterator[Window]:
    """A telephone's window, of nobody."""
    with looking(office.address, chromium, 390, 844) as made:
        yield made
        assert made.errors == [] or all("Failed to load resource" in one for one in made.errors)


def taken_with_a_camera(path: Path, colour: str) -> str:
    """A photograph that says where and by what it was taken."""
    exif = Image.Exif()
    exif[0x010F], exif[0x0110] = "SECRETCAMERA", "SECRETMODEL"
    exif.get_ifd(0x8825)[1] = "N"
    Image.new("RGB", (2400, 1800), colour).save(path, "JPEG", exif=exif)
    assert b"SECRETCAMERA" in path.read_bytes()
    return str(path)


def checked(page: Page) -> None:
    """The page is as wide as the telephone, and the accessibility checker finds nothing serious."""
    assert page.evaluate(OVERFLOW) <= 0, page.url
    page.evaluate(AXE)
    assert page.evaluate(FOUND) == [], page.url


def filled(page: Page, words: str = WORDS) -> None:
    """A form as Mrs Li fills it in."""
    page.select_option("#kind", "complaint")
    page.fill("#words", words)
    page.fill("#place", "幸福小区三号楼")
    page.fill("#name", "李桂兰")
    page.fill("#phone", "13800138000")
    page.check("[name=consent]")


def test_a_demand_with_two_photographs_comes_in_and_its_receipt_tells_how_it_stands(
    office: Served, phone: Window, tmp_path: Path
) -> None:
    page = phone.page
    phone.open("/front/")
    assert page.locator("nav.menu, input[name=password]").count() == 0
    checked(page)
    phone.keep("front-demand")
    filled(page)
    photos = [taken_with_a_camera(tmp_path / f"{name}.jpg", name) for name in ("red", "blue")]
    page.set_input_files("#photos", photos)
    page.click("button[type=submit]")
    receipt = page.get_attribute("[data-receipt]", "data-receipt") or ""
    assert re.fullmatch("[A-Z2-7]{12}", receipt)
    checked(page)
    phone.keep("front-receipt")

    page.goto(f"{office.address}/front/status")
    page.fill("[name=receipt]", receipt)
    page.locator("form", has=page.locator("[name=receipt]")).locator("button").click()
    expect(page.locator(".state")).to_have_attribute("data-state", "new")
    checked(page)

    desk = office.app.extensions["desk"]
    with reading(desk.sessions) as session:
        row = session.scalars(select(Message).where(Message.receipt == receipt)).one()
        assert (row.source, row.kind, row.words) == ("form", "complaint", WORDS)
        assert (row.name, row.phone, row.place) == ("李桂兰", "13800138000", "幸福小区三号楼")
        files = session.scalars(select(MessageFile).where(MessageFile.message_id == row.id)).all()
    assert len(files) == 2
    for file in files:
        content = (desk.settings.data / "files" / file.sha256[:2] / file.sha256).read_bytes()
        assert b"SECRET" not in content and b"Exif" not in content
        assert Image.open(io.BytesIO(content)).size == (1600, 1200)


def test_what_is_wrong_is_said_and_nothing_is_lost_the_photographs_neither(
    phone: Window, tmp_path: Path
) -> None:
    page = phone.page
    phone.open("/front/")
    filled(page, "太短了")
    page.set_input_files("#photos", taken_with_a_camera(tmp_path / "路灯.jpg", "green"))
    page.click("button[type=submit]")
    expect(page.locator("#wrong-words")).to_be_visible()
    checked(page)
    phone.keep("front-given-back")
    assert page.input_value("#name") == "李桂兰"
    expect(page.locator(".waiting")).to_contain_text("路灯.jpg")
    page.fill("#words", WORDS)
    page.click("button[type=submit]")
    expect(page.locator("main")).to_contain_text("照片1张")


def test_a_case_is_told_to_who_has_its_number_and_code_and_a_wrong_code_like_no_number(
    office: Served, phone: Window
) -> None:
    page = phone.page
    desk = office.app.extensions["desk"]
    with reading(desk.sessions) as session:
        case = session.scalars(select(Case).where(Case.state == "closed").limit(1)).one()

    def asked(number: str, code: str) -> str:
        phone.open("/front/status")
        page.fill("[name=number]", number)
        page.fill("[name=code]", code)
        page.locator("form", has=page.locator("[name=number]")).locator("button").click()
        return page.inner_text("main")

    assert "已办结" in asked(str(case.number), case.query_code)
    checked(page)
    phone.keep("front-standing")
    other = "111111" if case.query_code != "111111" else "222222"
    assert asked(str(case.number), other) == asked("2020010199999", other)
    checked(page)


def test_without_a_script_the_form_can_be_sent(office: Served, chromium: Browser) -> None:
    context = chromium.new_context(
        locale="zh-CN", java_script_enabled=False, viewport={"width": 390, "height": 844}
    )
    page = context.new_page()
    page.goto(f"{office.address}/front/")
    assert page.locator("[data-position]").is_hidden()
    filled(page, WORDS + "没有脚本。")
    page.click("button[type=submit]")
    assert page.locator("[data-receipt]").count() == 1
    assert context.cookies() == []
    context.close()


def test_the_position_goes_along_on_a_press_only(office: Served, chromium: Browser) -> None:
    context = chromium.new_context(
        locale="zh-CN",
        viewport={"width": 390, "height": 844},
        geolocation={"latitude": 38.842578, "longitude": 110.498939},
        permissions=["geolocation"],
    )
    page = context.new_page()
    page.goto(f"{office.address}/front/")
    assert page.input_value("#position") == ""
    page.click("[data-position] button")
    expect(page.locator("#position")).to_have_value("38.842578,110.498939")
    checked(page)
    context.close()


@pytest.fixture
def rated(sqlite_desk: Desk, tmp_path: Path) -> Iterator[tuple[Served, str]]:
    """A panel with one case whose caller was sent a code, and the code."""
    room = Room(sqlite_desk)
    room.number("internet_visits", True)
    passed(room)
    data = tmp_path / "data"
    data.mkdir(mode=0o700)
    with (
        closing(sqlite3.connect(str(sqlite_desk.engine.url.database))) as source,
        closing(sqlite3.connect(data / "desk.db")) as copy,
    ):
        source.backup(copy)
    (data / "ledger.key").write_bytes(KEY)
    (data / "signing.key").write_bytes(SIGNING)
    with served(data, clock_from(datetime(2025, 6, 10, 9, 0, tzinfo=BEIJING))) as made:
        yield made, code(room)


def test_a_result_is_rated_by_a_link_which_opening_does_not_use_up(
    rated: tuple[Served, str], chromium: Browser
) -> None:
    office, sent = rated
    with looking(office.address, chromium, 390, 844) as phone:
        page = phone.page
        for _ in range(2):
            phone.open(f"/front/rate/{sent}")
            expect(page.locator(".answer")).to_contain_text("已核实并处理")
        checked(page)
        phone.keep("front-rating")
        for name, option in (("truth", "proven"), ("solved", "solved"), ("satisfied", "satisfied")):
            page.check(f"[name={name}][value={option}]")
        page.fill("#last_four", "0000")
        page.click("button[type=submit]")
        expect(page.locator(".refusal")).to_contain_text("没有记录")
        assert page.is_checked("[name=truth][value=proven]")
        page.fill("#last_four", FOUR)
        page.click("button[type=submit]")
        expect(page.locator("main")).to_contain_text("已记入工单")
        checked(page)
        phone.open(f"/front/rate/{sent}")
        expect(page.locator(".refusal")).to_contain_text("已用过")
        checked(page)
    desk = office.app.extensions["desk"]
    with reading(desk.sessions) as session:
        record = session.scalars(select(VisitRecord)).one()
        assert (record.method, record.satisfied) == ("internet", "satisfied")
