"""Scripts and looks that packages of files bring, served from where pip laid them: htmx and Tom
Select. The packages are not imported; they ask for Django, which nothing here needs."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from flask import Blueprint

KITS = {"htmx": "django_htmx", "picker": "django_tomselect"}
"""The name of a kit -> the package that holds its files."""


def blueprints() -> list[Blueprint]:
    """One for each kit, with its files under `/kits/<name>`. Raises RuntimeError where a package is
    not installed."""
    return [
        Blueprint(
            name, __name__, static_folder=str(_files(package)), static_url_path=f"/kits/{name}"
        )
        for name, package in KITS.items()
    ]


def _files(package: str) -> Path:
    found = find_spec(package)
    if found is None or found.origin is None:
        raise RuntimeError(f"{package} is not installed: make install")
    return Path(found.origin).parent / "static" / package
