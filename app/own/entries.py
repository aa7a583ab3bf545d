"""The lists of what an office adds: views, verbs, roles, lists of work, channels, papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from app.stages.verb import Verb
from app.worklists import Queue, Where

Pair = tuple[str, str]


class Wrong(TypeError):
    """What an office added cannot be used; the message says what to change."""


@dataclass(frozen=True)
class OwnView:
    """A page over a table of the office's own: a plain `ModelView` of Flask-AppBuilder. `roles` open
    it, `edits` add and change rows; `scope` is `office`, `unit_id` or `case_id`."""

    view: type[Any]
    name: str
    roles: tuple[str, ...] = ()
    scope: str = ""
    title: Pair | None = None
    labels: Mapping[str, Pair] = field(default_factory=dict)
    edits: tuple[str, ...] = ()
    category: str = ""

    @property
    def model(self) -> Any:
        """The table."""
        return getattr(getattr(self.view, "datamodel", None), "obj", None)

    @property
    def page(self) -> str:
        """The page's name, and its permission."""
        return self.view.__name__

    @property
    def verbs(self) -> tuple[str, str]:
        """The verbs that add and change its rows."""
        return f"add_{self.model.__tablename__}", f"edit_{self.model.__tablename__}"


@dataclass(frozen=True)
class OwnVerb:
    """A verb of the office's own: its row of the verb table, and what it is called."""

    verb: Verb
    title: Pair
    labels: Mapping[str, Pair] = field(default_factory=dict)


@dataclass(frozen=True)
class OwnRole:
    """A role of the office's own: what it is called, whose cases it reads (`scope` as in
    `app.roles.SCOPES`; empty: none), the pages it opens and the verbs it may do."""

    name: str
    title: Pair
    scope: str = ""
    pages: tuple[str, ...] = ()
    verbs: tuple[str, ...] = ()


@dataclass(frozen=True)
class OwnList:
    """A list of work of the office's own: its key in addresses, its row of the table of lists, and
    what it is called."""

    key: str
    queue: Queue
    title: Pair


@dataclass(frozen=True)
class Channel:
    """A way by which demands come in: the word that stands in the record, what it is called, and
    what takes a message of it apart into the fields of `register`."""

    word: str
    title: Pair
    read: Callable[[Mapping[str, Any]], Mapping[str, Any]]


@dataclass(frozen=True)
class Paper:
    """A paper of the office's own about the rows of a page: facts of a row, laid out on a page.
    The layout says a text of `texts` by `paper.<kind>.<its name>`."""

    kind: str
    title: Pair
    page: str
    facts: Callable[[Any], Mapping[str, Any]]
    layout: Callable[[Mapping[str, Any]], dict[str, Any]]
    texts: Mapping[str, Pair] = field(default_factory=dict)


@dataclass
class Own:
    """What `app/extend.py` fills; `add_view` is called as in Flask-AppBuilder, with who may open the
    page and whose rows it shows."""

    views: list[OwnView] = field(default_factory=list)
    verbs: list[OwnVerb] = field(default_factory=list)
    roles: list[OwnRole] = field(default_factory=list)
    lists: list[OwnList] = field(default_factory=list)
    channels: list[Channel] = field(default_factory=list)
    papers: list[Paper] = field(default_factory=list)

    def add_view(
        self,
        view: type[Any],
        name: str,
        *,
        roles: Sequence[str] = (),
        scope: str = "",
        label: Pair | None = None,
        labels: Mapping[str, Pair] | None = None,
        edits: Sequence[str] = (),
        icon: str = "",
        category: str = "",
    ) -> None:
        """Add a page; in the menu below `category`, one of the desk's or another. `icon` is taken as
        Flask-AppBuilder has it, and the menu of the desk shows none."""
        entry = OwnView(
            view, name, tuple(roles), scope, label, labels or {}, tuple(edits), category
        )
        self.views.append(entry)

    def add_verb(
        self,
        verb: Verb,
        *,
        label: Pair,
        labels: Mapping[str, Pair] | None = None,
    ) -> None:
        """Add a verb."""
        self.verbs.append(OwnVerb(verb, label, labels or {}))

    def add_role(
        self,
        name: str,
        *,
        label: Pair,
        scope: str = "",
        pages: Sequence[str] = (),
        verbs: Sequence[str] = (),
    ) -> None:
        """Add a role; `python -m app upgrade` lets accounts hold it."""
        self.roles.append(OwnRole(name, label, scope, tuple(pages), tuple(verbs)))

    def add_worklist(
        self,
        key: str,
        *,
        label: Pair,
        roles: Sequence[str],
        model: type[Any],
        where: Where,
        when: str = "",
        page: str = "",
        red: bool = False,
    ) -> None:
        """Add a list of work: which rows of a table wait for whom; as in `app.worklists.Queue`."""
        queue = Queue(f"work.{key}", tuple(roles), model, where, when, page, red=red)
        self.lists.append(OwnList(key, queue, label))

    def add_channel(self, channel: Channel) -> None:
        """Add a channel."""
        self.channels.append(channel)

    def add_paper(self, paper: Paper) -> None:
        """Add a paper."""
        self.papers.append(paper)
