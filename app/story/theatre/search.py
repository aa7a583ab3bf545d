"""Where people find what they look for: their lists, the rows of these, the pages that rows lead
to. Where something was found once is looked at first the next time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit

from app.story.theatre.browser import FIRST, Browser
from app.story.theatre.pages import Link, Page, Row

_MOST_PAGES = 3
"""How far a person leafs through a list: the newest rows come first."""
_ONWARD = ("下一页", "Next")


@dataclass
class Wanted:
    """What a step looks for: the verb, the names by which the case and its referrals are shown, the
    row that is changed, whether it is a draft that is approved, the file or the unit's paper that
    is opened."""

    verb: str
    names: frozenset[str] = frozenset()
    row: str = ""
    draft: bool = False
    file: str = ""
    paper: str = ""
    only: int = 0
    """The case whose own form is meant, where a step must be refused: another may name it in a row."""

    @property
    def opens(self) -> bool:
        """Whether the link itself does it, without a form."""
        return bool(self.file or self.paper)

    def led_to(self, link: Link) -> bool:
        """Whether a link says that it leads to the verb; a story tells an item by its case, unit
        and ground, and takes no link that names one."""
        parts = urlsplit(link.href)
        steps = parts.path.strip("/").split("/")
        if self.verb == "open_file":
            return "files" in steps and link.text == self.file
        if self.paper:
            return steps[:2] == ["papers", self.paper]
        named = link.verb == self.verb or self.verb in steps or (bool(self.row) and "edit" in steps)
        if self.only and steps[:2] == ["do", self.verb] and steps[2:] != [str(self.only)]:
            return False
        asked = parse_qs(parts.query)
        return named and "item" not in asked and ("draft" in asked) == self.draft


@dataclass
class Player:
    """One person of a story: the browser, where a case or a row was seen before, and on which list
    it was found."""

    browser: Browser
    seen: dict[str, list[str]] = field(default_factory=dict)
    lists: list[str] = field(default_factory=list)

    def pages(self, wanted: Wanted) -> Iterator[Page]:
        """The person's pages on which the verb may be, the likeliest first."""
        if not wanted.names and not wanted.row:
            yield self.browser.get(FIRST)
            return
        key = wanted.row or min(wanted.names)
        looked = list(self.seen.get(key, ()))
        for address in looked:
            page = self.browser.get(address)
            if page.code == 200:
                yield page
            else:
                self.seen[key].remove(address)
        yield from self._walk(wanted, key, looked)

    def _walk(self, wanted: Wanted, key: str, looked: list[str]) -> Iterator[Page]:
        """From the first page over its lists to every page that a row of the case, or the row
        itself, leads to."""
        known = {*looked}
        for listing in self._lists():
            rows = _rows_of(listing, wanted)
            yield Page(listing.url, links=[link for link in rows if wanted.led_to(link)])
            for link in rows:
                if link.href in known or _is_paper(link) or wanted.led_to(link):
                    continue
                known.add(link.href)
                page = self.browser.get(link.href)
                if page.code == 200 and page.media == "text/html":
                    self.seen.setdefault(key, []).append(link.href)
                    self._likes(listing.url)
                    yield page

    def _likes(self, address: str) -> None:
        """The list on which something was found is looked at first the next time."""
        first = urlsplit(address).path
        self.lists = [first, *(known for known in self.lists if known != first)]

    def _lists(self) -> Iterator[Page]:
        """The first page's lists, those that were of use before first, each with its further
        pages."""
        home = self.browser.get(FIRST)
        lists = dict.fromkeys(link.href for link in home.links if _is_list(link))
        for address in sorted(lists, key=self._rank):
            yield from self._leafed(address)

    def _rank(self, address: str) -> int:
        """Lists of use before come first, the latest at the head."""
        return self.lists.index(address) if address in self.lists else len(self.lists)

    def _leafed(self, address: str) -> Iterator[Page]:
        """A list and its further pages."""
        page = self.browser.get(address)
        for _ in range(_MOST_PAGES):
            if page.code != 200 or page.media != "text/html":
                return
            yield page
            onward = next((link for link in page.links if link.text in _ONWARD), None)
            if onward is None:
                return
            page = self.browser.get(onward.href)


def _is_list(link: Link) -> bool:
    """Whether a link of the first page leads to a list with something in it."""
    path = urlsplit(link.href).path
    return path not in ("", "/") and not (
        link.tongue or link.empty or link.verb or path.startswith(_FORMS)
    )


_FORMS = "/do/"
_FILES = (".pdf", ".zip", ".xlsx", ".csv")


def _is_paper(link: Link) -> bool:
    """Whether a link opens a paper: that is on the record, so nobody tries it to see where it
    leads."""
    return urlsplit(link.href).path.endswith(_FILES)


def _rows_of(page: Page, wanted: Wanted) -> list[Link]:
    """The links of the rows in which the case, its referral, or the row that is changed, is
    named."""
    names = {wanted.row} if wanted.row else wanted.names
    return [link for row in page.rows if names & _told(row) for link in row.links]


def _told(row: Row) -> set[str]:
    """The cells of a row, and each word of them: of a matter a list tells several things in one."""
    return {*row.cells, *(word for cell in row.cells for word in cell.split())}
