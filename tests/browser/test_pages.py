"""Every role's first page, a case page, the supervision list and a form, seen in Chromium and kept
as pictures."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask.sessions import SecureCookieSessionInterface

from app.rules.telling import PRETEND
from app.words import value
from tests.browser import conftest
from tests.browser.conftest import PASSWORD, Served, Window
from tests.views.test_words import KINDS_OF_FILES

ROLES = {
    "operator": "operator",
    "allocator": "allocator",
    "centre_head": "centre_head",
    "examiner": "examiner",
    "visitor": "visitor",
    "water_staff": "unit_staff",
    "water_head": "unit_head",
    "officer": "officer",
    "supervision_head": "supervision_head",
    "leader": "leader",
    "committee": "committee",
    "it_admin": "it_admin",
    "log_auditor": "log_auditor",
}
LATIN = {"English", "xlsx", "SHA", "Ctrl", "Enter", "KB", "MB", "GB", *KINDS_OF_FILES}
"""Latin words that a Chinese page may show; reviewed by hand."""
CODES = {
    "water",
    "housing",
    "transport",
    "education",
    "police",
    "planning",
    "health",
    "environment",
    "urban",
    "labour",
    "agriculture",
    "market",
    "heating",
}
"""Codes of units: shown in the register of units only."""
_WORD = re.compile(r"[A-Za-z]{2,}")


def latin(words: str, more: set[str] = frozenset()) -> set[str]:  # type: ignore[assignment]
    """The Latin words of a page that no list allows."""
    return {word for word in _WORD.findall(words) if word not in LATIN | more}


def check(window: Window, more: set[str] = frozenset()) -> None:  # type: ignore[assignment]
    words = window.words()
    assert "None" not in words
    assert latin(words, more) == set()
    assert "示例机关" in words
    assert window.page.get_attribute("html", "lang") == "zh-CN"


IN_EVERY_RUN = ("operator", "allocator", "water_staff", "log_auditor")


@pytest.mark.parametrize(
    "username",
    [pytest.param(one, marks=[] if one in IN_EVERY_RUN else pytest.mark.long) for one in ROLES],
)
def test_the_first_page_of_each_role(window: Window, username: str) -> None:
    window.login(username)
    check(window)
    own = window.page.text_content("header .who") or ""
    assert value("role", ROLES[username], "zh") in own
    assert window.keep(f"home-{username}").stat().st_size > 10_000
    assert window.errors == []


def test_a_case_page_with_its_clocks_timeline_and_verbs(window: Window) -> None:
    window.login("allocator")
    window.page.click("text=逾期交办件")
    window.keep("work-overdue")
    window.page.click("table.rows tbody tr:first-child a")
    check(window)
    assert {"更多", "时限", "办理记录", "诉求"} <= set(window.words().split())
    assert re.search(r"已逾期\d+个工作日", window.words())
    window.keep("case")


def test_a_form_shows_what_is_missing_and_keeps_what_was_typed(window: Window) -> None:
    window.login("operator")
    window.page.click("text=登记工单")
    window.keep("form-register")
    check(window)
    window.page.fill("textarea[name=narrative]", "短")
    window.page.fill("input[name='caller.name']", "赵六")
    window.page.click("label[for=f-kind-2]")
    window.page.click("main button[type=submit]")
    assert "诉求内容不少于10字" in window.page.inner_text(".refusal")
    assert window.page.input_value("input[name='caller.name']") == "赵六"
    window.keep("form-refused")


def test_a_case_goes_from_the_operator_to_the_unit(window: Window) -> None:
    window.login("operator")
    window.page.click("text=登记工单")
    window.page.click("label[for=f-kind-2]")
    window.page.fill("textarea[name=narrative]", "滨河新区三号楼前路灯坏了半个月，晚上看不见路。")
    window.page.fill("input[name='caller.name']", "赵六")
    window.page.fill("input[name='caller.phone']", "13900001234")
    window.page.click("main button[type=submit]")
    number = window.page.inner_text("main .number")
    assert re.fullmatch(r"\d{12}", number)
    window.leave()
    window.login("allocator")
    window.page.click("text=待分派")
    window.page.click("main >> text=滨河新区三号楼前路灯坏了半个月")
    window.page.wait_for_selector(".panel h2:has-text('滨河新区三号楼前路灯坏了半个月')")
    window.page.select_option(".panel select[name=unit]", "water")
    window.page.click(".panel .send button")
    window.page.wait_for_selector(f".flash.success:has-text('{number}已分派给')")
    window.leave()
    window.login("water_staff")
    window.page.click("text=待签收")
    window.page.click("main >> text=滨河新区三号楼前路灯坏了半个月")
    assert "13900001234" not in window.words()
    window.page.click("a[data-verb=sign_for]")
    window.page.click("main button[type=submit]")
    assert "已签收" in window.words()


def test_a_form_shows_what_may_be_the_same_matter_and_keeps_what_was_typed(window: Window) -> None:
    window.login("operator")
    for n in range(2):
        window.open("/do/register")
        window.page.click("label[for=f-kind-2]")
        window.page.fill(
            "textarea[name=narrative]", f"城西小区{n}号楼自来水水压不足，三楼以上用不上水。"
        )
        window.page.fill("input[name='caller.name']", "钱七")
        window.page.fill("input[name='caller.phone']", "13900005678")
        window.page.click("main button[type=submit]")
    assert window.page.locator("#proposed tbody tr").count() == 1
    assert window.page.input_value("input[name='caller.name']") == "钱七"
    window.keep("form-proposed")
    check(window)
    with window.page.expect_popup() as opened:
        window.page.click("#proposed button")
    contact = opened.value
    contact.wait_for_selector("textarea[name=words]")
    assert "城西小区1号楼" in contact.input_value("textarea[name=words]")
    assert contact.input_value("input[name='caller.phone']") == "13900005678"
    assert contact.input_value("select[name=channel]") == "phone"
    assert contact.url.endswith(window.page.locator("#proposed button").get_attribute("formaction"))
    contact.close()
    window.page.click("main button[type=submit]")
    window.page.click("text=打开工单")
    window.page.click("text=登记信息")
    assert "按新诉求登记" in window.words()


def test_a_form_that_is_clicked_twice_is_sent_once(window: Window) -> None:
    window.login("operator")
    window.open("/do/register")
    window.page.click("label[for=f-kind-2]")
    window.page.fill("textarea[name=narrative]", "北关小学门前斑马线磨没了，孩子过路没有标识。")
    window.page.check("input[name=anonymous]")
    sent: list[str] = []
    window.page.on(
        "request", lambda request: sent.append(request.url) if request.method == "POST" else None
    )
    with window.page.expect_navigation():
        window.page.eval_on_selector(
            "main button[type=submit]", "one => { one.click(); one.click(); one.click(); }"
        )
    assert len(sent) == 1
    assert re.fullmatch(r"\d{12}", window.page.inner_text("main .number"))


# A session that ended while a form was filled in.

TYPED = {
    "textarea[name=narrative]": "桥东巷三号院门前井盖缺失，\n晚上行人容易踩空。",
    "input[name='caller.name']": "孙八",
    "input[name='caller.phone']": "13900007777",
    "select[name=urgency]": "urgent",
    "input[name='leader.name']": "某县长",
}
RESTORED = "没有提交成功的内容已恢复"


def fill(window: Window) -> None:
    """A registration, filled in."""
    window.open("/do/register")
    window.page.click("label[for=f-kind-2]")
    window.page.click("details.more > summary")
    window.page.click("details.more details > summary")
    for where, what in TYPED.items():
        window.page.select_option(where, what) if where.startswith("select") else window.page.fill(
            where, what
        )


def end(window: Window, office: Served, way: str) -> None:
    """What ends a session: half an hour of nothing, or a browser that has lost its cookie."""
    held = {one["name"]: one["value"] for one in window.page.context.cookies()}["duban"]
    window.page.context.clear_cookies()
    if way == "old":
        signing = SecureCookieSessionInterface().get_signing_serializer(office.app)
        assert signing is not None
        told = signing.loads(held)
        old = str(signing.dumps({**told, "last": told["last"] - 3600}))
        window.page.context.add_cookies([{"name": "duban", "value": old, "url": office.address}])


def kept(window: Window) -> str:
    """What the window keeps when the page's script has run."""
    window.page.wait_for_load_state("load")
    return str(window.page.evaluate(conftest.TYPED))


