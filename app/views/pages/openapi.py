"""What the read-only interface says of itself in OpenAPI: each table that a person may read, with
the columns, the parameters and the order that are his."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from app import words
from app.views.actor import language
from app.views.pages.base import LARGEST_PAGE, DeskView
from app.views.pages.operators import EMPTY
from app.views.pages.sealed_search import ASKED
from app.views.pages.unread_conditions import CHOSEN, DATED

Schema = dict[str, Any]
_WORD: Schema = {"type": "string"}
_KEPT_BACK = (("400", "rest.not_read"), ("401", "rest.nobody"), ("403", "rest.not_yours"))
_MESSAGE: Schema = {
    "type": "object",
    "properties": {"message": _WORD},
    "required": ["message"],
}


def operations(base: str, view: DeskView) -> Iterator[tuple[str, Schema]]:
    """(path, its operations) of the two routes of a page."""
    yield f"{base}/", {"get": _operation(view, "list", parameters(view), _page_of(view))}
    key = {"name": "pk", "in": "path", "required": True, "schema": _WORD}
    yield f"{base}/{{pk}}", {"get": _operation(view, "row", [key], _row_of(view))}


def _operation(view: DeskView, what: str, parameters: list[Schema], answer: Schema) -> Schema:
    refused = [*_KEPT_BACK, *([("404", "rest.not_there")] if what == "row" else [])]
    return {
        "operationId": f"{view.page}.{what}",
        "summary": view.title_here(),
        "tags": [view.page],
        "parameters": parameters,
        "responses": {
            "200": {"description": _said("rest.found"), **_json(answer)},
            **{code: {"description": _said(msgid), **_json(_MESSAGE)} for code, msgid in refused},
        },
    }


def _said(msgid: str) -> str:
    return words.word(msgid, language())


def _json(schema: Schema) -> Schema:
    return {"content": {"application/json": {"schema": schema}}}


def parameters(view: DeskView) -> list[Schema]:
    """What may be asked of the rows of a page, by the person of this request: what is chosen; words
    that are typed are brought sealed."""
    found = [parameter for name in view.searched() for parameter in _of_column(view, name)]
    found.append(_parameter("order", {"enum": [*view.offered()]} if view.offered() else {}))
    found.append(_parameter("way", {"enum": ["asc", "desc"]}))
    if view.tab_words():
        found.append(_parameter("tab", {"enum": [*view.tab_words()]}))
    bounds = {"type": "integer", "minimum": 0, "maximum": view.deepest - 1}
    found.append(_parameter("page", bounds))
    found.append(_parameter("size", {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE}))
    found.append(_parameter("q", {"maxLength": 2_000}))
    found.append(_parameter(ASKED, {}))
    return found


def _parameter(name: str, schema: Schema) -> Schema:
    return {"name": name, "in": "query", "schema": {**_WORD, **schema}}


def _of_column(view: DeskView, name: str) -> Iterator[Schema]:
    """The parameters that narrow a column by choosing."""
    kind, known = view._kind(name), view.operators(name)
    if EMPTY in known:
        yield _parameter(f"op_{name}", {"enum": [EMPTY]})
    if kind in DATED:
        yield from (_parameter(f"{end}_{name}", {"format": "date"}) for end in ("from", "to"))
    options = view.options(name) if kind in (*CHOSEN, "relation") else []
    if options:
        yield _parameter(f"q_{name}", {"enum": [value for value, _ in options]})


def _values(view: DeskView, columns: list[str]) -> Schema:
    labels = view.labels()
    return {
        "type": "object",
        "properties": {name: {**_WORD, "description": labels[name]} for name in columns},
    }


def _page_of(view: DeskView) -> Schema:
    row = _values(view, view.read_columns)
    row["properties"]["id"] = _WORD
    told = {
        "count": {"type": "integer", "description": _said("rest.counted")},
        "count_told": _WORD,
        "ids": {"type": "array", "items": _WORD},
        "result": {"type": "array", "items": row},
    }
    return {"type": "object", "properties": told, "required": [*told]}


def _row_of(view: DeskView) -> Schema:
    told = {"id": _WORD, "result": _values(view, view.show_columns)}
    return {"type": "object", "properties": told, "required": [*told]}
