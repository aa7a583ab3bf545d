"""What every page warns of, what the first page shows in red, what a form says below its fields.
[procedure 0, 1]"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select

from app.database import transaction
from app.models import Case, Referral, Supervision
from app.rules.festivals import holidays
from app.stages.calendar import fill
from tests.databases import Desk
from tests.people import People, at
from tests.views.canaries import cases_of
from tests.views.panel import Panel, panel_over, refused

CALENDAR, BOT = "尚无2027年的放假安排", "督办机器人超过30分钟没有巡检"


@contextmanager
def on(desk: Desk, data: Path, moment: datetime) -> Iterator[Panel]:
    """The panel at a moment, the table of days filled as it then is."""
    with transaction(desk.sessions) as session:
        fill(session, moment)
    with panel_over(desk, data, moment) as panel:
        yield panel


@pytest.mark.parametrize(
    ("day", "sign"),
    [
        ("2026-10-31", ""),
        ("2026-11-01", "warning"),
        ("2026-12-09", "warning"),
        ("2026-12-10", "red"),
    ],
)
def test_a_missing_calendar_of_the_coming_year_is_a_sign_on_every_page(
    sqlite_desk: Desk, tmp_path: Path, day: str, sign: str
) -> None:
    """From 1 November, red from 10 December; not to units. Seen failing without the sign."""
    People(sqlite_desk).hire("WATER")
    with on(sqlite_desk, tmp_path, at(f"{day} 09:00")) as panel:
        for address in ("/", "/cases/list/", "/do/register"):
            page = panel.of("centre_head").get(address).text
            assert (CALENDAR in page) is bool(sign), address
            assert (f'class="calendar {sign}"' in page) is bool(sign), address
        assert CALENDAR not in panel.of("head@WATER").get("/").text


def test_a_year_whose_days_are_loaded_and_approved_is_no_sign(
    sqlite_desk: Desk, tmp_path: Path
) -> None:
    people = People(sqlite_desk, "2026-12-11 09:00").hire()
    with transaction(sqlite_desk.sessions) as session:
        fill(session, people.now)
    days = dict.fromkeys(holidays(2027).values(), "rest")
    people.plainly("it_admin", "load_calendar", days=days)
    people.plainly("centre_head", "approve_calendar", accept=True)
    with on(sqlite_desk, tmp_path, people.now) as panel:
        assert CALENDAR not in panel.of("centre_head").get("/").text


def test_a_bot_that_has_not_looked_for_half_an_hour_is_a_sign_on_every_page(
    sqlite_desk: Desk, tmp_path: Path
) -> None:
    people = People(sqlite_desk).hire("WATER")
    people.sweep("2025-06-10")
    for minutes, late in ((30, False), (31, True)):
        moment = people.now.replace(hour=9, minute=minutes - 30)
        with panel_over(sqlite_desk, tmp_path / str(minutes), moment) as panel:
            for word in ("operator", "head@WATER", "officer"):
                assert (BOT in panel.of(word).get("/").text) is late, (word, minutes)


# What the centre and the room have themselves let pass.


def red(panel: Panel, word: str) -> dict[str, int]:
    """The red lists of a person's first page, with their counts."""
    page = panel.of(word).get("/").text
    cards = re.findall(r'<section class="card list red">\s*<h2><a[^>]*>([^<]+) <b>(\d+)</b>', page)
    return {title: int(n) for title, n in cards}


def test_what_the_centre_should_have_done_is_a_red_list_of_its_own(empty: Panel) -> None:
    """A case not allocated, one not examined, a request not ruled on in time; done, each leaves the
    list."""
    people = People(empty.desk).hire("WATER")
    waiting, asked, replied = (people.case() for _ in range(3))
    for case in (asked, replied):
        people.do("allocator", "allocate", case, unit="WATER")
        people.do("head@WATER", "sign_for", case)
    people.do("head@WATER", "request_extension", asked, workdays=2)
    people.do("head@WATER", "reply", replied)
    assert red(empty, "centre_head") == {}
    people.sweep("2025-06-11")
    empty.now = people.now
    assert red(empty, "centre_head") == {"中心逾期工单": 2, "逾期未审定申请": 1}
    listed = empty.of("allocator").get("/work/centre_overdue").text
    with transaction(empty.desk.sessions) as session:
        numbers = {case.id: case.number for case in session.query(Case)}
    assert (
        numbers[waiting] in listed and numbers[replied] in listed and numbers[asked] not in listed
    )
    assert numbers[asked] in empty.of("allocator").get("/work/rulings_overdue").text
    assert red(empty, "head@WATER") == red(empty, "operator") == {}
    people.do("allocator", "rule_on_extension", asked, accept=False)
    people.do("allocator", "allocate", waiting, unit="WATER")
    assert red(empty, "centre_head") == {"中心逾期工单": 1}


