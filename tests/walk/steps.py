"""What a step of a walk may say: who does what, with which fields - good ones and bad - and where
walks begin."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from tests.walk.model import UNITS, WHO_MAY, Model
from tests.walk.rows import Person

VERBS = [verb for verb in WHO_MAY if hasattr(Model, verb)]
WEIGHTS = dict.fromkeys(VERBS, 20) | {
    "withdraw": 1,
    "refuse": 1,
    "hand_on": 1,
    "merge": 2,
    "recall": 2,
    "reassign": 2,
    "submit": 2,
    "split": 2,
    "answer_directly": 4,
    "abandon_referral": 2,
    "send_back_referral": 5,
    "reveal": 2,
    "contact": 6,
    "propose": 3,
    "reclassify": 4,
    "instruct": 4,
    "strike_row": 3,
    "decline": 4,
    "close_supervision": 5,
    "clear": 8,
    "register": 10,
    "screen_suggestion": 5,
    "request_return": 8,
    "open_paper": 10,
    "defer": 6,
    "allocate": 60,
    "reply": 40,
    "examine": 60,
    "record_visit": 60,
    "review_responsibility": 60,
    "draft_finding": 40,
    "confirm_finding": 40,
    "conclude": 40,
    "remind": 40,
    "record_outcome": 30,
    "complete_referral": 40,
    "review_referral": 40,
    "approve_referral": 60,
    "seal_referral": 60,
    "send_referral": 60,
    "record_receipt": 60,
    "ask_review": 30,
}
"""How often a verb is drawn: what ends much or leads away less often, so that a walk comes far."""

Draw = Callable[[random.Random, Model], dict[str, Any]]


def _soon(rng: random.Random, m: Model, *days: int) -> date:
    return m.today + timedelta(days=rng.choice(days))


def _maybe(rng: random.Random, value: Any) -> Any:
    return value if rng.random() < 0.5 else None


def _register(rng: random.Random, m: Model) -> dict[str, Any]:
    by_leader = rng.random() < 0.2
    leader_on = _maybe(rng, _soon(rng, m, 0, 2, 5, 6, 9)) if by_leader else None
    return {
        "kind": rng.choice(
            ("help", "help", "consultation", "complaint", "report", "suggestion", "praise")
        ),
        "urgency": "normal" if by_leader else rng.choice(("normal",) * 6 + ("urgent", "emergency")),
        "anonymous": rng.random() < 0.1,
        "complex": not by_leader and rng.random() < 0.1,
        "confidential": rng.random() < 0.1,
        "by_leader": by_leader,
        "leader_on": leader_on,
    }


def _unit(rng: random.Random, m: Model) -> dict[str, Any]:
    return {"unit": rng.choice(UNITS)}


def _ruling(rng: random.Random, m: Model) -> dict[str, Any]:
    return {"unit": rng.choice(UNITS), "accept": rng.random() < 0.6}


def _seen(rng: random.Random, m: Model) -> dict[str, Any]:
    return {"reached": rng.random() < 0.7, "good": rng.random() < 0.4}


def _allocation(rng: random.Random, m: Model) -> dict[str, Any]:
    unit = rng.choice(UNITS)
    others = tuple(one for one in UNITS if one != unit)
    return {
        "unit": unit,
        "assists": rng.choice(((), (), others, (unit,)) if rng.random() < 0.2 else ((), others)),
    }


def _change(rng: random.Random, m: Model) -> dict[str, Any]:
    if rng.random() < 0.5:
        return {"kind": rng.choice(("help", "consultation", "report", "suggestion"))}
    return {"urgency": rng.choice(("normal", "urgent", "emergency"))}


def _outcome(rng: random.Random, m: Model) -> dict[str, Any]:
    outcome = rng.choice(("accepted", "supplement", "forwarded", "result"))
    return {"outcome": outcome, "due_on": _soon(rng, m, 0, 3) if outcome == "supplement" else None}


FIELDS: dict[str, Draw] = {
    "register": _register,
    "contact": lambda rng, m: {
        "kind": rng.choice(("repeat", "repeat", "chase", "supplement", "invalid"))
    },
    "confirm_refusal": lambda rng, m: {"accept": rng.random() < 0.3},
    "screen_suggestion": lambda rng, m: {"keep": True},
    "merge": lambda rng, m: {"into": rng.choice(m.cases)},
    "allocate": _allocation,
    "instruct": lambda rng, m: {
        "unit": _maybe(rng, rng.choice(UNITS)),
        "due_on": _maybe(rng, _soon(rng, m, 0, 1, 3, 5, 12)),
    },
    "reclassify": _change,
    **{f"rule_on_{kind}": _ruling for kind in ("return", "extension", "explanation", "interim")},
    **dict.fromkeys(
        ("waive_assist", "remind", "void_reminder", "propose", "decline", "strike_row"), _unit
    ),
    **dict.fromkeys(
        ("conclude", "close_supervision", "complete_referral", "review_referral"), _unit
    ),
    **dict.fromkeys(
        ("approve_referral", "send_back_referral", "seal_referral", "send_referral"), _unit
    ),
    **dict.fromkeys(("record_receipt", "supplement_referral", "abandon_referral"), _unit),
    "request_extension": lambda rng, m: {"workdays": rng.choice((0, 1, 3, 10, 11))},
    "explain": lambda rng, m: {"until": _soon(rng, m, 0, 1, 2, 4, 7, 40)},
    "reply_interim": lambda rng, m: {"until": _soon(rng, m, 0, 1, 3, 5, 9, 40)},
    "open_supervision": lambda rng, m: {
        "unit": rng.choice(UNITS),
        "workdays": rng.choice((None, 1, 2, 61)),
    },
    "defer": lambda rng, m: {"unit": rng.choice(UNITS), "workdays": rng.choice((1, 5, 6))},
    "clear": lambda rng, m: {
        "unit": rng.choice(UNITS),
        "new_date": _maybe(rng, _soon(rng, m, 0, 1, 3, 6)),
    },
    "reissue": lambda rng, m: {"unit": rng.choice(UNITS), "workdays": rng.choice((None, 1, 61))},
    "draft_finding": lambda rng, m: {
        "unit": (unit := rng.choice(UNITS)),
        "persons": rng.choice(((), (f"{unit}_head",), (f"{unit}_staff",))),
    },
    "confirm_finding": lambda rng, m: {"unit": rng.choice(UNITS), "accept": rng.random() < 0.8},
    "record_statement": lambda rng, m: {
        "unit": (unit := rng.choice(UNITS)),
        "person": rng.choice((f"{unit}_head", f"{unit}_staff")),
    },
    "rule_on_review": _ruling,
    "record_visit": _seen,
    "amend_visit": _seen,
    "examine": lambda rng, m: {"unit": rng.choice(UNITS), "passes": rng.random() < 0.7},
    "review_responsibility": lambda rng, m: {"responsible": rng.random() < 0.8},
    "open_paper": _unit,
    "record_outcome": lambda rng, m: {"unit": rng.choice(UNITS), **_outcome(rng, m)},
}
"""verb -> the fields of a step, good ones and bad."""


def spoken(verb: str, fields: dict[str, Any], who: Person) -> dict[str, Any]:
    """The model's words for a step's fields in the desk's own."""
    told = {name: value for name, value in fields.items() if value is not None}
    if who.unit:
        told.pop("unit", None)
    if told.pop("by_leader", False):
        told["leader"] = {"level": "county", "name": "县长", "text": "请速办。"}
    if verb in ("register", "instruct"):
        due = [told.pop(name) for name in ("leader_on", "due_on") if name in told]
        more = {"due_on": due[0]} if due else {}
        told |= (
            {"leader": {**told.get("leader", {}), **more}}
            if "leader" in told or verb == "instruct"
            else {}
        )
    for ours, theirs in (("until", "promised_on"), ("responsible", "unit_responsible")):
        if ours in told:
            told[theirs] = told.pop(ours)
    if verb in ("record_visit", "amend_visit"):
        good = told.pop("good", True)
        told |= {
            "truth": "proven",
            "solved": "partly",
            "satisfied": "basically" if good else "dissatisfied",
        }
    if verb == "draft_finding":
        told |= {"finding": "duty", "persons": list(told.get("persons", ()))}
    if verb == "allocate":
        told["assists"] = list(told.get("assists", ()))
    if verb == "approve_referral" and who.role != "leader":
        told |= {"leader": "县长", "scan": "审批扫描件.pdf"}
    return told


