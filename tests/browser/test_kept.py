"""What is typed into a form is kept while it is typed, in the window of who typed it, until it is
done. Seen in Chromium."""

from __future__ import annotations

import re

import pytest
from sqlalchemy import select

from app.database import transaction
from app.models import Case
from app.story.theatre.cast import actor_named
from app.verbs import perform
from tests.browser import conftest
from tests.browser.conftest import NOW, PASSWORD, Served, Window

FORM = "/do/register"
TYPED = {
    "textarea[name=narrative]": "河滨公园北门的健身器材松动，\n老人容易摔倒。",
    "input[name='caller.name']": "周九",
    "input[name='caller.phone']": "13900008888",
}
THERE = "上次没有提交的内容已恢复"
ASKS = "恢复上次未提交的内容"


def fill(window: Window, **other: str) -> None:
    window.open(FORM)
    window.page.click("label[for=f-kind-2]")
    for where, what in {**TYPED, **other}.items():
        window.page.select_option(where, what) if where.startswith("select") else window.page.fill(
            where, what
        )


def held(window: Window) -> dict[str, str]:
    return {where: window.page.input_value(where) for where in TYPED}


def kept(window: Window) -> str:
    window.page.wait_for_load_state("load")
    return str(window.page.evaluate(conftest.TYPED))


@pytest.fixture
def operator(window: Window) -> Window:
    """A window in which an operator has filled in a registration, and sent nothing."""
    window.login("operator")
    fill(window)
    return window


@pytest.mark.parametrize(
    "way",
    [
        "reload",
        *(pytest.param(way, marks=pytest.mark.long) for way in ("language", "another page")),
        "another form",
    ],
)
def test_what_was_typed_is_there_again(operator: Window, way: str) -> None:
    """Read anew, in the other language, after a look elsewhere. Seen failing with what was typed
    kept from the sending only."""
    if way == "reload":
        operator.page.reload()
    elif way == "language":
        operator.account("header .who a[lang=en]")
        assert "here again" in operator.words()
        assert held(operator) == TYPED
        operator.account("header .who a[lang=zh-CN]")
    else:
        operator.open("/cases/list/" if way == "another page" else "/do/contact")
        assert "周九" not in operator.words() and THERE not in operator.words()
        operator.page.go_back() if way == "another form" else operator.open(FORM)
    operator.page.wait_for_load_state("load")
    assert held(operator) == TYPED
    if way != "another form":
        assert THERE in operator.words()
    operator.keep(f"form-kept-{way.replace(' ', '-')}")


@pytest.mark.long
def test_each_form_keeps_its_own(operator: Window) -> None:
    operator.open("/do/contact")
    operator.page.fill("textarea[name=words]", "来电询问进度，语气平和。")
    operator.open(FORM)
    assert held(operator) == TYPED
    operator.open("/do/contact")
    assert operator.page.input_value("textarea[name=words]") == "来电询问进度，语气平和。"


def test_what_was_sent_is_gone(operator: Window) -> None:
    operator.page.fill("input[name='caller.phone']", "13900008801")
    operator.page.click("main button[type=submit]")
    assert "已登记" in operator.words() and kept(operator) == "{}"
    operator.open(FORM)
    assert (
        THERE not in operator.words()
        and operator.page.input_value("input[name='caller.name']") == ""
    )


def test_what_was_refused_is_kept_on(operator: Window) -> None:
    operator.page.fill("textarea[name=narrative]", "短")
    operator.page.click("main button[type=submit]")
    assert operator.page.get_attribute(".refusal", "data-msgid") == "narrative_too_short"
    operator.open(FORM)
    assert operator.page.input_value("textarea[name=narrative]") == "短"
    assert operator.page.input_value("input[name='caller.name']") == "周九"


def test_it_is_not_shown_to_another_and_gone_when_somebody_logs_out(operator: Window) -> None:
    operator.page.reload()
    assert "周九" in kept(operator)
    operator.leave()
    operator.page.wait_for_selector("input[name=password]")
    assert kept(operator) == "{}"
    operator.login("centre_head")
    fill(operator)
    operator.page.reload()
    operator.page.context.clear_cookies()
    operator.login("operator")
    operator.open(FORM)
    assert (
        "周九" not in kept(operator)
        and operator.page.input_value("input[name='caller.name']") == ""
    )


@pytest.mark.long
def test_who_logs_out_in_one_window_has_left_the_other(operator: Window) -> None:
    operator.page.reload()
    other = operator.page.context.new_page()
    other.goto(operator.address)
    other.click("header .who > button")
    other.click("header form button")
    other.wait_for_selector("input[name=password]")
    operator.page.wait_for_function("sessionStorage.kept === undefined")
    assert kept(operator) == "{}"


@pytest.mark.long
def test_it_can_be_forgotten_and_is_after_twelve_hours(operator: Window) -> None:
    operator.page.reload()
    operator.page.click("text=不再保留")
    operator.page.wait_for_load_state("load")
    assert operator.page.input_value("input[name='caller.name']") == "" and kept(operator) == "{}"
    fill(operator)
    operator.page.reload()
    back = "const all = JSON.parse(sessionStorage.kept); for (const id in all.forms) all.forms[id].at -= 12.01 * 36e5;"
    operator.page.evaluate(f"() => {{ {back} sessionStorage.kept = JSON.stringify(all); }}")
    operator.page.reload()
    assert operator.page.input_value("input[name='caller.name']") == "" and kept(operator) == "{}"


def test_no_password_is_kept(operator: Window) -> None:
    operator.open("/do/change_password")
    for name in ("old_password", "password"):
        operator.page.fill(f"input[name={name}]", PASSWORD + "!")
    operator.page.reload()
    assert (
        PASSWORD not in kept(operator) and operator.page.input_value("input[name=password]") == ""
    )


@pytest.mark.parametrize("wants", [True, False])
def test_what_the_desk_put_into_a_form_since_is_not_written_over_unasked(
    operator: Window, office: Served, wants: bool
) -> None:
    """Somebody else corrected the case meanwhile: the form shows what stands, and asks."""
    told = ("集贸市场东门垃圾清运不及时，气味很大。", "二中操场夜间照明一直开到天亮，影响休息。")[
        wants
    ]
    operator.page.fill("input[name='caller.phone']", f"1390000881{int(wants)}")
    operator.page.fill("textarea[name=narrative]", told)
    operator.page.click("main button[type=submit]")
    number = operator.page.inner_text("main .number")
    assert re.fullmatch(r"\d{12}", number)
    with transaction(office.app.extensions["desk"].sessions) as session:
        id = session.scalars(select(Case.id).where(Case.number == number)).one()
    form = f"/do/edit_case/{id}"
    operator.open(form)
    operator.page.fill("input[name=place]", "河滨公园北门")
    operator.page.reload()
    assert operator.page.input_value("input[name=place]") == "河滨公园北门", (
        "nothing else changed: it is there again"
    )
    with transaction(office.app.extensions["desk"].sessions) as session:
        perform(
            session, NOW, actor_named(session, "allocator"), "edit_case", case=id, demand="尽快加固"
        )
    operator.page.reload()
    assert operator.page.input_value("input[name=place]") == "" and ASKS in operator.words()
    assert operator.page.input_value("[name=demand]") == "尽快加固"
    operator.page.click(f"text={ASKS}" if wants else "button:text-is('不要')")
    assert operator.page.input_value("input[name=place]") == ("河滨公园北门" if wants else "")
    assert ("北门" in kept(operator)) is wants
