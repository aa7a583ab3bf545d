"""Random walks: people of all roles do what they may and may not, time goes by, the bot looks - and the desk stands
where a small model of the procedure stands, with the same events on its record."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from app.database import reading, transaction
from app.ledger import verify
from app.models import Assignment, Case, Event, Referral, Reminder, Reply, Request, SlaRule, Supervision, Unit, Visit
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING
from app.rules.workflow import MAY_BECOME
from tests.databases import Desk, sqlite_copy
from tests.people import People
from tests.walk import model as procedure
from tests.walk import rows
from tests.walk.model import PEOPLE, UNITS, WAYS_OUT, WHO_MAY, Model
from tests.walk.said import Refused

START, LAST, OVER = datetime(2025, 6, 9, 9), datetime(2025, 7, 31), datetime(2025, 8, 20)  # noqa: DTZ001
"""From a Monday on; what starts on the last day of a walk, or on the way out of it, ends before the next holiday."""
MOST_CASES = 3
VERBS = [verb for verb in WHO_MAY if hasattr(Model, verb)]
WEIGHTS = dict.fromkeys(VERBS, 20) | {
    "withdraw": 1, "refuse": 1, "hand_on": 1, "merge": 2, "recall": 2, "reassign": 2, "submit": 2, "split": 2,
    "answer_directly": 4, "abandon_referral": 2, "send_back_referral": 5, "reveal": 2, "contact": 6, "propose": 3,
    "reclassify": 4, "instruct": 4, "strike_row": 3, "decline": 4, "close_supervision": 5, "clear": 8, "register": 10,
    "screen_suggestion": 5, "request_return": 8, "open_paper": 10, "defer": 6, "allocate": 60, "reply": 40,
    "examine": 60, "record_visit": 60, "review_responsibility": 60, "draft_finding": 40, "confirm_finding": 40,
    "conclude": 40, "remind": 40, "record_outcome": 30, "complete_referral": 40, "review_referral": 40,
    "approve_referral": 60, "seal_referral": 60, "send_referral": 60, "record_receipt": 60, "ask_review": 30,
}  # fmt: skip
"""How often a verb is drawn: what ends much or leads away less often, so that a walk comes far."""
REPORT: Counter[str] = Counter()
"""What the walks of this process did: verbs done and refused, states reached."""


# What a step may say.

Draw = Callable[[random.Random, Model], dict[str, Any]]


def _soon(rng: random.Random, m: Model, *days: int) -> date:
    return m.today + timedelta(days=rng.choice(days))


def _maybe(rng: random.Random, value: Any) -> Any:
    return value if rng.random() < 0.5 else None


def _register(rng: random.Random, m: Model) -> dict[str, Any]:
    by_leader = rng.random() < 0.2
    leader_on = _maybe(rng, _soon(rng, m, 0, 2, 5, 6, 9)) if by_leader else None
    return {
        "kind": rng.choice(("help", "help", "consultation", "complaint", "report", "suggestion", "praise")),
        "urgency": "normal" if by_leader else rng.choice(("normal",) * 6 + ("urgent", "emergency")),
        "anonymous": rng.random() < 0.1, "complex": not by_leader and rng.random() < 0.1,
        "confidential": rng.random() < 0.1, "by_leader": by_leader, "leader_on": leader_on,
    }  # fmt: skip


def _unit(rng: random.Random, m: Model) -> dict[str, Any]:
    return {"unit": rng.choice(UNITS)}


def _ruling(rng: random.Random, m: Model) -> dict[str, Any]:
    return {"unit": rng.choice(UNITS), "accept": rng.random() < 0.6}


def _seen(rng: random.Random, m: Model) -> dict[str, Any]:
    return {"reached": rng.random() < 0.7, "good": rng.random() < 0.4}


def _allocation(rng: random.Random, m: Model) -> dict[str, Any]:
    unit = rng.choice(UNITS)
    others = tuple(one for one in UNITS if one != unit)
    return {"unit": unit, "assists": rng.choice(((), (), others, (unit,)) if rng.random() < 0.2 else ((), others))}


def _change(rng: random.Random, m: Model) -> dict[str, Any]:
    if rng.random() < 0.5:
        return {"kind": rng.choice(("help", "consultation", "report", "suggestion"))}
    return {"urgency": rng.choice(("normal", "urgent", "emergency"))}


def _outcome(rng: random.Random, m: Model) -> dict[str, Any]:
    outcome = rng.choice(("accepted", "supplement", "forwarded", "result"))
    return {"outcome": outcome, "due_on": _soon(rng, m, 0, 3) if outcome == "supplement" else None}


FIELDS: dict[str, Draw] = {
    "register": _register,
    "contact": lambda rng, m: {"kind": rng.choice(("repeat", "repeat", "chase", "supplement", "invalid"))},
    "confirm_refusal": lambda rng, m: {"accept": rng.random() < 0.3},
    "screen_suggestion": lambda rng, m: {"keep": True},
    "merge": lambda rng, m: {"into": rng.choice(m.cases)},
    "allocate": _allocation,
    "instruct": lambda rng, m: {
        "unit": _maybe(rng, rng.choice(UNITS)), "due_on": _maybe(rng, _soon(rng, m, 0, 1, 3, 5, 12)),
    },
    "reclassify": _change,
    **{f"rule_on_{kind}": _ruling for kind in ("return", "extension", "explanation", "interim")},
    **dict.fromkeys(("waive_assist", "remind", "void_reminder", "propose", "decline", "strike_row"), _unit),
    **dict.fromkeys(("conclude", "close_supervision", "complete_referral", "review_referral"), _unit),
    **dict.fromkeys(("approve_referral", "send_back_referral", "seal_referral", "send_referral"), _unit),
    **dict.fromkeys(("record_receipt", "supplement_referral", "abandon_referral"), _unit),
    "request_extension": lambda rng, m: {"workdays": rng.choice((0, 1, 3, 10, 11))},
    "explain": lambda rng, m: {"until": _soon(rng, m, 0, 1, 2, 4, 7, 40)},
    "reply_interim": lambda rng, m: {"until": _soon(rng, m, 0, 1, 3, 5, 9, 40)},
    "open_supervision": lambda rng, m: {"unit": rng.choice(UNITS), "workdays": rng.choice((None, 1, 2, 61))},
    "defer": lambda rng, m: {"unit": rng.choice(UNITS), "workdays": rng.choice((1, 5, 6))},
    "clear": lambda rng, m: {"unit": rng.choice(UNITS), "new_date": _maybe(rng, _soon(rng, m, 0, 1, 3, 6))},
    "reissue": lambda rng, m: {"unit": rng.choice(UNITS), "workdays": rng.choice((None, 1, 61))},
    "draft_finding": lambda rng, m: {
        "unit": (unit := rng.choice(UNITS)), "persons": rng.choice(((), (f"{unit}_head",), (f"{unit}_staff",))),
    },
    "confirm_finding": lambda rng, m: {"unit": rng.choice(UNITS), "accept": rng.random() < 0.8},
    "record_statement": lambda rng, m: {
        "unit": (unit := rng.choice(UNITS)), "person": rng.choice((f"{unit}_head", f"{unit}_staff")),
    },
    "rule_on_review": _ruling,
    "record_visit": _seen,
    "amend_visit": _seen,
    "examine": lambda rng, m: {"unit": rng.choice(UNITS), "passes": rng.random() < 0.7},
    "review_responsibility": lambda rng, m: {"responsible": rng.random() < 0.8},
    "open_paper": _unit,
    "record_outcome": lambda rng, m: {"unit": rng.choice(UNITS), **_outcome(rng, m)},
}  # fmt: skip
"""verb -> the fields of a step, good ones and bad."""


def spoken(verb: str, fields: dict[str, Any], who: procedure.Person) -> dict[str, Any]:
    """The model's words for a step's fields in the desk's own."""
    told = {name: value for name, value in fields.items() if value is not None}
    if who.unit:
        told.pop("unit", None)
    if told.pop("by_leader", False):
        told["leader"] = {"level": "county", "name": "县长", "text": "请速办。"}
    if verb in ("register", "instruct"):
        due = [told.pop(name) for name in ("leader_on", "due_on") if name in told]
        more = {"due_on": due[0]} if due else {}
        told |= {"leader": {**told.get("leader", {}), **more}} if "leader" in told or verb == "instruct" else {}
    for ours, theirs in (("until", "promised_on"), ("responsible", "unit_responsible")):
        if ours in told:
            told[theirs] = told.pop(ours)
    if verb in ("record_visit", "amend_visit"):
        good = told.pop("good", True)
        told |= {"truth": "proven", "solved": "partly", "satisfied": "basically" if good else "dissatisfied"}
    if verb == "draft_finding":
        told |= {"finding": "duty", "persons": list(told.get("persons", ()))}
    if verb == "allocate":
        told["assists"] = list(told.get("assists", ()))
    if verb == "approve_referral" and who.role != "leader":
        told |= {"leader": "县长", "scan": "审批扫描件.pdf"}
    return told


