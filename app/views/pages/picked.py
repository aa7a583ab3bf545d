"""What is chosen from a list that is too long to look through: searched by signs and by the pinyin
initials of names, on forms and in filters alike. Without a script it is a plain list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

Option = tuple[str, str]
"""What is sent where it is chosen, and what it is called."""
FEW = 8
"""So many choices are looked through by eye."""


class Named(list[Option]):
    """Units, categories or persons to choose from, which are found by the pinyin initials of their
    names as well: `read` has those of a value."""

    def __init__(self, options: Iterable[Option], read: Mapping[str, str] | None = None) -> None:
        super().__init__(options)
        self.read = read or {}


def is_picked(options: Sequence[Option]) -> bool:
    """Whether choices are so many names that they are searched, not looked through."""
    return isinstance(options, Named) and len(options) > FEW


def reading_of(options: Sequence[Option]) -> Mapping[str, str]:
    """value -> the pinyin initials by which it is found; nothing of choices that are no names."""
    return options.read if isinstance(options, Named) else {}