def enter_again(window: Window, username: str) -> None:
    """Fill in the login page that the window has come to."""
    window.page.fill("input[name=username]", username)
    window.page.fill("input[name=password]", PASSWORD)
    window.page.click("main button[type=submit]")
    window.page.wait_for_selector("header form button", state="attached")


@pytest.mark.parametrize("way", ["old", pytest.param("none", marks=pytest.mark.long)])
def test_a_form_sent_when_the_session_had_ended_is_there_again_after_logging_in(
    window: Window, office: Served, way: str
) -> None:
    """Seen failing: the login led to the first page, or a page said to go back, and all that was
    typed was gone."""
    window.login("operator")
    fill(window)
    end(window, office, way)
    window.page.click("main button[type=submit]")
    assert "/login/" in window.page.url and "登录已失效" in window.words()
    assert "孙八" not in window.words() and "孙八" not in window.page.url
    enter_again(window, "operator")
    assert window.page.url.rstrip("?") == f"{office.address}/do/register"
    assert RESTORED in window.words()
    assert {where: window.page.input_value(where) for where in TYPED} == TYPED
    assert window.page.is_checked("#f-kind-2")
    window.keep(f"form-restored-{way}")
    window.page.reload()
    assert window.page.input_value("input[name='caller.name']") == "孙八"
    window.page.fill("input[name='leader.name']", "")
    window.page.fill(
        "input[name='caller.phone']", {"old": "13900007771", "none": "13900007772"}[way]
    )
    window.page.click("main button[type=submit]")
    assert "已登记" in window.words()
    assert kept(window) == "{}"
    window.open("/do/register")
    assert (
        RESTORED not in window.words()
        and window.page.input_value("input[name='caller.name']") == ""
    )


