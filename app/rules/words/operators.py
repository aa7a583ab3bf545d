"""How a column is searched: what the operators of the search form are called."""

from __future__ import annotations

Pair = tuple[str, str]

OPERATORS: dict[str, Pair] = {
    "contains": ("包含", "contains"),
    "starts": ("开头是", "starts with"),
    "equals": ("等于", "equals"),
    "between": ("介于", "between"),
    "empty": ("为空", "is empty"),
}
LABEL: Pair = ("{label}的查询方式", "{label}: how")
"""What the choice of an operator is called, for who hears the form."""