_BAD: dict[str, Any] = {"reached": True, "good": False}
_HANDLED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("allocator", "allocate", {"unit": UNITS[0]}),
)
_ROUND: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("head@WATER", "reply", {}),
    ("examiner", "examine", {"unit": UNITS[0], "passes": True}),
    ("visitor", "record_visit", _BAD),
    ("examiner#2", "review_responsibility", {"responsible": True}),
)
_FOUND: tuple[tuple[str, str, dict[str, Any]], ...] = (
    *_HANDLED,
    ("officer", "open_supervision", {"unit": UNITS[0]}),
    ("head@WATER", "feed_back", {}),
    ("officer", "draft_finding", {"unit": UNITS[0], "persons": ("WATER_staff",)}),
    ("supervision_head", "confirm_finding", {"unit": UNITS[0]}),
)
_ANSWERED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("head@WATER", "record_statement", {}),
    ("officer", "record_statement", {"unit": UNITS[0], "person": "WATER_staff"}),
    ("officer#2", "conclude", {"unit": UNITS[0]}),
    ("", "days", {"n": 1}),
)
_SEALED: tuple[tuple[str, str, dict[str, Any]], ...] = tuple(
    (word, verb, {"unit": UNITS[0]})
    for word, verb in (
        ("officer#2", "complete_referral"),
        ("supervision_head", "review_referral"),
        ("leader", "open_paper"),
        ("leader", "approve_referral"),
        ("officer", "seal_referral"),
    )
)
BEGINNINGS: dict[str, tuple[tuple[str, str, dict[str, Any]], ...]] = {
    "registered": (),
    "handled": _HANDLED,
    "late": (*_HANDLED, ("", "days", {"n": 12})),
    "late with an assist": (
        ("allocator", "allocate", {"unit": UNITS[0], "assists": UNITS[1:]}),
        ("", "days", {"n": 12}),
    ),
    "a leader's, late": (
        *_HANDLED,
        ("leader", "instruct", {"due_on": date(2025, 6, 11)}),
        ("", "days", {"n": 4}),
    ),
    "in its last round": (*_HANDLED, *_ROUND, *_ROUND),
    "redo failed": (*_HANDLED, *_ROUND, *_ROUND, *_ROUND),
    "found": _FOUND,
    "concluded": (*_FOUND, *_ANSWERED),
    "sealed": (*_FOUND, *_ANSWERED, *_SEALED),
    "received": (
        *_FOUND,
        *_ANSWERED,
        *_SEALED,
        ("", "days", {"n": 4}),
        ("officer", "send_referral", {"unit": UNITS[0]}),
        ("officer", "record_receipt", {"unit": UNITS[0]}),
    ),
}
"""Where a walk begins: its first case is brought so far, that it may come where chance seldom
leads."""
