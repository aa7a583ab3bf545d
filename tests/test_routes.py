"""The reviewed table of who is let in where, `tests/views/routes.txt`: a route that is not in it
fails, a line without a route too, and each is asked for by each role and by nobody, for a row of
its own and for one not its to see."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from flask_appbuilder import Model
from sqlalchemy import select

from app.database import reading
from app.models import Case, Run
from app.roles import NO_CASE_CONTENT
from app.stages.rights import RIGHTS
from app.verbs import VERBS
from tests.verbs import forms_of, roles_of
from tests.views.canaries import WORDS, cases_of
from tests.views.crawl import owners
from tests.views.panel import Panel

TABLE = Path(__file__).parent / "views" / "routes.txt"
GROUPS = {
    "CENTRE": ("operator", "allocator", "centre_head", "examiner", "visitor"),
    "UNIT": ("unit_staff", "unit_head"),
    "ROOM": ("officer", "supervision_head"),
    "EVERYONE": tuple(RIGHTS),
}
WHO = {role: role for role in (*RIGHTS, "anonymous")} | {
    "unit_staff": "staff@HOUSING",
    "unit_head": "head@HOUSING",
}
ELSEWHERE = ("/logout/",)
"""Asked for last, in a browser of its own: it ends the session."""
OWN_QUEUE = {
    "operator": "mine",
    "allocator": "to_allocate",
    "centre_head": "to_allocate",
    "examiner": "to_examine",
    "visitor": "to_visit",
    "unit_staff": "to_sign",
    "unit_head": "drafts",
    "officer": "candidates",
    "supervision_head": "findings",
    "leader": "to_instruct",
}
FILES = {
    "assets": "desk.css",
    "static": "css/ab.css",
    "bootstrap": "css/bootstrap.min.css",
    "kits/htmx": "htmx-2.min.js",
    "kits/picker": "js/django-tomselect.min.js",
    "front/assets": "front.css",
}
"""The first words of the address of a file -> one that is there."""
NOT_THERE = 10**6


@dataclass(frozen=True)
class Line:
    """One line: what a role gets for a row of its own, and for another."""

    rule: str
    method: str
    own: int
    foreign: int | None
    roles: frozenset[str]


def lines() -> list[Line]:
    """The table, with the forms of verbs of which it says nothing."""
    said = written()
    return [*said, *of_verbs({line.rule for line in said})]


def of_verbs(said: set[str]) -> Iterator[Line]:
    """The forms of verbs: who may do a verb opens its form, for a case of their own only, and sent
    empty it says what is missing or why not."""
    for verb in VERBS.values():
        for rule in forms_of(verb):
            if rule not in said:
                roles, foreign = frozenset(roles_of(verb.name)), 404 if "<" in rule else None
                yield Line(rule, "GET", 200, foreign, roles)
                yield Line(rule, "POST", 422, foreign, roles)


def written() -> list[Line]:
    """What stands in the file."""
    found = []
    for text in TABLE.read_text("utf-8").splitlines():
        if not text.strip() or text.startswith("#"):
            continue
        rule, method, codes, *who = text.split()
        own, _, foreign = codes.partition("/")
        roles = [role for word in who for role in GROUPS.get(word, (word,))]
        assert set(roles) <= set(WHO), text
        assert len(roles) == len(set(roles)), text
        found.append(
            Line(rule, method, int(own), int(foreign) if foreign else None, frozenset(roles))
        )
    return found


def expected() -> dict[tuple[str, str], dict[str, tuple[int, int | None]]]:
    """(rule, method) -> role -> what it gets for its own row, and for another."""
    table: dict[tuple[str, str], dict[str, tuple[int, int | None]]] = {}
    for line in lines():
        told = table.setdefault((line.rule, line.method), {})
        for role in line.roles:
            assert role not in told, f"{line.method} {line.rule}: {role} twice"
            told[role] = (line.own, line.foreign)
    for (rule, _), told in table.items():
        nobody = 401 if rule.startswith("/api/v1/") and rule != "/api/v1/" else 302
        for role in WHO:
            refused = nobody if role == "anonymous" else 403
            told.setdefault(role, (refused, refused if "<" in rule else None))
    return table


def test_every_route_stands_in_the_table_and_every_line_is_a_route(sqlite_panel: Panel) -> None:
    there = {
        (rule.rule, method)
        for rule in sqlite_panel.app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert there == set(expected())


def test_the_table_names_what_the_procedure_keeps_from_it_and_from_the_auditor() -> None:
    """No case content: none of the pages and verbs that show or move a case."""
    allowed = re.compile(
        r"(/api/v1)?/(|_openapi|back|healthz|readyz|metrics|wall|keys/|login/|login/code/|logout/|lang/.*|theme/.*|front/.*|find/|(bootstrap/)?assets/.*|static/.*|kits/.*|looks/.*|notices/.*|banners/close|views/.*|help/.*|work/<key>(/many)?"
        r"|(categories|units|posts|calendar|calendarproposals|rules|settings|users|roles|accountchanges|accesslog|bot|events|mailboxes|gateways|addresses|choices|rosters|setup|extrafields)/.*"
        r"|do/[a-z_]+)"
    )
    for line in lines():
        if line.roles & set(NO_CASE_CONTENT):
            assert allowed.fullmatch(line.rule), line


class Rows:
    """Which rows a role has, and which it has not: by the office's own story, not by the scope."""

    def __init__(self, panel: Panel) -> None:
        self.owner = owners(panel.desk)
        self.cases = {unit: cases_of(panel.desk, unit) for unit in WORDS}
        with reading(panel.desk.sessions) as session:
            self.run = session.scalars(select(Run.id).order_by(Run.id)).first()
            self.all = sorted(session.scalars(select(Case.id)))

    def case(self, role: str) -> tuple[int, int]:
        """A case that a role sees, and one that it does not: 1 went through the room to the
        committee, 2 was examined and visited, 5 was submitted to a leader."""
        own, other = self.cases["HOUSING"], self.cases["WATER"]
        if role in GROUPS["UNIT"]:
            return own[0], other[0]
        if role in ("examiner", "visitor"):
            return own[1], own[2]
        return (own[0], own[1]) if role in ("leader", "committee") else (own[0], NOT_THERE)

    def row(self, role: str, table: str) -> tuple[object, object]:
        """A row of a table that a role sees, and one that it does not."""
        plain = {
            "calendar": ("2025-06-20", "1900-01-01"),
            "settings": ("office", "nothing"),
            "bot": (self.run, NOT_THERE),
            "rosters": (NOT_THERE, NOT_THERE),
        }
        if table in plain:
            return plain[table]
        if role in GROUPS["UNIT"] and table in _OF_UNITS:
            units = self.owner[_OF_UNITS[table]]
            return self._of(units, "HOUSING"), self._of(units, "WATER")
        name = _TABLES.get(table)
        if name is None:
            return 1, NOT_THERE
        return self._by_case(role, name)

    def _of(self, owner: dict[int, str], unit: str) -> int:
        return min(id for id, code in owner.items() if code == unit)

    def _by_case(self, role: str, name: str) -> tuple[object, object]:
        rows = self.by_case[name]
        if role in GROUPS["UNIT"]:
            return min(id for id, case in rows.items() if case in self.cases["HOUSING"]), min(
                id for id, case in rows.items() if case in self.cases["WATER"]
            )
        own, other = self.case(role)
        if role == "leader" and name in ("suggestion", "instruction"):
            return min(rows), NOT_THERE  # all that were kept or submitted, and his own
        if role == "leader":
            seen = {cases[number] for cases in self.cases.values() for number in (0, 4)}
        elif role in ("examiner", "visitor"):
            seen = {cases[1] for cases in self.cases.values()}
        else:
            return min(rows), NOT_THERE
        unseen = [id for id, case in rows.items() if case not in seen]
        return min((id for id, case in rows.items() if case in seen), default=NOT_THERE), min(
            unseen, default=NOT_THERE
        )

    by_case: dict[str, dict[int, int]]


