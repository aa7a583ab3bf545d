"""The procedure as a small model of its own: who may do what, which state follows. It knows nothing
of the desk's code."""

from __future__ import annotations

from typing import Any

from tests.walk.room import Room
from tests.walk.rows import FINAL, Case, Person, Row, after, end
from tests.walk.said import need

UNITS = ("WATER", "HOUSING")
CENTRE = ("allocator", "centre_head")
ROOM = ("officer", "supervision_head")
UNIT = ("unit_staff", "unit_head")
HEAD = ("unit_head",)

WHO_MAY: dict[str, tuple[str, ...]] = {
    "register": ("operator", "centre_head"),
    "edit_case": ("operator", *CENTRE),
    "take_message": ("operator", *CENTRE),
    "hand_back_message": ("operator", *CENTRE),
    "answer_message": ("operator", *CENTRE),
    "empty_message": ("operator", *CENTRE),
    "hand_over_sheet": ("operator", *CENTRE),
    "set_mailbox": ("it_admin",),
    "contact": ("operator", *CENTRE),
    "merge": CENTRE,
    "split": CENTRE,
    "refuse": ("operator", *CENTRE),
    "confirm_refusal": CENTRE,
    "hand_on": ("operator", "centre_head"),
    "withdraw": CENTRE,
    "screen_suggestion": ("centre_head",),
    "comment_suggestion": ("leader",),
    "reveal": (*CENTRE, "visitor", *UNIT, *ROOM),
    "cover": ("operator", *CENTRE, "examiner", "visitor", *ROOM),
    "answer_directly": ("operator", *CENTRE),
    "allocate": CENTRE,
    "submit": CENTRE,
    "instruct": ("leader", "centre_head"),
    "reclassify": CENTRE,
    "confirm_lifting": ("centre_head",),
    "recall": CENTRE,
    "reassign": ("centre_head",),
    "rule_on_return": CENTRE,
    "rule_on_extension": CENTRE,
    "rule_on_explanation": CENTRE,
    "rule_on_interim": CENTRE,
    "waive_assist": CENTRE,
    "sign_for": UNIT,
    "first_response": UNIT,
    "request_return": HEAD,
    "request_extension": HEAD,
    "explain": HEAD,
    "reply_interim": HEAD,
    "reply": HEAD,
    "send_back_draft": HEAD,
    "discard_draft": UNIT,
    "name_substitute": HEAD,
    "end_substitute": HEAD,
    "draft_return": UNIT,
    "draft_extension": UNIT,
    "draft_explanation": UNIT,
    "draft_interim": UNIT,
    "draft_reply": UNIT,
    "draft_feedback": UNIT,
    "draft_statement": UNIT,
    "remind": ("centre_head",),
    "void_reminder": ("centre_head",),
    "propose": ("centre_head",),
    "open_supervision": ROOM,
    "decline": ROOM,
    "defer": ROOM,
    "strike_row": ROOM,
    "feed_back": HEAD,
    "clear": ROOM,
    "reissue": ROOM,
    "draft_finding": ROOM,
    "confirm_finding": ("supervision_head",),
    "record_statement": (*HEAD, *ROOM),
    "conclude": ROOM,
    "ask_review": HEAD,
    "rule_on_review": ("supervision_head",),
    "close_supervision": ROOM,
    "record_visit": ("visitor", "centre_head", *ROOM),
    "amend_visit": ("centre_head",),
    "examine": ("examiner", "centre_head"),
    "review_responsibility": ("examiner", "centre_head"),
    "complete_referral": ROOM,
    "review_referral": ("supervision_head",),
    "open_paper": ("operator", *CENTRE, "examiner", "visitor", *UNIT, *ROOM, "leader", "committee"),
    "approve_referral": (*ROOM, "leader"),
    "send_back_referral": ("supervision_head", "leader"),
    "seal_referral": ROOM,
    "send_referral": ROOM,
    "carry_dossier": ROOM,
    "record_receipt": ROOM,
    "record_outcome": (*ROOM, "committee"),
    "supplement_referral": ROOM,
    "abandon_referral": ROOM,
    "attach": ("operator", *CENTRE, "examiner", "visitor", *UNIT, *ROOM),
    "look_up": ("operator", *CENTRE),
    "open_file": ("operator", *CENTRE, "examiner", "visitor", *UNIT, *ROOM, "leader"),
    "issue_report": ("centre_head",),
    "contest_figures": HEAD,
    "agree_figures": HEAD,
    "answer_contest": ("centre_head",),
    "word_report": ("centre_head",),
    "reissue_report": ("centre_head",),
    "add_article": UNIT,
    "edit_article": UNIT,
    "approve_article": ("centre_head",),
    "hand_over_article": ("centre_head",),
    "end_article": ("unit_head", "centre_head"),
    "take_in_roster": ("it_admin",),
    "confirm_roster": ("centre_head",),
    "make_slips": ("centre_head",),
    "print_slips": ("centre_head",),
    "load_calendar": ("it_admin",),
    "approve_calendar": ("centre_head",),
    "change_rule": ("it_admin",),
    "approve_rule": ("centre_head",),
    "propose_field": ("it_admin",),
    "approve_field": ("centre_head",),
    "propose_gateway": ("it_admin",),
    "approve_gateway": ("centre_head",),
    "test_gateway": ("it_admin", "centre_head"),
    "set_address": ("it_admin", "unit_head"),
    "choose_ways": ("it_admin",),
    "retry_delivery": CENTRE,
    "drop_delivery": CENTRE,
    "call_instead": CENTRE,
    "record_call": ("operator", *CENTRE),
    "succeed_unit": ("it_admin",),
    "add_unit": ("it_admin",),
    "edit_unit": ("it_admin",),
    "add_post": ("it_admin",),
    "edit_post": ("it_admin",),
    "add_category": ("it_admin",),
    "edit_category": ("it_admin",),
    "change_setting": ("it_admin", "supervision_head"),
    "add_user": ("it_admin",),
    "edit_user": ("it_admin",),
    "reset_password": ("it_admin",),
    "reset_second_factor": ("it_admin",),
    "change_password": (
        "operator",
        *CENTRE,
        "examiner",
        "visitor",
        *UNIT,
        *ROOM,
        "leader",
        "committee",
        "it_admin",
        "log_auditor",
    ),
    "add_role": ("it_admin",),
    "edit_role": ("it_admin",),
    "confirm_account": ("centre_head", "log_auditor"),
}
"""verb -> the roles that have a right to it. [procedure, Who may do what]"""

