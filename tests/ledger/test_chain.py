"""The chain: canonical bytes, the seal from one event to the next, and what is seen to be wrong
with one."""

import hmac
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from app.ledger.chain import Head, body, canonical, flaw, key_name, keyring, seal
from app.rules.workdays import BEIJING
from app.words import Message

ALTERED = Message("flaw.event.altered")
KEY = b"key"
AT = datetime(2026, 3, 2, 10, 0, 0, 123456, tzinfo=BEIJING)
plain = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text()
values = st.recursive(
    plain, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=8
)


@given(values)
def test_canonical_json_is_that_of_rfc_8785(value: Any) -> None:
    assert canonical(value).encode() == rfc8785.dumps(value)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ({"b": 1, "a": [True, None, "督办"]}, '{"a":[true,null,"督办"],"b":1}'),
        (
            {"\U00010000": 1, "\ue000": 2},
            '{"\U00010000":1,"\ue000":2}',
        ),  # by UTF-16, not by code point
        ('\x00\x1f\x7f\u2028/"\\\n', '"\\u0000\\u001f\x7f\u2028/\\"\\\\\\n"'),
        ({}, "{}"),
    ],
)
def test_canonical_json_of_the_hard_cases(value: Any, written: str) -> None:
    assert canonical(value) == written
    assert rfc8785.dumps(value).decode() == written
    assert json.loads(written) == value


@pytest.mark.parametrize(
    "value", [1.5, {1: "one"}, {"at": AT}, {"days": {1}}, b"bytes", [object()]]
)
def test_a_value_that_json_would_bend_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        canonical(value)


@pytest.mark.parametrize("value", [2**53, -(2**53)])
def test_a_number_that_not_every_reader_keeps_exact_is_refused(value: int) -> None:
    with pytest.raises(ValueError, match="too large"):
        canonical({"n": value})


def event(**other: Any) -> dict[str, Any]:
    return {
        "chain": 5,
        "at": AT,
        "actor": "user:7",
        "kind": "case.registered",
        "subject": "case",
        "subject_id": 5,
        "from_state": None,
        "to_state": "registered",
        "payload": '{"n":1}',
        **other,
    }


def sealed(n: int = 3) -> list[dict[str, Any]]:
    head = Head(5, 0, "")
    events = [event(payload=canonical({"n": i})) for i in range(n)]
    for one in events:
        seal(head, one, KEY)
    assert (head.seq, head.hash) == (n, events[-1]["hash"])
    return events


def test_sealed_events_are_numbered_from_one_and_each_follows_from_the_one_before() -> None:
    previous = ""
    for seq, one in enumerate(sealed(), 1):
        assert one["seq"] == seq
        assert flaw(previous, seq, one, KEY) is None
        previous = one["hash"]


def test_equal_events_have_different_hashes_in_different_places() -> None:
    head = Head(5, 0, "")
    first, second = event(), event()
    seal(head, first, KEY)
    seal(head, second, KEY)
    assert first["hash"] != second["hash"]


CHANGES = {
    "chain": 6,
    "at": AT + timedelta(microseconds=1),
    "actor": "user:8",
    "kind": "case.closed",
    "subject": "reply",
    "subject_id": 6,
    "from_state": "registered",
    "to_state": "closed",
    "payload": '{"n":2}',
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_of_any_column_breaks_the_seal(name: str) -> None:
    one = sealed()[1]
    previous = sealed()[0]["hash"]
    assert flaw(previous, 2, one, KEY) is None
    assert flaw(previous, 2, one | {name: CHANGES[name]}, KEY) == ALTERED


def test_the_columns_that_are_sealed_are_all_that_an_event_says() -> None:
    assert set(CHANGES) == set(event())


def test_the_same_moment_in_another_zone_is_the_same_event() -> None:
    one = sealed()[0]
    assert flaw("", 1, one | {"at": AT.astimezone(UTC)}, KEY) is None


def test_a_missing_number_is_named() -> None:
    first, _, third = sealed()
    assert flaw(first["hash"], 2, third, KEY) == Message("flaw.event.missing", {"number": 2})


def test_an_event_that_follows_another_hash_does_not_match() -> None:
    _, second, _ = sealed()
    assert flaw("0" * 64, 2, second, KEY) == ALTERED


def test_an_event_sealed_without_the_key_is_seen() -> None:
    forged = event()
    seal(Head(5, 0, ""), forged, b"another key")
    told = {"key": key_name(b"another key")}
    assert flaw("", 1, forged, KEY) == Message("flaw.event.another_key_named", told)
    forged["key_name"] = key_name(KEY)
    assert flaw("", 1, forged, KEY) == ALTERED


def test_an_event_names_its_key_and_one_without_a_name_has_the_offices_first() -> None:
    first, second = b"the first key", b"the second key"
    unnamed, head = event(), Head(5, 0, "")
    named = event(payload="{}")
    old = body("", {**unnamed, "seq": 1})
    unnamed |= {
        "seq": 1,
        "hash": sha256(old).hexdigest(),
        "mac": hmac.digest(first, old, "sha256").hex(),
    }
    head.seq, head.hash = 1, unnamed["hash"]
    seal(head, named, second)
    assert named["key_name"] == key_name(second) != key_name(first)
    ring = keyring(second, [first], first=key_name(first))
    assert flaw("", 1, unnamed, ring) is None and flaw(unnamed["hash"], 2, named, ring) is None
    assert flaw("", 1, unnamed, second) == Message("flaw.event.another_key")
    told = {"key": key_name(second)}
    assert flaw(unnamed["hash"], 2, named, first) == Message("flaw.event.another_key_named", told)


def test_a_chains_time_never_goes_back() -> None:
    head, ahead, after = Head(5, 0, ""), event(at=AT + timedelta(minutes=10)), event()
    seal(head, ahead, KEY)
    seal(head, after, KEY)
    assert after["at"] == ahead["at"] == head.at
    later = event(at=AT + timedelta(minutes=11))
    seal(head, later, KEY)
    assert later["at"] == AT + timedelta(minutes=11)
