"""What a row of a verb must say before anything starts, and that what it says is what happens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import reading
from app.models import Event
from app.roles import CENTRE, ROLES, Actor
from app.rules.events import EVENTS, Word, known
from app.rules.workflow import MAY_BECOME, OPEN_CASE
from app.stages.procedure import of_stage
from app.stages.rights import RIGHTS, rights_of
from app.stages.table import DRAFTED, Misdeclared, collected
from app.stages.verb import Field, Verb, case, field
from app.story.theatre.hand import Hand
from app.story.theatre.player import perform_story, read
from app.verbs import VERBS
from app.verbs.offers import offer
from tests.databases import Desk
from tests.test_story import STORIES
from tests.test_story_panel import CHOSEN
from tests.verbs import (
    example,
    otherwise_given,
    roles_of,
    unlisted,
    without_example,
    without_words,
)


def mark(session: Session, now: datetime, actor: Actor, row: Any) -> None:
    """What a made-up verb does: nothing."""


ROW = Verb("mark", run=mark, on=case(OPEN_CASE), roles=CENTRE, event="case.edited")
HERE = f"mark ({__name__})"


def refused(*rows: Verb) -> str:
    """What is said of rows that cannot stand."""
    with pytest.raises(Misdeclared) as wrong:
        collected(rows)
    return str(wrong.value)


# What a row must say.


def test_a_row_that_says_all_that_it_must_stands() -> None:
    assert collected([ROW]) == {"mark": ROW}


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (
            {"event": "case.invented"},
            f"{HERE}: no event is called 'case.invented'; write it as a Word with whom it tells"
            " in the stage, or take one of app/rules/events.py.",
        ),
        ({"event": ()}, f"{HERE}: it records nothing; name its event in its row."),
        (
            {"event": Word("case.edited", tells=("unit",))},
            f"{HERE}: 'case.edited' stands in app/rules/events.py; name it as plain text.",
        ),
        (
            {"event": Word("case.invented", counted=True)},
            f"{HERE}: the summary counts 'case.invented'; write it in app/rules/events.py.",
        ),
        (
            {"roles": ("king",)},
            f"{HERE}: no role is called 'king'; the roles stand in app/roles.py.",
        ),
        ({"roles": ()}, f"{HERE}: nobody may do it; name its roles in its row."),
        (
            {"fields": (field("words"), field("words!"))},
            f"{HERE}: its field 'words' stands twice.",
        ),
        (
            {"stage": "office"},
            f"{HERE}: its stage is above the roles, so none could hold it; write guarded=True.",
        ),
    ],
)
def test_a_row_that_cannot_stand_is_refused_with_a_sentence_that_names_it(
    change: Mapping[str, Any], sentence: str
) -> None:
    assert refused(replace(ROW, **change)) == sentence


def test_two_verbs_of_one_name_are_refused() -> None:
    assert refused(ROW, replace(ROW, roles=("leader",))) == (
        f"mark: two verbs have this name, in {__name__} and in {__name__}; rename one."
    )


def test_every_row_that_is_wrong_is_named_at_once() -> None:
    told = refused(replace(ROW, roles=()), replace(ROW, name="unmark", event=()))
    assert [line.partition(" ")[0] for line in told.splitlines()] == ["mark", "unmark"]


# What comes of a row.


def test_the_rights_of_a_role_are_the_verbs_that_name_it() -> None:
    rights = rights_of(collected([ROW]))
    assert {role for role, held in rights.items() if held} == set(CENTRE)
    assert list(RIGHTS) == list(ROLES)


def test_a_verb_is_offered_in_the_states_of_its_row() -> None:
    """Of what a person may do, seen from the states that there are, not from the table."""
    offered = {
        state
        for state in MAY_BECOME["case"]
        if state is not None
        and offer(
            "allocate", {"case": [SimpleNamespace(state=state, refusal_proposed_by_id=None)]}
        ).state
        is None
    }
    assert offered == {"registered"}
    assert offer("allocate", {"case": []}).missing


def test_what_staff_drafts_has_the_fields_of_what_the_head_files() -> None:
    for draft, head in DRAFTED.items():
        assert VERBS[draft].fields == VERBS[head].fields, draft
        assert set(VERBS[draft].roles) == {"unit_staff", "unit_head"}, draft
    assert VERBS["draft_feedback"].on.states == VERBS["feed_back"].on.states


def test_a_row_carries_the_name_of_its_stage() -> None:
    assert [verb.stage for verb in of_stage("redo", [ROW])] == ["redo"]


def test_a_verb_tells_whom_its_events_tell() -> None:
    own = Word("case.invented", tells=("unit",))
    assert replace(ROW, event=(own, "case.refusal_proposed")).tells == {"unit", "allocator"}


def test_an_event_word_of_a_verb_is_known_by_itself_and_any_other_by_the_list() -> None:
    own = Word("case.invented", tells=("unit",))
    assert known(own) is own
    assert known("case.edited") is EVENTS["case.edited"]
    with pytest.raises(ValueError, match="no such event word: case.invented"):
        known("case.invented")


class Noting(Hand):
    """A hand that notes which events each verb recorded."""

    def do(self, now: datetime, word: str, verb: str, step: Mapping[str, Any]) -> None:
        """One verb of one person."""
        with reading(self.sessions) as session:
            last = session.scalar(select(func.max(Event.id))) or 0
        super().do(now, word, verb, step)
        if verb not in VERBS:
            return  # what a caller does by himself is no verb of the table
        with reading(self.sessions) as session:
            recorded = set(session.scalars(select(Event.kind).where(Event.id > last)))
        NOTED.setdefault(verb, []).append(recorded)


NOTED: dict[str, list[set[str]]] = {}


@pytest.mark.parametrize("stem", CHOSEN)
def test_what_a_verb_records_in_a_story_is_an_event_of_its_row(
    sqlite_desk: Desk, stem: str
) -> None:
    """Opened a second time a paper records nothing; what else follows a verb is not its own."""
    NOTED.clear()
    _, differences = perform_story(sqlite_desk.sessions, read(STORIES[stem]), hand=Noting)
    assert differences == []
    assert NOTED
    for verb, times in NOTED.items():
        for recorded in times:
            assert not recorded or recorded & set(VERBS[verb].events), (verb, recorded)
        assert any(times), f"{verb} recorded nothing"


# What the tests say of a verb that lacks something beside its row.


def test_a_verb_that_is_not_in_the_list_is_named_and_one_that_is_no_more() -> None:
    assert unlisted([ROW], {}) == [
        "mark: nobody says who may do it; write its roles into WHO_MAY of tests/walk/model.py."
    ]
    assert unlisted([], {"mark": CENTRE}) == [
        "mark: no stage has this verb; take it out of WHO_MAY of tests/walk/model.py."
    ]


def test_asking_for_the_roles_of_an_unlisted_verb_fails_with_the_sentence() -> None:
    with pytest.raises(pytest.fail.Exception, match="mark: nobody says who may do it"):
        roles_of("mark")


def test_a_verb_that_the_list_gives_to_others_is_named_with_both() -> None:
    assert otherwise_given([ROW], {"mark": ("leader",)}) == [
        "mark: its row says allocator, centre_head, WHO_MAY of tests/walk/model.py says leader;"
        " one of them is wrong."
    ]


def test_a_field_of_a_kind_without_an_example_is_named() -> None:
    row = replace(ROW, fields=(Field("where", "map"),))
    sentence = (
        "mark: its field 'where' is of a kind without examples; write values of the kind 'map'"
        " into RIGHT and WRONG of tests/verbs.py."
    )
    assert without_example([row]) == [sentence]
    with pytest.raises(pytest.fail.Exception, match="of a kind without examples"):
        example("mark", row.fields[0], None)


def test_a_verb_without_words_is_named_with_the_file_to_write_them_in() -> None:
    own = Word("case.invented", tells=("unit",))
    row = replace(ROW, stage="redo", fields=(field("where"),), event=own)
    assert without_words([row]) == [
        f"mark: {told}; write {msgid} into app/translations/{language}/LC_MESSAGES/duban.po."
        for told, msgid in (
            ("it has no title", "verb.mark"),
            ("its field 'where' has no label", "field.where"),
            ("its event 'case.invented' has no words", "event.case.invented"),
        )
        for language in ("zh", "en")
    ]
