"""Dossiers as files: a directory and a zip beside it, made after the seal, outside the transaction,
under a lease.

Everything comes from what was frozen: a maker that is killed half way leaves nothing that counts,
and the next one makes the same bytes. The record names the zip's SHA-256; only then may the
referral be sent.
"""

from __future__ import annotations

import fcntl
import hashlib
import io
import json
import logging
import os
import shutil
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.database import Sessions, reading, retried
from app.files import digest, sync_folder, whole, write_whole
from app.ledger import lock_cases
from app.ledger.chain import canonical
from app.models import Caller, Case, Dossier, Event, Referral, Supplement, ToldAs
from app.papers.press import pdf
from app.rules.files import MEDIA
from app.rules.refusal import NotAllowed
from app.rules.workdays import BEIJING
from app.stages.accountability import record_dossier

log = logging.getLogger(__name__)
_ZIPPED = (1980, 1, 1, 0, 0, 0)
"""The moment that every file of a zip bears: none of ours."""
_LINES = (
    "id",
    "chain",
    "seq",
    "at",
    "actor",
    "kind",
    "subject",
    "subject_id",
    "from_state",
    "to_state",
    "payload",
    "key_name",
    "hash",
    "mac",
)


Source = bytes | Path
"""A content, or the file of the store in which it stands."""


@dataclass(frozen=True)
class Volume:
    """A sealed volume whose files are to be made: the referral, the version, its frozen facts, its
    events, and the callers where their identity goes along."""

    referral_id: int
    case_id: int
    version: int
    facts: Mapping[str, Any]
    events: tuple[Mapping[str, Any], ...]
    callers: tuple[Mapping[str, str], ...]

    @property
    def name(self) -> str:
        """The name of its directory and, with `.zip`, of its zip."""
        return f"{self.facts['case_number']}-{self.referral_id}-v{self.version}"


def make_waiting(sessions: Sessions, data: Path, now: datetime) -> list[Path]:
    """Make the files of every sealed dossier and supplement that has none on record, below
    `data`/dossiers; their zips. Whoever makes one holds its lease: a second maker waits, and then
    finds it made.

    Raises NotAllowed (file_lost) where an attachment is gone, OSError where the disk is full, when
    all others are made: one that cannot be made holds up no other, and nothing is left of it."""
    with reading(sessions) as session:
        waiting = _waiting(session)
    made: list[Path] = []
    failed: list[NotAllowed | OSError] = []
    for referral_id, version in waiting:
        try:
            zipped = make(sessions, data, now, referral_id, version)
        except (NotAllowed, OSError) as why:
            log.error("volume %s of referral %s was not made: %s", version, referral_id, why)
            failed.append(why)
        else:
            made += [zipped] if zipped else []
    if failed:
        raise failed[0]
    return made


def make(
    sessions: Sessions, data: Path, now: datetime, referral_id: int, version: int
) -> Path | None:
    """Make one volume's files and record them: its zip, or None where another maker was first."""
    folder = data / "dossiers"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _lease(folder / f".lease-{referral_id}-v{version}"):
        with reading(sessions) as session:
            if _recorded(session, referral_id, version):
                return None
            volume = _read(session, referral_id, version)
        made = _write(folder, data, volume)
        sha256, size = digest(made), made.stat().st_size

        def record(session: Session) -> bool:
            lock_cases(session, [volume.case_id])
            referral = session.get_one(Referral, referral_id, populate_existing=True)
            return (
                record_dossier(session, now, referral, sha256, volume.name, size, version)
                is not None
            )

        return made if retried(sessions, record) else None


