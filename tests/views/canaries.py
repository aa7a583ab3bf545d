"""An office of three units in which every free text carries a word of the unit that it belongs to:
whoever of a unit reads another unit's word has read what is not his.

Five cases a unit: 1 goes through the supervision room to a sealed dossier, 2 is visited and handled
again, 3 is late, reminded, listed and confidential, 4 is a suggestion with requests, 5 a leader's
matter.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy import select, update

from app import files
from app.channels.line import Network
from app.channels.sheets import rows_of
from app.database import transaction
from app.models import Draft, Notice, SlaRule, UnitPost
from app.rules.workdays import sweep_on
from app.stages.inbox import arrive
from app.stages.inbox.sheets import checked, take_in
from app.story.theatre.cast import actor_named, unit_named
from jobs.outbox import Post, channels
from tests.databases import Desk
from tests.office import Office, moment

WORDS = {"WATER": "QZwaterZQ", "HOUSING": "QZhousingZQ", "ROADS": "QZroadsZQ"}
"""unit -> the word that all its texts carry."""
CALLER = "秘不示人"
"""The name with which every confidential caller's begins."""
LIAISON = "13800138077"
"""The number of a unit's liaison."""
NOW = moment("2025-06-20 10:00")
_WHO = (
    "operator",
    "allocator",
    "examiner",
    "visitor",
    "officer",
    "supervision_head",
    "leader",
    "centre_head",
)

