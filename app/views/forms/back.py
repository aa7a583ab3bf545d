"""Where a form leads back to that was opened on another page than the one of its case: a queue, a
list in whose row it stood. Each such page says so itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Render = Callable[..., Any]
"""How the panel renders a template."""
BACK = "back"
"""The hidden field that names the page, with what it has to know of it: `visits`, `list.12`."""


@dataclass(frozen=True)
class Place:
    """A page that forms lead back to: its address, and where it shows a caller by itself, how."""

    address: Callable[[str], str]
    shown: Callable[[Render, int, Mapping[str, str]], Any] | None = None


PLACES: dict[str, Place] = {}
"""word -> the page that it names."""


def place_of(typed: Mapping[str, str]) -> tuple[Place, str] | None:
    """The page that a form names, with what stands behind its word; None where it names none."""
    word, _, rest = typed.get(BACK, "").partition(".")
    return (PLACES[word], rest) if word in PLACES else None


def back_to(typed: Mapping[str, str]) -> str | None:
    """The address of the page that a form names; None where it names none."""
    found = place_of(typed)
    return found[0].address(found[1]) if found is not None else None
