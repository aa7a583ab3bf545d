"""What no form expects: for every verb somebody who has it, its fields filled in well, and one of
them with garbage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

import pytest

from app.story.theatre.fillers import filled
from app.verbs import VERBS, Field, Verb
from app.views.forms.view import WITHOUT_FORM
from tests.verbs import roles_of
from tests.views.canaries import NOW
from tests.views.panel import PASSWORD

MAY = (
    "centre_head",
    "supervision_head",
    "allocator",
    "operator",
    "it_admin",
    "leader",
    "committee",
    "head@HOUSING",
    "staff@HOUSING",
)
"""Who does a verb, the first that has it: those who see all cases come first."""
GARBAGE: tuple[str, ...] = (
    "\0",
    "9" * 30,
    "-" + "9" * 25,
    "9" * 5000,
    "²",
    "-1",
    "1e999",
    "NaN",
    "0001-01-01",
    "9999-12-31",
    "2025-06-31",
    "9999-12-31T23:59",
    '"\\ud800"',
    "[" * 5000,
    '{"a": 1}',
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "../../etc/passwd",
    "\u202e\ufeff\u200b",
    "𠮷" * 50,
    "a" * 70_000,
    " ",
    "\r\n\r\n",
    "WATER",
)
STORED = (
    "\0",
    "9" * 30,
    "0001-01-01",
    "9999-12-31",
    "9999-12-31T23:59",
    '"\\ud800"',
    "\u202e\ufeff\u200b",
    "𠮷" * 50,
    "a" * 70_000,
)
"""Those that a database may take otherwise than another; what reads a form is the same over
both."""
ENCODED = ("%ED%A0%80", "%FF%FE", "%C0%80", "%00", "%F5%80%80%80")
"""Bytes that are no text: half of a pair, no UTF-8 at all, a NUL written long, a NUL, beyond the
last sign."""
_CHOICES = {
    "register": {"kind": "help"},
    "contact": {"kind": "supplement"},
    "attach": {"kind": "other"},
    "issue_report": {"kind": "weekly", "first": date(2025, 6, 9)},
    "draft_finding": {"finding": "duty"},
    "reissue_report": {"kind": "weekly", "first": date(2025, 6, 9), "reason": "更正"},
    "record_visit": {"satisfied": "satisfied", "solved": "solved", "truth": "true"},
    "examine": {"passes": False},
    "review_responsibility": {"unit_responsible": False},
    "load_calendar": {"days": {date(2027, 1, 4): "work"}},
    "edit_article": {"id": 1, "title": "改", "text": "改"},
    "hand_over_article": {"id": 1, "unit": "ROADS"},
    "end_article": {"id": 1},
    "propose_field": {"code": "plate", "subject": "case", "label": "门牌", "kind": "text"},
    "propose_gateway": {"name": "way", "kind": "pretend"},
    "test_gateway": {"name": "way"},
    "set_address": {"unit": "ROADS", "kind": "mobile", "value": "13800138021"},
    "choose_ways": {"notice": "reminder"},
    "add_unit": {"code": "NEW", "name": "新单位"},
    "change_rule": {"name": "sign_workdays", "value": 3},
    "add_category": {"name": "路灯"},
    "add_post": {"unit": "ROADS", "person": "某人", "post": "deputy", "from_on": date(2025, 1, 1)},
    "change_setting": {"name": "office", "value": "热线"},
    "add_role": {"name": "自设", "rights": ["Cases"]},
    "add_user": {"username": "new", "first_name": "新人", "roles": ["operator"]},
    "edit_user": {"id": 1, "first_name": "改", "roles": ["operator"]},
    "change_password": {"old_password": PASSWORD, "password": PASSWORD + "!"},
    "reset_password": {"id": 1},
    "reset_second_factor": {"id": 1},
    "edit_role": {"id": 1, "rights": ["Cases"]},
    "edit_unit": {"id": 1, "code": "X", "name": "改"},
    "edit_post": {"id": 1},
    "edit_category": {"id": 1, "name": "改"},
    "succeed_unit": {"unit": "ROADS", "successor": "WATER"},
    "merge": {"into": "202506090001"},
    "allocate": {"unit": "ROADS"},
    "screen_suggestion": {"keep": True},
}


def who_may(verb: str) -> str:
    """Somebody who has a verb."""
    places = {"head@HOUSING": "unit_head", "staff@HOUSING": "unit_staff"}
    roles = roles_of(verb)
    word = next((word for word in MAY if places.get(word, word) in roles), None)
    if word is None:
        pytest.fail(f"{verb}: add one of its roles to MAY of tests/views/garbage.py", pytrace=False)
    return word


def typed(value: Any) -> Any:
    """A value as a form sends it."""
    if isinstance(value, bool):
        return "y" if value else "n"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M")
    if isinstance(value, Mapping):
        return "\n".join(f"{key} {one}" for key, one in value.items())
    if isinstance(value, list):
        return "\n\n".join(
            one["narrative"] if isinstance(one, Mapping) else str(one) for one in value
        )
    return str(value)


def well(verb: Verb) -> dict[str, Any]:
    """The fields of a verb filled in well."""
    step = {"as": who_may(verb.name), **_CHOICES.get(verb.name, {})}
    known = {one.name: one for one in verb.fields}
    found: dict[str, Any] = {}
    for name, value in filled(verb.name, "垃", step, NOW).items():
        if name in known and known[name].kind in ("leader", "caller"):
            found |= {f"{name}.{part}": typed(one) for part, one in value.items()}
        elif name in known:
            found[name] = typed(value)
    for one in verb.fields:
        if one.required and one.name not in found and one.kind not in ("leader", "caller"):
            found[one.name] = _any(one)
    return found


def _any(one: Field) -> str:
    fallback = {
        "bool": "y",
        "int": "1",
        "date": "2025-06-25",
        "unit": "ROADS",
        "choice": next(iter(one.choices), ""),
    }
    return fallback.get(one.kind, "按照规定办理并说明具体情况如下，请予审核。")


def names(verb: Verb) -> Iterator[str]:
    """The names of all inputs that a verb reads, hidden ones among them."""
    for one in verb.fields:
        if verb.name == "attach" and one.name != "kind":
            continue  # the store says what an upload is, whatever the form says
        if one.kind == "leader":
            parts = ("level", "name", "text", "date", "due_on", "document", "scan")
            yield from (f"{one.name}.{part}" for part in parts)
        elif one.kind == "caller":
            yield from (f"{one.name}.{part}" for part in ("name", "phone"))
        else:
            yield one.name
    if verb.target != "none":
        fields = {one.name for one in verb.fields}
        yield from (name for name in ("unit", "ground", "draft") if name not in fields)


def addresses(verb: Verb, cases: list[int]) -> Iterator[str]:
    """Where a verb's form is: without a case, or for each of these."""
    if verb.target == "none" or verb.alone:
        yield f"/do/{verb.name}"
    if verb.target != "none":
        yield from (f"/do/{verb.name}/{case}" for case in cases)


ON_FORMS = [verb for verb in VERBS.values() if verb.name not in WITHOUT_FORM]
