"""A unit on a phone: signed with one click, a reply with a photograph in eight, approved in two; no
page wider than the screen, and nothing to press smaller than a thumb."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect
from sqlalchemy import select

from app.database import reading
from app.models import Draft, Reply
from app.models.file import File
from tests.browser.conftest import Served, Window
from tests.browser.table import Measure

WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
THUMB = 44
UNIT = "water"
TASK = "unit: sign, draft, approve"


class Phone:
    """A window of a phone that counts the clicks of the person who holds it."""

    def __init__(self, window: Window) -> None:
        self.window, self.page, self.clicks = window, window.page, 0
        self.page.set_viewport_size({"width": 390, "height": 844})

    def press(self, what: Locator) -> None:
        """Press something that is large enough for a thumb."""
        box = what.bounding_box()
        assert box is not None and box["height"] >= THUMB, what
        what.click()
        self.clicks += 1
        self.page.wait_for_load_state()
        assert self.page.evaluate(WIDE) <= 0, "the page is wider than the screen"

    def photograph(self, path: Path) -> None:
        """Take a photograph: one press opens the camera."""
        self.page.set_input_files("[name=photos]", str(path))
        self.clicks += 1

    def done(self) -> str:
        """What the page says was done."""
        return self.page.locator(".flash.success").inner_text()


@pytest.fixture
def phone(window: Window) -> Phone:
    return Phone(window)


@pytest.fixture
def pit(tmp_path: Path) -> Path:
    """A photograph."""
    path = tmp_path / "pit.jpg"
    Image.new("RGB", (320, 240), (120, 140, 90)).save(path)
    return path


def test_a_case_is_signed_for_with_one_click(phone: Phone, measured: Measure) -> None:
    phone.window.login(f"{UNIT}_staff")
    card = phone.page.locator(".unit-card", has=phone.page.locator("form.at-once")).first
    phone.press(card.locator("button"))
    assert "签收" in phone.done()
    measured(TASK, "clicks to sign", phone.clicks, 1)
    assert phone.page.url == f"{phone.window.address}/"
    assert phone.window.errors == []


def test_staff_drafts_a_reply_with_a_photograph_in_eight_clicks_and_the_head_approves_in_two(
    phone: Phone, office: Served, pit: Path, measured: Measure
) -> None:
    page = phone.page
    phone.window.login(f"{UNIT}_staff")
    phone.window.keep("unit-phone-home")
    phone.press(page.locator(".unit-card a.btn", has_text="起草回复").first)
    phone.press(page.locator("label[for='f-contacted-y']"))
    assert page.locator("[name=contact_number]").is_visible()
    assert not page.locator("[name=why_not_contacted]").is_visible()
    phone.press(page.locator(".step:visible .next"))
    phone.press(page.locator("label[for='f-solved-y']"))
    assert not page.locator("[name=why_unsolved]").is_visible()
    phone.photograph(pit)
    phone.window.keep("unit-phone-reply")
    phone.press(page.locator(".step:visible .next"))
    page.fill("[name=opinion]", "经现场核查，反映情况属实，井盖已更换。")
    page.fill("[name=next_step]", "纳入日常巡查，一周内复查。")
    page.fill("[name=step_on]", "2025-11-20")
    page.fill("[name=public_answer]", "您好，井盖已更换，感谢您的监督。")
    phone.press(page.locator("form.in-unit > .thumbs .btn-primary"))
    assert "起草回复" in phone.done()
    measured(TASK, "clicks to draft with a photograph", phone.clicks, 8)
    with reading(office.app.extensions["desk"].sessions) as session:
        draft = session.scalars(select(Draft).order_by(Draft.id.desc())).first()
        assert draft is not None
        named = session.scalars(select(File.name).where(File.case_id == draft.case_id)).all()
        id = draft.id
    assert "pit.jpg" in named
    page.context.clear_cookies()
    phone.clicks = 0
    phone.window.login(f"{UNIT}_head")
    phone.press(page.locator(f".unit-card a.btn[href$='draft={id}']"))
    phone.window.keep("unit-phone-approve")
    phone.press(page.locator(".thumbs .btn-primary").first)
    assert "办理回复" in phone.done()
    measured(TASK, "clicks to approve", phone.clicks, 2)
    with reading(office.app.extensions["desk"].sessions) as session:
        assert session.get_one(Draft, id).state == "used"
        assert session.scalars(select(Reply).order_by(Reply.id.desc())).first() is not None
    assert phone.window.errors == []


@pytest.mark.long
def test_a_sentence_is_put_into_its_field_without_the_page_being_read_anew(phone: Phone) -> None:
    page = phone.page
    phone.window.login(f"{UNIT}_head")
    page.locator(".unit-card a.btn", has_text="办理回复").first.click()
    page.set_viewport_size({"width": 1366, "height": 768})
    page.fill("[name=handling]", "不能丢的话")
    page.select_option("select[name='sentence.opinion']", index=1)
    expect(page.locator("[name=opinion]")).not_to_have_value("")
    assert page.input_value("[name=handling]") == "不能丢的话"
    phone.window.keep("unit-reply-wide")
    assert page.evaluate(WIDE) <= 0
    assert phone.window.errors == []


@pytest.mark.parametrize("who", ["staff", "head"])
@pytest.mark.long
def test_the_lists_and_forms_of_a_unit_are_no_wider_than_a_phone(phone: Phone, who: str) -> None:
    page = phone.page
    phone.window.login(f"{UNIT}_{who}")
    for href in page.locator(".chips a").evaluate_all("all => all.map(one => one.pathname)"):
        phone.window.open(href)
        assert page.evaluate(WIDE) <= 0, href
    phone.window.open("/")
    links = page.locator(".unit-card a.btn").evaluate_all(
        "all => all.map(one => one.pathname + one.search)"
    )
    for href in {link.split("/")[2]: link for link in links}.values():
        phone.window.open(href)
        assert page.evaluate(WIDE) <= 0, href
    assert phone.window.errors == []