def test_what_the_room_should_have_done_is_a_red_list_of_its_own(sqlite_panel: Panel) -> None:
    """A candidate not decided in two working days, a referral not completed and reviewed in
    time."""
    people = People(sqlite_panel.desk, f"{sqlite_panel.now:%Y-%m-%d %H:%M}")
    case = cases_of(sqlite_panel.desk, "HOUSING")[4]
    people.do("centre_head", "propose", case, unit="HOUSING")
    with transaction(sqlite_panel.desk.sessions) as session:
        one = session.query(Referral).order_by(Referral.id).first()
        assert one is not None
        one.own_at = one.own_overdue_for = sqlite_panel.now
    people.sweeps("2025-06-21", "2025-06-27")
    sqlite_panel.now = people.now
    told = red(sqlite_panel, "officer")
    assert told["移送逾期"] == 1
    assert told["督查室逾期"] >= 1
    assert red(sqlite_panel, "centre_head").keys() <= {
        "中心逾期工单",
        "逾期未处理的来件",
        "发送失败的通知",
        "逾期未审定申请",
        "逾期未筛选建议",
    }


# What a form says.


def test_the_form_asks_whether_there_is_immediate_danger_and_names_110_119_and_120(
    empty: Panel,
) -> None:
    form = empty.of("operator").get("/do/register").text
    asked = form.split('name="dangerous"')[1].split('class="field"')[0]
    assert "是否正在危及人身、财产或公共安全" in asked
    assert all(line in asked for line in ("110", "119", "120"))


def test_where_several_items_fit_a_form_asks_which_and_the_page_of_one_leads_to_it(
    empty: Panel,
) -> None:
    """Two notices on one ground. Seen failing without the choice: the feedback on the second went
    to the first."""
    people = People(empty.desk).hire("WATER")
    case = people.case(complex=True)
    people.do("allocator", "allocate", case, unit="WATER")
    people.do("officer", "open_supervision", case)
    people.do("centre_head", "propose", case)
    head, form = empty.of("head@WATER"), f"/do/feed_back/{case}"
    assert 'name="item"' not in head.get(form).text
    people.do("officer", "open_supervision", case)
    with transaction(empty.desk.sessions) as session:
        first, second = session.scalars(select(Supervision.id).order_by(Supervision.id)).all()
    asked = head.get(form).text.split('name="item"')[1].split("</select>")[0]
    assert [f'value="{id}"' in asked for id in (first, second)] == [True, True]
    assert "第1轮" in asked and "selected" not in asked
    assert f'href="{form}?item={second}"' in head.get(f"/supervision/show/{second}").text
    named = head.get(f"{form}?item={second}").text
    assert f'value="{second}" selected' in named
    assert refused(head.post(form, {"item": "x", "words": "已办"})) == "not_found"
    assert (
        head.post(form, {"item": second, "words": "已约谈责任人，本周内整改到位。"}).status_code
        == 302
    )
    with transaction(empty.desk.sessions) as session:
        assert session.scalars(select(Supervision.state).order_by(Supervision.id)).all() == [
            "opened",
            "fed_back",
        ]
    assert 'name="item"' not in head.get(form).text


def test_each_form_that_takes_a_callers_words_says_that_no_secret_is_typed_in(empty: Panel) -> None:
    """Where a demand is registered, corrected, added to or refused."""
    people = People(empty.desk)
    case = people.case()
    asked = {
        "register": "narrative",
        "edit_case": "narrative",
        "contact": "words",
        "refuse": "words",
    }
    for verb, name in asked.items():
        address = f"/do/{verb}" if verb == "register" else f"/do/{verb}/{case}"
        form = empty.of("operator").get(address).text
        below = form.split(f'name="{name}"')[1].split('class="field"')[0]
        assert "国家秘密的内容不得录入" in below, verb


def test_every_page_is_headed_by_what_the_office_is_called(sqlite_panel: Panel) -> None:
    """The setting of the office, which the county may change."""
    name = "神木市政务服务便民热线中心"
    fields = {"name": "office", "value": name}
    assert sqlite_panel.of("it_admin").post("/do/change_setting", fields).status_code == 302
    for word in ("operator", "head@HOUSING", "anonymous"):
        assert (
            f"{name} · 督办"
            in sqlite_panel.of(word).get("/login/" if word == "anonymous" else "/").text
        )


# What is said on a case stands on its page.


def _case_page(panel: Panel, word: str, case: int) -> str:
    page = panel.of(word).get(f"/cases/{case}")
    assert page.status_code == 200
    return re.sub(r"\s+", " ", page.text)


