"""Roles and rights as data: which role may use which verb, and who is acting."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

_FILES = ("attach", "open_file")
CENTRE_RULES = ("rule_on_return", "rule_on_extension", "rule_on_explanation", "rule_on_interim")
_ALLOCATOR = (
    "allocate",
    "answer_directly",
    "merge",
    "submit",
    "withdraw",
    "reclassify",
    "recall",
    "split",
    "waive_assist",
    "refuse",
    "confirm_refusal",
    "contact",
    "reveal",
    "cover",
    "open_paper",
    "edit_case",
    *CENTRE_RULES,
    *_FILES,
)
_EXAMINER = ("examine", "review_responsibility", "cover", *_FILES)
_OFFICER = (
    "open_supervision",
    "decline",
    "defer",
    "strike_row",
    "clear",
    "reissue",
    "draft_finding",
    "conclude",
    "record_statement",
    "close_supervision",
    "complete_referral",
    "seal_referral",
    "send_referral",
    "supplement_referral",
    "abandon_referral",
    "record_receipt",
    "record_outcome",
    "record_visit",
    "reveal",
    "open_paper",
    "approve_referral",
    "cover",
    *_FILES,
)
_UNIT_HEAD = (
    "sign_for",
    "first_response",
    "request_return",
    "request_extension",
    "explain",
    "reply_interim",
    "reply",
    "feed_back",
    "record_statement",
    "ask_review",
    "contest_figures",
    "open_paper",
    "reveal",
    *_FILES,
)
DRAFTED = {
    "draft_return": "request_return",
    "draft_extension": "request_extension",
    "draft_explanation": "explain",
    "draft_interim": "reply_interim",
    "draft_reply": "reply",
    "draft_feedback": "feed_back",
    "draft_statement": "record_statement",
}
"""What staff of a unit drafts -> the verb with which the unit's head approves it."""

EVERYBODYS = ("change_password",)
"""What everybody may who logs in, whatever his roles."""

_OF_ROLES: dict[str, tuple[str, ...]] = {
    "operator": (
        "register",
        "edit_case",
        "contact",
        "answer_directly",
        "refuse",
        "hand_on",
        "cover",
        "open_paper",
        *_FILES,
    ),
    "allocator": _ALLOCATOR,
    "centre_head": (
        *_ALLOCATOR,
        *_EXAMINER,
        "register",
        "hand_on",
        "reassign",
        "void_reminder",
        "remind",
        "screen_suggestion",
        "propose",
        "amend_visit",
        "confirm_lifting",
        "record_visit",
        "instruct",
        "approve_calendar",
        "approve_rule",
        "issue_report",
        "reissue_report",
        "confirm_account",
    ),
    "examiner": (*_EXAMINER, "open_paper"),
    "visitor": ("record_visit", "reveal", "cover", "open_paper", *_FILES),
    "unit_staff": ("sign_for", "first_response", "open_paper", "reveal", *_FILES, *DRAFTED),
    "unit_head": (*_UNIT_HEAD, *DRAFTED),
    "officer": _OFFICER,
    "supervision_head": (
        *_OFFICER,
        "confirm_finding",
        "rule_on_review",
        "review_referral",
        "send_back_referral",
    ),
    "leader": (
        "instruct",
        "comment_suggestion",
        "approve_referral",
        "send_back_referral",
        "open_paper",
        "open_file",
    ),
    "committee": ("record_outcome", "open_paper"),
    "it_admin": (
        "load_calendar",
        "change_rule",
        "succeed_unit",
        "add_unit",
        "edit_unit",
        "add_post",
        "edit_post",
        "add_category",
        "edit_category",
        "change_setting",
        "add_user",
        "edit_user",
        "reset_password",
        "reset_second_factor",
        "add_role",
        "edit_role",
    ),
    "log_auditor": ("confirm_account",),
}
RIGHTS: dict[str, tuple[str, ...]] = {
    role: (*verbs, *EVERYBODYS) for role, verbs in _OF_ROLES.items()
}
"""role -> the verbs it has a right to. [procedure, Who may do what]"""

