"""What of an address cannot be read is said on the page, and what was understood is applied. Coded
columns stand by their rank, empty values last."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from sqlalchemy import select

from app.database import transaction
from app.models import Case
from app.views.pages.ordering import ordered, ranks
from tests.views.panel import Panel

SAID = "无法识别"


@pytest.mark.parametrize(
    "asked",
    [
        "from_registered_at=soon",
        "to_registered_at=2025-02-30",
        "from_registered_at=0001-01-01",
        "q_urgency=hot",
        "q_category=first",
        "q_repeats=many",
        "q_wants_reply=perhaps",
        "q_narrative=%00",
        f"q_place={'a' * 300}",
        "page=abc",
        "page=-1",
        "size=all",
        "order=nothing",
        "order=phone",
        "way=up",
        "work=nothing",
        "q_nothing=1",
    ],
)
def test_what_cannot_be_read_is_said_on_the_page(sqlite_panel: Panel, asked: str) -> None:
    browser = sqlite_panel.of("centre_head")
    answer = browser.get(f"/cases/list/?{asked}")
    assert answer.status_code == 200 and SAID in answer.text
    assert browser.get("/cases/list/").text.count(SAID) == 0
    if not asked.startswith(("page", "size", "way", "work", "order")):
        assert browser.get(f"/cases/export.csv?{asked}").status_code == 302


@pytest.mark.parametrize("day", ["2025-06-01", "2025年6月1日", "2025/6/1", "二〇二五年六月一日"])
def test_a_day_is_searched_in_every_way_of_writing(sqlite_panel: Panel, day: str) -> None:
    browser = sqlite_panel.of("centre_head")
    plain = browser.get("/cases/list/?from_registered_at=2025-06-01").text.split("<tbody>")[1]
    answer = browser.get(f"/cases/list/?from_registered_at={quote(day)}").text
    assert SAID not in answer and answer.split("<tbody>")[1] == plain


def test_what_was_understood_is_applied_beside_what_was_not(panel: Panel) -> None:
    browser = panel.of("centre_head")
    with transaction(panel.desk.sessions) as session:
        number = session.scalars(select(Case.number).limit(1)).one()
    both = browser.get(f"/cases/list/?q_number={number}&from_registered_at=soon").text
    alone = browser.get(f"/cases/list/?q_number={number}").text
    assert (
        SAID in both
        and both.split("<tbody>")[1].count("<tr>") == alone.split("<tbody>")[1].count("<tr>") == 1
    )


@pytest.mark.parametrize("way", ["asc", "desc"])
def test_coded_columns_stand_by_rank_and_what_is_empty_last_on_both_databases(
    panel: Panel, way: str
) -> None:
    with transaction(panel.desk.sessions) as session:
        for name in ("urgency", "state", "closed_at", "kind"):
            found = list(
                session.scalars(select(getattr(Case, name)).order_by(*ordered(Case, name, way)))
            )
            known = ranks("hotline_case", name)
            there = [known.index(one) if known else one for one in found if one is not None]
            assert there == sorted(there, reverse=way == "desc"), name
            assert found[len(there) :] == [None] * (len(found) - len(there)), name


def test_urgency_is_no_order_of_a_list_that_grows_with_the_cases(sqlite_panel: Panel) -> None:
    """It has three values, so all rows would be sorted for a page of them; an address of before is
    left as it is."""
    assert ranks("hotline_case", "urgency") == ["normal", "urgent", "emergency"]
    page = sqlite_panel.of("centre_head").get("/cases/list/").text
    assert "order=registered_at" in page and "order=urgency" not in page
    asked = sqlite_panel.of("centre_head").get("/cases/list/?order=urgency&way=desc").text
    assert (
        page.split("<tbody>")[1].split("</tbody>")[0]
        == asked.split("<tbody>")[1].split("</tbody>")[0]
    )
