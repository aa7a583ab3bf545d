"""A package of Office without the moments of its making: the same parts, the same bytes."""

from __future__ import annotations

import io
import zipfile

_EPOCH = (1980, 1, 1, 0, 0, 0)


def without_moments(package: bytes) -> bytes:
    """The package anew, its parts in their order, each with the same moment."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(package)) as given,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as packed,
    ):
        for part in given.infolist():
            entry = zipfile.ZipInfo(part.filename, _EPOCH)
            entry.external_attr, entry.create_system = 0o600 << 16, 3
            entry.compress_type = zipfile.ZIP_DEFLATED
            packed.writestr(entry, given.read(part.filename))
    return made.getvalue()
