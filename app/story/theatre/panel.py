"""How a story's people act through the web: each logs in, finds the form from pages of their own,
fills it in and sends it.

Nothing but the first address is known: every other one is a link found on a page of that person.
Where a verb was found is remembered, and looked at first the next time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, ExitStack
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from app.database import Sessions, reading, transaction
from app.models import Assignment, Case, Person, Referral, Supervision, Unit
from app.roles import CALLER
from app.rules.workdays import BEIJING
from app.stages.founding import hashed
from app.story.theatre.browser import FIRST, Browser, Browsers, Typed
from app.story.theatre.cast import OF_HOLDERS, actor_named, by_posts
from app.story.theatre.entries import asked_of, fill
from app.story.theatre.hand import Fault, Hand, Refused, Step, letters_of
from app.story.theatre.pages import Control, Form, Link, Page
from app.story.theatre.record import counted
from app.story.theatre.search import Player, Wanted
from app.verbs import VERBS
from app.verbs.rows import BY_HAND, kind_of

OpenPanel = Callable[[str, Path, Callable[[], datetime]], AbstractContextManager[Browsers]]
"""Opens the panel over a database (its URL) and a folder for files, by a clock: gives new browsers
until it is left."""
PASSWORD = "a-story-of-the-desk"  # noqa: S105
ASKED = "asked"
"""The hidden field with which a form comes back that asks something before it goes on."""
ROW, ITEM = "row", "item"
"""The fields that name the row which a form is about."""
SHOWN = ("reveal", "open_paper", "open_file")
"""Verbs after which people see what they asked for, and not that something was done."""


class NoLink(Refused):
    """None of a person's pages leads to the form."""