STEPS: tuple[tuple[str, str, str, int, dict[str, Any]], ...] = (
    (
        "06-09 09:00",
        "operator",
        "register",
        1,
        {
            "kind": "help",
            "complex": True,
            "place": "{}一号楼",
            "demand": "{}诉求",
            "complained_person": "{}科长",
        },
    ),
    (
        "06-09 09:00",
        "operator",
        "register",
        2,
        {"kind": "consultation", "repeat_check": "{}查重", "place": "{}"},
    ),
    (
        "06-09 09:00",
        "operator",
        "register",
        3,
        {"kind": "consultation", "confidential": True, "place": "{}"},
    ),
    ("06-09 09:00", "operator", "register", 4, {"kind": "suggestion", "demand": "{}"}),
    (
        "06-09 09:00",
        "operator",
        "register",
        5,
        {"kind": "complaint", "place": "{}", "suggestion": True},
    ),
    ("06-09 09:10", "allocator", "allocate", 1, {"unit": "UNIT"}),
    ("06-09 09:10", "allocator", "allocate", 2, {"unit": "UNIT"}),
    ("06-09 09:10", "allocator", "allocate", 3, {"unit": "UNIT"}),
    ("06-09 09:10", "allocator", "allocate", 4, {"unit": "UNIT"}),
    ("06-09 09:12", "allocator", "submit", 5, {"reason": "{}无明确承办单位"}),
    (
        "06-09 09:20",
        "leader",
        "instruct",
        5,
        {"unit": "UNIT", "leader": {"text": "{}请速办", "name": "{}县长"}},
    ),
    ("06-09 10:00", "staff", "sign_for", 1, {}),
    ("06-09 10:00", "staff", "sign_for", 2, {}),
    ("06-09 10:10", "head", "request_return", 4, {"reason": "{}不属本单位职责"}),
    (
        "06-09 10:30",
        "officer",
        "open_supervision",
        1,
        {"workdays": 3, "requirement": "{}限期办结", "reason": "{}"},
    ),
    (
        "06-09 11:00",
        "staff",
        "draft_reply",
        2,
        {
            "opinion": "{}" + "经核查属实，已责成整改并安排专人跟进。",
            "handling": "{}内部办理",
            "evidence": "{}照片",
            "step_on": date(2025, 6, 12),
            "solved": True,
            "found_true": True,
            "contacted": True,
            "next_step": "{}安排施工队处理",
            "public_answer": "{}已处理",
        },
    ),
    ("06-09 13:00", "head", "request_extension", 2, {"workdays": 2, "reason": "{}等待配件"}),
    ("06-09 14:00", "head", "reply", 2, {"draft": True}),
    ("06-09 15:00", "head", "feed_back", 1, {"words": "{}已整改"}),
    ("06-09 16:00", "allocator", "rule_on_return", 4, {"accept": False, "words": "{}属你单位职责"}),
    (
        "06-10 09:00",
        "officer",
        "draft_finding",
        1,
        {"finding": "perfunctory", "persons": ["UNIT_head"], "words": "{}逾期未办"},
    ),
    ("06-10 09:30", "examiner", "examine", 2, {"passes": True, "words": "{}"}),
    ("06-10 10:00", "supervision_head", "confirm_finding", 1, {}),
    ("06-10 10:20", "head", "request_extension", 4, {"workdays": 3, "reason": "{}材料未到"}),
    ("06-10 11:00", "head", "record_statement", 1, {"words": "{}单位陈述"}),
    (
        "06-10 14:00",
        "visitor",
        "record_visit",
        2,
        {
            "satisfied": "dissatisfied",
            "solved": "unsolved",
            "truth": "partly",
            "words": "{}没修好",
            "evidence": "{}",
            "why": "result",
        },
    ),
    ("06-10 15:00", "officer", "conclude", 1, {"conclusion": "{}结论"}),
    (
        "06-11 09:00",
        "examiner",
        "review_responsibility",
        2,
        {"unit_responsible": True, "grounds": "{}属承办单位责任"},
    ),
    ("06-11 10:00", "officer", "complete_referral", 1, {"report": "{}报告", "proposal": "{}建议"}),
    ("06-11 11:00", "supervision_head", "review_referral", 1, {}),
    (
        "06-11 11:30",
        "staff",
        "draft_reply",
        2,
        {"opinion": "{}二次办理意见，已责成科室整改。", "public_answer": "{}"},
    ),
    ("06-11 11:40", "staff", "draft_extension", 5, {"workdays": 3, "reason": "{}草拟延期"}),
    ("06-11 14:00", "leader", "open_paper", 1, {}),
    ("06-11 15:00", "leader", "approve_referral", 1, {}),
    (
        "06-11 15:30",
        "head",
        "explain",
        5,
        {
            "words": "{}" + "因配件缺货施工受阻，现已协调厂家调货并排定工期。",
            "promised_on": date(2025, 6, 20),
        },
    ),
    ("06-12 10:00", "officer", "seal_referral", 1, {}),
    ("06-13 09:00", "operator", "contact", 3, {"kind": "repeat", "words": "{}来电称仍未解决"}),
    ("06-16 09:00", "officer", "send_referral", 1, {}),
    ("06-17 10:00", "officer", "record_receipt", 1, {}),
    ("06-18 10:00", "committee", "record_outcome", 1, {"outcome": "accepted", "words": "{}已受理"}),
    (
        "06-19 09:00",
        "officer",
        "open_supervision",
        3,
        {"ground": "repeated", "workdays": 3, "requirement": "{}限期"},
    ),
    (
        "06-19 09:10",
        "head",
        "name_substitute",
        1,
        {"substitute": "UNIT_staff", "from_on": date(2025, 7, 28), "to_on": date(2025, 7, 31)},
    ),
    ("06-19 09:30", "centre_head", "screen_suggestion", 4, {"keep": True, "words": "{}可采纳"}),
)
"""When, who (`staff`, `head`: of the unit), what, on which of the unit's cases; `{}` is the unit's
word."""


