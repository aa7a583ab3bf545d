"""What the front puts to the desk behind it: parcels, which are kept, and questions, which are not."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

Answer = Mapping[str, Any]


class Silent(Exception):
    """Whoever stands behind does not answer now; nothing was done."""


class Full(Exception):
    """There is no room for what came; nothing of it is kept."""


@dataclass(frozen=True)
class Photo:
    """A picture that was made anew: its name as sent, its media type, its bytes."""

    name: str = field(repr=False)
    media_type: str
    content: bytes = field(repr=False)


@dataclass(frozen=True)
class Parcel:
    """Something that came and has to reach the desk once: `source` is form, wechat or rating; `key`
    is the same however often it comes (1 to 80 of letters, digits, - and _); `receipt` is its 收件号,
    empty for a rating; `at` is when it came; `said` are its words by the names of their fields."""

    source: str
    key: str
    receipt: str = field(repr=False)
    at: datetime
    said: Mapping[str, str] = field(repr=False)
    photos: tuple[Photo, ...] = ()

    def raw(self) -> bytes:
        """What was said, as JSON with sorted keys: the same bytes each time."""
        told = {
            "source": self.source,
            "key": self.key,
            "receipt": self.receipt,
            "at": self.at.isoformat(),
            "said": dict(self.said),
        }
        return json.dumps(told, ensure_ascii=False, sort_keys=True).encode()

    def packed(self) -> bytes:
        """The whole of it, its pictures included, as JSON."""
        photos = [
            {
                "name": photo.name,
                "media_type": photo.media_type,
                "content": base64.b64encode(photo.content).decode(),
            }
            for photo in self.photos
        ]
        return json.dumps({"parcel": json.loads(self.raw()), "photos": photos}).encode()

    @classmethod
    def unpacked(cls, packed: bytes) -> Parcel:
        """A parcel from its JSON. Raises ValueError for what is none."""
        try:
            whole = json.loads(packed)
            told = whole["parcel"]
            photos = tuple(
                Photo(str(one["name"]), str(one["media_type"]), base64.b64decode(one["content"]))
                for one in whole["photos"]
            )
            said = {str(name): str(words) for name, words in told["said"].items()}
            at = datetime.fromisoformat(told["at"])
            return cls(
                str(told["source"]), str(told["key"]), str(told["receipt"]), at, said, photos
            )
        except (KeyError, TypeError, AttributeError, RecursionError) as wrong:
            raise ValueError("no parcel") from wrong


class Behind(Protocol):
    """The desk as the front sees it."""

    def take(self, parcel: Parcel) -> None:
        """Keep a parcel, once by its source and key; it is safe when this returns. Raises Full."""
        ...

    def ask(self, question: Mapping[str, str]) -> Answer:
        """Put a question that is kept nowhere: `{"ask": "case", "number", "code"}`, `{"ask":
        "message", "receipt"}`, `{"ask": "looked", "code"}` or `{"ask": "rate", "code", ...}`.
        The answer is a dict of JSON; `{"found": false}` alone where there is nothing to be told.
        Raises Silent."""
        ...

    def office(self) -> str:
        """What the office is called."""
        ...

    def notice(self) -> str:
        """The notice that stands before the form: lines, each a paragraph."""
        ...