_OF_UNITS = {"units": "unit", "posts": "unit_post", "substitutes": "substitute"}
_TABLES = {
    "cases": "hotline_case",
    "contacts": "contact",
    "suggestions": "suggestion",
    "instructions": "instruction",
    "assignments": "assignment",
    "requests": "request",
    "replies": "reply",
    "reminders": "reminder",
    "supervision": "supervision",
    "visits": "visit",
    "visitrecords": "visit_record",
    "responsibility": "responsibility",
    "referrals": "referral",
    "files": "stored_file",
    "papers": "assignment",
}


def _by_case(panel: Panel) -> dict[str, dict[int, int]]:
    found: dict[str, dict[int, int]] = {}
    with reading(panel.desk.sessions) as session:
        for table in Model.metadata.sorted_tables:
            if table.name in _TABLES.values():
                column = table.c.id if table.name == "hotline_case" else table.c.case_id
                query = select(table.c.id, column).where(column.is_not(None))
                found[table.name] = {row[0]: row[1] for row in session.execute(query)}
    return found


def addresses(rows: Rows, role: str, rule: str) -> tuple[str, str | None]:
    """A rule's address for a row of a role's own, and for another."""
    if "<" not in rule:
        return rule, None
    word = rule.removeprefix("/api/v1").split("/")[1]
    if word in ("do", "presence", "triage"):
        pair: tuple[object, object] = rows.case(role)
    elif rule.startswith(("/papers/referral", "/papers/handover")):
        pair = (1 if "referral" in rule else NOT_THERE), NOT_THERE
    elif word == "work":
        pair = OWN_QUEUE.get(role, "mine"), "x"
    elif word == "lang":
        pair = "zh", "x"
    elif word == "theme":
        pair = "dark", "x"
    elif word == "front" and "filename" not in rule:
        pair = "0123456789", "x"
    elif word == "help":
        pair = "operator.webp" if "pictures" in rule else "operator", "x"
    elif "<path:filename>" in rule:
        pair = next(file for begins, file in FILES.items() if rule[1:].startswith(begins)), "x.css"
    else:
        pair = rows.row(role, word)
    own, foreign = (
        re.sub(r"<[^>]*>", str(one), rule.replace("<kind>", "allocation")) for one in pair
    )
    return own, foreign


