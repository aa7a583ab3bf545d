"""Message catalogues: what a person reads, by message id, a file for each language.

`translations/<language>/LC_MESSAGES/duban.po` is read into memory when the language is first asked for; nothing is
compiled. What a language does not say is said in English, what English does not say by the message id.
"""

from __future__ import annotations

import gettext
from collections.abc import Callable, Mapping, MutableMapping
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple

DOMAIN, FALLBACK = "duban", "en"
FOLDER = Path(__file__).parents[1] / "translations"


class Catalogue(NamedTuple):
    """The messages of one language, and which plural of a message goes with a number."""

    messages: MutableMapping[str, tuple[str, ...]]
    plural: Callable[[int], int]


class Catalogues:
    """The catalogues of a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._read: dict[str, Catalogue] = {}
        self._added: dict[str, dict[str, tuple[str, ...]]] = {}

    def add(self, msgid: str, texts: Mapping[str, str]) -> None:
        """Texts of a message by their language, for as long as the process runs; what the file of a
        language says stands before them."""
        for language, text in texts.items():
            self._added.setdefault(language, {})[msgid] = (text,)

    @cached_property
    def languages(self) -> tuple[str, ...]:
        """The languages that have a catalogue."""
        files = self.folder.glob(f"*/LC_MESSAGES/{DOMAIN}.po")
        return tuple(sorted(file.parts[-3] for file in files))

    def of(self, language: str) -> Catalogue:
        """The catalogue of a language, read once; an empty one for a language without a file."""
        if language not in self._read:
            file = self.folder / language / "LC_MESSAGES" / f"{DOMAIN}.po"
            self._read[language] = _parsed(file) if language in self.languages else _EMPTY
        return self._read[language]

    def own(self, msgid: str, language: str, n: object = None) -> str | None:
        """What a language itself says, in the plural that goes with `n`."""
        messages, plural = self.of(language)
        forms = messages.get(msgid) or self._added.get(language, {}).get(msgid, ())
        if not forms:
            return None
        several = len(forms) > 1 and str(n).isdecimal()
        return forms[plural(int(str(n))) if several else -1] or None

    def find(self, msgid: str, language: str, n: object = None) -> str | None:
        """What a language says, else what English says, else None."""
        return self.own(msgid, language, n) or self.own(msgid, FALLBACK, n)

    def text(self, msgid: str, language: str, facts: Mapping[str, object]) -> str:
        """The text of a message with its facts filled in; the message id where there is none."""
        found = self.find(msgid, language, facts.get("n"))
        return msgid if found is None else found.format_map(facts)


_EMPTY = Catalogue({}, lambda n: 0)


def _parsed(file: Path) -> Catalogue:
    # Loaded late: a process that says nothing stays small.
    from babel.messages.pofile import read_po

    with file.open("rb") as lines:
        catalog = read_po(lines, domain=DOMAIN)
    messages = {
        _several(message.id)[0]: _several(message.string)
        for message in catalog
        if message.id and message.string and not message.fuzzy
    }
    return Catalogue(messages, gettext.c2py(catalog.plural_expr))


def _several(said: Any) -> tuple[str, ...]:
    """What a file says once, or once for each plural."""
    return (said,) if isinstance(said, str) else tuple(said)


CATALOGUES = Catalogues(FOLDER)
"""What Duban says."""
