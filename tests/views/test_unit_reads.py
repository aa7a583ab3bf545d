"""What a unit reads of a caller: nothing on a confidential case, in any spelling, on any page or
paper; what a form
shows of it before the words are sent; what is found by searching. [procedure 1]"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app import papers
from app.database import transaction
from app.models import Assignment, Caller, Case, Cover, Event
from app.roles import UNIT_ROLES
from app.rules.covering import CALLER
from app.rules.refusal import NotAllowed
from app.scope import criteria, seen_by
from app.stages.papers import frozen
from app.story.theatre.cast import actor_named, unit_named
from app.verbs import VERBS
from app.views.forms.unit_words import READ, UNREAD, holds_words, may_be_read
from tests.papers.test_papers import words as words_of_pdf
from tests.papers.test_spelled import IDENTITY, NAMES, readable
from tests.people import People
from tests.spellings import ONE_LANDLINE, ONE_MOBILE, landline, mobile
from tests.views.panel import Browser, Panel

ROOT = Path(__file__).parents[2] / "app"
NAME, PHONE = "阿卜杜拉·买买提", "13800138002"
SPELT = (
    "138 0013 8002",
    "138-0013—8002",
    "+8613800138002",
    "１３８００１３８００２",
    "0086 138•0013•8002",
    "一三八零零一三八零零二",
    "阿卜杜拉•买买提",
    "阿卜杜拉买买提",
    "买买提‧阿卜杜拉",
    "阿卜 杜拉 买买提",
    "0912-8350127",
    "610102198001011234",
)
LEAKS = ("8001", "３８００", "0013", "三八零零", "8350127", "610102", "买买提", "阿卜", "杜拉")
TOLD = "三号楼前路灯坏了，找" + "、".join(SPELT) + "，请修复。"
FORM = {
    "kind": "help",
    "narrative": TOLD,
    "caller.name": NAME,
    "caller.phone": PHONE,
    "confidential": "y",
}


@pytest.fixture
def people(empty: Panel) -> People:
    """Everybody of the desk, with two units."""
    return People(empty.desk, f"{empty.now:%Y-%m-%d %H:%M}").hire("WATER", "ROADS")


def _twice(browser: Browser, address: str, fields: dict[str, str], **more: Any) -> Any:
    """A form that asks, answered: sent again as it came, with `more`."""
    first = browser.post(address, fields)
    asked = re.search(r'name="asked" value="([^"]+)"', first.text)
    assert first.status_code == 200 and asked, first.text[-800:]
    return first, browser.post(address, {**fields, "asked": asked[1], **more})


def _readable(text: str) -> list[str]:
    return [leak for leak in LEAKS if leak in text]


def _registered(panel: Panel, **more: Any) -> int:
    _, done = _twice(panel.of("operator"), "/do/register", FORM, **more)
    assert done.status_code == 302, done.text[-800:]
    return int(done.location.rsplit("/", 1)[1])


def test_nothing_a_confidential_caller_gave_is_readable_to_a_unit_anywhere(
    empty: Panel, people: People
) -> None:
    """Page, lists, export, search, notices, the allocation paper and its PDF."""
    id = _registered(empty)
    people.do(
        "operator",
        "contact",
        id,
        kind="repeat",
        words=TOLD,
        caller={"name": "王丽", "phone": "0912-8350127"},
    )
    people.do("allocator", "allocate", id, unit="WATER")
    browser = empty.of("head@WATER")
    for address in (
        "/",
        f"/cases/{id}",
        f"/cases/show/{id}",
        "/cases/list/",
        "/cases/export.csv",
        "/contacts/list/",
        "/contacts/export.csv",
        "/notices/",
        "/assignments/list/",
        f"/do/reply/{id}",
        f"/do/reveal/{id}",
    ):
        page = browser.get(address)
        assert page.status_code == 200 and not _readable(page.text), (address, _readable(page.text))
    assert CALLER in browser.get(f"/cases/{id}").text
    with transaction(empty.desk.sessions) as session:
        one = session.scalars(select(Assignment).where(Assignment.case_id == id)).one()
        held = frozen(session, "allocation", one.id)
    assert not _readable(str(held)) and not _readable(words_of_pdf(papers.pdf("allocation", held)))
    for word in (PHONE, "138", "买买提", "8350127"):
        assert "没有记录" in browser.get(f"/cases/list/?q_narrative={word}").text, word


def test_a_confidential_registration_shows_what_the_unit_will_read_and_who_looks_uncovered(
    empty: Panel, people: People
) -> None:
    """Nothing is written by asking. Seen failing with the question left out."""
    told = {**FORM, "narrative": "我叫李秀英，受阿卜杜拉•买买提委托反映路灯不亮，微信号abc12345。"}
    first, done = _twice(empty.of("operator"), "/do/register", told, cover_more="李秀英")
    shown = first.text.split('id="reads"')[1].split("</fieldset>")[0]
    assert (
        CALLER in shown and '<mark class="suspect">李秀英</mark>' in shown and "abc12345" in shown
    )
    assert 'name="cover_more" value="李秀英"' in shown and done.status_code == 302
    id = int(done.location.rsplit("/", 1)[1])
    with transaction(empty.desk.sessions) as session:
        assert [(row.word, row.covers) for row in session.scalars(select(Cover))] == [
            ("李秀英", True)
        ]
        event = session.scalars(select(Event).where(Event.kind == "case.covered")).one()
        assert "李秀英" not in event.payload
    people.do("allocator", "allocate", id, unit="WATER")
    assert "李秀英" not in empty.of("staff@WATER").get(f"/cases/{id}").text


def test_a_covering_that_hit_an_ordinary_word_is_taken_back_on_the_record(
    empty: Panel, people: People
) -> None:
    told = {
        **FORM,
        "confidential": "",
        "caller.name": "方便",
        "narrative": "请方便时回电，小区路灯不亮已经半个月。",
    }
    first, done = _twice(empty.of("operator"), "/do/register", told, cover_less="方便")
    assert "常用词" in first.text and 'name="cover_less" value="方便"' in first.text
    id = int(done.location.rsplit("/", 1)[1])
    people.do("allocator", "allocate", id, unit="WATER")
    assert "请方便时回电" in empty.of("staff@WATER").get(f"/cases/{id}").text


def test_an_ordinary_registration_asks_nothing(empty: Panel, people: People) -> None:
    told = {
        **FORM,
        "confidential": "",
        "narrative": f"我叫{NAME}，电话{PHONE}，小区路灯不亮已经半个月。",
    }
    assert empty.of("operator").post("/do/register", told).status_code == 302


def test_a_contact_and_an_allocation_of_a_confidential_case_show_it_too(
    empty: Panel, people: People
) -> None:
    id = _registered(empty)
    for who, address, fields in (
        ("operator", f"/do/contact/{id}", {"kind": "chase", "words": f"{NAME}再问进展"}),
        ("allocator", f"/do/allocate/{id}", {"unit": "WATER"}),
    ):
        first, done = _twice(empty.of(who), address, fields)
        assert CALLER in first.text.split('id="reads"')[1] and done.status_code == 302, address


def test_words_are_covered_and_shown_again_and_the_newest_holds(people: People) -> None:
    id = people.case(narrative="红梅理发店门前路灯不亮，请尽快修复。", confidential=True)
    people.plainly("operator", "cover", id, more=["红梅理发店"])
    with pytest.raises(NotAllowed) as no:
        people.plainly("operator", "cover", id, more=["红梅 理发店"])
    assert no.value.msgid == "nothing_changed"
    people.plainly("operator", "cover", id, less=["红梅理发店"])
    people.do("allocator", "allocate", id, unit="WATER")
    with transaction(people.desk.sessions) as session:
        one = session.scalars(select(Assignment).where(Assignment.case_id == id)).one()
        assert "红梅理发店" in frozen(session, "allocation", one.id)["narrative"]


@pytest.mark.parametrize(
    ("word", "found"),
    [
        ("3号楼", True),
        ("３号楼", True),
        ("金苑小区3号楼", True),
        ("金苑小区 ３号楼", True),
        ("[2026]275", True),
        ("〔2026〕275号", True),
        ("买买提", False),
        ("13900001111", False),
        ("4号楼", False),
    ],
)
def test_a_unit_searches_the_text_as_it_reads_it(
    empty: Panel, people: People, word: str, found: bool
) -> None:
    """Full width, brackets and blanks make no difference. Seen failing with the search of what was
    typed."""
    told = "金苑小区３号楼路灯不亮，见〔2026〕275号，买买提电话13900001111。"
    id = people.case(
        narrative=told, caller={"name": "买买提", "phone": "13900001111"}, confidential=True
    )
    people.do("allocator", "allocate", id, unit="WATER")
    page = empty.of("staff@WATER").get("/cases/list/", query_string={"q_narrative": word})
    assert (f'"/cases/{id}"' in page.text) is found
    reads = empty.of("operator").get("/cases/list/", query_string={"q_narrative": word})
    assert (f'"/cases/{id}"' in reads.text) is (word != "4号楼")


def _complained(people: People, **more: Any) -> int:
    id = people.case(kind="complaint", complained_person="张科长", complained_unit="WATER", **more)
    people.do("allocator", "allocate", id, unit="WATER")
    return id


def test_a_unit_of_whom_a_person_is_complained_of_sees_no_caller_unless_he_agreed(
    empty: Panel, people: People
) -> None:
    id = _complained(people, caller={"name": "李秀英", "phone": PHONE})
    with pytest.raises(NotAllowed) as no:
        people.plainly("head@WATER", "reveal", id, purpose="contact", reason="需要联系")
    assert no.value.msgid == "withheld"
    page = empty.of("head@WATER").get(f"/cases/{id}").text
    assert "请通过中心联系" in page and "138****8002" not in page and "李**" not in page
    agreed = _complained(people, caller={"name": "李秀英", "phone": PHONE}, agreed_named=True)
    assert (
        people.plainly("head@WATER", "reveal", agreed, purpose="contact", reason="需要联系").name
        == "李秀英"
    )
    assert "138****8002" in empty.of("head@WATER").get(f"/cases/{agreed}").text


def test_of_a_report_no_unit_complained_of_sees_the_caller(empty: Panel, people: People) -> None:
    id = people.case(kind="report", caller={"name": "李秀英", "phone": PHONE})
    people.do("allocator", "allocate", id, unit="WATER")
    assert "请通过中心联系" in empty.of("head@WATER").get(f"/cases/{id}").text
    with transaction(people.desk.sessions) as session:
        assert session.get_one(Case, id).agreed_named is False


@pytest.mark.parametrize("by_scope", [False, True])
def test_the_unit_that_one_complained_of_was_dissolved_into_sees_no_caller_either(
    empty: Panel, people: People, by_scope: bool
) -> None:
    """Its successor, and the successor's: on the case page, by asking, and in the rows that a
    session gives. Seen failing with the unit complained of compared by its own id alone."""
    caller = {"name": "李秀英", "phone": PHONE}
    id = people.case(
        kind="complaint", complained_person="张科长", complained_unit="WATER", caller=caller
    )
    open_ = people.case(
        kind="complaint", complained_unit="WATER", caller={"name": "王丽", "phone": "13900001111"}
    )
    for case in (id, open_):
        people.do("allocator", "allocate", case, unit="WATER")
    people.do("it_admin", "succeed_unit", unit="WATER", successor="ROADS")
    with transaction(people.desk.sessions) as session:
        unit_named(session, "HOUSING")
        actor_named(session, "head@HOUSING")
    people.do("it_admin", "succeed_unit", unit="ROADS", successor="HOUSING")
    if by_scope:
        with transaction(people.desk.sessions) as session:
            seen = seen_by(actor_named(session, "head@HOUSING"))
            query = select(Caller.name).order_by(Caller.id).options(*criteria(seen))
            assert session.scalars(query).all() == ["王丽"]
        return
    with pytest.raises(NotAllowed, match="withheld"):
        people.plainly("head@HOUSING", "reveal", id, purpose="contact", reason="需要联系")
    browser = empty.enter("head@HOUSING")
    page = browser.get(f"/cases/{id}").text
    assert "请通过中心联系" in page and "138****8002" not in page and "李**" not in page
    assert "139****1111" in browser.get(f"/cases/{open_}").text


def test_the_allocator_is_warned_of_the_unit_that_one_complained_of_was_dissolved_into(
    empty: Panel, people: People
) -> None:
    id = people.case(kind="complaint", complained_unit="WATER")
    people.do("it_admin", "succeed_unit", unit="WATER", successor="ROADS")
    first, done = _twice(empty.of("allocator"), f"/do/allocate/{id}", {"unit": "ROADS"})
    assert "已并入ROADS单位" in first.text and done.status_code == 302
    with transaction(people.desk.sessions) as session:
        told = session.scalars(select(Event).where(Event.kind == "case.allocated")).one()
        assert '"complained_of":true' in told.payload.replace(" ", "")


@pytest.mark.parametrize(
    "written", ["138-0013-8002", "13800138002", "+86 138•0013•8002", "１３８ ００１３ ８００２"]
)
@pytest.mark.parametrize(
    "word", ["13800138002", "138-0013-8002", "138 0013 8002", "+86 138-0013-8002"]
)
def test_a_number_is_found_however_it_is_hyphenated_by_who_may_read_it(
    empty: Panel, people: People, written: str, word: str
) -> None:
    """By the centre, whose people read it; by nobody of the unit, on a confidential case or an
    ordinary one. Seen failing with the hyphens sought like letters."""
    cases = [
        people.case(
            narrative=f"三号楼路灯不亮，请回电{written}。",
            caller={"name": "王丽", "phone": PHONE},
            confidential=kept,
        )
        for kept in (True, False)
    ]
    other = people.case(narrative="三号楼路灯不亮，请回电138-0013-9002。")
    for case in (*cases, other):
        people.do("allocator", "allocate", case, unit="WATER")
    asked = {"q_narrative": word}
    reads = empty.of("operator").get("/cases/list/", query_string=asked).text
    assert [f'"/cases/{case}"' in reads for case in (*cases, other)] == [True, True, False]
    for who in ("staff@WATER", "head@WATER"):
        unit = empty.of(who).get("/cases/list/", query_string=asked).text
        assert "没有记录" in unit and not [case for case in cases if f'"/cases/{case}"' in unit]


def test_what_is_covered_and_what_looks_like_a_person_are_told_apart_by_their_look() -> None:
    """Seen failing with one look for both."""
    marks = set(
        re.findall(r'<mark class="(\w+)"', (ROOT / "templates/desk/_reads.html").read_text())
    )
    css = (ROOT / "static/desk.css").read_text("utf-8")
    looks = dict(re.findall(r"^\.reads mark\.(\w+) \{ (.*) \}$", css, re.MULTILINE))
    assert looks.keys() == marks == {"covered", "suspect"}
    assert looks["covered"] != looks["suspect"]


def test_of_every_field_of_every_verb_it_is_said_whether_a_unit_can_come_to_read_it() -> None:
    """Words about a case that the centre or the room types. Seen failing without the answer that
    the centre gives itself, which a unit reads once the case was reopened and allocated."""
    unsaid, twice, held = [], [], set()
    for verb in VERBS.values():
        about_a_case = verb.target != "none" or verb.name == "register"
        if not about_a_case or {*verb.roles} <= {*UNIT_ROLES}:
            continue
        for field in filter(holds_words, verb.fields):
            read = field.name in READ.get(verb.name, ())
            unread = field.name in UNREAD.get(verb.name, {})
            held.add((verb.name, field.name))
            unsaid += [(verb.name, field.name)] * (not read and not unread)
            twice += [(verb.name, field.name)] * (read and unread)
            assert may_be_read(verb, field) is read
    assert not unsaid and not twice
    declared = {(verb, name) for table in (READ, UNREAD) for verb in table for name in table[verb]}
    assert declared == held


def test_an_answer_of_the_centre_and_what_callers_said_are_shown_before_a_unit_reads_them(
    empty: Panel, people: People
) -> None:
    """A consultation that was answered directly, reopened and allocated."""
    id = people.case(
        kind="consultation", confidential=True, caller={"name": "李秀英", "phone": PHONE}
    )
    typed = {"answer": "已告知李秀英女士，请联系我叫王晓梅的同事办理，6月20日前答复。"}
    first, done = _twice(empty.of("operator"), f"/do/answer_directly/{id}", typed)
    shown = first.text.split('id="reads"')[1].split("</fieldset>")[0]
    assert CALLER in shown and '<mark class="suspect">王晓梅</mark>' in shown
    assert done.status_code == 302
    people.do("operator", "contact", id, kind="repeat", words="我叫赵小兰，还没有解决。")
    first, done = _twice(empty.of("allocator"), f"/do/allocate/{id}", {"unit": "WATER"})
    shown = first.text.split('id="reads"')[1].split("</fieldset>")[0]
    assert "王晓梅" in shown and "赵小兰" in shown and CALLER in shown
    assert done.status_code == 302
    read = empty.of("staff@WATER").get(f"/cases/{id}").text
    assert "王晓梅" in read and "赵小兰" in read, "the unit does read them"


TOLD_BY = st.lists(
    st.one_of(mobile(), landline(), st.sampled_from([*NAMES, *IDENTITY])), min_size=40, max_size=60
)


def test_page_list_and_csv_show_a_unit_nothing_of_a_confidential_caller_in_any_spelling(
    empty: Panel, people: People
) -> None:
    """Five hundred drawn ones and more, in the narrative and in a further contact."""
    browser = empty.of("head@WATER")

    @settings(max_examples=10, phases=[Phase.generate])
    @given(TOLD_BY)
    def read(told: list[str]) -> None:
        text = "".join(f"请联系{one}回复。" for one in told)
        caller = {"name": NAME, "phone": ONE_MOBILE}
        id = people.case(narrative=text, confidential=True, caller=caller)
        second = {"name": "", "phone": ONE_LANDLINE}
        said = {"kind": "supplement", "words": text, "caller": second}
        people.do("operator", "contact", id, **said)
        people.do("allocator", "allocate", id, unit="WATER")
        for address in (f"/cases/{id}", "/cases/list/", "/cases/export.csv", "/contacts/list/"):
            shown = re.sub(r"<[^>]*>", " ", browser.get(address).text)
            assert not readable(shown), (address, readable(shown))
            assert CALLER in shown or address.endswith("list/")

    read()
