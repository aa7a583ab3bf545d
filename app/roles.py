"""Roles as data: their names, the pages they open, the cases they read, and who is acting."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

ROLES = [
    "operator",
    "allocator",
    "centre_head",
    "examiner",
    "visitor",
    "unit_staff",
    "unit_head",
    "officer",
    "supervision_head",
    "leader",
    "committee",
    "it_admin",
    "log_auditor",
]
"""The roles of the procedure, and those that an office adds; what a role may do is said by the verbs.
[procedure, Who may do what]"""
EVERYBODY = tuple(ROLES)
CENTRE = ("allocator", "centre_head")
EXAMINERS = ("centre_head", "examiner")
NO_CASE_CONTENT = ("it_admin", "log_auditor")
UNIT_ROLES = ("unit_staff", "unit_head")
AT_THE_CENTRE = ("operator", "allocator", "centre_head", "examiner", "visitor")
ROOM = ("officer", "supervision_head")
_STAFF = ("allocator", "centre_head", "examiner", *ROOM, *UNIT_ROLES)

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
    "Cases": (*AT_THE_CENTRE, *UNIT_ROLES, *ROOM, "leader"),
    "Contacts": (*AT_THE_CENTRE, *ROOM, *UNIT_ROLES),
    "Inbox": ("operator", "allocator", "centre_head"),
    "Sheets": ("operator", "allocator", "centre_head"),
    "Instructions": ("allocator", "centre_head", *ROOM, "leader"),
    "Assignments": _STAFF,
    "Requests": _STAFF,
    "Replies": _STAFF,
    "Reminders": _STAFF,
    "Supervision": ("allocator", "centre_head", *ROOM, *UNIT_ROLES),
    "SupervisionLists": ("centre_head", *ROOM),
    "Visits": ("allocator", "centre_head", "examiner", "visitor", *ROOM, *UNIT_ROLES),
    "VisitRecords": ("allocator", "centre_head", "examiner", "visitor", *ROOM, *UNIT_ROLES),
    "Responsibility": ("allocator", "centre_head", "examiner", *ROOM, *UNIT_ROLES),
    "Referrals": (*ROOM, "leader", "committee"),
    "Suggestions": ("allocator", "centre_head", "leader"),
    "Articles": (*AT_THE_CENTRE, *UNIT_ROLES, *ROOM),
    "ArticleVersions": (*CENTRE, *UNIT_ROLES),
    "Praise": UNIT_ROLES,
    "Reports": (*AT_THE_CENTRE, *ROOM, *UNIT_ROLES, "leader"),
    "ReportDrafts": ("centre_head", *UNIT_ROLES),
    "Figures": ("centre_head", "supervision_head", "unit_head", "leader"),
    "Units": (*AT_THE_CENTRE, *ROOM, *UNIT_ROLES, "it_admin"),
    "Substitutes": ("centre_head", *UNIT_ROLES),
    "Posts": ("centre_head", *ROOM, *UNIT_ROLES, "it_admin"),
    "Categories": ("operator", "allocator", "centre_head", "it_admin"),
    "Calendar": (*AT_THE_CENTRE, *ROOM, *UNIT_ROLES, "leader", "it_admin"),
    "CalendarProposals": ("centre_head", "it_admin"),
    "Rules": ("centre_head", *ROOM, "it_admin"),
    "Settings": ("centre_head", "it_admin"),
    "Users": ("it_admin",),
    "Roles": ("it_admin",),
    "AccountChanges": ("centre_head", "it_admin", "log_auditor"),
    "Setup": ("it_admin",),
    "ExtraFields": ("centre_head", "it_admin"),
    "Rosters": ("centre_head", "it_admin"),
    "Mailboxes": ("it_admin",),
    "Deliveries": ("operator", *CENTRE),
    "Gateways": ("centre_head", "it_admin"),
    "Addresses": ("it_admin",),
    "Choices": ("centre_head", "it_admin"),
    "Bot": ("centre_head", *ROOM, "it_admin", "log_auditor"),
    "Events": ("log_auditor",),
    "AccessLog": ("log_auditor",),
}
"""page -> the roles that may open it; what it shows is the role's scope of cases."""

PAGES_OF_OFFICE = frozenset(
    {
        "Users",
        "Roles",
        "AccountChanges",
        "Setup",
        "Rosters",
        "ExtraFields",
        "Events",
        "AccessLog",
        "Settings",
        "Mailboxes",
        "Bot",
    }
)
"""The pages that no custom role may open: users, roles, security, and how the office is set up."""
LIGHT = frozenset({"Units", "Posts", "Categories", "Calendar", "Reports"})
"""What may be given without a second person: it shows no case and nobody's name but the office's
own."""


@dataclass(frozen=True)
class Actor:
    """Who acts: a person with their roles and, for unit people, their unit; or the bot. In
    production `needs_code` asks for a code after the password. `lent` are the rights that they have
    only while they stand in for somebody, `lent_by`; `acting_for` is set where they act so."""

    id: int | None
    name: str
    roles: frozenset[str] = field(default_factory=frozenset)
    unit_id: int | None = None
    rights: frozenset[str] = field(default_factory=frozenset)
    pages: frozenset[str] = field(default_factory=frozenset)
    scopes: frozenset[str] = field(default_factory=frozenset)
    needs_code: bool = False
    lent: frozenset[str] = frozenset()
    lent_by: int | None = None
    acting_for: int | None = None

    def doing(self, right: str) -> Actor:
        """The same person, doing what they have this right to: for who lent it, where it is
        lent."""
        return replace(self, acting_for=self.lent_by) if right in self.lent else self

    @property
    def word(self) -> str:
        """How the record names him: `user:7`; who has no account by the name alone (`bot`,
        `caller`)."""
        return self.name if self.id is None else f"user:{self.id}"

    @property
    def of_a_unit(self) -> bool:
        """Whether he works in a member unit, whatever his roles are called: what units may not see,
        he may not."""
        return self.unit_id is not None or self.is_a(*UNIT_ROLES)

    @property
    def reads_as_typed(self) -> bool:
        """Whether he reads what was typed as it was typed: the centre and the room. To everybody
        else the callers in it are covered. [trust, The caller]"""
        return not self.of_a_unit and self.is_a(*AT_THE_CENTRE, *ROOM)

    def is_a(self, *roles: str) -> bool:
        """Whether he has any of these roles."""
        return not self.roles.isdisjoint(roles)


BOT = Actor(None, "bot")
CALLER = Actor(None, "caller")
"""Who answers a visit by internet: no account, no rights, known by a code."""
