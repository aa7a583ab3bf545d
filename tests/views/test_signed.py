"""A leader signs with the account: name, level and day are shown and not asked; of staff who enter what
came on paper they are asked. [procedure 2]"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from app.models import Instruction
from tests.databases import Desk
from tests.office import Office, moment
from tests.views.panel import Panel, msgid, panel_over

PARTS = ("leader.level", "leader.name", "leader.date", "leader.account")
WORDS = "请三日内办结并报我。"


@pytest.fixture
def office(desk: Desk) -> Office:
    made = Office(desk)
    made.allocated("2025-06-09 09:00", "A", kind="complaint")
    return made


@pytest.fixture
def panel(office: Office, tmp_path: Path) -> Iterator[Panel]:
    with panel_over(office.desk, tmp_path / "data", moment("2025-06-10 10:00")) as made:
        yield made


def signed(office: Office) -> tuple[str, str, date, bool]:
    row = office.rows(Instruction)[-1]
    return row.leader, row.level, row.instructed_on, row.leader_id == row.entered_by_id


def test_a_leader_is_shown_who_signs_and_asked_for_words_alone(
    office: Office, panel: Panel
) -> None:
    leader, address = panel.of("leader"), f"/do/instruct/{office.id('A')}"
    page = leader.get(address).text
    assert not any(f'name="{part}"' in page for part in PARTS)
    assert 'name="leader.text"' in page and 'name="leader.due_on"' in page
    facts = page[page.index('class="facts signed"') :]
    assert "leader（县级）" in facts[:400] and "2025-06-10" in facts[:400]
    assert leader.post(address, {"leader.text": WORDS}).status_code == 302
    assert signed(office) == ("leader", "county", date(2025, 6, 10), True)


def test_whatever_is_sent_a_leader_signs_as_no_other(office: Office) -> None:
    """The stage takes it from the account, whoever calls it."""
    other = {"level": "city", "name": "李市长", "date": date(2025, 6, 1), "account": 10**6}
    given = {**other, "text": WORDS}
    office.do("2025-06-10 09:00", "leader", "instruct", "A", leader=given)
    assert signed(office) == ("leader", "county", date(2025, 6, 10), True)


def test_who_enters_what_came_on_paper_is_asked_who_wrote_it(office: Office, panel: Panel) -> None:
    head, address = panel.of("centre_head"), f"/do/instruct/{office.id('A')}"
    page = head.get(address).text
    assert all(f'name="{part}"' in page for part in PARTS) and "facts signed" not in page
    answer = head.post(address, {"leader.text": WORDS})
    assert msgid(answer) == "leader_level"


def test_a_leader_who_writes_nothing_is_told_at_the_words(office: Office, panel: Panel) -> None:
    address = f"/do/instruct/{office.id('A')}"
    answer = panel.of("leader").post(address, {"leader.due_on": "2025-06-20"})
    assert msgid(answer) == "leader_words"
    assert 'id="f-leader.text-wrong"' in answer.text and "2025-06-20" in answer.text