# Where the desk stands, and where the model does.


def _plain(value: Any) -> Any:
    return value.replace(tzinfo=None) if isinstance(value, datetime) else value


COLUMNS: dict[str, tuple[Any, ...]] = {
    "case": (
        Case.state, Case.round, Case.repeats, Case.allocations, Case.own_at, Case.leader_assigned,
    ),
    "assignment": (
        Assignment.case_id, Assignment.unit_id, Assignment.round, Assignment.role, Assignment.state,
        Assignment.due_at, Assignment.leader_assigned, Assignment.watched,
    ),
    "ask": (Request.assignment_id, Request.kind, Request.state),
    "reply": (Reply.assignment_id, Reply.state),
    "reminder": (Reminder.assignment_id, Reminder.state, Reminder.reply_by_at),
    "item": (
        Supervision.assignment_id, Supervision.ground, Supervision.state, Supervision.listed_on,
        Supervision.reissues, Supervision.cleared_to,
    ),
    "visit": (Visit.case_id, Visit.caller_case_id, Visit.round, Visit.state),
    "referral": (Referral.assignment_id, Referral.state),
}  # fmt: skip
"""What of each row is compared; ids become the places of the rows they name."""


def stands(session: Session, ids: Sequence[int], units: dict[int, str]) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of the desk, in the order they were made, as far as the model has them."""
    cases = {id: place for place, id in enumerate(ids)}
    number = {id: place for place, id in enumerate(session.scalars(select(Assignment.id).order_by(Assignment.id)))}
    places: dict[str, dict[int, Any]] = {
        "case_id": cases, "caller_case_id": cases, "unit_id": units, "assignment_id": number,
    }  # fmt: skip
    found = {}
    for subject, columns in COLUMNS.items():
        query = select(*columns).order_by(columns[0].class_.id)
        read = [places.get(column.key, {}) for column in columns]
        found[subject] = [
            tuple(_plain(names.get(value, value)) for names, value in zip(read, row, strict=True))
            for row in session.execute(query)
        ]
    return found


def expected(m: Model) -> dict[str, list[tuple[Any, ...]]]:
    """The same of the model."""
    ordered = sorted(((one, at) for at, case in enumerate(m.cases) for one in case.assignments), key=lambda x: x[0].n)
    number = [one for one, _ in ordered]

    def of(name: str) -> list[tuple[int, Any]]:
        found = [(place, row) for place, one in enumerate(number) for row in getattr(one, name)]
        return sorted(found, key=lambda pair: pair[1].n)

    visits = sorted(((row, at) for at, case in enumerate(m.cases) for row in case.visits), key=lambda x: x[0].n)
    referrals = [(place, item.referral) for place, item in of("items") if item.referral]
    return {
        "case": [
            (one.state, one.round, len(one.counted), one.allocations, one.own, one.leader) for one in m.cases
        ],
        "assignment": [
            (at, one.unit, one.round, one.role, one.state, one.due.at, one.leader, one.watched) for one, at in ordered
        ],
        "ask": [(place, ask.kind, ask.state) for place, ask in of("asks")],
        "reply": [(place, row.state) for place, row in of("replies")],
        "reminder": [(place, row.state, row.reply_by) for place, row in of("reminders")],
        "item": [
            (place, item.ground, item.state, item.listed_on, item.reissues, item.cleared_to)
            for place, item in of("items")
        ],
        "visit": [(at, row.caller, row.round, row.state) for row, at in visits],
        "referral": [(place, row.state) for place, row in sorted(referrals, key=lambda pair: pair[1].n)],
    }  # fmt: skip


class Walk:
    """One walk: the desk and the model side by side."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.m = desk, Model(START)
        self.people = People(desk)
        self.people.know(*(who.word for who in PEOPLE))
        with reading(desk.sessions) as session:
            self.units = {row.id: row.code for row in session.execute(select(Unit.id, Unit.code))}
        self.ids: list[int] = []
        self.events = 0
        self.lines: list[str] = []

    def said(self, line: str) -> None:
        self.lines.append(f"{self.m.now:%a %m-%d %H:%M} {line}")

    # Time.

    def sweep(self, at: datetime) -> None:
        """The bot looks, twice: the second time it finds nothing to do."""
        self.m.now = at
        for turn in ("sweep", "sweep again"):
            self.m.said.clear()
            self.m.sweep()
            self.people.now = at.replace(tzinfo=BEIJING)
            self.people.sweep()
            self.check(turn)
        assert not self.m.said

    def go(self, to: datetime, down: bool = False, last: datetime = LAST) -> None:
        """Time goes by, with a sweep at each 08:30 unless the desk is down."""
        to = min(to, last)
        day = self.m.now.date()
        while day <= to.date() and not down:
            at = datetime.combine(day, datetime.min.time()).replace(hour=8, minute=30)
            if self.m.now < at <= to:
                self.sweep(at)
            day += timedelta(days=1)
        if to > self.m.now:
            self.m.now = to
            self.said("- down until now" if down else "-")

    def pass_time(self, rng: random.Random) -> None:
        """Minutes, hours, to the last minute of a day or the first of the next, days, weeks - or an outage."""
        now = self.m.now
        midnight = datetime.combine(now.date(), datetime.min.time())
        jumps = (
            (now + timedelta(minutes=rng.randint(1, 50)), False),
            (now + timedelta(hours=rng.randint(1, 9)), False),
            (midnight + timedelta(hours=23, minutes=59), False),
            (midnight + timedelta(days=1), False),
            (midnight + timedelta(days=1, hours=rng.randint(8, 20)), False),
            (midnight + timedelta(days=rng.randint(2, 4), hours=rng.randint(0, 23)), False),
            (midnight + timedelta(days=rng.randint(5, 9), hours=rng.randint(9, 17)), False),
            (midnight + timedelta(days=rng.randint(2, 12), hours=rng.randint(0, 23)), True),
        )
        self.go(*rng.choices(jumps, weights=(4, 4, 1, 2, 8, 6, 3, 1))[0])

    # Verbs.

    def draw(self, rng: random.Random) -> tuple[procedure.Person, str, int | None, dict[str, Any]]:
        verb = rng.choices(list(WEIGHTS), WEIGHTS.values())[0]
        fitting = [who for who in PEOPLE if who.role in WHO_MAY[verb]]
        who = rng.choice(fitting if rng.random() < 0.95 else PEOPLE)
        case = None if verb == "register" else rng.randrange(len(self.m.cases))
        fields = FIELDS[verb](rng, self.m) if verb in FIELDS else {}
        if who.unit:
            fields = {name: value for name, value in fields.items() if name not in ("unit", "person")}
        return who, verb, case, fields

    def step(self, number: int) -> None:
        """One step, told by a number: time, or a verb - one that the model allows, more often than not."""
        rng = random.Random(number)
        if rng.random() < 0.22:
            self.pass_time(rng)
            return
        legal = rng.random() < 0.85
        for _ in range(150 if legal else 1):
            who, verb, case, fields = self.draw(rng)
            if verb in ("register", "split") and len(self.m.cases) >= MOST_CASES:
                continue
            if self.allowed(who, verb, case, fields):
                self.act(who, verb, case, fields, None)
                return
            if not legal:
                self.act(who, verb, case, fields, "refused")

    def allowed(self, who: procedure.Person, verb: str, case: int | None, fields: dict[str, Any]) -> bool:
        """Whether the model allows it; if so it is done there."""
        try:
            self.m.do(who, verb, None if case is None else self.m.cases[case], **fields)
        except Refused:
            return False
        return True

    def act(
        self, who: procedure.Person, verb: str, case: int | None, fields: dict[str, Any], refused: str | None
    ) -> None:
        """The same at the desk, which must do it or refuse it alike."""
        shown = {name: self.m.cases.index(one) if name == "into" else one for name, one in fields.items()}
        self.said(f"{who.word} {verb} {'' if case is None else case} {shown} {refused or ''}")
        self.people.now = self.m.now.replace(tzinfo=BEIJING)
        told = spoken(verb, fields, who)
        if "into" in told:
            told["into"] = self.ids[shown["into"]]
        if refused:
            self.m.said.clear()
        try:
            self.people.made += 1
            done = self.people.do(who.word, verb, None if case is None else self.ids[case], **told)
        except NotAllowed as no:
            assert refused, self.wrong(f"the desk refuses it: {no}")
            REPORT[f"refused {no.msgid}"] += 1
        else:
            assert not refused, self.wrong("the desk does it")
            REPORT[f"did {verb}"] += 1
            self.learn(verb, case, done)
        self.check(f"{who.word} {verb}")

    def learn(self, verb: str, case: int | None, done: Any) -> None:
        """What the model cannot know: new ids, and whether the seed drew a direct answer."""
        if verb == "register":
            self.ids.append(done.id)
        elif verb == "split":
            self.ids += [one.id for one in done]
        elif verb == "answer_directly" and case is not None and done.state == "visiting":
            assert not self.m.cases[case].anonymous
            self.m.was_sampled(self.m.cases[case])

    # Agreement.

    def check(self, about: str) -> None:
        """States and events agree."""
        with reading(self.desk.sessions) as session:
            query = select(Event.kind, func.count(), func.max(Event.id)).where(Event.id > self.events)
            fresh = session.execute(query.group_by(Event.kind)).all()
            found = stands(session, self.ids, self.units) if fresh else {}
        self.events = max([self.events, *(last for _, _, last in fresh)])
        kinds = Counter({kind: n for kind, n, _ in fresh})
        if kinds:
            self.said(f"  {about}: {dict(kinds)}")
        assert kinds == self.m.said, self.wrong(f"{about}: events {dict(kinds)}, the model: {dict(self.m.said)}")
        wanted = expected(self.m) if found else {}
        for subject, standing in found.items():
            assert standing == wanted[subject], self.wrong(
                f"{about}: {subject}\n  desk  {standing}\n  model {wanted[subject]}"
            )
            for one in standing:
                REPORT[f"{subject} {next(word for word in one if word in STATES[subject])}"] += 1

    def wrong(self, line: str) -> str:
        return "\n".join([*self.lines, line])

    # The way out.

    def leave(self) -> None:
        """Every row that has not come to an end is led out of its state, and on, until all have."""
        for _ in range(150):
            unfinished = self.m.unfinished()
            if not unfinished:
                return
            if not any(self.led_out(*one) for one in unfinished):
                before = self.m.now
                tomorrow = datetime.combine(self.m.today, datetime.min.time()) + timedelta(days=1, hours=9)
                self.go(tomorrow, last=OVER)
                assert self.m.now > before, self.wrong(f"no way out of {[(s, r.state) for s, r, _ in unfinished]}")
        raise AssertionError(self.wrong(f"no end to {[(s, r.state) for s, r, _ in self.m.unfinished()]}"))

    def led_out(self, subject: str, row: procedure.Row, case: rows.Case) -> bool:
        """Whether somebody could do what leads out of the row's state; it is done."""
        units = [one.unit for one in case.assignments if row in (one, *one.asks, *one.items)]
        units += [one.unit for one in case.assignments if row in [item.referral for item in one.items]]
        units += [case.lead.unit] if case.lead and not units else []
        for verb, roles, more in WAYS_OUT[subject, row.state]:
            for who in PEOPLE:
                if who.role not in roles or (who.unit and who.unit not in units):
                    continue
                named = verb in FIELDS and "unit" in FIELDS[verb](random.Random(0), self.m) and not who.unit
                fields = {**({"unit": units[0]} if named and units and verb != "instruct" else {}), **more}
                at = self.m.cases.index(case)
                before = [state for _, _, state in self.standing()]
                if self.allowed(who, verb, at, fields):
                    self.act(who, verb, at, fields, None)
                    assert [state for _, _, state in self.standing()] != before or verb in HALF_WAY
                    return True
        return False

    def standing(self) -> Iterator[tuple[str, int, str]]:
        for subject, row, _ in self.m.unfinished():
            yield subject, row.n, row.state


