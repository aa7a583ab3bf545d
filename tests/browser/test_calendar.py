"""A notice is pasted and answered by the year, on the screen of a desk and on a phone. Seen in
Chromium."""

from __future__ import annotations

import pytest

from tests.browser.conftest import Window

NOTICE = """国务院办公厅关于2026年部分节假日安排的通知
一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
"""
NOVEMBER = "2025-11-13 休息\n2025-11-14 休息\n2025-11-16 上班\n2026-02-17 休息\n"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.parametrize(
    ("tongue", "width", "height"),
    [
        ("zh-CN", 390, 844),
        pytest.param("zh-CN", 1366, 768, marks=pytest.mark.long),
        pytest.param("en", 1366, 768, marks=pytest.mark.long),
        pytest.param("en", 390, 844, marks=pytest.mark.long),
    ],
)
def test_a_notice_that_is_pasted_is_answered_by_the_year(
    window: Window, width: int, height: int, tongue: str
) -> None:
    """Nothing is wider than the screen, the notice stays as it was pasted, and what was told is
    asked once."""
    window.page.set_viewport_size({"width": width, "height": height})
    window.login("it_admin")
    if tongue == "en" and width < 992:
        window.page.click("header .navbar-toggler")
    if tongue == "en":
        window.account("header .who a[lang=en]")
    for name, text in (("notice", NOTICE), ("november", NOVEMBER)):
        window.open("/do/load_calendar")
        window.page.fill("textarea[name=days]", text)
        window.page.click("main button[type=submit]")
        window.page.wait_for_selector(".months")
        assert window.page.evaluate(OVERFLOW) <= 0, "the page is wider than the screen"
        assert window.page.input_value("textarea[name=days]") == text
        assert window.page.locator(".month").count() == (12 if name == "notice" else 24)
        window.keep(f"calendar-{name}-{tongue}-{width}")
    assert window.page.locator("#moves tbody tr").count() > 0
    assert window.errors == []
