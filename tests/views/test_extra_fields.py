"""Fields of the office's own, each of its places: form, page, list columns, filters, search, export, papers,
REST, counts by choice, corrections and drafts; and nothing of what is not for units where a unit looks."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from contextlib import ExitStack
from urllib.parse import quote

import pytest
from sqlalchemy import select, text

from app.database import reading, transaction
from app.ledger import verify
from app.models import Case, ExtraValue, KeptView, Paper
from app.reindex import reindex_extras
from app.views.pages.searching import LISTED
from tests.databases import KEY, desk_at, lay, lay_postgres, sqlite_url
from tests.extras import KINDS, SHOWN, SUBJECTS, gone_through, label, said, with_all
from tests.people import People
from tests.views.panel import Panel, panel_over

PAGES = {"case": "cases", "contact": "contacts", "reply": "replies", "visit": "visits"}
ROWS = {"case": 1, "contact": 2, "reply": 1, "visit": 1}
SECRET = re.compile(
    "密语|密工单|密来电|密回访|密选|密甲选|密乙选|case_secret|contact_secret|case_hidden"
)
"""What of the hidden fields a unit could find: their values, labels, choices and codes."""


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgres", marks=pytest.mark.long)])
def panel(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Panel]:
    """An office with a field of each kind on each kind of row, and a case that went through."""
    folder = tmp_path_factory.mktemp("extras")
    if request.param == "sqlite":
        url = sqlite_url(folder / "desk.db")
        lay(url)
    else:
        cluster = request.getfixturevalue("postgres")
        lay_postgres(cluster, "extras_laid")
        url = cluster.database("extras", "extras_laid")
    with ExitStack() as stack:
        desk = stack.enter_context(desk_at(url))
        people = People(desk).hire("WATER", "HOUSING")
        with_all(people)
        gone_through(people)
        people.case(x_case_choice="主干道", x_case_number="-3")
        people.case()
        made = stack.enter_context(panel_over(desk, folder / "data", people.now))
        made.people = people  # type: ignore[attr-defined]
        yield made


def own(panel: Panel) -> People:
    """The people of the office."""
    found: People = panel.people  # type: ignore[attr-defined]
    return found


@pytest.mark.parametrize("subject", SUBJECTS)
def test_it_is_asked_in_the_form_of_its_rows(panel: Panel, subject: str) -> None:
    forms = {
        "case": ("operator", "/do/register"),
        "contact": ("operator", "/do/contact/3"),
        "reply": ("head@WATER", "/do/reply/1"),
        "visit": ("centre_head", "/do/record_visit/1"),
    }
    who, address = forms[subject]
    page = panel.of(who).get(address).text
    for kind in KINDS:
        assert label(subject, kind) in page, kind
        assert f'name="x_{subject}_{kind}"' in page, kind


@pytest.mark.parametrize("subject", SUBJECTS)
def test_it_stands_on_the_page_of_its_row(panel: Panel, subject: str) -> None:
    page = panel.of("centre_head").get(f"/{PAGES[subject]}/show/{ROWS[subject]}").text
    for kind, told in SHOWN.items():
        assert label(subject, kind) in page, kind
        assert told in page, kind
    if subject == "case":
        of_case = panel.of("centre_head").get("/cases/1").text
        assert all(told in of_case for told in SHOWN.values())


def test_it_is_a_column_that_a_view_of_a_list_may_show(panel: Panel) -> None:
    head = panel.of("centre_head")
    shown = head.get("/cases/list/").text
    assert "x_case_number" in shown, "it is offered among the columns"
    assert "12.5 平方米" not in shown.partition("<tbody>")[2]
    head.post(
        "/views/keep",
        {"of": "Cases", "name": "面积", "shown": ["x_case_number", "x_case_choices"]},
    )
    with reading(panel.desk.sessions) as session:
        kept = session.scalars(select(KeptView)).first()
    assert kept is not None, "the view is kept"
    listed = head.get(f"/cases/list/?view={kept.id}").text.partition("<tbody>")[2]
    assert "12.5 平方米" in listed
    assert "供水、供气" in listed


FILTERS = {
    "choice": (f"q_x_case_choice={quote('支路')}", f"q_x_case_choice={quote('次干道')}"),
    "choices": (f"q_x_case_choices={quote('供气')}", f"q_x_case_choices={quote('供电')}"),
    "bool": ("q_x_case_bool=y", "q_x_case_bool=n"),
    "number": ("q_x_case_number=12.50", "q_x_case_number=12"),
    "numbers": ("from_x_case_number=12&to_x_case_number=13", "from_x_case_number=13"),
    "date": ("from_x_case_date=2025-06-01", "from_x_case_date=2025-06-02"),
    "text": (f"q_x_case_text={quote('安里')}", f"q_x_case_text={quote('安外')}"),
    "long": (f"q_x_case_long={quote('停水')}", f"q_x_case_long={quote('停电')}"),
    "file": (f"q_x_case_file={quote('凭据')}", f"q_x_case_file={quote('发票')}"),
}


@pytest.mark.parametrize("kind", FILTERS)
def test_a_list_is_filtered_and_searched_by_it(panel: Panel, kind: str) -> None:
    head, (finds, none) = panel.of("centre_head"), FILTERS[kind]
    assert "/cases/1" in head.get(f"/cases/list/?{finds}").text.partition("<tbody>")[2]
    assert "没有记录" in head.get(f"/cases/list/?{none}").text


def test_what_means_nothing_in_a_filter_is_said_and_left_out(panel: Panel) -> None:
    page = (
        panel.of("centre_head")
        .get(f"/cases/list/?q_x_case_number={quote('十二')}&q_x_case_choice={quote('高速')}")
        .text
    )
    assert page.count("flash warning") >= 2
    assert "没有记录" not in page


@pytest.mark.parametrize("subject", SUBJECTS)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_it_is_in_the_export(panel: Panel, subject: str, ending: str) -> None:
    answer = panel.of("centre_head").get(f"/{PAGES[subject]}/export.{ending}")
    told = answer.text if ending == "csv" else _cells(answer.data)
    for kind, value in SHOWN.items():
        assert label(subject, kind) in told, kind
        assert value in told, kind


def _cells(content: bytes) -> str:
    from python_calamine import CalamineWorkbook

    sheet = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0)
    return "\n".join(str(cell) for row in sheet.to_python(skip_empty_area=False) for cell in row)


def test_it_is_what_programs_read_and_search_by(panel: Panel) -> None:
    head = panel.of("centre_head")
    one = json.loads(head.get("/api/v1/cases/1").get_data(as_text=True))["result"]
    assert one["x_case_number"] == "12.5 平方米"
    found = head.get(f"/api/v1/cases/?q_x_case_choice={quote('支路')}").get_data(as_text=True)
    rows = json.loads(found)
    assert rows["ids"] == ["1"]
    assert rows["label_columns"]["x_case_choice"] == label("case", "choice")
    assert head.get("/api/v1/cases/?q_x_case_choice=none").status_code == 400


def test_it_prints_on_papers_where_it_is_to_and_on_those_of_units_only_what_they_see(
    panel: Panel,
) -> None:
    with reading(panel.desk.sessions) as session:
        facts = {row.kind: json.loads(row.facts) for row in session.scalars(select(Paper))}
    printed = dict(facts["allocation"]["extra"])
    assert printed[label("case", "number")] == "12.5 平方米"
    assert not SECRET.search(json.dumps(facts["allocation"], ensure_ascii=False))
    on_visit = dict(facts["visit"]["extra"])
    assert on_visit[label("visit", "choices")] == "供水、供气"
    assert on_visit["密回访"] == "密语回访"
    # With what stands on a frozen paper it is set, too.
    from app.papers.issued import drafted

    pdf = drafted(panel.settings.data, "allocation", facts["allocation"])
    from pypdf import PdfReader

    set_ = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "槐安里七号" in set_.replace("\n", "")


def test_it_is_counted_by_choice_and_each_count_leads_to_its_rows(panel: Panel) -> None:
    head = panel.of("centre_head")
    page = head.get("/figures/list/?first=2025-06-01&last=2025-06-30&by=x_case_choice").text
    assert label("case", "choice") in page
    lines = {
        name: re.findall(r"<td[^>]*>(?:<a[^>]*>)?\s*(\d+)", rest)
        for name, rest in re.findall(
            r"<tr[^>]*>\s*<t[hd][^>]*>\s*(\S+?)\s*</t[hd]>(.*?)</tr>", page, re.S
        )
    }
    assert lines["支路"][0] == lines["主干道"][0] == lines["未填写"][0] == "1"
    link = re.search(r'href="([^"]*flag=registered[^"]*x_case_choice=[^"]*)"', page)
    assert link is not None
    rows = head.get(link[1].replace("&amp;", "&")).text
    assert "共1" in rows.replace(" ", "") or "1" in rows


def test_a_bad_value_gets_a_sentence_at_its_field_and_loses_nothing(panel: Panel) -> None:
    typed = {"kind": "help", "narrative": "路灯坏了很久，晚上看不见路。", "caller.name": "李四"}
    typed |= {"x_case_number": "十二", "x_case_date": "昨天吧", "x_case_text": "槐安里七号"}
    answer = panel.of("operator").post("/do/register", typed)
    assert answer.status_code == 422
    assert 'id="f-x_case_number-wrong"' in answer.text
    assert 'id="f-x_case_date-wrong"' in answer.text
    assert 'value="槐安里七号"' in answer.text
    assert 'value="十二"' in answer.text


def test_a_file_comes_with_its_field_and_hangs_on_the_case_and_none_without_a_case(
    panel: Panel,
) -> None:
    operator = panel.of("operator")
    file = (io.BytesIO("现场凭据".encode()), "现场.txt")
    typed = {"kind": "invalid", "words": "骚扰", "x_contact_file": file}
    sent = {"content_type": "multipart/form-data"}
    answer = operator.post("/do/contact", typed, **sent)
    assert 'data-msgid="file_without_case"' in answer.text
    file = (io.BytesIO("现场凭据".encode()), "现场.txt")
    answer = operator.post(
        "/do/contact/3", {**typed, "kind": "supplement", "x_contact_file": file}, **sent
    )
    assert answer.status_code == 302, answer.text
    with reading(panel.desk.sessions) as session:
        told = session.scalar(text("SELECT extra FROM contact ORDER BY id DESC LIMIT 1"))
        kept = session.execute(text("SELECT name, sha256, case_id FROM stored_file")).one()
    assert json.loads(told)["contact_file"] == {"name": kept.name, "sha256": kept.sha256}
    assert (kept.name, kept.case_id) == ("现场.txt", 3)


def test_it_is_corrected_like_any_fact(panel: Panel) -> None:
    people = own(panel)
    case = people.case(x_case_choice="支路", x_case_text="甲", x_case_choices=["供水"])
    browser = panel.of("centre_head")
    page = browser.get(f"/do/edit_case/{case}").text
    stood = re.search(r'name="stood" value="([^"]+)"', page)
    assert stood is not None
    changed = {
        "stood": stood[1],
        "x_case_choice": "主干道",
        "x_case_text": "",
        "x_case_choices": "",
    }
    assert browser.post(f"/do/edit_case/{case}", changed).status_code == 302
    with reading(panel.desk.sessions) as session:
        row = session.get_one(Case, case)
        assert json.loads(row.extra) == {"case_choice": "主干道"}
        found = select(ExtraValue.field, ExtraValue.value).where(ExtraValue.row_id == case)
        assert [tuple(one) for one in session.execute(found)] == [("case_choice", "主干道")]
        told = "SELECT payload FROM event WHERE kind = 'case.edited' ORDER BY id DESC LIMIT 1"
        assert "x_case_choice" in session.scalar(text(told))
    head = panel.of("centre_head")
    amended = {"reason": "听错了", "x_visit_text": "槐安里八号"}
    head.get("/do/amend_visit/1")
    assert head.post("/do/amend_visit/1", amended).status_code == 302
    page = head.get("/visits/show/1").text
    assert "槐安里八号" in page
    assert "12.5 平方米" in page, "what a correction does not name stays"
    assert "槐安里七号" in head.get("/visitrecords/show/1").text


def test_drafts_keep_it_and_the_head_files_it(panel: Panel) -> None:
    people = own(panel)
    case = people.case()
    people.do("allocator", "allocate", case, unit="WATER")
    people.do("staff@WATER", "draft_reply", case, **said("reply"))
    head = panel.of("head@WATER")
    page = head.get(f"/cases/{case}").text
    draft = re.search(rf"/do/reply/{case}\?draft=(\d+)", page)
    assert draft is not None
    form = head.get(f"/do/reply/{case}?draft={draft[1]}").text
    for kind, told in SHOWN.items():
        assert told in form, kind
    people.plainly("head@WATER", "reply", case, draft=int(draft[1]))
    with reading(panel.desk.sessions) as session:
        filed = session.scalar(text(f"SELECT extra FROM reply WHERE case_id = {case}"))
    assert json.loads(filed)["reply_choices"] == ["供水", "供气"]


def test_a_unit_that_may_not_see_it_finds_it_nowhere(panel: Panel) -> None:
    """Page, list, search, export, REST and its description, forms, figures, papers. (Each of these shows
    the hidden fields to the centre head: else nothing would be proven.)"""
    unit, head = panel.of("head@WATER"), panel.of("centre_head")
    pages = [
        *("/cases/1", "/cases/show/1", "/cases/list/", "/cases/export.csv", "/contacts/list/"),
        *("/contacts/show/2", "/contacts/export.csv", "/visits/list/", "/visits/show/1"),
        *("/visits/export.csv", "/visitrecords/show/1", "/visitrecords/export.csv"),
        *("/api/v1/cases/", "/api/v1/cases/1", "/api/v1/contacts/2", "/api/v1/visits/1"),
        *("/api/v1/_openapi", "/figures/list/?by=x_case_hidden", "/assignments/show/1"),
        *("/replies/show/1", "/", "/do/reply/1", "/do/draft_reply/1"),
    ]
    asked = [
        f"/cases/list/?q_x_case_secret={quote('别的')}",
        f"/cases/list/?q_x_case_hidden={quote('没有')}&op_x_case_hidden=equals",
        "/api/v1/cases/?q_x_case_hidden=none",
    ]
    seen = [page for page in pages if SECRET.search(head.get(page).get_data(as_text=True))]
    assert len(seen) >= 15, seen
    for page in (*pages, *asked):
        answer = unit.get(page, follow_redirects=True)
        told = answer.get_data(as_text=True)
        found = SECRET.findall(re.sub(r'(q|op|by)[_=]?x?_?[a-z_]*="?', "", told))
        assert answer.status_code < 500, page
        assert page in asked or not found, (page, found)
    hit = f"/cases/list/?q_x_case_hidden={quote('密乙选')}"
    miss = f"/cases/list/?q_x_case_hidden={quote('密甲选')}"
    rows = [re.findall(r"/cases/(\d+)\"", unit.get(one).text) for one in (hit, miss)]
    assert rows[0] == rows[1], "by a hidden field nothing is narrowed"


def test_what_stands_in_it_is_sealed(panel: Panel) -> None:
    """Written over by plain SQL, it is named."""
    with reading(panel.desk.sessions) as session:
        assert verify(session, KEY) == []
    written = "UPDATE hotline_case SET extra = replace(extra, '支路', '主干道') WHERE id = 1"
    with panel.desk.engine.begin() as connection:
        connection.execute(text(written))
    with reading(panel.desk.sessions) as session:
        flaws = [flaw.what.text("en") for flaw in verify(session, KEY)]
    assert len(flaws) == 1
    assert "extra" in flaws[0]
    with panel.desk.engine.begin() as connection:
        connection.execute(text(written.replace("'支路', '主干道'", "'主干道', '支路'")))


def test_the_index_is_made_again_from_the_rows(panel: Panel) -> None:
    with transaction(panel.desk.sessions) as session:
        stood = session.execute(select(ExtraValue.field, ExtraValue.value, ExtraValue.row_id)).all()
        session.execute(text("DELETE FROM extra_value WHERE field = 'case_choice'"))
        session.execute(text("INSERT INTO extra_value VALUES ('visit_bool', 'n', 99)"))
    wrong = reindex_extras(panel.desk.sessions, panel.now)
    assert wrong == 1 + sum(row.field == "case_choice" for row in stood)
    with reading(panel.desk.sessions) as session:
        now = session.execute(select(ExtraValue.field, ExtraValue.value, ExtraValue.row_id)).all()
    assert sorted(map(tuple, now)) == sorted(map(tuple, stood))
    assert reindex_extras(panel.desk.sessions, panel.now) == 0


def test_other_orders_are_capped_and_say_so(panel: Panel) -> None:
    with transaction(panel.desk.sessions) as session:
        rows = [
            {"field": "case_choice", "value": "次干道", "row_id": id}
            for id in range(10**6, 10**6 + LISTED + 1)
        ]
        session.execute(ExtraValue.__table__.insert(), rows)
    asked = f"/cases/list/?q_x_case_choice={quote('次干道')}"
    head = panel.of("centre_head")
    told = "只查看了"
    assert told not in head.get(asked).text
    assert told in head.get(f"{asked}&order=registered_at&way=asc").text
    with transaction(panel.desk.sessions) as session:
        session.execute(text("DELETE FROM extra_value WHERE row_id >= 1000000"))
