"""The one door: what a move, a note and a birth write, in which order, and what they refuse."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import event as listening
from sqlalchemy import select

from app import ledger
from app.database import retried, transaction
from app.ledger.moves import _PARENTS
from app.models import (
    SUBJECTS,
    Assignment,
    Case,
    DayCount,
    Event,
    Notice,
    OfficeHead,
    Reminder,
    Request,
)
from app.roles import BOT
from app.rules.refusal import Gone
from app.rules.workdays import BEIJING
from app.rules.workflow import ENDS
from tests.databases import Desk
from tests.ledger.rows import ALLOCATOR, NOW, allocated, bear, later, register, until, whole_case


def events(session: Any, chain: int) -> list[Event]:
    return list(session.scalars(select(Event).where(Event.chain == chain).order_by(Event.seq)))


def words(session: Any, chain: int) -> list[str]:
    return [one.kind for one in events(session, chain)]


@pytest.mark.parametrize("subject", SUBJECTS)
def test_a_new_row_of_every_subject_comes_with_its_event(desk: Desk, subject: str) -> None:
    with transaction(desk.sessions) as session:
        ids = whole_case(session)
        row = session.get_one(SUBJECTS[subject], ids[subject])
        birth = session.get_one(Event, row.state_event_id)
        told = (birth.chain, birth.subject, birth.subject_id, birth.from_state, birth.to_state)
        assert told == (ids["case"], subject, row.id, None, row.state)
        assert ledger.verify(session, desk.key) == []


def test_the_event_is_written_before_the_state_that_names_it(desk: Desk) -> None:
    written: list[str] = []
    with transaction(desk.sessions) as session:
        one = allocated(session)

        def note(conn: Any, cursor: Any, statement: str, *rest: Any) -> None:
            written.append(" ".join(statement.split()[:3]))

        listening.listen(desk.engine, "before_cursor_execute", note)
        ledger.move(session, NOW, ALLOCATOR, one, "signed", "assignment.signed", {"signed_at": NOW})
        listening.remove(desk.engine, "before_cursor_execute", note)
    kept = [line for line in written if line.startswith(("INSERT", "UPDATE"))]
    assert kept == [
        "INSERT INTO event",
        "UPDATE assignment SET",
        "INSERT INTO day_count",
        "UPDATE hotline_case SET",
    ]


def test_a_move_sets_the_other_columns_and_the_row_in_hand_shows_them(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        one = allocated(session)
        made = ledger.move(
            session, NOW, ALLOCATOR, one, "signed", "assignment.signed", {"signed_at": NOW}
        )
        assert (one.state, one.state_event_id, one.signed_at) == ("signed", made, NOW)
        session.expire_all()
        assert (one.state, one.state_event_id, one.signed_at) == ("signed", made, NOW)
        moved = session.get_one(Event, made)
        assert (moved.from_state, moved.to_state, moved.actor) == ("allocated", "signed", "user:7")


def test_a_note_writes_an_event_and_leaves_the_state(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        case = register(session)
        before = case.state_event_id
        made = ledger.note(session, NOW, BOT, case, "case.repeated", {"repeats": 1}, {"contact": 3})
        assert (case.state, case.state_event_id, case.repeats) == ("registered", before, 1)
        noted = session.get_one(Event, made)
        assert (noted.actor, noted.from_state, noted.to_state, noted.payload) == (
            "bot",
            None,
            None,
            '{"contact":3}',
        )


def test_the_case_remembers_the_last_event_of_its_chain(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        one = allocated(session)
        ledger.move(session, NOW, ALLOCATOR, one, "signed", "assignment.signed")
        case, last = session.get_one(Case, one.case_id), events(session, one.case_id)[-1]
        session.refresh(case)
        assert (case.head_seq, case.head_hash) == (last.seq, last.hash) == (4, last.hash)


def test_what_ends_with_a_move_has_an_event_of_its_own_that_says_because_of_what(
    desk: Desk,
) -> None:
    with transaction(desk.sessions) as session:
        ids = whole_case(session)
        case = session.get_one(Case, ids["case"])
        ledger.move(session, NOW, ALLOCATOR, case, "withdrawn", "case.withdrawn")
        states = {
            subject: session.get_one(model, ids[subject]).state
            for subject, model in SUBJECTS.items()
        }
        assert states == {
            "case": "withdrawn",
            "assignment": "cancelled",
            "request": "withdrawn",
            "reply": "withdrawn",
            "reminder": "void",
            "supervision": "declined",
            "visit": "not_applicable",
            "referral": "drafted",
        }
        ended = {one.kind: one for one in events(session, case.id) if '"because"' in one.payload}
        assert {kind: one.payload for kind, one in ended.items()} == {
            "assignment.cancelled": '{"because":"case.withdrawn"}',
            "reminder.voided": '{"because":"assignment.cancelled"}',
            "request.withdrawn": '{"because":"assignment.cancelled"}',
            "reply.withdrawn": '{"because":"assignment.cancelled"}',
            "supervision.declined": '{"because":"case.withdrawn"}',
            "visit.not_applicable": '{"because":"case.withdrawn"}',
        }
        assert {kind for kind, one in ended.items() if one.actor == "bot"} == {
            "supervision.declined"
        }
        assert ledger.verify(session, desk.key) == []


@pytest.mark.parametrize(
    ("filed", "late"), [(-timedelta(microseconds=1), False), (timedelta(0), True)]
)
def test_a_final_reply_satisfies_the_open_reminder_and_says_whether_it_was_late(
    desk: Desk, filed: timedelta, late: bool
) -> None:
    with transaction(desk.sessions) as session:
        ids = whole_case(session)
        one = session.get_one(Assignment, ids["assignment"])
        ledger.move(session, NOW, BOT, one, "signed", "assignment.auto_signed")
        at = until(2).at + filed
        ledger.move(
            session, at, BOT, one, "replied", "assignment.replied", {"reply_id": ids["reply"]}
        )
        reminder = session.get_one(Reminder, ids["reminder"])
        assert (reminder.state, reminder.answered_late) == ("satisfied", late)
        assert (reminder.satisfied_by_reply_id, reminder.ended_at) == (ids["reply"], at)
        assert session.get_one(Request, ids["request"]).state == "withdrawn"


def test_a_refused_reply_opens_the_reminder_it_had_satisfied(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        ids = whole_case(session)
        one = session.get_one(Assignment, ids["assignment"])
        ledger.move(session, NOW, BOT, one, "signed", "assignment.auto_signed")
        ledger.move(
            session, NOW, BOT, one, "replied", "assignment.replied", {"reply_id": ids["reply"]}
        )
        ledger.move(session, later(hours=1), BOT, one, "reply_refused", "assignment.reply_refused")
        reminder = session.get_one(Reminder, ids["reminder"])
        assert (reminder.state, reminder.satisfied_by_reply_id, reminder.ended_at) == (
            "open",
            None,
            None,
        )
        assert reminder.reply_by_at == until(2).at


def test_an_assist_ends_with_its_lead_and_not_the_lead_with_its_assist(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        lead = allocated(session)
        case = session.get_one(Case, lead.case_id)
        first = allocated(session, case, "housing", role="assist")
        second = allocated(session, case, "roads", role="assist")
        ledger.move(session, NOW, ALLOCATOR, first, "cancelled", "assignment.cancelled")
        assert [one.state for one in (lead, first, second)] == [
            "allocated",
            "cancelled",
            "allocated",
        ]
        ledger.move(session, NOW, ALLOCATOR, lead, "cancelled", "assignment.cancelled")
        assert [one.state for one in (lead, first, second)] == [
            "cancelled",
            "cancelled",
            "cancelled",
        ]


def test_every_pair_of_what_moved_and_what_ends_with_it_knows_how_to_find_the_other() -> None:
    assert {(subject, end.subject) for (subject, _), ends in ENDS.items() for end in ends} <= set(
        _PARENTS
    )


def test_notices_go_to_the_unit_and_to_the_roles_that_the_word_names(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        ids = whole_case(session)
        reminder = session.get_one(Reminder, ids["reminder"])
        lapsed = ledger.move(session, NOW, BOT, reminder, "lapsed", "reminder.lapsed")
        told = session.scalars(select(Notice.recipient).where(Notice.event_id == lapsed))
        assert set(told) == {f"unit:{ids['unit']}", "centre_head"}
        case = session.get_one(Case, ids["case"])
        session.execute(Notice.__table__.delete())
        ledger.note(session, NOW, BOT, case, "case.reclassified")
        assert (
            session.scalars(select(Notice.recipient)).all() == []
        )  # tells a unit, and none is named


def test_counted_words_are_counted_by_day_unit_and_category(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        one = allocated(session)
        case = session.get_one(Case, one.case_id)
        for _ in range(3):
            ledger.note(session, NOW, BOT, case, "case.contacted")
        ledger.note(session, NOW, BOT, case, "case.edited")
        counts = {(row.word, row.unit_id): row.n for row in session.scalars(select(DayCount))}
        assert counts == {
            ("case.registered", 0): 1,
            ("case.contacted", 0): 3,
            ("assignment.allocated", one.unit_id): 1,
        }


def test_an_event_counts_on_beijings_day_whatever_zone_the_moment_came_in(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        case = register(session)
        ledger.note(session, datetime(2026, 3, 2, 16, 0, tzinfo=UTC), BOT, case, "case.contacted")
        days = session.scalars(select(DayCount.day).where(DayCount.word == "case.contacted"))
        assert [one.isoformat() for one in days] == ["2026-03-03"]


def test_a_moment_without_a_zone_is_refused(desk: Desk) -> None:
    with pytest.raises(ValueError, match="zone"), transaction(desk.sessions) as session:
        case = register(session)
        ledger.note(session, NOW, BOT, case, "case.edited", {"own_at": datetime(2026, 3, 2, 10)})  # noqa: DTZ001


@pytest.mark.parametrize(
    ("urgency", "at", "looked_at"),
    [
        ("normal", "2026-03-02T10:00", "2026-03-03T08:30"),
        ("normal", "2026-03-02T08:30", "2026-03-02T08:30"),
        ("emergency", "2026-03-02T10:00", "2026-03-02T10:00"),
    ],
)
def test_after_a_move_the_bot_looks_at_the_next_half_past_eight_or_at_once_in_an_emergency(
    desk: Desk, urgency: str, at: str, looked_at: str
) -> None:
    with transaction(desk.sessions) as session:
        case = register(session, urgency=urgency)
        case.look_again_at = None
        session.flush()
        ledger.note(
            session, datetime.fromisoformat(at).replace(tzinfo=BEIJING), BOT, case, "case.edited"
        )
        assert case.look_again_at == datetime.fromisoformat(looked_at).replace(tzinfo=BEIJING)
        ledger.note(session, later(days=9), BOT, case, "case.edited")
        assert case.look_again_at == datetime.fromisoformat(looked_at).replace(tzinfo=BEIJING)


def test_an_event_word_that_does_not_exist_is_refused(desk: Desk) -> None:
    with (
        pytest.raises(ValueError, match="no such event word: case.invented"),
        transaction(desk.sessions) as session,
    ):
        ledger.note(session, NOW, BOT, register(session), "case.invented")


def test_a_move_that_the_procedure_does_not_know_is_refused(desk: Desk) -> None:
    with pytest.raises(ValueError, match="case may not become examining from registered"):  # noqa: SIM117
        with transaction(desk.sessions) as session:
            ledger.move(session, NOW, BOT, register(session), "examining", "case.replied")


def test_a_refused_move_leaves_nothing_behind(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        case = register(session)
    with pytest.raises(ValueError, match="may not become"), transaction(desk.sessions) as session:
        ledger.note(session, NOW, BOT, session.get_one(Case, case.id), "case.edited")
        ledger.move(session, NOW, BOT, session.get_one(Case, case.id), "examining", "case.replied")
    with desk.sessions() as session:
        assert words(session, case.id) == ["case.registered"]
        assert ledger.verify(session, desk.key) == []


def test_a_row_that_moved_on_since_it_was_read_is_gone(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        one = allocated(session)
        case_id, assignment_id = one.case_id, one.id
    with desk.sessions() as session:
        stale = session.get_one(Assignment, assignment_id)
        session.expunge(stale)
    with transaction(desk.sessions) as session:
        fresh = session.get_one(Assignment, assignment_id)
        ledger.move(session, NOW, BOT, fresh, "signed", "assignment.auto_signed")
    with pytest.raises(Gone, match="assignment moved on"), transaction(desk.sessions) as session:
        ledger.move(session, NOW, BOT, stale, "cancelled", "assignment.cancelled")
    with desk.sessions() as session:
        assert words(session, case_id)[-1] == "assignment.auto_signed"
        assert ledger.verify(session, desk.key) == []


def test_a_transaction_that_lost_is_tried_four_times(desk: Desk) -> None:
    tries: list[int] = []

    def lose(session: Any) -> None:
        tries.append(1)
        raise Gone("a case moved on")

    with pytest.raises(Gone):
        retried(desk.sessions, lose)
    assert len(tries) == 4


def test_in_one_batch_a_row_may_move_twice(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        one = allocated(session)
        entries = [
            ledger.Entry(
                one.case_id, "assignment.signed", "assignment", one.id, "allocated", "signed"
            ),
            ledger.Entry(
                one.case_id,
                "assignment.replied",
                "assignment",
                one.id,
                "signed",
                "replied",
                {"replied_at": NOW},
            ),
        ]
        ledger.move_many(session, NOW, BOT, entries)
        session.refresh(one)
        assert (one.state, one.replied_at, one.state_event_id) == (
            "replied",
            NOW,
            entries[1].event_id,
        )
        assert ledger.verify(session, desk.key) == []


def test_many_cases_are_born_and_moved_in_one_batch(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        cases = [register(session) for _ in range(5)]
        ledger.move_many(
            session,
            NOW,
            BOT,
            [
                ledger.Entry(case.id, "case.withdrawn", "case", case.id, "registered", "withdrawn")
                for case in cases
            ],
        )
        assert {case.state for case in cases} == {"withdrawn"}
        assert ledger.verify(session, desk.key) == []


def test_what_belongs_to_no_case_stands_in_the_offices_chain(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        for name in ("first", "second"):
            ledger.note_office(session, NOW, ALLOCATOR, "rule.changed", {"rule": name})
        assert [one.payload for one in events(session, 0)] == [
            '{"rule":"first"}',
            '{"rule":"second"}',
        ]
        head = session.get_one(OfficeHead, 0)
        session.refresh(head)
        assert (head.head_seq, head.head_hash) == (2, events(session, 0)[-1].hash)


def test_a_birth_and_a_note_about_it_may_stand_in_one_transaction(desk: Desk) -> None:
    with transaction(desk.sessions) as session:
        case = register(session)
        ledger.note(session, NOW, BOT, case, "case.edited", {"place": "Bin river road"})
        visit = bear(session, "visit", case.id)
        assert words(session, case.id) == ["case.registered", "case.edited", "visit.planned"]
        assert (case.place, visit.state) == ("Bin river road", "pending")
