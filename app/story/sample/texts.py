"""Reads the invented texts of the sample office, which stand beside it as YAML."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def read_texts(name: str) -> Any:
    """What stands in `name`.yaml beside this module, read once."""
    return yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text("utf-8"))
