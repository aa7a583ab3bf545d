"""Offices whose figures are counted twice: drawn by a number, played by people and the bot, with every
outcome that a figure tells apart; and what they come to, in plain SQL written apart from the desk's own
counting."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from app.database import Sessions, transaction
from app.models import Category
from app.story.theatre.cast import unit_named
from app.story.theatre.player import perform_story
from app.story.theatre.stories import Story

UNITS = ("WATER", "HOUSING", "PARKS", "DALIUTA", "JINJIE")
TOWNS = {"DALIUTA": "大柳塔", "JINJIE": "锦界"}
"""The units that are townships, and what a place in them says."""
HOSTILE = "=1+1<b>&'\"市容"
CATEGORIES = ("供水", "路面", "供热", HOSTILE)
CHANNELS = ("phone", "wechat", "web", "mailbox")
PLACES = ("大柳塔镇前山村", "锦界镇工业园", "滨河路", "东兴街")
Step = dict[str, Any]


def _at(day: date, hour: int) -> str:
    return f"{day.isoformat()} {hour:02}:00"


class Drawn:
    """What becomes of one case, drawn by dice: its steps."""

    def __init__(self, dice: random.Random, letter: str, day: date) -> None:
        self.dice, self.letter, self.day = dice, letter, day
        self.unit = dice.choice(UNITS)
        self.steps: list[Step] = []

    def does(self, days: int, hour: int, who: str, verb: str, **fields: Any) -> None:
        """Somebody does something so many days after the last step."""
        self.day += timedelta(days=days)
        step = {"at": _at(self.day, hour), "as": who, "do": verb, "case": self.letter}
        self.steps.append({**step, **fields})

    def drawn(self) -> list[Step]:
        """All its steps."""
        dice = self.dice
        self.does(
            0,
            9,
            "operator",
            "register",
            kind=dice.choice(("help", "complaint", "consultation", "suggestion")),
            category=dice.choice(CATEGORIES),
            channel=dice.choice(CHANNELS),
            place=dice.choice(PLACES),
            confidential=dice.random() < 0.1,
        )
        if dice.random() < 0.15:
            self.does(0, 10, "operator", "answer_directly")
            return self.steps
        self.does(0, 10, "allocator", "allocate", unit=self.unit)
        self._handled()
        return self.steps

    def _handled(self) -> None:
        dice, head, staff = self.dice, f"head@{self.unit}", f"staff@{self.unit}"
        if dice.random() < 0.6:
            self.does(dice.randint(0, 2), 11, staff, "sign_for")
        if dice.random() < 0.15:
            self.does(0, 12, head, "request_return")
            accepted = dice.random() < 0.5
            self.does(1, 9, "allocator", "rule_on_return", accept=accepted)
            if accepted:
                return
        if dice.random() < 0.1:
            return
        if dice.random() < 0.25:
            self.does(dice.randint(1, 9), 10, "operator", "contact", kind="repeat")
        self.does(dice.randint(0, 9), 11, head, "reply")
        self.does(dice.randint(0, 1), 15, "examiner", "examine", passes=dice.random() < 0.85)
        if not self.steps[-1]["passes"]:
            if dice.random() < 0.5:
                return
            self.does(1, 11, head, "reply")
            self.does(0, 15, "examiner", "examine", passes=True)
        self._visited()

    def _visited(self) -> None:
        dice = self.dice
        if dice.random() < 0.1:
            for days, hour in ((1, 10), (0, 15), (1, 10)):
                self.does(days, hour, "visitor", "record_visit", reached=False)
            return
        satisfied = dice.choice(("satisfied", "satisfied", "basically", "dissatisfied", "declined"))
        self.does(
            1,
            16,
            "visitor",
            "record_visit",
            truth=dice.choice(("proven", "proven", "partly", "untrue")),
            solved=dice.choice(("solved", "partly", "unsolved", "unreasonable")),
            satisfied=satisfied,
            contacted_by_unit=dice.random() < 0.8,
        )
        if satisfied == "dissatisfied" or self.steps[-1]["truth"] == "untrue":
            responsible = dice.random() < 0.6
            more = {} if responsible else {"excluded_as": "law"}
            self.does(
                1, 11, "examiner", "review_responsibility", unit_responsible=responsible, **more
            )
            if responsible and dice.random() < 0.7:
                self.does(2, 11, f"head@{self.unit}", "reply")


def played(sessions: Sessions, seed: int, first: date, days: int, cases: int) -> None:
    """Play an office of some days with a sweep every morning; what a rule refuses is left out."""
    dice = random.Random(seed)
    with transaction(sessions) as session:
        session.add_all([Category(name=name) for name in CATEGORIES])
        for code in UNITS:
            unit_named(session, code).area = TOWNS.get(code, "")
    steps = [
        step
        for n in range(cases)
        for step in Drawn(dice, f"K{n}", first + timedelta(days=dice.randrange(days))).drawn()
    ]
    last = first + timedelta(days=days)
    steps = [step for step in steps if step["at"] < _at(last, 0)]
    steps.sort(key=lambda step: (step["at"], step["case"]))
    mornings = [first + timedelta(days=n) for n in range(days + 1)]
    story = Story(Path("drawn"), steps, mornings, {}, {}, [], [])
    _, lines = perform_story(sessions, story)
    wrong = [line for line in lines if line.startswith("!") and "refused" not in line]
    assert wrong == []


_REFUSED_NOT = "r.state <> 'refused'"
_NOT_EXCLUDED = (
    "NOT EXISTS (SELECT 1 FROM responsibility q WHERE q.case_id = v.case_id AND q.round = v.round "
    "AND q.excluded_as IS NOT NULL AND q.id = (SELECT max(p.id) FROM responsibility p WHERE "
    "p.case_id = v.case_id AND p.round = v.round)) AND NOT (c.round = v.round AND c.excluded_as IS "
    "NOT NULL)"
)
_LEAD = (
    "(SELECT l.unit_id FROM assignment l WHERE l.case_id = v.case_id AND l.role = 'lead' AND "
    "l.state = 'accepted' AND l.ended_at <= v.planned_at ORDER BY l.id DESC LIMIT 1)"
)
_VISITS = (
    "FROM visit v JOIN hotline_case c ON c.id = v.case_id WHERE {v.ended_at} AND v.state = 'done'"
)
_ALLOCATED = "FROM assignment a WHERE {a.allocated_at} AND NOT (a.state = 'cancelled' AND a.signed_at IS NULL)"
_DUE = (
    "FROM assignment a WHERE a.due_at > '{start}' AND a.due_at <= '{end}' AND a.state <> 'returned' "
    "AND NOT (a.state = 'cancelled' AND a.ended_at <= a.due_at)"
)
_IN_TIME = (
    f"EXISTS (SELECT 1 FROM reply r WHERE r.assignment_id = a.id AND {_REFUSED_NOT} "
    "AND r.late = false)"
)
_OPEN = (
    "FROM assignment a WHERE a.allocated_at < '{end}' AND (a.state NOT IN ('returned', 'cancelled', "
    "'accepted') OR a.ended_at >= '{end}') AND NOT EXISTS (SELECT 1 FROM reply r WHERE "
    f"r.assignment_id = a.id AND {_REFUSED_NOT} AND r.filed_at < '{{end}}')"
)
_TALKED = (
    "(SELECT w.contacted_by_unit FROM visit_record w WHERE w.visit_id = v.id AND w.reached = true "
    "ORDER BY w.attempt DESC, w.version DESC LIMIT 1)"
)
_SIGNED = "a.signed_at IS NOT NULL AND (a.sign_at IS NULL OR a.sign_at > a.signed_at)"
_UNSURE = (
    "a.signed_at IS NULL AND (a.state = 'return_pending' OR (a.state = 'allocated' AND "
    "a.sign_at > '{now}'))"
)
PLAIN: dict[str, tuple[str, str]] = {
    "received": (
        "SELECT c.lead_unit_id, count(*) FROM hotline_case c WHERE {c.registered_at}",
        "SELECT c.lead_unit_id, count(*) FROM contact k LEFT JOIN hotline_case c ON c.id = "
        "coalesce(k.counts_on_id, k.case_id) WHERE {k.entered_at}",
    ),
    "workload": (f"SELECT a.unit_id, count(*) {_ALLOCATED}", ""),
    "signing": (
        f"SELECT a.unit_id, count(*) {_ALLOCATED} AND a.state <> 'returned' AND {_SIGNED}",
        f"SELECT a.unit_id, count(*) {_ALLOCATED} AND a.state <> 'returned' AND NOT ({_UNSURE})",
    ),
    "response": (
        f"SELECT {_LEAD}, count(*) {_VISITS} AND {_TALKED} = true",
        f"SELECT {_LEAD}, count(*) {_VISITS} AND {_TALKED} IS NOT NULL",
    ),
    "timely": (
        f"SELECT a.unit_id, count(*) {_DUE} AND {_IN_TIME}",
        f"SELECT a.unit_id, count(*) {_DUE}",
    ),
    "satisfaction": (
        f"SELECT {_LEAD}, count(*) {_VISITS} AND v.satisfied IN ('satisfied', 'basically') AND "
        f"{_NOT_EXCLUDED}",
        f"SELECT {_LEAD}, count(*) {_VISITS} AND v.satisfied IN ('satisfied', 'basically', "
        f"'dissatisfied') AND {_NOT_EXCLUDED}",
    ),
    "solving": (
        f"SELECT {_LEAD}, count(*) {_VISITS} AND v.solved = 'solved'",
        f"SELECT {_LEAD}, count(*) {_VISITS} AND v.solved IS NOT NULL",
    ),
    "returning": (
        f"SELECT a.unit_id, count(*) {_ALLOCATED} AND a.state = 'returned'",
        f"SELECT a.unit_id, count(*) {_ALLOCATED}",
    ),
    "redoing": (
        "SELECT a.unit_id, count(*) FROM assignment a WHERE {a.allocated_at} AND a.round > 1 AND "
        "a.role = 'lead'",
        f"SELECT r.unit_id, count(*) FROM reply r WHERE {{r.filed_at}} AND {_REFUSED_NOT}",
    ),
    "unmet": (
        f"SELECT a.unit_id, count(*) {_DUE} AND NOT {_IN_TIME}",
        f"SELECT a.unit_id, count(*) {_DUE}",
    ),
    "answered": (
        f"SELECT r.unit_id, count(*) FROM reply r WHERE {{r.filed_at}} AND {_REFUSED_NOT}",
        "",
    ),
    "open": (f"SELECT a.unit_id, count(*) {_OPEN}", ""),
    "overdue": (
        f"SELECT a.unit_id, count(*) {_OPEN} AND a.due_at <= '{{end}}'",
        f"SELECT a.unit_id, count(*) {_OPEN}",
    ),
    "reminders": (
        "SELECT m.unit_id, count(*) FROM reminder m WHERE {m.issued_at} AND m.state <> 'void'",
        "",
    ),
    "lapsed": (
        "SELECT m.unit_id, count(*) FROM reminder m WHERE {m.lapsed_at} AND m.in_error = false",
        "SELECT m.unit_id, count(*) FROM reminder m WHERE {m.issued_at} AND m.state <> 'void'",
    ),
    "listed": (
        "SELECT s.unit_id, count(*) FROM supervision s WHERE s.listed_on >= '{first}' AND "
        "s.listed_on <= '{last}' AND s.struck_at IS NULL",
        "",
    ),
    "supervised": (
        "SELECT s.unit_id, count(*) FROM supervision s WHERE {s.opened_at}",
        "SELECT s.unit_id, count(*) FROM supervision s WHERE s.listed_on >= '{first}' AND "
        "s.listed_on <= '{last}' AND s.struck_at IS NULL",
    ),
    "found": ("SELECT s.unit_id, count(*) FROM supervision s WHERE {s.confirmed_at}", ""),
    "referred": ("SELECT f.unit_id, count(*) FROM referral f WHERE {f.sent_at}", ""),
    "repeats": (
        "SELECT c.lead_unit_id, count(*) FROM contact k JOIN hotline_case c ON c.id = "
        "k.counts_on_id WHERE {k.entered_at}",
        "SELECT c.lead_unit_id, count(*) FROM contact k LEFT JOIN hotline_case c ON c.id = "
        "coalesce(k.counts_on_id, k.case_id) WHERE {k.entered_at}",
    ),
    "closed": (
        "SELECT c.lead_unit_id, count(*) FROM hotline_case c WHERE c.state = 'closed' AND "
        "{c.closed_at}",
        "",
    ),
    "suggestions": (
        "SELECT c.lead_unit_id, count(*) FROM suggestion g JOIN hotline_case c ON c.id = g.case_id "
        "WHERE g.kept = true AND {g.screened_at}",
        "",
    ),
}
"""measure -> per unit how many, and of how many: by unit, `None` for what no unit did."""


class _Between:
    """In `{a.allocated_at}`: that the moment lies between two others."""

    def __init__(self, table: str, start: str, end: str) -> None:
        self.table, self.start, self.end = table, start, end

    def __getattr__(self, column: str) -> str:
        name = f"{self.table}.{column}"
        return f"{name} >= '{self.start}' AND {name} < '{self.end}'"


def plain_counts(
    session: Session, first: date, last: date, now: datetime
) -> dict[str, dict[int, tuple[int, int]]]:
    """measure -> unit (0: none) -> (how many, of how many), of the days first..last."""
    start, end = (f"{day} 00:00:00.000000" for day in (first, last + timedelta(days=1)))
    given: dict[str, Any] = {name: _Between(name, start, end) for name in "acfgkmrsvw"}
    given |= {"start": start, "end": end, "first": first, "last": last}
    given["now"] = now.strftime("%Y-%m-%d %H:%M:%S.000000")

    def counted(query: str) -> dict[int, int]:
        if not query:
            return {}
        rows = session.execute(text(query.format(**given) + " GROUP BY 1"))
        return {unit or 0: n for unit, n in rows}

    found: dict[str, dict[int, tuple[int, int]]] = {}
    for measure, (top, of) in PLAIN.items():
        tops, ofs = counted(top), counted(of)
        found[measure] = {
            unit: (tops.get(unit, 0), ofs.get(unit, 0)) for unit in tops.keys() | ofs.keys()
        }
    return found
