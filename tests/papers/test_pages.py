"""The pages of papers after GB/T 9704-2012: looked at line by line, with ordinary words and hostile ones."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path
from typing import Any

import pdfplumber
import pylopdf_fonts_zh_cn
import pytest

from app import papers
from app.models import Paper
from app.papers.blocks import value
from app.papers.fonts import printable
from app.papers.issued import drafted, issued
from app.rules.wording import WORDINGS, accuses
from app.words.catalogue import CATALOGUES
from tests.databases import Desk
from tests.office import Office, moment
from tests.papers.boxes import MM, Line, lines_of, outside, overlapping, text_of
from tests.papers.everything import PLAIN, issue_all
from tests.papers.test_papers import notice as plain_notice

NOW = moment("2025-07-10 10:00")
HOSTILE = (
    '=HYPERLINK("http://x") #let x = 1 $x^2$ *粗* _斜_ <label> @ref \\ `raw` //c /* */ {matter} {0} %s '
    "𠮷先生😀👨‍👩‍👧 \u202e反\u200b向 ﷽ " + "A" * 300 + " " + "路面塌陷积水请尽快处理，" * 800
)[:9000]
"""9,000 signs: markup, formulas, rare signs, emoji, a run that does not break."""


def notice(**changed: Any) -> dict[str, Any]:
    """A notice with whom to ask and who has a copy."""
    copy = "神木市12345市长热线服务中心"
    more = {"office": copy, "contact": "督查室 0912-8330000", "copies": [copy]}
    return plain_notice(**{**more, **changed})


def printed(**changed: Any) -> bytes:
    return papers.pdf("supervision", notice(**changed))


def pages(pdf: bytes) -> list[Any]:
    with pdfplumber.open(io.BytesIO(pdf)) as opened:
        return list(opened.pages)


# --- the type area ---


def test_a_full_page_has_22_lines_of_28_characters() -> None:
    """Counted on a paragraph of Chinese characters only. Seen failing: 27 lines of 27."""
    full = lines_of(printed(requirement="限期办结并反馈情况" * 200))[1:3]
    assert [[len(line.words) for line in page] for page in full] == [[28] * 22] * 2


def test_the_grid_is_the_same_in_the_fonts_of_the_office(tmp_path: Path) -> None:
    shipped = Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSansSC-Regular.otf"
    (tmp_path / shipped.name).write_bytes(shipped.read_bytes())
    made = papers.pdf("supervision", notice(requirement="限期办结并反馈情况" * 200), tmp_path)
    assert [len(line.words) for line in lines_of(made)[1]] == [28] * 22


def test_the_head_of_a_letter_stands_30_mm_from_the_top_over_a_rule_of_170_mm() -> None:
    page = pages(printed())[0]
    head = [char for char in page.chars if char["size"] > 25]
    rules = sorted({round(line["top"], 1) for line in _rules(page)})
    assert abs(min(char["top"] for char in head) / MM - 30) < 3, "its box; the signs stand lower"
    wide = {round((line["x1"] - line["x0"]) / MM) for line in _rules(page)}
    assert wide == {170}
    assert {round(line["x0"] / MM) for line in _rules(page)} == {20}
    assert len(rules) == 4, "two double rules"
    assert abs((page.height - max(rules)) / MM - 20) < 1.5


def _rules(page: Any) -> list[Any]:
    found = [*page.lines, *page.rects]
    return [one for one in found if one["x1"] - one["x0"] > 165 * MM]


def test_the_lower_rule_stands_on_the_first_page_only() -> None:
    found = [len(_rules(page)) for page in pages(printed(requirement="限期办结" * 400))]
    assert found[0] == 4 and set(found[1:]) == {0}


def test_the_first_page_of_a_letter_bears_no_number_the_others_odd_right_even_left() -> None:
    found = pages(printed(requirement="限期办结" * 500))
    numbers = [_number(page) for page in found]
    assert numbers[0] is None
    for n, number in enumerate(numbers[1:], 2):
        assert number is not None and number[0] == str(n)
        middle = found[0].width / 2
        assert (number[1] > middle) == (n % 2 == 1)


def _number(page: Any) -> tuple[str, float] | None:
    foot = page.crop((0, page.height - 35 * MM + 2, page.width, page.height))
    found = re.search(r"— ?(\d+) ?—", foot.extract_text() or "")
    return (found[1], foot.chars[0]["x0"]) if found else None


def test_a_long_office_name_takes_two_lines_of_the_same_size() -> None:
    """Seen failing: it shrank to 13 pt."""
    long = "陕西省榆林市神木市人民政府12345市长热线服务中心督查督办工作领导小组办公室"
    page = pages(printed(issuer=long))[0]
    head = [char for char in page.chars if char["non_stroking_color"] not in ((0,), (0, 0, 0))]
    assert "".join(char["text"] for char in head) == long
    assert len({round(char["top"]) for char in head}) == 2
    assert {round(char["size"]) for char in head} == {21}
    assert outside(printed(issuer=long)) == []


def test_the_signature_is_centred_over_its_date_four_characters_before_the_edge() -> None:
    lines = lines_of(printed())[0]
    name = next(n for n, line in enumerate(lines) if line.words.startswith("2025年6月9日"))
    date, issuer = lines[name], lines[name - 1]
    assert issuer.words == "神木市人民政府督查室"
    assert abs((date.left + date.right) / 2 - (issuer.left + issuer.right) / 2) < 3
    edge = 210 * MM - 26 * MM
    assert abs(edge - date.right - 4 * 15.75) < 6


def test_a_paper_names_whom_to_ask_and_who_has_a_copy() -> None:
    told = text_of(printed())
    assert "联系人及电话：督查室0912-8330000" in re.sub(r"\s", "", told)
    assert "抄送：神木市12345市长热线服务中心。" in re.sub(r"\s", "", told)
    blank = text_of(papers.pdf("supervision", notice(contact="", copies=[])))
    assert "联系人：" in blank and "抄送" not in blank


@pytest.mark.parametrize("n", range(0, 420, 14))
def test_a_signature_has_at_least_two_lines_beside_it(n: int) -> None:
    """Of the desk's wording, and of one whose last paragraph is a single line."""
    short = {"text": "{case_number}\n{requirement}\n请于{by}反馈。"}
    for wording in ({}, {"wording": short}):
        last = lines_of(printed(requirement="限期办结并反馈情况。" * n or "无", **wording))[-1]
        assert _signed(last) >= 2, last