def asked(panel: Panel, role: str) -> Iterator[tuple[str, str, int, int]]:
    """(method, address, what came, what the table says) for everything in the table, as one
    role."""
    rows = Rows(panel)
    rows.by_case = _by_case(panel)
    browser = panel.of(WHO[role])
    table = sorted(expected().items(), key=lambda one: (one[0][0] in ELSEWHERE, one[0]))
    for (rule, method), told in table:
        for address, code in zip(addresses(rows, role, rule), told[role], strict=True):
            if address is None:
                assert code is None, f"{rule} has no rows, but two codes"
                continue
            if rule in ELSEWHERE and role != "anonymous":
                browser = panel.enter(WHO[role])
            answer = browser.get(address) if method == "GET" else browser.post(address)
            assert code is not None, f"{rule} has rows, but one code"
            yield method, address, answer.status_code, code


AT_ONCE = ("anonymous", "it_admin")
"""The roles that are asked for in every run; the others in the long one."""


@pytest.mark.parametrize(
    "role", [pytest.param(role, marks=[] if role in AT_ONCE else pytest.mark.long) for role in WHO]
)
def test_each_role_gets_what_the_table_says(sqlite_panel: Panel, role: str) -> None:
    wrong = [
        f"{method} {address}: {came}, the table says {said}"
        for method, address, came, said in asked(sqlite_panel, role)
        if came != said
    ]
    assert wrong == []


@pytest.mark.long
@pytest.mark.parametrize("role", WHO)
def test_each_role_gets_the_same_on_postgres(postgres_panel: Panel, role: str) -> None:
    wrong = [
        f"{method} {address}: {came}, the table says {said}"
        for method, address, came, said in asked(postgres_panel, role)
        if came != said
    ]
    assert wrong == []
