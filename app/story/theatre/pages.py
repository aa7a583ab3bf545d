"""What a person sees of a page: its title, its links, its rows, its forms. Read from the HTML as a
browser does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Link:
    """A link: `verb` is the verb it names, if it does; `off` that the page says it is not possible
    now; `tongue` that it changes the language."""

    href: str
    verb: str = ""
    off: bool = False
    tongue: bool = False
    empty: bool = False
    text: str = ""


@dataclass
class Row:
    """A row of a table: the words of its cells and its links."""

    cells: list[str] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)


@dataclass
class Control:
    """A control of a form: `kind` is the type of an input, or select or textarea; `values` is what
    would be sent as it stands; `options` what may be chosen, `called` what of it is called how."""

    name: str
    kind: str
    values: list[str] = field(default_factory=list)
    options: list[str] = field(default_factory=list)
    many: bool = False
    called: dict[str, str] = field(default_factory=dict)


@dataclass
class Form:
    """A form with its controls by their names; `action` is empty where it goes to the page's own
    address."""

    action: str
    verb: str
    controls: dict[str, Control] = field(default_factory=dict)


@dataclass
class Page:
    """A page as it was read. `refusal` is (message id, sentence), `done` what the page says was
    done."""

    url: str = ""
    code: int = 200
    media: str = "text/html"
    title: str = ""
    words: str = ""
    links: list[Link] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    forms: list[Form] = field(default_factory=list)
    refusal: tuple[str, str] | None = None
    done: str = ""

    def form(self, verb: str) -> Form | None:
        """The form of a verb."""
        return next((form for form in self.forms if form.verb == verb), None)

    def login(self) -> Form | None:
        """The form that asks who one is, where this is the login page."""
        return next(
            (
                form
                for form in self.forms
                if not form.verb and {"username", "password"} <= {*form.controls}
            ),
            None,
        )


def read_page(html: str) -> Page:
    """Read a page's HTML."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    reader.page.words = " ".join("".join(reader.said).split())
    return reader.page


class _Reader(HTMLParser):
    """Collects what a person can see or press."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.page, self.said = Page(), list[str]()
        self._form: Form | None = None
        self._row: Row | None = None
        self._select: Control | None = None
        self._open: list[tuple[str, list[str], Callable[[str], None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        begin = _BEGIN.get(tag)
        if begin is not None:
            begin(self, given)

    def handle_data(self, data: str) -> None:
        self.said.append(data)
        for _, heard, _ in self._open:
            heard.append(data)

    def handle_endtag(self, tag: str) -> None:
        if self._open and self._open[-1][0] == tag:
            _, heard, done = self._open.pop()
            done("".join(heard))
        if tag == "form":
            self._form = None
        elif tag == "tr":
            self._row = None
        elif tag == "select":
            self._chosen()

    def _hear(self, tag: str, done: Callable[[str], None]) -> None:
        self._open.append((tag, [], done))

    def _h1(self, given: dict[str, str]) -> None:
        self._hear("h1", lambda text: setattr(self.page, "title", text.strip()))

    def _a(self, given: dict[str, str]) -> None:
        looks = given.get("class", "").split()
        link = Link(
            given.get("href", ""),
            given.get("data-verb", ""),
            "off" in looks,
            "lang" in given,
            "none" in looks,
        )
        self.page.links.append(link)
        if self._row is not None:
            self._row.links.append(link)
        self._hear("a", lambda text: setattr(link, "text", text.strip()))

    def _tr(self, given: dict[str, str]) -> None:
        self._row = Row()
        self.page.rows.append(self._row)

    def _td(self, given: dict[str, str]) -> None:
        if self._row is not None:
            cells = self._row.cells
            self._hear("td", lambda text: cells.append(text.strip()))

    def _div(self, given: dict[str, str]) -> None:
        msgid = given.get("data-msgid")
        if msgid:
            self._hear("div", lambda text: setattr(self.page, "refusal", (msgid, text.strip())))
        elif given.get("class", "").split() == ["flash", "success"] or "data-done" in given:
            self._hear("div", lambda text: setattr(self.page, "done", text.strip()))

    def _begin_form(self, given: dict[str, str]) -> None:
        self._form = Form(given.get("action", ""), given.get("data-verb", ""))
        self.page.forms.append(self._form)

    def _control(self, control: Control) -> Control:
        """A control; one more of the same name adds to the first."""
        if self._form is None or not control.name:
            return control
        known = self._form.controls.setdefault(control.name, control)
        if known is not control:
            known.values += control.values
            known.options += control.options
        return known

    def _input(self, given: dict[str, str]) -> None:
        kind, value = given.get("type", "text"), given.get("value", "")
        if kind in ("checkbox", "radio"):
            values = [value] if "checked" in given else []
            self._control(
                Control(given.get("name", ""), kind, values, [value], many=kind == "checkbox")
            )
        elif kind == "file":
            self._control(Control(given.get("name", ""), kind))
        elif kind not in ("submit", "button"):
            self._control(Control(given.get("name", ""), kind, [value]))

    def _textarea(self, given: dict[str, str]) -> None:
        control = self._control(Control(given.get("name", ""), "textarea"))
        # A line that ends right behind the tag is no part of the words, however lines end.
        said = control.values
        self._hear(
            "textarea", lambda text: said.append(text.replace("\r\n", "\n").removeprefix("\n"))
        )

    def _begin_select(self, given: dict[str, str]) -> None:
        self._select = self._control(
            Control(given.get("name", ""), "select", many="multiple" in given)
        )

    def _option(self, given: dict[str, str]) -> None:
        if self._select is not None:
            self._select.options.append(given.get("value", ""))
            called, value = self._select.called, given.get("value", "")
            self._hear("option", lambda text: called.update({text.strip(): value}))
            if "selected" in given:
                self._select.values.append(given.get("value", ""))

    def _chosen(self) -> None:
        """A list of which one is chosen sends its first line, where none is."""
        control, self._select = self._select, None
        if control is not None and not control.many:
            control.values = control.values[-1:] or control.options[:1]


_BEGIN: dict[str, Callable[[_Reader, dict[str, str]], None]] = {
    "h1": _Reader._h1,
    "a": _Reader._a,
    "tr": _Reader._tr,
    "td": _Reader._td,
    "div": _Reader._div,
    "form": _Reader._begin_form,
    "input": _Reader._input,
    "textarea": _Reader._textarea,
    "select": _Reader._begin_select,
    "option": _Reader._option,
}
"""tag -> what is done where it begins."""
