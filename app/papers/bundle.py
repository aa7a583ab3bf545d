"""The files of a volume: what is printed, events, attachments, manifest, the signed sums, what
verifies them, and their zip."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pypdf import PdfReader
from pypdf.errors import PyPdfError

from app.files import digest, whole
from app.ledger.chain import canonical
from app.papers import verifying
from app.papers.copied import Copy
from app.papers.press import pdf
from app.papers.sealed import Volume
from app.rules.files import MEDIA

_ZIPPED = (1980, 1, 1, 0, 0, 0)
"""The moment that every file of a zip bears: none of ours."""
Source = bytes | Path
"""A content, or the file of the store in which it stands."""


def volume_files(data: Path, volume: Volume, copies: Sequence[Copy]) -> dict[str, Source]:
    """Name -> content of every file of a volume: PDF, copies of the papers as they were issued, events,
    attachments, what verifies them, manifest, the sums over all of these and their signature."""
    attached = [item for item in volume.facts["evidence"] if item["attached"]]
    contents = {item["n"]: whole(data, item["sha256"]) for item in attached}
    own = data / "fonts" if (data / "fonts").is_dir() else None
    files = {**_printed(own, volume, contents, copies), "events.jsonl": _events(volume)}
    files |= {copy.name: copy.content for copy in copies}
    files |= {verifying.SCRIPT: verifying.script(), verifying.KEY: verifying.key_file(volume.key)}
    kinds = {name: name.partition(".")[0] for name in files}
    kinds |= {copy.name: copy.entry["kind"] for copy in copies}
    for item in attached:
        name = f"attachments/{item['n']:03d}-{item['kind']}.{MEDIA[item['media_type']]}"
        files[name], kinds[name] = contents[item["n"]], item["kind"]
    files["MANIFEST.json"] = _manifest(volume, files, kinds)
    sums = _sums(files)
    files[verifying.SUMS] = sums
    files[verifying.SIGNATURE] = verifying.signature(volume.key, sums)
    return files


def _printed(
    own: Path | None, volume: Volume, contents: Mapping[int, Path], copies: Sequence[Copy]
) -> dict[str, Source]:
    """The volume itself with the copies of the papers, how it is verified, and the callers' sheet
    where it goes along."""
    evidence = [_paged(item, contents.get(item["n"])) for item in volume.facts["evidence"]]
    facts = {**volume.facts, "evidence": evidence, "copies": [copy.told for copy in copies]}
    told = {"case_number": facts["case_number"], **verifying.told_of(volume.key)}
    printed: dict[str, Source] = {
        "dossier.pdf": pdf("dossier", facts, own, [copy.content for copy in copies])
    }
    printed[verifying.PAGE] = pdf("verify", told, own)
    if volume.callers:
        sheet = {"case_number": facts["case_number"], "callers": volume.callers}
        printed["identity.pdf"] = pdf("identity", sheet, own)
    return printed


def _events(volume: Volume) -> bytes:
    return "".join(f"{canonical(dict(event))}\n" for event in volume.events).encode()


def _sums(files: Mapping[str, Source]) -> bytes:
    """The sums as `sha256sum` checks them."""
    lines = (f"{_sum(content)}  {name}\n" for name, content in sorted(files.items()))
    return "".join(lines).encode()


def _sum(content: Source) -> str:
    return digest(content) if isinstance(content, Path) else hashlib.sha256(content).hexdigest()


def _size(content: Source) -> int:
    return content.stat().st_size if isinstance(content, Path) else len(content)


def _paged(item: Mapping[str, Any], content: Path | None) -> dict[str, Any]:
    """An item of the list of evidence with the number of its pages, where it is a PDF that can be
    read."""
    if content is None or item["media_type"] != "application/pdf":
        return dict(item)
    try:
        return {**item, "pages": len(PdfReader(content).pages)}
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return dict(item)


def _manifest(volume: Volume, files: Mapping[str, Source], kinds: Mapping[str, str]) -> bytes:
    """MANIFEST.json: the case, the version, every file with kind, format, size and SHA-256, when
    the volume was formed and by whom, the head of each chain at that moment, and the checkpoint that
    covers it, with the path that leads there."""
    facts = volume.facts
    named = {
        f"attachments/{item['n']:03d}-": item["name"]
        for item in facts["evidence"]
        if item["attached"]
    }
    heads = {
        event["chain"]: {"chain": event["chain"], "seq": event["seq"], "hash": event["hash"]}
        for event in volume.events
    }
    named |= {f"papers/{one['n']:03d}-": one["number"] for one in facts.get("papers", ())}
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
        "witness": facts.get("witness", ""),
        "checkpoints": list(volume.proofs),
        "signed_with": verifying.told_of(volume.key)["fingerprint"],
        "files": listed,
    }
    return (json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def write_zip(path: Path, name: str, files: Mapping[str, Source]) -> None:
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