def _signed(lines: list[Line]) -> int:
    """The place of the signature among the lines of a page."""
    signs = [n for n, line in enumerate(lines) if line.words == "神木市人民政府督查室"]
    return signs[-1]


def test_a_long_last_paragraph_leaves_its_last_two_lines_with_the_signature() -> None:
    said = {"wording": {"text": "{case_number}于{by}。\n{requirement}"}}
    for n in range(24, 36):
        made = printed(requirement="限期办结并反馈情况" * n * 2, **said)
        last = lines_of(made)[-1]
        assert _signed(last) >= 2 and text_of(made).count("限期") == 2 * n


# --- the day's list ---


def listed(n: int, **changed: Any) -> dict[str, Any]:
    row = {
        "supervision": 1,
        "case": "202506090001",
        "unit": "神木市住房和城乡建设局",
        "summary": "滨河路7号楼前路面塌陷积水，老人出行困难",
        "ground": "silent",
        "attempt": 1,
        "class": "mandatory",
        "round": 1,
        "reason": "",
        "facts": {
            "due_on": "2025-06-12",
            "workdays_late": 9,
            "reminder": "神热线催〔2025〕12号",
            "repeats": 2,
        },
        "instructions": [],
        **changed,
    }
    return {
        "issuer": "神木市12345市长热线服务中心",
        "contact": "",
        "to": "神木市人民政府督查室",
        "number": "神热线督建〔2025〕1号",
        "day": "2025-06-25",
        "at": "2025-06-25T08:30:00+08:00",
        "rows": [row] * n,
        "watched": [],
        "carried": 3,
        "struck": [],
    }


def test_the_days_list_is_a4_across_with_its_head_on_every_page() -> None:
    found = pages(papers.list_pdf(listed(60)))
    assert {(round(page.width / MM), round(page.height / MM)) for page in found} == {(297, 210)}
    assert len(found) > 2
    for page in found:
        said = re.sub(r"\s", "", page.extract_text())
        for head in ("序", "承办单位", "诉求摘要", "期限/逾期", "领导批示", "督查室意见"):
            assert head in said


@pytest.mark.parametrize("n", [1, 2, 3, *range(8, 34)])
def test_the_signature_of_the_list_has_at_least_two_rows_beside_it(n: int) -> None:
    """Seen failing: it stood alone on page 2."""
    last = text_of(papers.list_pdf(listed(n)), -1)
    assert "2025年6月25日" in last
    assert last.count("202506090001") >= min(2, n)