NO_CASE_CONTENT = ("it_admin", "log_auditor")
UNIT_ROLES = ("unit_staff", "unit_head")
_CENTRE = ("operator", "allocator", "centre_head", "examiner", "visitor")
_ROOM = ("officer", "supervision_head")
_STAFF = ("allocator", "centre_head", "examiner", *_ROOM, *UNIT_ROLES)

SCOPES: dict[str, str] = {
    "operator": "all",
    "allocator": "all",
    "centre_head": "all",
    "officer": "all",
    "supervision_head": "all",
    "examiner": "to_examine",
    "visitor": "to_visit",
    "unit_staff": "unit",
    "unit_head": "unit",
    "leader": "leader",
    "committee": "sealed",
}
"""role -> which cases it reads; the other roles read none. [procedure, Who may do what]"""

PAGES: dict[str, tuple[str, ...]] = {
    "Cases": (*_CENTRE, *UNIT_ROLES, *_ROOM, "leader"),
    "Contacts": (*_CENTRE, *_ROOM, *UNIT_ROLES),
    "Instructions": ("allocator", "centre_head", *_ROOM, "leader"),
    "Assignments": _STAFF,
    "Requests": _STAFF,
    "Replies": _STAFF,
    "Reminders": _STAFF,
    "Supervision": ("allocator", "centre_head", *_ROOM, *UNIT_ROLES),
    "SupervisionLists": ("centre_head", *_ROOM),
    "Visits": ("allocator", "centre_head", "examiner", "visitor", *_ROOM, *UNIT_ROLES),
    "VisitRecords": ("allocator", "centre_head", "examiner", "visitor", *_ROOM, *UNIT_ROLES),
    "Responsibility": ("allocator", "centre_head", "examiner", *_ROOM, *UNIT_ROLES),
    "Referrals": (*_ROOM, "leader", "committee"),
    "Suggestions": ("allocator", "centre_head", "leader"),
    "Praise": UNIT_ROLES,
    "Reports": (*_CENTRE, *_ROOM, *UNIT_ROLES, "leader"),
    "ReportDrafts": ("centre_head", *UNIT_ROLES),
    "Units": (*_CENTRE, *_ROOM, *UNIT_ROLES, "it_admin"),
    "Posts": ("centre_head", *_ROOM, *UNIT_ROLES, "it_admin"),
    "Categories": ("operator", "allocator", "centre_head", "it_admin"),
    "Calendar": (*_CENTRE, *_ROOM, *UNIT_ROLES, "leader", "it_admin"),
    "CalendarProposals": ("centre_head", "it_admin"),
    "Rules": ("centre_head", *_ROOM, "it_admin"),
    "Settings": ("centre_head", "it_admin"),
    "Users": ("it_admin",),
    "Roles": ("it_admin",),
    "AccountChanges": ("centre_head", "it_admin", "log_auditor"),
    "Bot": ("centre_head", *_ROOM, "it_admin", "log_auditor"),
    "Events": ("log_auditor",),
    "AccessLog": ("log_auditor",),
}
"""page -> the roles that may open it; what it shows is the role's scope of cases."""

NOT_FOR_CUSTOM_ROLES = frozenset(
    {
        *RIGHTS["it_admin"],
        "Users",
        "Roles",
        "AccountChanges",
        "Events",
        "AccessLog",
        "Settings",
        "Bot",
        "approve_rule",
        "approve_calendar",
        "confirm_account",
    }
)
"""Rights and pages that no custom role may hold: users, roles, security, and the approval of what
IT changes."""
_OF_UNITS = frozenset(
    {*(right for role in UNIT_ROLES for right in RIGHTS[role]), "unit"}
    | {page for page, may in PAGES.items() if set(may) & set(UNIT_ROLES)}
)
_UNITS_ONLY = frozenset(right for role in UNIT_ROLES for right in RIGHTS[role]) - frozenset(
    right for role, held in RIGHTS.items() if role not in UNIT_ROLES for right in held
)