PEOPLE: tuple[Person, ...] = (
    *(
        Person(role, role)
        for role in (
            "operator",
            "allocator",
            "centre_head",
            "examiner",
            "visitor",
            "officer",
            "supervision_head",
            "leader",
            "committee",
            "it_admin",
            "log_auditor",
        )
    ),
    *(
        Person(f"{role}#2", role)
        for role in (
            "allocator",
            "centre_head",
            "examiner",
            "visitor",
            "officer",
            "supervision_head",
        )
    ),
    *(
        Person(f"{place}@{unit}", f"unit_{place}", unit)
        for unit in UNITS
        for place in ("staff", "head")
    ),
)
"""Who walks: two persons where the procedure wants two."""
STAND_INS = (
    Person("centre_head#3", "centre_head"),
    Person("supervision_head#3", "supervision_head"),
)
"""Who comes when a walk is over and both heads have had a hand in what is to be decided."""

WAYS_OUT: dict[tuple[str, str], tuple[tuple[str, tuple[str, ...], dict[str, Any]], ...]] = {
    ("case", "registered"): (("allocate", ("centre_head",), {"unit": UNITS[0]}),),
    ("case", "submitted"): (("instruct", ("leader",), {}),),
    ("case", "handling"): (("reply", HEAD, {}),),
    ("case", "examining"): (("examine", ("examiner", "centre_head"), {"passes": True}),),
    ("case", "visiting"): (("record_visit", ("visitor", "centre_head", *ROOM), {"reached": True}),),
    ("case", "reviewing"): (
        ("review_responsibility", ("examiner", "centre_head"), {"responsible": False}),
    ),
    ("assignment", "allocated"): (("reply", HEAD, {}),),
    ("assignment", "signed"): (("reply", HEAD, {}),),
    ("assignment", "reply_refused"): (("reply", HEAD, {}),),
    ("assignment", "return_pending"): (("rule_on_return", CENTRE, {"accept": False}),),
    ("assignment", "replied"): (("examine", ("examiner", "centre_head"), {"passes": True}),),
    ("ask", "pending"): tuple(
        (f"rule_on_{kind}", CENTRE, {"accept": False})
        for kind in ("return", "extension", "explanation", "interim")
    ),
    ("reminder", "open"): (),
    ("item", "candidate"): (("decline", ROOM, {}),),
    ("item", "opened"): (("feed_back", HEAD, {}),),
    ("item", "reissued"): (("feed_back", HEAD, {}),),
    ("item", "fed_back"): (("draft_finding", ROOM, {}),),
    ("item", "finding"): (("confirm_finding", ("supervision_head",), {}),),
    ("item", "confirmed"): (("record_statement", HEAD, {}),),
    ("item", "heard"): (("conclude", ROOM, {}),),
    ("item", "concluded"): (
        ("rule_on_review", ("supervision_head",), {"accept": False}),
        ("close_supervision", ROOM, {}),
    ),
    ("visit", "pending"): (("record_visit", ("visitor", "centre_head", *ROOM), {"reached": True}),),
    ("referral", "drafted"): (
        ("review_referral", ("supervision_head",), {}),
        ("complete_referral", ROOM, {}),
    ),
    ("referral", "reviewed"): (
        ("approve_referral", ("leader",), {}),
        ("open_paper", ("leader",), {}),
    ),
    ("referral", "approved"): (("seal_referral", ROOM, {}),),
    ("referral", "sealed"): (("send_referral", ROOM, {}),),
    ("referral", "sent"): (("record_receipt", ROOM, {}),),
    ("referral", "received"): (("record_outcome", ("committee",), {"outcome": "result"}),),
}
"""(subject, state) -> verbs and roles that lead out of it; where nobody can yet, the bot does as
time goes by."""


