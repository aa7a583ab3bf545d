"""Which tables the models describe: all but the index of pairs, which each database has in its own way."""

from __future__ import annotations

from typing import Any

from app.models.pairs import INDEX


def of_the_models(name: str | None, kind: str, parents: Any) -> bool:
    """Alembic's `include_name`: whether it compares what has this name."""
    return kind != "table" or name is None or not (name == INDEX or name.startswith(("case_pair_", f"{INDEX}_")))
