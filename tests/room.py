"""The supervision room at work: one case, from a notice opened by hand to a referral with its
outcome, step by step."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

from app.database import transaction
from app.models import (
    NamedPerson,
    Referral,
    SlaRule,
    Supervision,
    Unit,
    UnitPost,
    Visit,
    VisitRecord,
)
from app.story.theatre.cast import actor_named, unit_named
from tests.databases import Desk
from tests.office import Office, moment

STEPS: tuple[tuple[str, str, str, dict[str, Any]], ...] = (
    ("2025-06-09 09:00", "operator", "register", {"kind": "help", "complex": True}),
    ("2025-06-09 09:10", "allocator", "allocate", {"unit": "WATER"}),
    ("2025-06-09 10:00", "staff@WATER", "sign_for", {}),
    ("2025-06-09 10:30", "officer", "open_supervision", {"workdays": 3}),
    ("2025-06-09 15:00", "head@WATER", "feed_back", {}),
    (
        "2025-06-10 09:00",
        "officer",
        "draft_finding",
        {"finding": "perfunctory", "persons": ["WATER_head"]},
    ),
    ("2025-06-10 10:00", "supervision_head", "confirm_finding", {}),
    ("2025-06-10 11:00", "head@WATER", "record_statement", {}),
    ("2025-06-10 15:00", "officer", "conclude", {}),
    ("2025-06-11", "bot", "draft", {}),
    ("2025-06-11 10:00", "officer", "complete_referral", {}),
    ("2025-06-11 11:00", "supervision_head", "review_referral", {}),
    ("2025-06-11 14:00", "leader", "open_paper", {}),
    ("2025-06-11 15:00", "leader", "approve_referral", {}),
    ("2025-06-12 10:00", "officer", "seal_referral", {}),
    ("2025-06-16 09:00", "officer", "send_referral", {}),
    ("2025-06-17 10:00", "officer", "record_receipt", {}),
    ("2025-06-18 10:00", "committee", "record_outcome", {"outcome": "result"}),
)
"""When, who, what: due 2025-06-30, sent by 2025-07-01, a review to be asked for by 2025-06-13. No
rest day but the 14th and 15th."""
ORDER = [verb for _, _, verb, _ in STEPS]


class Room(Office):
    """An office whose case A goes through the room."""

    def __init__(self, desk: Desk) -> None:
        super().__init__(desk)
        self.done = 0

    def to(self, verb: str, **changed: Any) -> None:
        """Go on up to a verb, that included; `changed` are fields of that verb, or `at` and
        `who`."""
        last = ORDER.index(verb)
        for place in range(self.done, last + 1):
            at, who, what, fields = STEPS[place]
            more = dict(changed) if place == last else {}
            at, who = more.pop("at", at), more.pop("who", who)
            if what == "draft":
                self.sweep(at)
            else:
                self.do(at, who, what, "A", **{**fields, **more})
        self.done = last + 1

    @property
    def item(self) -> Supervision:
        """The newest item of the case."""
        return self.items("A")[-1]

    @property
    def referral(self) -> Referral:
        """The newest referral of the case."""
        return self.row(Referral, case_id=self.id("A"))

    def named(self) -> list[NamedPerson]:
        """The persons whom the finding names."""
        return self.rows(NamedPerson, supervision_id=self.item.id)

    def visit(self, case: str = "A") -> Visit:
        """The newest visit of a caller."""
        return self.row(Visit, caller_case_id=self.id(case))

    def records(self, case: str = "A") -> list[VisitRecord]:
        """The records of a caller's newest visit."""
        return self.rows(VisitRecord, visit_id=self.visit(case).id)

    def post(self, person: str, post: str, first: str, last: str | None = None, **more: Any) -> int:
        """A person's time in a post of the Water bureau (or of `unit`), with an account where
        `user` names one."""
        user, unit = more.pop("user", None), more.pop("unit", "WATER")
        with transaction(self.desk.sessions) as session:
            row = UnitPost(
                unit_id=unit_named(session, unit).id,
                person=person,
                post=post,
                from_on=date.fromisoformat(first),
                to_on=date.fromisoformat(last) if last else None,
                user_id=actor_named(session, user).id if user else None,
                **more,
            )
            session.add(row)
            session.flush()
            return row.id

    def number(self, name: str, value: int) -> None:
        """Another value for one of the office's numbers, in force before anything happens."""
        since = moment("2025-01-01 00:00")
        with transaction(self.desk.sessions) as session:
            session.add(
                SlaRule(
                    name=name,
                    value=json.dumps(value),
                    valid_from=since,
                    reason="",
                    changed_at=since,
                    approved_at=since,
                )
            )

    def dissolve(self, at: str, unit: str, successor: str) -> Unit:
        """A unit is dissolved into another."""
        self.unit(unit)
        done: Unit = self.do(at, "it_admin", "succeed_unit", unit=unit, successor=successor)
        return done
