"""One call on its way through the eight stages, by eight people with the bot between them, each at
their own window: links and buttons by their words, fields by their labels, nothing else."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.conftest import Town
from tests.browser.hand import DESK, PHONE, Hand, People

PHONE_NUMBER = "13900002468"
GIST = "杏花滩路口的下水井盖破损下沉"
NARRATIVE = f"{GIST}，夜里有电动车压上去摔倒，已经好几天没人管。"
ANSWER = "您好，井盖已更换，感谢您的监督。"


@pytest.fixture
def people(town: Town, chromium: Browser) -> Iterator[People]:
    """Whoever works on the case."""
    with People(town, chromium) as made:
        yield made


class Matter:
    """The case as people speak of it: by its number."""

    def __init__(self, people: People) -> None:
        self.people, self.number = people, ""

    def of(self, username: str, size: tuple[int, int] = DESK) -> Hand:
        """A person who finds it by its number in the one box."""
        hand = self.people(username, size)
        hand.search(self.number)
        expect(hand.page.locator("h1")).to_contain_text(GIST)
        return hand

    def stands(self, hand: Hand, state: str) -> None:
        """It is in a state, as its page says."""
        expect(hand.page.locator(".marks .tag").first).to_have_text(state)


def registered(people: People) -> Matter:
    """The operator writes down a call."""
    operator, matter = people("operator"), Matter(people)
    operator.on("登记工单")
    operator.say("电话", PHONE_NUMBER)
    operator.say("姓名", "秦九")
    operator.say("诉求内容", NARRATIVE)
    operator.say("地点", "杏花滩路口")
    operator.say("诉求目的", "尽快更换井盖")
    operator.tick("类型", "求助")
    operator.choose("分类", "供水排水／井盖")
    operator.on("登记工单")
    matter.number = operator.page.inner_text("main .number")
    assert re.fullmatch(r"\d{12}", matter.number)
    return matter


def allocated(people: People, matter: Matter) -> None:
    """The allocator takes it from the list and sends it to the unit."""
    allocator = people("allocator")
    allocator.on("待分派")
    allocator.press(allocator.main.locator("a.gist", has_text=GIST))
    expect(allocator.page.locator(".panel h2")).to_contain_text(GIST)
    expect(allocator.page.locator("#panel select[name=unit]")).to_have_value("water")
    allocator.on("分派并看下一件")
    expect(allocator.page.locator(DONE_IN_PANEL)).to_contain_text("分派")


DONE_IN_PANEL = "#panel .flash.success"


def answered(matter: Matter, step_on: str) -> None:
    """The unit's staff draft a reply on a phone, the head approves it at the desk."""
    staff = matter.of("water_staff", PHONE)
    staff.act("起草回复")
    staff.tick("已联系群众", "是")
    staff.say("联系号码", PHONE_NUMBER)
    staff.next_step()
    staff.tick("是否解决", "是")
    staff.say("办理情况（内部）", "已派人到现场更换井盖。")
    staff.next_step()
    staff.say("办理意见", "经现场核查，反映情况属实，井盖已更换。")
    staff.say("下一步措施", "纳入日常巡查，一周内复查。")
    staff.say("措施日期", step_on)
    staff.say("公开答复内容", ANSWER)
    staff.on("起草回复")
    staff.done("起草回复")
    head = matter.of("water_head")
    head.on("办理回复（待审批）")
    head.sees(ANSWER)
    head.on("同意")
    head.done("办理回复")


def examined(matter: Matter) -> None:
    """The examiner lets the reply pass."""
    examiner = matter.of("examiner")
    examiner.act("审核答复")
    examiner.sees(ANSWER)
    examiner.choose("是否通过", "是")
    examiner.on("审核答复")
    examiner.done("审核答复")


def visited(people: People, solved: str, satisfied: str) -> None:
    """The visitor calls from the queue."""
    visitor = people("visitor")
    visitor.menu("回访重办", "回访")
    visitor.press(visitor.main.locator(".queue a", has_text=GIST))
    visitor.on("显示号码")
    visitor.sees(PHONE_NUMBER)
    visitor.tick("是否属实", "属实")
    visitor.tick("是否解决", solved)
    visitor.tick("满意度", satisfied)
    if satisfied == "不满意":
        visitor.tick("不满意原因", "结果")
        visitor.say("诉求人意见", "换上的井盖又响了。")
    visitor.on("记录并看下一位")
    visitor.done("登记回访")


def supervised(town: Town, people: People, matter: Matter) -> None:
    """The bot reminds; the caller says again that it is not solved; the room opens an item."""
    town.morning("2025-11-13", "2025-11-18", "2025-11-19", "2025-11-20")
    matter.of("water_head").sees("催办")
    town.morning("2025-11-21", "2025-11-24")
    operator = matter.of("operator")
    operator.act("登记来电")
    operator.tick("类型", "重复")
    operator.say("说明", "还没有人来修，又有人差点摔倒。")
    operator.say("电话", PHONE_NUMBER)
    operator.say("姓名", "秦九")
    operator.on("登记来电")
    operator.done("登记来电")
    town.morning("2025-11-25")
    officer = people("officer")
    officer.on("待决定督办建议")
    row = officer.main.locator(".supervised", has_text=GIST)
    officer.press(row.get_by_role("link", name="督办立项"))
    officer.say("督办要求", "三个工作日内更换井盖并报送照片。")
    officer.press(row.locator("form").get_by_role("button", name="督办立项"))
    officer.done("督办立项")


def cleared(matter: Matter) -> None:
    """The unit tells the room, and the room is content."""
    head = matter.of("water_head")
    head.act("督办反馈")
    head.say("说明", "井盖已更换，照片已报送。")
    head.on("督办反馈")
    head.done("督办反馈")
    supervision_head = matter.of("supervision_head")
    supervision_head.act("销号")
    supervision_head.on("销号")
    supervision_head.done("销号")


@pytest.mark.long
def test_a_call_goes_through_eight_stages_by_the_pages_alone(town: Town, people: People) -> None:
    matter = registered(people)
    allocated(people, matter)
    staff = matter.of("water_staff", PHONE)
    staff.act("签收")
    staff.on("签收")
    staff.done("签收")
    supervised(town, people, matter)
    answered(matter, "2025-11-28")
    cleared(matter)
    examined(matter)
    visited(people, "未解决", "不满意")
    examiner = matter.of("examiner")
    examiner.act("责任认定")
    examiner.choose("单位责任", "是")
    examiner.say("认定依据", "更换质量不合格，属单位责任。")
    examiner.on("责任认定")
    examiner.done("责任认定")
    staff = matter.of("water_staff", PHONE)
    staff.act("签收")
    staff.on("签收")
    answered(matter, "2025-12-02")
    examined(matter)
    visited(people, "已解决", "满意")
    operator = matter.of("operator")
    matter.stands(operator, "已办结")
    assert len(people.hands) == 8
