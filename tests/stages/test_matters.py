"""Which cases may be the same matter: what the index of pairs finds, and that it is in step with
the cases. [procedure 1: candidates come from the number, from the words and from the place]"""

from __future__ import annotations

from typing import Any

import pytest

from app.database import reading, transaction
from app.models.pairs import count_anew, keep_counts
from app.stages.acceptance import fill_pairs, same_matter, unindexed
from app.stages.acceptance.matters import Reach
from tests.databases import Desk
from tests.matters import forget_pairs, indexed
from tests.office import Office, moment

LAMP = "滨河新区三号楼前路灯坏了半个月，晚上看不见路，请尽快修复。"
DRAIN = "西街十号门前污水外溢多日无人处理，气味很大。"
NOW = moment("2026-06-01 10:00")


def office(desk: Desk, **cases: dict[str, Any]) -> Office:
    """An office with cases by letter, a minute after another."""
    made = Office(desk)
    for minute, (letter, given) in enumerate(cases.items()):
        demand = {"kind": "help", "narrative": DRAIN, "demand": "", "place": "", **given}
        made.do(
            f"2026-06-01 09:{minute:02}",
            "operator",
            "register",
            letter,
            caller={"name": letter},
            **demand,
        )
    return made


def found(made: Office, words: str, place: str = "") -> tuple[str, str]:
    """The letters of what is found by words and by place, the nearest first."""
    letters = {id: letter for letter, id in made.ids.items()}
    with reading(made.desk.sessions) as session:
        by_words, by_place = same_matter(session, NOW, words, place)
    return "".join(letters[id] for id in by_words), "".join(letters[id] for id in by_place)


def test_cases_are_found_by_their_words_the_nearest_first_of_equal_ones_the_newest(
    desk: Desk,
) -> None:
    made = office(
        desk,
        a={"narrative": LAMP},
        b={"narrative": f"{LAMP}{DRAIN}"},
        c={"narrative": LAMP},
        d={"narrative": "滨河新区三号楼前无人清扫垃圾。"},
        e={"narrative": "请求增加公交车班次，方便上下班。"},
    )
    assert found(made, LAMP) == ("cbad", "")
    assert found(made, LAMP.translate({ord("三"): "叁", ord("，"): " "}))[0] == "cbad"
    assert found(made, "１２３") == ("", "")


@pytest.mark.parametrize(
    ("typed", "letters"),
    [
        ("锦绣花园三期", "ba"),
        ("锦绣花园", "ba"),
        ("锦绣 花园", "ba"),
        ("ｎｏ．5厂", "c"),
        ("别处", ""),
        ("园", ""),
    ],
)
def test_one_place_may_contain_the_other(desk: Desk, typed: str, letters: str) -> None:
    places = {"a": "锦绣花园", "b": "锦绣花园三期", "c": "No.5厂区", "d": "西沟村"}
    made = office(desk, **{letter: {"place": place} for letter, place in places.items()})
    assert set(found(made, "", typed)[1]) == set(letters)


def test_the_demand_is_found_as_the_narrative_is(desk: Desk) -> None:
    made = office(desk, a={"demand": "请恢复三号楼的热水供应"})
    assert found(made, "热水供应中断")[0] == "a"


def test_words_do_not_find_a_place_nor_a_place_words(desk: Desk) -> None:
    made = office(desk, a={"place": "锦绣花园"}, b={"narrative": "锦绣花园的下水道堵塞多日。"})
    assert found(made, "锦绣花园") == ("b", "")
    assert found(made, "", "锦绣花园") == ("", "a")


def test_a_corrected_case_is_found_by_what_it_says_now(desk: Desk) -> None:
    made = office(desk, a={"narrative": LAMP, "place": "锦绣花园"})
    made.do("2026-06-01 09:30", "operator", "edit_case", "a", narrative=DRAIN, place="西沟村")
    assert found(made, LAMP, "锦绣花园") == ("", "")
    assert found(made, DRAIN, "西沟村") == ("a", "a")
    forget_pairs(desk)
    made.do("2026-06-01 09:40", "operator", "edit_case", "a", narrative=LAMP)
    assert (found(made, LAMP, "西沟村"), found(made, DRAIN)) == (("a", "a"), ("", ""))


def test_the_parts_of_a_split_case_are_found(desk: Desk) -> None:
    made = office(desk, a={})
    parts = [{"narrative": LAMP}, {"narrative": "请求增加公交车班次，方便上下班。"}]
    split = made.do("2026-06-01 09:30", "allocator", "split", "a", parts=parts)
    assert indexed(desk) == {made.ids["a"], *(one.id for one in split)}


def test_what_was_refused_leaves_nothing_in_the_index(desk: Desk) -> None:
    made = office(desk, a={})
    made.refused(
        "2026-06-01 09:30",
        "operator",
        "register",
        "b",
        kind="help",
        narrative=LAMP,
        category="没有的类别",
    )
    assert indexed(desk) == set(made.ids.values())


def test_cases_that_are_not_in_the_index_are_filled_in_batch_by_batch(
    desk: Desk, monkeypatch: Any
) -> None:
    """As after an upgrade: the newest first; what is older than ninety days is not proposed, and is
    found by words."""
    old = Office(desk)
    old.do(
        "2026-01-05 09:00",
        "operator",
        "register",
        "z",
        kind="help",
        narrative=LAMP,
        caller={"name": "z"},
    )
    made = office(desk, a={"narrative": LAMP}, b={}, c={"narrative": LAMP})
    forget_pairs(desk)
    monkeypatch.setattr("app.stages.acceptance.matters.FILLED", 2)
    told = []
    for _ in range(3):
        with transaction(desk.sessions) as session:
            told.append((unindexed(session, NOW), fill_pairs(session, NOW)))
    assert told == [(3, 2), (1, 2), (0, 0)]
    assert indexed(desk) == {*made.ids.values(), *old.ids.values()}
    assert found(made, LAMP) == ("ca", "")


def test_a_case_is_found_by_its_rarest_pairs_and_by_what_was_never_counted(desk: Desk) -> None:
    made = office(desk, a={"narrative": LAMP}, b={"narrative": LAMP}, c={"narrative": DRAIN})
    with transaction(desk.sessions) as session:
        counts = count_anew(session)
        keep_counts(session, counts)
    assert {one["n"] for one in counts} == {2}
    made.do(
        "2026-06-01 09:50", "operator", "register", "d", kind="help", narrative=DRAIN, demand=""
    )
    assert found(made, LAMP)[0] == "ba"
    assert found(made, DRAIN)[0] == "dc"


def test_where_every_case_says_the_same_the_newest_are_found_and_a_twin_among_many(
    desk: Desk, monkeypatch: Any
) -> None:
    """As in an office whose every text begins alike: no pair tells, and each would read all there
    is."""
    made = office(
        desk, a={"narrative": LAMP}, **dict.fromkeys("bcdef", {"narrative": f"{LAMP}请转交处理"})
    )
    with transaction(desk.sessions) as session:
        keep_counts(session, count_anew(session))
    monkeypatch.setattr("app.stages.acceptance.matters.COMMON", 2)
    monkeypatch.setattr("app.stages.acceptance.matters.BY_WORDS", Reach(3, 2))
    assert found(made, LAMP)[0] == "fed"
    made.do(
        "2026-06-01 09:50",
        "operator",
        "register",
        "g",
        kind="help",
        narrative=f"{LAMP}甲乙丙",
        demand="",
    )
    assert found(made, f"{LAMP}甲乙丙")[0][0] == "g"
    assert found(made, f"{LAMP}甲乙丙丁") == ("gfe", "")
