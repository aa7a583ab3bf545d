"""What the models describe: all but the indexes of pairs, which each database has in its own
way."""

from __future__ import annotations

from typing import Any

from app.models.pairs import INDEX
from app.models.wording import NAMED


def of_the_models(name: str | None, kind: str, parents: Any) -> bool:
    """Alembic's `include_name`: whether it compares what has this name."""
    if kind == "index" and name is not None and name.startswith(NAMED):
        return False
    return (
        kind != "table"
        or name is None
        or not (name == INDEX or name.startswith(("case_pair_", f"{INDEX}_")))
    )
