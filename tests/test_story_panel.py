"""Stories through the panel: every verb of the procedure is reached by the links of a person's own
pages, and the bot does what it does when people act straight."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import func, select
from werkzeug.test import Client

import config
from app.cli.rehearsal import open_panel
from app.database import engine_from, reading, sessions_from
from app.ledger import verify
from app.models import Case, Event, File
from app.stages.rights import RIGHTS
from app.story.theatre.browser import Browser
from app.story.theatre.entries import fill
from app.story.theatre.hand import Fault
from app.story.theatre.pages import Link, Page, Row, read_page
from app.story.theatre.panel import PASSWORD, OpenPanel, PanelHand, through
from app.story.theatre.player import perform_story, read
from app.verbs import VERBS
from tests.commands import command
from tests.databases import SIGNING, Desk
from tests.test_replay import ROWS, write
from tests.test_story import SCENARIOS, STORIES

EVERY_VERB = (
    "acceptance-a-leader-comments-on-a-suggestion-that-was-kept",
    "acceptance-confidentiality-is-lifted-by-two",
    "acceptance-a-day-at-the-centre",
    "accountability-what-follows-a-finding",
    "handling-what-staff-drafts-the-head-approves",
    "office-it-keeps-the-directory",
    "supervision-deferred-once",
    "acceptance-units-keep-the-answers-on-file",
)
BY_INTERNET = "visit-by-internet-settles-a-case-as-a-call-does"
IN_EVERY_RUN = ("all-the-way", "redo-twice", EVERY_VERB[5], BY_INTERNET)
ON_BOTH = ("all-the-way", BY_INTERNET, "handling-what-staff-drafts-the-head-approves")
IN_NO_STORY = {
    "agree_figures",
    "answer_contest",
    "answer_message",
    "change_password",
    "contest_figures",
    "cover",
    "empty_message",
    "hand_back_message",
    "hand_over_sheet",
    "take_in_roster",
    "confirm_roster",
    "make_slips",
    "print_slips",
    "look_up",
    "reset_second_factor",
    "propose_field",
    "approve_field",
    "propose_gateway",
    "approve_gateway",
    "test_gateway",
    "set_address",
    "choose_ways",
    "retry_delivery",
    "drop_delivery",
    "call_instead",
    "record_call",
    "set_mailbox",
    "word_report",
    "take_message",
}
"""A story knows no draft of a report and no message, looks up nobody, covers no word and
hands over no workbook; its people have no password of
their own to give, no device and no telephone: tests of the views reach these by their links."""


def done(path: Path) -> set[str]:
    """The verbs that a story's people do, and are let."""
    return {step["do"] for step in read(path).steps if not step.get("refused")}


def chosen() -> tuple[str, ...]:
    """The stories that leave no verb out; a verb that these don't do brings the first that does
    it."""
    stems = [*SCENARIOS, *EVERY_VERB, BY_INTERNET]
    left = set(VERBS).difference(IN_NO_STORY, *(done(STORIES[stem]) for stem in stems))
    for stem in STORIES if left else ():
        if not left.isdisjoint(done(STORIES[stem])):
            stems.append(stem)
            left -= done(STORIES[stem])
    return tuple(stems)


CHOSEN = chosen()


class Watched(Client):
    """A browser that notes what was sent and what came back."""

    log: list[tuple[str, str, int]]

    def open(self, *args: Any, **kwargs: Any) -> Any:
        answer = super().open(*args, **kwargs)
        self.log.append((answer.request.method, answer.request.path, answer.status_code))
        return answer


@pytest.fixture
def log() -> list[tuple[str, str, int]]:
    """(method, path, code) of every answer that a person got."""
    return []


@pytest.fixture
def panel(tmp_path: Path, log: list[tuple[str, str, int]]) -> OpenPanel:
    """The real panel, as the command line opens it."""
    settings = config.load({"DESK_DATA": str(tmp_path / "settings")})

    @contextmanager
    def opened(
        url: str, data: Path, clock: Callable[[], datetime]
    ) -> Iterator[Callable[[], Client]]:
        ours = dataclasses.replace(
            settings, ledger_key=b"the key of the tests' own ledger", signing_keys=(SIGNING,)
        )
        with open_panel(ours, url, data, clock) as browsers:
            made = type("Browser", (Watched, type(browsers())), {"log": log})
            yield partial(made, browsers().application, use_cookies=True)

    return opened


def played(desk: Desk, path: Path, panel: OpenPanel) -> tuple[list[str], PanelHand]:
    """The differences of a story that was played through the panel, and the hand that played it."""
    hands: list[PanelHand] = []

    def hand(*given: Any) -> PanelHand:
        hands.append(through(panel)(*given))
        return hands[0]

    _, differences = perform_story(desk.sessions, read(path), hand=hand)
    return differences, hands[0]