@pytest.mark.long
def test_what_was_typed_is_not_shown_to_another_who_logs_in_nor_kept_after_logging_out(
    window: Window, office: Served
) -> None:
    window.login("operator")
    fill(window)
    end(window, office, "none")
    window.page.click("main button[type=submit]")
    assert "孙八" in kept(window)
    enter_again(window, "centre_head")
    assert RESTORED not in window.words() and kept(window) == "{}"
    assert window.page.input_value("input[name='caller.name']") == ""
    fill(window)
    window.page.fill("textarea[name=narrative]", "短")
    end(window, office, "old")
    window.page.click("main button[type=submit]")
    enter_again(window, "centre_head")
    assert RESTORED in window.words()
    window.leave()
    window.page.wait_for_selector("input[name=password]")
    assert kept(window) == "{}"


@pytest.mark.long
def test_a_password_and_a_file_are_never_kept(
    window: Window, office: Served, tmp_path: Path
) -> None:
    window.login("operator")
    window.open("/do/change_password")
    for name in ("old_password", "password"):
        window.page.fill(f"input[name={name}]", "a secret that nobody reads")
    end(window, office, "none")
    window.page.click("main button[type=submit]")
    assert "/login/" in window.page.url and kept(window) == "{}"
    enter_again(window, "operator")
    fill(window)
    (tmp_path / "批示.pdf").write_bytes(b"%PDF-1.4 scanned words")
    window.page.set_input_files("input[name='leader.scan']", tmp_path / "批示.pdf")
    end(window, office, "none")
    window.page.click("main button[type=submit]")
    enter_again(window, "operator")
    assert RESTORED in window.words() and "附件须重新选择" in window.words()
    assert "scanned" not in kept(window) and "csrf" not in kept(window)


@pytest.mark.long
def test_a_form_whose_token_is_too_old_is_there_again_by_the_way_back(window: Window) -> None:
    window.login("operator")
    fill(window)
    window.page.evaluate("document.querySelector('form.verb [name=csrf_token]').value = 'x'")
    window.page.click("main button[type=submit]")
    assert window.page.get_attribute("p.error", "data-code") == "400"
    window.page.click("text=回到表单 >> nth=0")
    assert RESTORED in window.words()
    assert {where: window.page.input_value(where) for where in TYPED} == TYPED
    window.page.click("text=不再保留")
    assert window.page.input_value("input[name='caller.name']") == "" and kept(window) == "{}"


