"""What a verb is, in one row: its function, what it acts on, the fields of its form, whose it is and
what it records. Each stage ends with its rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Boolean, Date, Integer

from app.models.columns import facts_of
from app.rules.events import known
from app.rules.extra import Extra
from app.words import Message

Run = Callable[..., Any]
Rows = Mapping[str, Sequence[Any]]
Against = Callable[[Sequence[Any], Rows], Message | None]
"""What else stands against a verb, in words, where its subject is in a state for it: of the rows it
may be about, and of all rows of the page."""


@dataclass(frozen=True)
class When:
    """What a field hangs on: it applies where `choice`, another field of its verb, is answered by one
    of `answers` (a truth is `y` or `n`)."""

    choice: str
    answers: tuple[str, ...]


@dataclass(frozen=True)
class Field:
    """One field of a verb's form: `kind` is text, int, id, bool, date, moment, choice, unit, units,
    case, leader, caller, names, parts, days, counts or any; `most` is how many characters its
    column takes, where that is not told by its name; `clears`: the form begins with what stands on
    file, and empty it takes that out; `when` what it hangs on, where it does not always apply;
    `within` the categories that it is for; `own` what it is, where the office made it."""

    name: str
    kind: str = "text"
    required: bool = False
    choices: tuple[str, ...] = ()
    most: int | None = None
    clears: bool = False
    when: When | None = None
    within: When | None = None
    own: Extra | None = None


@dataclass(frozen=True)
class On:
    """What a verb acts on: `target` says how its row is found; `subject` and `states` on which rows
    of a case page, and in which states (None: in any), it is offered; `ended` are ended states that
    it is about too, where nothing in its `states` stands. `decides`: on what the case has come to,
    so that its form carries the state of the case. `proposals`: the table of what it decides on;
    `waits`: the same of what was proposed about its case. `rests`: the events that change what its
    form showed though no state moves."""

    target: str
    subject: str = ""
    states: tuple[str, ...] | None = None
    ended: tuple[str, ...] = ()
    kind: str = ""
    decides: bool = False
    proposals: type[Any] | None = None
    waits: type[Any] | None = None
    rests: tuple[str, ...] = ()

    @property
    def offered(self) -> tuple[str, ...] | None:
        """All the states in which it is offered; None: in any."""
        return None if self.states is None else (*self.states, *self.ended)


NO_CASE = On("none")
"""No case: a report, a calendar, an account, what the office itself is."""
ANY_CASE = On("case")
"""A case in whatever state, by a link of its own: no case page offers it."""


def resting(on: On, *events: str) -> On:
    """The same, where what is decided rests on what these events change."""
    return replace(on, rests=events)


def proposals(model: type[Any]) -> On:
    """A proposal that waits for a second person."""
    return On("none", proposals=model)


def case(
    states: tuple[str, ...] | None = None,
    *,
    decides: bool = False,
    by: str = "case",
    waits: type[Any] | None = None,
) -> On:
    """A case in one of these states; `by` another subject where the page tells it by that one;
    `waits` the table of what was proposed about it, where that is decided on."""
    return On("case", by, states, decides=decides, waits=waits)


def assignment(states: tuple[str, ...], about: str = "assignment") -> On:
    """An assignment in one of these states; `about` what else of it must be in them."""
    return On("assignment", about, states)


def request(kind: str) -> On:
    """The assignment of a request of this kind that waits for its ruling."""
    return On("assignment", f"request:{kind}", ("pending",), kind=kind)


def assist(states: tuple[str, ...]) -> On:
    """The assignment of an assisting unit."""
    return On("assignment", "assist", states, kind="assist")


def reminder(states: tuple[str, ...]) -> On:
    """A reminder in one of these states."""
    return On("reminder", "reminder", states)


def item(states: tuple[str, ...] | None = None, ended: tuple[str, ...] = ()) -> On:
    """A supervision item in one of these states."""
    return On("item", "supervision", states, ended)


def referral(states: tuple[str, ...]) -> On:
    """A referral in one of these states."""
    return On("referral", "referral", states)


def draft(states: tuple[str, ...]) -> On:
    """A draft of the unit's staff in one of these states."""
    return On("draft", "draft", states)


CASE_OF_ROOM = On("room", "case")
"""A case that the supervision room takes up: a candidate, or by hand."""
PAPER = On("paper", "referral")
"""A paper of a case."""


@dataclass(frozen=True)
class Verb:
    """One verb. `roles` have the right to it; `event` is what its being done records, several where
    it depends; `against` is what else a case page sees standing against it. `alone`: also done
    without what it acts on. `holds`: done though its case moved on meanwhile. `recuses`: not done
    about a unit of one's own. `guarded`: in no role of the office's own, and a code at login. With
    `draft` staff drafts what it files. `stage` is where it was collected from. `extends`: whose fields of
    the office's own it asks as well."""

    name: str
    run: Run
    on: On
    roles: tuple[str, ...]
    fields: tuple[Field, ...] = ()
    event: str | tuple[str, ...] = ()
    against: Against | None = None
    alone: bool = False
    holds: bool = False
    recuses: bool = False
    guarded: bool = False
    draft: str = ""
    stage: str = ""
    extends: str = ""

    @property
    def target(self) -> str:
        """How the row that it acts on is found."""
        return self.on.target

    @property
    def kind(self) -> str:
        """The kind of request or assignment that it is about."""
        return self.on.kind

    @property
    def states(self) -> tuple[str, ...]:
        """The states of its row in which it is done; empty where any will do."""
        return self.on.states or ()

    @property
    def ended(self) -> tuple[str, ...]:
        """The ended states that it is about too."""
        return self.on.ended

    @property
    def events(self) -> tuple[str, ...]:
        """The event words that its being done may record."""
        return (self.event,) if isinstance(self.event, str) else self.event

    @property
    def tells(self) -> frozenset[str]:
        """Whom its events tell."""
        return frozenset(told for event in self.events for told in known(event).tells)

    @property
    def composable(self) -> bool:
        """Whether a role of the office's own may hold it."""
        return not self.guarded and "it_admin" not in self.roles


def field(name: str, kind: str = "text", *choices: str, most: int | None = None) -> Field:
    """A field; its name ends in `!` where it is required."""
    return Field(name.rstrip("!"), kind, name.endswith("!"), choices, most)


def choice(name: str, choices: Sequence[str]) -> Field:
    """A field with a fixed list of words to choose from; its name ends in `!` where it is
    required."""
    return Field(name.rstrip("!"), "choice", name.endswith("!"), tuple(choices))


def only(one: Field, choice: str, *answers: str) -> Field:
    """A field that applies only where another one, `choice`, is answered so."""
    return replace(one, when=When(choice, answers))


def of_column(column: Any) -> Field:
    """The field of a column, by its type: bool, int, date, or text no longer than the column."""
    kinds = ((Boolean, "bool"), (Integer, "int"), (Date, "date"))
    kind = next((kind for cls, kind in kinds if isinstance(column.type, cls)), "text")
    return Field(column.key, kind, most=getattr(column.type, "length", None))


def of_facts(model: type[Any]) -> tuple[Field, ...]:
    """The fields of the columns of a table that are marked as facts."""
    return tuple(of_column(column) for column in facts_of(model).values())


REASON, WORDS = field("reason!"), field("words!")
ACCEPT = field("accept!", "bool")
RULING = (ACCEPT, field("words"))
DUE = (field("workdays", "int"), field("due_on", "date"))
ROW = field("id!", "int")