HALF_WAY = ("rule_on_review", "complete_referral", "open_paper", "record_statement")
"""What leads out of a state only with what comes next."""
STATES: dict[str, set[str]] = {
    subject: {state for name, state in WAYS_OUT if name == subject} | set(final)
    for subject, final in rows.FINAL.items()
} | {"reply": {"filed", "passed", "refused"}}  # fmt: skip


def furnish(desk: Desk) -> None:
    """The people, and a sample of every second direct answer."""
    People(desk).hire(*UNITS)
    since = START.replace(year=2000, tzinfo=BEIJING)
    with transaction(desk.sessions) as session:
        session.add(SlaRule(
            name="sample_in_ten", value="5", valid_from=since, reason="", changed_at=since, approved_at=since
        ))  # fmt: skip


_BAD: dict[str, Any] = {"reached": True, "good": False}
_HANDLED: tuple[tuple[str, str, dict[str, Any]], ...] = (("allocator", "allocate", {"unit": UNITS[0]}),)
_ROUND: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("head@WATER", "reply", {}), ("examiner", "examine", {"unit": UNITS[0], "passes": True}),
    ("visitor", "record_visit", _BAD), ("examiner#2", "review_responsibility", {"responsible": True}),
)  # fmt: skip
_FOUND: tuple[tuple[str, str, dict[str, Any]], ...] = (
    *_HANDLED, ("officer", "open_supervision", {"unit": UNITS[0]}), ("head@WATER", "feed_back", {}),
    ("officer", "draft_finding", {"unit": UNITS[0], "persons": ("WATER_staff",)}),
    ("supervision_head", "confirm_finding", {"unit": UNITS[0]}),
)  # fmt: skip
_ANSWERED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("head@WATER", "record_statement", {}),
    ("officer", "record_statement", {"unit": UNITS[0], "person": "WATER_staff"}),
    ("officer#2", "conclude", {"unit": UNITS[0]}), ("", "days", {"n": 1}),
)  # fmt: skip
_SEALED: tuple[tuple[str, str, dict[str, Any]], ...] = tuple(
    (word, verb, {"unit": UNITS[0]}) for word, verb in (
        ("officer#2", "complete_referral"), ("supervision_head", "review_referral"), ("leader", "open_paper"),
        ("leader", "approve_referral"), ("officer", "seal_referral"),
    )
)  # fmt: skip
BEGINNINGS: dict[str, tuple[tuple[str, str, dict[str, Any]], ...]] = {
    "registered": (),
    "handled": _HANDLED,
    "late": (*_HANDLED, ("", "days", {"n": 12})),
    "late with an assist": (
        ("allocator", "allocate", {"unit": UNITS[0], "assists": UNITS[1:]}), ("", "days", {"n": 12}),
    ),
    "a leader's, late": (
        *_HANDLED, ("leader", "instruct", {"due_on": date(2025, 6, 11)}), ("", "days", {"n": 4}),
    ),
    "in its last round": (*_HANDLED, *_ROUND, *_ROUND),
    "redo failed": (*_HANDLED, *_ROUND, *_ROUND, *_ROUND),
    "found": _FOUND,
    "concluded": (*_FOUND, *_ANSWERED),
    "sealed": (*_FOUND, *_ANSWERED, *_SEALED),
    "received": (
        *_FOUND, *_ANSWERED, *_SEALED, ("", "days", {"n": 4}), ("officer", "send_referral", {"unit": UNITS[0]}),
        ("officer", "record_receipt", {"unit": UNITS[0]}),
    ),
}  # fmt: skip
"""Where a walk begins: its first case is brought so far, that it may come where chance seldom leads."""


