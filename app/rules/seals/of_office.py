"""What may change of an office's directory once it stands: units, posts, categories, rosters."""

from __future__ import annotations

OF_OFFICE: dict[str, tuple[str, ...]] = {
    "category": (
        "name",
        "pinyin",
        "parent_id",
        "active",
        "default_unit_id",
        "default_mode",
        "default_workdays",
    ),
    "extra_field": ("refused_at", "approved_at", "approved_by_id"),
    "roster": ("refused_at", "approved_at", "approved_by_id", "slips_key"),
    "unit": ("code", "name", "pinyin", "active", "superior_id", "successor_id"),
    "unit_post": ("duty", "cadre_authority", "to_on"),
}
"""table -> its columns that may change."""
