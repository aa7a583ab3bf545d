"""What a case page offers: whatever somebody could do, his page of the case offered him a moment
before."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from flask import g

from app.database import Sessions, reading, transaction
from app.models import SUBJECTS, Case
from app.rules.refusal import NotAllowed
from app.rules.workflow import MAY_BECOME
from app.story.theatre.cast import actor_named
from app.story.theatre.fillers import filled
from app.story.theatre.hand import Hand
from app.story.theatre.player import perform_story, read
from app.verbs import VERBS, perform
from app.verbs.offers import ACTS_ON, Offer, offer
from app.views.case.rows import rows_of
from app.words.catalogue import CATALOGUES
from tests.databases import Desk, sqlite_copy
from tests.people import UNITS, People, actor
from tests.test_refusals import (
    BAD,
    EXPLAINED,
    GOOD,
    Setup,
    after,
    handling,
    item,
    registered,
    replied,
    visiting,
)
from tests.verbs import example, roles_of
from tests.views.panel import Panel, panel_over

STORIES = Path(__file__).parent / "stories"
HANDFUL = (
    "all-the-way",
    "leader-matter",
    "extension-undecided",
    "visit-an-amended-outcome-moves-the-case",
    "redo-exhausted-closes-with-its-item",
    "accountability-abandoned-once-drafted-once",
)


def rows_for(panel: Panel, word: str, case: int) -> Mapping[str, Sequence[Any]]:
    """The rows of a case page as somebody is shown them."""
    with transaction(panel.desk.sessions) as session:
        who = actor_named(session, word)
    with reading(panel.desk.sessions) as session:
        row = session.get_one(Case, case)
    with panel.app.test_request_context():
        g.desk_actor = who
        return rows_of(row, who)


def unit_of(panel: Panel, word: str) -> int | None:
    """The unit whose people somebody is one of."""
    with transaction(panel.desk.sessions) as session:
        return actor_named(session, word).unit_id


class Watched(Hand):
    """A hand that looks at the page before it acts; `unoffered` is what was done all the same."""

    def __init__(self, panel: Panel, sessions: Sessions, cases: dict[str, int], data: Path) -> None:
        super().__init__(sessions, cases, data)
        self.panel = panel
        self.unoffered: list[str] = []
        self.offered = 0

    def do(self, now: datetime, word: str, verb: str, step: Mapping[str, Any]) -> None:
        """One verb of one person."""
        shown: Offer | None = None
        notice = (
            "paper" in step
        )  # What went to a unit is opened by the link to it, not by a button.
        self.panel.now = now
        if verb in ACTS_ON and not notice and step.get("case") in self.cases:
            shown = offer(
                verb, rows_for(self.panel, word, self.case(step["case"])), unit_of(self.panel, word)
            )
        super().do(now, word, verb, step)
        if shown is not None:
            self.offered += 1
            self.unoffered += [] if shown.open else [f"{now:%m-%d %H:%M} {word} {verb}: {shown}"]


def watched(desk: Desk, data: Path, story: str) -> Watched:
    """Play a story with somebody who looks at each page before a verb is done on it."""
    hands: list[Watched] = []
    with panel_over(desk, data, datetime(2026, 1, 1)) as panel:  # noqa: DTZ001

        def hand(sessions: Sessions, cases: dict[str, int], folder: Path) -> Watched:
            hands.append(Watched(panel, sessions, cases, folder))
            return hands[0]

        _, differences = perform_story(desk.sessions, read(STORIES / f"{story}.yaml"), data, hand)
    assert differences == []
    return hands[0]


@pytest.mark.parametrize("story", HANDFUL)
def test_what_was_done_in_a_story_was_offered_before_it(
    sqlite_desk: Desk, tmp_path: Path, story: str
) -> None:
    hand = watched(sqlite_desk, tmp_path, story)
    assert hand.unoffered == []
    assert hand.offered >= 3


@pytest.mark.long
@pytest.mark.parametrize(
    "story", sorted(path.stem for path in STORIES.glob("*.yaml") if path.stem not in HANDFUL)
)
def test_what_was_done_in_any_other_story_was_offered_before_it(
    sqlite_desk: Desk, tmp_path: Path, story: str
) -> None:
    assert watched(sqlite_desk, tmp_path, story).unoffered == []


# The table itself.


def test_every_verb_that_acts_on_a_case_is_in_the_table_and_no_other() -> None:
    """By what its function is handed, not by the row that the table is made from: the case or a row
    of it."""
    handed = {
        verb.name: {*SUBJECTS, "item", "draft"} & inspect.signature(verb.run).parameters.keys()
        for verb in VERBS.values()
    }
    assert set(ACTS_ON) == {name for name, rows in handed.items() if rows} - {"open_file"}


@pytest.mark.parametrize("verb", ACTS_ON)
def test_a_verb_acts_on_states_that_there_are(verb: str) -> None:
    subject, states = ACTS_ON[verb]
    name = {"assist": "assignment"}.get(subject, subject.partition(":")[0])
    of_drafts = {"waiting", "returned"} if name == "draft" else set()
    assert of_drafts or name in SUBJECTS
    assert set(states or ()) <= (of_drafts or set(MAY_BECOME[name])), verb


@pytest.mark.parametrize(
    ("found", "told"),
    [
        ([], ("", True, False)),
        (["signed"], ("signed", False, False)),
        (["signed", "replied"], ("", False, True)),
        (["replied", "accepted"], ("", False, True)),
    ],
)
def test_a_verb_is_offered_where_one_row_is_in_a_state_for_it_and_else_says_why_not(
    found: list[str], told: tuple[str, bool, bool]
) -> None:
    rows = {"assignment": [SimpleNamespace(state=state, kind="lead") for state in found]}
    one = offer("examine", rows)
    assert (one.state or "", one.missing, one.open) == told


def test_an_assist_is_waived_where_there_is_one_and_a_request_ruled_on_by_its_kind() -> None:
    lead, assist = (SimpleNamespace(state="signed", kind=kind) for kind in ("lead", "assist"))
    assert offer("waive_assist", {"assignment": [lead]}).missing
    assert offer("waive_assist", {"assignment": [lead, assist]}).open
    extension = SimpleNamespace(state="pending", kind="extension")
    assert offer("rule_on_extension", {"request": [extension]}).open
    assert offer("rule_on_return", {"request": [extension]}).missing


# Every verb in every place.

SAID = ("visitor", "record_visit")
PLACES: dict[str, Setup] = {
    "registered": registered(),
    "a suggestion": registered(kind="suggestion"),
    "closed": after(registered(), ("operator", "answer_directly")),
    "refused": after(registered(), ("operator", "refuse"), ("allocator", "confirm_refusal")),
    "a refusal proposed": after(registered(), ("operator", "refuse", {"reason": "court"})),
    "withdrawn": after(registered(), ("allocator", "withdraw")),
    "submitted": after(registered(), ("allocator", "submit")),
    "handling": handling(),
    "handling with an assist": handling(("HOUSING",)),
    "an emergency": handling(urgency="emergency"),
    "an emergency responded to": after(
        handling(urgency="emergency"), ("staff@WATER", "first_response")
    ),
    "signed, its assist not": after(handling(("HOUSING",)), ("staff@WATER", "sign_for")),
    "signed": after(handling(), ("staff@WATER", "sign_for")),
    "a return pending": after(handling(), ("head@WATER", "request_return")),
    "an extension pending": after(handling(), ("head@WATER", "request_extension")),
    "an explanation pending": after(handling(), ("head@WATER", "explain", EXPLAINED)),
    "reminded": after(
        handling(), ("sweep", "2025-06-10"), ("sweep", "2025-06-13"), ("sweep", "2025-06-17")
    ),
    "replied": replied(),
    "reply refused": after(replied(), ("examiner", "examine", {"passes": False})),
    "visiting": visiting(),
    "reviewing": after(visiting(), (*SAID, BAD)),
    "visited": after(visiting(), (*SAID, GOOD)),
    "proposed": after(handling(), ("centre_head", "propose")),
    **{
        f"an item {state}": item(state)
        for state in (
            "opened",
            "fed_back",
            "finding",
            "confirmed",
            "heard",
            "concluded",
            "drafted",
            "completed",
            "reviewed",
            "approved",
            "sealed",
            "sent",
            "received",
        )
    },
}
"""Where a case can stand."""
IN_EVERY_RUN = (
    "registered",
    "a refusal proposed",
    "handling with an assist",
    "a return pending",
    "reminded",
    "reviewing",
    "proposed",
    "an item fed_back",
    "an item heard",
    "an item approved",
    "an item received",
)
"""The places of the short run; the others are stood in in the long one."""
IN_A_UNIT = {"unit_staff": "staff@WATER", "unit_head": "head@WATER"}
BY_THE_STATE = {
    msgid.removeprefix("refusal.")
    for msgid, (told, *_) in CATALOGUES.of("zh").messages.items()
    if msgid.startswith("refusal.") and "{state}" in told
}
"""The refusals that say where something stands instead."""
AND_BY = {
    "nothing_proposed",
    "not_an_emergency",
    "responded_already",
    "assist_open",
    "signed_already",
}
"""Refusals that the page foresees as well. Seen failing with a button for each that always was
refused."""
STANDS_AGAINST_IT = {
    ("instruct", "nothing_to_instruct"): "on a registered case an instruction names the unit",
    ("draft_finding", "finding_too_early"): "before any feedback the notice has to be overdue",
    ("recall", "signed_already"): "of a lead and its assists the form asks which is meant",
    ("conclude", "not_heard"): "while it is being heard, the time or the statements decide",
    (
        "send_back_referral",
        "referral_state",
    ): "the room's head sends back what he reviews, a leader what he approves",
    ("record_receipt", "nothing_to_receive"): "a second receipt is of a supplement",
    ("amend_visit", "nothing_to_amend"): "the visit is of another case, or there was none",
    ("record_visit", "nothing_to_visit"): "the visit is of another case, or there was none",
}
"""What the page leaves to the stage, because a state alone does not tell it."""


@pytest.fixture(scope="module")
def hired(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with its people."""
    file = tmp_path_factory.mktemp("hired") / "desk.db"
    with sqlite_copy(sqlite_template, file) as desk:
        People(desk).hire(*UNITS)
    return file


