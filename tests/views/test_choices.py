"""Filters that choose among rows: no two choices read alike. [desk, Lists]"""

from __future__ import annotations

import re

from sqlalchemy import select

from app.database import transaction
from app.models import Unit
from tests.views.panel import Panel


def test_units_of_one_name_are_told_apart_by_their_codes(own_sqlite_panel: Panel) -> None:
    with transaction(own_sqlite_panel.desk.sessions) as session:
        first, second = session.scalars(select(Unit).order_by(Unit.id).limit(2))
        second.name = first.name
        codes = {first.code, second.code}
    page = own_sqlite_panel.of("centre_head").get("/cases/list/").text
    for chosen in re.findall(
        r'<select class="form-select" name="q_[^>]*>(.*?)</select>', page, re.S
    ):
        labels = re.findall(r"<option[^>]*>([^<]*)</option>", chosen)
        assert len(set(labels)) == len(labels), labels
    assert all(f"（{code}）" in page for code in codes)


def test_the_bots_runs_are_chosen_by_names_of_which_no_two_are_alike(sqlite_panel: Panel) -> None:
    page = sqlite_panel.of("it_admin").get("/bot/list/").text
    found = re.search(r'<select class="form-select" name="q_name".*?</select>', page, re.S)
    assert found is not None
    labels = re.findall(r"<option[^>]*>([^<]*)</option>", found[0])
    assert len(labels) > 3 and len(set(labels)) == len(labels)