def test_the_list_is_grouped_leaders_matters_first_with_totals_and_what_is_carried_over() -> None:
    held = listed(2)
    leaders = listed(1, ground="leader")["rows"]
    by_hand = listed(1, ground="by_hand", **{"class": "by_hand"})["rows"]
    struck = {"case": "1", "unit": "局", "ground": "silent", "listed_on": "2025-06-24"}
    held |= {"rows": [*by_hand, *held["rows"], *leaders], "watched": listed(1)["rows"]}
    held["struck"] = [{**struck, "reason": "误列。"}]
    told = re.sub(r"\s", "", text_of(papers.list_pdf(held)))
    places = [told.index(said) for said in ("应当督办（3件）", "关注（1件）", "人工提出（1件）")]
    assert places == sorted(places) and told.index("勘误（1件）") > places[-1]
    assert told.index(value("ground", "leader")) < told.index(value("ground", "silent"))
    assert "应当督办3件（其中领导批示1件），人工提出1件；关注1件；勘误1件" in told
    assert "结转待定3件" in told


# --- every paper, ordinary and hostile ---


@pytest.mark.parametrize(
    "said", [PLAIN, pytest.param(HOSTILE, marks=pytest.mark.long)], ids=["plain", "hostile"]
)
def test_no_line_of_any_paper_stands_outside_the_margins_or_on_another(
    desk: Desk, tmp_path: Path, said: str
) -> None:
    for name, paper in issue_all(desk, said).items():
        pdf = issued(desk.sessions, tmp_path, NOW, *paper).path.read_bytes()
        assert outside(pdf) == [], name
        assert overlapping(pdf) == [], name


WHOLE = ("supervision", "conclusion", "submission", "allocation", "visit", "responsibility")


@pytest.mark.long
def test_every_character_of_what_somebody_wrote_is_in_the_text_layer(
    desk: Desk, tmp_path: Path
) -> None:
    made = issue_all(desk, HOSTILE)
    wanted = _visible(printable(HOSTILE)[0])
    for name in WHOLE:
        pdf = issued(desk.sessions, tmp_path, NOW, *made[name]).path.read_bytes()
        # The dossier has printed some already, elsewhere: their reprints say so on every page.
        assert wanted in _visible(text_of(pdf)).replace("重印", ""), name


def _visible(words: str) -> str:
    return re.sub(r"[\s\u200b\u202e]", "", words)


def test_a_draft_says_so_and_has_no_number(desk: Desk, tmp_path: Path) -> None:
    draft = drafted(tmp_path, "supervision", notice())
    said = text_of(draft)
    assert "草稿" in said and "神政督〔2025〕1号" not in said
    assert not (tmp_path / "papers").exists(), "it is kept nowhere"


# --- words ---


def _paper_words() -> dict[str, str]:
    """Every text of ours that a paper may say, by its id."""
    ids = [msgid for msgid in CATALOGUES.of("zh")[0] if re.match(r"papers?\.|value\.", msgid)]
    return {msgid: CATALOGUES.find(msgid, "zh") or "" for msgid in ids} | dict(WORDINGS)


def test_no_paper_says_that_anybody_is_guilty(desk: Desk, tmp_path: Path) -> None:
    """Every template and every text that papers are made of, and every paper as it was issued."""
    said = _paper_words()
    assert len(said) > 300
    assert {msgid: accuses(text) for msgid, text in said.items() if accuses(text)} == {}
    for name, paper in issue_all(desk).items():
        pdf = issued(desk.sessions, tmp_path, NOW, *paper).path.read_bytes()
        assert accuses(text_of(pdf)) == "", name


def test_what_accuses_is_told_from_what_states(desk: Desk) -> None:
    assert accuses("该单位涉嫌不作为") == "" and accuses("该单位玩忽职守") == "玩忽职守"


def test_the_facts_of_a_list_hold_a_summary_without_the_caller(desk: Desk) -> None:
    made = issue_all(desk, "李秀英反映：" + PLAIN * 3)
    office = Office(desk)
    facts = json.loads(office.row(Paper, kind="list", subject_id=made["list"][1]).facts)
    for row in (*facts["rows"], *facts["watched"]):
        assert 0 < len(row["summary"]) <= 40 and "李秀英" not in row["summary"]
