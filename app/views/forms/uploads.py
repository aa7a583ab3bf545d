"""Files that come with a form: read as far as they may be, and kept."""

from __future__ import annotations

from typing import Any

from flask import request
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage, MultiDict

from app import files
from app.rules.files import MOST_BYTES
from app.rules.refusal import NotAllowed
from app.verbs import Field, Verb, perform
from app.views.actor import actor, desk, now
from app.views.forms.field_looks import UPLOADED
from app.views.forms.steps import KIND_OF_FILES, files_with


def upload_of(storage: FileStorage) -> bytes:
    """The content of an upload, no more than one byte beyond what is allowed."""
    return storage.stream.read(MOST_BYTES + 1)


def keep(storage: FileStorage) -> dict[str, Any]:
    """Keep an upload in the store: what the verb `attach` asks of it."""
    settings = desk().settings
    scanner = files.Scanner(settings.scanner) if settings.scanner else None
    stored = files.keep(settings.data, storage.filename or "", upload_of(storage), scanner)
    return {
        "name": stored.name,
        "sha256": stored.sha256,
        "size": stored.size,
        "media_type": stored.media_type,
    }


def attach(session: Session, verb: Verb, case: int, uploads: list[dict[str, Any]]) -> None:
    """Keep the scans that came with a form on the case; what the verb `attach` brings it attaches
    itself."""
    for upload in uploads if verb.name != "attach" else ():
        perform(session, now(), actor(), "attach", case=case, **{"kind": "scan", **upload})


def _takes_files(verb: Verb) -> set[str]:
    """The fields of a form with which files come."""
    if verb.name == "attach":
        return {"upload"}
    named = {field.name for field in verb.fields if field.name in UPLOADED or _own(field)}
    leaders = (field.name for field in verb.fields if field.kind == "leader")
    beside = {name for name, _ in files_with(verb)}
    return named | beside | {f"{leader}.{part}" for leader in leaders for part in UPLOADED}


def uploads_of(
    verb: Verb, typed: MultiDict[str, str], values: dict[str, Any]
) -> list[dict[str, Any]]:
    """The files that came with a form, kept in the store; a text field that names one gets its
    name. Nothing is kept where a file came with a field that the form does not have."""
    uploads = []
    own = {field.name for field in verb.fields if _own(field)}
    for field, storage in _sent_with(verb):
        upload = keep(storage)
        if field in KIND_OF_FILES:
            upload["kind"] = KIND_OF_FILES[field]
        if field in own:
            upload["kind"] = "other"
            values[field] = {name: upload[name] for name in ("name", "sha256")}
        uploads.append(upload)
        if verb.name == "attach":
            values.update(upload)
        else:
            _name_in(values, field, upload["name"])
    if verb.name == "attach":
        if not uploads:
            raise NotAllowed("field_missing", field="file")
        values.pop("referral", None)
    return uploads


def _own(field: Field) -> bool:
    """Whether a field of the office's own takes a file."""
    return field.own is not None and field.kind == "file"


def _sent_with(verb: Verb) -> list[tuple[str, FileStorage]]:
    """(field, file) of what came with a form; NotAllowed where the form has no such field."""
    sent = [
        (field, storage) for field, storage in request.files.items(multi=True) if storage.filename
    ]
    taken = _takes_files(verb)
    for field, _ in sent:
        if field not in taken:
            raise NotAllowed("unknown_field", field=field)
    return sent


def _name_in(values: dict[str, Any], field: str, name: str) -> None:
    """Put the name of a file into the text field that names it, or into that part of a leader's."""
    whole, _, part = field.partition(".")
    if part in UPLOADED:
        values.setdefault(whole, {})[part] = name
    elif whole in UPLOADED:
        values[whole] = name
