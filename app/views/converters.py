"""How ids are read from addresses, and answers written as JSON."""

from __future__ import annotations

from flask.json.provider import DefaultJSONProvider
from werkzeug.routing import IntegerConverter


class PlainJSON(DefaultJSONProvider):
    """Answers of JSON in the letters that people read."""

    ensure_ascii = False


class Bounded(IntegerConverter):
    """An id in an address: no more digits than both databases can look up."""

    regex = r"\d{1,18}"