def test_the_page_of_a_case_shows_why_a_reply_was_refused_and_what_callers_said(
    empty: Panel,
) -> None:
    """To the unit with the caller covered. Seen failing: the unit read that its reply was refused,
    and not why."""
    people = People(empty.desk).hire("WATER", "ROADS")
    case = people.case(caller={"name": "李秀英", "phone": "13912345678"})
    people.do("allocator", "allocate", case, unit="WATER")
    people.do("operator", "contact", case, kind="chase", words="李秀英13912345678催问何时修好。")
    people.do("head@WATER", "reply", case)
    people.do(
        "examiner",
        "examine",
        case,
        passes=False,
        reason="opinion_unclear",
        words="未写明何时完工。",
    )
    people.do("head@WATER", "reply", case)
    people.do("examiner", "examine", case, passes=True)
    said = {
        "truth": "proven",
        "solved": "solved",
        "satisfied": "dissatisfied",
        "words": "李秀英说修得太慢。",
    }
    people.do("visitor", "record_visit", case, **said)
    empty.now = people.now
    centre, unit = (_case_page(empty, word, case) for word in ("allocator", "head@WATER"))
    for page in (centre, unit):
        assert "退回说明：未写明何时完工。" in page and "来电登记：催单" in page
    assert (
        "李秀英13912345678催问何时修好。" in centre and "诉求人意见：李秀英说修得太慢。" in centre
    )
    assert "催问何时修好。" in unit and "修得太慢。" in unit
    assert "李秀英" not in unit and "13912345678" not in unit
    assert "修得太慢" not in _case_page(empty, "operator", case), (
        "who may not open the records of visits"
    )


@pytest.mark.parametrize(
    "word", ["operator", "allocator", "examiner", "officer", "head@HOUSING", "staff@HOUSING"]
)
def test_the_rows_on_the_page_of_a_case_lead_to_their_own_pages_where_these_are_his(
    sqlite_panel: Panel, word: str
) -> None:
    """Seen failing without a link: the opinion of a reply was to be looked for in the register."""
    led = set()
    for case in cases_of(sqlite_panel.desk, "HOUSING"):
        answer = sqlite_panel.of(word).get(f"/cases/{case}")
        for href in re.findall(r'<a href="(/\w+/show/\d+)">', answer.text):
            assert sqlite_panel.of(word).get(href).status_code == 200, href
            led.add(href.split("/")[1])
    wanted = {"contacts", "replies", "requests", "assignments"}
    assert led >= {"operator": {"contacts"}, "examiner": wanted - {"contacts"}}.get(word, wanted)


def test_a_draft_leads_to_its_approval_for_the_head_and_nowhere_for_staff(empty: Panel) -> None:
    """Seen failing: staff were led to a form that they have no right to."""
    people = People(empty.desk).hire("WATER")
    case = people.case()
    people.do("allocator", "allocate", case, unit="WATER")
    people.do("staff@WATER", "draft_reply", case)
    empty.now = people.now
    head, staff = (_case_page(empty, word, case) for word in ("head@WATER", "staff@WATER"))
    assert re.search(rf'href="/do/reply/{case}\?draft=\d+">办理回复', head)
    assert "待审批草稿" in staff and "?draft=" not in staff


def test_a_lead_reads_before_it_types_which_assists_have_not_answered(empty: Panel) -> None:
    """Seen failing: it was told so after all of the reply was typed."""
    people = People(empty.desk).hire("WATER", "ROADS")
    case = people.case()
    people.do("allocator", "allocate", case, unit="WATER", assists=["ROADS"])
    empty.now = people.now
    assert (
        "现在不能办理：协办单位尚未答复：ROADS单位"
        in empty.of("head@WATER").get(f"/do/reply/{case}").text
    )
    assert "现在不能办理" not in empty.of("head@ROADS").get(f"/do/reply/{case}").text
    people.do("head@ROADS", "reply", case)
    assert "现在不能办理" not in empty.of("head@WATER").get(f"/do/reply/{case}").text


def test_the_page_of_a_referral_offers_what_its_state_allows_and_a_unit_no_paper_of_one(
    sqlite_panel: Panel,
) -> None:
    """Seen failing: every verb of a referral in every state of it; a unit's button led to 404."""
    case = cases_of(sqlite_panel.desk, "HOUSING")[0]
    with transaction(sqlite_panel.desk.sessions) as session:
        referral = session.query(Referral).filter_by(case_id=case).one()
        assert referral.state == "received"
    page = sqlite_panel.of("officer").get(f"/referrals/show/{referral.id}").text
    offered = set(re.findall(r'href="/do/(\w+)/', page))
    assert offered == {
        *("open_paper", "record_receipt", "record_outcome", "supplement_referral"),
        "carry_dossier",
    }
    for word in ("head@HOUSING", "staff@HOUSING", "allocator"):
        assert 'data-verb="open_paper"' not in sqlite_panel.of(word).get(f"/cases/{case}").text