def goes_as_told(desk: Desk, stem: str, panel: OpenPanel) -> None:
    differences, hand = played(desk, STORIES[stem], panel)
    assert differences == []
    assert done(STORIES[stem]) <= hand.reached, "each verb was reached by a link"
    with reading(desk.sessions) as session:
        assert verify(session, desk.key) == []


@pytest.mark.parametrize(
    "stem",
    [pytest.param(stem, marks=[] if stem in IN_EVERY_RUN else pytest.mark.long) for stem in CHOSEN],
)
def test_a_story_goes_through_the_panel_as_it_is_told(
    sqlite_desk: Desk, panel: OpenPanel, stem: str
) -> None:
    goes_as_told(sqlite_desk, stem, panel)


@pytest.mark.long
@pytest.mark.parametrize("stem", ON_BOTH)
def test_a_story_goes_through_the_panel_on_postgresql(
    postgres_desk: Desk, panel: OpenPanel, stem: str
) -> None:
    goes_as_told(postgres_desk, stem, panel)


@pytest.mark.long
@pytest.mark.parametrize("stem", [stem for stem in STORIES if stem not in CHOSEN])
def test_every_other_story_goes_through_the_panel(
    sqlite_desk: Desk, panel: OpenPanel, stem: str
) -> None:
    goes_as_told(sqlite_desk, stem, panel)


@pytest.mark.long
@pytest.mark.parametrize("stem", [stem for stem in CHOSEN if stem not in ON_BOTH])
def test_every_chosen_story_goes_through_the_panel_on_postgresql(
    postgres_desk: Desk, panel: OpenPanel, stem: str
) -> None:
    goes_as_told(postgres_desk, stem, panel)


def test_every_verb_is_reached_through_a_link_of_a_persons_pages() -> None:
    """Each chosen story proves its own; together they leave no verb out."""
    untold = set(VERBS) - set().union(*(done(STORIES[stem]) for stem in CHOSEN)) - IN_NO_STORY
    assert [f"{verb}: no story does it; tell one in tests/stories." for verb in untold] == []
    assert set(VERBS) >= IN_NO_STORY


def written(tmp_path: Path, *steps: str) -> Path:
    """A story of these steps and no bot."""
    path = tmp_path / "story.yaml"
    path.write_text("people:\n" + "".join(f"  - {{{step}}}\n" for step in steps), "utf-8")
    return path


REGISTER = "at: 2025-06-09 09:00, as: operator, do: register, case: A, kind: help"


def test_who_has_no_way_to_a_form_is_refused_its_address_too(
    sqlite_desk: Desk, panel: OpenPanel, tmp_path: Path, log: list[tuple[str, str, int]]
) -> None:
    """The address that an allocator's page gave is sent by an operator and by another unit's staff:
    403 and 404."""
    story = written(
        tmp_path,
        REGISTER,
        "at: 2025-06-09 09:10, as: allocator, do: allocate, case: A, unit: WATER",
        "at: 2025-06-09 09:20, as: operator, do: allocate, case: A, unit: WATER, refused: true",
        "at: 2025-06-09 09:30, as: staff@WATER, do: sign_for, case: A",
        "at: 2025-06-09 09:40, as: staff@HOUSING, do: sign_for, case: A, refused: true",
    )
    assert played(sqlite_desk, story, panel)[0] == []
    refused = [
        (path, code) for method, path, code in log if method == "POST" and code in (403, 404)
    ]
    assert refused == [("/do/allocate/1", 403), ("/do/sign_for/1", 404)]


def test_a_step_that_is_refused_with_its_sentence_is_told(
    sqlite_desk: Desk, panel: OpenPanel, tmp_path: Path, log: list[tuple[str, str, int]]
) -> None:
    story = written(
        tmp_path, REGISTER, "at: 2025-06-09 09:10, as: allocator, do: submit, case: A, reason: ' '"
    )
    (told,) = played(sqlite_desk, story, panel)[0]
    assert "allocator submit: refused: field_missing" in told
    assert ("POST", "/do/submit/1", 422) in log


def test_a_person_without_a_link_is_a_difference(
    sqlite_desk: Desk, panel: OpenPanel, tmp_path: Path
) -> None:
    story = written(
        tmp_path, REGISTER, "at: 2025-06-09 09:10, as: visitor, do: allocate, case: A, unit: WATER"
    )
    (told,) = played(sqlite_desk, story, panel)[0]
    assert "no page of visitor leads to the form of allocate" in told


