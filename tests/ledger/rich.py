"""The played office, and what else people do in a year: every recorded table has a row."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from flask_appbuilder.security.sqla.models import Permission, PermissionView, Role, ViewMenu
from sqlalchemy import select

from app.database import transaction
from app.models import ReportContest, ReportDraft, Supervision
from app.rules.wording import WORDINGS
from app.stages.papers import NewPrint, held_of, record_prints
from tests.databases import Desk
from tests.office import moment
from tests.views.canaries import Canaries

DAY = "2025-06-20"
LAST = moment("2025-07-01 10:00")
"""After all of it."""


class Rich(Canaries):
    """The office of three units, played on."""

    def play(self) -> None:
        """From 9 June to 1 July 2025."""
        super().play()
        self._permissions()
        self._at_the_desk()
        self._in_the_room()
        self._days("06-20", "07-01")
        draft = self.row(ReportDraft)
        self.do(
            "2025-07-01 09:00",
            "head@WATER",
            "contest_figures",
            id=draft.id,
            words="逾期一件计入有误。",
        )
        self.do(
            "2025-07-01 09:30",
            "centre_head",
            "answer_contest",
            id=self.row(ReportContest).id,
            accept=True,
            words="经核对，予以更正。",
        )
        self.do(
            "2025-07-01 10:00", "centre_head", "word_report", id=draft.id, attention1="请关注。"
        )
        self._papers()

    def _papers(self) -> None:
        """A paper that was opened, its PDF put on record, and a wording of the office's own."""
        item, at = self.row(Supervision, case_id=self.id("WATER1")).id, moment("2025-07-01 09:10")
        with transaction(self.desk.sessions) as session:
            held = held_of(session, "supervision", item)
        with transaction(self.desk.sessions) as session:
            record_prints(session, at, [NewPrint(held.id, held.void, 1, "0" * 64, 1)])
        setting = {"name": "wording.reminder", "value": WORDINGS["wording.reminder"]}
        self.do(at, "it_admin", "change_setting", **setting)

    def _permissions(self) -> None:
        """What Flask-AppBuilder keeps for roles, where somebody gives a role more."""
        with transaction(self.desk.sessions) as session:
            may = PermissionView(
                permission=Permission(name="can_read"), view_menu=ViewMenu(name="Anything")
            )
            session.add(may)
            role = session.scalars(select(Role).order_by(Role.id)).all()[0]
            role.permissions.append(may)

    def _at_the_desk(self) -> None:
        self.do(f"{DAY} 10:10", "centre_head", "reveal", "WATER2", reason="核对来电人")
        self.do(f"{DAY} 10:20", "operator", "cover", "WATER2", more=["红梅理发店"])
        self.do(
            f"{DAY} 10:30",
            "centre_head",
            "reclassify",
            "WATER3",
            confidential=False,
            unconfirmed=True,
        )
        self.do(f"{DAY} 10:40", "leader", "comment_suggestion", "WATER4", words="请研究")
        for minute, (letter, phone) in enumerate(
            [("TOLD1", "13911110001"), ("TOLD2", "139 1111 0001")]
        ):
            said = {"name": "王丽", "phone": phone}
            self.do(f"{DAY} 10:5{minute}", "operator", "register", letter, kind="help", caller=said)
        self.do(f"{DAY} 11:00", "operator", "refuse", "TOLD2")
        self.do(f"{DAY} 11:10", "allocator", "confirm_refusal", "TOLD2", accept=False)
        new = {"username": "wang.min", "first_name": "王敏", "roles": ["operator"]}
        self.confirmed(f"{DAY} 11:20", "it_admin", "add_user", **new)
        book = {"categories": [["name", "default_workdays"], ["名册中的分类", "5"]]}
        told = {"name": "名册.xlsx", "sha256": "a" * 64, "rows": json.dumps(book)}
        self.do(f"{DAY} 11:30", "it_admin", "take_in_roster", **told)

    def _in_the_room(self) -> None:
        self._answers()
        carried = {"carried_on": "disc", "carrier": "王五"}
        self.do(f"{DAY} 13:50", "officer", "carry_dossier", "WATER1", **carried)
        due = {"outcome": "supplement", "due_on": date(2025, 6, 27)}
        self.do(f"{DAY} 14:00", "committee", "record_outcome", "WATER1", **due)
        self.do(f"{DAY} 15:00", "officer", "supplement_referral", "WATER1", words="新查明的事实")

    def _answers(self) -> None:
        """Answers on file, one of which is used; and a caller who is asked by internet."""
        said = {"title": "水费怎么缴", "text": "可在网上缴纳。"}
        row = self.do(f"{DAY} 13:00", "staff@WATER", "add_article", **said)
        self.do(f"{DAY} 13:05", "centre_head", "approve_article", row=row.id)
        self.do(f"{DAY} 13:10", "operator", "register", "ASKS", kind="consultation")
        answer = {"answer": "可在网上缴纳。", "articles": [str(row.id)]}
        self.do(f"{DAY} 13:15", "operator", "answer_directly", "ASKS", **answer)
        rule = {"name": "internet_visits", "value": True}
        proposed = self.do(f"{DAY} 13:20", "it_admin", "change_rule", **rule)
        self.do(f"{DAY} 13:25", "centre_head", "approve_rule", row=proposed.id)
        who = {"name": "王丽", "phone": "13911110009"}
        self.do(f"{DAY} 13:30", "operator", "register", "NET", kind="help", caller=who)
        self.do(f"{DAY} 13:35", "allocator", "allocate", "NET", unit="WATER")
        self.do(f"{DAY} 13:40", "head@WATER", "reply", "NET")
        self.do(f"{DAY} 13:45", "examiner", "examine", "NET", passes=True)


def played(desk: Desk, data: Path) -> None:
    """Play the rich office on a desk."""
    Rich(desk, data).play()