@contextmanager
def _lease(path: Path) -> Iterator[None]:
    """One maker at a time; the lease of one that died is free at once."""
    handle = os.open(path, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _waiting(session: Session) -> list[tuple[int, int]]:
    """(referral, version) of the sealed volumes without files on record, oldest first; abandoned
    ones need none."""
    first = (
        select(Dossier.id).where(Dossier.referral_id == Referral.id, Dossier.version == 1).exists()
    )
    query = select(Referral.id).where(
        Referral.sealed.is_not(None), Referral.state != "abandoned", ~first
    )
    found = [(id, 1) for id in session.scalars(query.order_by(Referral.id))]
    later = (
        select(Dossier.id)
        .where(Dossier.referral_id == Supplement.referral_id, Dossier.version == Supplement.n + 1)
        .exists()
    )
    volumes = select(Supplement.referral_id, Supplement.n).where(~later).order_by(Supplement.id)
    return found + [(row.referral_id, row.n + 1) for row in session.execute(volumes)]


def _recorded(session: Session, referral_id: int, version: int) -> bool:
    query = select(Dossier.id).where(Dossier.referral_id == referral_id, Dossier.version == version)
    return session.scalar(query) is not None


def _read(session: Session, referral_id: int, version: int) -> Volume:
    """A volume as it was sealed: its facts, the events of its case up to the seal, and the callers
    if they go along."""
    referral = session.get_one(Referral, referral_id)
    if version == 1:
        sealed, kind = referral.sealed, "referral.sealed"
    else:
        query = select(Supplement.sealed).where(
            Supplement.referral_id == referral_id, Supplement.n == version - 1
        )
        sealed, kind = session.scalars(query).one(), "referral.supplemented"
    facts = json.loads(sealed or "{}")
    ids = [int(id) for id in facts["chains"]]
    return Volume(
        referral_id,
        referral.case_id,
        version,
        facts,
        tuple(_events(session, referral_id, version, kind, ids)),
        tuple(_callers(session, ids)) if facts["with_identity"] else (),
    )


def _events(
    session: Session, referral_id: int, version: int, kind: str, chains: list[int]
) -> Iterator[dict[str, Any]]:
    """The events of the chains up to the one that sealed this volume."""
    seals = select(Event.id, Event.payload).where(
        Event.subject == "referral", Event.subject_id == referral_id, Event.kind == kind
    )
    ids = [
        row.id
        for row in session.execute(seals.order_by(Event.id))
        if version == 1 or json.loads(row.payload)["supplement"] == version - 1
    ]
    query = (
        select(Event)
        .where(Event.chain.in_(chains), Event.id <= ids[0])
        .order_by(Event.chain, Event.seq)
    )
    for row in session.scalars(query):
        told = {name: getattr(row, name) for name in _LINES}
        yield {**told, "at": row.at.astimezone(BEIJING).isoformat(timespec="microseconds")}


def _callers(session: Session, case_ids: list[int]) -> Iterator[dict[str, str]]:
    """Who called, in the cases of the dossier and in those merged into them; also as he was typed
    there, where he stands on file otherwise."""
    about = Case.id.in_(case_ids) | Case.merged_into_id.in_(case_ids)
    query = select(Case.id, Case.number, Caller.name, Caller.phone).join(
        Caller, Case.caller_id == Caller.id
    )
    told = select(Case.id, Case.number, ToldAs.name, ToldAs.phone).join(
        ToldAs, ToldAs.case_id == Case.id
    )
    found = session.execute(query.where(about).union(told.where(about))).all()
    for row in sorted(found, key=lambda row: (row.id, row.name, row.phone)):
        yield {"case_number": row.number or "", "name": row.name, "phone": row.phone}


def _write(folder: Path, data: Path, volume: Volume) -> Path:
    """The directory and the zip of a volume, each whole or not at all; the zip. What a killed maker
    left is cleared away: it was never recorded."""
    for left in folder.glob(f".making-{volume.name}-*"):
        shutil.rmtree(left)
    files = _files(data, volume)
    draft = Path(tempfile.mkdtemp(dir=folder, prefix=f".making-{volume.name}-"))
    try:
        for name, content in files.items():
            write_whole(draft / volume.name / name, content)
        _zip(draft / f"{volume.name}.zip", volume.name, files)
        final = folder / volume.name
        if final.exists():
            shutil.rmtree(final)
        os.rename(draft / volume.name, final)
        os.replace(draft / f"{volume.name}.zip", folder / f"{volume.name}.zip")
        sync_folder(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return folder / f"{volume.name}.zip"


def _files(data: Path, volume: Volume) -> dict[str, Source]:
    """Name -> content of every file of a volume: PDF, events, attachments, manifest, and the sums
    over all of them."""
    attached = [one for one in volume.facts["evidence"] if one["attached"]]
    contents = {one["n"]: whole(data, one["sha256"]) for one in attached}
    own = data / "fonts" if (data / "fonts").is_dir() else None
    facts = {
        **volume.facts,
        "evidence": [_paged(one, contents.get(one["n"])) for one in volume.facts["evidence"]],
    }
    files: dict[str, Source] = {"dossier.pdf": pdf("dossier", facts, own)}
    if volume.callers:
        sheet = {"case_number": facts["case_number"], "callers": volume.callers}
        files["identity.pdf"] = pdf("identity", sheet, own)
    files["events.jsonl"] = "".join(
        f"{canonical(dict(event))}\n" for event in volume.events
    ).encode()
    kinds = {name: name.partition(".")[0] for name in files}
    for one in attached:
        name = f"attachments/{one['n']:03d}-{one['kind']}.{MEDIA[one['media_type']]}"
        files[name], kinds[name] = contents[one["n"]], one["kind"]
    files["MANIFEST.json"] = _manifest(volume, files, kinds)
    files["SHA256SUMS"] = "".join(
        f"{_sum(content)}  {name}\n" for name, content in sorted(files.items())
    ).encode()
    return files


def _sum(content: Source) -> str:
    return digest(content) if isinstance(content, Path) else hashlib.sha256(content).hexdigest()


def _size(content: Source) -> int:
    return content.stat().st_size if isinstance(content, Path) else len(content)


def _paged(one: Mapping[str, Any], content: Path | None) -> dict[str, Any]:
    """An item of the list of evidence with the number of its pages, where it is a PDF that can be
    read."""
    if content is None or one["media_type"] != "application/pdf":
        return dict(one)
    try:
        return {**one, "pages": len(PdfReader(content).pages)}
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return dict(one)


def _manifest(volume: Volume, files: Mapping[str, Source], kinds: Mapping[str, str]) -> bytes:
    """MANIFEST.json: the case, the version, every file with kind, format, size and SHA-256, when
    the volume was formed and by whom, and the head of each chain at that moment."""
    facts = volume.facts
    named = {
        f"attachments/{one['n']:03d}-": one["name"] for one in facts["evidence"] if one["attached"]
    }
    heads = {
        event["chain"]: {"chain": event["chain"], "seq": event["seq"], "hash": event["hash"]}
        for event in volume.events
    }
    listed = [
        {
            "name": name,
            "kind": kinds[name],
            "format": name.rpartition(".")[2],
            "size": _size(content),
            "sha256": _sum(content),
            "formed_at": facts["formed_at"],
            "title": next(
                (title for start, title in named.items() if name.startswith(start)), name
            ),
        }
        for name, content in sorted(files.items())
    ]
    manifest = {
        "case": facts["case_number"],
        "referral": volume.referral_id,
        "version": volume.version,
        "formed_at": facts["formed_at"],
        "extracted_by": facts["formed_by"],
        "chain_heads": list(heads.values()),
        "files": listed,
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def _zip(path: Path, name: str, files: Mapping[str, Source]) -> None:
    """The files in one directory of a zip, on the disk when this returns: in the order of their
    names, without a moment of making."""
    with open(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600), "w+b") as made:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed:
            for inside, content in sorted(files.items()):
                entry = zipfile.ZipInfo(f"{name}/{inside}", _ZIPPED)
                entry.external_attr, entry.create_system = 0o600 << 16, 3
                entry.compress_type, entry.file_size = zipfile.ZIP_DEFLATED, _size(content)
                source = content.open("rb") if isinstance(content, Path) else io.BytesIO(content)
                with source, packed.open(entry, "w") as part:
                    shutil.copyfileobj(source, part)
        made.flush()
        os.fsync(made.fileno())
