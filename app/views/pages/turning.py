"""From case to case, as they stand in the list that one came from: the list is remembered in the
session of its reader, by its address and the cases of the page that was shown."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from flask import session, url_for

LISTED, LONGEST, MOST = "listed", 900, 100
"""Where the session has it; an address that is longer is left out, for a cookie is short; of so many
cases at most."""


@dataclass(frozen=True)
class Turn:
    """Where one may turn to from a case: the one before, the one behind, back to the list; empty
    where there is none."""

    previous: str
    next: str
    back: str
    place: int
    of: int


def remember(address: str, cases: Iterable[int | None]) -> None:
    """Remember the list that this request shows."""
    ids = [*dict.fromkeys(id for id in cases if id is not None)][:MOST]
    held = [address if len(address) <= LONGEST else address.partition("?")[0], ids]
    if session.get(LISTED) != held:
        session[LISTED] = held


def turn(case: int) -> Turn | None:
    """Where one may turn to from a case; None where it does not stand in the list that was shown
    last."""
    held: tuple[str, list[int]] = session.get(LISTED) or ("", [])
    back, ids = held
    if case not in ids:
        return None
    place = ids.index(case)
    before = ids[place - 1] if place else 0
    behind = ids[place + 1] if place + 1 < len(ids) else 0
    return Turn(_page_of(before), _page_of(behind), back, place + 1, len(ids))


def _page_of(case: int) -> str:
    return url_for("Cases.page_of_case", id=case) if case else ""
