"""What a template is given: carriers deliver approved texts only, with fields that are filled in.

Which of our fields goes where, and how long it may be, an administrator says per gateway and kind of
message. What is longer is cut so that numbers and dates stay whole; links are taken out, because
carriers refuse them and a caller's words may hold one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

CUT = "…"
_LINK = re.compile(
    r"(?:https?://|www\.)[!-~]+|[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(?:/[!-~]*)?",
    re.ASCII | re.IGNORECASE,
)
_DATE = (
    r"(?:[0-9]{4}年)?[0-9]{1,2}月[0-9]{1,2}日(?:\s?[0-9]{1,2}(?::[0-9]{2}|时(?:[0-9]{1,2}分)?))?"
    r"|[0-9]{4}[-/.][0-9]{1,2}[-/.][0-9]{1,2}(?:[ T][0-9]{1,2}:[0-9]{2})?"
)
_KEPT = re.compile(rf"(?P<date>{_DATE})|[A-Za-z]{{0,6}}[-]?[0-9][0-9A-Za-z-]{{3,}}", re.ASCII)
_BRACKETS = str.maketrans("【】", "〔〕")
"""The brackets of a carrier's signature, which a field may not hold."""


class Unfit(Exception):
    """A message that no template can carry; `code` is our word for why. Says nothing of what was to
    be told."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Slot:
    """A field of a template: ours, what the template calls it, how many signs it takes."""

    field: str
    name: str
    longest: int


@dataclass(frozen=True)
class Template:
    """A text that a carrier has approved; the slots stand in its order."""

    id: str
    slots: tuple[Slot, ...] = ()

    def filled(self, fields: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
        """Each name of the template with its value, in its order. Raises Unfit: field_missing,
        field_too_long."""
        return tuple((slot.name, _value(slot, fields)) for slot in self.slots)


def _value(slot: Slot, fields: Mapping[str, str]) -> str:
    if slot.field not in fields:
        raise Unfit("field_missing")
    text = " ".join(_LINK.sub(CUT, fields[slot.field]).split())
    return shortened(text.translate(_BRACKETS), slot.longest)


def shortened(text: str, longest: int) -> str:
    """A text of so many signs at most. Words give way, from the end; numbers and dates stay whole.
    Where even they are too long, the first number and the last date stay. Raises Unfit
    (field_too_long) where these do not fit."""
    if len(text) <= longest:
        return text
    pieces = _pieces(text)
    for kept in _ever_fewer(pieces):
        for told in _bare(_only(pieces, kept)):
            found = _fitted(told, longest)
            if found is not None:
                return found
    raise Unfit("field_too_long")


@dataclass(frozen=True)
class _Piece:
    text: str
    kept: bool = False
    date: bool = False


def _pieces(text: str) -> list[_Piece]:
    pieces, at = [], 0
    for found in _KEPT.finditer(text):
        pieces.append(_Piece(text[at : found.start()]))
        pieces.append(_Piece(found[0], True, found["date"] is not None))
        at = found.end()
    return [piece for piece in [*pieces, _Piece(text[at:])] if piece.text]


def _ever_fewer(pieces: list[_Piece]) -> list[set[int]]:
    """Which pieces stay whole: all numbers and dates, then ever fewer, the first number and the
    last date to the end."""
    kept = [at for at, piece in enumerate(pieces) if piece.kept]
    first = next((at for at in kept if not pieces[at].date), None)
    last = next((at for at in reversed(kept) if pieces[at].date), None)
    spare = [at for at in kept if at not in (first, last)]
    least = {at for at in (first, last) if at is not None}
    return [least | set(spare[:n]) for n in range(len(spare), -1, -1)]


def _only(pieces: list[_Piece], kept: set[int]) -> list[_Piece]:
    """The pieces with a gap for each that does not stay whole, and words beside words joined."""
    joined: list[_Piece] = []
    for at, piece in enumerate(pieces):
        text = CUT if piece.kept else piece.text
        if at in kept:
            joined.append(piece)
        elif joined and not joined[-1].kept:
            joined[-1] = _Piece(joined[-1].text + text)
        else:
            joined.append(_Piece(text))
    return joined


def _bare(pieces: list[_Piece]) -> list[list[_Piece]]:
    """The pieces; without words at the end; without words at either end, where not even a sign for
    the gap has room."""
    ended = pieces[: len(pieces) - (not pieces[-1].kept)]
    return [pieces, ended, ended[1:] if ended and not ended[0].kept else ended]


def _fitted(pieces: list[_Piece], longest: int) -> str | None:
    """The pieces in so many signs: words as far as there is room, then a sign for each gap."""
    words = sum(not piece.kept for piece in pieces)
    room = longest - words - sum(len(piece.text) for piece in pieces if piece.kept)
    if room < 0:
        return None
    told = []
    for piece in pieces:
        if piece.kept:
            told.append(piece.text)
            continue
        whole = len(piece.text) - len(CUT) <= room
        told.append(piece.text if whole else _words(piece.text, room) + CUT)
        room = max(room - len(piece.text) + len(CUT), 0) if whole else 0
    return re.sub(f"{CUT}+", CUT, "".join(told))


def _words(text: str, room: int) -> str:
    """The beginning of words, without a number that is broken in two."""
    if room and re.match(r"[0-9A-Za-z]{2}", text[room - 1 : room + 1], re.ASCII):
        return re.sub(r"[0-9A-Za-z-]+$", "", text[:room])
    return text[:room]
