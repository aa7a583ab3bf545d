"""The office's keys: registered once, added to by the key before, and told by their
fingerprints."""

from __future__ import annotations

import hashlib
import hmac
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from app import ledger
from app.database import reading, transaction
from app.ledger import keys
from app.ledger.chain import body, key_name
from app.models import OFFICE_CHAIN, Case, Event, OfficeHead
from app.roles import BOT
from migrations import triggers
from tests.databases import KEY, Desk
from tests.ledger.rows import NOW, whole_case

OTHER = b"a key that came in from elsewhere"


def registered(desk: Desk, key: bytes = KEY) -> bool:
    with transaction(desk.sessions) as session:
        return keys.register_key(session, NOW, key)


def test_an_office_registers_its_first_key_once(desk: Desk) -> None:
    assert registered(desk) and not registered(desk) and not registered(desk, OTHER)
    with reading(desk.sessions) as session:
        assert keys.known_keys(session) == [key_name(KEY)]
        assert keys.other_key(session, KEY) is None
        assert keys.other_key(session, OTHER) == key_name(KEY)
        assert ledger.verify(session, KEY) == []


def test_a_record_without_a_registered_key_tells_its_key_by_its_newest_event(desk: Desk) -> None:
    with reading(desk.sessions) as session:
        assert (keys.key_in_use(session, KEY), keys.other_key(session, OTHER)) == (None, None)
    with transaction(desk.sessions) as session:
        whole_case(session)
    with reading(desk.sessions) as session:
        assert (keys.other_key(session, KEY), keys.other_key(session, OTHER)) == (
            None,
            key_name(KEY),
        )
    assert not registered(desk, OTHER) and registered(desk)


def unnamed(desk: Desk) -> None:
    """Make the record one of before keys had names: every event sealed anew without."""
    with desk.engine.begin() as connection:
        triggers.drop(connection)
        rows = connection.execute(text("SELECT id FROM event ORDER BY chain, seq")).scalars().all()
    with desk.sessions.begin() as session:
        previous: dict[int, str] = {}
        for id in rows:
            row = session.get_one(Event, id)
            row.key_name = None
            event = {column.name: getattr(row, column.name) for column in Event.__table__.columns}
            sealed = body(previous.get(row.chain, ""), event)
            row.hash = hashlib.sha256(sealed).hexdigest()
            row.mac = hmac.digest(KEY, sealed, "sha256").hex()
            previous[row.chain] = row.hash
        for case in session.scalars(select(Case)):
            case.head_hash = previous[case.id]
        if OFFICE_CHAIN in previous:
            session.get_one(OfficeHead, OFFICE_CHAIN).head_hash = previous[OFFICE_CHAIN]


def test_the_key_of_an_older_record_is_tried_on_it_and_another_one_is_not_registered(
    desk: Desk,
) -> None:
    with transaction(desk.sessions) as session:
        whole_case(session)
    unnamed(desk)
    with reading(desk.sessions) as session:
        assert ledger.verify(session, KEY) == []
        assert (keys.other_key(session, KEY), keys.other_key(session, OTHER)) == (
            None,
            keys.UNNAMED,
        )
    assert not registered(desk, OTHER) and registered(desk)


def test_a_key_that_is_added_seals_from_then_on_and_the_record_verifies_with_both(
    desk: Desk,
) -> None:
    registered(desk)
    with transaction(desk.sessions) as session:
        case = whole_case(session)["case"]
        keys.add_key(session, NOW + timedelta(hours=1), OTHER)
    desk.sessions.kw["info"]["ledger_key"] = OTHER
    try:
        with transaction(desk.sessions) as session:
            ledger.note(session, NOW, BOT, session.get_one(Case, case), "case.edited")
    finally:
        desk.sessions.kw["info"]["ledger_key"] = KEY
    with reading(desk.sessions) as session:
        assert keys.known_keys(session) == [key_name(KEY), key_name(OTHER)]
        assert keys.other_key(session, KEY) == key_name(OTHER)
        assert ledger.verify(session, keys.ring_of(session, OTHER, [KEY])) == []
        told = [
            flaw.what.text("en") for flaw in ledger.verify(session, keys.ring_of(session, OTHER))
        ]
        assert told[0] == f"its seal was made with another key ({key_name(KEY)})"


def test_an_event_sealed_with_a_retired_key_is_named(desk: Desk) -> None:
    registered(desk)
    with transaction(desk.sessions) as session:
        case = whole_case(session)["case"]
        keys.add_key(session, NOW, OTHER)
    with transaction(desk.sessions) as session:
        ledger.note(session, NOW, BOT, session.get_one(Case, case), "case.edited")
    with reading(desk.sessions) as session:
        (flaw,) = ledger.verify(session, keys.ring_of(session, OTHER, [KEY]))
    assert flaw.chain == case
    assert (
        flaw.what.text("en") == f"its seal was made with a key that was retired ({key_name(KEY)})"
    )


@pytest.mark.parametrize("kind", ["case", "office"])
def test_a_moment_before_the_event_before_it_is_written_as_that_one(desk: Desk, kind: str) -> None:
    with transaction(desk.sessions) as session:
        case = session.get_one(Case, whole_case(session)["case"])
        for at in (NOW + timedelta(minutes=10), NOW):
            if kind == "case":
                ledger.note(session, at, BOT, case, "case.edited")
            else:
                ledger.note_office(session, at, BOT, "setting.changed", {})
    with reading(desk.sessions) as session:
        chain = case.id if kind == "case" else 0
        query = select(Event.at).where(Event.chain == chain).order_by(Event.seq.desc())
        assert session.scalars(query.limit(2)).all() == [NOW + timedelta(minutes=10)] * 2
        assert ledger.verify(session, KEY) == []
