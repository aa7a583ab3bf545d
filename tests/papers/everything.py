"""An office in which every paper was issued, its people's words as they are given."""

from __future__ import annotations

from app.database import transaction
from app.models import (
    InstructionNotice,
    Reminder,
    Report,
    Responsibility,
    Submission,
    SupervisionList,
    VisitRecord,
)
from app.stages.delivery import keep_service
from tests.databases import Desk
from tests.office import moment
from tests.room import Room

CALLER = {"name": "李秀英", "phone": "13912345678"}
BAD = {"truth": "proven", "solved": "unsolved", "satisfied": "dissatisfied"}
PLAIN = "滨河路7号楼前路面塌陷积水，老人出行困难，请尽快派人查看并修复。"


def issue_all(desk: Desk, words: str = PLAIN) -> dict[str, tuple[str, int]]:
    """Issue a paper of every kind; what it is called here -> (kind, id)."""
    room = Room(desk)
    room.to("register", caller=CALLER, narrative=words, demand=words)
    room.to("open_supervision", requirement=words, reason=words)
    room.to("conclude", conclusion=words)
    room.to("complete_referral", report=words, proposal=words)
    _suggest(room, words)
    _submit(room, words)
    _visit(room, words)
    room.to("send_referral")
    _remind(room, words)
    _report(room)
    papers = {kind: (kind, id) for kind, id in _ids(room).items()}
    with transaction(desk.sessions) as session:
        proof = keep_service(session, moment("2025-07-10 09:00"), "reminder", room.row(Reminder).id)
    return {**papers, "service": ("service", proof.paper_id)}


def _suggest(room: Room, words: str) -> None:
    at = "2025-06-10 15:{:02}".format
    room.do(at(10), "operator", "register", "S", kind="suggestion", caller=CALLER, narrative=words)
    room.do(at(20), "centre_head", "screen_suggestion", "S", keep=True, words=words)


def _submit(room: Room, words: str) -> None:
    leader = {"level": "county", "name": "县长", "text": words}
    at = "2025-06-11 15:{:02}".format
    room.do(at(10), "operator", "register", "C", kind="help", caller=CALLER, narrative=words)
    room.do(at(20), "allocator", "submit", "C", reason=words)
    room.do(at(30), "leader", "instruct", "C", unit="HOUSING", leader=leader)


def _visit(room: Room, words: str) -> None:
    at = "2025-06-12 {}".format
    room.do(at("09:00"), "operator", "register", "D", kind="help", caller=CALLER, narrative=words)
    room.do(at("09:10"), "allocator", "allocate", "D", unit="ROADS")
    room.do(at("10:00"), "head@ROADS", "reply", "D")
    room.do(at("11:00"), "examiner", "examine", "D", passes=True)
    room.do(at("14:00"), "visitor", "record_visit", "D", words=words, **BAD)
    grounds = {"unit_responsible": True, "grounds": words}
    room.do(at("15:00"), "examiner", "review_responsibility", "D", **grounds)


def _remind(room: Room, words: str) -> None:
    """A case that stays silent, and one that the centre head proposes: on the list of one day."""
    facts = {"kind": "consultation", "caller": CALLER, "narrative": words}
    room.do("2025-06-17 11:00", "operator", "register", "E", **facts)
    room.do("2025-06-17 11:10", "allocator", "allocate", "E", unit="PARKS")
    room.do("2025-06-17 11:20", "operator", "register", "F", **facts)
    room.do("2025-06-17 11:30", "allocator", "allocate", "F", unit="TAX")
    room.sweeps("2025-06-18", "2025-07-03")
    room.do("2025-07-03 10:00", "centre_head", "propose", "F", reason=words)
    room.sweep("2025-07-04")


def _report(room: Room) -> None:
    report = {"kind": "monthly", "first": "2025-06-01"}
    room.do("2025-07-08 10:00", "centre_head", "issue_report", **report)


def _ids(room: Room) -> dict[str, int]:
    letter, report = room.referral.id, room.row(Report).id
    return {
        "allocation": room.assignment("A").id,
        "redo": room.assignment("D").id,
        "instruction": room.row(InstructionNotice).id,
        "reminder": room.row(Reminder).id,
        "supervision": room.items("A")[0].id,
        "conclusion": room.items("A")[0].id,
        "submission": room.row(Submission).id,
        "visit": room.row(VisitRecord).id,
        "responsibility": room.row(Responsibility).id,
        "list": room.row(SupervisionList).id,
        "referral": letter,
        "receipt": letter,
        "suggestions": report,
        "scores": report,
    }