def test_a_step_that_must_be_refused_and_is_not_is_a_difference(
    sqlite_desk: Desk, panel: OpenPanel, tmp_path: Path
) -> None:
    story = written(tmp_path, f"{REGISTER}, refused: true")
    (told,) = played(sqlite_desk, story, panel)[0]
    assert "was not refused" in told


def test_what_a_form_does_not_offer_is_the_panels_fault() -> None:
    html = '<form data-verb="x"><select name="kind"><option value="a"></select><input name="place"></form>'
    form = read_page(html).forms[0]
    assert fill(form, {"kind": "a", "place": "b"}) == {"kind": ["a"], "place": ["b"]}
    with pytest.raises(Fault, match=r"does not offer \['b'\] for kind"):
        fill(form, {"kind": "b"})
    with pytest.raises(Fault, match="does not offer the field urgency"):
        fill(form, {"urgency": "normal"})
    assert fill(form, {"kind": "b", "urgency": "normal"}, forced=True) == {
        "kind": ["b"],
        "urgency": ["normal"],
    }


def test_a_form_is_read_as_a_browser_reads_it() -> None:
    page = read_page(
        """<h1>Title</h1><table><tr><td>N1</td>
        <td><a href="/a?x=1&amp;y=2" class="btn off" data-verb="v">go</a></td></tr></table>
        <form method="post" action="" data-verb="v"><input type="hidden" name="t" value="&lt;1&gt;">
        <textarea name="words">\nfirst\n second</textarea><input type="checkbox" name="c" value="1" checked>
        <input type="checkbox" name="c" value="2"><select name="s"><option value=""></option><option value="p"></select>
        <select name="m" multiple><option value="p" selected><option value="q"></select><input type="file" name="f">
        <button type="submit">send</button></form><div class="refusal" data-msgid="no_right">words</div>"""
    )
    link = Link("/a?x=1&y=2", "v", off=True, text="go")
    assert (page.title, page.links, page.rows) == ("Title", [link], [Row(["N1", "go"], [link])])
    assert page.refusal == ("no_right", "words")
    form = page.form("v")
    assert form is not None
    held = {name: (one.kind, one.values, one.options) for name, one in form.controls.items()}
    assert held == {
        "t": ("hidden", ["<1>"], []),
        "words": ("textarea", ["first\n second"], []),
        "c": ("checkbox", ["1"], ["1", "2"]),
        "s": ("select", [""], ["", "p"]),
        "m": ("select", ["p"], ["p", "q"]),
        "f": ("file", [], []),
    }


def test_a_scan_that_comes_with_a_registration_is_kept_on_its_case(
    sqlite_desk: Desk, panel: OpenPanel, tmp_path: Path
) -> None:
    leader = "{level: city, name: 市长, text: 请办, due_on: 2025-06-20, scan: 批示.pdf}"
    assert played(sqlite_desk, written(tmp_path, f"{REGISTER}, leader: {leader}"), panel)[0] == []
    with reading(sqlite_desk.sessions) as session:
        found = session.execute(
            select(File.name, File.kind, Case.id).join(Case, Case.id == File.case_id)
        ).all()
    assert [tuple(row) for row in found] == [("批示.pdf", "scan", 1)]


def test_who_is_shown_that_it_may_be_the_same_matter_goes_on_and_registers_it(
    sqlite_desk: Desk, panel: OpenPanel, tmp_path: Path, log: list[tuple[str, str, int]]
) -> None:
    """As a story tells it: the form asks once, he has seen it, and what he saw is on file."""
    caller = "caller: {name: 张三, phone: '13900000001'}"
    story = written(
        tmp_path, f"{REGISTER}, {caller}", f"{REGISTER.replace('case: A', 'case: B')}, {caller}"
    )
    assert played(sqlite_desk, story, panel)[0] == []
    assert [code for method, path, code in log if (method, path) == ("POST", "/do/register")] == [
        200
    ], "asked once"
    with reading(sqlite_desk.sessions) as session:
        first, second = session.scalars(select(Case).order_by(Case.id)).all()
    assert first.number and first.number in second.repeat_check


