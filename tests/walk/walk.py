"""One walk: the desk and the model side by side, step by step, and the way out of where it ends."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from app.database import reading, transaction
from app.ledger import verify
from app.models import OFFICE_CHAIN, Event, SlaRule, Supervision, Unit
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING
from app.story.theatre.cast import actor_named
from tests.databases import Desk
from tests.people import People
from tests.walk.model import PEOPLE, STAND_INS, UNITS, WAYS_OUT, WHO_MAY, Model
from tests.walk.rows import Case, Item, Person, Row
from tests.walk.said import Refused
from tests.walk.standing import STATES, expected, stands
from tests.walk.steps import BEGINNINGS, FIELDS, WEIGHTS, spoken

START, LAST, OVER = datetime(2025, 6, 9, 9), datetime(2025, 7, 31), datetime(2025, 8, 20)  # noqa: DTZ001
"""From a Monday on; what starts on the last day of a walk, or on the way out of it, ends before the
next holiday."""
MOST_CASES = 3
REPORT: Counter[str] = Counter()
"""What the walks of this process did: verbs done and refused, states reached."""
HALF_WAY = ("rule_on_review", "complete_referral", "open_paper", "record_statement")
"""What leads out of a state only with what comes next."""


class Walk:
    """One walk: the desk and the model side by side."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.m = desk, Model(START)
        self.people = People(desk)
        self.people.know(*(who.word for who in (*PEOPLE, *STAND_INS)))
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
        """Minutes, hours, to the last minute of a day or the first of the next, days, weeks - or an
        outage."""
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

    def draw(self, rng: random.Random) -> tuple[Person, str, int | None, dict[str, Any]]:
        verb = rng.choices(list(WEIGHTS), WEIGHTS.values())[0]
        fitting = [who for who in PEOPLE if who.role in WHO_MAY[verb]]
        who = rng.choice(fitting if rng.random() < 0.95 else PEOPLE)
        case = None if verb == "register" else rng.randrange(len(self.m.cases))
        fields = FIELDS[verb](rng, self.m) if verb in FIELDS else {}
        if who.unit:
            fields = {
                name: value for name, value in fields.items() if name not in ("unit", "person")
            }
        return who, verb, case, fields

    def step(self, number: int) -> None:
        """One step, told by a number: time, or a verb - one that the model allows, more often than
        not."""
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

    def allowed(self, who: Person, verb: str, case: int | None, fields: dict[str, Any]) -> bool:
        """Whether the model allows it; if so it is done there."""
        try:
            self.m.do(who, verb, None if case is None else self.m.cases[case], **fields)
        except Refused:
            return False
        return True

    def act(
        self, who: Person, verb: str, case: int | None, fields: dict[str, Any], refused: str | None
    ) -> None:
        """The same at the desk, which must do it or refuse it alike."""
        shown = {
            name: self.m.cases.index(one) if name == "into" else one for name, one in fields.items()
        }
        self.said(f"{who.word} {verb} {'' if case is None else case} {shown} {refused or ''}")
        self.people.now = self.m.now.replace(tzinfo=BEIJING)
        told = spoken(verb, fields, who)
        if "into" in told:
            told["into"] = self.ids[shown["into"]]
        if refused:
            self.m.said.clear()
        elif case is not None and self.m.meant is not None:
            told["item"] = self.item_id(case, self.m.meant)
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

    def item_id(self, case: int, item: Item) -> int:
        """The desk's id of an item of the model: both count a case's items in the order in which
        they arose."""
        query = (
            select(Supervision.id)
            .where(Supervision.case_id == self.ids[case])
            .order_by(Supervision.id)
        )
        with reading(self.desk.sessions) as session:
            ids = session.scalars(query).all()
        return ids[self.m.cases[case].items.index(item)]

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
            query = select(Event.kind, func.count(), func.max(Event.id)).where(
                Event.id > self.events
            )
            # Beside what cases go through the model knows nothing: neither months nor who has an
            # account.
            beside = (
                *("report.drafted", "centre.overdue", "record.sealed", "clock.moved"),
                "signing.registered",
            )
            query = query.where((Event.chain != OFFICE_CHAIN) | Event.kind.not_in(beside))
            # Papers that go with what the model knows, and the prints of them.
            query = query.where(Event.kind.not_in(("instruction.issued", "paper.made")))
            fresh = session.execute(query.group_by(Event.kind)).all()
            found = stands(session, self.ids, self.units) if fresh else {}
        self.events = max([self.events, *(last for _, _, last in fresh)])
        kinds = Counter({kind: n for kind, n, _ in fresh})
        if kinds:
            self.said(f"  {about}: {dict(kinds)}")
        assert kinds == self.m.said, self.wrong(
            f"{about}: events {dict(kinds)}, the model: {dict(self.m.said)}"
        )
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
                tomorrow = datetime.combine(self.m.today, datetime.min.time()) + timedelta(
                    days=1, hours=9
                )
                self.go(tomorrow, last=OVER)
                assert self.m.now > before, self.wrong(
                    f"no way out of {[(s, r.state) for s, r, _ in unfinished]}"
                )
        raise AssertionError(
            self.wrong(f"no end to {[(s, r.state) for s, r, _ in self.m.unfinished()]}")
        )

    def led_out(self, subject: str, row: Row, case: Case) -> bool:
        """Whether somebody could do what leads out of the row's state; it is done."""
        units = [one.unit for one in case.assignments if row in (one, *one.asks, *one.items)]
        units += [
            one.unit for one in case.assignments if row in [item.referral for item in one.items]
        ]
        units += [case.lead.unit] if case.lead and not units else []
        for verb, roles, more in WAYS_OUT[subject, row.state]:
            for who in (*PEOPLE, *STAND_INS):
                if who.role not in roles or (who.unit and who.unit not in units):
                    continue
                named = (
                    verb in FIELDS
                    and "unit" in FIELDS[verb](random.Random(0), self.m)
                    and not who.unit
                )
                fields = {
                    **({"unit": units[0]} if named and units and verb != "instruct" else {}),
                    **more,
                }
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


def furnish(desk: Desk) -> None:
    """The people, and a sample of every second direct answer."""
    People(desk).hire(*UNITS)
    since = START.replace(year=2000, tzinfo=BEIJING)
    with transaction(desk.sessions) as session:
        for who in STAND_INS:
            actor_named(session, who.word)
        session.add(
            SlaRule(
                name="sample_in_ten",
                value="5",
                valid_from=since,
                reason="",
                changed_at=since,
                approved_at=since,
            )
        )


def begin(one: Walk, steps: Sequence[tuple[str, str, dict[str, Any]]]) -> None:
    """Register the first case and bring it to where the walk begins."""
    people = {who.word: who for who in PEOPLE}
    for word, verb, fields in (("operator", "register", {"kind": "help"}), *steps):
        if verb == "days":
            one.go(one.m.now + timedelta(days=fields["n"]))
            continue
        case = None if verb == "register" else 0
        assert one.allowed(people[word], verb, case, fields), one.wrong(
            f"the model refuses {word} {verb}"
        )
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