def tried(p: People, word: str, verb: str, case: int) -> str:
    """The message id with which a verb is refused, empty where it would be done; it is taken
    back."""
    fields = filled(verb, f"C{case}", {"as": word}, p.now)
    for one in VERBS[verb].fields:
        if one.required and one.name not in fields:
            fields[one.name] = example(verb, one, case)
    with p.desk.sessions() as session:
        try:
            perform(session, p.now, actor(session, word), verb, case=case, **fields)
        except NotAllowed as no:
            return no.msgid
        finally:
            session.rollback()
    return ""


def wrong(p: People, panel: Panel, case: int) -> list[str]:
    """Where the page of a case and the stages say different things, over every verb and everybody
    who has a right."""
    found = []
    page = cache(partial(rows_for, panel, case=case))
    for verb in ACTS_ON:
        for word in (IN_A_UNIT.get(role, role) for role in roles_of(verb)):
            rows = page(word)
            if verb == "open_paper" and "referral" not in rows:
                continue  # Who sees no referral is offered no paper of one.
            told, shown = tried(p, word, verb, case), offer(verb, rows, unit_of(panel, word))
            if not shown.open and not told:
                found.append(f"{word} could {verb}, and the page says {shown}")
            if (
                shown.open
                and told in BY_THE_STATE | AND_BY
                and (verb, told) not in STANDS_AGAINST_IT
            ):
                found.append(f"{word} is offered {verb}, and told {told}")
    return found


@pytest.mark.parametrize(
    "place",
    [
        pytest.param(place, marks=[] if place in IN_EVERY_RUN else pytest.mark.long)
        for place in PLACES
    ],
)
def test_what_the_page_does_not_offer_is_refused_and_what_it_offers_is_not_refused_for_its_state(
    hired: Path, tmp_path: Path, place: str
) -> None:
    with sqlite_copy(hired, tmp_path / "desk.db") as desk:
        people = People(desk)
        case = PLACES[place](people)
        assert case is not None
        with panel_over(desk, tmp_path / "data", people.now) as panel:
            assert wrong(people, panel, case) == []


@pytest.mark.parametrize("states", [("handling",), ("registered", "visiting")])
def test_a_wrong_table_is_found_in_both_directions(
    hired: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, states: tuple[str, ...]
) -> None:
    with sqlite_copy(hired, tmp_path / "desk.db") as desk:
        people = People(desk)
        case = PLACES["registered" if states == ("handling",) else "visiting"](people)
        assert case is not None
        monkeypatch.setitem(ACTS_ON, "allocate", ("case", states))
        with panel_over(desk, tmp_path / "data", people.now) as panel:
            found = wrong(people, panel, case)
    assert len(found) == 2
    assert all("allocate" in one for one in found)
