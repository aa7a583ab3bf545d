"""Draws the rooms of the code as a picture: each room in the row of its layer, and which rooms of
the rows below it imports. Called by `make rooms`, which writes
docs/pictures/rooms.svg.

The rows are those of the contract in pyproject.toml; the imports are read from the code.
"""

import re
import sys
import tomllib
from html import escape
from pathlib import Path

from grimp import ImportGraph, build_graph

ROOT = Path(__file__).resolve().parents[1]
PICTURE = ROOT / "docs" / "pictures" / "rooms.svg"
WIDE, HIGH, GAP, ROW = 150, 34, 24, 72
"""A box, the space between two, and from one row to the next: pixels."""


def rows() -> list[list[str]]:
    """The layers of the contract `rooms`, the highest first."""
    told = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    contract = next(
        one for one in told["tool"]["importlinter"]["contracts"] if one["id"] == "rooms"
    )
    layers = [re.findall(r"[\w.]+", layer) for layer in contract["layers"]]
    return [[room for room in layer if _files(room)] for layer in layers if any(map(_files, layer))]


def _files(room: str) -> list[Path]:
    path = ROOT / room.replace(".", "/")
    alone = path.with_suffix(".py")
    return [alone] if alone.is_file() else sorted(path.rglob("*.py"))


def imports(graph: ImportGraph, rooms: list[str]) -> set[tuple[str, str]]:
    """Pairs of a room and one that it imports."""
    room_of = {
        module: room
        for room in rooms
        for module in graph.modules
        if module == room or module.startswith(f"{room}.")
    }
    return {
        (room, room_of[imported])
        for module, room in room_of.items()
        for imported in graph.find_modules_directly_imported_by(module)
        if room_of.get(imported, room) != room
    }


def _box(room: str, x: int, y: int) -> str:
    return (
        f'<rect x="{x}" y="{y}" width="{WIDE}" height="{HIGH}" rx="4"/>'
        f'<text x="{x + WIDE // 2}" y="{y + HIGH // 2 + 5}">{escape(room)}</text>'
    )


def _line(start: tuple[int, int], end: tuple[int, int]) -> str:
    x, y, to_x, to_y = start[0] + WIDE // 2, start[1] + HIGH, end[0] + WIDE // 2, end[1]
    bent = (y + to_y) // 2
    return f'<path d="M{x} {y}C{x} {bent} {to_x} {bent} {to_x} {to_y}"/>'


def picture() -> str:
    """The picture, as SVG that needs nothing else."""
    layers = rows()
    across = max(map(len, layers)) * (WIDE + GAP) + GAP
    places: dict[str, tuple[int, int]] = {}
    for number, layer in enumerate(layers):
        left = (across - len(layer) * (WIDE + GAP) + GAP) // 2
        for column, room in enumerate(layer):
            places[room] = (left + column * (WIDE + GAP), GAP + number * ROW)
    pairs = imports(build_graph("app", "jobs"), list(places))
    lines = [
        _line(places[room], places[below])
        for room, below in sorted(pairs)
        if places[room][1] < places[below][1]
    ]
    boxes = [_box(room, *place) for room, place in places.items()]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{across}" '
            f'height="{len(layers) * ROW + GAP}" font-family="sans-serif" font-size="13">',
            "<style>rect{fill:#f4f6f8;stroke:#345}path{fill:none;stroke:#9ab}"
            "text{text-anchor:middle;fill:#123}</style>",
            *lines,
            *boxes,
            "</svg>\n",
        ]
    )


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    PICTURE.write_text(picture(), "utf-8")
