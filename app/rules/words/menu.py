"""What the categories of the menu are called, in the order of the procedure."""

from __future__ import annotations

CATEGORIES: dict[str, tuple[str, str]] = {
    "acceptance": ("受理", "Acceptance"),
    "handling": ("办理", "Handling"),
    "supervision": ("督办与问责", "Supervision and accountability"),
    "visit": ("回访与通报", "Visits and reports"),
    "office": ("机构与规则", "Office and rules"),
    "system": ("系统", "System"),
}