_GUARDED = ("it_admin", "supervision_head", "log_auditor")
WITH_A_CODE = frozenset({"approve_rule", "approve_calendar", "confirm_account"}).union(
    *(RIGHTS[role] for role in _GUARDED),
    (page for page, may in PAGES.items() if set(may) <= set(_GUARDED)),
) - frozenset(
    right
    for role, held in RIGHTS.items()
    if role not in (*_GUARDED, "centre_head")
    for right in held
)
"""The rights and pages of those three roles, and of who approves what IT proposes: whoever holds
one of them, by whatever role, logs in with a code in production. [procedure, Who may do what]"""
LIGHT = frozenset({"Units", "Posts", "Categories", "Calendar", "Reports", *EVERYBODYS})
"""What may be given without a second person: it shows no case and nobody's name but the office's
own."""


@dataclass(frozen=True)
class Actor:
    """Who acts: a person with his roles and, for unit people, his unit; or the bot."""

    id: int | None
    name: str
    roles: frozenset[str] = field(default_factory=frozenset)
    unit_id: int | None = None
    rights: frozenset[str] = field(default_factory=frozenset)
    pages: frozenset[str] = field(default_factory=frozenset)
    scopes: frozenset[str] = field(default_factory=frozenset)

    @property
    def word(self) -> str:
        """How the record names him: `bot`, or `user:7`."""
        return "bot" if self.id is None else f"user:{self.id}"

    @property
    def of_a_unit(self) -> bool:
        """Whether he works in a member unit, whatever his roles are called: what units may not see,
        he may not."""
        return self.unit_id is not None or self.is_a(*UNIT_ROLES)

    @property
    def reads_as_typed(self) -> bool:
        """Whether he reads what was typed as it was typed: the centre and the room. To everybody
        else the callers in it are covered. [trust, The caller]"""
        return not self.of_a_unit and self.is_a(*_CENTRE, *_ROOM)

    @property
    def needs_code(self) -> bool:
        """Whether production asks him for a code after the password: by what he may do, whatever
        his roles are called; showing callers beyond a task of one's own counts too. [procedure, Who
        may do what]"""
        beyond = "reveal" in self.rights and bool(self.scopes - {"unit", "to_visit"})
        return beyond or not WITH_A_CODE.isdisjoint(self.rights | self.pages)

    def is_a(self, *roles: str) -> bool:
        """Whether he has any of these roles."""
        return not self.roles.isdisjoint(roles)


BOT = Actor(None, "bot")


def person(
    id: int,
    name: str,
    roles: Iterable[str],
    unit_id: int | None = None,
    custom: Iterable[str] = (),
) -> Actor:
    """An actor with the rights, pages and scopes of his roles; an IT administrator holds no other
    role with it.

    `custom` are the rights, pages and scopes that custom roles gave him: to a unit's people nothing
    that units do not have, to the others nothing that only units do."""
    held = frozenset(roles)
    extra = frozenset(custom) - NOT_FOR_CUSTOM_ROLES
    extra = extra & _OF_UNITS if unit_id is not None else extra - _UNITS_ONLY
    if "it_admin" in held:
        held, extra = frozenset(["it_admin"]), frozenset()
    rights = frozenset(right for role in held for right in RIGHTS.get(role, ()))
    rights |= (extra - PAGES.keys() - set(SCOPES.values())) | set(EVERYBODYS)
    pages = frozenset(page for page, may in PAGES.items() if held & set(may)) | (
        extra & PAGES.keys()
    )
    scopes = frozenset(SCOPES[role] for role in held if role in SCOPES) | (
        extra & set(SCOPES.values())
    )
    return Actor(id, name, held, unit_id, rights, pages, scopes)
