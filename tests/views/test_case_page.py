"""The page of a case: one timeline with words, why its clocks end when they do, what the bot does next
and when; as many statements for forty events as for one. [desk, Case page]"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from tests.databases import Desk
from tests.people import People
from tests.views.panel import Panel, panel_over
from tests.views.test_statements import MOST_OF_A_CASE, counted

PHONE = "13912345678"
REFUSED = "没有写明现场核实的情况，请补充现场照片。"
_ENTRY = re.compile(r"<li>\s*<b>.*?</li>", re.DOTALL)


@pytest.fixture
def people(desk: Desk) -> People:
    return People(desk).hire("WATER", "ROADS")


@pytest.fixture
def panel(people: People, tmp_path: Path) -> Iterator[Panel]:
    with panel_over(people.desk, tmp_path / "data", people.now) as made:
        yield made


def entries(page: str) -> list[str]:
    """The entries of the timeline, as they stand on the page."""
    return _ENTRY.findall(page.partition('id="timeline"')[2])


def words(page: str) -> str:
    """A page without its tags."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def signed(people: People, **given: object) -> int:
    case = people.case(**given)  # type: ignore[arg-type]
    people.do("allocator", "allocate", case, unit="WATER")
    people.do("staff@WATER", "sign_for", case)
    return case


def late(people: People) -> int:
    """A consultation that is answered, refused, and let pass until the bot reminds."""
    case = signed(people, kind="consultation")
    people.do("operator", "contact", case, kind="supplement", words=f"请回电{PHONE}，水还没有来。")
    people.do("head@WATER", "reply", case, public_answer="已派人检修，当日恢复供水。")
    people.do("examiner", "examine", case, passes=False, words=REFUSED)
    people.sweeps("2025-06-10", "2025-06-13")
    return case


def test_the_timeline_says_what_was_said(people: People, panel: Panel) -> None:
    """What was answered, why it was refused, what a caller said - to a unit without his number -,
    and of the bot the rule and its facts."""
    case = late(people)
    panel.now = people.now
    page = panel.of("examiner").get(f"/cases/{case}").text
    told = " ".join(entries(page))
    for said in ("已派人检修，当日恢复供水。", REFUSED, f"请回电{PHONE}"):
        assert said in told
    assert "依据：逾期未办复且未说明理由，期限2025-06-12，须于2025-06-17前答复" in told
    unit = panel.of("staff@WATER").get(f"/cases/{case}").text
    assert REFUSED in unit
    assert "水还没有来" in unit
    assert PHONE not in unit


def test_the_timeline_shows_one_sort_by_a_link(people: People, panel: Panel) -> None:
    case = late(people)
    panel.now = people.now
    browser = panel.of("centre_head")
    page = browser.get(f"/cases/{case}").text
    whole = entries(page)
    for sort, there, not_there in (
        ("bot", "督办机器人", "签收期限"),
        ("unit", "已派人检修", "督办机器人"),
        ("people", REFUSED, "督办机器人"),
        ("contact", "水还没有来", REFUSED),
        ("paper", "催办", "水还没有来"),
    ):
        assert f'href="/cases/{case}?tl={sort}#timeline"' in page
        shown = entries(browser.get(f"/cases/{case}?tl={sort}").text)
        assert {*shown} < {*whole}
        assert there in " ".join(shown)
        assert not_there not in " ".join(shown)
    assert entries(browser.get(f"/cases/{case}?tl=nonsense").text) == whole


def test_the_trace_names_the_rule_its_edition_and_what_would_have_changed_it(
    people: People, panel: Panel
) -> None:
    """Also once a working day was added: so many by the rule, so many by the extension."""
    case = signed(people, kind="help")
    page = words(panel.of("staff@WATER").get(f"/cases/{case}").text)
    assert "求助办理时限5个工作日（规则第1版），自06月09日次日起，至06月16日止。" in page, page
    assert "若06月16日前批准延期，最多再加10个工作日" in page
    assert "06-14 周末" in page
    people.do("head@WATER", "request_extension", case, workdays=3)
    people.do("centre_head", "rule_on_extension", case, accept=True)
    page = words(panel.of("staff@WATER").get(f"/cases/{case}").text)
    assert "求助办理时限5个工作日（规则第1版），延期3个工作日，共8个" in page


def test_the_page_says_what_the_bot_does_next_and_why(people: People, panel: Panel) -> None:
    """The reminder is foreseen with its moment; a promise that stands is why it does not go out."""
    case = signed(people, kind="consultation")
    people.sweeps("2025-06-10", "2025-06-11")
    panel.now = people.now
    page = words(panel.of("head@WATER").get(f"/cases/{case}").text)
    assert "2025-06-13 08:30 如未办复，标记逾期 如未办复、未说明理由，发催办通知" in page
    assert "若06月12日24时前办复或提交说明，则不催办" in page
    people.do("head@WATER", "explain", case, promised_on=date(2025, 6, 20))
    people.do("allocator", "rule_on_explanation", case, accept=True)
    people.to("2025-06-16 09:00")
    panel.now = people.now
    page = words(panel.of("head@WATER").get(f"/cases/{case}").text)
    assert "已承诺06月20日前办复，期间不催" in page
    assert "2025-06-23 08:30 如未办复、未说明理由，发催办通知" in page


def test_a_unit_is_not_told_what_the_room_will_do(people: People, panel: Panel) -> None:
    case = late(people)
    people.sweeps("2025-06-14", "2025-06-19")
    panel.now = people.now
    assert "列督办" in panel.of("officer").get(f"/cases/{case}").text
    for word in ("staff@WATER", "head@WATER"):
        assert "列督办" not in panel.of(word).get(f"/cases/{case}").text


def test_forty_events_ask_for_no_more_than_one_and_the_older_ones_are_folded(
    people: People, panel: Panel
) -> None:
    """For who reads most of a case, and for its unit."""
    one, many = signed(people), signed(people)
    for n in range(40):
        people.to(f"2025-06-09 10:{n:02}")
        people.do("operator", "contact", many, kind="supplement", words=f"第{n}次补充")
    panel.now = people.now
    for word in ("centre_head", "supervision_head", "staff@WATER"):
        browser = panel.of(word)
        browser.get("/")
        asked = []
        for case in (one, many):
            with counted(panel) as told:
                page = browser.get(f"/cases/{case}").text
            asked.append(len(told))
        assert asked[0] == asked[1] <= MOST_OF_A_CASE, (word, asked)
        assert re.search(r"更早 \d\d 条", page)
        folded = page.partition('class="older"')[2]
        assert "第0次补充" in folded
        assert "第39次补充" not in folded


def test_a_long_text_is_folded_not_cut(people: People, panel: Panel) -> None:
    text = "自来水水压不足，三楼以上用不上水，请尽快解决。" * 400
    case = people.case(narrative=text[:9000])
    page = panel.of("operator").get(f"/cases/{case}").text
    assert "展开全文（9000字）" in page
    assert words(page).replace(" ", "").count("三楼以上用不上水") >= 370