def begin(one: Walk, steps: Sequence[tuple[str, str, dict[str, Any]]]) -> None:
    """Register the first case and bring it to where the walk begins."""
    people = {who.word: who for who in PEOPLE}
    for word, verb, fields in (("operator", "register", {"kind": "help"}), *steps):
        if verb == "days":
            one.go(one.m.now + timedelta(days=fields["n"]))
            continue
        case = None if verb == "register" else 0
        assert one.allowed(people[word], verb, case, fields), one.wrong(f"the model refuses {word} {verb}")
        one.act(people[word], verb, case, fields, None)


def walk(desk: Desk, numbers: Sequence[int], beginning: str = "registered") -> None:
    """One walk on a desk of its own, and the way out of where it ends; the record is whole."""
    one = Walk(desk)
    begin(one, BEGINNINGS[beginning])
    for number in numbers:
        one.step(number)
    one.leave()
    with reading(desk.sessions) as session:
        assert verify(session, desk.key) == []


@pytest.fixture(scope="module")
def template(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("walk") / "desk.db"
    with sqlite_copy(sqlite_template, file) as desk:
        furnish(desk)
    return file


def steps(n: int) -> st.SearchStrategy[list[int]]:
    return st.lists(st.integers(0, 2**32), min_size=n, max_size=n + 20)


def walks(beginning: str, n: int, examples: int, run: Callable[[Callable[[Desk], None]], None]) -> None:
    """So many walks of so many steps, always the same ones; a failing one is made as short as may be, and told."""

    @settings(
        max_examples=examples, deadline=None, database=None, derandomize=True, print_blob=False,
        suppress_health_check=list(HealthCheck), phases=(Phase.generate, Phase.shrink),
    )  # fmt: skip
    @given(steps(n))
    def one(numbers: list[int]) -> None:
        note(f"steps: {numbers}")
        run(lambda desk: walk(desk, numbers, beginning))

    one()


@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_walk_agrees_with_the_procedure_and_every_state_has_a_way_out(
    template: Path, tmp_path: Path, beginning: str
) -> None:
    def run(do: Callable[[Desk], None]) -> None:
        with sqlite_copy(template, tmp_path / "walk.db") as desk:
            do(desk)

    walks(beginning, 30, 2, run)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_long_walks_agree_with_the_procedure(template: Path, tmp_path: Path, beginning: str) -> None:
    def run(do: Callable[[Desk], None]) -> None:
        with sqlite_copy(template, tmp_path / "walk.db") as desk:
            do(desk)

    walks(beginning, 80, 15, run)


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_walks_agree_with_the_procedure_on_postgresql(
    postgres: PostgresCluster, postgres_template: str, beginning: str
) -> None:
    name = f"walk_{list(BEGINNINGS).index(beginning)}"
    with postgres_copy(postgres, postgres_template, name) as desk:
        furnish(desk)
        desk.engine.dispose()

        def run(do: Callable[[Desk], None]) -> None:
            with postgres_copy(postgres, name, f"{name}_copy") as copy:
                do(copy)

        walks(beginning, 50, 3, run)


def test_a_walk_that_disagrees_is_seen(template: Path, tmp_path: Path) -> None:
    """The comparison itself: a model that forgets a row, a state or an event does not agree."""
    with sqlite_copy(template, tmp_path / "walk.db") as desk:
        one = Walk(desk)
        begin(one, BEGINNINGS["handled"])
        lead = one.m.cases[0].assignments[0]
        one.m.said.clear()
        one.m.say("assignment.signed")
        with pytest.raises(AssertionError, match="events"):
            one.check("an event too many")
        lead.state = "signed"
        with pytest.raises(AssertionError, match="the desk refuses it"):
            one.act(PEOPLE[0], "allocate", 0, {"unit": UNITS[0]}, None)
        with pytest.raises(AssertionError, match="assignment"):
            begin(one, ())


NAMES = {"request": "ask", "supervision": "item"}
"""What the model calls a subject of the desk's by another name."""


def test_the_model_knows_every_state_of_the_desk_and_a_way_out_of_each_that_is_not_final() -> None:
    for subject, states in MAY_BECOME.items():
        if subject == "reply":
            continue
        name = NAMES.get(subject, subject)
        named = {state for state in states if state is not None}
        open_ones = {state for known, state in WAYS_OUT if known == name}
        assert open_ones | set(rows.FINAL[name]) == named, subject
        assert not open_ones & set(rows.FINAL[name]), subject


def test_a_final_state_is_final_at_the_desk_or_waits_for_what_others_do() -> None:
    """A closed case may be reopened, a visit amended, a reminder opened again, a merged case take over: none has to."""
    may_go_on = {
        ("case", "closed"), ("case", "merged"), ("visit", "done"), ("visit", "unreachable"), ("reminder", "satisfied"),
    }  # fmt: skip
    going_on = {
        (NAMES.get(subject, subject), state)
        for subject, states in MAY_BECOME.items() for state, follow in states.items()
        if follow and state in rows.FINAL.get(NAMES.get(subject, subject), ())
    }  # fmt: skip
    assert going_on == may_go_on