def test_the_supervision_list_of_a_day(window: Window) -> None:
    window.login("officer")
    window.page.click("nav >> text=督办问责")
    window.page.click("nav >> text=督办清单")
    check(window)
    window.page.click("table.rows tbody tr:first-child a")
    check(window)
    rows = window.page.locator("#list tbody tr").count()
    assert rows > 0
    window.keep("supervision-list")
    with window.page.expect_download() as got:
        window.page.click("text=xlsx")
    assert got.value.suggested_filename.endswith(".xlsx")


PAGES = {
    "allocator": (
        "cases",
        "contacts",
        "assignments",
        "requests",
        "replies",
        "reminders",
        "supervision",
        "visits",
        "visitrecords",
        "responsibility",
        "suggestions",
        "categories",
        "calendar",
        "reports",
    ),
    "centre_head": ("rules", "settings", "calendarproposals", "supervisionlists", "bot", "posts"),
    "officer": ("referrals",),
    "it_admin": ("users", "roles", "units"),
    "log_auditor": ("events",),
}


@pytest.mark.long
@pytest.mark.parametrize("username", PAGES)
def test_every_register_is_in_chinese(window: Window, username: str) -> None:
    window.login(username)
    accounts = set(ROLES) | CODES | {"staff", "head", "admin", "auditor"}
    own = {"users": accounts, "events": accounts, "accesses": accounts, "units": CODES}
    for page in PAGES[username]:
        window.open(f"/{page}/list/")
        # The blanks of a wording, `{unit}`, are written as they are named.
        words = re.sub(r"\{[a-z_]+\}", "", window.words())
        assert "None" not in words, page
        extra = {part for name in own.get(page, set()) for part in name.split("_")} | own.get(
            page, set()
        )
        extra |= {PRETEND}  # the sample's way out is called so
        assert latin(words, extra) == set(), page
        window.keep(f"list-{page}")


def test_the_language_switch_turns_the_panel_into_english(window: Window) -> None:
    window.login("allocator")
    window.account("text=English")
    assert window.page.get_attribute("html", "lang") == "en"
    assert "To allocate" in window.words()
    window.keep("home-english")


@pytest.mark.long
def test_the_keyboard_reaches_the_content_first(window: Window) -> None:
    window.login("allocator")
    window.page.keyboard.press("Tab")
    assert window.page.evaluate("document.activeElement.getAttribute('href')") == "#content"


@pytest.mark.parametrize(
    ("width", "height"), [pytest.param(1366, 768, marks=pytest.mark.long), (390, 844)]
)
def test_a_list_shows_rows_above_the_fold_and_never_scrolls_sideways(
    window: Window, width: int, height: int
) -> None:
    """At an office screen and on a phone; what is behind 更多条件 opens without a script of ours, a
    chip takes its condition out, and a case turns to the next one."""
    window.page.set_viewport_size({"width": width, "height": height})
    window.login("allocator")
    for page in ("cases", "assignments", "requests", "reminders", "supervision", "visits"):
        window.open(f"/{page}/list/")
        row = window.page.locator("table.lines tbody tr").first
        box = row.bounding_box()
        assert box is not None and box["y"] + 60 < height, page
        wide = "document.documentElement.scrollWidth, document.querySelector('.listed').scrollWidth"
        assert window.page.evaluate(f"Math.max({wide})") <= width, page
        window.keep(f"list-{page}-{width}")
    window.open("/cases/list/?q_kind=complaint")
    assert window.page.locator("form.filters .one:visible").count() <= 6
    window.page.click("form.filters summary")
    assert window.page.locator("form.filters .one:visible").count() > 6
    window.page.click(".chip")
    assert window.page.locator(".chip").count() == 0
    window.page.locator("table.lines tbody a.gist").first.click()
    here = window.page.url
    window.page.click("a[rel=next]")
    assert window.page.url != here
    window.page.click("a[rel=prev]")
    assert window.page.url == here
    assert window.errors == []
