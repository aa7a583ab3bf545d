"""The office's front for the public: demands come in, a caller asks how it stands and says whether it
is true. Served by the panel, or on another machine that has no database and no case (`python -m app
front`). Knows no database: what it cannot say itself it puts to whoever stands behind it."""

from __future__ import annotations

from app.front.behind import Behind, Full, Parcel, Photo, Silent
from app.front.room import Room

__all__ = ["Behind", "Full", "Parcel", "Photo", "Room", "Silent"]
