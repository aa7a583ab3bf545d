"""What must not be read of a case follows its callers wherever they go: into parts, to the heir of
a withdrawn lead, as they were typed. [procedure 1: identity never reaches a unit]"""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import delete, select

from app.database import reading, transaction
from app.models import Case, ToldAs
from app.rules.covering import CALLER, Hidden, covered
from app.rules.files import IDENTIFYING
from app.rules.refusal import NotAllowed
from app.stages.covers import hidden_of
from tests.databases import Desk
from tests.people import People
from tests.views.panel import Panel

TYPED = {"name": "张建国", "phone": "13800138002"}


@pytest.fixture
def people(desk: Desk) -> People:
    return People(desk).hire("WATER", "ROADS")


def hidden(people: People, case: int) -> Hidden:
    with reading(people.desk.sessions) as session:
        return hidden_of(session, [case])[case]


def by_caller(people: People, **more: Any) -> int:
    """A case of a caller who stands on file with another name than was typed."""
    people.case(caller=TYPED)
    with reading(people.desk.sessions) as session:
        known = session.scalars(select(Case.caller_id)).one()
    told = {"name": "张健国", "phone": "138 0013 8002", "person": str(known)}
    return people.case(caller=told, **more)


def parts_of(people: People, case: int, *told: str) -> list[int]:
    made = people.do(
        "allocator", "split", case, parts=[{"kind": "help", "narrative": part} for part in told]
    )
    return [part.id for part in made]


def test_a_part_keeps_the_name_that_was_typed_and_so_does_a_part_of_it(people: People) -> None:
    """Seen failing with the parts entered without what was typed: the unit read the name."""
    case = by_caller(people, narrative="我是张健国，三号楼路灯不亮，四号楼积水。")
    (one,) = parts_of(people, case, "我是张健国，三号楼前的路灯不亮，楼梯也不亮。")
    (again,) = parts_of(people, one, "张健国反映三号楼前的楼梯灯也不亮。")
    for part in (one, again):
        assert {"张健国", "张建国"} <= {*hidden(people, part).names}
        assert covered("张健国", hidden(people, part)) == CALLER
    with reading(people.desk.sessions) as session:
        told = session.execute(select(ToldAs.case_id, ToldAs.name).order_by(ToldAs.id))
        assert [tuple(row) for row in told] == [(id, "张健国") for id in (case, one, again)]


def test_of_parts_that_were_split_before_names_were_copied_they_are_covered_too(
    people: People,
) -> None:
    """What was typed stands on the case alone. Seen failing with the parts not followed back."""
    case = by_caller(people, narrative="我是张健国，三号楼路灯不亮，四号楼积水。")
    (one,) = parts_of(people, case, "我是张健国，三号楼前的路灯不亮，楼梯也不亮。")
    (again,) = parts_of(people, one, "张健国反映三号楼前的楼梯灯也不亮。")
    with transaction(people.desk.sessions) as session:
        session.execute(delete(ToldAs).where(ToldAs.case_id.in_([one, again])))
    assert "张健国" in hidden(people, one).names and "张健国" in hidden(people, again).names


def test_what_is_covered_in_a_case_later_is_covered_in_its_parts_but_they_are_not_confidential_for_it(
    people: People,
) -> None:
    case = people.case(narrative="红梅理发店门前路灯不亮，四号楼积水。")
    (one,) = parts_of(people, case, "红梅理发店门前的路灯不亮，楼梯也不亮。")
    people.plainly("operator", "cover", case, more=["红梅理发店"])
    people.do("allocator", "reclassify", case, confidential=True)
    assert hidden(people, one).more == ("红梅理发店",) and not hidden(people, one).wholly
    assert hidden(people, case).wholly


