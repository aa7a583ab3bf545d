"""The office's directory: units, posts, categories and words, each change on the record. On Monday
2025-06-09."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy.exc import IntegrityError

from app.database import reading, transaction
from app.ledger import verify
from app.models import Category, Setting, Unit, UnitPost
from app.rules.evaluation import Points, points_of
from app.rules.office import AREA_CODE, REQUIREMENTS, WORDS
from app.stages.directory import POSTS
from app.stages.named import category_named
from app.stages.rights import RIGHTS
from tests.databases import Desk
from tests.office import Office

MONDAY = "2025-06-09 09:00"
DIRECTORY = (
    "add_unit",
    "edit_unit",
    "add_post",
    "edit_post",
    "add_category",
    "edit_category",
    "change_setting",
)


@pytest.fixture
def office(desk: Desk) -> Office:
    made = Office(desk)
    made.unit("WATER")
    return made


def do(office: Office, verb: str, **fields: Any) -> Any:
    return office.do(MONDAY, "it_admin", verb, **fields)


def refused(office: Office, verb: str, **fields: Any) -> str:
    return office.refused(MONDAY, "it_admin", verb, **fields)


def test_the_directory_is_the_it_administrators() -> None:
    for verb in DIRECTORY:
        also = ["supervision_head"] if verb == "change_setting" else []
        may = [role for role, rights in RIGHTS.items() if verb in rights]
        assert may == [*also, "it_admin"], verb


def test_the_rooms_head_words_the_standard_requirements_and_changes_nothing_else(
    office: Office,
) -> None:
    head = (MONDAY, "supervision_head", "change_setting")
    row = office.do(*head, name=REQUIREMENTS, value="请三日内报告。\n请说明原因。")
    assert row.value == "请三日内报告。\n请说明原因。"
    assert office.told("setting.changed") == [{"setting": REQUIREMENTS}]
    for name in ("room", "series.supervision", "office"):
        assert office.refused(*head, name=name, value="督查室") == "no_right"
    assert office.refused(*head, name=REQUIREMENTS, value="请" * 2001) == "field_too_long"


# --- units ---


def test_a_unit_is_entered_with_its_superior_and_on_the_record(office: Office) -> None:
    row = do(office, "add_unit", code="PIPES", name="管网所", superior="WATER")
    now = office.row(Unit, code="PIPES")
    assert (now.id, now.name, now.active, now.superior_id) == (
        row.id,
        "管网所",
        True,
        office.unit("WATER").id,
    )
    assert office.told("unit.changed") == [{"unit": row.id, "change": "added"}]


def test_a_units_name_code_superior_and_activity_are_changed(office: Office) -> None:
    row = do(office, "add_unit", code="PIPES", name="管网所", superior="WATER")
    do(office, "edit_unit", id=row.id, code="PIPE", name="供水管网所", active=False)
    now = office.row(Unit, id=row.id)
    assert (now.code, now.name, now.active, now.superior_id) == ("PIPE", "供水管网所", False, None)
    assert office.told("unit.changed")[-1] == {"unit": row.id, "change": "edited"}


def test_a_code_belongs_to_one_unit(office: Office) -> None:
    assert refused(office, "add_unit", code=" WATER ", name="又一个水务局") == "code_taken"
    row = do(office, "add_unit", code="PIPES", name="管网所")
    assert refused(office, "edit_unit", id=row.id, code="WATER", name="管网所") == "code_taken"
    do(office, "edit_unit", id=row.id, code="PIPES", name="供水管网所")


def test_a_unit_needs_a_code_and_a_name_that_fit(office: Office) -> None:
    assert refused(office, "add_unit", code=" ", name="管网所") == "field_missing"
    assert refused(office, "add_unit", code="PIPES", name=" ") == "field_missing"
    assert refused(office, "add_unit", code="P" * 41, name="管网所") == "field_too_long"
    assert refused(office, "add_unit", code="PIPES", name="管" * 121) == "field_too_long"
    assert do(office, "add_unit", code="P" * 40, name="管" * 120).id


def test_a_unit_is_not_its_own_superior(office: Office) -> None:
    row = office.unit("WATER")
    assert (
        refused(office, "edit_unit", id=row.id, code="WATER", name="水务局", superior="WATER")
        == "field_wrong"
    )


def test_a_dissolved_unit_stays_dissolved(office: Office) -> None:
    office.unit("HOUSING")
    do(office, "succeed_unit", unit="WATER", successor="HOUSING")
    row = office.row(Unit, code="WATER")
    assert (
        refused(office, "edit_unit", id=row.id, code="WATER", name="水务局", active=True)
        == "no_successor"
    )
    do(office, "edit_unit", id=row.id, code="WATER", name="原水务局", active=False)
    assert office.row(Unit, id=row.id).name == "原水务局"


def test_a_unit_that_is_not_active_gets_no_cases(office: Office) -> None:
    row = office.unit("WATER")
    do(office, "edit_unit", id=row.id, code="WATER", name="水务局", active=False)
    office.do(MONDAY, "operator", "register", "A", kind="help")
    assert office.refused(MONDAY, "allocator", "allocate", "A", unit="WATER") == "unit_inactive"


@pytest.mark.parametrize("id", [0, -1, 10**6, 2**31, 2**70])
def test_a_row_of_the_directory_that_is_not_there_is_not_found(office: Office, id: int) -> None:
    assert refused(office, "edit_unit", id=id, code="X", name="某单位") == "not_found"
    assert refused(office, "edit_post", id=id, duty="分管供水") == "not_found"
    assert refused(office, "edit_category", id=id, name="供水") == "not_found"


# --- posts ---


@pytest.mark.parametrize("post", POSTS)
def test_a_post_says_who_holds_it_since_when_and_with_which_duty(office: Office, post: str) -> None:
    row = do(
        office,
        "add_post",
        unit="WATER",
        person="张三",
        post=post,
        from_on=date(2024, 1, 1),
        duty="分管供水",
        cadre_authority="县委组织部",
    )
    now = office.row(UnitPost, id=row.id)
    assert (now.unit_id, now.person, now.post, now.user_id) == (
        office.unit("WATER").id,
        "张三",
        post,
        None,
    )
    assert (now.from_on, now.to_on, now.duty, now.cadre_authority) == (
        date(2024, 1, 1),
        None,
        "分管供水",
        "县委组织部",
    )
    assert office.told("post.changed") == [{"post": row.id, "change": "added"}]


def test_a_post_is_of_the_account_with_the_persons_name(office: Office) -> None:
    row = do(
        office,
        "add_post",
        unit="WATER",
        person="WATER_head",
        post="deputy",
        from_on=date(2024, 1, 1),
    )
    assert row.user_id is not None


def test_a_post_ends_and_who_held_it_since_when_stays(office: Office) -> None:
    row = do(
        office,
        "add_post",
        unit="WATER",
        person="张三",
        post="deputy",
        from_on=date(2024, 1, 1),
        duty="分管供水",
    )
    do(office, "edit_post", id=row.id, to_on=date(2025, 5, 31))
    now = office.row(UnitPost, id=row.id)
    assert (now.person, now.post, now.from_on, now.to_on) == (
        "张三",
        "deputy",
        date(2024, 1, 1),
        date(2025, 5, 31),
    )
    assert now.duty == "分管供水"
    assert office.told("post.changed")[-1] == {"post": row.id, "change": "edited"}
    for name in ("person", "post", "from_on"):
        assert refused(office, "edit_post", id=row.id, **{name: "李四"}) == "unknown_field"


def test_a_post_does_not_end_before_it_began(office: Office) -> None:
    given = {"unit": "WATER", "person": "张三", "post": "deputy", "from_on": date(2024, 1, 2)}
    assert refused(office, "add_post", to_on=date(2024, 1, 1), **given) == "field_wrong"
    row = do(office, "add_post", **given)
    assert refused(office, "edit_post", id=row.id, to_on=date(2024, 1, 1)) == "field_wrong"


def test_a_unit_gets_cases_from_the_day_on_which_it_has_a_liaison(office: Office) -> None:
    do(office, "add_unit", code="PIPES", name="管网所")
    office.do(MONDAY, "operator", "register", "A", kind="help")
    assert office.refused(MONDAY, "allocator", "allocate", "A", unit="PIPES") == "no_liaison"
    given = {"unit": "PIPES", "person": "赵四", "post": "liaison"}
    do(office, "add_post", from_on=date(2025, 6, 10), **given)
    assert office.refused(MONDAY, "allocator", "allocate", "A", unit="PIPES") == "no_liaison"
    office.do("2025-06-10 09:00", "allocator", "allocate", "A", unit="PIPES")


# --- categories ---


def test_categories_are_a_tree_of_two_levels(office: Office) -> None:
    top = do(office, "add_category", name="城市管理")
    below = do(office, "add_category", name="供水", parent="城市管理")
    assert (top.parent_id, below.parent_id) == (None, top.id)
    assert refused(office, "add_category", name="水压", parent="供水") == "unknown_category"
    assert refused(office, "add_category", name="水压", parent="没有的分类") == "unknown_category"
    other = do(office, "add_category", name="公共服务")
    assert (
        refused(office, "edit_category", id=top.id, name="城市管理", parent="公共服务")
        == "unknown_category"
    )
    assert (
        refused(office, "edit_category", id=other.id, name="公共服务", parent="公共服务")
        == "unknown_category"
    )
    do(office, "edit_category", id=below.id, name="供水", parent="公共服务")
    assert office.row(Category, id=below.id).parent_id == other.id
    assert [said["change"] for said in office.told("category.changed")] == [
        "added",
        "added",
        "added",
        "edited",
    ]


def test_a_categorys_name_is_unique_under_its_parent_and_the_label_is_the_path(
    office: Office,
) -> None:
    for top in ("城建", "公共服务"):
        do(office, "add_category", name=top)
    built = do(office, "add_category", name="其他", parent="城建")
    other = do(office, "add_category", name="其他", parent="公共服务")
    assert refused(office, "add_category", name="其他", parent="城建") == "category_taken"
    assert refused(office, "add_category", name="城建") == "category_taken"
    assert (
        refused(office, "edit_category", id=other.id, name="其他", parent="城建")
        == "category_taken"
    )
    assert refused(office, "add_category", name="城建／道路") == "field_wrong"
    with reading(office.desk.sessions) as session:
        assert [str(session.get_one(Category, one.id)) for one in (built, other)] == [
            "城建／其他",
            "公共服务／其他",
        ]


@pytest.mark.parametrize(
    ("named", "meant"),
    [
        ("城建／其他", "城建／其他"),
        ("公共服务/其他", "公共服务／其他"),
        (" 城建 / 其他 ", "城建／其他"),
        ("道路", "城建／道路"),
        ("城建", "城建"),
        ("其他", None),
        ("城建／没有", None),
        ("", None),
        ("0", None),
        ("％", None),
    ],
)
def test_a_category_is_named_by_its_path_or_by_a_name_that_it_alone_has(
    office: Office, named: str, meant: str | None
) -> None:
    for name, parent in (
        ("城建", None),
        ("公共服务", None),
        ("其他", "城建"),
        ("其他", "公共服务"),
        ("道路", "城建"),
    ):
        do(office, "add_category", name=name, parent=parent)
    with reading(office.desk.sessions) as session:
        found = session.scalar(category_named(named))
        assert (found and str(session.get_one(Category, found))) == meant
        if found:
            assert session.scalar(category_named(str(found))) == found  # by its id


def test_no_two_categories_of_one_name_stand_under_one_parent_in_the_database(
    office: Office,
) -> None:
    top = do(office, "add_category", name="城建")
    do(office, "add_category", name="其他", parent="城建")
    for name, parent in (("城建", None), ("其他", top.id)):
        with pytest.raises(IntegrityError), transaction(office.desk.sessions) as session:
            session.add(Category(name=name, parent_id=parent, active=True))


def test_a_categorys_name_is_its_own(office: Office) -> None:
    row, other = do(office, "add_category", name="供水"), do(office, "add_category", name="供热")
    assert refused(office, "add_category", name=" 供水 ") == "category_taken"
    assert refused(office, "edit_category", id=other.id, name="供水") == "category_taken"
    assert refused(office, "edit_category", id=other.id, name=" ") == "field_missing"
    do(office, "edit_category", id=row.id, name="供水", active=False)
    assert not office.row(Category, id=row.id).active


# --- words of the office ---


@pytest.mark.parametrize("name", [name for name in WORDS if name != "evaluation.points"])
def test_a_word_of_the_office_is_changed_and_kept_on_the_record(office: Office, name: str) -> None:
    do(office, "change_setting", name=name, value=" 某县的词 ")
    do(office, "change_setting", name=name, value="另一个词")
    assert office.office(MONDAY).word(name) == "另一个词"
    with reading(office.desk.sessions) as session:
        assert session.get_one(Setting, name).value == "另一个词"
    assert office.told("setting.changed") == [{"setting": name}] * 2


def test_the_offices_own_area_code_is_one_of_this_country(office: Office) -> None:
    assert office.office(MONDAY).word(AREA_CODE) == "0912"
    do(office, "change_setting", name=AREA_CODE, value=" 029 ")
    assert office.office(MONDAY).word(AREA_CODE) == "029"
    for wrong in ("912", "0000", "09120", "神木", "+86912"):
        assert refused(office, "change_setting", name=AREA_CODE, value=wrong) == "field_wrong"


def test_the_points_of_the_evaluation_are_changed_as_a_table_that_comes_to_100(
    office: Office,
) -> None:
    """All of it at once, because no weight can be changed by itself; what is not named stays as it
    is."""
    weights = "signing.weight 20\nanswering.weight 20\ndeductions.untrue 6"
    do(office, "change_setting", name="evaluation.points", value=weights)
    report = office.do(MONDAY, "centre_head", "issue_report", kind="weekly", first=date(2025, 6, 2))
    points = json.loads(report.figures)["evaluation"]["points"]
    assert [points["items"][name]["weight"] for name in ("signing", "answering", "solving")] == [
        "20",
        "20",
        "10",
    ]
    assert (points["deductions"]["untrue"], points["deductions"]["leak"]) == ("6", "10")
    for wrong, told in (
        ("signing.weight 20", "evaluation_not_100"),
        ("signing.weight", "evaluation_setting"),
        ("mood.weight 5", "evaluation_setting"),
        ("signing.weight zehn", "evaluation_setting"),
    ):
        assert refused(office, "change_setting", name="evaluation.points", value=wrong) == told


def test_a_whole_table_is_what_an_office_begins_with(office: Office) -> None:
    do(office, "change_setting", name="evaluation.points", value=WORDS["evaluation.points"])
    assert points_of({"evaluation.points": WORDS["evaluation.points"]}) == Points()


def test_only_words_are_changed_and_none_to_nothing(office: Office) -> None:
    for name in ("sample_office", "calendar_version", "series", ""):
        assert refused(office, "change_setting", name=name, value="7") == "field_wrong"
    assert refused(office, "change_setting", name="office", value=" ") == "field_missing"


def test_a_series_word_fits_the_number_of_a_paper(office: Office) -> None:
    """With the year and the number it is written into a column of forty characters, of a report
    into one of sixty."""
    assert (
        refused(office, "change_setting", name="series.allocation", value="交" * 25)
        == "field_too_long"
    )
    assert (
        refused(office, "change_setting", name="report.weekly", value="报" * 41) == "field_too_long"
    )
    assert refused(office, "change_setting", name="office", value="热" * 81) == "field_too_long"
    do(office, "change_setting", name="series.allocation", value="交" * 24)
    do(office, "change_setting", name="report.weekly", value="报" * 40)
    office.allocated(MONDAY, "A")
    assert office.assignment("A").number == "交" * 24 + "〔2025〕1号"
    report = office.do(MONDAY, "centre_head", "issue_report", kind="weekly", first=date(2025, 6, 2))
    assert report.number == "报" * 40 + "〔2025〕第1期"


def test_the_record_of_the_directory_is_a_whole_chain(office: Office) -> None:
    do(office, "add_unit", code="PIPES", name="管网所")
    do(office, "add_category", name="供水")
    do(office, "change_setting", name="office", value="某县热线")
    with office.desk.sessions() as session:
        assert verify(session, office.desk.key) == []


def test_a_category_names_the_unit_that_is_proposed_first_on_the_record(office: Office) -> None:
    office.unit("ROADS")
    row = do(office, "add_category", name="供水", default_unit="WATER")
    assert row.default_unit_id == office.unit("WATER").id
    do(office, "edit_category", id=row.id, name="供水", default_unit="ROADS")
    assert office.row(Category, id=row.id).default_unit_id == office.unit("ROADS").id
    do(office, "edit_category", id=row.id, name="供水")
    assert office.row(Category, id=row.id).default_unit_id is None, "emptied it names none"
    changes = [said["change"] for said in office.told("category.changed")]
    assert changes == ["added", "edited", "edited"]
    with office.desk.sessions() as session:
        assert verify(session, office.desk.key) == []


def test_a_category_below_has_the_unit_of_the_one_above_unless_it_names_its_own(
    office: Office,
) -> None:
    office.unit("ROADS")
    do(office, "add_category", name="城建", default_unit="WATER")
    plain = do(office, "add_category", name="路灯", parent="城建")
    own = do(office, "add_category", name="道路", parent="城建", default_unit="ROADS")
    with reading(office.desk.sessions) as session:
        usual = [session.get_one(Category, one.id).usual_unit_id for one in (plain, own)]
    assert usual == [office.unit("WATER").id, office.unit("ROADS").id]


def test_a_unit_that_is_not_active_becomes_no_default_and_one_that_was_stays_until_it_is_changed(
    office: Office,
) -> None:
    row = do(office, "add_category", name="供水", default_unit="WATER")
    unit = office.unit("WATER")
    do(office, "edit_unit", id=unit.id, code="WATER", name="水务局", active=False)
    assert refused(office, "add_category", name="供热", default_unit="WATER") == "unit_inactive"
    do(office, "edit_category", id=row.id, name="城市供水", default_unit="WATER")
    now = office.row(Category, id=row.id)
    assert (now.name, now.default_unit_id) == ("城市供水", unit.id)


def test_the_successor_of_a_dissolved_unit_becomes_the_default_of_its_categories(
    office: Office,
) -> None:
    office.unit("HOUSING")
    row = do(office, "add_category", name="供水", default_unit="WATER")
    do(office, "succeed_unit", unit="WATER", successor="HOUSING")
    assert office.row(Category, id=row.id).default_unit_id == office.unit("HOUSING").id
