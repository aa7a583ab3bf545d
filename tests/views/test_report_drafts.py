"""The pages of drafts of reports: a unit reads its own figures, contests them, and the centre head
issues."""

from __future__ import annotations

import html

from tests.office import Office, moment
from tests.views.panel import Panel

WORDS = "逾期件数有误，其中一件已获延期。"


def test_a_unit_reads_and_contests_its_own_figures_and_the_centre_head_issues_where_he_reads_it(
    empty: Panel,
) -> None:
    office = Office(empty.desk)
    for letter, unit in (("A", "WATER"), ("B", "HOUSING")):
        office.allocated("2025-05-28 09:00", letter, unit, kind="help")
    office.sweep("2025-06-03")
    empty.now = moment("2025-06-04 09:00")
    water, housing = office.unit("WATER").name, office.unit("HOUSING").name
    head = empty.of("head@WATER")
    assert "/reportdrafts/list/?work=figures" in head.get("/").text
    page = head.get("/reportdrafts/show/1").text
    assert water in page and housing not in page
    assert head.get("/reportdrafts/list/").status_code == 200
    assert "/do/contest_figures?id=1" in page
    sent = head.post("/do/contest_figures?id=1", {"id": "1", "words": WORDS})
    assert sent.status_code == 302
    assert WORDS in head.get("/reportdrafts/show/1").text
    assert WORDS not in empty.of("head@HOUSING").get("/reportdrafts/show/1").text
    page = empty.of("centre_head").get("/reportdrafts/show/1").text
    assert WORDS in page and water in page and housing in page
    assert "/do/issue_report?kind=monthly&amp;first=2025-05-01" in page
    assert "/do/answer_contest?id=1" in page and "/do/word_report?id=1" in page
    answer = {"id": "1", "accept": "n", "words": "经核对，数据无误。"}
    centre = empty.of("centre_head")
    assert centre.post("/do/answer_contest?id=1", answer).status_code == 302
    assert answer["words"] in head.get("/reportdrafts/show/1").text
    early = centre.post("/do/issue_report", {"kind": "monthly", "first": "2025-05-01"})
    assert early.status_code == 422 and "2025-06-06" in early.text
    empty.now = moment("2025-06-09 09:00")
    issued = empty.of("centre_head").post(
        "/do/issue_report", {"kind": "monthly", "first": "2025-05-01"}
    )
    assert issued.status_code == 302
    assert empty.of("centre_head").get("/reports/show/1").status_code == 200


def test_a_report_that_is_not_issued_in_time_is_red_on_the_first_page(empty: Panel) -> None:
    office = Office(empty.desk)
    office.allocated("2025-05-28 09:00", "A", kind="suggestion")
    office.sweep("2025-06-03")
    office.sweep("2025-06-16")
    empty.now = moment("2025-06-16 09:00")
    page = empty.of("centre_head").get("/").text
    for work in ("/reportdrafts/list/?work=reports_overdue", "/work/suggestions_overdue"):
        assert work in page
    assert empty.of("centre_head").get("/work/suggestions_overdue").status_code == 200
    assert (
        empty.of("centre_head").get("/reportdrafts/list/?work=reports_overdue").status_code == 200
    )


def test_the_form_that_words_a_report_begins_with_what_would_be_printed(empty: Panel) -> None:
    """So that a second look drops nothing; of two who word it the second is told."""
    office = Office(empty.desk)
    office.allocated("2025-05-28 09:00", "A", kind="help")
    office.sweep("2025-06-03")
    empty.now = moment("2025-06-04 09:00")
    centre = empty.of("centre_head")
    page = centre.get("/do/word_report?id=1").text
    assert "受理工单1件。" in page
    words = "5月受理1件&<b>，请各单位保持。"
    sent = centre.post("/do/word_report?id=1", {"id": "1", "attention1": words})
    assert sent.status_code == 302
    assert html.escape(words) in centre.get("/do/word_report?id=1").text
    shown = centre.get("/reportdrafts/show/1").text
    assert html.escape(words) in shown and "规则原文：受理工单1件。" in shown
    long = centre.post("/do/word_report?id=1", {"id": "1", "attention1": "长" * 201})
    assert long.status_code == 422
    assert centre.get("/do/word_report?id=99").status_code == 404
