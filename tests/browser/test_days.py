"""The main day of each role, from the login to the last click, at an office screen, and of those who
work on a phone there too. Every page is looked at: errors, foreign hosts, width."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Town, looking
from tests.browser.hand import DESK, PHONE, Hand
from tests.browser.table import Measure

ANSWER = "您好，问题已现场处理完毕，感谢您的监督。"
Day = Callable[[Hand], None]


def operator(hand: Hand) -> None:
    """A call is taken from the number on, the next one is about the same matter, and is looked up."""
    hand.say("来电号码", "13900005301")
    hand.page.keyboard.press("Enter")
    expect(hand.field("电话")).to_have_value("13900005301")
    expect(hand.main.locator("#who-called")).to_contain_text("没有来电记录")
    hand.say("姓名", "卫十一")
    hand.say("诉求内容", "麻家塔小学门前的路灯不亮，晚上行人看不清楚。")
    hand.say("地点", "麻家塔小学")
    hand.tick("类型", "求助")
    hand.press(hand.main.locator("#filed-as button"))
    hand.on("登记工单")
    number = hand.page.inner_text("main .number")
    hand.on("再登记一件")
    hand.say("电话", "13900005301")
    hand.press(hand.main.locator("#who-called").get_by_role("button", name="催单"))
    expect(hand.field("电话")).to_have_value("13900005301")
    hand.say("姓名", "卫十一")
    hand.say("说明", "什么时候能修好路灯？")
    hand.on("登记来电")
    hand.done("登记来电")
    hand.search(number)
    hand.sees("什么时候能修好路灯")


def allocator(hand: Hand) -> None:
    """What waits is allocated as proposed or to whom the allocator chooses; a request is ruled on."""
    hand.on("待分派")
    panel = hand.main.locator(".panel")
    expect(panel.get_by_role("heading", level=2)).to_be_visible()
    hand.press(hand.main.locator("a.gist >> nth=1"))
    expect(panel).to_contain_text("公厕")
    expect(panel.locator("select[name=unit]")).to_have_value("urban")
    hand.on("分派并看下一件")
    expect(hand.main.locator("#panel .flash.success")).to_contain_text("已分派")
    hand.home()
    hand.on("待审定申请")
    hand.on("审定延期")
    hand.choose("是否同意", "是")
    hand.on("审定延期")
    hand.done("审定延期")
    hand.home()
    hand.on("逾期交办件")
    hand.press(hand.main.locator("a.gist"))
    hand.press(hand.main.locator("details.why > summary"))
    hand.sees("规则第1版")


def examiner(hand: Hand) -> None:
    """A reply passes, another does not, and whose fault a failed one was is found."""
    hand.on("审核答复")
    hand.choose("是否通过", "是")
    hand.on("审核答复")
    hand.done("审核答复")
    hand.home()
    hand.on("责任认定")
    hand.choose("单位责任", "是")
    hand.say("认定依据", "现场照片显示问题依旧。")
    hand.on("责任认定")
    hand.done("责任认定")


def visitor(hand: Hand) -> None:
    """One who does not answer, and one who is content."""
    hand.menu("回访重办", "回访")
    for _ in range(2):
        hand.on("显示号码")
        expect(hand.main.locator("a.tel")).to_have_attribute("href", re.compile(r"tel:[\d-]+"))
        hand.on("未接通" if _ == 0 else "属实·已解决·满意")
        hand.done("登记回访")


def water_staff(hand: Hand) -> None:
    """A case is signed for, and a reply drafted in three steps."""
    hand.press(hand.main.locator(".unit-card form.at-once button"))
    hand.done("签收")
    hand.on("起草回复")
    hand.tick("已联系群众", "是")
    hand.say("联系号码", "13900001234")
    hand.next_step()
    hand.tick("诉求属实", "是")
    hand.tick("是否解决", "是")
    hand.say("办理情况（内部）", "已派人现场处理。")
    hand.next_step()
    hand.say("办理意见", "经现场核查，反映情况属实，已处理。")
    hand.say("下一步措施", "列入巡查重点。")
    hand.say("措施日期", "2025-11-20")
    hand.say("公开答复内容", ANSWER)
    hand.on("起草回复")
    hand.done("起草回复")


def water_head(hand: Hand) -> None:
    """A draft is approved, another is sent back with words, and the room is answered."""
    drafts = hand.main.locator(".chips a", has_text="待审批草稿")
    hand.press(drafts)
    hand.press(hand.main.locator(".unit-card a.btn"))
    hand.press(hand.main.locator(".thumbs .btn-primary").locator("visible=true"))
    expect(hand.page.locator(".flash.success")).to_be_visible()
    hand.home()
    hand.on("督办反馈")
    hand.say("说明", "供水管网抢修已完成，当日恢复供水。")
    hand.on("督办反馈")
    hand.done("督办反馈")


def officer(hand: Hand) -> None:
    """One candidate is opened, one deferred, one declined, each in its row."""
    hand.on("待决定督办建议")
    for verb in ("督办立项", "暂缓", "不予立项"):
        row = hand.main.locator(".supervised").first
        hand.press(row.get_by_role("link", name=verb))
        form = row.locator("form.in-row")
        expect(form).to_be_visible()
        if verb == "督办立项":
            hand.say("督办要求", "三个工作日内办结并报送照片。")
        else:
            hand.say("理由", "已电话督促，单位承诺今日答复。")
        hand.press(form.get_by_role("button", name=verb))
        hand.done(verb)


def supervision_head(hand: Hand) -> None:
    """The figures first, then what only the head decides: a finding, a review; the list of the day."""
    assert hand.main.locator(".tile").count() >= 4
    assert hand.main.locator(".chart svg").count() == 2
    for verb in ("确认认定", "裁定复核"):
        hand.on(verb)
        hand.choose("是否同意", "是")
        if verb == "裁定复核":
            hand.say("说明", "复核理由成立。")
        hand.on(verb)
        hand.done(verb)
        hand.home()
    hand.menu("督办问责", "督办清单")
    hand.press(hand.main.locator("table.rows tbody a"))
    assert hand.main.locator("#list tbody tr").count() > 0


def leader(hand: Hand) -> None:
    """What was submitted is instructed; a referral is approved once its paper was read."""
    hand.on("领导批示")
    hand.say("批示内容", "请自然资源和规划局依法核实，限期答复群众。")
    hand.choose("单位", "神木市自然资源和规划局")
    hand.on("领导批示")
    hand.done("领导批示")
    for verb in ("打开文书", "审批移送"):
        hand.home()
        hand.on("待审批移送")
        hand.press(hand.main.locator("table.rows tbody td.own a"))
        hand.on(verb)
        if verb == "打开文书":
            with hand.page.expect_download() as paper:
                hand.on(verb)
            assert paper.value.suggested_filename.endswith(".pdf")
        else:
            hand.on(verb)
    hand.done("审批移送")


def it_admin(hand: Hand) -> None:
    """The machine is well; an account is made, which waits for a second person."""
    hand.press(hand.main.locator("a.tile", has_text="督办机器人"))
    hand.home()
    hand.on("新增账号")
    hand.say("账号", "operator9")
    hand.say("姓名", "卫小燕")
    hand.field("话务员").check()
    hand.on("新增账号")
    hand.done("新增账号")


def log_auditor(hand: Hand) -> None:
    """Who looked at callers, the record of it, and what of the accounts waits for a second person."""
    hand.sees("今天查看来电人的人员")
    hand.menu("设置", "查阅日志")
    hand.choose("事项", "登录")
    hand.on("查询")
    assert hand.main.locator("table.rows tbody tr").count() > 0
    assert hand.main.locator(".chip").count() == 1
    hand.menu("设置", "办理记录")
    assert hand.main.locator("table.rows tbody tr").count() > 0


DAYS: dict[str, tuple[Day, int]] = {
    day.__name__: (day, most)
    for day, most in (
        (operator, 8),
        (allocator, 12),
        (examiner, 8),
        (visitor, 8),
        (water_staff, 10),
        (water_head, 8),
        (officer, 8),
        (supervision_head, 10),
        (leader, 12),
        (it_admin, 6),
        (log_auditor, 8),
    )
}
"""Who -> the day, and the most clicks that it takes."""
SHORT = ("operator",)
"""Whose day is gone through each time; the others are left to the long run."""
ON_PHONES = ("visitor", "water_staff", "water_head")


@pytest.mark.parametrize(
    ("username", "size"),
    [
        pytest.param(
            username,
            size,
            id=f"{username}-{size[0]}",
            marks=[] if username in SHORT and size == DESK else pytest.mark.long,
        )
        for username in DAYS
        for size in (DESK, PHONE)
        if size == DESK or username in ON_PHONES
    ],
)
def test_the_main_day_of_a_role_goes_without_a_fault(
    town: Town, chromium: Browser, username: str, size: tuple[int, int], measured: Measure
) -> None:
    day, most = DAYS[username]
    with looking(town.address, chromium, *size) as window:
        hand = Hand(window, username)
        day(hand)
        window.keep(f"day-{username}-{size[0]}")
        measured("a day of each role", f"clicks of the {username}", hand.clicks, most)
        hand.leave()
