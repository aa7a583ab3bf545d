"""Several files in one field of a form, and a field that a phone's camera fills."""

from __future__ import annotations

from collections.abc import Mapping

from app.views.forms.field_looks import ACCEPTED
from app.views.forms.fields import FileField


class FilesField(FileField):
    """Several files that are kept on the case with what is filed."""

    marks = {"accept": ACCEPTED, "multiple": True}


class CameraField(FileField):
    """Photographs, on a phone straight from its camera."""

    marks = {"accept": "image/*", "capture": "environment", "multiple": True}


FILE_KINDS: Mapping[str, type[FileField]] = {"files": FilesField, "camera": CameraField}
"""How a field for files is drawn -> its class."""
