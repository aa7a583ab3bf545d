"""Set-up: what an office needs before its first case, what of it is there, and where what is missing is
done."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from flask import url_for
from flask_appbuilder import BaseView, expose
from flask_appbuilder.security.decorators import has_access
from flask_appbuilder.security.sqla.models import Role
from sqlalchemy import exists, func, or_, select

from app import words
from app.models import Category, Gateway, Mailbox, Person, Unit, UnitPost
from app.papers.fonts import WANTED
from app.roles import ROLES
from app.rules.workdays import beijing, minute
from app.stages.calendar import longest_open, office_at
from app.stages.naming import unnamed
from app.stages.office import calendar_missing
from app.views.actor import desk, language, now, reader
from jobs.keeping.told import STALE, last_backup

SHOWN = 6
"""So many names of what is missing are said."""
NAMES = {
    "office": "setup_page.name.office",
    "short": "setup_page.name.short",
    "room": "setup_page.name.room",
    "committee": "setup_page.name.committee",
    "area_code": "setup_page.name.area_code",
}
OPTIONAL = ("channels", "fonts")
"""What an office can begin without."""
STEPS = {
    "names": "setup_page.step.names",
    "units": "setup_page.step.units",
    "liaisons": "setup_page.step.liaisons",
    "posts": "setup_page.step.posts",
    "accounts": "setup_page.step.accounts",
    "categories": "setup_page.step.categories",
    "calendar": "setup_page.step.calendar",
    "channels": "setup_page.step.channels",
    "fonts": "setup_page.step.fonts",
    "backup": "setup_page.step.backup",
}


@dataclass(frozen=True)
class Step:
    """One thing that an office needs: whether it is there, what is said of it, where it is done."""

    name: str
    done: bool
    said: str
    href: str

    @property
    def looks(self) -> str:
        """How its badge looks."""
        return "success" if self.done else "secondary" if self.name in OPTIONAL else "danger"

    @property
    def stands(self) -> str:
        """Whether it is there, in words."""
        told = "setup_page.done" if self.done else "setup_page.missing"
        if not self.done and self.name in OPTIONAL:
            told = "setup_page.optional"
        return words.word(told, language())

    @property
    def label(self) -> str:
        """What it is called."""
        return words.word(STEPS[self.name], language())


class Setup(BaseView):
    """What is done and what is missing."""

    page = "Setup"
    route_base = "/setup"
    class_permission_name = "Setup"
    base_permissions = ["can_list"]
    default_view = "list"

    @expose("/", methods=["GET"])
    @has_access
    def list(self) -> Any:
        """Each step with where it is done; a dozen statements, whatever is on file."""
        steps = [*_steps()]
        return self.render_template(
            "desk/setup.html",
            title=words.page("Setup", language()),
            steps=steps,
            left=sum(not step.done and step.name not in OPTIONAL for step in steps),
        )


def _said(msgid: str, **facts: object) -> str:
    return words.word(msgid, language(), **facts)


def _count(model: type[Any], *where: Any) -> int:
    query = select(func.count()).select_from(model).where(*where)
    return reader().scalar(query.execution_options(unscoped=True)) or 0


def _listed(names: list[str]) -> str:
    """Names of what is missing; of many the first."""
    more = ["…"] if len(names) > SHOWN else []
    return words.listed([*names[:SHOWN], *more], language())


def _steps() -> Iterator[Step]:
    lacks = unnamed(reader())
    said = _listed([_said(NAMES[name]) for name in lacks])
    yield Step("names", not lacks, said and _said("setup_page.lacks", what=said), _to("Settings"))
    for name, model, page in (
        ("units", Unit, "Rosters"),
        ("posts", UnitPost, "Rosters"),
        ("categories", Category, "Rosters"),
    ):
        n = _count(model)
        yield Step(name, bool(n), _said("setup_page.n", n=n), _to(page))
        if name == "units":
            yield _liaisons()
    yield _accounts()
    yield _calendar()
    n = _count(Mailbox) + _count(Gateway, Gateway.approved_at.is_not(None))
    yield Step("channels", bool(n), _said("setup_page.n", n=n), _to("Mailboxes"))
    yield _fonts()
    yield _backup()


def _to(page: str) -> str:
    return url_for(f"{page}.list")


def _liaisons() -> Step:
    """Active units that no case can be allocated to. [procedure 2]"""
    today = beijing(now()).date()
    held = exists().where(
        UnitPost.unit_id == Unit.id,
        UnitPost.post == "liaison",
        UnitPost.from_on <= today,
        or_(UnitPost.to_on.is_(None), UnitPost.to_on >= today),
    )
    query = select(Unit.name).where(Unit.active, ~held).order_by(Unit.id).limit(SHOWN + 1)
    names = [*reader().scalars(query.execution_options(unscoped=True))]
    said = _said("setup_page.lacks", what=_listed(names)) if names else ""
    return Step("liaisons", not names and _count(Unit) > 0, said, _to("Posts"))


def _accounts() -> Step:
    """Roles of the procedure that nobody holds who can log in."""
    held = select(Role.name).join(Person.roles).where(Person.active, Person.password != "")
    there = set(reader().scalars(held.distinct().execution_options(unscoped=True)))
    lacks = [words.value("role", role, language()) for role in ROLES if role not in there]
    said = _said("setup_page.lacks", what=_listed(lacks)) if lacks else ""
    return Step("accounts", not lacks, said, _to("Users"))


def _calendar() -> Step:
    missing = calendar_missing(office_at(reader(), now()), longest_open(reader()))
    said = _said("setup_page.year", year=missing[1]) if missing else ""
    return Step("calendar", missing is None, said, _to("Calendar"))


def _fonts() -> Step:
    """Whether the office has put fonts of its own into its folder; papers are printed without."""
    own = desk().settings.data / "fonts"
    n = sum(1 for _ in own.iterdir()) if own.is_dir() else 0
    names = words.listed(WANTED["body"][:2], language())
    said = (
        _said("setup_page.fonts", folder=own, names=names) if not n else _said("setup_page.n", n=n)
    )
    return Step("fonts", bool(n), said, "")


def _backup() -> Step:
    """Whether a backup was made lately, as it says itself."""
    last = last_backup(desk().settings.data)
    if last is None:
        return Step("backup", False, _said("setup_page.backup"), "")
    return Step("backup", now() - last < STALE, minute(last), "")