class Model(Room):
    """One desk as the procedure has it: verbs are refused or done, and say which events must be on
    the record."""

    def do(self, who: Person, verb: str, case: Case | None = None, **fields: Any) -> None:
        """One verb of one person. Raises Refused, and nothing is changed."""
        self.said.clear()
        self.meant = None
        need(who.role in WHO_MAY[verb])
        getattr(self, verb)(who, *([] if case is None else [case]), **fields)

    def was_sampled(self, case: Case) -> None:
        """The office's seed has drawn this direct answer: it is visited."""
        case.state, case.own, case.closed_on, case.closed_as = (
            "visiting",
            end(after(self.today, 3)),
            None,
            "",
        )

    def unfinished(self) -> list[tuple[str, Row, Case]]:
        """Every row in a state that needs a way out, what others wait for first."""
        found: list[tuple[str, Row, Case]] = []
        for case in self.cases:
            assists_first = sorted(case.assignments, key=lambda one: one.role)
            found += [("ask", ask, case) for one in assists_first for ask in one.asks]
            found += [("item", item, case) for item in case.items]
            found += [("referral", item.referral, case) for item in case.items if item.referral]
            found += [("visit", visit, self.cases[visit.caller]) for visit in case.visits]
            found += [("assignment", one, case) for one in assists_first]
            found += [("reminder", row, case) for one in assists_first for row in one.reminders]
            found.append(("case", case, case))
        return [one for one in found if one[1].state not in FINAL[one[0]]]