class Canaries(Office):
    """The office; `ids` has each unit's cases as `UNIT1` ... `UNIT5`."""

    def __init__(self, desk: Desk, data: Path) -> None:
        super().__init__(desk)
        self.data = data

    def play(self) -> None:
        """Let everything happen, from 9 to 20 June 2025."""
        self._posts()
        day = ""
        for at, who, verb, case, fields in STEPS:
            if at[:5] != day:
                self._days(day or "06-08", at[:5])
                day = at[:5]
            for unit in WORDS:
                self._step(f"2025-{at}", who, verb, unit, case, fields)
        for unit in WORDS:
            self._files(unit)
            self._message(unit)
        self._sheet()
        server = {"host": "imap.example.org", "login": f"{CALLER}@example.org"}
        self.do(
            "2025-06-19 16:30",
            "it_admin",
            "set_mailbox",
            mailbox="信箱",
            mailbox_password="密",
            **server,
        )
        self._days(day, "06-20")
        self.do("2025-06-20 09:00", "it_admin", "add_category", name="供水")
        self.do(
            "2025-06-20 09:00", "it_admin", "change_setting", name="office", value="神木市12345热线"
        )
        new = {"username": "operator_9", "first_name": "李敏", "roles": ["operator"]}
        self.do("2025-06-20 09:00", "it_admin", "add_user", **new)
        self.do(
            "2025-06-20 09:00",
            "it_admin",
            "load_calendar",
            days={date(2027, 1, 4): "rest"},
            reason="通知",
        )
        self.do(
            "2025-06-20 09:00", "centre_head", "issue_report", kind="weekly", first=date(2025, 6, 9)
        )
        with transaction(self.desk.sessions) as session:
            since = moment("2025-06-01 09:00")
            session.add(
                SlaRule(
                    name="sign_workdays",
                    value="2",
                    valid_from=since,
                    reason="试行",
                    changed_at=since,
                )
            )

        self._reach("2025-06-20 09:00")

    def _reach(self, at: str) -> None:
        """A way out that only pretends, a number, a choice, and a test that was taken."""
        plate = {
            "code": "plate",
            "subject": "visit",
            "label": "门牌",
            "label_en": "House number",
            "kind": "text",
            "for_units": True,
        }
        own = self.do(at, "it_admin", "propose_field", **plate)
        self.do(at, "centre_head", "approve_field", row=own.id, accept=True)
        way = self.do(at, "it_admin", "propose_gateway", name="pretend", kind="pretend")
        self.do(at, "centre_head", "approve_gateway", row=way.id, accept=True)
        self.do(at, "it_admin", "set_address", unit="HOUSING", kind="mobile", value=LIAISON)
        self.do(
            at, "it_admin", "choose_ways", unit="HOUSING", notice="reminder", ways="pretend call"
        )
        self.do(at, "it_admin", "test_gateway", name="pretend")
        with transaction(self.desk.sessions) as session:
            session.execute(update(Notice).values(taken_at=Notice.at))
        Post(self.desk.sessions, lambda: moment(at), channels(Network(), False)).run()

    def _days(self, after: str, until: str) -> None:
        first, last = date.fromisoformat(f"2025-{after}"), date.fromisoformat(f"2025-{until}")
        for ordinal in range(first.toordinal() + 1, last.toordinal() + 1):
            self.sweep(sweep_on(date.fromordinal(ordinal)))

    def _posts(self) -> None:
        with transaction(self.desk.sessions) as session:
            for word in (*_WHO, "committee", "it_admin", "log_auditor"):
                actor_named(session, word)
            for unit, canary in WORDS.items():
                made = unit_named(session, unit)
                session.add(
                    UnitPost(
                        unit_id=made.id,
                        person=f"{canary}副职",
                        post="deputy",
                        duty=f"{canary}分管",
                        cadre_authority=f"{canary}管理",
                        from_on=date(2020, 1, 1),
                    )
                )

    def _step(
        self, at: str, who: str, verb: str, unit: str, n: int, fields: dict[str, Any]
    ) -> None:
        canary, letter = WORDS[unit], f"{unit}{n}"
        given = {name: _told(one, unit, canary) for name, one in fields.items()}
        if verb == "register":
            given["narrative"] = (
                f"{canary}小区第{n}号楼前路面塌陷积水，行人车辆通行困难，请尽快处理。"
            )
            name = f"{CALLER}{unit}" if given.get("confidential") else f"{canary}人"
            given["caller"] = {
                "name": name,
                "phone": f"1390912{['WATER', 'HOUSING', 'ROADS'].index(unit)}00{n}",
            }
        if given.pop("draft", None):
            given = {"draft": self.row(Draft, case_id=self.id(letter)).id}
        actor = f"{who}@{unit}" if who in ("staff", "head") else who
        if verb == "contact":
            given["caller"] = {"name": f"{CALLER}{unit}", "phone": "13909127777"}
        self.do(at, actor, verb, letter, **given)

    def _given(self, session: Any, verb: str, step: Any, letter: str, now: Any) -> dict[str, Any]:
        if "draft" in step:
            return {"draft": step["draft"]}
        given = super()._given(session, verb, step, letter, now)
        if verb == "instruct":
            given["leader"] = {**given["leader"], **step["leader"]}
        return given

    def _files(self, unit: str) -> None:
        canary = WORDS[unit]
        kept = [
            (f"staff@{unit}", 2, "handling", f"{canary}现场.txt"),
            ("operator", 3, "certificate", f"{CALLER}{canary}证.txt"),
            ("operator", 3, "other", f"{canary}附件.txt"),
            (f"head@{unit}", 3, "contact", f"{canary}通话.txt"),
            ("officer", 1, "scan", f"{canary}批示.txt"),
        ]
        assert self.data is not None
        for who, case, kind, name in kept:
            made = files.keep(self.data, name, f"{canary}：{name}的内容。".encode())
            self.do(
                "2025-06-19 15:00",
                who,
                "attach",
                f"{unit}{case}",
                kind=kind,
                name=made.name,
                sha256=made.sha256,
                size=made.size,
                media_type=made.media_type,
            )

    def _message(self, unit: str) -> None:
        """A message of the caller's about a unit, with a file; it waits."""
        assert self.data is not None
        canary, at = WORDS[unit], moment("2025-06-19 16:00")
        kept = files.keep(self.data, f"{CALLER}{canary}.txt", f"{canary}来件附件".encode())
        with transaction(self.desk.sessions) as session:
            arrive(
                session,
                at,
                "mail",
                unit,
                canary.encode(),
                f"{CALLER}@example.org",
                f"{canary}来件",
                f"{CALLER}反映{canary}一事，请尽快处理。",
                at,
                [kept],
                name=CALLER,
                place=f"{canary}路口",
            )

    def _sheet(self) -> None:
        """A sheet of another platform with a row that is taken in and one that is wrong."""
        assert self.data is not None
        rows = f"编号,内容\n1,{CALLER}反映的事情请处理\n,没有编号\n"
        kept = files.keep(self.data, "工单.csv", rows.encode())
        told = {name: getattr(kept, name) for name in ("name", "sha256", "size", "media_type")}
        columns = json.dumps({"number": "编号", "words": "内容"})
        told |= {"sender": "市平台", "columns": columns}
        id = self.do("2025-06-19 16:10", "operator", "hand_over_sheet", **told).id
        found = checked(
            rows_of(rows.encode(), "text/csv"), json.loads(columns), moment("2025-06-19 16:20"), {}
        )
        with transaction(self.desk.sessions) as session:
            take_in(session, moment("2025-06-19 16:20"), id, found, 100)


def _told(one: Any, unit: str, canary: str) -> Any:
    """A field of a step for one unit."""
    if isinstance(one, str):
        return one.replace("UNIT", unit).replace("{}", canary)
    if isinstance(one, list):
        return [_told(part, unit, canary) for part in one]
    return (
        {name: _told(part, unit, canary) for name, part in one.items()}
        if isinstance(one, dict)
        else one
    )


def cases_of(desk: Desk, unit: str) -> list[int]:
    """The ids of a unit's cases, in order."""
    from app.models import Assignment, Unit

    with transaction(desk.sessions) as session:
        query = (
            select(Assignment.case_id)
            .join(Unit, Unit.id == Assignment.unit_id)
            .where(Unit.code == unit)
        )
        return sorted(set(session.scalars(query)))