@pytest.mark.parametrize("times", [1, 2])
def test_words_and_callers_of_a_withdrawn_lead_stay_covered_on_its_heir(
    people: People, times: int
) -> None:
    """And on the heir of the heir. Seen failing with the words and contacts of a lead that was
    taken over left behind."""
    lead = people.case(narrative="红梅理发店门前路灯不亮，请尽快修复。")
    people.plainly("operator", "cover", lead, more=["红梅理发店"])
    chase = {"kind": "supplement", "words": "王晓梅补充。"}
    people.do(
        "operator", "contact", lead, caller={"name": "王晓梅", "phone": "13900001111"}, **chase
    )
    heirs = [people.case(caller={"name": f"李秀{n}", "phone": f"1370000000{n}"}) for n in range(2)]
    for heir in heirs:
        people.do("allocator", "merge", heir, into=lead)
    people.do("allocator", "allocate", lead, unit="WATER")
    before = hidden(people, lead)
    for withdrawn in [lead, heirs[0]][:times]:
        people.do("centre_head", "withdraw", withdrawn)
    after = hidden(people, heirs[times - 1])
    assert {"王晓梅", *before.names} <= {*after.names} and after.more == ("红梅理发店",)
    assert {"13900001111", *before.numbers} <= {*after.numbers}


@pytest.mark.parametrize(
    "word", ["13800138002", "138 0013-8002", "张建国", "张 建国", "610102198001011234"]
)
def test_what_the_caller_is_on_file_with_is_not_shown_again(people: People, word: str) -> None:
    """It is refused, and one that was taken back before shows nothing."""
    case = people.case(caller=TYPED, confidential=True)
    with pytest.raises(NotAllowed, match="stays_covered"):
        people.plainly("operator", "cover", case, less=[word])
    people.plainly("operator", "cover", case, less=["张老师"])
    assert hidden(people, case).less == ("张老师",)


WITHHELD: dict[str, dict[str, Any]] = {
    "confidential": {"confidential": True},
    "report": {"kind": "report"},
    "report of the unit": {"kind": "report", "complained_unit": "WATER"},
    "person": {"kind": "complaint", "complained_person": "张科长", "complained_unit": "WATER"},
    "person of nobody's": {"kind": "complaint", "complained_person": "张科长"},
}
SEEN: dict[str, dict[str, Any]] = {
    "agreed": {"kind": "report", "agreed_named": True},
    "of another unit": {"kind": "report", "complained_unit": "ROADS"},
    "ordinary": {"kind": "help"},
}


@pytest.mark.parametrize("kind", IDENTIFYING)
@pytest.mark.parametrize("how", [*WITHHELD, *SEEN])
def test_what_identifies_a_caller_who_is_kept_from_a_unit_is_neither_shown_nor_opened_there(
    empty: Panel, how: str, kind: str
) -> None:
    """Seen failing with only the files of confidential cases kept back."""
    people = People(empty.desk, f"{empty.now:%Y-%m-%d %H:%M}").hire("WATER", "ROADS")
    told = {"name": "李秀英", "phone": "13800138002"}
    case = people.case(caller=told, **(WITHHELD | SEEN)[how])
    facts = {"name": "x.pdf", "sha256": "a" * 64, "size": 9, "media_type": "application/pdf"}
    file = people.plainly("operator", "attach", case, kind=kind, **facts).id
    other = people.plainly("operator", "attach", case, kind="other", **facts).id
    people.do("allocator", "allocate", case, unit="WATER")
    page = empty.of("head@WATER").get(f"/cases/{case}").text
    assert f"/files/{other}" in page and (f"/files/{file}" in page) is (how in SEEN)
    if how in SEEN:
        people.plainly("staff@WATER", "open_file", case, file=file)
        return
    with pytest.raises(NotAllowed, match="confidential"):
        people.plainly("staff@WATER", "open_file", case, file=file)


@pytest.mark.parametrize(
    "told",
    [
        {"kind": "complaint", "complained_person": "王科长"},
        {"kind": "report"},
        {"kind": "report", "complained_person": "王科长"},
    ],
)
def test_who_is_kept_from_the_unit_complained_of_is_kept_from_it_in_parts(
    sqlite_panel: Panel, told: dict[str, Any]
) -> None:
    """Seen failing: the unit read the caller of a part that it was allocated."""
    people = People(sqlite_panel.desk)
    case = people.case(
        caller=TYPED,
        complained_unit="WATER",
        narrative="我是张建国，科长收礼，水表也坏了。",
        **told,
    )
    (part,) = parts_of(people, case, "张建国家里的水表坏了三个星期，没有人来换。")
    people.do("allocator", "allocate", part, unit="WATER")
    sqlite_panel.now = people.now
    page = sqlite_panel.of("head@WATER").get(f"/cases/{part}").text
    assert "水表坏了" in page and "138" not in page and "张建国" not in page and "张**" not in page