def test_a_leader_instructs_a_case_that_he_reads_in_brief(
    sqlite_desk: Desk, panel: OpenPanel, tmp_path: Path
) -> None:
    """What was not submitted to him he knows by number, unit and state; no word of it, and no page
    of it."""
    story = written(
        tmp_path,
        f"{REGISTER}, narrative: 西街十号门前污水外溢多日无人处理, place: 西街十号",
        "at: 2025-06-09 09:10, as: allocator, do: allocate, case: A, unit: WATER",
        "at: 2025-06-09 09:20, as: leader, do: instruct, case: A",
    )
    assert played(sqlite_desk, story, panel)[0] == []
    now = datetime.fromisoformat("2025-06-09 10:00:00+08:00")
    with panel(sqlite_desk.url, tmp_path, lambda: now) as browsers:
        leader = Browser(browsers(), "leader", PASSWORD)
        brief = leader.get(next(link.href for link in leader.get("/").links if "摘要" in link.text))
        case = next(row for row in brief.rows if row.links)
        form = leader.get(case.links[0].href)
        assert form.form("instruct") is not None and "WATER单位" in case.cells
        assert "办理中" in brief.words
        assert "西街" not in brief.words + form.words
        assert leader.get("/cases/1").code == 404


def test_play_through_panel_prints_ok_and_differences(tmp_path: Path) -> None:
    right = STORIES["make-up-sunday"]
    wrong = written(
        tmp_path, REGISTER, "at: 2025-06-09 09:10, as: operator, do: allocate, case: A, unit: WATER"
    )
    told = command(tmp_path / "data", "play", "--through-panel", str(right), str(wrong))
    lines = told.stdout.splitlines()
    assert (told.returncode, lines[:2]) == (1, [f"ok {right}", f"FAILED {wrong}"]), told.stderr
    assert (
        "operator allocate: refused: no page of operator leads to the form of allocate" in lines[2]
    )


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a replay of invented messages left."""
    folder = tmp_path_factory.mktemp("replay")
    told = command(
        folder / "own",
        "replay",
        str(write(folder / "messages.csv")),
        "--keep",
        str(folder / "kept"),
    )
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)["messages"] == len(ROWS)
    assert "demo-password" in told.stderr and "supervision_head" in told.stderr
    return folder / "kept"


@contextmanager
def over(data: Path) -> Iterator[Callable[[str], Browser]]:
    """The panel over a folder that was kept, and a browser for each account of it."""
    settings = config.load({"DESK_DATA": str(data)})
    password = (data / "demo-password").read_text("utf-8").strip()
    now = datetime.fromisoformat("2025-11-10 09:00:00+08:00")
    with open_panel(settings, settings.database_url, data, lambda: now) as browsers:
        yield lambda name: Browser(browsers(), name, password)


def the_list(browser: Browser, title: str, size: int = 0) -> Page:
    """The list with a title, by its link on the first page; so many rows of it."""
    home = browser.get("/")
    href = next(link.href for link in home.links if link.text == title)
    return browser.get(f"{href}?size={size}" if size else href)


@pytest.mark.long
def test_everybody_of_a_kept_replay_logs_in(kept: Path) -> None:
    centre = [role for role in RIGHTS if role not in ("unit_staff", "unit_head")]
    with over(kept) as browser:
        for name in (*centre, "WATER_staff", "WATER_head", "ENVIRONMENT_staff", "ENVIRONMENT_head"):
            page = browser(name).get("/")
            assert (page.code, page.login()) == (200, None), name
    assert (kept / "demo-password").stat().st_mode & 0o777 == 0o600


@pytest.mark.long
def test_a_kept_replay_opens_its_cases_and_its_last_list(kept: Path, tmp_path: Path) -> None:
    """The officer sees the cases that were listed; the last list's sheet has a row for each of that
    day's."""
    settings = config.load({"DESK_DATA": str(kept)})
    engine = engine_from(settings.database_url)
    listed = Event.kind == "supervision.listed"
    with reading(sessions_from(engine, settings.ledger_key)) as session:
        last = session.scalars(select(func.max(Event.at)).where(listed)).one()
        ofday = session.scalar(select(func.count()).where(listed, Event.at == last))
        numbers = set(
            session.scalars(select(Case.number).join(Event, Event.chain == Case.id).where(listed))
        )
    engine.dispose()
    assert ofday and numbers
    with over(kept) as browser:
        officer = browser("officer")
        room = the_list(officer, "督办件")
        assert all(number in room.words for number in numbers)
        case = officer.get(
            next(link.href for link in room.links if link.href.startswith("/cases/"))
        )
        assert case.code == 200 and any(number in case.words for number in numbers)
        lists = the_list(officer, "督办清单")
        newest = officer.get(
            next(row.links[0].href for row in lists.rows if row.cells and row.links)
        )
        sheet = next(link.href for link in newest.links if link.href.endswith(".xlsx"))
        path = tmp_path / "list.xlsx"
        path.write_bytes(officer.client.get(sheet).data)
    rows = CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    assert len([row for row in rows if numbers & {str(cell) for cell in row}]) == ofday
