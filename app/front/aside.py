"""Photographs of a form that was given back: put aside until it is sent again, because no browser
sends a file twice by itself.

They stand sealed with a key that is worked out from the form's own, which nobody has but the page
in the caller's hand: a copy of the folder opens nothing. After an hour they are gone.
"""

from __future__ import annotations

import json
import os
import secrets
import time
from base64 import b64decode, b64encode
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from app.files.store import write_whole
from app.front.behind import Photo

SECONDS = 3600
MOST_FILES = 500
"""So many forms may wait at once: what a stranger can have kept here is bounded."""
_NONCE = 12


class Aside:
    """A folder of photographs that wait for their form."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def put(self, key: str, photos: list[Photo]) -> None:
        """Put the photographs of a form aside; none takes away what was. Where too many wait, these
        are not kept."""
        place = self._place(key)
        if not photos:
            place.unlink(missing_ok=True)
            return
        self._forget_old()
        if len(list(self.folder.glob("*"))) >= MOST_FILES:
            return
        told = [
            [photo.name, photo.media_type, b64encode(photo.content).decode()] for photo in photos
        ]
        nonce = secrets.token_bytes(_NONCE)
        write_whole(place, nonce + _cipher(key).encrypt(nonce, json.dumps(told).encode(), b"aside"))

    def of(self, key: str) -> list[Photo]:
        """The photographs that wait for the form of a key; none where they are gone."""
        try:
            sealed = self._place(key).read_bytes()
            plain = _cipher(key).decrypt(sealed[:_NONCE], sealed[_NONCE:], b"aside")
        except (OSError, InvalidTag):
            return []
        return [
            Photo(name, media, b64decode(content)) for name, media, content in json.loads(plain)
        ]

    def _place(self, key: str) -> Path:
        return self.folder / sha256(b"place" + key.encode()).hexdigest()

    def _forget_old(self) -> None:
        for path in self.folder.glob("*"):
            with suppress(FileNotFoundError):
                if time.time() - path.stat().st_mtime > SECONDS:
                    os.unlink(path)


def _cipher(key: str) -> AESGCM:
    return AESGCM(sha256(b"cipher" + key.encode()).digest())
