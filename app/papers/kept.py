"""Kept files on the disk, compared with the SHA-256 that the record has of each."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from app.files import digest, path_of
from app.words import Message

CHUNK = 1 << 20


@dataclass(frozen=True)
class Kept:
    """A file of a case (`kind` file), a dossier's zip (`dossier`, with its name) or the PDF of a paper
    (`paper`, with its number; case 0 where it belongs to none), as the record has it."""

    kind: str
    id: int
    case_id: int
    sha256: str
    name: str = ""


@dataclass(frozen=True)
class Lost:
    """A file that is not as the record has it: its kind and id, its case, what is wrong with it, and
    the number of a paper."""

    kind: str
    id: int
    case_id: int
    what: Message
    name: str = ""

    def told(self, language: str) -> str:
        """The finding in a language: which file of which case, and what."""
        if self.kind == "paper":
            told = Message(
                "flaw.in_paper",
                {"kind": self.called, "number": self.name, "id": self.id, "what": self.what},
            )
        else:
            told = Message(
                "flaw.in_file",
                {"case": self.case_id, "kind": self.called, "id": self.id, "what": self.what},
            )
        return told.text(language)

    @property
    def called(self) -> Message:
        """What its kind is called."""
        return Message(f"flaw.kind.{self.kind}")


def lost_among(data: Path, kept: Iterable[Kept]) -> Iterator[Lost]:
    """Those of some kept files that are gone or altered below `data`."""
    read: dict[Path, str | None] = {}
    for file in kept:
        path = _place_of(data, file)
        if path not in read:
            read[path] = digest(path) if path.is_file() else None
        wrong = _wrong(read[path], file.sha256, path)
        if wrong is None and file.kind == "dossier":
            wrong = _unlike(path)
        if wrong is not None:
            named = file.name if file.kind == "paper" else ""
            yield Lost(file.kind, file.id, file.case_id, wrong, named)


def _place_of(data: Path, file: Kept) -> Path:
    """Where a kept file stands."""
    if file.kind == "dossier":
        return zip_of(data, file.name)
    place = pdf_of if file.kind == "paper" else path_of
    return place(data, file.sha256)


def pdf_of(data: Path, sha256: str) -> Path:
    """Where the PDF of a paper stands, by its SHA-256."""
    return data / "papers" / sha256[:2] / f"{sha256}.pdf"


def zip_of(data: Path, name: str) -> Path:
    """Where a dossier's zip stands."""
    return data / "dossiers" / f"{name}.zip"


def whole_zip(data: Path, name: str, sha256: str) -> bool:
    """Whether a dossier's zip is there and what the record says."""
    path = zip_of(data, name)
    return path.is_file() and digest(path) == sha256


def _wrong(found: str | None, sha256: str, path: Path) -> Message | None:
    if found is None:
        return Message("flaw.file.gone", {"name": path.name})
    return None if found == sha256 else Message("flaw.file.altered", {"name": path.name})


def _unlike(path: Path) -> Message | None:
    """How a dossier's directory differs from its zip, which is what was sealed; None where it does
    not."""
    folder = path.with_suffix("")
    with zipfile.ZipFile(path) as packed:
        names = {info.filename for info in packed.infolist() if not info.is_dir()}
        for name in sorted(names):
            file = folder.parent / name
            if not file.is_file():
                return Message("flaw.folder.gone", {"name": name})
            with packed.open(name) as sealed, file.open("rb") as stands:
                if not _same(sealed, stands):
                    return Message("flaw.folder.altered", {"name": name})
    found = {str(file.relative_to(folder.parent)) for file in folder.rglob("*") if file.is_file()}
    more = sorted(found - names)
    return Message("flaw.folder.more", {"name": more[0]}) if more else None


def _same(one: IO[bytes], other: IO[bytes]) -> bool:
    """Whether two contents are the same, read piece by piece."""
    while part := one.read(CHUNK):
        if part != other.read(CHUNK):
            return False
    return not other.read(1)