class PanelHand(Hand):
    """The people of a story in their browsers."""

    def __init__(
        self, sessions: Sessions, cases: dict[str, int], data: Path, open_panel: OpenPanel
    ) -> None:
        super().__init__(sessions, cases, data)
        self.open_panel, self.now = open_panel, datetime.min.replace(tzinfo=BEIJING)
        self.players: dict[str, Player] = {}
        self.forms: dict[tuple[str, str], tuple[str, Form]] = {}
        self.reached: set[str] = set()
        self.hash = hashed(PASSWORD, "pbkdf2:sha256:1")
        self._stack = ExitStack()

    def __enter__(self) -> PanelHand:
        url = self.sessions.kw["bind"].url.render_as_string(hide_password=False)
        self.browsers = self._stack.enter_context(self.open_panel(url, self.data, lambda: self.now))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        self._stack.close()

    def do(self, now: datetime, word: str, verb: str, step: Step) -> None:
        """One verb of one person. Refused where the panel refuses it, or gives no way to it; Fault
        where the panel does neither rightly: an error, a field that is not offered, something
        written all the same."""
        self.now = now
        if word == CALLER.name:
            super().do(now, word, verb, step)
            self.reached.add(verb)
            return
        player, fields, wanted = self._prepared(now, word, verb, step)
        forced = bool(step.get("refused"))
        newest, before = self._newest(), self._counted() if forced else None
        try:
            self._act(player, wanted, fields, str(step.get("case", "")), forced)
        except Refused:
            if before is not None and self._counted() != before:
                raise Fault("it was refused, and something was written") from None
            raise
        if verb == "register":
            self.name([str(step.get("case", ""))], self._since(newest))
        elif verb == "split":
            self.name(letters_of(step), self._since(newest))
        self.make_volumes(verb, now)

    def _prepared(
        self, now: datetime, word: str, verb: str, step: Step
    ) -> tuple[Player, dict[str, Any], Wanted]:
        """Who acts, what is filled in, and what is looked for: cases are known to people by their
        numbers."""
        with transaction(self.sessions) as session:
            actor = actor_named(session, word, now.date())
            opened = update(Person).where(Person.id == actor.id, Person.password.is_(None))
            session.execute(opened.values(password=self.hash))
            fields = self.fields(session, now, verb, step)
            if verb in OF_HOLDERS:
                fields = by_posts(session, fields)
            wanted = Wanted(verb, row=str(fields.pop("row", "")), draft=bool(step.get("draft")))
            if "case" in step and verb != "register":
                id = self.case(step["case"])
                wanted.only = id if step.get("refused") else 0
                referrals = session.scalars(select(Referral.number).where(Referral.case_id == id))
                names = [session.get_one(Case, id).number, *referrals]
                wanted.names = frozenset(filter(None, names))
            if verb == "merge" and "into" in fields:
                fields["into"] = session.get_one(Case, self.case(fields["into"])).number
            if verb == "open_file":
                wanted.file = str(fields.pop("file"))
            wanted.paper = str(fields.pop("paper", ""))
        fields |= {name: step[name] for name in ("unit", "ground") if name in step}
        if actor.name not in self.players:
            self.players[actor.name] = Player(Browser(self.browsers(), actor.name, PASSWORD))
        return self.players[actor.name], fields, wanted

    def _act(
        self, player: Player, wanted: Wanted, fields: dict[str, Any], letter: str, forced: bool
    ) -> None:
        """Find the form and send it. What must be refused is sent even where no page of this person
        leads there, if another's did: to the address that was found then."""
        try:
            link, page, form = self._found(player, wanted)
        except NoLink:
            known = self.forms.get((wanted.verb, letter))
            if forced and known is not None:
                self._sent(player, wanted, *self._forged(player, wanted, *known), fields, forced)
            raise
        if form is None:
            self._outcome(wanted, page)
            return
        self.forms[wanted.verb, letter] = page.url, form
        self._sent(player, wanted, page, form, fields, forced)
        if link.off:
            raise Fault("it was done, though the page says that it is not possible now")

    def _found(self, player: Player, wanted: Wanted) -> tuple[Link, Page, Form | None]:
        """The link to the form of a verb, its page and the form; no form where the link itself does
        it (a file)."""
        for page in player.pages(wanted):
            for link in filter(wanted.led_to, page.links):
                there = player.browser.get(link.href)
                form = there.form(wanted.verb)
                if there.code in (403, 404):
                    raise Refused(f"{there.code} at {link.href}")
                if form is not None or wanted.opens:
                    self.reached.add(wanted.verb)
                    return link, there, form
        raise NoLink(f"no page of {player.browser.username} leads to the form of {wanted.verb}")

    def _forged(
        self, player: Player, wanted: Wanted, address: str, form: Form
    ) -> tuple[Page, Form]:
        """The form that another person was given, with the token of this one."""
        there = player.browser.get(address)
        own = there.form(wanted.verb)
        if own is not None:
            return there, own
        if there.code not in (403, 404):
            raise Fault(
                f"{there.code} at {address}, which is not {player.browser.username}'s to see"
            )
        home = player.browser.get(FIRST)
        token = next(
            shown.controls["csrf_token"] for shown in home.forms if "csrf_token" in shown.controls
        )
        return Page(url=address), Form("", form.verb, {**form.controls, "csrf_token": token})

    def _sent(
        self,
        player: Player,
        wanted: Wanted,
        page: Page,
        form: Form,
        fields: dict[str, Any],
        forced: bool,
    ) -> None:
        if wanted.names:
            fields = self._told(wanted, form, fields, forced)
        typed: Typed = fill(form, fields, forced)
        after = player.browser.send(page, form, typed)
        again = after.form(wanted.verb)
        if again is not None and after.refusal is None and ASKED in again.controls:
            # The form asks whether something was seen: it was, and is sent again.
            after = player.browser.send(after, again, typed)
        self._outcome(wanted, after)

    def _told(
        self, wanted: Wanted, form: Form, fields: dict[str, Any], forced: bool
    ) -> dict[str, Any]:
        """What is filled in of the unit and the ground by which a story tells rows of a case: only
        what the form asks."""
        row = form.controls.get(ROW) or form.controls.get(ITEM)
        if row is not None:
            return self._of_the_row(wanted, form, row, fields, forced)
        asked = asked_of(form, fields)
        for name in ("unit", "ground"):
            if name in fields.keys() - asked.keys():
                self._no_choice(wanted, name, str(fields[name]), forced)
        return asked

    def _of_the_row(
        self, wanted: Wanted, form: Form, row: Control, fields: dict[str, Any], forced: bool
    ) -> dict[str, Any]:
        """What is filled in where the form names the row that it is about, or asks which: a story
        tells it by its unit and ground, and must not have meant another; one that tells neither
        means what came last."""
        unit, ground = fields.get("unit"), fields.get("ground")
        if ground == BY_HAND and wanted.verb == "open_supervision":
            return fields
        asked = asked_of(form, fields)
        marks = row.options if row.kind == "select" else row.values
        meant = self._meant(wanted.verb, marks, unit, ground)
        if row.kind != "select":
            of_another = not meant and any(mark != "0" for mark in marks)
            if of_another and not forced:
                raise Fault(f"the form of {wanted.verb} is about another row than {unit} {ground}")
            return asked
        if len(meant) != 1 and not forced:
            raise Fault(
                f"the form of {wanted.verb} asks which row is meant, and {unit} {ground} says {len(meant)}"
            )
        return {**asked, row.name: (meant or row.options)[0]}

    def _meant(
        self, verb: str, marks: Sequence[str], unit: str | None, ground: str | None
    ) -> list[str]:
        """The marks of the rows that a unit and a ground may mean; without both, what came last."""
        if unit is None and ground is None:
            return sorted(filter(None, marks), key=int)[-1:]
        with reading(self.sessions) as session:
            return [
                mark for mark in marks if mark and self._fits(session, verb, mark, unit, ground)
            ]

    def _fits(
        self, session: Session, verb: str, mark: str, unit: str | None, ground: str | None
    ) -> bool:
        """Whether the row of a mark is of the unit and on the ground that a story tells."""
        kind = kind_of(VERBS[verb])
        row = session.get(kind.model, int(mark)) if kind is not None else None
        of = getattr(row, "unit", None)
        of_unit = unit is None or of is None or of.code == unit
        return of_unit and (ground is None or getattr(row, "ground", ground) == ground)

    def _no_choice(self, wanted: Wanted, name: str, meant: str, forced: bool) -> None:
        """A form that does not ask which unit or ground is meant must leave no choice: the case has
        this one only."""
        units = select(Unit.code).join(Assignment, Assignment.unit_id == Unit.id)
        asked = {
            "unit": units.join(Case, Case.id == Assignment.case_id),
            "ground": select(Supervision.ground).join(Case, Case.id == Supervision.case_id),
        }
        with reading(self.sessions) as session:
            possible = set(session.scalars(asked[name].where(Case.number.in_(wanted.names))))
        if possible != {meant} and not forced:
            raise Fault(
                f"the form of {wanted.verb} does not ask which {name} is meant: {sorted(possible)}, not {meant}"
            )

    def _outcome(self, wanted: Wanted, page: Page) -> None:
        """Done, or refused in words."""
        if page.refusal is not None and page.code == 422:
            raise Refused(": ".join(page.refusal))
        if page.code in (403, 404):
            raise Refused(f"{page.code}: {page.words[-80:]}")
        if page.code != 200 or (not page.done and wanted.verb not in SHOWN):
            raise Fault(
                f"{page.code} at {page.url}, and nothing says that it was done: {page.words[-200:]}"
            )

    def _newest(self) -> int:
        with reading(self.sessions) as session:
            return session.scalar(select(func.max(Case.id))) or 0

    def _since(self, newest: int) -> list[int]:
        with reading(self.sessions) as session:
            return list(session.scalars(select(Case.id).where(Case.id > newest).order_by(Case.id)))

    def _counted(self) -> dict[str, int]:
        with reading(self.sessions) as session:
            return counted(session)


def through(open_panel: OpenPanel) -> Callable[[Sessions, dict[str, int], Path], PanelHand]:
    """What makes the hand of a story whose people act through a panel."""
    return lambda sessions, cases, data: PanelHand(sessions, cases, data, open_panel)
